/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sync.h - store.h as plain calls for tests: each waits for its callback and copies what it was given.
 *
 * loop NULL: the store answers at once (the model). An error is returned and kept in `error`.
 */
#ifndef TESTS_SUPPORT_SYNC_H
#define TESTS_SUPPORT_SYNC_H

#include <uv.h>

#include "queue/store.h"

enum { SYNC_ROWS_MAX = 2000, SYNC_TEXT_SIZE = 128 };

struct sync {
    struct store *store;
    uv_loop_t *loop;
    bool done;
    struct error error;
    unsigned count;
    int64_t number;
    int64_t ids[SYNC_ROWS_MAX];
    bool existing[SYNC_ROWS_MAX];
    bool accepted[SYNC_ROWS_MAX];
    struct dispatch jobs[SYNC_ROWS_MAX]; /* kind and args: in texts */
    char texts[SYNC_ROWS_MAX][SYNC_TEXT_SIZE];
    struct lane_row lanes[SYNC_ROWS_MAX];
    struct worker_row workers[SYNC_ROWS_MAX];
    struct beat_answer beat;
    char cancels[4096];
    const char *tags; /* of workers that are registered from now on; NULL: none */
};

/* Result in ids, existing, count. */
enum error_class sync_submit(struct sync *s, const struct submit_row *rows, unsigned count);
int64_t sync_submit_kind(struct sync *s, const char *kind, const char *args); /* one; the id */
unsigned sync_lanes(struct sync *s);
unsigned sync_workers(struct sync *s);
unsigned sync_dispatch(struct sync *s, int32_t lane, unsigned count, int64_t worker); /* in jobs */
unsigned sync_unreceived(struct sync *s, int64_t worker, int64_t upto_seq);
int64_t sync_due(struct sync *s);
int64_t sync_worker_register(struct sync *s, const char *name, const char *kinds);
int64_t sync_worker_dead(struct sync *s, int64_t worker, int64_t beat);
int64_t sync_expire(struct sync *s, int64_t worker, unsigned limit);
bool sync_beat(struct sync *s, int64_t worker, int64_t got, int64_t done, const char *gaps); /* alive? */
enum error_class sync_finish(struct sync *s, int64_t worker, const struct finish_row *rows, unsigned count);
bool sync_finish_one(struct sync *s, int64_t worker, int64_t id, int64_t epoch);
bool sync_finish_whole(struct sync *s, int64_t worker, int64_t id, int64_t epoch, const char *children);
bool sync_fail(struct sync *s, int64_t worker, int64_t id, int64_t epoch, enum fail_cause cause,
               enum error_class class);
bool sync_fail_row(struct sync *s, int64_t worker, const struct fail_row *row);
bool sync_sealed(struct sync *s, int64_t worker, int64_t id, int64_t epoch);
int64_t sync_give_back(struct sync *s, int64_t worker, int64_t id, int64_t epoch);
int64_t sync_cancel(struct sync *s, int64_t id);
int64_t sync_retry(struct sync *s, int64_t id); /* -1: refused, see error */

#endif
