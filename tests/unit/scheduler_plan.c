/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scheduler_plan.c - the plan's decisions as stories: each test tells what was read and heard, and compares the trace of
 * what the plan decided, with the time in ms.
 */
#include "scheduler/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

static struct plan *plan;
static struct buffer trace;
static int64_t now_ms;
static int64_t seqs[8]; /* given out, by incarnation: our imitation of the record */
static unsigned backlog[8]; /* by lane */
static const char *kind_of[8];

static int setup(void **state)
{
    (void)state;
    plan = plan_create(&plan_limits_default);
    buffer_init(&trace, 1 << 20);
    memset(seqs, 0, sizeof seqs);
    memset(backlog, 0, sizeof backlog);
    for (int i = 0; i < 8; i++)
        kind_of[i] = "noop";
    now_ms = 100;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    plan = plan_destroy(plan);
    buffer_finish(&trace);
    return 0;
}

static void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void tell(const char *format, ...)
{
    char line[256];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    buffer_format(&trace, "[%5lld] %s\n", (long long)now_ms, line);
}

static void story_is(const char *expected)
{
    assert_string_equal(buffer_view(&trace), expected);
    buffer_clear(&trace);
}

/* ---- the imitated record ---- */

static void read_lanes(bool paused)
{
    static const char *const tenants[8] = { "none", "a", "b", "c" };
    struct lane_row rows[8];
    unsigned count = 0;
    for (int i = 1; i < 4; i++) {
        if (backlog[i] > 0)
            rows[count++] = (struct lane_row){ .lane = i, .queue = "default", .tenant = tenants[i],
                                               .available = (int32_t)backlog[i], .paused = paused };
    }
    plan_lanes(plan, rows, count);
}

static struct worker_row worker(int64_t incarnation, int64_t beat, int64_t got, int64_t done)
{
    static const char *const names[8] = { "none", "w1", "w2", "w3" };
    return (struct worker_row){ .incarnation = incarnation,
                                .beat = beat,
                                .seq = seqs[incarnation],
                                .got = got,
                                .done = done,
                                .name = names[incarnation],
                                .kinds = "{\"noop\":1}",
                                .transport = "redis",
                                .slots = 16 };
}

static void read_worker(int64_t beat, int64_t got, int64_t done)
{
    struct worker_row row = worker(1, beat, got, done);
    plan_workers(plan, &row, 1, now_ms);
}

static void read_two_workers(int64_t beat)
{
    struct worker_row rows[] = { worker(1, beat, seqs[1], 0), worker(2, beat, seqs[2], 0) };
    plan_workers(plan, rows, 2, now_ms);
}

/* The record carries a dispatch out. */
static void dispatch(const struct plan_action *a)
{
    static struct dispatch jobs[1000];
    unsigned count = a->count < backlog[a->lane] ? a->count : backlog[a->lane];
    for (unsigned i = 0; i < count; i++)
        jobs[i] = (struct dispatch){ .id = 1, .epoch = 1, .seq = ++seqs[a->worker], .kind = kind_of[a->lane] };
    backlog[a->lane] -= count;
    plan_dispatched(plan, a->lane, a->worker, a->count, jobs, count, now_ms);
}

/* Steps until nothing is left to do, telling each action; carried out at once or left under way. */
static void step(bool carry_out)
{
    struct plan_action actions[8];
    unsigned count;
    while ((count = plan_step(plan, now_ms, actions, 8)) > 0) {
        for (unsigned i = 0; i < count; i++) {
            const struct plan_action *a = &actions[i];
            const char *name = a->type == PLAN_FORGET ? "" : plan_worker_name(plan, a->worker);
            if (a->type == PLAN_DISPATCH)
                tell("lane %s: %u -> %s", plan_lane_name(plan, a->lane), a->count, name);
            else if (a->type == PLAN_DEAD)
                tell("%s is dead, unless its beat is no longer %lld", name, (long long)a->beat);
            else if (a->type == PLAN_TAKE_BACK)
                tell("take back %u from %s", a->count, name);
            else if (a->type == PLAN_FORGET)
                tell("forget #%lld", (long long)a->worker);
            else
                tell("ring %s up to %lld", name, (long long)a->seq);
            if (a->type == PLAN_DISPATCH && carry_out)
                dispatch(a);
        }
    }
}

/* ---- credit ---- */

static void the_first_batch_fills_the_slots_and_measured_kinds_are_prefetched(void **state)
{
    (void)state;
    backlog[1] = 5000;
    read_lanes(false);
    read_worker(1, 0, 0);
    now_ms = 110;
    step(true);
    now_ms = 115;
    plan_done(plan, 1, 16, "{\"noop\":1000}");
    tell("w1 has done 16, a no-op takes 1,000 us");
    step(true);
    now_ms = 130;
    plan_done(plan, 1, 216, NULL);
    tell("w1 has done 200 more: still busy enough");
    step(true);
    now_ms = 140;
    plan_done(plan, 1, 516, NULL);
    tell("w1 has done 300 more");
    step(true);
    now_ms = 150;
    plan_done(plan, 1, 9999, NULL);
    tell("w1 claims more than it was given");
    step(true);
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
    backlog[1] = 100;
    kind_of[1] = "migration";
    read_lanes(false);
    read_worker(1, 0, 0);
    step(true);
    now_ms = 60000;
    plan_done(plan, 1, 3, "{\"migration\":20000000}");
    tell("w1 has done 3, a migration takes 20 s");
    step(true);
    now_ms = 90000;
    tell("half a minute later");
    step(true);
    story_is("[  100] lane default/a: 16 -> w1\n"
             "[60000] w1 has done 3, a migration takes 20 s\n"
             "[60000] lane default/a: 3 -> w1\n"
             "[90000] half a minute later\n");
}

static void work_is_spread_and_never_two_statements_for_one_lane_and_worker(void **state)
{
    (void)state;
    backlog[1] = 20;
    read_lanes(false);
    read_two_workers(1);
    step(false);
    tell("both are under way; more arrives");
    backlog[1] = 500;
    read_lanes(false);
    step(false);
    plan_dispatch_failed(plan, 1, 1, 10);
    tell("the first failed");
    step(false);
    story_is("[  100] lane default/a: 10 -> w1\n"
             "[  100] lane default/a: 10 -> w2\n"
             "[  100] both are under way; more arrives\n"
             "[  100] the first failed\n"
             "[  100] lane default/a: 16 -> w1\n");
}

static void one_job_at_a_time_goes_round_the_workers(void **state)
{
    (void)state;
    read_two_workers(1);
    for (int i = 0; i < 4; i++) {
        backlog[1] = 1;
        read_lanes(false);
        step(true);
        plan_done(plan, 1, seqs[1], NULL);
        plan_done(plan, 2, seqs[2], NULL);
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
    backlog[1] = 4000;
    backlog[2] = 1000;
    backlog[3] = 1000;
    read_worker(1, 0, 0);
    plan_done(plan, 1, 0, "{\"noop\":1000}");
    read_lanes(false);
    for (int i = 0; i < 40; i++) {
        unsigned before[4] = { 0, backlog[1], backlog[2], backlog[3] };
        step(true);
        for (int lane = 1; lane < 4; lane++)
            got[lane] += before[lane] - backlog[lane];
        plan_done(plan, 1, seqs[1] - 200, NULL);
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
    kind_of[2] = "migration";
    read_worker(1, 0, 0);
    plan_done(plan, 1, 0, "{\"noop\":100,\"migration\":5000000}");
    for (int i = 0; i < 100; i++) {
        backlog[1] = 5000;
        backlog[2] = 50 - slow;
        read_lanes(false);
        unsigned before = backlog[2];
        step(true);
        slow += before - backlog[2];
        now_ms += 50;
        int64_t done = seqs[1] - 16; /* all short ones; the long ones hold their slots */
        plan_done(plan, 1, done, NULL);
    }
    assert_in_range(slow, 16, 24); /* its 16 slots, and one knock every 2 s of these 5 s */
}

/* ---- what gives nothing ---- */

static void paused_lanes_quiet_workers_and_kinds_nobody_knows_wait(void **state)
{
    (void)state;
    struct plan_action action;
    backlog[1] = 10;
    read_lanes(true);
    read_worker(1, 0, 0);
    step(true);
    assert_int_equal(plan_available(plan), 0);
    tell("lane a is resumed, w1 is quiet");
    read_lanes(false);
    struct worker_row row = worker(1, 2, 0, 0);
    row.quiet = true;
    plan_workers(plan, &row, 1, now_ms);
    step(true);
    assert_false(plan_has_credit(plan));
    tell("w1 goes on, but knows none of these kinds");
    read_worker(3, 0, 0);
    assert_int_equal(plan_step(plan, now_ms, &action, 1), 1);
    plan_dispatched(plan, 1, 1, action.count, NULL, 0, now_ms);
    read_lanes(false);
    step(true);
    now_ms += 100;
    tell("a while later it is asked again");
    read_lanes(false);
    step(true);
    story_is("[  100] lane a is resumed, w1 is quiet\n"
             "[  100] w1 goes on, but knows none of these kinds\n"
             "[  200] a while later it is asked again\n"
             "[  200] lane default/a: 10 -> w1\n");
}

/* ---- life and death ---- */

static void a_beat_that_stands_still_for_six_seconds_of_reading_is_death(void **state)
{
    (void)state;
    read_worker(7, 0, 0);
    for (int i = 0; i < 11; i++) {
        now_ms += 500;
        read_worker(7, 0, 0);
    }
    step(true);
    tell("5.5 s: not yet");
    now_ms += 500;
    read_worker(7, 0, 0);
    step(true);
    plan_declared(plan, 1, true, true);
    step(true);
    plan_taken_back(plan, 1, true, 1000);
    step(true);
    plan_taken_back(plan, 1, false, 0);
    tell("the database was away for a moment");
    step(true);
    plan_taken_back(plan, 1, true, 12);
    step(true);
    story_is("[ 5600] 5.5 s: not yet\n"
             "[ 6100] w1 is dead, unless its beat is no longer 7\n"
             "[ 6100] take back 1000 from w1\n"
             "[ 6100] take back 1000 from w1\n"
             "[ 6100] the database was away for a moment\n"
             "[ 6100] take back 1000 from w1\n"
             "[ 6100] forget #1\n");
}

static void time_in_which_the_table_was_not_read_counts_for_nobody(void **state)
{
    (void)state;
    read_worker(7, 0, 0);
    now_ms += 3600 * 1000; /* the scheduler itself was stopped, or its reads failed */
    read_worker(7, 0, 0);
    step(true);
    now_ms += 500;
    read_worker(8, 0, 0);
    tell("w1 beats");
    for (int i = 0; i < 5; i++) {
        now_ms += 1000;
        read_worker(8, 0, 0);
    }
    step(true);
    now_ms += 1000;
    read_worker(8, 0, 0);
    step(true);
    plan_declared(plan, 1, true, false);
    tell("it had moved just before");
    step(true);
    story_is("[3600600] w1 beats\n"
             "[3606600] w1 is dead, unless its beat is no longer 8\n"
             "[3606600] it had moved just before\n");
}

static void what_was_not_received_is_rung_again_while_the_worker_beats(void **state)
{
    (void)state;
    backlog[1] = 10;
    read_lanes(false);
    read_worker(1, 0, 0);
    step(true);
    for (int beat = 2; beat < 9; beat++) {
        now_ms += 1000;
        read_worker(beat, beat < 8 ? 4 : 10, 0);
        step(true);
        plan_rung(plan, 1);
    }
    tell("it has all of them");
    for (int beat = 9; beat < 14; beat++) {
        now_ms += 1000;
        read_worker(beat, 10, 0);
        step(true);
    }
    story_is("[  100] lane default/a: 10 -> w1\n"
             "[ 3100] ring w1 up to 10\n"
             "[ 5100] ring w1 up to 10\n"
             "[ 7100] it has all of them\n");
}

static void a_beat_that_stands_still_is_not_rung(void **state)
{
    (void)state;
    backlog[1] = 10;
    read_lanes(false);
    read_worker(1, 0, 0);
    step(true);
    for (int i = 0; i < 5; i++) {
        now_ms += 1000;
        read_worker(2, 4, 0);
        step(true);
    }
    story_is("[  100] lane default/a: 10 -> w1\n");
}

static void jobs_of_the_dead_that_a_former_leader_left_are_taken_back(void **state)
{
    (void)state;
    read_worker(1, 0, 0);
    plan_orphan(plan, 6);
    step(true);
    plan_taken_back(plan, 6, true, 3);
    read_worker(2, 0, 0);
    step(true);
    story_is("[  100] take back 1000 from #6\n"
             "[  100] forget #6\n");
}

static void means_from_outside_are_not_believed_blindly(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "[", "[1]", "{\"noop\":-5}", "{\"noop\":1e99}", "{\"noop\":\"1\"}", "{\"noop\":null}",
        "{\"noop\":99999999999999}", "7",
    };
    backlog[1] = 100;
    read_lanes(false);
    read_worker(1, 0, 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        plan_done(plan, 1, 0, bad[i]);
    for (int i = 0; i < 200; i++) {
        char text[64];
        snprintf(text, sizeof text, "{\"kind%d\":5}", i);
        plan_done(plan, 77, 0, text);
    }
    step(true);
    plan_done(plan, 1, 16, NULL);
    step(true);
    story_is("[  100] lane default/a: 16 -> w1\n"
             "[  100] lane default/a: 16 -> w1\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_first_batch_fills_the_slots_and_measured_kinds_are_prefetched),
        TEST(slow_kinds_only_ever_get_slots),
        TEST(work_is_spread_and_never_two_statements_for_one_lane_and_worker),
        TEST(one_job_at_a_time_goes_round_the_workers),
        TEST(lanes_take_turns_however_long_they_are),
        TEST(a_slow_lane_gets_its_slots_while_a_quick_one_keeps_the_worker_busy),
        TEST(paused_lanes_quiet_workers_and_kinds_nobody_knows_wait),
        TEST(a_beat_that_stands_still_for_six_seconds_of_reading_is_death),
        TEST(time_in_which_the_table_was_not_read_counts_for_nobody),
        TEST(what_was_not_received_is_rung_again_while_the_worker_beats),
        TEST(a_beat_that_stands_still_is_not_rung),
        TEST(jobs_of_the_dead_that_a_former_leader_left_are_taken_back),
        TEST(means_from_outside_are_not_believed_blindly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
