/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scheduler_plan_fair.c - properties of the plan on long random runs, on an imitated fleet (tests/support/plan_fleet.h)
 * that asserts after every step that no limit is exceeded and no worker gets what it can't run.
 *
 * Over each run: tenants with work get slot time by their weights, whatever their jobs cost; nobody who has work waits
 * for longer than a bound. A failing run's number is printed, and replays exactly.
 */
#include "tests/support/plan_fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "scheduler/plan_private.h"

enum { TENANTS = 4 };

static void assert_share(const struct fake_lane *a, const struct fake_lane *b, double wanted, double tolerance)
{
    double share = (double)a->got_us / (double)(a->got_us + b->got_us);
    if (share < wanted - tolerance || share > wanted + tolerance)
        fail_msg("%s got %.3f of the slot time beside %s, not %.3f (seed %llu)", a->kind, share, b->kind, wanted,
                 (unsigned long long)fleet_seed);
}

/* ---- shares ---- */

static void tenants_share_slot_time_whatever_their_jobs_cost(void **state)
{
    (void)state;
    static const char *const kinds[] = { "tiny", "short", "half", "long" };
    for (int a = 0; a < 4; a++) {
        for (int b = a; b < 4; b++) {
            fleet_begin(2, 8);
            struct fake_lane *one = fleet_lane("one", kinds[a], 1), *two = fleet_lane("two", kinds[b], 1);
            fleet_run(10000);
            one->got_us = two->got_us = 0;
            fleet_run(60000);
            assert_share(one, two, 0.5, 0.12);
        }
    }
}

/* Both kinds' means are what the workers measure over all jobs; only the lanes' own tell who takes longer. */
static void a_tenant_with_longer_jobs_of_a_kind_has_no_more_of_the_fleet(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        int64_t one_us, two_us;
    } cases[] = {
        { "short", 1000, 10000 },   { "tiny", 100, 1000 },     { "short", 5000, 500000 },
        { "half", 50000, 500000 },  { "half", 5000, 3000000 }, /* slow in one lane of the kind only */
        { "long", 20000, 4000000 },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fleet_begin(2, 8);
        struct fake_lane *one = fleet_lane("one", cases[i].kind, 1), *two = fleet_lane("two", cases[i].kind, 1);
        one->us = cases[i].one_us;
        two->us = cases[i].two_us;
        fleet_run(20000);
        one->got_us = two->got_us = 0;
        fleet_run(60000);
        print_message("%s: %lld us and %lld us: %.3f\n", cases[i].kind, (long long)one->us, (long long)two->us,
                      (double)one->got_us / (double)(one->got_us + two->got_us));
        assert_share(one, two, 0.5, 0.12);
    }
}

static void a_weight_is_a_share(void **state)
{
    (void)state;
    fleet_begin(2, 8);
    struct fake_lane *one = fleet_lane("one", "short", 3), *two = fleet_lane("two", "tiny", 1);
    fleet_run(5000);
    one->got_us = two->got_us = 0;
    fleet_run(30000);
    assert_share(one, two, 0.75, 0.08);
}

static void many_lanes_of_one_tenant_are_one_tenant(void **state)
{
    (void)state;
    fleet_begin(2, 8);
    struct fake_lane *one = fleet_lane("one", "short", 1);
    for (int i = 0; i < 9; i++)
        fleet_lane("two", i % 2 ? "short" : "tiny", 1);
    fleet_run(5000);
    for (unsigned i = 0; i < fleet_lane_count; i++)
        fleet_lanes[i].got_us = 0;
    fleet_run(30000);
    struct fake_lane two = { .kind = "nine fleet_lanes" };
    for (unsigned i = 1; i < fleet_lane_count; i++) {
        assert_true(fleet_lanes[i].got_us > 0);
        two.got_us += fleet_lanes[i].got_us;
    }
    assert_share(one, &two, 0.5, 0.1);
}

static void jobs_of_hours_leave_room_for_who_comes_later(void **state)
{
    (void)state;
    fleet_begin(2, 8);
    fleet_lane("one", "hours", 1);
    struct fake_lane *two = fleet_lane("two", "tiny", 1);
    two->endless = false;
    two->backlog = 10; /* is about, and goes away again */
    fleet_run(30000);
    assert_int_equal(fleet_lanes[0].running, 14); /* one slot of eight is spared at each worker */
    two->endless = true;
    struct fake_lane *late = fleet_lane("late", "long", 1);
    fleet_run(60000);
    assert_true(fleet_lanes[1].got_us > 0 && late->got_us > 0);
    assert_true(fleet_lanes[1].waited_ms < 6000);
    assert_true(late->waited_ms < 10000);
}

static void alone_it_may_have_everything(void **state)
{
    (void)state;
    fleet_begin(2, 8);
    fleet_lane("one", "hours", 1);
    fleet_run(10000);
    assert_int_equal(fleet_lanes[0].running, 16);
}

static void who_was_away_has_saved_nothing_up(void **state)
{
    (void)state;
    fleet_begin(1, 8);
    struct fake_lane *one = fleet_lane("one", "short", 1), *two = fleet_lane("two", "short", 1);
    two->endless = false;
    two->backlog = 0;
    fleet_run(60000);
    two->endless = true;
    one->got_us = two->got_us = 0;
    fleet_run(20000);
    assert_share(one, two, 0.5, 0.1);
}

static void urgent_kinds_of_a_queue_go_first(void **state)
{
    (void)state;
    struct plan_action actions[8];
    fleet_begin(1, 8);
    struct lane_row rows[2] = {
        { .lane = 1, .queue = "q", .tenant = "one", .kind = "short", .available = 50, .priority = 100, .version = 1 },
        { .lane = 2, .queue = "q", .tenant = "one", .kind = "half", .available = 5, .priority = 1, .version = 1 },
    };
    plan_lanes(fleet_plan, rows, 2);
    assert_int_equal(plan_step(fleet_plan, fleet_ms, actions, 8), 2);
    assert_int_equal(actions[0].lane, 2);
    assert_int_equal(actions[0].count, 5);
    assert_int_equal(actions[1].lane, 1); /* what is left of the slots */
    assert_int_equal(actions[1].count, 3);
}

/* ---- fleet_limits and tags ---- */

static void a_limited_lane_holds_up_nobody(void **state)
{
    (void)state;
    fleet_begin(2, 8);
    fleet_limits[1].running_max = 2;
    struct fake_lane *limited = fleet_lane("one", "short", 1), *free = fleet_lane("one", "tiny", 1);
    limited->limit = 1;
    fleet_run(20000);
    assert_in_range(limited->got_us, 20000 * 1000 / 4, 20000 * 1000 * 2); /* two slots; they wait at the worker, too */
    assert_true(free->got_us > 20000 * INT64_C(1000) * 11);
}

static void a_rate_is_kept_and_used(void **state)
{
    (void)state;
    fleet_begin(2, 8);
    fleet_limits[2] = (struct fake_limit){ .running_max = -1, .rate = 40, .burst = 10, .tokens = 10 };
    struct fake_lane *lane = fleet_lane("one", "tiny", 1);
    lane->limit = 2;
    fleet_run(30000);
    assert_in_range((unsigned)fleet_limits[2].spent, 1150, 1210);
    assert_true(plan_rate_wait_ms(fleet_plan, fleet_ms, 1000) <= 26);
}

static void tags_are_heeded_and_no_obstacle(void **state)
{
    (void)state;
    fleet_begin(3, 4);
    fleet_workers[1].tags = "eu,gpu";
    fleet_read_workers();
    fleet_plan = plan_destroy(fleet_plan);
    fleet_plan = plan_create(&plan_limits_default);
    fleet_read_workers();
    plan_done(fleet_plan, 1, 0, "{\"tiny\":100,\"short\":5000}");
    struct fake_lane *tagged = fleet_lane("one", "short", 1), *free = fleet_lane("two", "short", 1);
    struct fake_lane *nowhere = fleet_lane("three", "short", 1);
    tagged->tags = "gpu";
    nowhere->tags = "eu,gpu,arm";
    fleet_run(10000);
    assert_true(tagged->got_us > 10000 * INT64_C(1000)); /* of one worker's four slots */
    assert_true(free->got_us > 10000 * INT64_C(1000) * 7);
    assert_int_equal(nowhere->got_us, 0);
}

/* ---- anything ---- */

static void nobody_starves_in_random_fleets(void **state)
{
    (void)state;
    static const char *const kinds[] = { "tiny", "short", "half", "long" };
    static const char *const tenants[] = { "a", "b", "c", "d" };
    for (uint64_t run = 1; run <= 60; run++) {
        fleet_seed = run * 0x9E3779B97F4A7C15u;
        fleet_begin(1 + fleet_random(FLEET_WORKERS), 1 + fleet_random(FLEET_SLOTS));
        unsigned count = 2 + fleet_random(8), slots = fleet_worker_count * fleet_workers[0].slots;
        fleet_limits[1].running_max = 1 + (int)fleet_random(5);
        fleet_limits[2] = (struct fake_limit){ .running_max = -1, .rate = 5, .burst = 5, .tokens = 5 };
        fleet_limits[3].running_max = 3;
        for (unsigned i = 0; i < count; i++) {
            struct fake_lane *lane = fleet_lane(tenants[fleet_random(TENANTS)], kinds[fleet_random(4)], 1);
            lane->limit = fleet_random(3) == 0 ? 1 + (int)fleet_random(3) : 0;
        }
        for (int i = 0; i < 4000; i++) { /* 20 s */
            struct fake_lane *lane = &fleet_lanes[fleet_random(count)];
            if (fleet_random(50) == 0) {
                lane->endless = fleet_random(2);
                lane->backlog = fleet_random(20000);
            }
            fleet_tick();
        }
        for (unsigned i = 0; i < count; i++) {
            /* It waits for slots that jobs of 4 s hold, for the limit it shares, and for its tenant's turn. */
            int64_t bound_ms = 4500 + 4500 * (int64_t)(count / (fleet_lanes[i].limit || slots < count ? 1 : count) + 1);
            if (fleet_lanes[i].waited_ms > bound_ms)
                fail_msg("run %llu: lane %u (%s/%s) waited %lld ms, not %lld", (unsigned long long)run, i,
                         fleet_lanes[i].tenant, fleet_lanes[i].kind, (long long)fleet_lanes[i].waited_ms,
                         (long long)bound_ms);
        }
    }
}

/* Each tenant may have a limit of its own: thousands of them, read in the order of their names, more each time. */
static void every_limit_is_found_whatever_order_it_is_read_in(void **state)
{
    (void)state;
    enum { LIMITS = 5000, STEP = 1013 /* has no factor in common with it: each id comes once */ };
    struct limit_row *rows = mem_zero(LIMITS, sizeof *rows);
    fleet_plan = plan_create(&plan_limits_default);
    for (int32_t i = 0; i < LIMITS; i++) {
        int32_t id = 1 + (int32_t)((int64_t)i * STEP % LIMITS);
        rows[i] = (struct limit_row){ .id = id, .running_max = 10 + id, .running = 10 };
    }
    for (unsigned count = 1; count <= LIMITS; count += 1 + count * 2) {
        plan_limit_rows(fleet_plan, rows, count, 0);
        for (unsigned i = 0; i < LIMITS; i++) {
            const struct lane lane = { .limits = { rows[i].id } };
            unsigned room = i < count ? (unsigned)rows[i].id : UINT32_MAX;
            if (plan_limit_room(fleet_plan, &lane, 0) != room)
                fail_msg("limit %d of %u: room %u", rows[i].id, count, plan_limit_room(fleet_plan, &lane, 0));
        }
    }
    free(rows);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, fleet_end)
    const struct CMUnitTest tests[] = {
        TEST(tenants_share_slot_time_whatever_their_jobs_cost),
        TEST(a_tenant_with_longer_jobs_of_a_kind_has_no_more_of_the_fleet),
        TEST(a_weight_is_a_share),
        TEST(many_lanes_of_one_tenant_are_one_tenant),
        TEST(jobs_of_hours_leave_room_for_who_comes_later),
        TEST(alone_it_may_have_everything),
        TEST(who_was_away_has_saved_nothing_up),
        TEST(urgent_kinds_of_a_queue_go_first),
        TEST(a_limited_lane_holds_up_nobody),
        TEST(a_rate_is_kept_and_used),
        TEST(every_limit_is_found_whatever_order_it_is_read_in),
        TEST(tags_are_heeded_and_no_obstacle),
        TEST(nobody_starves_in_random_fleets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
