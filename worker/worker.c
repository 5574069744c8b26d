/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.c - the order of a tick, and how the parts are made and ended.
 *
 * Happy path: register -> the transport delivers dispatches -> they wait by arrival -> slots run them -> their ends are
 * recorded in groups -> the scheduler hears how many dispatches have ended, and sends more.
 *
 * Failure modes: the record is away: what runs goes on, what ended is kept and recorded later, and when that is a lot
 * nothing new is begun; the transport loses or doubles: the inbox tells, the record rings again; we were declared dead:
 * life_anew(); a slot dies: slots*.c.
 */
#include "worker/worker.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "queue/store_postgres.h"
#include "sql/session.h"
#include "worker/worker_private.h"

enum { STATEMENT_TIMEOUT_MS = 30000, LOCK_TIMEOUT_MS = 200, SESSION_QUEUE_MAX = 1000 };

static void take_dispatch(struct worker *w, const struct dispatch *job, int64_t now_ms)
{
    if (!inbox_take(&w->inbox, job->seq))
        return;
    w->taken++;
    const struct kind *kind = kinds_find(job->kind);
    struct task *task = task_create(job, kind, now_ms);
    if (kind == NULL) {
        task_set_failure(task, FAIL_FAILED, ERROR_FATAL, "unknown_kind", "this worker's program has no such kind");
        finish_add(w, task);
    } else {
        task_list_add(&w->waiting, task);
    }
}

static void on_dispatch(void *arg, const struct dispatch *jobs, unsigned count)
{
    struct worker *w = arg;
    int64_t now_ms = clock_monotonic_ms();
    if (w->incarnation == 0 || (w->state != WORKER_RUNNING && w->state != WORKER_DRAINING))
        return;
    turns_note(&w->turns, count, now_ms);
    for (unsigned i = 0; i < count; i++)
        take_dispatch(w, &jobs[i], now_ms);
}

static void on_message(void *arg, const struct message *message)
{
    struct worker *w = arg;
    if (w->incarnation == 0 || (message->incarnation != 0 && message->incarnation != w->incarnation))
        return;
    if (message->type == MESSAGE_CANCEL)
        assign_cancel(w, message->id, message->epoch, clock_monotonic_ms());
    else if (message->type == MESSAGE_VOID && inbox_take(&w->inbox, message->seq))
        w->taken++, w->done++;
    else if (message->type == MESSAGE_BEAT)
        beat_now(w);
}

static void on_transport_state(void *arg, bool up, const struct error *e)
{
    (void)arg;
    if (up)
        log_event(LOG_INFO, "the transport works");
    else if (e != NULL)
        log_failure(LOG_WARN, "the transport is down; the record rings again once it is back", e);
}

static void on_reads(void *arg)
{
    struct worker *w = arg;
    if (w->state == WORKER_RUNNING || w->state == WORKER_DRAINING)
        beat_now(w);
}

static void on_carrier(void *arg, const char *name)
{
    (void)arg;
    log_event(LOG_INFO, "the fleet's carrier is another one", LOG_T("transport", name));
}

static void on_session_state(void *arg, bool up, const struct error *e)
{
    (void)arg;
    if (!up && e != NULL)
        log_failure(LOG_WARN, "a session with the record was lost; connecting again", e);
}

static void on_timer(uv_timer_t *timer)
{
    (void)timer; /* only so that the loop comes round and ticks */
}

/* Idle workers sleep: the timer runs only while something is to be timed. */
static void time_tick(struct worker *w)
{
    bool needed = w->state != WORKER_RUNNING || w->waiting.first != NULL || !finish_empty(w) || !slots_idle(w) ||
                  !joblog_empty(w) || tell_owed(w);
    for (unsigned i = 0; i < w->pool.count && !needed; i++)
        needed = w->pool.slots[i].state != SLOT_SERVING;
    if (needed == w->timer_runs)
        return;
    w->timer_runs = needed;
    if (needed)
        (void)uv_timer_start(&w->timer, on_timer, WORKER_TIMER_MS, WORKER_TIMER_MS);
    else
        (void)uv_timer_stop(&w->timer);
}

void worker_tick(struct worker *w)
{
    if (w->state == WORKER_CLOSING) {
        leave_close(w);
        return;
    }
    int64_t now_ms = clock_monotonic_ms();
    turns_note(&w->turns, 0, now_ms);
    life_tick(w, now_ms);
    if (w->state == WORKER_RUNNING)
        assign_tick(w, now_ms);
    slots_tick(w, now_ms);
    leave_tick(w, now_ms);
    joblog_tick(w, now_ms); /* before its end, in the same session: who sees the end sees the lines */
    finish_tick(w, now_ms);
    if (w->incarnation != 0)
        beat_progress(w, now_ms);
    tell_tick(w, now_ms);
    time_tick(w);
}

static void on_prepare(uv_prepare_t *prepare)
{
    worker_tick(prepare->data);
}

static bool connect_parts(struct worker *w)
{
    struct error e = ERROR_NONE;
    struct session_config session = { .loop = &w->loop,
                                      .url = w->config.database_url,
                                      .application = "argosy worker",
                                      .statement_timeout_ms = STATEMENT_TIMEOUT_MS,
                                      .lock_timeout_ms = LOCK_TIMEOUT_MS,
                                      .queue_max = SESSION_QUEUE_MAX,
                                      .arg = w,
                                      .on_state = on_session_state };
    struct transport_config transport = { .loop = &w->loop,
                                          .carrier = w->config.transport,
                                          .redis_url = w->config.redis_url,
                                          .redis_prefix = w->config.redis_prefix,
                                          .database_url = w->config.direct_url != NULL ? w->config.direct_url
                                                                                       : w->config.database_url,
                                          .kafka = w->config.kafka,
                                          .handlers = { .arg = w,
                                                        .on_dispatch = on_dispatch,
                                                        .on_message = on_message,
                                                        .on_state = on_transport_state,
                                                        .on_reads = on_reads,
                                                        .on_carrier = on_carrier } };
    w->transport = transport_create(&transport, &e);
    if (w->transport == NULL) {
        log_failure(LOG_ERROR, "the worker can't start", &e);
        w->exit_code = error_exit_code(e.class);
        return false;
    }
    w->session = session_create(&session);
    session.application = "argosy worker beat";
    session.lock_timeout_ms = 0;
    w->beat_session = session_create(&session);
    w->store = store_postgres_create(w->session);
    w->beat_store = store_postgres_create(w->beat_session);
    return true;
}

static void finish_worker(struct worker *w)
{
    store_postgres_destroy(w->store);
    store_postgres_destroy(w->beat_store);
    finish_clear(w);
    task_list_clear(&w->waiting);
    slots_finish(w);
    joblog_finish(w);
    inbox_finish(&w->inbox);
    free(w->kind_mean_us);
}

struct worker *worker_create(const struct worker_config *config, int *ret_exit_code)
{
    struct worker *w = mem_zero(1, sizeof *w);
    w->config = *config;
    (void)uv_loop_init(&w->loop);
    if (!connect_parts(w)) {
        (void)uv_loop_close(&w->loop);
        *ret_exit_code = w->exit_code;
        free(w);
        return NULL;
    }
    unsigned slots = config->slots > 0 ? config->slots : uv_available_parallelism();
    slots_init(w, slots < WORKER_SLOTS_MAX ? slots : WORKER_SLOTS_MAX);
    task_list_init(&w->waiting);
    inbox_init(&w->inbox);
    finish_init(w);
    w->kind_mean_us = mem_alloc((kinds_count + 1) * sizeof *w->kind_mean_us);
    for (size_t i = 0; i < kinds_count; i++)
        w->kind_mean_us[i] = -1;
    w->last_mean_us = -1;
    (void)uv_timer_init(&w->loop, &w->timer);
    (void)uv_prepare_init(&w->loop, &w->prepare);
    w->prepare.data = w;
    (void)uv_prepare_start(&w->prepare, on_prepare);
    beat_start(w);
    leave_start(w);
    return w;
}

int worker_destroy(struct worker *w)
{
    int exit_code = w->exit_code;
    finish_worker(w);
    (void)uv_loop_close(&w->loop);
    free(w);
    return exit_code;
}

int worker_main(const struct worker_config *config)
{
    int exit_code = 0;
    struct worker *w = worker_create(config, &exit_code);
    if (w == NULL)
        return exit_code;
    (void)uv_run(&w->loop, UV_RUN_DEFAULT);
    return worker_destroy(w);
}
