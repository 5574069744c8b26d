/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_credit.c - what a worker may be given: credit in slot time, so that jobs of 50 us and of 50 ms have equal room.
 *
 * Quick kinds fill the slots that nothing slow holds, and what those finish in prefetch_ms. Slow ones, unknown ones and
 * those that forbid prefetching compete for slots only, whatever short jobs are queued there: those are over within
 * prefetch_ms.
 *
 * A lane whose slow jobs seem to hold all slots may ask for one more after PLAN_KNOCK_MS: if they do after all, the
 * worker gives the job back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scheduler/plan_private.h"

enum { SMALL = 64, CHUNKS = 64, OWN = 8, SPARE_SLOTS_MIN = 4 };

/* A lane that holds any kind is taken for the kind of its last batch. */
unsigned plan_cost_us(const struct plan *plan, const struct lane *lane)
{
    if (lane->measured > 0 && !lane->mixed)
        return lane->mean_us;
    return lane->kind >= 0 ? plan->kinds[lane->kind].mean_us : 0;
}

unsigned plan_mean_us(const struct plan *plan, const struct lane *lane)
{
    unsigned mean_us = plan_cost_us(plan, lane);
    return lane->prefetch_max == 0 || mean_us >= plan->limits.slow_ms * 1000 ? 0 : mean_us;
}

struct pair *plan_pair(struct worker *w, int32_t lane)
{
    size_t low = 0, high = w->pair_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (w->pairs[middle].lane < lane)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < w->pair_count && w->pairs[low].lane == lane)
        return &w->pairs[low];
    w->pairs = mem_grow(w->pairs, &w->pair_capacity, w->pair_count + 1, sizeof *w->pairs);
    memmove(&w->pairs[low + 1], &w->pairs[low], (w->pair_count++ - low) * sizeof *w->pairs);
    w->pairs[low] = (struct pair){ .lane = lane };
    return &w->pairs[low];
}

/* Slots that nothing slow holds. */
static unsigned quick_slots(const struct worker *w)
{
    return w->slow < w->slots ? w->slots - w->slow : 0;
}

static uint64_t budget_us(const struct plan *plan, const struct worker *w)
{
    unsigned slots = quick_slots(w);
    return (uint64_t)(slots > 0 ? slots : 1) * plan->limits.prefetch_ms * 1000;
}

void plan_load(struct plan *plan)
{
    for (size_t i = 0; i < plan->worker_count; i++) {
        struct worker *w = &plan->workers[i];
        w->slow = w->counted ? 0 : plan_unattributed(w); /* those of an earlier leader may be anything */
        w->quick_us = 0;
        for (size_t k = 0; k < w->pair_count; k++) {
            unsigned out = w->pairs[k].asked + w->pairs[k].out;
            const struct lane *lane = out > 0 ? plan_lane_find(plan, w->pairs[k].lane) : NULL;
            unsigned mean_us = lane ? plan_mean_us(plan, lane) : 0;
            if (mean_us == 0)
                w->slow += out;
            else
                w->quick_us += (uint64_t)out * mean_us;
        }
        /* Busy enough for now: a larger batch in a moment costs less than two small ones. */
        w->busy = plan_outstanding(w) > SMALL && w->quick_us * 4 > budget_us(plan, w) * 3;
    }
}

/* ---- who fits ---- */

/* Is each of "a,b" in "a,b,c"? */
static bool tags_fit(const char *wanted, const char *tags)
{
    for (const char *at = wanted; *at;) {
        size_t size = strcspn(at, ",");
        const char *found = tags;
        while (found && (strncmp(found, at, size) != 0 || (found[size] != ',' && found[size] != '\0'))) {
            found = strchr(found, ',');
            found = found ? found + 1 : NULL;
        }
        if (!found)
            return false;
        at += size;
        at += *at == ',';
    }
    return true;
}

bool plan_fits(const struct worker *w, const struct lane *lane)
{
    if (w->state != WORKER_ALIVE || w->quiet || w->slots == 0)
        return false;
    if (lane->kind >= 0 && !lane->mixed && w->versions &&
        (w->versions[lane->kind] == 0 || w->versions[lane->kind] < lane->version))
        return false;
    return !lane->tags || tags_fit(lane->tags, w->tags);
}

/* ---- how much ---- */

/* Slots that this lane's slow jobs leave alone: a tenant is not to fill a worker for hours while others are about. */
static unsigned spare_slots(const struct plan *plan, const struct worker *w, const struct lane *lane, int64_t now_ms)
{
    size_t tenant = plan->flows[lane->flow].tenant;
    bool neighbours = false;
    if (plan->limits.spare == 0 || w->slots < SPARE_SLOTS_MIN)
        return 0;
    for (size_t i = 0; i < plan->tenant_count && !neighbours; i++)
        neighbours = i != tenant && now_ms - plan->tenants[i].seen_ms < PLAN_NEIGHBOUR_MS;
    if (!neighbours)
        return 0;
    for (size_t i = 0; i < w->pair_count; i++) {
        const struct lane *other = w->pairs[i].out + w->pairs[i].asked ? plan_lane_find(plan, w->pairs[i].lane) : NULL;
        if (other && plan->flows[other->flow].tenant != tenant && plan_mean_us(plan, other) == 0)
            return 0; /* somebody else has a share already */
    }
    unsigned spare = w->slots / plan->limits.spare;
    return spare > 0 ? spare : 1;
}

static unsigned slow_credit(const struct plan *plan, const struct worker *w, const struct lane *lane,
                            const struct pair *pair, int64_t now_ms)
{
    unsigned spare = spare_slots(plan, w, lane, now_ms);
    if (w->slow + spare < w->slots)
        return w->slots - spare - w->slow;
    return plan_outstanding(w) > w->slow && now_ms - pair->changed_ms >= PLAN_KNOCK_MS;
}

/* What a tenant has at the worker, of quick kinds. */
static uint64_t tenant_us(const struct plan *plan, const struct worker *w, size_t tenant, unsigned *ret_jobs)
{
    uint64_t us = 0;
    *ret_jobs = 0;
    for (size_t i = 0; i < w->pair_count; i++) {
        unsigned out = w->pairs[i].out + w->pairs[i].asked + w->pairs[i].now;
        const struct lane *lane = out > 0 ? plan_lane_find(plan, w->pairs[i].lane) : NULL;
        unsigned mean_us = lane && plan->flows[lane->flow].tenant == tenant ? plan_mean_us(plan, lane) : 0;
        us += (uint64_t)out * mean_us;
        *ret_jobs += mean_us > 0 ? out : 0;
    }
    return us;
}

static uint64_t below(uint64_t most, uint64_t used)
{
    return used < most ? most - used : 0;
}

/* Others may have filled the worker, with many jobs or with long ones: each tenant has some room of its own, or it
 * would wait for a moment in which none of theirs is there. */
static unsigned quick_credit(const struct plan *plan, const struct worker *w, const struct lane *lane,
                             const struct pair *pair, unsigned mean_us)
{
    uint64_t budget = budget_us(plan, w), own = budget / OWN, most = w->slots + plan->limits.prefetch_max;
    uint64_t room = below(budget + (uint64_t)quick_slots(w) * mean_us, w->quick_us) / mean_us;
    uint64_t jobs = below(most, plan_outstanding(w)), here = pair->out + pair->asked + pair->now;
    room = w->busy ? 0 : (room < jobs ? room : jobs);
    if (room < (own + mean_us - 1) / mean_us) {
        unsigned mine;
        uint64_t mine_us = tenant_us(plan, w, plan->flows[lane->flow].tenant, &mine);
        uint64_t own_room = mine_us < own ? (own - mine_us + mean_us - 1) / mean_us : 0;
        own_room = own_room < below(most / OWN, mine) ? own_room : below(most / OWN, mine);
        own_room = own_room == 0 && here == 0 ? 1 : own_room; /* nor is a lane to wait for its tenant's others */
        room = own_room > room ? own_room : room;
    }
    uint64_t fetch = below((uint64_t)w->slots + lane->prefetch_max, here);
    return (unsigned)(room < fetch ? room : fetch);
}

/* Has it more to do than its slots take at once? */
bool plan_has_queue(const struct plan *plan, const struct worker *w)
{
    return w->quick_us > budget_us(plan, w) / OWN || w->slow >= w->slots;
}

/* How many of the lane's jobs the worker may get now. */
unsigned plan_credit(const struct plan *plan, struct worker *w, const struct lane *lane, int64_t now_ms)
{
    if (!plan_fits(w, lane))
        return 0;
    const struct pair *pair = plan_pair(w, lane->id);
    if (pair->asked > 0 || now_ms < pair->barren_until_ms || pair->now >= plan->limits.batch_max)
        return 0;
    unsigned mean_us = plan_mean_us(plan, lane);
    unsigned credit =
        mean_us == 0 ? slow_credit(plan, w, lane, pair, now_ms) : quick_credit(plan, w, lane, pair, mean_us);
    unsigned rest = plan->limits.batch_max - pair->now;
    return credit < rest ? credit : rest;
}

/* How many at a time: small enough for fair turns and an even spread, large enough to be quick. */
unsigned plan_chunk(const struct plan *plan, const struct lane *lane)
{
    unsigned spread = lane->available / (8 * (unsigned)plan->worker_count + 1) + 1, slots = 0;
    uint64_t mean_us = plan_mean_us(plan, lane);
    if (mean_us == 0)
        return 1;
    for (size_t i = 0; i < plan->worker_count; i++)
        slots += plan->workers[i].slots;
    uint64_t chunk = (uint64_t)slots * plan->limits.prefetch_ms * 1000 / CHUNKS / mean_us + 1;
    return chunk < spread ? (unsigned)chunk : spread;
}
