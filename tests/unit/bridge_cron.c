/* SPDX-License-Identifier: Apache-2.0 */
/* bridge_cron.c - cron through the C side: fields, nicknames, both changes of daylight saving, bad input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "bridge/bridge.h"

static long long unix_ms(const char *utc)
{
    struct tm tm = { 0 };
    const char *end = strptime(utc, "%Y-%m-%d %H:%M:%S", &tm);
    assert_true(end && !*end);
    return (long long)timegm(&tm) * 1000;
}

/* Steps from `after` through the expected times, all UTC. */
static void assert_comes(const char *expression, const char *zone, const char *after, const char *const expected[])
{
    long long now = unix_ms(after);
    for (size_t i = 0; expected[i]; i++) {
        char *text = NULL;
        long long next = 0;
        if (bridge_cron_next(expression, zone, now, &next, &text) != 0)
            fail_msg("%s", text);
        assert_null(text);
        if (next != unix_ms(expected[i]))
            fail_msg("%s in %s: step %zu is %lld, not %s", expression, zone, i, next, expected[i]);
        now = next;
    }
}

#define TIMES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_fields(void **state)
{
    (void)state;
    const char *after = "2026-01-31 23:59:30";
    assert_comes("*/20 * * * *", "UTC", after, TIMES("2026-02-01 00:00:00", "2026-02-01 00:20:00"));
    assert_comes("15 * * * * *", "UTC", after, TIMES("2026-02-01 00:00:15", "2026-02-01 00:01:15"));
    assert_comes("@daily", "America/New_York", after, TIMES("2026-02-01 05:00:00", "2026-02-02 05:00:00"));
    assert_comes("0 9 * * MON-FRI", "UTC", after, TIMES("2026-02-02 09:00:00", "2026-02-03 09:00:00"));
}

static void test_daylight_saving(void **state)
{
    (void)state;
    assert_comes("30 2 * * *", "Europe/Paris", "2026-03-28 12:00:00",
                 TIMES("2026-03-29 01:00:00", "2026-03-30 00:30:00"));
    assert_comes("30 2 * * *", "Europe/Paris", "2026-10-24 12:00:00",
                 TIMES("2026-10-25 00:30:00", "2026-10-26 01:30:00"));
    /* An interval goes on through the hour that comes twice. */
    assert_comes("*/30 * * * *", "Europe/Paris", "2026-10-25 00:00:00",
                 TIMES("2026-10-25 00:30:00", "2026-10-25 01:00:00", "2026-10-25 01:30:00", "2026-10-25 02:00:00"));
}

static void test_refused(void **state)
{
    (void)state;
    const struct {
        const char *expression, *zone, *part;
    } cases[] = {
        { "* * * *", "UTC", "* * * *" },  { "61 * * * *", "UTC", "61" },
        { "0 0 30 2 *", "UTC", "never" }, { "@daily", "Mars/Olympus", "Europe/Paris" },
        { "", "UTC", "cron expression" }, { NULL, "UTC", "missing" },
        { "@daily", "\xff", "UTF-8" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = NULL;
        long long next = 42;
        assert_int_not_equal(bridge_cron_next(cases[i].expression, cases[i].zone, 0, &next, &text), 0);
        assert_non_null(strstr(text, cases[i].part));
        assert_int_equal(next, 42); /* untouched */
        bridge_text_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_daylight_saving),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
