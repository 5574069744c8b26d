/* SPDX-License-Identifier: Apache-2.0 */
/* scheduler_pulse.c - how often the lanes are looked at, and when submits may keep silent. */
#include "scheduler/pulse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static unsigned looks_in(struct pulse *p, int64_t from_ms, int64_t to_ms, unsigned found)
{
    unsigned looks = 0;
    for (int64_t now_ms = from_ms; now_ms < to_ms; now_ms++) {
        if (pulse_look(p, true, 0, now_ms)) {
            pulse_looked(p, found, now_ms);
            looks++;
        }
        pulse_turn(p, now_ms);
    }
    return looks;
}

static void quiet_looks_are_rare_and_a_wake_is_followed_at_once(void **state)
{
    (void)state;
    struct pulse p;
    pulse_init(&p, 1000);
    assert_true(pulse_look(&p, true, 0, 1000)); /* the first one */
    pulse_looked(&p, 0, 1000);
    assert_int_equal(looks_in(&p, 1001, 2001, 0), 4);
    assert_int_equal(pulse_wait_ms(&p, 2001), 249);
    pulse_wake(&p);
    assert_true(pulse_look(&p, true, 0, 2001));
    pulse_wake(&p);
    assert_false(pulse_look(&p, true, 0, 2001)); /* one at a time */
    pulse_looked(&p, 0, 2001);
    assert_true(pulse_look(&p, true, 0, 2001)); /* what woke it meanwhile is not lost */
}

static void what_was_found_is_followed_by_another_look_when_it_is_gone(void **state)
{
    (void)state;
    struct pulse p;
    pulse_init(&p, 0);
    assert_true(pulse_look(&p, true, 0, 0));
    pulse_looked(&p, 5000, 1);
    assert_false(pulse_look(&p, true, 5000, 1));
    assert_false(pulse_look(&p, false, 0, 2)); /* nobody could take it */
    assert_true(pulse_look(&p, true, 0, 3));
    pulse_looked(&p, 5000, 4);
    assert_false(pulse_look(&p, true, 4000, 102));
    assert_true(pulse_look(&p, true, 4000, 103)); /* others may have come */
}

static void wakes_cause_no_more_looks_than_a_backlog_bears(void **state)
{
    (void)state;
    struct pulse p;
    pulse_init(&p, 0);
    assert_true(pulse_look(&p, true, 0, 0));
    pulse_looked(&p, 0, 5); /* 5 ms it took */
    pulse_wake(&p);
    assert_false(pulse_look(&p, true, 0, 19));
    assert_int_equal(pulse_wait_ms(&p, 6), 14);
    assert_true(pulse_look(&p, true, 0, 20));
    pulse_looked(&p, 5000, 25);
    assert_true(pulse_look(&p, true, 0, 26)); /* what was found is gone: that waits for nothing */
    pulse_looked(&p, 0, 1026);                /* a second */
    pulse_wake(&p);
    assert_int_equal(pulse_wait_ms(&p, 100), 26);
    assert_int_equal(pulse_wait_ms(&p, 200), 76); /* woken, and nobody has credit: the backstop */
}

static void a_storm_of_wakes_makes_it_busy_and_silence_quiet_again(void **state)
{
    (void)state;
    struct pulse p;
    pulse_init(&p, 0);
    for (int64_t now_ms = 0; now_ms <= 100; now_ms++) {
        pulse_wake(&p);
        pulse_turn(&p, now_ms);
    }
    assert_true(p.busy);
    (void)looks_in(&p, 101, 103, 0);
    assert_int_equal(looks_in(&p, 103, 203, 0), 50);
    for (int i = 0; i < 4; i++) { /* 500 ms with much to do: stays */
        pulse_moved(&p, 1000, false);
        (void)looks_in(&p, 203 + i * 500, 203 + (i + 1) * 500, 1);
        assert_true(p.busy);
    }
    (void)looks_in(&p, 2203, 3500, 0);
    assert_false(p.busy);
    assert_int_equal(looks_in(&p, 3500, 4500, 0), 4);
}

static void what_came_with_a_hint_is_looked_for(void **state)
{
    (void)state;
    struct pulse p;
    pulse_init(&p, 0);
    assert_true(pulse_look(&p, true, 0, 0));
    pulse_looked(&p, 0, 0);
    pulse_hint(&p); /* one of ten in a transaction */
    assert_false(pulse_look(&p, true, 1, 10));
    pulse_moved(&p, 1, true);
    assert_true(pulse_look(&p, true, 0, 11));
    pulse_looked(&p, 9, 11);
    pulse_moved(&p, 9, false);
    assert_int_equal(looks_in(&p, 12, 13, 0), 1); /* a look that found something is followed by another */
    pulse_moved(&p, 0, true);                     /* somebody else was faster */
    assert_int_equal(looks_in(&p, 13, 100, 0), 0);
}

static void two_hundred_a_second_stay_quiet(void **state)
{
    (void)state;
    struct pulse p;
    pulse_init(&p, 0);
    for (int64_t now_ms = 0; now_ms < 5000; now_ms++) {
        if (now_ms % 5 == 0)
            pulse_wake(&p);
        pulse_turn(&p, now_ms);
        assert_false(p.busy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quiet_looks_are_rare_and_a_wake_is_followed_at_once),
        cmocka_unit_test(what_was_found_is_followed_by_another_look_when_it_is_gone),
        cmocka_unit_test(wakes_cause_no_more_looks_than_a_backlog_bears),
        cmocka_unit_test(a_storm_of_wakes_makes_it_busy_and_silence_quiet_again),
        cmocka_unit_test(what_came_with_a_hint_is_looked_for),
        cmocka_unit_test(two_hundred_a_second_stay_quiet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
