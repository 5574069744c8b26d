/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.c - lanes and credit: who gets how much of which lane.
 *
 * A step goes round the lanes from the one whose turn it is. Each may spend its deficit, which grows by an even share
 * of the free credit, on the workers, the least loaded first. What is slow or unknown competes for slots only,
 * whatever short jobs are queued there: those are over within prefetch_ms.
 *
 * A worker tells how many dispatches it has ended, not which; they are counted off the quickest lane first. A slow
 * lane whose count lags behind because of that may ask for one more after PLAN_KNOCK_MS: if all slots are taken after
 * all, the worker gives the job back.
 */
#include "scheduler/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scheduler/plan_private.h"

const struct plan_limits plan_limits_default = {
    .batch_max = 1000,
    .flight_max = 4,
    .prefetch_ms = 50,
    .prefetch_max = 2000,
    .slow_ms = 1000,
    .expire_ms = 6000,
    .trust_ms = 1500,
    .ring_ms = 2000,
    .take_batch = 1000,
};

/* ---- credit ---- */

/* 0: not measured, or slow. */
static unsigned lane_mean_us(const struct plan *plan, const struct lane *lane)
{
    unsigned mean_us = 0;
    if (lane->strange)
        return 0;
    for (unsigned i = 0; i < plan->kind_count; i++) {
        if (!(lane->kinds & (UINT64_C(1) << i)))
            continue;
        if (plan->kinds[i].mean_us == 0 || plan->kinds[i].mean_us >= plan->limits.slow_ms * 1000)
            return 0;
        if (plan->kinds[i].mean_us > mean_us)
            mean_us = plan->kinds[i].mean_us;
    }
    return mean_us;
}

static struct pair *pair_of(struct worker *w, int32_t lane)
{
    for (size_t i = 0; i < w->pair_count; i++) {
        if (w->pairs[i].lane == lane)
            return &w->pairs[i];
    }
    w->pairs = mem_grow(w->pairs, &w->pair_capacity, w->pair_count + 1, sizeof *w->pairs);
    w->pairs[w->pair_count] = (struct pair){ .lane = lane };
    return &w->pairs[w->pair_count++];
}

/* Unfinished dispatches that may hold a slot for long: of slow and unknown lanes, and those of an earlier leader. */
static unsigned slow_out(const struct plan *plan, const struct worker *w)
{
    unsigned slow = plan_unattributed(w);
    for (size_t i = 0; i < w->pair_count; i++) {
        const struct lane *lane = plan_lane_find(plan, w->pairs[i].lane);
        if (!lane || lane_mean_us(plan, lane) == 0)
            slow += w->pairs[i].asked + w->pairs[i].out;
    }
    return slow;
}

/* How many of the lane's jobs the worker may get now. */
static unsigned free_credit(const struct plan *plan, struct worker *w, const struct lane *lane, int64_t now_ms)
{
    if (w->state != WORKER_ALIVE || w->quiet || w->slots == 0)
        return 0;
    const struct pair *pair = pair_of(w, lane->id);
    if (pair->asked > 0 || now_ms < pair->barren_until_ms)
        return 0;
    unsigned mean_us = lane_mean_us(plan, lane), out = plan_outstanding(w);
    if (mean_us == 0) {
        unsigned slow = slow_out(plan, w);
        bool knock = out > slow && now_ms - pair->changed_ms >= PLAN_KNOCK_MS;
        return slow < w->slots ? w->slots - slow : knock;
    }
    uint64_t prefetch = (uint64_t)w->slots * plan->limits.prefetch_ms * 1000 / mean_us;
    if (prefetch > plan->limits.prefetch_max)
        prefetch = plan->limits.prefetch_max;
    unsigned window = w->slots + (unsigned)prefetch;
    unsigned room = out < window ? window - out : 0;
    if (window > 64 && out > window / 2 && room < window / 4)
        return 0; /* busy enough for now: a larger batch in a moment costs less than two small ones */
    return room;
}

/* ---- sharing ---- */

static struct worker *least_loaded(const struct plan *plan, const struct lane *lane, const unsigned *extra,
                                   int64_t now_ms)
{
    struct worker *best = NULL;
    uint64_t best_out = 0;
    for (size_t i = 0; i < plan->worker_count; i++) {
        struct worker *w = &plan->workers[i];
        if (free_credit(plan, w, lane, now_ms) <= extra[i] || extra[i] >= plan->limits.batch_max)
            continue;
        uint64_t out = plan_outstanding(w) + extra[i];
        if (!best || out * best->slots < best_out * w->slots ||
            (out * best->slots == best_out * w->slots && w->given < best->given)) {
            best = w;
            best_out = out;
        }
    }
    return best;
}

/* Spreads up to `wanted` of the lane over workers; returns how many dispatches that makes. */
static unsigned place(struct plan *plan, struct lane *lane, unsigned wanted, int64_t now_ms,
                      struct plan_action *actions, unsigned max)
{
    mem_auto unsigned *extra = mem_zero(plan->worker_count + 1, sizeof *extra);
    unsigned made = 0, room = plan->limits.flight_max > plan->flights ? plan->limits.flight_max - plan->flights : 0;
    unsigned unit = wanted / (8 * (unsigned)plan->worker_count + 1) + 1;
    if (max > room)
        max = room;
    struct worker *w;
    for (unsigned left = wanted; left > 0 && (w = least_loaded(plan, lane, extra, now_ms)) != NULL;) {
        size_t i = (size_t)(w - plan->workers);
        unsigned credit = free_credit(plan, w, lane, now_ms) - extra[i], give = unit < left ? unit : left;
        if (extra[i] == 0 && made++ == max)
            break; /* no more statements now: the rest waits for an answer */
        give = give < credit ? give : credit;
        extra[i] += give;
        left -= give;
    }
    unsigned written = 0;
    for (size_t i = 0; i < plan->worker_count; i++) {
        if (extra[i] == 0)
            continue;
        unsigned count = extra[i] < plan->limits.batch_max ? extra[i] : plan->limits.batch_max;
        struct pair *pair = pair_of(&plan->workers[i], lane->id);
        pair->asked = count;
        pair->hinted = lane->hinted;
        pair->changed_ms = now_ms;
        plan->workers[i].asked += count;
        plan->workers[i].given = ++plan->given;
        lane->asked += count;
        lane->available -= count;
        lane->deficit -= count < lane->deficit ? count : lane->deficit;
        actions[written++] = (struct plan_action){
            .type = PLAN_DISPATCH, .lane = lane->id, .worker = plan->workers[i].incarnation, .count = count
        };
    }
    if (lane->available == 0)
        lane->hinted = false;
    plan->flights += written;
    return written;
}

static bool lane_waits(const struct lane *lane)
{
    return lane->available > 0 && !lane->paused;
}

static unsigned share(struct plan *plan, int64_t now_ms, struct plan_action *actions, unsigned max)
{
    unsigned waiting = 0, written = 0;
    for (size_t i = 0; i < plan->lane_count; i++)
        waiting += lane_waits(&plan->lanes[i]);
    for (size_t i = 0, start = plan->turn; i < plan->lane_count && waiting > 0 && written < max; i++) {
        struct lane *lane = &plan->lanes[(start + i) % plan->lane_count];
        unsigned credit = 0;
        if (!lane_waits(lane)) {
            lane->deficit = 0; /* what is not wanted is not saved up */
            continue;
        }
        for (size_t w = 0; w < plan->worker_count; w++)
            credit += free_credit(plan, &plan->workers[w], lane, now_ms);
        if (credit == 0)
            continue;
        lane->deficit += credit / waiting + 1;
        if (lane->deficit > plan->limits.batch_max * plan->limits.flight_max)
            lane->deficit = plan->limits.batch_max * plan->limits.flight_max;
        unsigned wanted = lane->deficit < lane->available ? lane->deficit : lane->available;
        unsigned made = place(plan, lane, wanted, now_ms, actions + written, max - written);
        if (made > 0)
            plan->turn = (start + i + 1) % plan->lane_count;
        written += made;
        waiting--;
    }
    return written;
}

unsigned plan_step(struct plan *plan, int64_t now_ms, struct plan_action *ret_actions, unsigned max)
{
    unsigned written = plan_worker_step(plan, now_ms, ret_actions, max);
    return written + share(plan, now_ms, ret_actions + written, max - written);
}

/* ---- inputs about lanes ---- */

void plan_lanes(struct plan *plan, const struct lane_row *rows, unsigned count)
{
    for (size_t i = 0; i < plan->lane_count; i++)
        plan->lanes[i].available = 0;
    for (unsigned i = 0; i < count; i++) {
        struct lane *lane = plan_lane_find(plan, rows[i].lane);
        if (!lane) {
            plan->lanes = mem_grow(plan->lanes, &plan->lane_capacity, plan->lane_count + 1, sizeof *plan->lanes);
            lane = &plan->lanes[plan->lane_count++];
            *lane = (struct lane){ .id = rows[i].lane };
        }
        snprintf(lane->name, sizeof lane->name, "%.63s/%.63s", rows[i].queue, rows[i].tenant);
        lane->paused = rows[i].paused;
        lane->hinted = false;
        /* The session answers in order: what is under way now was asked for after this was counted. */
        unsigned available = rows[i].available > 0 ? (unsigned)rows[i].available : 0;
        lane->available = available > lane->asked ? available - lane->asked : 0;
    }
}

bool plan_hint(struct plan *plan, int32_t id)
{
    struct lane *lane = plan_lane_find(plan, id);
    if (!lane || lane->paused)
        return false;
    lane->available++;
    lane->hinted = true;
    return true;
}

static void landed(struct plan *plan, int32_t id, int64_t worker, unsigned asked)
{
    struct lane *lane = plan_lane_find(plan, id);
    struct worker *w = plan_worker_find(plan, worker);
    if (plan->flights > 0)
        plan->flights--;
    if (lane)
        lane->asked -= asked < lane->asked ? asked : lane->asked;
    if (w) {
        pair_of(w, id)->asked = 0;
        w->asked -= asked < w->asked ? asked : w->asked;
    }
}

void plan_dispatched(struct plan *plan, int32_t lane_id, int64_t worker, unsigned asked, const struct dispatch *jobs,
                     unsigned count, int64_t now_ms)
{
    struct lane *lane = plan_lane_find(plan, lane_id);
    struct worker *w = plan_worker_find(plan, worker);
    landed(plan, lane_id, worker, asked);
    if (lane && count > 0) {
        lane->kinds = 0;
        lane->strange = false;
    }
    for (unsigned i = 0; i < count; i++) {
        int kind = i > 0 && strcmp(jobs[i].kind, jobs[i - 1].kind) == 0 ? -2 : plan_kind(plan, jobs[i].kind);
        if (lane && kind >= 0)
            lane->kinds |= UINT64_C(1) << kind;
        else if (lane && kind == -1)
            lane->strange = true;
        if (w && jobs[i].seq > w->seq)
            w->seq = jobs[i].seq;
    }
    if (!w)
        return;
    struct pair *pair = pair_of(w, lane_id);
    pair->out += count;
    pair->changed_ms = now_ms;
    if (count == 0 && !pair->hinted)
        pair->barren_until_ms = now_ms + PLAN_BARREN_MS;
}

void plan_dispatch_failed(struct plan *plan, int32_t lane, int64_t worker, unsigned asked)
{
    landed(plan, lane, worker, asked);
}

/* ---- questions ---- */

unsigned plan_available(const struct plan *plan)
{
    unsigned available = 0;
    for (size_t i = 0; i < plan->lane_count; i++)
        available += lane_waits(&plan->lanes[i]) ? plan->lanes[i].available : 0;
    return available;
}

bool plan_has_credit(const struct plan *plan)
{
    for (size_t i = 0; i < plan->worker_count; i++) {
        const struct worker *w = &plan->workers[i];
        if (w->state == WORKER_ALIVE && !w->quiet && plan_outstanding(w) < w->slots + plan->limits.prefetch_max)
            return true;
    }
    return false;
}

struct lane *plan_lane_find(const struct plan *plan, int32_t id)
{
    for (size_t i = 0; i < plan->lane_count; i++) {
        if (plan->lanes[i].id == id)
            return &plan->lanes[i];
    }
    return NULL;
}

const char *plan_lane_name(const struct plan *plan, int32_t lane)
{
    const struct lane *found = plan_lane_find(plan, lane);
    return found ? found->name : "?";
}

struct plan *plan_create(const struct plan_limits *limits)
{
    struct plan *plan = mem_zero(1, sizeof *plan);
    plan->limits = *limits;
    return plan;
}

struct plan *plan_destroy(struct plan *plan)
{
    if (!plan)
        return NULL;
    for (size_t i = 0; i < plan->worker_count; i++)
        free(plan->workers[i].pairs);
    free(plan->workers);
    free(plan->lanes);
    free(plan);
    return NULL;
}
