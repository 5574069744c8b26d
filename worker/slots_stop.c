/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stopping what a slot runs: asked on the board, then SIGTERM, then SIGKILL. Those behind it are taken back at once and
 * go to other slots; they were never begun, so nothing is counted. The same when the first one takes long.
 */
#include <signal.h>

#include "base/log.h"
#include "worker/worker_private.h"

/* The board's word is "begun or taken back". */
static uint64_t really_begun(const struct slot *s, uint64_t begun)
{
    return begun <= s->taken ? s->ran : begun;
}

uint64_t slot_begun(const struct slot *s)
{
    return really_begun(s, board_begun(s->board, s->number));
}

void slot_take_back(struct slot *s)
{
    if (s->tasks.count == 0)
        return;
    slot_read_tail(
        s); /* the one that runs may not be the first: who has ended does not wait for it, nor is it taken for it */
    uint64_t begun = s->ran = really_begun(s, board_take_back(s->board, s->number));
    s->taken = s->number;
    struct task_list back;
    task_list_init(&back);
    struct task *keep = NULL;
    while ((keep == NULL ? s->tasks.first : keep->next) != NULL) {
        struct task *task = keep == NULL ? s->tasks.first : keep->next;
        if (task->number <= begun)
            keep = task;
        else
            task_list_add(&back, task_list_take_behind(&s->tasks, keep));
    }
    task_list_put_front(&s->worker->waiting, &back);
    s->work_us = 0;
}

void slot_ask_stop(struct slot *s, enum slot_stop why, int64_t now_ms)
{
    slot_take_back(s);
    struct task *task = s->tasks.first;
    if (task == NULL || s->stop != SLOT_STOP_NONE)
        return;
    s->stop = why;
    s->stop_ms = now_ms;
    board_cancel(s->board, task->number);
}

static void press(struct slot *s, int64_t now_ms)
{
    int64_t asked_ms = now_ms - s->stop_ms;
    if (asked_ms >= SLOT_GRACE_MS && !s->termed) {
        s->termed = true;
        (void)uv_process_kill(&s->process, SIGTERM);
    }
    if (asked_ms >= SLOT_KILL_MS && !s->killed) {
        log_event(LOG_WARN, "a job does not stop: its slot is killed", LOG_I("slot", s->index),
                  LOG_I("job", s->tasks.first != NULL ? s->tasks.first->id : 0));
        s->killed = true;
        (void)uv_process_kill(&s->process, SIGKILL);
    }
}

/* NONE: the first one may go on. */
static enum slot_stop overdue(const struct slot *s, int64_t now_ms)
{
    const struct task *first = s->tasks.first;
    if (first == NULL)
        return SLOT_STOP_NONE;
    int64_t stalled_ms = first->kind->stalled_after_s > 0 ? (int64_t)first->kind->stalled_after_s * 1000
                                                          : s->worker->config.stalled_after_ms;
    if (first->timeout_s > 0 && now_ms - first->since_ms >= (int64_t)first->timeout_s * 1000)
        return SLOT_STOP_TIMEOUT;
    return stalled_ms > 0 && !first->seal && now_ms - first->heard_ms >= stalled_ms ? SLOT_STOP_STALL : SLOT_STOP_NONE;
}

/* Has the first one run too long, or been silent for too long? Timers come before sockets: when it was this process
 * that stood still, what was said meanwhile lies there unread. */
static void watch(struct slot *s, int64_t now_ms)
{
    if (overdue(s, now_ms) == SLOT_STOP_NONE)
        return;
    slot_read(s);
    slot_read_tail(s);
    enum slot_stop why = overdue(s, now_ms);
    if (why != SLOT_STOP_NONE && !s->exited && !s->killed && s->closed_ms == 0)
        slot_ask_stop(s, why, now_ms);
}

void slot_stop_tick(struct slot *s, int64_t now_ms)
{
    if (s->exited)
        return;
    if (s->closed_ms > 0 && now_ms - s->closed_ms >= SLOT_CLOSED_MS && !s->killed)
        slot_broken(s, "it closed its socket and lives on");
    struct task *first = s->tasks.first;
    if (first != NULL && s->stop == SLOT_STOP_NONE && s->closed_ms == 0 && !s->killed) {
        int64_t runs_ms = now_ms - first->since_ms;
        if (runs_ms >= SLOT_BEGIN_MS && board_begun(s->board, s->number) < first->number) {
            slot_broken(s, "it does not begin its jobs");
            return;
        }
        if (s->tasks.count > 1 && runs_ms >= SLOT_ALONE_MS)
            slot_take_back(s);
        watch(s, now_ms);
    }
    if (s->stop != SLOT_STOP_NONE || s->termed)
        press(s, now_ms);
}

/* The process is gone and all that it said is read. */
void slot_settle_tasks(struct slot *s, const char *code, const char *message)
{
    struct worker *w = s->worker;
    uint64_t begun = slot_begun(s);
    struct task_list fresh;
    task_list_init(&fresh);
    for (struct task *task; (task = task_list_take(&s->tasks)) != NULL;) {
        if (task->number > begun) {
            task_list_add(&fresh, task);
            continue;
        }
        if (task->number < begun) { /* had ended, its answer is lost: again, under a new epoch */
            task->end = TASK_BACK;
        } else if (s->stop == SLOT_STOP_CANCEL) {
            done_forget(w, task);
            continue;
        } else if (s->stop == SLOT_STOP_TIMEOUT) {
            task_set_failure(task, FAIL_TIMED_OUT, ERROR_TIMED_OUT, "timed_out",
                             "the attempt took longer than its timeout and was killed");
        } else if (s->stop == SLOT_STOP_STALL) {
            task_set_failure(task, FAIL_STALLED, ERROR_TIMED_OUT, "stalled",
                             "the attempt said nothing for too long and was killed");
        } else if (s->stop == SLOT_STOP_DRAIN) {
            task_set_failure(task, FAIL_INTERRUPTED, ERROR_INTERRUPTED, "interrupted", "the worker was stopped");
        } else {
            task_set_failure(task, FAIL_CRASHED, ERROR_RETRY, code, message);
        }
        finish_add(w, task);
    }
    task_list_put_front(&w->waiting, &fresh);
    s->stop = SLOT_STOP_NONE;
}
