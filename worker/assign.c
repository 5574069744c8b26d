/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which waiting job goes to which slot. Jobs of kinds measured as short go several at a time, as much as takes a few
 * milliseconds and shared among the free slots; all others one at a time to a free slot. What has waited for a second
 * is given back: another worker may be free.
 */
#include "base/log.h"
#include "worker/worker_private.h"

enum {
    BATCH_US = 5000,      /* of work in one go */
    LOW_US = 2500,        /* a slot with less left of short work may get more before it is idle */
    BATCH_JOBS_MAX = 256, /* at a time in one slot */
    SOON_MS = 5,
    FRAME_US = 15, /* what a job costs beside its run */
    OUT_BYTES_MAX = 512 << 10,
    WAIT_MAX_MS = 1000
};

static bool is_short(const struct worker *w, const struct task *task)
{
    int64_t mean_us = done_mean_us(w, task->kind);
    return mean_us >= 0 && mean_us < BATCH_US;
}

/* Free, or busy with short work that ends soon: what has run for long is not what its kind's mean says. */
static bool is_open(const struct slot *s, bool free, int64_t now_ms)
{
    if (s->state != SLOT_SERVING || s->stop != SLOT_STOP_NONE || s->termed || s->killed || s->retiring)
        return false;
    if (free || s->tasks.first == NULL)
        return free && s->tasks.first == NULL;
    return s->work_us < LOW_US && s->tasks.count < BATCH_JOBS_MAX && s->out.size < OUT_BYTES_MAX &&
           now_ms - s->tasks.first->since_ms <= SOON_MS && is_short(s->worker, s->tasks.first);
}

static void give(struct worker *w, struct slot *s, unsigned share, int64_t now_ms)
{
    int64_t budget_us = BATCH_US;
    bool alone = !is_short(w, w->waiting.first);
    for (unsigned given = 0; w->waiting.first != NULL && given < share && budget_us > 0; given++) {
        if (given > 0 && (alone || !is_short(w, w->waiting.first)))
            return;
        if (s->tasks.count >= BATCH_JOBS_MAX || s->out.size >= OUT_BYTES_MAX)
            return;
        struct task *task = task_list_take(&w->waiting);
        budget_us -= done_mean_us(w, task->kind) + FRAME_US;
        slot_send(s, task, now_ms);
    }
}

static void give_back_old(struct worker *w, int64_t now_ms)
{
    while (w->waiting.first != NULL && now_ms - w->waiting.first->arrived_ms >= WAIT_MAX_MS && !finish_full(w)) {
        struct task *task = task_list_take(&w->waiting);
        task->end = TASK_BACK;
        finish_add(w, task);
    }
}

/* To all free slots, or to all that will soon be free. */
static void give_all(struct worker *w, bool free, int64_t now_ms)
{
    unsigned open = 0;
    for (unsigned i = 0; i < w->pool.count; i++)
        open += is_open(&w->pool.slots[i], free, now_ms);
    if (open == 0 || w->waiting.first == NULL)
        return;
    unsigned share = (w->waiting.count + open - 1) / open;
    for (unsigned i = 0; i < w->pool.count && w->waiting.first != NULL; i++)
        if (is_open(&w->pool.slots[i], free, now_ms) && (free || is_short(w, w->waiting.first)))
            give(w, &w->pool.slots[i], share, now_ms);
}

void assign_tick(struct worker *w, int64_t now_ms)
{
    if (w->waiting.first == NULL || finish_full(w))
        return;
    give_all(w, true, now_ms);
    give_all(w, false, now_ms);
    give_back_old(w, now_ms);
}

void assign_cancel(struct worker *w, int64_t id, int64_t epoch, int64_t now_ms)
{
    for (unsigned i = 0; i < w->pool.count; i++) {
        struct slot *s = &w->pool.slots[i];
        struct task *task = s->tasks.first;
        for (; task != NULL && (task->id != id || task->epoch != epoch); task = task->next)
            ;
        if (task == NULL)
            continue;
        if (task != s->tasks.first)
            slot_take_back(s); /* if it was not begun it waits now and is found below */
        if (task == s->tasks.first)
            slot_ask_stop(s, SLOT_STOP_CANCEL, now_ms);
        break;
    }
    struct task *before = NULL;
    for (struct task *task = w->waiting.first; task != NULL; before = task, task = task->next)
        if (task->id == id && task->epoch == epoch) {
            done_forget(w, task_list_take_behind(&w->waiting, before));
            return;
        }
}
