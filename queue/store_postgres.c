/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_postgres.c - each call of store.h is one statement on the session, which is one transaction; here the
 * parameters are packed and the rows unpacked. Finishing and failing in groups is store_group.c.
 *
 * Failures come from the session (unavailable, outcome_unknown) or from the record (a refusal with its code) and are
 * passed on as they are. Loop only.
 */
#include "queue/store_postgres.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "queue/store_postgres_private.h"
#include "sql/array.h"

enum { DUE_MAX = 5000, UNRECEIVED_MAX = 5000 };

/* ---- one number ---- */

static void on_count(void *arg, const struct result *result, const struct error *e)
{
    struct ask *ask = arg;
    ask->callback.count(ask->arg, result != NULL ? result_int(result, 0, 0) : 0, e);
    free(ask);
}

/* Statements with up to two numbers in and one out. */
static void count_call(struct store *store, const char *statement, const int64_t *values, unsigned count,
                       store_on_count *callback, void *arg)
{
    char texts[2][STORE_TEXT_SIZE];
    struct sql_param params[2];
    for (unsigned i = 0; i < count; i++)
        params[i] = store_int(values[i], texts[i]);
    struct ask *ask = store_ask(arg);
    ask->callback.count = callback;
    store_run(store, statement, params, count, on_count, ask);
}

static void due(struct store *store, store_on_count *callback, void *arg)
{
    count_call(store, "job_due", (int64_t[]){ DUE_MAX }, 1, callback, arg);
}

static void worker_dead(struct store *store, int64_t worker, int64_t beat, store_on_count *callback, void *arg)
{
    count_call(store, "worker_dead", (int64_t[]){ worker, beat }, 2, callback, arg);
}

static void expire(struct store *store, int64_t worker, unsigned limit, store_on_count *callback, void *arg)
{
    count_call(store, "job_expire", (int64_t[]){ worker, limit }, 2, callback, arg);
}

static void cancel(struct store *store, int64_t id, store_on_count *callback, void *arg)
{
    count_call(store, "job_cancel", &id, 1, callback, arg);
}

static void retry(struct store *store, int64_t id, store_on_count *callback, void *arg)
{
    count_call(store, "job_retry", &id, 1, callback, arg);
}

static void give_back(struct store *store, int64_t worker, const int64_t *ids, const int64_t *epochs, unsigned count,
                      store_on_count *callback, void *arg)
{
    char text[STORE_TEXT_SIZE];
    struct array id_array, epoch_array;
    struct sql_param params[3] = { store_int(worker, text) };
    array_init(&id_array, ARRAY_INT, STORE_ARRAY_MAX);
    array_init(&epoch_array, ARRAY_INT, STORE_ARRAY_MAX);
    for (unsigned i = 0; i < count; i++) {
        array_int(&id_array, ids[i]);
        array_int(&epoch_array, epochs[i]);
    }
    (void)array_param(&id_array, &params[1]); /* 12 bytes a row: a group never comes near the maximum */
    (void)array_param(&epoch_array, &params[2]);
    struct ask *ask = store_ask(arg);
    ask->callback.count = callback;
    store_run(store, "job_give_back", params, 3, on_count, ask);
    array_finish(&id_array);
    array_finish(&epoch_array);
}

/* ---- scheduler ---- */

static void on_dispatched(void *arg, const struct result *r, const struct error *e)
{
    struct ask *ask = arg;
    unsigned count = r != NULL ? result_rows(r) : 0, columns = r != NULL ? result_columns(r) : 0;
    struct dispatch *jobs = mem_zero(count, sizeof *jobs);
    for (unsigned i = 0; i < count; i++)
        jobs[i] = (struct dispatch){ .id = result_int(r, i, 0),
                                     .epoch = result_int(r, i, 1),
                                     .seq = result_int(r, i, 2),
                                     .kind = result_text(r, i, 3),
                                     .args = result_is_null(r, i, 4) ? NULL : result_text(r, i, 4),
                                     .attempt = (int32_t)result_int(r, i, 5),
                                     .timeout_s = (int32_t)result_int(r, i, 6),
                                     .seal = result_bool(r, i, 7),
                                     .alone = columns > 8 && result_bool(r, i, 8) };
    ask->callback.dispatched(ask->arg, jobs, count, e);
    free(jobs);
    free(ask);
}

static void dispatch_by(struct store *store, const char *statement, int32_t lane, unsigned count, int64_t worker,
                        store_on_dispatched *callback, void *arg)
{
    char texts[3][STORE_TEXT_SIZE];
    const struct sql_param params[] = { store_int(lane, texts[0]), store_int(count, texts[1]),
                                        store_int(worker, texts[2]) };
    struct ask *ask = store_ask(arg);
    ask->callback.dispatched = callback;
    store_run(store, statement, params, 3, on_dispatched, ask);
}

static void dispatch(struct store *store, int32_t lane, unsigned count, int64_t worker, store_on_dispatched *callback,
                     void *arg)
{
    dispatch_by(store, "job_dispatch", lane, count, worker, callback, arg);
}

static void dispatch_ring(struct store *store, int32_t lane, unsigned count, int64_t worker,
                          store_on_dispatched *callback, void *arg)
{
    dispatch_by(store, "job_dispatch_ring", lane, count, worker, callback, arg);
}

static void unreceived(struct store *store, int64_t worker, int64_t upto_seq, store_on_dispatched *callback, void *arg)
{
    char texts[3][STORE_TEXT_SIZE];
    const struct sql_param params[] = { store_int(worker, texts[0]), store_int(upto_seq, texts[1]),
                                        store_int(UNRECEIVED_MAX, texts[2]) };
    struct ask *ask = store_ask(arg);
    ask->callback.dispatched = callback;
    store_run(store, "job_unreceived", params, 3, on_dispatched, ask);
}

/* ---- worker ---- */

static void worker_register(struct store *store, const struct worker_register *w, store_on_count *callback, void *arg)
{
    char pid[STORE_TEXT_SIZE], slots[STORE_TEXT_SIZE];
    const struct sql_param params[] = { SQL_TEXT(w->name),      SQL_TEXT(w->host),  store_int(w->pid, pid),
                                        SQL_TEXT(w->version),   SQL_TEXT(w->kinds), store_int(w->slots, slots),
                                        SQL_TEXT(w->transport), SQL_TEXT(w->tags) };
    struct ask *ask = store_ask(arg);
    ask->callback.count = callback;
    store_run(store, "worker_register", params, 8, on_count, ask);
}

static void on_beat(void *arg, const struct result *r, const struct error *e)
{
    struct ask *ask = arg;
    struct beat_answer answer = { .cancels = "[]" };
    if (r != NULL && result_rows(r) == 1)
        answer = (struct beat_answer){ .alive = true,
                                       .quiet = result_bool(r, 0, 0),
                                       .stop = result_bool(r, 0, 1),
                                       .cancels = result_is_null(r, 0, 2) ? "[]" : result_text(r, 0, 2) };
    ask->callback.beat(ask->arg, e == NULL ? &answer : NULL, e);
    free(ask);
}

static void beat(struct store *store, const struct worker_beat *b, store_on_beat *callback, void *arg)
{
    char texts[3][STORE_TEXT_SIZE];
    const struct sql_param params[] = { store_int(b->incarnation, texts[0]), store_int(b->got, texts[1]),
                                        store_int(b->done, texts[2]), SQL_TEXT(b->gaps), SQL_TEXT(b->progress) };
    struct ask *ask = store_ask(arg);
    ask->callback.beat = callback;
    store_run(store, "worker_beat", params, 5, on_beat, ask);
}

/* One row when it is recorded, none when it is fenced out. */
static void on_recorded(void *arg, const struct result *r, const struct error *e)
{
    struct ask *ask = arg;
    bool accepted = r != NULL && result_rows(r) == 1;
    ask->callback.finished(ask->arg, e == NULL ? &accepted : NULL, 1, e);
    free(ask);
}

static void finish_whole(struct store *store, int64_t worker, const struct finish_whole *f, store_on_finished *callback,
                         void *arg)
{
    char texts[4][STORE_TEXT_SIZE];
    const struct sql_param params[] = { store_int(worker, texts[0]),
                                        store_int(f->row.id, texts[1]),
                                        store_int(f->row.epoch, texts[2]),
                                        SQL_TEXT(f->row.result),
                                        store_int(f->row.run_us, texts[3]),
                                        SQL_TEXT(f->artifacts != NULL ? f->artifacts : "[]"),
                                        SQL_TEXT(f->children != NULL ? f->children : "[]") };
    struct ask *ask = store_ask(arg);
    ask->callback.finished = callback;
    store_run(store, "job_finish_whole", params, 7, on_recorded, ask);
}

static void sealed(struct store *store, int64_t worker, int64_t id, int64_t epoch, store_on_finished *callback,
                   void *arg)
{
    char texts[3][STORE_TEXT_SIZE];
    const struct sql_param params[] = { store_int(worker, texts[0]), store_int(id, texts[1]),
                                        store_int(epoch, texts[2]) };
    struct ask *ask = store_ask(arg);
    ask->callback.finished = callback;
    store_run(store, "job_sealed", params, 3, on_recorded, ask);
}

static const struct store_ops postgres_ops = {
    .submit = store_submit,
    .lanes = store_lanes,
    .workers = store_workers,
    .limits = store_limits,
    .slow = store_slow,
    .dispatch = dispatch,
    .dispatch_ring = dispatch_ring,
    .due = due,
    .worker_dead = worker_dead,
    .expire = expire,
    .unreceived = unreceived,
    .worker_register = worker_register,
    .beat = beat,
    .finish = store_group_finish,
    .finish_whole = finish_whole,
    .fail = store_group_fail,
    .sealed = sealed,
    .give_back = give_back,
    .cancel = cancel,
    .retry = retry,
};

struct store *store_postgres_create(struct session *session)
{
    struct store_postgres *s = mem_zero(1, sizeof *s);
    *s = (struct store_postgres){ .base.ops = &postgres_ops, .session = session };
    return &s->base;
}

struct store *store_postgres_destroy(struct store *store)
{
    free(store);
    return NULL;
}
