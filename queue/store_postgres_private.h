/* SPDX-License-Identifier: Apache-2.0 */
/* store_postgres_private.h - what store_postgres.c, store_submit.c, store_group.c and store_plan.c share. */
#ifndef QUEUE_STORE_POSTGRES_PRIVATE_H
#define QUEUE_STORE_POSTGRES_PRIVATE_H

#include "queue/store.h"
#include "sql/session.h"

enum { STORE_TEXT_SIZE = 24, STORE_ARRAY_MAX = 512 << 20, STORE_DEADLINE_MS = 5000 };

struct store_postgres {
    struct store base; /* first */
    struct session *session;
};

static inline struct session *store_session(struct store *store)
{
    return ((struct store_postgres *)store)->session;
}

/* One call under way. */
struct ask {
    union {
        store_on_lanes *lanes;
        store_on_workers *workers;
        store_on_limits *limits;
        store_on_slow *slow;
        store_on_dispatched *dispatched;
        store_on_count *count;
        store_on_beat *beat;
        store_on_finished *finished;
    } callback;
    void *arg;
};

struct ask *store_ask(void *arg);
void store_run(struct store *store, const char *statement, const struct sql_param *params, unsigned count,
               session_on_result *callback, struct ask *ask);

/* Decimal text of a number, in the caller's memory. */
struct sql_param store_int(int64_t value, char ret_text[static STORE_TEXT_SIZE]);

void store_submit(struct store *store, const struct submit_row *rows, unsigned count, store_on_submitted *callback,
                  void *arg);
void store_lanes(struct store *store, store_on_lanes *callback, void *arg);
void store_limits(struct store *store, store_on_limits *callback, void *arg);
void store_workers(struct store *store, store_on_workers *callback, void *arg);
void store_slow(struct store *store, const char *const *kinds, unsigned count, store_on_slow *callback, void *arg);
void store_group_finish(struct store *store, int64_t worker, const struct finish_row *rows, unsigned count,
                        store_on_finished *callback, void *arg);
void store_group_fail(struct store *store, int64_t worker, const struct fail_row *rows, unsigned count,
                      store_on_finished *callback, void *arg);

#endif
