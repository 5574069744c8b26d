/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upkeep.c - what the plan has to be told about limits and costs: what is left of limits while they hold something,
 * what is dispatched of kinds that hold slots for long, what jobs of each kind took before this lead and those of each
 * lane of late; and for the record: measured costs are noted, jobs of closed windows interrupted, those of an earlier
 * schema moved into today's lanes.
 *
 * A fleet without limits reads none. What fails is complained about and done again at its next turn.
 */
#include "base/clock.h"
#include "base/log.h"
#include "scheduler/scheduler_private.h"

enum {
    LIMITS_MS = 5,
    SLOW_MS = 2000,
    COSTS_MS = 2000,
    RELANE_MS = 2000,
    BATCH = 2000,
    KINDS = 64,
    DEADLINE_MS = 30000
};

static void on_limits(void *arg, const struct limit_row *rows, unsigned count, const struct error *e)
{
    struct scheduler *s = arg;
    s->limits.running = false;
    if (e)
        complain(s, "reading the limits failed", e);
    else
        plan_limit_rows(s->plan, rows, count, clock_monotonic_ms());
}

void upkeep_limits(struct scheduler *s)
{
    if (s->limits.running || !plan_is_limited(s->plan))
        return;
    s->limits.running = true;
    s->limits.due_ms = clock_monotonic_ms() + LIMITS_MS;
    s->ended = false;
    s->store->ops->limits(s->store, on_limits, s);
}

static void on_slow(void *arg, const struct slow_row *rows, unsigned count, const struct error *e)
{
    struct scheduler *s = arg;
    s->slow.running = false;
    if (e)
        complain(s, "counting what holds slots failed", e);
    else
        plan_slow(s->plan, rows, count, clock_monotonic_ms());
}

static void on_relaned(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->relane.running = false;
    if (e)
        complain(s, "moving jobs into lanes of today failed", e);
    else if (result_int(result, 0, 0) >= BATCH)
        s->relane.due_ms = 0;
}

static void on_costs(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->costs.running = false;
    if (e) {
        complain(s, "noting what jobs cost failed", e);
        return;
    }
    int64_t interrupted = result_rows(result) > 0 ? result_int(result, 0, 0) : 0;
    if (interrupted > 0)
        log_event(LOG_INFO, "interrupted jobs whose window has closed", LOG_I("count", interrupted));
    if (interrupted >= BATCH)
        s->costs.due_ms = 0;
}

static void on_lane_costs(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->lane_costs.running = false;
    if (e) {
        complain(s, "reading what jobs of each lane cost failed", e);
        return;
    }
    for (unsigned i = 0; i < result_rows(result); i++)
        plan_costs(s->plan,
                   &(struct cost_row){ .lane = (int32_t)result_int(result, i, 0),
                                       .jobs = (int32_t)result_int(result, i, 1),
                                       .mean_us = result_int(result, i, 2) },
                   1);
}

static void on_known_costs(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    if (e)
        complain(s, "reading what jobs cost failed", e);
    else if (result_rows(result) > 0)
        plan_done(s->plan, 0, 0, result_text(result, 0, 0)); /* of no worker: only the means are taken */
}

void upkeep_start(struct scheduler *s)
{
    s->limits.due_ms = s->slow.due_ms = s->relane.due_ms = s->costs.due_ms = s->lane_costs.due_ms = 0;
    s->costed = UINT64_MAX;
    session_run(s->session, "kind_costs", NULL, 0, 0, on_known_costs, s);
}

static bool begin(struct chore *chore, int64_t now_ms, int64_t every_ms)
{
    if (chore->running || now_ms < chore->due_ms)
        return false;
    chore->due_ms = now_ms + every_ms;
    return true;
}

int64_t upkeep_step(struct scheduler *s, int64_t now_ms, int64_t wait_ms)
{
    static const struct sql_param batch[] = { SQL_TEXT("2000") }, sample[] = { SQL_TEXT("1000") };
    const char *kinds[KINDS];
    unsigned count;
    /* What ended may have made room: known to the worker before the record's next look. */
    if (s->ended && now_ms >= s->limits.due_ms && plan_is_held(s->plan, now_ms))
        upkeep_limits(s);
    if (begin(&s->slow, now_ms, SLOW_MS) && (count = plan_slow_kinds(s->plan, kinds, KINDS)) > 0) {
        s->slow.running = true;
        s->store->ops->slow(s->store, kinds, count, on_slow, s);
    }
    if (begin(&s->relane, now_ms, RELANE_MS)) {
        s->relane.running = true;
        session_run(s->upkeep, "relane", batch, 1, DEADLINE_MS, on_relaned, s);
    }
    if (s->costed != s->dispatched && begin(&s->lane_costs, now_ms, COSTS_MS)) {
        s->costed = s->dispatched;
        s->lane_costs.running = true;
        session_run(s->upkeep, "lane_costs", sample, 1, DEADLINE_MS, on_lane_costs, s);
    }
    if (begin(&s->costs, now_ms, COSTS_MS)) {
        s->costs.running = true;
        session_run(s->upkeep, "upkeep_costs", batch, 1, DEADLINE_MS, on_costs, s);
    }
    return plan_rate_wait_ms(s->plan, now_ms, wait_ms);
}
