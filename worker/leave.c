/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals and leaving. TERM or INT drains: what waits is given back, what runs may go on for drain_s, then it is
 * stopped and recorded as interrupted, which counts no attempt. A second one is hard: the slots are killed now. TSTP:
 * takes no more jobs. USR1: says what is in flight. HUP: reads the settings again.
 *
 * Once all is recorded the worker declares itself dead, so that nobody waits for its beat to stand still. When the
 * record can't be reached it leaves all the same after a while: its jobs then come back as lost. Last of all everything
 * is closed and the slots are waited for; the loop then has nothing left to run for.
 */
#include <signal.h>

#include "base/clock.h"
#include "base/log.h"
#include "sql/session.h"
#include "worker/worker_private.h"

enum { LEAVE_PATIENCE_MS = 10000 };

static void on_quiet(void *arg, const struct result *result, const struct error *e)
{
    (void)arg;
    (void)result;
    if (e != NULL)
        log_failure(LOG_WARN, "the record was not told that this worker takes no more jobs", e);
}

static void say(struct worker *w, const char *statement, session_on_result *callback)
{
    char incarnation[24];
    (void)snprintf(incarnation, sizeof incarnation, "%lld", (long long)w->incarnation);
    session_run(w->beat_session, statement, &SQL_TEXT(incarnation), 1, 0, callback, w);
}

void leave_drain(struct worker *w, int64_t now_ms)
{
    if (w->state != WORKER_RUNNING && w->state != WORKER_REGISTERING)
        return;
    log_event(LOG_INFO, "draining", LOG_I("incarnation", w->incarnation), LOG_I("waiting", w->waiting.count));
    w->state = WORKER_DRAINING;
    w->drain_until_ms = now_ms + (int64_t)w->config.drain_s * 1000;
    if (w->incarnation != 0)
        say(w, "worker_quiet", on_quiet);
}

static void hard(struct worker *w)
{
    w->hard = true;
    for (unsigned i = 0; i < w->pool.count; i++)
        if (w->pool.slots[i].tasks.first != NULL)
            w->pool.slots[i].stop = SLOT_STOP_DRAIN;
    slots_kill_all(w);
}

static void say_what_is_in_flight(const struct worker *w, int64_t now_ms)
{
    log_event(LOG_INFO, "in flight", LOG_I("incarnation", w->incarnation), LOG_I("waiting", w->waiting.count),
              LOG_I("unrecorded", w->finish.held), LOG_I("done", w->done));
    for (unsigned i = 0; i < w->pool.count; i++) {
        const struct slot *s = &w->pool.slots[i];
        const struct task *task = s->tasks.first;
        if (task != NULL)
            log_event(LOG_INFO, "running", LOG_I("slot", i), LOG_I("pid", s->process.pid), LOG_I("job", task->id),
                      LOG_I("epoch", task->epoch), LOG_T("kind", task->kind->name),
                      LOG_I("ms", now_ms - task->since_ms), LOG_I("behind", s->tasks.count - 1));
    }
}

/* Slots take over a new memory limit as they are replaced: those that are idle now, the others once they are. */
static void reload(struct worker *w)
{
    int64_t memory_max = w->config.memory_max;
    if (w->config.reload == NULL || !w->config.reload(w->config.reload_arg, &w->config))
        return;
    for (unsigned i = 0; i < w->pool.count; i++)
        w->pool.slots[i].retiring = w->pool.slots[i].retiring || w->config.memory_max != memory_max;
    log_event(LOG_INFO, "settings were read again", LOG_I("incarnation", w->incarnation));
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct worker *w = handle->data;
    int64_t now_ms = clock_monotonic_ms();
    if (number == SIGUSR1)
        say_what_is_in_flight(w, now_ms);
    else if (number == SIGHUP)
        reload(w);
    else if (number == SIGTSTP && w->incarnation != 0)
        say(w, "worker_quiet", on_quiet);
    else if (number != SIGTSTP && w->state == WORKER_DRAINING)
        hard(w);
    else if (number != SIGTSTP)
        leave_drain(w, now_ms);
}

void leave_start(struct worker *w)
{
    static const int numbers[] = { SIGTERM, SIGINT, SIGTSTP, SIGUSR1, SIGHUP };
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        (void)uv_signal_init(&w->loop, &w->signals[i].handle);
        w->signals[i].handle.data = w;
        (void)uv_signal_start(&w->signals[i].handle, on_signal, numbers[i]);
    }
}

static void on_left(void *arg, const struct result *result, const struct error *e)
{
    struct worker *w = arg;
    (void)result;
    if (w->state == WORKER_CLOSING)
        return;
    if (e != NULL)
        log_failure(LOG_WARN, "the record was not told that this worker has left", e);
    w->exit_code = finish_empty(w) ? 0 : error_exit_code(ERROR_UNAVAILABLE);
    w->state = WORKER_CLOSING;
}

static void drain_tick(struct worker *w, int64_t now_ms)
{
    for (unsigned i = 0; i < w->pool.count; i++) {
        struct slot *s = &w->pool.slots[i];
        if (s->tasks.count > 1)
            slot_take_back(s);
        if (s->tasks.first != NULL && now_ms >= w->drain_until_ms)
            slot_ask_stop(s, SLOT_STOP_DRAIN, now_ms);
    }
    for (struct task *task; (task = task_list_take(&w->waiting)) != NULL;) {
        task->end = TASK_BACK;
        finish_add(w, task);
    }
    bool idle = slots_idle(w);
    if (idle && finish_empty(w) && joblog_empty(w)) {
        w->state = WORKER_LEAVING;
        if (w->incarnation != 0)
            say(w, "worker_leave", on_left);
        else
            on_left(w, NULL, NULL);
    } else if (idle && now_ms >= w->drain_until_ms + LEAVE_PATIENCE_MS) {
        log_event(LOG_ERROR, "leaving without having recorded everything", LOG_I("unrecorded", w->finish.held));
        w->exit_code = error_exit_code(ERROR_UNAVAILABLE);
        w->state = WORKER_CLOSING;
    }
}

void leave_tick(struct worker *w, int64_t now_ms)
{
    if (w->state == WORKER_DRAINING)
        drain_tick(w, now_ms);
}

/* ---- closing ---- */

static void on_closed(void *arg)
{
    struct worker *w = arg;
    w->open_handles--;
}

/* The first call closes everything, the others wait for the slots. */
void leave_close(struct worker *w)
{
    int64_t now_ms = clock_monotonic_ms();
    if (!uv_is_closing((uv_handle_t *)&w->beat.timer)) {
        uv_close((uv_handle_t *)&w->beat.timer, NULL);
        for (unsigned i = 0; i < sizeof w->signals / sizeof w->signals[0]; i++)
            uv_close((uv_handle_t *)&w->signals[i].handle, NULL);
        slots_kill_all(w);
        w->open_handles = 3;
        session_close(w->session, on_closed, w);
        session_close(w->beat_session, on_closed, w);
        transport_close(w->transport, on_closed, w);
    }
    slots_tick(w, now_ms);
    bool off = w->open_handles == 0;
    for (unsigned i = 0; i < w->pool.count; i++)
        off = off && w->pool.slots[i].state == SLOT_OFF;
    if (!off)
        return;
    uv_close((uv_handle_t *)&w->timer, NULL);
    uv_close((uv_handle_t *)&w->prepare, NULL);
}
