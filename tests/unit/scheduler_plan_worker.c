/* SPDX-License-Identifier: Apache-2.0 */
/* scheduler_plan_worker.c - life and death of workers as stories: beats that stand still, jobs taken back, re-rings. */
#include "tests/support/plan_story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- life and death ---- */

static void a_beat_that_stands_still_for_six_seconds_of_reading_is_death(void **state)
{
    (void)state;
    story_beat(7, 0, 0);
    for (int i = 0; i < 11; i++) {
        story_ms += 500;
        story_beat(7, 0, 0);
    }
    story_step(true);
    story_tell("5.5 s: not yet");
    story_ms += 500;
    story_beat(7, 0, 0);
    story_step(true);
    plan_declared(story_plan, 1, true, true);
    story_step(true);
    plan_taken_back(story_plan, 1, true, 1000);
    story_step(true);
    plan_taken_back(story_plan, 1, false, 0);
    story_tell("the database was away for a moment");
    story_step(true);
    plan_taken_back(story_plan, 1, true, 12);
    story_step(true);
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
    story_beat(7, 0, 0);
    story_ms += 3600 * 1000; /* the scheduler itself was stopped, or its reads failed */
    story_beat(7, 0, 0);
    story_step(true);
    story_ms += 500;
    story_beat(8, 0, 0);
    story_tell("w1 beats");
    for (int i = 0; i < 5; i++) {
        story_ms += 1000;
        story_beat(8, 0, 0);
    }
    story_step(true);
    story_ms += 1000;
    story_beat(8, 0, 0);
    story_step(true);
    plan_declared(story_plan, 1, true, false);
    story_tell("it had moved just before");
    story_step(true);
    story_is("[3600600] w1 beats\n"
             "[3606600] w1 is dead, unless its beat is no longer 8\n"
             "[3606600] it had moved just before\n");
}

static void what_was_not_received_is_rung_again_while_the_worker_beats(void **state)
{
    (void)state;
    story_backlog[1] = 10;
    story_lanes(false);
    story_beat(1, 0, 0);
    story_step(true);
    for (int beat = 2; beat < 9; beat++) {
        story_ms += 1000;
        story_beat(beat, beat < 8 ? 4 : 10, 0);
        story_step(true);
        plan_rung(story_plan, 1);
    }
    story_tell("it has all of them");
    for (int beat = 9; beat < 14; beat++) {
        story_ms += 1000;
        story_beat(beat, 10, 0);
        story_step(true);
    }
    story_is("[  100] lane default/a: 10 -> w1\n"
             "[ 3100] ring w1 up to 10\n"
             "[ 5100] ring w1 up to 10\n"
             "[ 7100] it has all of them\n");
}

static void a_beat_that_stands_still_is_not_rung(void **state)
{
    (void)state;
    story_backlog[1] = 10;
    story_lanes(false);
    story_beat(1, 0, 0);
    story_step(true);
    for (int i = 0; i < 5; i++) {
        story_ms += 1000;
        story_beat(2, 4, 0);
        story_step(true);
    }
    story_is("[  100] lane default/a: 10 -> w1\n");
}

static void jobs_of_the_dead_that_a_former_leader_left_are_taken_back(void **state)
{
    (void)state;
    story_beat(1, 0, 0);
    plan_orphan(story_plan, 6);
    story_step(true);
    plan_taken_back(story_plan, 6, true, 3);
    story_beat(2, 0, 0);
    story_step(true);
    story_is("[  100] take back 1000 from #6\n"
             "[  100] forget #6\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, story_begin, story_end)
    const struct CMUnitTest tests[] = {
        TEST(a_beat_that_stands_still_for_six_seconds_of_reading_is_death),
        TEST(time_in_which_the_table_was_not_read_counts_for_nobody),
        TEST(what_was_not_received_is_rung_again_while_the_worker_beats),
        TEST(a_beat_that_stands_still_is_not_rung),
        TEST(jobs_of_the_dead_that_a_former_leader_left_are_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
