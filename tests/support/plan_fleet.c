/* SPDX-License-Identifier: Apache-2.0 */
/* plan_fleet.c - see plan_fleet.h. */
#include "tests/support/plan_fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { STEP_MS = 5, LOOK_MS = 20, READ_MS = 500, MANY = 1000000, ENDED = 1000 };

struct plan *fleet_plan;
struct fake_worker fleet_workers[FLEET_WORKERS];
struct fake_lane fleet_lanes[FLEET_LANES];
struct fake_limit fleet_limits[FLEET_LIMITS];
unsigned fleet_worker_count, fleet_lane_count;
int64_t fleet_ms;
uint64_t fleet_seed;
static unsigned ended[ENDED], ended_count; /* the lanes of the latest that ended; a ring */

unsigned fleet_random(unsigned n)
{
    fleet_seed ^= fleet_seed << 13;
    fleet_seed ^= fleet_seed >> 7;
    fleet_seed ^= fleet_seed << 17;
    return (unsigned)(fleet_seed >> 33) % n;
}

/* ---- what is read from the imitated record ---- */

static void read_lanes(void)
{
    struct lane_row rows[FLEET_LANES];
    unsigned count = 0;
    for (unsigned i = 0; i < fleet_lane_count; i++) {
        const struct fake_lane *lane = &fleet_lanes[i];
        if (lane->backlog > 0)
            rows[count++] = (struct lane_row){ .lane = (int32_t)i + 1,
                                               .queue = "q",
                                               .tenant = lane->tenant,
                                               .kind = lane->kind,
                                               .tags = lane->tags,
                                               .available = (int32_t)(lane->backlog < 5000 ? lane->backlog : 5000),
                                               .weight = (int32_t)lane->weight,
                                               .prefetch_max = 2000,
                                               .version = 1,
                                               .limits = { lane->limit } };
    }
    plan_lanes(fleet_plan, rows, count);
}

static void read_limits(void)
{
    struct limit_row rows[FLEET_LIMITS];
    for (int i = 1; i < FLEET_LIMITS; i++)
        rows[i - 1] = (struct limit_row){ .id = i,
                                          .running_max = fleet_limits[i].running_max,
                                          .running = fleet_limits[i].running,
                                          .rate_per_s = fleet_limits[i].rate,
                                          .burst = fleet_limits[i].burst,
                                          .tokens = fleet_limits[i].tokens };
    plan_limit_rows(fleet_plan, rows, FLEET_LIMITS - 1, fleet_ms);
}

void fleet_read_workers(void)
{
    struct worker_row rows[FLEET_WORKERS];
    static char names[FLEET_WORKERS][16];
    for (unsigned i = 0; i < fleet_worker_count; i++) {
        struct fake_worker *w = &fleet_workers[i];
        (void)snprintf(names[i], sizeof names[i], "w%u", i);
        rows[i] = (struct worker_row){ .incarnation = i + 1,
                                       .beat = ++w->beat,
                                       .seq = w->seq,
                                       .got = w->seq,
                                       .done = w->done,
                                       .name = names[i],
                                       .kinds = w->kinds,
                                       .tags = w->tags,
                                       .transport = "redis",
                                       .slots = (int32_t)w->slots };
    }
    plan_workers(fleet_plan, rows, fleet_worker_count, fleet_ms);
}

static int32_t held_of(const struct fake_worker *w, int lane)
{
    int32_t count = 0;
    for (unsigned i = 0; i < w->count; i++)
        count += w->held[(w->first + i) % FLEET_HELD].lane == lane;
    for (unsigned i = 0; i < w->slots; i++)
        count += w->running[i].us > 0 && w->running[i].lane == lane;
    return count;
}

static void count_slow(void)
{
    const char *names[FLEET_LANES];
    struct slow_row rows[FLEET_LANES * FLEET_WORKERS];
    unsigned asked = plan_slow_kinds(fleet_plan, names, FLEET_LANES), count = 0;
    for (unsigned lane = 0; lane < fleet_lane_count; lane++) {
        bool slow = false;
        for (unsigned i = 0; i < asked; i++)
            slow = slow || strcmp(names[i], fleet_lanes[lane].kind) == 0;
        for (unsigned w = 0; slow && w < fleet_worker_count; w++)
            rows[count++] = (struct slow_row){ w + 1, (int32_t)lane + 1, held_of(&fleet_workers[w], (int)lane) };
    }
    if (asked > 0)
        plan_slow(fleet_plan, rows, count, fleet_ms);
}

/* The latest that ended, as the record has them. */
static void read_costs(void)
{
    struct cost_row rows[FLEET_LANES];
    unsigned count = 0;
    for (unsigned i = 0; i < fleet_lane_count; i++) {
        struct cost_row row = { .lane = (int32_t)i + 1, .mean_us = fleet_lanes[i].us };
        for (unsigned k = 0; k < ended_count && k < ENDED; k++)
            row.jobs += ended[k] == i;
        if (row.jobs > 0)
            rows[count++] = row;
    }
    plan_costs(fleet_plan, rows, count);
}

/* ---- what happens ---- */

/* Takes what is there, and what the limits allow: the record is strict whatever it is asked for. */
static void dispatch(const struct plan_action *a)
{
    static struct dispatch jobs[2000];
    struct fake_lane *lane = &fleet_lanes[a->lane - 1];
    struct fake_worker *w = &fleet_workers[a->worker - 1];
    struct fake_limit *limit = &fleet_limits[lane->limit];
    unsigned count = a->count < lane->backlog ? a->count : lane->backlog;
    if (lane->limit && limit->running_max >= 0 && (int)count > limit->running_max - limit->running)
        count = (unsigned)(limit->running_max - limit->running);
    if (lane->limit && limit->rate > 0 && count > limit->tokens)
        count = (unsigned)limit->tokens;
    assert_non_null(strstr(w->kinds, lane->kind));
    assert_true(!lane->tags || (w->tags && strstr(w->tags, lane->tags)));
    assert_true(w->count + count <= FLEET_HELD);
    for (unsigned i = 0; i < count; i++) {
        jobs[i] = (struct dispatch){ .id = 1, .epoch = 1, .seq = ++w->seq, .kind = lane->kind };
        w->held[(w->first + w->count++) % FLEET_HELD] = (struct held){ a->lane - 1, lane->us };
    }
    lane->backlog -= count;
    lane->running += count;
    limit->running += (int)count;
    limit->tokens -= count;
    limit->spent += count;
    if (count > 0)
        lane->served_ms = fleet_ms;
    plan_dispatched(fleet_plan, a->lane, a->worker, a->count, jobs, count, fleet_ms);
}

static void end_one(struct fake_worker *w, const struct held *held)
{
    fleet_lanes[held->lane].running--;
    fleet_limits[fleet_lanes[held->lane].limit].running--;
    ended[ended_count++ % ENDED] = (unsigned)held->lane;
    w->done++;
}

/* STEP_MS pass at a worker: each slot runs one job after the other. */
static void work(struct fake_worker *w, unsigned index)
{
    int64_t before = w->done;
    for (unsigned i = 0; i < w->slots; i++) {
        struct held *now = &w->running[i];
        for (int64_t left_us = STEP_MS * 1000; left_us > 0;) {
            if (now->us == 0) {
                if (w->count == 0)
                    break;
                *now = w->held[w->first];
                w->first = (w->first + 1) % FLEET_HELD;
                w->count--;
            }
            int64_t us = now->us < left_us ? now->us : left_us;
            now->us -= us;
            left_us -= us;
            fleet_lanes[now->lane].got_us += us;
            if (now->us == 0)
                end_one(w, now);
        }
    }
    if (w->done > before)
        plan_done(fleet_plan, index + 1, w->done, NULL);
}

static void limits_pass(void)
{
    for (int i = 1; i < FLEET_LIMITS; i++) {
        struct fake_limit *limit = &fleet_limits[i];
        limit->tokens += limit->rate * STEP_MS / 1000;
        limit->tokens = limit->tokens < limit->burst ? limit->tokens : limit->burst;
    }
}

static void limits_check(void)
{
    for (int i = 1; i < FLEET_LIMITS; i++) {
        const struct fake_limit *limit = &fleet_limits[i];
        assert_true(limit->running_max < 0 || limit->running <= limit->running_max);
        assert_true(limit->rate == 0 || limit->tokens >= 0);
    }
}

static void lanes_pass(void)
{
    for (unsigned i = 0; i < fleet_lane_count; i++) {
        struct fake_lane *lane = &fleet_lanes[i];
        lane->backlog = lane->endless ? MANY : lane->backlog;
        if (lane->backlog == 0)
            lane->served_ms = fleet_ms;
        int64_t waited_ms = fleet_ms - lane->served_ms;
        lane->waited_ms = waited_ms > lane->waited_ms ? waited_ms : lane->waited_ms;
    }
}

void fleet_tick(void)
{
    struct plan_action actions[8];
    unsigned count;
    fleet_ms += STEP_MS;
    limits_pass();
    for (unsigned i = 0; i < fleet_worker_count; i++)
        work(&fleet_workers[i], i);
    if (fleet_ms % READ_MS == 0)
        fleet_read_workers();
    if (fleet_ms % (4 * READ_MS) == 0)
        count_slow();
    if (fleet_ms % (4 * READ_MS) == READ_MS)
        read_costs();
    if (fleet_ms % LOOK_MS == 0)
        read_lanes();
    if (fleet_ms % LOOK_MS == 0 || plan_is_held(fleet_plan, fleet_ms))
        read_limits();
    while ((count = plan_step(fleet_plan, fleet_ms, actions, 8)) > 0) {
        for (unsigned i = 0; i < count; i++) {
            assert_int_equal(actions[i].type, PLAN_DISPATCH);
            dispatch(&actions[i]);
        }
    }
    limits_check();
    lanes_pass();
}

void fleet_run(int64_t ms)
{
    for (int64_t end = fleet_ms + ms; fleet_ms < end;)
        fleet_tick();
}

/* ---- the beginning and the end ---- */

void fleet_begin(unsigned count, unsigned slots)
{
    plan_destroy(fleet_plan);
    fleet_plan = plan_create(&plan_limits_default);
    memset(fleet_workers, 0, sizeof fleet_workers);
    memset(fleet_lanes, 0, sizeof fleet_lanes);
    memset(fleet_limits, 0, sizeof fleet_limits);
    fleet_ms = 1000;
    fleet_worker_count = count;
    fleet_lane_count = ended_count = 0;
    for (unsigned i = 0; i < count; i++) {
        fleet_workers[i].slots = slots;
        fleet_workers[i].kinds = "{\"tiny\":1,\"short\":1,\"half\":1,\"long\":1,\"hours\":1}";
    }
    for (int i = 0; i < FLEET_LIMITS; i++)
        fleet_limits[i].running_max = -1;
    fleet_read_workers();
    plan_done(fleet_plan, 1, 0, "{\"tiny\":100,\"short\":5000,\"half\":500000,\"long\":4000000,\"hours\":1000000000}");
}

static int64_t kind_us(const char *kind)
{
    static const struct {
        const char *kind;
        int64_t us;
    } rows[] = { { "tiny", 100 }, { "short", 5000 }, { "half", 500000 }, { "long", 4000000 } };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].kind, kind) == 0)
            return rows[i].us;
    }
    return INT64_C(7200000000);
}

struct fake_lane *fleet_lane(const char *tenant, const char *kind, unsigned weight)
{
    assert_true(fleet_lane_count < FLEET_LANES);
    struct fake_lane *lane = &fleet_lanes[fleet_lane_count++];
    *lane = (struct fake_lane){ .tenant = tenant,
                                .kind = kind,
                                .us = kind_us(kind),
                                .weight = weight,
                                .backlog = MANY,
                                .endless = true,
                                .served_ms = fleet_ms };
    return lane;
}

int fleet_end(void **state)
{
    (void)state;
    fleet_plan = plan_destroy(fleet_plan);
    return 0;
}
