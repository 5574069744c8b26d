/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_share.c - whose turn it is: deficit round robin on slot time, kept as what each has spent.
 *
 * Who has spent least is served first, a small chunk at a time, until nobody has both work and credit: first among
 * tenants (a weight of 2 spends half as fast), then among the tenant's queues, then among the lanes of the queue, of
 * which those whose first job is the most urgent go before the others. Who could not be served is skipped and keeps up
 * to PLAN_LAG_MS to catch up with; who had nothing to give, or was held back by a limit, saves nothing up.
 *
 * A job is charged its lane's measured mean (plan_costs(); until then its kind's) when it is asked for, at most
 * slow_ms; what holds a slot for longer is charged as it runs (plan_slow()), so a tenant with jobs of hours is not
 * charged hours for the first of them, nor is let off with one.
 */
#include <string.h>

#include "base/mem.h"
#include "scheduler/plan_private.h"

enum { FRESH_MAX = 64 };

/* ---- what was spent ---- */

static uint64_t cost_us(const struct plan *plan, const struct lane *lane)
{
    unsigned mean_us = plan_cost_us(plan, lane), most_us = plan->limits.slow_ms * 1000;
    if (mean_us == 0)
        return PLAN_UNKNOWN_US;
    return mean_us < most_us ? mean_us : most_us;
}

/* In ns, so that a weight leaves something of a short job. */
void plan_charge_us(struct plan *plan, struct lane *lane, uint64_t us)
{
    struct flow *flow = &plan->flows[lane->flow];
    struct tenant *tenant = &plan->tenants[flow->tenant];
    tenant->turn.spent += us * 1000 / tenant->weight;
    flow->turn.spent += us * 1000;
    lane->turn.spent += us * 1000;
}

void plan_charge(struct plan *plan, struct lane *lane, unsigned jobs)
{
    uint64_t us = jobs * cost_us(plan, lane);
    plan_charge_us(plan, lane, us);
    if (plan_mean_us(plan, lane) == 0)
        lane->prepaid += us;
}

static void take_off(struct turn *turn, uint64_t ns)
{
    turn->spent -= ns < turn->spent ? ns : turn->spent;
}

void plan_refund(struct plan *plan, struct lane *lane, unsigned jobs)
{
    struct flow *flow = &plan->flows[lane->flow];
    struct tenant *tenant = &plan->tenants[flow->tenant];
    uint64_t us = jobs * cost_us(plan, lane);
    take_off(&tenant->turn, us * 1000 / tenant->weight);
    take_off(&flow->turn, us * 1000);
    take_off(&lane->turn, us * 1000);
    lane->prepaid -= us < lane->prepaid ? us : lane->prepaid;
}

uint64_t plan_spent_us(const struct plan *plan, const char *tenant)
{
    for (size_t i = 0; i < plan->tenant_count; i++) {
        if (strcmp(plan->tenants[i].name, tenant) == 0)
            return plan->tenants[i].turn.spent / 1000;
    }
    return 0;
}

/* ---- who waits ---- */

bool plan_lane_waits(const struct plan *plan, const struct lane *lane, int64_t now_ms)
{
    return lane->available > 0 && !lane->paused && plan_limit_room(plan, lane, now_ms) > 0;
}

/* Who begins to wait begins where the others are; who waits for long falls behind by so much at most. */
static void turn_mark(struct turn *turn, bool *waited, uint64_t clock, uint64_t lag)
{
    if (!*waited && turn->spent < clock)
        turn->spent = clock;
    if (turn->spent + lag < clock)
        turn->spent = clock - lag;
    turn->waits = true;
    *waited = true;
}

static void mark(struct plan *plan, struct lane *lane, bool *tenants, bool *flows, uint64_t lag, int64_t now_ms)
{
    struct flow *flow = &plan->flows[lane->flow];
    struct tenant *tenant = &plan->tenants[flow->tenant];
    bool waited = lane->turn.waits;
    tenant->seen_ms = now_ms;
    turn_mark(&tenant->turn, &tenants[flow->tenant], plan->clock, lag / tenant->weight);
    turn_mark(&flow->turn, &flows[lane->flow], tenant->clock, lag);
    turn_mark(&lane->turn, &waited, flow->clock, lag);
}

/* Fills ret_lanes with those that wait; all turns are marked. */
static size_t gather(struct plan *plan, int64_t now_ms, struct lane **ret_lanes)
{
    mem_auto bool *tenants = mem_zero(plan->tenant_count + 1, sizeof *tenants);
    mem_auto bool *flows = mem_zero(plan->flow_count + 1, sizeof *flows);
    uint64_t slots = 0;
    size_t count = 0;
    for (size_t i = 0; i < plan->worker_count; i++)
        slots += plan->workers[i].slots;
    plan->ahead = slots * plan->limits.prefetch_ms * 1000000;
    for (size_t i = 0; i < plan->tenant_count; i++) {
        tenants[i] = plan->tenants[i].turn.waits;
        plan->tenants[i].turn.waits = false;
    }
    for (size_t i = 0; i < plan->flow_count; i++) {
        flows[i] = plan->flows[i].turn.waits;
        plan->flows[i].turn.waits = false;
    }
    for (size_t i = 0; i < plan->lane_count; i++) {
        struct lane *lane = &plan->lanes[i];
        lane->spent_out = lane->held = false;
        if (plan_lane_waits(plan, lane, now_ms)) {
            mark(plan, lane, tenants, flows, slots * PLAN_LAG_MS * 1000000, now_ms);
            ret_lanes[count++] = lane;
        } else {
            lane->turn.waits = false;
        }
    }
    return count;
}

/* ---- turns ---- */

static int compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static bool goes_before(const struct plan *plan, const struct lane *a, const struct lane *b)
{
    const struct flow *flow_a = &plan->flows[a->flow], *flow_b = &plan->flows[b->flow];
    int order = 0;
    if (flow_a->tenant != flow_b->tenant) {
        order = compare(plan->tenants[flow_a->tenant].turn.spent, plan->tenants[flow_b->tenant].turn.spent);
        return order != 0 ? order < 0 : flow_a->tenant < flow_b->tenant;
    }
    if (a->flow != b->flow) {
        order = compare(flow_a->turn.spent, flow_b->turn.spent);
        return order != 0 ? order < 0 : a->flow < b->flow;
    }
    if (a->priority != b->priority)
        return a->priority < b->priority;
    order = compare(a->turn.spent, b->turn.spent);
    return order != 0 ? order < 0 : a->id < b->id;
}

static struct lane *next_lane(const struct plan *plan, struct lane *const *lanes, size_t count)
{
    struct lane *best = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!lanes[i]->spent_out && (!best || goes_before(plan, lanes[i], best)))
            best = lanes[i];
    }
    return best;
}

/* How much more a has spent than b where they part: as tenants, as queues, or as lanes. */
static bool spent_more(const struct plan *plan, const struct lane *a, const struct lane *b)
{
    const struct flow *flow_a = &plan->flows[a->flow], *flow_b = &plan->flows[b->flow];
    if (flow_a->tenant != flow_b->tenant)
        return plan->tenants[flow_a->tenant].turn.spent > plan->tenants[flow_b->tenant].turn.spent + plan->ahead;
    if (a->flow != b->flow)
        return flow_a->turn.spent > flow_b->turn.spent + plan->ahead;
    return a->priority >= b->priority && a->turn.spent > b->turn.spent + plan->ahead;
}

/* Somebody who has spent a good deal less waits for this worker, which has no slot to idle: then its credit is his, or
 * who has the longer jobs would take every slot that becomes free. */
static bool is_ahead(const struct plan *plan, const struct worker *w, const struct lane *lane,
                     struct lane *const *lanes, size_t count)
{
    if (!plan_has_queue(plan, w))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (lanes[i]->available > 0 && !lanes[i]->held && spent_more(plan, lane, lanes[i]) && plan_fits(w, lanes[i]))
            return true;
    }
    return false;
}

/* The least loaded that has credit; fresh: also one that has no statement begun in this step yet. */
static struct worker *worker_for(const struct plan *plan, const struct lane *lane, bool fresh, int64_t now_ms,
                                 struct lane *const *lanes, size_t count)
{
    struct worker *best = NULL;
    uint64_t best_out = 0;
    for (size_t i = 0; i < plan->worker_count; i++) {
        struct worker *w = &plan->workers[i];
        if (plan_credit(plan, w, lane, now_ms) == 0 || (!fresh && plan_pair(w, lane->id)->now == 0) ||
            is_ahead(plan, w, lane, lanes, count))
            continue;
        uint64_t out = plan_outstanding(w);
        if (!best || out * best->slots < best_out * w->slots ||
            (out * best->slots == best_out * w->slots && w->given < best->given)) {
            best = w;
            best_out = out;
        }
    }
    return best;
}

static void clocks_advance(struct plan *plan, const struct lane *lane)
{
    struct flow *flow = &plan->flows[lane->flow];
    struct tenant *tenant = &plan->tenants[flow->tenant];
    if (plan->clock < tenant->turn.spent)
        plan->clock = tenant->turn.spent;
    if (tenant->clock < flow->turn.spent)
        tenant->clock = flow->turn.spent;
    if (flow->clock < lane->turn.spent)
        flow->clock = lane->turn.spent;
}

static void give(struct plan *plan, struct lane *lane, struct worker *w, unsigned count, int64_t now_ms)
{
    struct pair *pair = plan_pair(w, lane->id);
    unsigned mean_us = plan_mean_us(plan, lane);
    clocks_advance(plan, lane);
    plan_charge(plan, lane, count);
    plan_limit_ask(plan, lane, count);
    if (pair->now == 0) {
        w->given = ++plan->given;
        pair->hinted = lane->hinted;
        pair->changed_ms = now_ms;
    }
    pair->now += count;
    w->asked += count;
    if (mean_us == 0)
        w->slow += count;
    else
        w->quick_us += (uint64_t)count * mean_us;
    lane->asked += count;
    lane->available -= count;
    if (lane->available == 0)
        lane->hinted = false;
}

/* ---- the step ---- */

struct fresh { /* a dispatch that this step begins */
    struct worker *worker;
    int32_t lane;
};

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned plan_share(struct plan *plan, int64_t now_ms, struct plan_action *actions, unsigned max)
{
    mem_auto struct lane **lanes = mem_zero(plan->lane_count + 1, sizeof *lanes);
    struct fresh fresh[FRESH_MAX];
    unsigned begun = 0,
             flights_left = plan->limits.flight_max > plan->flights ? plan->limits.flight_max - plan->flights : 0;
    struct lane *lane;
    max = least(least(max, flights_left), FRESH_MAX);
    if (max == 0)
        return 0;
    plan_load(plan);
    size_t count = gather(plan, now_ms, lanes);
    while ((lane = next_lane(plan, lanes, count)) != NULL) {
        unsigned room = least(lane->available, plan_limit_room(plan, lane, now_ms));
        struct worker *w = room > 0 ? worker_for(plan, lane, begun < max, now_ms, lanes, count) : NULL;
        lane->held = room == 0;
        if (!w) {
            lane->spent_out = true; /* no work or credit, or no statement more: those wait for an answer */
            continue;
        }
        if (plan_pair(w, lane->id)->now == 0)
            fresh[begun++] = (struct fresh){ w, lane->id };
        give(plan, lane, w, least(least(plan_chunk(plan, lane), plan_credit(plan, w, lane, now_ms)), room), now_ms);
    }
    for (unsigned i = 0; i < begun; i++) {
        struct pair *pair = plan_pair(fresh[i].worker, fresh[i].lane);
        pair->asked = pair->now;
        pair->now = 0;
        actions[i] = (struct plan_action){
            .type = PLAN_DISPATCH, .lane = fresh[i].lane, .worker = fresh[i].worker->incarnation, .count = pair->asked
        };
    }
    plan->flights += begun;
    return begun;
}
