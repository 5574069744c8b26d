/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Happy path: finish_add() -> gathered while the lane's last group is on its way -> one call -> accepted -> forgotten.
 * Failure modes: database away or outcome unknown: the same rows again, with backoff; a row fenced out: forgotten,
 * since a newer epoch owns the job; a row that somebody's open transaction holds: asked again every 2 s, and nobody
 * waits for it; a whole outcome that PostgreSQL refuses: fails as result_rejected (for groups the store finds the row
 * by itself); the incarnation died meanwhile: the answer is ignored, its rows were fenced by the record.
 */
#include "worker/finish.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/worker_private.h"

enum { FENCED_OUT_TOLD_MAX = 20 };

static const struct {
    const char *name;
    unsigned rows_max;
} ends[TASK_ENDS] = {
    [TASK_RESULT] = { "finish", FINISH_ROWS_MAX },
    [TASK_WHOLE] = { "finish_whole", 1 },
    [TASK_FAILURE] = { "fail", 100 },
    [TASK_SEALED] = { "sealed", 1 },
    [TASK_BACK] = { "give_back", FINISH_ROWS_MAX },
};

void finish_init(struct worker *w)
{
    for (unsigned end = 0; end < TASK_ENDS; end++) {
        struct finish_lane *lane = &w->finish.lanes[end];
        *lane = (struct finish_lane){ .worker = w, .end = (enum task_end)end };
        task_list_init(&lane->waiting);
        task_list_init(&lane->flying);
        task_list_init(&lane->held);
    }
}

void finish_clear(struct worker *w)
{
    for (unsigned end = 0; end < TASK_ENDS; end++) {
        struct finish_lane *lane = &w->finish.lanes[end];
        task_list_clear(&lane->waiting);
        task_list_clear(&lane->flying);
        task_list_clear(&lane->held);
        lane->again_ms = 0;
        lane->backoff_ms = 0;
    }
    w->finish.held = 0;
    w->finish.held_bytes = 0;
}

static void log_fenced_out(const struct worker *w, const struct task *task)
{
    log_event(LOG_INFO, "fenced out: a newer epoch or a cancel owns the job", LOG_I("job", task->id),
              LOG_I("epoch", task->epoch), LOG_I("incarnation", w->incarnation));
}

void finish_log_fenced_out(const struct worker *w)
{
    for (unsigned end = 0; end < TASK_ENDS; end++) {
        const struct finish_lane *lane = &w->finish.lanes[end];
        const struct task *const lists[] = { lane->flying.first, lane->held.first, lane->waiting.first };
        for (unsigned i = 0; i < 3; i++) {
            const struct task *task = lists[i];
            for (unsigned told = 0; task != NULL && told < FENCED_OUT_TOLD_MAX; told++, task = task->next)
                log_fenced_out(w, task);
        }
    }
}

bool finish_full(const struct worker *w)
{
    return w->finish.held >= FINISH_HELD_MAX || w->finish.held_bytes >= FINISH_HELD_BYTES_MAX;
}

bool finish_empty(const struct worker *w)
{
    return w->finish.held == 0;
}

void finish_add(struct worker *w, struct task *task)
{
    if (task->seal && task->end == TASK_RESULT)
        task->end = TASK_SEALED;
    if (task->seal && task->end == TASK_FAILURE && task->cause == FAIL_FAILED)
        task->cause = FAIL_SEAL;
    w->finish.held++;
    w->finish.held_bytes += task->answer_size;
    task_list_add(&w->finish.lanes[task->end].waiting, task);
}

static void forget(struct worker *w, struct task *task)
{
    w->finish.held--;
    w->finish.held_bytes -= task->answer_size;
    done_forget(w, task);
}

void finish_gather(struct finish_lane *lane)
{
    size_t bytes = 0;
    while (lane->waiting.first != NULL && lane->flying.count < ends[lane->end].rows_max) {
        bytes += lane->waiting.first->answer_size;
        if (lane->flying.count > 0 && bytes > FINISH_BYTES_MAX)
            return;
        task_list_add(&lane->flying, task_list_take(&lane->waiting));
    }
}

/* A refused whole outcome has no other way to be recorded than as a failure. */
static void reject(struct worker *w, struct finish_lane *lane, const struct error *e)
{
    for (struct task *task; (task = task_list_take(&lane->flying)) != NULL;) {
        w->finish.held--;
        w->finish.held_bytes -= task->answer_size;
        task_set_failure(task, FAIL_FAILED, ERROR_FATAL, "result_rejected", e->message);
        finish_add(w, task);
    }
}

/* The call has failed: what is to become of its rows? */
static void failed(struct worker *w, struct finish_lane *lane, const struct error *e)
{
    if (lane->end == TASK_WHOLE && e->class != ERROR_UNAVAILABLE && e->class != ERROR_RETRY &&
        e->class != ERROR_TIMED_OUT) {
        reject(w, lane, e);
        return;
    }
    if (lane->backoff_ms == 0 && e->class != ERROR_RETRY)
        log_failure(e->class == ERROR_UNAVAILABLE ? LOG_WARN : LOG_ERROR, "recording fails; what has ended is kept", e);
    task_list_put_front(&lane->waiting, &lane->flying);
    lane->backoff_ms = lane->backoff_ms == 0 ? FINISH_AGAIN_MIN_MS : lane->backoff_ms * 2;
    if (lane->backoff_ms > FINISH_AGAIN_MAX_MS)
        lane->backoff_ms = FINISH_AGAIN_MAX_MS;
    lane->again_ms = clock_monotonic_ms() + lane->backoff_ms;
}

/* true: the rows in flight are this incarnation's and e is none. */
static bool answered(struct finish_lane *lane, const struct error *e)
{
    struct worker *w = lane->worker;
    lane->busy = false;
    if (lane->life != w->life || w->state == WORKER_CLOSING)
        return false;
    if (e != NULL) {
        failed(w, lane, e);
        return false;
    }
    if (lane->backoff_ms > FINISH_AGAIN_MIN_MS)
        log_event(LOG_INFO, "recording works again", LOG_T("what", ends[lane->end].name));
    lane->backoff_ms = 0;
    return true;
}

static void on_finished(void *arg, const bool *accepted, unsigned count, const struct error *e)
{
    struct finish_lane *lane = arg;
    if (!answered(lane, accepted != NULL ? NULL : e))
        return;
    for (unsigned i = 0; lane->flying.first != NULL; i++) {
        struct task *task = task_list_take(&lane->flying);
        bool recorded = i < count && accepted[i];
        if (!recorded && e != NULL) {
            if (lane->held.first == NULL)
                lane->held_again_ms = clock_monotonic_ms() + FINISH_HELD_AGAIN_MS;
            task_list_add(&lane->held, task);
            continue;
        }
        if (!recorded)
            log_fenced_out(lane->worker, task);
        forget(lane->worker, task);
    }
    if (lane->end == TASK_FAILURE || lane->end == TASK_WHOLE) /* a retry, or children */
        lane->worker->wake_due = true;
}

static void on_given_back(void *arg, int64_t count, const struct error *e)
{
    struct finish_lane *lane = arg;
    (void)count; /* rows that had left are cancelled or fenced: forgotten as well */
    if (!answered(lane, e))
        return;
    for (struct task *task; (task = task_list_take(&lane->flying)) != NULL;)
        forget(lane->worker, task);
    lane->worker->wake_due = true;
}

static void send_results(struct worker *w, struct finish_lane *lane)
{
    struct finish_row rows[FINISH_ROWS_MAX];
    unsigned count = 0;
    for (struct task *task = lane->flying.first; task != NULL; task = task->next)
        rows[count++] = (struct finish_row){
            .id = task->id, .epoch = task->epoch, .result = task_answer(task, 0), .run_us = task->run_us
        };
    w->store->ops->finish(w->store, w->incarnation, rows, count, on_finished, lane);
}

static void send_failures(struct worker *w, struct finish_lane *lane)
{
    struct fail_row rows[FINISH_ROWS_MAX];
    unsigned count = 0;
    for (struct task *task = lane->flying.first; task != NULL; task = task->next) {
        const char *code = task_answer(task, 1), *message = task_answer(task, 2);
        rows[count++] = (struct fail_row){ .id = task->id,
                                           .epoch = task->epoch,
                                           .cause = task->cause,
                                           .class = error_class_from_name(task_answer(task, 0)),
                                           .code = code != NULL ? code : "fatal",
                                           .message = message != NULL ? message : "",
                                           .details = task_answer(task, 3) };
    }
    w->store->ops->fail(w->store, w->incarnation, rows, count, on_finished, lane);
}

static void send_back(struct worker *w, struct finish_lane *lane)
{
    int64_t ids[FINISH_ROWS_MAX], epochs[FINISH_ROWS_MAX];
    unsigned count = 0;
    for (struct task *task = lane->flying.first; task != NULL; task = task->next) {
        ids[count] = task->id;
        epochs[count++] = task->epoch;
    }
    w->store->ops->give_back(w->store, w->incarnation, ids, epochs, count, on_given_back, lane);
}

static void send_whole(struct worker *w, struct finish_lane *lane)
{
    const struct task *task = lane->flying.first;
    const char *artifacts = task_answer(task, 1), *children = task_answer(task, 2);
    struct finish_whole whole = {
        .row = { .id = task->id, .epoch = task->epoch, .result = task_answer(task, 0), .run_us = task->run_us },
        .artifacts = artifacts != NULL ? artifacts : "[]",
        .children = children != NULL ? children : "[]"
    };
    w->store->ops->finish_whole(w->store, w->incarnation, &whole, on_finished, lane);
}

static void call(struct worker *w, struct finish_lane *lane)
{
    lane->busy = true;
    lane->life = w->life;
    switch (lane->end) {
    case TASK_RESULT:
        send_results(w, lane);
        break;
    case TASK_WHOLE:
        send_whole(w, lane);
        break;
    case TASK_FAILURE:
        send_failures(w, lane);
        break;
    case TASK_SEALED:
        w->store->ops->sealed(w->store, w->incarnation, lane->flying.first->id, lane->flying.first->epoch, on_finished,
                              lane);
        break;
    case TASK_BACK:
        send_back(w, lane);
        break;
    case TASK_ENDS:
        assert(false);
    }
}

void finish_tick(struct worker *w, int64_t now_ms)
{
    for (unsigned end = 0; end < TASK_ENDS; end++) {
        struct finish_lane *lane = &w->finish.lanes[end];
        if (lane->held.first != NULL && now_ms >= lane->held_again_ms)
            task_list_put_front(&lane->waiting, &lane->held);
        if (lane->busy || lane->waiting.first == NULL || now_ms < lane->again_ms)
            continue;
        finish_gather(lane);
        call(w, lane);
    }
}
