/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scheduler_plan.c - who gets how much, as stories: each test tells what was read and heard, and compares the trace of
 * what the plan decided, with the time in ms.
 */
#include "jobs/kinds.h"
#include "tests/support/plan_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* ---- credit ---- */

static void the_first_batch_fills_the_slots_and_measured_kinds_are_prefetched(void **state)
{
    (void)state;
    story_backlog[1] = 5000;
    story_lanes(false);
    story_beat(1, 0, 0);
    story_ms = 110;
    story_step(true);
    story_ms = 115;
    plan_done(story_plan, 1, 16, "{\"noop\":1000}");
    story_tell("w1 has done 16, a no-op takes 1,000 us");
    story_step(true);
    story_ms = 130;
    plan_done(story_plan, 1, 216, NULL);
    story_tell("w1 has done 200 more: still busy enough");
    story_step(true);
    story_ms = 140;
    plan_done(story_plan, 1, 516, NULL);
    story_tell("w1 has done 300 more");
    story_step(true);
    story_ms = 150;
    plan_done(story_plan, 1, 9999, NULL);
    story_tell("w1 claims more than it was given");
    story_step(true);
    story_is("[  110] lane default/a: 16 -> w1\n"
             "[  115] w1 has done 16, a no-op takes 1,000 us\n"
             "[  115] lane default/a: 816 -> w1\n"
             "[  130] w1 has done 200 more: still busy enough\n"
             "[  140] w1 has done 300 more\n"
             "[  140] lane default/a: 500 -> w1\n"
             "[  150] w1 claims more than it was given\n");
}

static void slow_kinds_only_ever_get_slots(void **state)
{
    (void)state;
    story_backlog[1] = 100;
    story_kinds[1] = "migration";
    story_lanes(false);
    story_beat(1, 0, 0);
    story_step(true);
    story_ms = 60000;
    plan_done(story_plan, 1, 3, "{\"migration\":20000000}");
    story_tell("w1 has done 3, a migration takes 20 s");
    story_step(true);
    story_ms = 90000;
    story_tell("half a minute later");
    story_step(true);
    story_is("[  100] lane default/a: 16 -> w1\n"
             "[60000] w1 has done 3, a migration takes 20 s\n"
             "[60000] lane default/a: 3 -> w1\n"
             "[90000] half a minute later\n");
}

static void work_is_spread_and_never_two_statements_for_one_lane_and_worker(void **state)
{
    (void)state;
    story_backlog[1] = 20;
    story_lanes(false);
    story_two_beats(1);
    story_step(false);
    story_tell("both are under way; more arrives");
    story_backlog[1] = 500;
    story_lanes(false);
    story_step(false);
    plan_dispatch_failed(story_plan, 1, 1, 10);
    story_tell("the first failed");
    story_step(false);
    story_is("[  100] lane default/a: 10 -> w1\n"
             "[  100] lane default/a: 10 -> w2\n"
             "[  100] both are under way; more arrives\n"
             "[  100] the first failed\n"
             "[  100] lane default/a: 16 -> w1\n");
}

static void one_job_at_a_time_goes_round_the_workers(void **state)
{
    (void)state;
    story_two_beats(1);
    for (int i = 0; i < 4; i++) {
        story_backlog[1] = 1;
        story_lanes(false);
        story_step(true);
        plan_done(story_plan, 1, story_seqs[1], NULL);
        plan_done(story_plan, 2, story_seqs[2], NULL);
    }
    story_is("[  100] lane default/a: 1 -> w1\n"
             "[  100] lane default/a: 1 -> w2\n"
             "[  100] lane default/a: 1 -> w1\n"
             "[  100] lane default/a: 1 -> w2\n");
}

/* ---- fairness ---- */

static void lanes_take_turns_however_long_they_are(void **state)
{
    (void)state;
    unsigned got[4] = { 0 };
    story_backlog[1] = 4000;
    story_backlog[2] = 1000;
    story_backlog[3] = 1000;
    story_beat(1, 0, 0);
    plan_done(story_plan, 1, 0, "{\"noop\":1000}");
    story_lanes(false);
    for (int i = 0; i < 40; i++) {
        unsigned before[4] = { 0, story_backlog[1], story_backlog[2], story_backlog[3] };
        story_step(true);
        for (int lane = 1; lane < 4; lane++)
            got[lane] += before[lane] - story_backlog[lane];
        plan_done(story_plan, 1, story_seqs[1] - 200, NULL);
        if (got[2] + got[3] > 900)
            break;
    }
    assert_true(got[1] > 0 && got[2] > 0 && got[3] > 0);
    for (int lane = 2; lane < 4; lane++) { /* within one batch of each other */
        int difference = (int)got[lane] - (int)got[1];
        assert_in_range((unsigned)(difference < 0 ? -difference : difference), 0, 450);
    }
}

static void a_slow_lane_gets_its_slots_while_a_quick_one_keeps_the_worker_busy(void **state)
{
    (void)state;
    unsigned slow = 0;
    story_kinds[2] = "migration";
    story_beat(1, 0, 0);
    plan_done(story_plan, 1, 0, "{\"noop\":100,\"migration\":5000000}");
    for (int i = 0; i < 100; i++) {
        story_backlog[1] = 5000;
        story_backlog[2] = 50 - slow;
        story_lanes(false);
        unsigned before = story_backlog[2];
        story_step(true);
        slow += before - story_backlog[2];
        story_ms += 50;
        int64_t done = story_seqs[1] - 16; /* all short ones; the long ones hold their slots */
        plan_done(story_plan, 1, done, NULL);
    }
    assert_in_range(slow, 14, 22); /* of 16 slots, two spared for others, and one knock every 2 s of these 5 s */
}

/* ---- what gives nothing ---- */

static void a_submit_may_say_which_lane_got_a_job(void **state)
{
    (void)state;
    struct plan_action action;
    assert_false(plan_hint(story_plan, 1)); /* nobody has looked there yet */
    story_backlog[1] = 1;
    story_lanes(false);
    story_beat(1, 0, 0);
    story_step(true);
    story_backlog[1] = 1;
    assert_true(plan_hint(story_plan, 1));
    story_step(true);
    story_tell("a hint for a job that a look had found already");
    assert_true(plan_hint(story_plan, 1));
    assert_int_equal(plan_step(story_plan, story_ms, &action, 1), 1);
    plan_dispatched(story_plan, 1, 1, action.count, NULL, 0, story_ms);
    story_backlog[1] = 1;
    assert_true(plan_hint(story_plan, 1)); /* w1 is not taken for one that knows no such kind */
    story_step(true);
    story_lanes(true);
    story_backlog[1] = 1;
    story_lanes(true);
    assert_false(plan_hint(story_plan, 1));
    story_is("[  100] lane default/a: 1 -> w1\n"
             "[  100] lane default/a: 1 -> w1\n"
             "[  100] a hint for a job that a look had found already\n"
             "[  100] lane default/a: 1 -> w1\n");
}

static void paused_lanes_quiet_workers_and_kinds_nobody_knows_wait(void **state)
{
    (void)state;
    struct plan_action action;
    story_backlog[1] = 10;
    story_lanes(true);
    story_beat(1, 0, 0);
    story_step(true);
    assert_int_equal(plan_available(story_plan, story_ms), 0);
    story_tell("lane a is resumed, w1 is quiet");
    story_lanes(false);
    struct worker_row row = story_worker(1, 2, 0, 0);
    row.quiet = true;
    plan_workers(story_plan, &row, 1, story_ms);
    story_step(true);
    assert_false(plan_has_credit(story_plan));
    story_tell("w1 goes on, but knows none of these kinds");
    story_beat(3, 0, 0);
    assert_int_equal(plan_step(story_plan, story_ms, &action, 1), 1);
    plan_dispatched(story_plan, 1, 1, action.count, NULL, 0, story_ms);
    story_lanes(false);
    story_step(true);
    story_ms += 100;
    story_tell("a while later it is asked again");
    story_lanes(false);
    story_step(true);
    story_is("[  100] lane a is resumed, w1 is quiet\n"
             "[  100] w1 goes on, but knows none of these kinds\n"
             "[  200] a while later it is asked again\n"
             "[  200] lane default/a: 10 -> w1\n");
}

/* discovery takes more arguments than it did in the release before: a worker of then would refuse them. */
static void a_worker_of_an_older_version_gets_nothing_of_a_newer_kind(void **state)
{
    (void)state;
    const struct kind *discovery = kinds_find("discovery");
    assert_non_null(discovery);
    assert_true(discovery->version >= 2);
    story_backlog[1] = 5;
    story_kinds[1] = "discovery";
    const struct lane_row lane = { .lane = 1,
                                   .queue = "default",
                                   .tenant = "a",
                                   .kind = "discovery",
                                   .available = 5,
                                   .version = (int32_t)discovery->version };
    struct worker_row workers[] = { story_worker(1, 1, 0, 0), story_worker(2, 1, 0, 0) };
    workers[0].kinds = "{\"discovery\":1}";
    workers[1].kinds = "{\"discovery\":2}";
    plan_workers(story_plan, workers, 1, story_ms);
    plan_lanes(story_plan, &lane, 1);
    story_step(true);
    assert_int_equal(story_backlog[1], 5);
    plan_workers(story_plan, workers, 2, story_ms);
    story_step(true);
    assert_int_equal(story_backlog[1], 0);
    assert_int_equal(story_seqs[1], 0);
    assert_int_equal(story_seqs[2], 5);
}

static void means_from_outside_are_not_believed_blindly(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "[", "[1]", "{\"noop\":-5}", "{\"noop\":1e99}", "{\"noop\":\"1\"}", "{\"noop\":null}",
        "{\"noop\":99999999999999}", "7",
    };
    story_backlog[1] = 100;
    story_lanes(false);
    story_beat(1, 0, 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        plan_done(story_plan, 1, 0, bad[i]);
    for (int i = 0; i < 200; i++) {
        char text[64];
        snprintf(text, sizeof text, "{\"kind%d\":5}", i);
        plan_done(story_plan, 77, 0, text);
    }
    story_step(true);
    plan_done(story_plan, 1, 16, NULL);
    story_step(true);
    story_is("[  100] lane default/a: 16 -> w1\n"
             "[  100] lane default/a: 16 -> w1\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, story_begin, story_end)
    const struct CMUnitTest tests[] = {
        TEST(the_first_batch_fills_the_slots_and_measured_kinds_are_prefetched),
        TEST(slow_kinds_only_ever_get_slots),
        TEST(work_is_spread_and_never_two_statements_for_one_lane_and_worker),
        TEST(one_job_at_a_time_goes_round_the_workers),
        TEST(lanes_take_turns_however_long_they_are),
        TEST(a_slow_lane_gets_its_slots_while_a_quick_one_keeps_the_worker_busy),
        TEST(a_submit_may_say_which_lane_got_a_job),
        TEST(paused_lanes_quiet_workers_and_kinds_nobody_knows_wait),
        TEST(a_worker_of_an_older_version_gets_nothing_of_a_newer_kind),
        TEST(means_from_outside_are_not_believed_blindly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
