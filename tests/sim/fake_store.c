/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_store.c - store.h as the simulated processes see it: each call is copied and travels over its session; what the
 * record said comes back as the callback.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "queue/store_postgres.h"
#include "sql/session.h"
#include "tests/sim/fake_record.h"

struct fake_store {
    struct store base; /* first */
    struct session *session;
};

static void release(struct call *base)
{
    struct store_call *call = (struct store_call *)base;
    for (unsigned i = 0; i < call->count && call->finish != NULL; i++)
        free((char *)call->finish[i].result);
    for (unsigned i = 0; i < call->count && call->fail != NULL; i++) {
        free((char *)call->fail[i].code);
        free((char *)call->fail[i].message);
        free((char *)call->fail[i].details);
    }
    free(call->finish);
    free(call->fail);
    free(call->children);
    free(call->ids);
    free(call->epochs);
    free((char *)call->beat.gaps);
    free((char *)call->beat.progress);
    free(call->jobs);
    free(call->slow);
    free(call->accepted);
    free(call);
}

static struct store_call *call_make(enum op op, int64_t worker, void *arg,
                                    void (*answer)(struct call *, const struct error *))
{
    struct store_call *call = mem_zero(1, sizeof *call);
    call->base = (struct call){ .execute = record_execute, .answer = answer, .release = release };
    call->op = op;
    call->worker = worker;
    call->arg = arg;
    return call;
}

static void go(struct store *store, struct store_call *call)
{
    session_call(((struct fake_store *)store)->session, &call->base);
}

/* ---- answers ---- */

static void answer_count(struct call *base, const struct error *e)
{
    struct store_call *call = (struct store_call *)base;
    call->on_count(call->arg, e ? 0 : call->number, e);
}

static void answer_jobs(struct call *base, const struct error *e)
{
    struct store_call *call = (struct store_call *)base;
    call->on_dispatched(call->arg, e ? NULL : call->jobs, e ? 0 : call->count, e);
}

static void answer_finished(struct call *base, const struct error *e)
{
    struct store_call *call = (struct store_call *)base;
    call->on_finished(call->arg, e ? NULL : call->accepted, e ? 0 : call->count, e);
}

static void answer_lanes(struct call *base, const struct error *e)
{
    struct store_call *call = (struct store_call *)base;
    call->on_lanes(call->arg, e ? NULL : call->lanes, e ? 0 : call->count, e);
}

static void answer_slow(struct call *base, const struct error *e)
{
    struct store_call *call = (struct store_call *)base;
    call->on_slow(call->arg, e ? NULL : call->slow, e ? 0 : call->count, e);
}

static void answer_workers(struct call *base, const struct error *e)
{
    struct store_call *call = (struct store_call *)base;
    call->on_workers(call->arg, e ? NULL : call->workers, e ? 0 : call->count, e);
}

static void answer_beat(struct call *base, const struct error *e)
{
    struct store_call *call = (struct store_call *)base;
    call->on_beat(call->arg, e ? NULL : &call->said, e);
}

/* ---- calls ---- */

static void lanes(struct store *store, store_on_lanes *callback, void *arg)
{
    struct store_call *call = call_make(OP_LANES, 0, arg, answer_lanes);
    call->on_lanes = callback;
    go(store, call);
}

static void slow(struct store *store, const char *const *kinds, unsigned count, store_on_slow *callback, void *arg)
{
    struct store_call *call = call_make(OP_SLOW, 0, arg, answer_slow);
    (void)kinds, (void)count;
    call->on_slow = callback;
    go(store, call);
}

static void workers(struct store *store, store_on_workers *callback, void *arg)
{
    struct store_call *call = call_make(OP_WORKERS, 0, arg, answer_workers);
    call->on_workers = callback;
    go(store, call);
}

static void dispatch(struct store *store, int32_t lane, unsigned count, int64_t worker, store_on_dispatched *callback,
                     void *arg)
{
    struct store_call *call = call_make(OP_DISPATCH, worker, arg, answer_jobs);
    call->lane = lane;
    call->number = count;
    call->on_dispatched = callback;
    go(store, call);
}

static void dispatch_ring(struct store *store, int32_t lane, unsigned count, int64_t worker,
                          store_on_dispatched *callback, void *arg)
{
    struct store_call *call = call_make(OP_DISPATCH, worker, arg, answer_jobs);
    call->lane = lane;
    call->number = count;
    call->rings = true;
    call->on_dispatched = callback;
    go(store, call);
}

static void due(struct store *store, store_on_count *callback, void *arg)
{
    struct store_call *call = call_make(OP_DUE, 0, arg, answer_count);
    call->on_count = callback;
    go(store, call);
}

static void worker_dead(struct store *store, int64_t worker, int64_t beat, store_on_count *callback, void *arg)
{
    struct store_call *call = call_make(OP_DEAD, worker, arg, answer_count);
    call->number = beat;
    call->on_count = callback;
    go(store, call);
}

static void expire(struct store *store, int64_t worker, unsigned limit, store_on_count *callback, void *arg)
{
    struct store_call *call = call_make(OP_EXPIRE, worker, arg, answer_count);
    call->number = limit;
    call->on_count = callback;
    go(store, call);
}

static void unreceived(struct store *store, int64_t worker, int64_t upto, store_on_dispatched *callback, void *arg)
{
    struct store_call *call = call_make(OP_UNRECEIVED, worker, arg, answer_jobs);
    call->number = upto;
    call->on_dispatched = callback;
    go(store, call);
}

static void worker_register(struct store *store, const struct worker_register *w, store_on_count *callback, void *arg)
{
    struct store_call *call = call_make(OP_REGISTER, 0, arg, answer_count);
    (void)snprintf(call->kinds, sizeof call->kinds, "%s", w->kinds);
    call->slots = w->slots;
    call->on_count = callback;
    go(store, call);
}

static void beat(struct store *store, const struct worker_beat *b, store_on_beat *callback, void *arg)
{
    struct store_call *call = call_make(OP_BEAT, b->incarnation, arg, answer_beat);
    call->beat = *b;
    call->beat.gaps = b->gaps != NULL ? mem_text(b->gaps) : NULL;
    call->beat.progress = b->progress != NULL ? mem_text(b->progress) : NULL;
    call->on_beat = callback;
    go(store, call);
}

static void copy_finish(struct store_call *call, const struct finish_row *rows, unsigned count)
{
    call->count = count;
    call->finish = mem_zero(count, sizeof *call->finish);
    call->accepted = mem_zero(count, sizeof *call->accepted);
    for (unsigned i = 0; i < count; i++) {
        call->finish[i] = rows[i];
        call->finish[i].result = mem_text(rows[i].result != NULL ? rows[i].result : "");
    }
}

static void finish(struct store *store, int64_t worker, const struct finish_row *rows, unsigned count,
                   store_on_finished *callback, void *arg)
{
    struct store_call *call = call_make(OP_FINISH, worker, arg, answer_finished);
    copy_finish(call, rows, count);
    call->on_finished = callback;
    go(store, call);
}

static void finish_whole(struct store *store, int64_t worker, const struct finish_whole *f, store_on_finished *callback,
                         void *arg)
{
    struct store_call *call = call_make(OP_WHOLE, worker, arg, answer_finished);
    copy_finish(call, &f->row, 1);
    call->children = mem_text(f->children);
    call->on_finished = callback;
    go(store, call);
}

static void fail(struct store *store, int64_t worker, const struct fail_row *rows, unsigned count,
                 store_on_finished *callback, void *arg)
{
    struct store_call *call = call_make(OP_FAIL, worker, arg, answer_finished);
    call->count = count;
    call->fail = mem_zero(count, sizeof *call->fail);
    call->accepted = mem_zero(count, sizeof *call->accepted);
    for (unsigned i = 0; i < count; i++) {
        call->fail[i] = rows[i];
        call->fail[i].code = mem_text(rows[i].code);
        call->fail[i].message = mem_text(rows[i].message);
        call->fail[i].details = rows[i].details != NULL ? mem_text(rows[i].details) : NULL;
    }
    call->on_finished = callback;
    go(store, call);
}

static void copy_ids(struct store_call *call, const int64_t *ids, const int64_t *epochs, unsigned count)
{
    call->count = count;
    call->ids = mem_zero(count, sizeof *ids);
    call->epochs = mem_zero(count, sizeof *epochs);
    call->accepted = mem_zero(count, sizeof *call->accepted);
    memcpy(call->ids, ids, count * sizeof *ids);
    memcpy(call->epochs, epochs, count * sizeof *epochs);
}

static void sealed(struct store *store, int64_t worker, int64_t id, int64_t epoch, store_on_finished *callback,
                   void *arg)
{
    struct store_call *call = call_make(OP_SEALED, worker, arg, answer_finished);
    copy_ids(call, &id, &epoch, 1);
    call->on_finished = callback;
    go(store, call);
}

static void give_back(struct store *store, int64_t worker, const int64_t *ids, const int64_t *epochs, unsigned count,
                      store_on_count *callback, void *arg)
{
    struct store_call *call = call_make(OP_GIVE_BACK, worker, arg, answer_count);
    copy_ids(call, ids, epochs, count);
    call->on_count = callback;
    go(store, call);
}

static const struct store_ops fake_ops = { .lanes = lanes,
                                           .workers = workers,
                                           .slow = slow,
                                           .dispatch = dispatch,
                                           .dispatch_ring = dispatch_ring,
                                           .due = due,
                                           .worker_dead = worker_dead,
                                           .expire = expire,
                                           .unreceived = unreceived,
                                           .worker_register = worker_register,
                                           .beat = beat,
                                           .finish = finish,
                                           .finish_whole = finish_whole,
                                           .fail = fail,
                                           .sealed = sealed,
                                           .give_back = give_back };

struct store *store_postgres_create(struct session *session)
{
    struct fake_store *store = mem_zero(1, sizeof *store);
    *store = (struct fake_store){ .base = { .ops = &fake_ops }, .session = session };
    return &store->base;
}

struct store *store_postgres_destroy(struct store *store)
{
    free(store);
    return NULL;
}
