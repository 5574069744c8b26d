/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.c - what the plan is told about lanes, and what it answers. Decisions are in plan_share.c and plan_worker.c.
 *
 * A lane is queue x tenant x kind x target x tags: everything in it may go to the same workers and is held back by the
 * same limits, so nothing that must wait ever stands before something that need not.
 */
#include "scheduler/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "scheduler/plan_private.h"

const struct plan_limits plan_limits_default = {
    .batch_max = 1000,
    .flight_max = 4,
    .prefetch_ms = 50,
    .prefetch_max = 2000,
    .slow_ms = 1000,
    .spare = 8,
    .expire_ms = 6000,
    .trust_ms = 1500,
    .ring_ms = 2000,
    .take_batch = 1000,
};

/* ---- the tables ---- */

/* Index of the first lane whose id is not below. */
static size_t lane_place(const struct plan *plan, int32_t id)
{
    size_t low = 0, high = plan->lane_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (plan->lanes[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct lane *plan_lane_find(const struct plan *plan, int32_t id)
{
    size_t i = lane_place(plan, id);
    return i < plan->lane_count && plan->lanes[i].id == id ? &plan->lanes[i] : NULL;
}

static size_t tenant_make(struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->tenant_count; i++) {
        if (strcmp(plan->tenants[i].name, name) == 0)
            return i;
    }
    plan->tenants = mem_grow(plan->tenants, &plan->tenant_capacity, plan->tenant_count + 1, sizeof *plan->tenants);
    struct tenant *tenant = &plan->tenants[plan->tenant_count];
    *tenant = (struct tenant){ .weight = 1, .seen_ms = INT64_MIN / 2 };
    (void)text_copy(tenant->name, sizeof tenant->name, name);
    return plan->tenant_count++;
}

static size_t flow_make(struct plan *plan, size_t tenant, const char *queue)
{
    for (size_t i = 0; i < plan->flow_count; i++) {
        if (plan->flows[i].tenant == tenant && strcmp(plan->flows[i].queue, queue) == 0)
            return i;
    }
    plan->flows = mem_grow(plan->flows, &plan->flow_capacity, plan->flow_count + 1, sizeof *plan->flows);
    struct flow *flow = &plan->flows[plan->flow_count];
    *flow = (struct flow){ .tenant = tenant };
    (void)text_copy(flow->queue, sizeof flow->queue, queue);
    return plan->flow_count++;
}

/* What a lane is never changes; what holds for it does. */
static struct lane *lane_make(struct plan *plan, const struct lane_row *row)
{
    size_t i = lane_place(plan, row->lane), size = sizeof *plan->lanes;
    size_t flow = flow_make(plan, tenant_make(plan, row->tenant), row->queue);
    plan->lanes = mem_grow(plan->lanes, &plan->lane_capacity, plan->lane_count + 1, size);
    memmove(&plan->lanes[i + 1], &plan->lanes[i], (plan->lane_count++ - i) * size);
    struct lane *lane = &plan->lanes[i];
    *lane = (struct lane){ .id = row->lane, .flow = flow, .mixed = !row->kind };
    lane->kind = row->kind ? plan_kind(plan, row->kind) : -1;
    snprintf(lane->name, sizeof lane->name, "%.63s/%.63s", row->queue, row->tenant);
    return lane;
}

int plan_kind(struct plan *plan, const char *name)
{
    for (unsigned i = 0; i < plan->kind_count; i++) {
        if (strcmp(plan->kinds[i].name, name) == 0)
            return (int)i;
    }
    if (plan->kind_count == PLAN_KINDS_MAX || !text_copy(plan->kinds[plan->kind_count].name, 64, name))
        return -1;
    return (int)plan->kind_count++;
}

/* ---- inputs ---- */

void plan_lanes(struct plan *plan, const struct lane_row *rows, unsigned count)
{
    for (size_t i = 0; i < plan->lane_count; i++)
        plan->lanes[i].available = 0;
    for (unsigned i = 0; i < count; i++) {
        const struct lane_row *row = &rows[i];
        struct lane *lane = plan_lane_find(plan, row->lane);
        if (!lane)
            lane = lane_make(plan, row);
        const char *tags = row->tags && *row->tags ? row->tags : NULL;
        if (!tags != !lane->tags || (tags && strcmp(tags, lane->tags) != 0)) {
            free(lane->tags);
            lane->tags = tags ? mem_text(tags) : NULL;
        }
        plan->tenants[plan->flows[lane->flow].tenant].weight = row->weight > 0 ? (unsigned)row->weight : 1;
        lane->version = row->version > 0 ? (unsigned)row->version : 0;
        lane->prefetch_max = row->prefetch_max > 0 ? (unsigned)row->prefetch_max : 0;
        lane->priority = row->priority;
        if (lane->kind >= 0 && !lane->mixed)
            plan->kinds[lane->kind].unfetched = lane->prefetch_max == 0;
        memcpy(lane->limits, row->limits, sizeof lane->limits);
        lane->paused = row->paused;
        lane->hinted = false;
        /* The session answers in order: what is under way now was asked for after this was counted. */
        unsigned available = row->available > 0 ? (unsigned)row->available : 0;
        lane->available = available > lane->asked ? available - lane->asked : 0;
    }
}

void plan_costs(struct plan *plan, const struct cost_row *rows, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct lane *lane = plan_lane_find(plan, rows[i].lane);
        if (!lane || rows[i].jobs <= 0 || rows[i].mean_us < 0 || rows[i].mean_us > UINT32_MAX / 4)
            continue;
        unsigned old_us = plan_cost_us(plan, lane), old = lane->measured;
        if (old == 0)
            old = old_us > 0 ? PLAN_PRIOR : 0;
        uint64_t jobs = (uint64_t)rows[i].jobs;
        uint64_t us = ((uint64_t)old_us * old + (uint64_t)rows[i].mean_us * jobs) / (old + jobs);
        lane->mean_us = us > 0 ? (unsigned)us : 1;
        lane->measured = old + jobs < PLAN_MEASURED_MAX ? (unsigned)(old + jobs) : PLAN_MEASURED_MAX;
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

static void landed(struct plan *plan, struct lane *lane, struct worker *w, int32_t id, unsigned asked)
{
    if (plan->flights > 0)
        plan->flights--;
    if (lane)
        lane->asked -= asked < lane->asked ? asked : lane->asked;
    if (w) {
        plan_pair(w, id)->asked = 0;
        w->asked -= asked < w->asked ? asked : w->asked;
    }
}

/* A lane that names no kind is taken for the slowest of its last batch; -1 when one of those is not known. */
static int batch_kind(struct plan *plan, const struct dispatch *jobs, unsigned count)
{
    int slowest = -1;
    for (unsigned i = 0; i < count; i++) {
        int kind = i > 0 && strcmp(jobs[i].kind, jobs[i - 1].kind) == 0 ? slowest : plan_kind(plan, jobs[i].kind);
        if (kind < 0 || plan->kinds[kind].mean_us == 0)
            return kind;
        if (slowest < 0 || plan->kinds[kind].mean_us > plan->kinds[slowest].mean_us)
            slowest = kind;
    }
    return slowest;
}

void plan_dispatched(struct plan *plan, int32_t lane_id, int64_t worker, unsigned asked, const struct dispatch *jobs,
                     unsigned count, int64_t now_ms)
{
    struct lane *lane = plan_lane_find(plan, lane_id);
    struct worker *w = plan_worker_find(plan, worker);
    landed(plan, lane, w, lane_id, asked);
    if (lane) {
        plan_limit_land(plan, lane, asked, count, now_ms);
        plan_refund(plan, lane, asked > count ? asked - count : 0);
        if (lane->mixed && count > 0)
            lane->kind = batch_kind(plan, jobs, count);
    }
    if (!w)
        return;
    for (unsigned i = 0; i < count; i++) {
        if (jobs[i].seq > w->seq)
            w->seq = jobs[i].seq;
    }
    struct pair *pair = plan_pair(w, lane_id);
    pair->changed_ms = now_ms;
    if (lane)
        plan_out_add(plan, w, lane, count);
    if (count == 0 && !pair->hinted)
        pair->barren_until_ms = now_ms + PLAN_BARREN_MS;
}

void plan_dispatch_failed(struct plan *plan, int32_t lane_id, int64_t worker, unsigned asked)
{
    struct lane *lane = plan_lane_find(plan, lane_id);
    landed(plan, lane, plan_worker_find(plan, worker), lane_id, asked);
    if (lane) {
        plan_limit_land(plan, lane, asked, 0, 0);
        plan_refund(plan, lane, asked);
    }
}

/* ---- questions ---- */

unsigned plan_step(struct plan *plan, int64_t now_ms, struct plan_action *ret_actions, unsigned max)
{
    unsigned written = plan_worker_step(plan, now_ms, ret_actions, max);
    return written + plan_share(plan, now_ms, ret_actions + written, max - written);
}

unsigned plan_available(const struct plan *plan, int64_t now_ms)
{
    unsigned available = 0;
    for (size_t i = 0; i < plan->lane_count; i++) {
        const struct lane *lane = &plan->lanes[i];
        unsigned room = plan_lane_waits(plan, lane, now_ms) ? plan_limit_room(plan, lane, now_ms) : 0;
        available += room < lane->available ? room : lane->available;
    }
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
        plan_worker_free(&plan->workers[i]);
    for (size_t i = 0; i < plan->lane_count; i++)
        free(plan->lanes[i].tags);
    free(plan->workers);
    free(plan->lanes);
    free(plan->tenants);
    free(plan->flows);
    free(plan->limit_rows);
    free(plan);
    return NULL;
}
