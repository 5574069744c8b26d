/* SPDX-License-Identifier: Apache-2.0 */
/* scheduler_ticks.c - which ticks fire: policies, long downtimes, clocks that jump, and both changes of daylight
 * saving. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "scheduler/ticks.h"

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };

static struct ticks t;

static int64_t ms(const char *utc)
{
    struct tm tm = { 0 };
    const char *end = strptime(utc, "%Y-%m-%d %H:%M:%S", &tm);
    assert_true(end && !*end);
    return (int64_t)timegm(&tm) * 1000;
}

static void due(const struct ticks_asked *asked)
{
    struct error e = ERROR_NONE;
    if (ticks_due(asked, &t, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    for (unsigned i = 0; i < t.count; i++) {
        assert_true(t.at_ms[i] > asked->since_ms && t.at_ms[i] <= asked->now_ms);
        assert_true(i == 0 || t.at_ms[i] > t.at_ms[i - 1]);
    }
    assert_true(t.next_ms > asked->now_ms);
}

static struct ticks_asked hourly(int64_t since_ms, int64_t now_ms)
{
    return (struct ticks_asked){ .cron = "0 * * * *",
                                 .zone = "UTC",
                                 .since_ms = since_ms,
                                 .now_ms = now_ms,
                                 .grace_ms = MINUTE,
                                 .catch_up_max = 100 };
}

static void on_time(void **state)
{
    (void)state;
    struct ticks_asked asked = hourly(ms("2026-11-21 09:30:00"), ms("2026-11-21 10:00:00") + 40);
    for (int policy = TICKS_NONE; policy <= TICKS_ALL; policy++) {
        asked.catch_up = (enum ticks_catch_up)policy;
        due(&asked);
        assert_int_equal(t.count, 1);
        assert_int_equal(t.at_ms[0], ms("2026-11-21 10:00:00"));
        assert_int_equal(t.next_ms, ms("2026-11-21 11:00:00"));
        assert_int_equal(t.skipped, 0);
    }
    asked.since_ms = asked.now_ms; /* dealt with */
    due(&asked);
    assert_int_equal(t.count, 0);
    asked = hourly(ms("2026-11-21 09:30:00"), ms("2026-11-21 10:00:00") - 1); /* never early */
    due(&asked);
    assert_int_equal(t.count, 0);
    assert_int_equal(t.next_ms, ms("2026-11-21 10:00:00"));
}

static void after_a_downtime(void **state)
{
    (void)state;
    struct ticks_asked asked = hourly(ms("2026-11-21 03:30:00"), ms("2026-11-21 10:20:00"));
    static const struct {
        enum ticks_catch_up policy;
        unsigned max, count, skipped;
    } cases[] = {
        { TICKS_NONE, 100, 0, 7 }, { TICKS_LATEST, 100, 1, 6 }, { TICKS_ALL, 100, 7, 0 }, { TICKS_ALL, 3, 3, 4 }
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        asked.catch_up = cases[i].policy;
        asked.catch_up_max = cases[i].max;
        due(&asked);
        assert_int_equal(t.count, cases[i].count);
        assert_int_equal(t.skipped, cases[i].skipped);
        if (t.count > 0)
            assert_int_equal(t.at_ms[t.count - 1], ms("2026-11-21 10:00:00"));
    }
    asked.catch_up_max = 100;
    asked.now_ms = ms("2026-11-21 11:00:30"); /* one is on time: the latest late one need not come */
    asked.catch_up = TICKS_LATEST;
    due(&asked);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.at_ms[0], ms("2026-11-21 11:00:00"));
    asked.catch_up = TICKS_ALL;
    due(&asked);
    assert_int_equal(t.count, 8);
    asked.one = true;
    due(&asked);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.skipped, 7);
}

/* A tick each second, and nobody there for ten years: the newest thousand, found without walking through the rest. */
static void after_a_very_long_downtime(void **state)
{
    (void)state;
    int64_t now_ms = ms("2026-11-21 10:00:00"), began_us = clock_monotonic_us();
    struct ticks_asked asked = { .cron = "* * * * * *",
                                 .zone = "Europe/Berlin",
                                 .since_ms = now_ms - 3650LL * DAY,
                                 .now_ms = now_ms,
                                 .grace_ms = SECOND,
                                 .catch_up = TICKS_ALL,
                                 .catch_up_max = 1000 };
    due(&asked);
    assert_int_equal(t.count, 1002); /* now and a second ago are on time */
    assert_int_equal(t.at_ms[t.count - 1], now_ms);
    assert_int_equal(t.at_ms[0], now_ms - 1001LL * SECOND);
    assert_true(t.skipped >= TICKS_MAX);
    print_message("%u ticks in %lld us\n", t.count, (long long)(clock_monotonic_us() - began_us));
    asked.catch_up = TICKS_LATEST;
    due(&asked);
    assert_int_equal(t.at_ms[t.count - 1], now_ms);
    assert_int_equal(t.count, 2);
    asked.cron = "*/2 * * 1-7 1,7 *"; /* every other second, but in two months of the year only */
    asked.catch_up = TICKS_ALL;
    due(&asked);
    assert_int_equal(t.count, 1000);
    assert_int_equal(t.at_ms[999], ms("2026-07-07 21:59:58"));
    assert_int_equal(t.at_ms[0], t.at_ms[999] - 999LL * 2 * SECOND);
    asked.catch_up = TICKS_LATEST;
    asked.cron = "0 0 0 1 1 *"; /* in winter at home, a summer evening away: few ticks in a long time */
    due(&asked);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.at_ms[0], ms("2025-12-31 23:00:00"));
    assert_int_equal(t.skipped, 9);
}

static void clocks_jump(void **state)
{
    (void)state;
    /* Back: nothing is due, and the next one is that after the present time. */
    struct ticks_asked asked = hourly(ms("2026-11-21 10:00:10"), ms("2026-11-21 08:30:00"));
    asked.catch_up = TICKS_ALL;
    due(&asked);
    assert_int_equal(t.count, 0);
    assert_int_equal(t.next_ms, ms("2026-11-21 09:00:00"));
    /* Forwards: as after a downtime. */
    asked.now_ms = ms("2027-11-21 10:30:00");
    asked.catch_up = TICKS_LATEST;
    due(&asked);
    assert_int_equal(t.count, 1);
    assert_int_equal(t.at_ms[0], ms("2027-11-21 10:00:00"));
}

/* All ticks of a stretch, from one look a while after the other: no two looks fire the same, none is left out. */
static void walk(const char *cron, const char *zone, const char *from, int64_t stretch_ms, int64_t step_ms,
                 unsigned expected)
{
    struct ticks_asked asked = { .cron = cron, .zone = zone, .since_ms = ms(from), .grace_ms = DAY };
    int64_t last_ms = 0;
    unsigned count = 0;
    while (asked.since_ms < ms(from) + stretch_ms) {
        asked.now_ms = asked.since_ms + step_ms;
        due(&asked);
        for (unsigned i = 0; i < t.count; i++) {
            assert_true(t.at_ms[i] > last_ms);
            last_ms = t.at_ms[i];
        }
        count += t.count;
        asked.since_ms = asked.now_ms;
    }
    if (count != expected)
        fail_msg("%s in %s from %s: %u ticks, not %u", cron, zone, from, count, expected);
}

static void one_tick(const char *cron, const char *zone, const char *since, const char *now, const char *expected)
{
    struct ticks_asked asked = {
        .cron = cron, .zone = zone, .since_ms = ms(since), .now_ms = ms(now), .grace_ms = 2 * DAY
    };
    due(&asked);
    assert_int_equal(t.count, 1);
    if (t.at_ms[0] != ms(expected))
        fail_msg("%s in %s comes at %lld, not %s", cron, zone, (long long)t.at_ms[0], expected);
}

static void fields(void **state)
{
    (void)state;
    one_tick("0 6 L * *", "UTC", "2026-02-27 12:00:00", "2026-02-28 12:00:00", "2026-02-28 06:00:00");
    one_tick("0 0 * * FRI#L", "UTC", "2026-10-29 12:00:00", "2026-10-30 12:00:00", "2026-10-30 00:00:00");
    one_tick("0 0 * * 5L", "UTC", "2026-10-29 12:00:00", "2026-10-30 12:00:00", "2026-10-30 00:00:00");
    one_tick("0 0 * * MON#2", "UTC", "2026-11-08 12:00:00", "2026-11-09 12:00:00", "2026-11-09 00:00:00");
    one_tick("15 30 9 * NOV sat", "UTC", "2026-11-20 12:00:00", "2026-11-21 12:00:00", "2026-11-21 09:30:15");
    one_tick("@weekly", "UTC", "2026-11-21 12:00:00", "2026-11-22 12:00:00", "2026-11-22 00:00:00");
    one_tick("0 0 13 * FRI", "UTC", "2026-11-12 12:00:00", "2026-11-13 12:00:00", "2026-11-13 00:00:00");
    one_tick("0 0 22 * FRI", "UTC", "2026-11-21 12:00:00", "2026-11-22 12:00:00", "2026-11-22 00:00:00");
    one_tick("0 0 * * 7", "UTC", "2026-11-21 12:00:00", "2026-11-22 12:00:00", "2026-11-22 00:00:00");
}

/* A local time that the spring skips comes as the gap ends; one that the autumn repeats comes once, the first time;
 * what comes every so often comes in real time. A day of 23 or 25 hours, on Lord Howe 23.5 or 24.5. */
static void daylight_saving(void **state)
{
    (void)state;
    one_tick("30 2 * * *", "Europe/Berlin", "2026-03-28 12:00:00", "2026-03-29 12:00:00", "2026-03-29 01:00:00");
    one_tick("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00:00", "2026-10-25 12:00:00", "2026-10-25 00:30:00");
    one_tick("30 2 * * *", "America/New_York", "2026-03-07 12:00:00", "2026-03-08 12:00:00", "2026-03-08 07:00:00");
    one_tick("30 1 * * *", "America/New_York", "2026-10-31 12:00:00", "2026-11-01 12:00:00", "2026-11-01 05:30:00");
    one_tick("10 2 * * *", "Australia/Lord_Howe", "2026-10-03 06:00:00", "2026-10-04 06:00:00", "2026-10-03 15:30:00");
    one_tick("40 1 * * *", "Australia/Lord_Howe", "2026-04-04 06:00:00", "2026-04-05 06:00:00", "2026-04-04 14:40:00");
    one_tick("30 2 * * *", "Asia/Tokyo", "2026-03-28 18:00:00", "2026-03-29 18:00:00", "2026-03-29 17:30:00");
    walk("0 2 * * *", "Europe/Berlin", "2026-03-01 12:00:00", 365LL * DAY, 7 * HOUR, 365);
    walk("30 2 * * *", "Australia/Lord_Howe", "2026-03-01 00:00:00", 365LL * DAY, 11 * HOUR, 365);
    walk("30 1 * * *", "America/New_York", "2026-03-01 12:00:00", 365LL * DAY, 5 * HOUR, 365);
    walk("*/30 * * * *", "Europe/Berlin", "2026-03-28 23:00:00", 23 * HOUR, HOUR, 46);
    walk("*/30 * * * *", "Europe/Berlin", "2026-10-24 22:00:00", 25 * HOUR, HOUR, 50);
    walk("*/10 * * * *", "Australia/Lord_Howe", "2026-10-03 13:30:00", 4 * HOUR, 20 * MINUTE, 24);
    walk("*/10 * * * *", "Australia/Lord_Howe", "2026-04-04 13:00:00", 4 * HOUR, 20 * MINUTE, 24);
}

static void refused(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct ticks_asked asked = hourly(0, MINUTE);
    enum ticks_catch_up policy;
    asked.cron = "61 * * * *";
    assert_int_equal(ticks_due(&asked, &t, &e), ERROR_INVALID);
    assert_string_equal(e.code, "invalid_schedule");
    assert_int_equal(t.count, 0);
    asked.cron = "0 0 30 2 *"; /* never */
    int64_t began_us = clock_monotonic_us();
    assert_int_equal(ticks_due(&asked, &t, &e), ERROR_INVALID);
    print_message("never, found in %lld us\n", (long long)(clock_monotonic_us() - began_us));
    asked = hourly(0, MINUTE);
    asked.zone = "Mars/Olympus";
    assert_int_equal(ticks_due(&asked, &t, &e), ERROR_INVALID);
    assert_true(ticks_catch_up("latest", &policy) && policy == TICKS_LATEST);
    assert_false(ticks_catch_up("some", &policy));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_time),     cmocka_unit_test(after_a_downtime), cmocka_unit_test(after_a_very_long_downtime),
        cmocka_unit_test(clocks_jump), cmocka_unit_test(fields),           cmocka_unit_test(daylight_saving),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
