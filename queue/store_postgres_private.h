/* SPDX-License-Identifier: Apache-2.0 */
/* store_postgres_private.h - what store_postgres.c, store_submit.c and store_group.c share. */
#ifndef QUEUE_STORE_POSTGRES_PRIVATE_H
#define QUEUE_STORE_POSTGRES_PRIVATE_H

#include "queue/store.h"
#include "sql/session.h"

enum { STORE_TEXT_SIZE = 24, STORE_ARRAY_MAX = 512 << 20 };

struct store_postgres {
    struct store base; /* first */
    struct session *session;
};

static inline struct session *store_session(struct store *store)
{
    return ((struct store_postgres *)store)->session;
}

/* Decimal text of a number, in the caller's memory. */
struct sql_param store_int(int64_t value, char ret_text[static STORE_TEXT_SIZE]);

void store_submit(struct store *store, const struct submit_row *rows, unsigned count, store_on_submitted *callback,
                  void *arg);
void store_group_finish(struct store *store, int64_t worker, const struct finish_row *rows, unsigned count,
                        store_on_finished *callback, void *arg);
void store_group_fail(struct store *store, int64_t worker, const struct fail_row *rows, unsigned count,
                      store_on_finished *callback, void *arg);

#endif
