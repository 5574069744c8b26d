/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_out.c - what is out at a worker, lane by lane.
 *
 * A worker tells how many dispatches it has ended, not which. Quick jobs it runs in the order in which it got them, so
 * ends are counted off the oldest batches, and off slow lanes only when no quick job is left. Now and then the record
 * counts what is dispatched of kinds that have slow lanes (plan_slow()): that sets those lanes right, gives back to the
 * quick ones what was counted off them instead, and is the measure by which long jobs are charged as they run.
 */
#include <string.h>

#include "base/mem.h"
#include "scheduler/plan_private.h"

unsigned plan_outstanding(const struct worker *w)
{
    return w->asked + (w->seq > w->done ? (unsigned)(w->seq - w->done) : 0);
}

unsigned plan_unattributed(const struct worker *w)
{
    unsigned out = plan_outstanding(w), known = w->asked;
    for (size_t i = 0; i < w->pair_count; i++)
        known += w->pairs[i].out;
    return out > known ? out - known : 0;
}

void plan_out_add(struct plan *plan, struct worker *w, const struct lane *lane, unsigned count)
{
    plan_pair(w, lane->id)->out += count;
    if (count == 0 || plan_mean_us(plan, lane) == 0)
        return;
    if (w->batch_count == 0 || w->batches[w->batch_count - 1].lane != lane->id) {
        w->batches = mem_grow(w->batches, &w->batch_capacity, w->batch_count + 1, sizeof *w->batches);
        w->batches[w->batch_count++] = (struct batch){ .lane = lane->id };
    }
    w->batches[w->batch_count - 1].count += count;
}

static unsigned least(int64_t a, unsigned b)
{
    return a < b ? (unsigned)a : b;
}

static int64_t count_off_quick(struct worker *w, int64_t ended)
{
    size_t gone = 0;
    for (; ended > 0 && gone < w->batch_count; gone++) {
        struct batch *batch = &w->batches[gone];
        struct pair *pair = plan_pair(w, batch->lane);
        unsigned off = least(ended, batch->count);
        batch->count -= off;
        pair->out -= off < pair->out ? off : pair->out;
        ended -= off;
        if (batch->count > 0)
            break;
    }
    if (gone > 0) /* else there may be none at all, and no memory for them */
        memmove(w->batches, w->batches + gone, (w->batch_count - gone) * sizeof *w->batches);
    w->batch_count -= gone;
    return ended;
}

void plan_out_ended(struct plan *plan, struct worker *w, int64_t done)
{
    (void)plan;
    if (done <= w->done)
        return;
    int64_t unattributed = w->counted ? 0 : plan_unattributed(w), ended = done - w->done;
    ended = count_off_quick(w, ended > unattributed ? ended - unattributed : 0);
    for (size_t i = 0; ended > 0 && i < w->pair_count; i++) {
        unsigned off = least(ended, w->pairs[i].out);
        w->pairs[i].out -= off;
        ended -= off;
    }
    w->done = done;
    if (w->done < w->seq)
        return;
    w->batch_count = 0;
    for (size_t i = 0; i < w->pair_count; i++)
        w->pairs[i].out = 0;
}

/* ---- slow ones ---- */

/* By itself, or in one of its lanes. */
static bool kind_is_slow(const struct plan *plan, int index)
{
    const struct kind_mean *kind = &plan->kinds[index];
    bool slow = kind->mean_us == 0 || kind->mean_us >= plan->limits.slow_ms * 1000 || kind->unfetched;
    for (size_t i = 0; i < plan->lane_count && !slow; i++)
        slow = plan->lanes[i].kind == index && plan_mean_us(plan, &plan->lanes[i]) == 0;
    return slow;
}

unsigned plan_slow_kinds(struct plan *plan, const char **ret_names, unsigned max)
{
    bool any = false;
    unsigned count = 0;
    for (size_t i = 0; i < plan->lane_count && !any; i++)
        any = plan->lanes[i].counted_ms > 0;
    plan_load(plan);
    for (size_t i = 0; i < plan->worker_count && !any; i++)
        any = plan->workers[i].slow > 0;
    for (unsigned i = 0; i < plan->kind_count; i++) {
        plan->kinds[i].counted = any && count < max && kind_is_slow(plan, (int)i);
        if (plan->kinds[i].counted)
            ret_names[count++] = plan->kinds[i].name;
    }
    return count;
}

/* Quick lanes of a counted kind are not: their jobs are charged and counted off as they come and go. */
static bool is_counted(const struct plan *plan, const struct lane *lane)
{
    return !lane || (lane->kind >= 0 && plan->kinds[lane->kind].counted && plan_mean_us(plan, lane) == 0);
}

static void lane_counted(struct plan *plan, struct lane *lane, unsigned out, int64_t now_ms)
{
    if (lane->counted_ms > 0 && now_ms > lane->counted_ms) {
        uint64_t us = (uint64_t)out * (uint64_t)(now_ms - lane->counted_ms) * 1000;
        uint64_t paid = us < lane->prepaid ? us : lane->prepaid;
        lane->prepaid -= paid;
        plan_charge_us(plan, lane, us - paid);
    }
    uint64_t most = (uint64_t)out * plan->limits.slow_ms * 1000;
    lane->prepaid = lane->prepaid < most ? lane->prepaid : most;
    lane->counted_ms = out > 0 ? now_ms : 0;
}

static void worker_counted(struct plan *plan, struct worker *w, const struct slow_row *rows, unsigned count)
{
    unsigned before = 0, after = 0;
    for (size_t i = 0; i < w->pair_count; i++) {
        if (w->pairs[i].out == 0 || !is_counted(plan, plan_lane_find(plan, w->pairs[i].lane)))
            continue;
        before += w->pairs[i].out;
        w->pairs[i].out = 0;
    }
    for (unsigned i = 0; i < count; i++) {
        if (rows[i].worker != w->incarnation || rows[i].count <= 0 ||
            !is_counted(plan, plan_lane_find(plan, rows[i].lane)))
            continue;
        plan_pair(w, rows[i].lane)->out = (unsigned)rows[i].count;
        after += (unsigned)rows[i].count;
    }
    if (before > after && w->batch_count > 0) { /* their ends were counted off the quick ones */
        w->batches[0].count += before - after;
        plan_pair(w, w->batches[0].lane)->out += before - after;
    }
    w->counted = true;
}

void plan_slow(struct plan *plan, const struct slow_row *rows, unsigned count, int64_t now_ms)
{
    for (size_t i = 0; i < plan->worker_count; i++)
        worker_counted(plan, &plan->workers[i], rows, count);
    for (size_t i = 0; i < plan->lane_count; i++) {
        unsigned out = 0;
        if (!is_counted(plan, &plan->lanes[i])) {
            plan->lanes[i].counted_ms = 0;
            plan->lanes[i].prepaid = 0;
            continue;
        }
        for (unsigned k = 0; k < count; k++) {
            if (rows[k].lane == plan->lanes[i].id && rows[k].count > 0)
                out += (unsigned)rows[k].count;
        }
        lane_counted(plan, &plan->lanes[i], out, now_ms);
    }
}
