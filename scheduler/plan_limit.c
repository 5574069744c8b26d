/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_limit.c - limits as the plan sees them: how many more may run, and a bucket of tokens that fills with time.
 *
 * The record enforces them in the transaction of the dispatch, whatever is decided here; this only keeps the plan from
 * asking for what it would not get, and tells when asking is worth it again. What was read is exact for the moment of
 * the read, what was asked for since is held back on top, and an answer turns it into what runs.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "scheduler/plan_private.h"

static struct limit *limit_find(const struct plan *plan, int32_t id)
{
    size_t low = 0, high = plan->limit_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (plan->limit_rows[middle].row.id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < plan->limit_count && plan->limit_rows[low].row.id == id ? &plan->limit_rows[low] : NULL;
}

static int compare_ids(const void *left, const void *right)
{
    const struct limit *a = left, *b = right;
    return (a->row.id > b->row.id) - (a->row.id < b->row.id);
}

void plan_limit_rows(struct plan *plan, const struct limit_row *rows, unsigned count, int64_t now_ms)
{
    for (size_t i = 0; i < plan->limit_count; i++) {
        plan->limit_rows[i].row.running_max = -1; /* until it is listed again */
        plan->limit_rows[i].row.rate_per_s = 0;
    }
    size_t known = plan->limit_count; /* those are sorted; what is new stands behind them until all are read */
    for (unsigned i = 0; i < count; i++) {
        struct limit *limit = limit_find(plan, rows[i].id);
        if (!limit) {
            plan->limit_rows = mem_grow(plan->limit_rows, &plan->limit_capacity, known + 1, sizeof *plan->limit_rows);
            limit = &plan->limit_rows[known++];
            *limit = (struct limit){ 0 };
        }
        limit->row = rows[i];
        limit->read_ms = now_ms;
    }
    if (known > plan->limit_count)
        qsort(plan->limit_rows, known, sizeof *plan->limit_rows, compare_ids);
    plan->limit_count = known;
}

static double tokens_at(const struct limit *limit, int64_t now_ms)
{
    double passed_ms = now_ms > limit->read_ms ? (double)(now_ms - limit->read_ms) : 0;
    double tokens = limit->row.tokens + limit->row.rate_per_s * passed_ms / 1000;
    return tokens < limit->row.burst ? tokens : limit->row.burst;
}

static unsigned limit_room(const struct limit *limit, int64_t now_ms)
{
    unsigned room = UINT32_MAX;
    if (limit->row.running_max >= 0) {
        int64_t left = (int64_t)limit->row.running_max - limit->row.running - limit->asked;
        room = left > 0 ? (unsigned)left : 0;
    }
    if (limit->row.rate_per_s > 0) {
        double tokens = tokens_at(limit, now_ms) - limit->asked;
        unsigned whole = tokens >= 1 ? (tokens < 1e6 ? (unsigned)tokens : 1000000) : 0;
        room = whole < room ? whole : room;
    }
    return room;
}

unsigned plan_limit_room(const struct plan *plan, const struct lane *lane, int64_t now_ms)
{
    unsigned room = UINT32_MAX;
    for (int i = 0; i < LANE_LIMITS_MAX; i++) {
        const struct limit *limit = lane->limits[i] ? limit_find(plan, lane->limits[i]) : NULL;
        unsigned one = limit ? limit_room(limit, now_ms) : UINT32_MAX;
        room = one < room ? one : room;
    }
    return room;
}

void plan_limit_ask(struct plan *plan, const struct lane *lane, unsigned count)
{
    for (int i = 0; i < LANE_LIMITS_MAX; i++) {
        struct limit *limit = lane->limits[i] ? limit_find(plan, lane->limits[i]) : NULL;
        if (limit)
            limit->asked += count;
    }
}

void plan_limit_land(struct plan *plan, const struct lane *lane, unsigned asked, unsigned count, int64_t now_ms)
{
    for (int i = 0; i < LANE_LIMITS_MAX; i++) {
        struct limit *limit = lane->limits[i] ? limit_find(plan, lane->limits[i]) : NULL;
        if (!limit)
            continue;
        limit->asked -= asked < limit->asked ? asked : limit->asked;
        limit->row.running += (int32_t)count;
        limit->row.tokens = tokens_at(limit, now_ms) - count;
        limit->read_ms = now_ms;
    }
}

bool plan_is_held(const struct plan *plan, int64_t now_ms)
{
    for (size_t i = 0; i < plan->lane_count; i++) {
        const struct lane *lane = &plan->lanes[i];
        if (lane->available > 0 && !lane->paused && plan_limit_room(plan, lane, now_ms) == 0)
            return true;
    }
    return false;
}

bool plan_is_limited(const struct plan *plan)
{
    for (size_t i = 0; i < plan->lane_count; i++) {
        const struct lane *lane = &plan->lanes[i];
        for (int k = 0; k < LANE_LIMITS_MAX && lane->available > 0 && !lane->paused; k++) {
            if (lane->limits[k])
                return true;
        }
    }
    return false;
}

int64_t plan_rate_wait_ms(const struct plan *plan, int64_t now_ms, int64_t max_ms)
{
    int64_t wait_ms = max_ms;
    for (size_t i = 0; i < plan->lane_count; i++) {
        const struct lane *lane = &plan->lanes[i];
        for (int k = 0; k < LANE_LIMITS_MAX && lane->available > 0 && !lane->paused; k++) {
            const struct limit *limit = lane->limits[k] ? limit_find(plan, lane->limits[k]) : NULL;
            if (!limit || limit->row.rate_per_s <= 0)
                continue;
            double missing = 1 + limit->asked - tokens_at(limit, now_ms);
            double ms = missing * 1000 / limit->row.rate_per_s;
            if (missing > 0 && ms < (double)wait_ms)
                wait_ms = (int64_t)ms + 1;
        }
    }
    return wait_ms;
}
