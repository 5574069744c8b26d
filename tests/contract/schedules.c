/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules.c - schedules on a real record, fired by real schedulers: each tick is submitted once, whoever leads,
 * whatever was missed, and whichever way the clock jumped. Downtimes and jumps are played by moving what the record
 * says is dealt with.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tests/support/cleaner.h"
#include "tests/support/fleet.h"

static struct fleet fleet;
static struct fleet_options options;
#define R (&fleet.record)

static void put(const char *name, const char *cron, const char *more)
{
    record_run(R, "SELECT argosy.schedule_put('%s', '%s', 'noop', '{\"payload\": \"x\"}'%s)", name, cron, more);
}

static int64_t of(const char *name, const char *column)
{
    return record_int(R, "SELECT coalesce(%s, 0)::bigint FROM argosy.schedule WHERE name = '%s'", column, name);
}

static int64_t jobs_of(const char *name)
{
    return record_int(R, "SELECT count(*) FROM argosy.job WHERE correlation LIKE 'schedule:%s:%%'", name);
}

/* As if nobody had looked at it for that long. */
static void missed(const char *name, const char *interval)
{
    record_run(R,
               "UPDATE argosy.schedule SET since = clock_timestamp() - interval '%s', next_run = '-infinity', revision "
               "= revision + 1 WHERE name = '%s'",
               interval, name);
}

/* Once an hour, half an hour from now and half an hour ago: never while this test runs. */
static void put_hourly(const char *name, const char *more)
{
    char cron[32];
    (void)snprintf(cron, sizeof cron, "%" PRId64 " * * * *",
                   record_int(R, "SELECT (extract(minute FROM now())::int + 30) %% 60"));
    put(name, cron, more);
}

static void wait_looked(const char *name)
{
    fleet_wait(&fleet, "SELECT next_run > now() FROM argosy.schedule WHERE name = '%s'", name);
}

static void a_tick_a_second(void **state)
{
    (void)state;
    put("second", "* * * * * *", ", tenant => 'acme', priority => 7");
    fleet_wait(&fleet, "SELECT fired >= 3 FROM argosy.schedule WHERE name = 'second'");
    record_run(R, "SELECT argosy.schedule_pause('second')");
    int64_t fired = of("second", "fired");
    assert_int_equal(jobs_of("second"), fired);
    assert_string_equal(
        record_text(
            R,
            "SELECT bool_and(i.key = j.correlation AND j.origin = 'schedule' AND j.priority = 7 AND l.tenant = 'acme' "
            "AND j.submitted - right(i.key, 20)::timestamptz BETWEEN '0 s' AND '60 s') FROM argosy.job j "
            "JOIN argosy.idempotency i ON i.job = j.id JOIN argosy.lane l ON l.id = j.lane "
            "WHERE j.correlation LIKE 'schedule:second:%%'"),
        "t");
    record_run(R, "SELECT argosy.schedule_pause('second', false)");
    fleet_wait(&fleet, "SELECT fired > %" PRId64 " FROM argosy.schedule WHERE name = 'second'", fired);
    record_run(R, "SELECT argosy.schedule_remove('second')");
}

/* The leader is killed under it: the other goes on, and no second is left out or comes twice. */
static void leaders_change(void **state)
{
    (void)state;
    put("relay", "* * * * * *", "");
    fleet_wait(&fleet, "SELECT fired >= 2 FROM argosy.schedule WHERE name = 'relay'");
    pid_t first = fleet.scheduler;
    fleet_scheduler(&fleet, &options);
    kill(first, SIGKILL);
    waitpid(first, NULL, 0);
    int64_t fired = of("relay", "fired");
    fleet_wait(&fleet, "SELECT fired >= %" PRId64 " FROM argosy.schedule WHERE name = 'relay'", fired + 3);
    record_run(R, "SELECT argosy.schedule_pause('relay')");
    assert_string_equal(
        record_text(
            R, "SELECT count(*) = count(DISTINCT correlation) AND count(*) = extract(epoch FROM max(t) - min(t)) + 1 "
               "FROM (SELECT correlation, right(correlation, 20)::timestamptz AS t FROM argosy.job "
               "WHERE correlation LIKE 'schedule:relay:%%') x"),
        "t");
    record_run(R, "SELECT argosy.schedule_remove('relay')");
}

static void what_was_missed(void **state)
{
    (void)state;
    static const struct {
        const char *name, *more;
        int64_t fired, skipped;
    } cases[] = { { "none", ", catch_up => 'none', paused => true", 0, 5 },
                  { "latest", ", catch_up => 'latest', paused => true", 1, 4 },
                  { "all", ", catch_up => 'all', paused => true", 5, 0 },
                  { "bounded", ", catch_up => 'all', catch_up_max => 2, paused => true", 2, 3 },
                  { "one", ", catch_up => 'all', overlap => 'skip', paused => true", 1, 4 } };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        put_hourly(cases[i].name, cases[i].more);
        missed(cases[i].name, "5 hours");
        record_run(R, "UPDATE argosy.schedule SET paused = false, grace_s = 1 WHERE name = '%s'", cases[i].name);
        wait_looked(cases[i].name);
        assert_int_equal(of(cases[i].name, "fired"), cases[i].fired);
        assert_int_equal(of(cases[i].name, "skipped"), cases[i].skipped);
        assert_int_equal(jobs_of(cases[i].name), of(cases[i].name, "fired"));
    }
}

static void the_clock_jumps(void **state)
{
    (void)state;
    put_hourly("jump", ", catch_up => 'all', paused => true");
    missed("jump", "3 hours");
    record_run(R, "SELECT argosy.schedule_pause('jump', false)"); /* resumed: from now, nothing is made up for */
    wait_looked("jump");
    assert_int_equal(of("jump", "fired"), 0);
    missed("jump", "3 hours");
    wait_looked("jump");
    int64_t fired = of("jump", "fired");
    assert_int_equal(fired, 3);
    /* set back: what was fired before the jump comes again, and is known by its key */
    missed("jump", "3 hours");
    wait_looked("jump");
    assert_int_equal(of("jump", "fired"), fired);
    assert_int_equal(jobs_of("jump"), fired);
    /* the clock had been a year ahead */
    record_run(R, "UPDATE argosy.schedule SET since = now() + interval '1 year', next_run = now() + interval '1 year' "
                  "WHERE name = 'jump'");
    fleet_wait(
        &fleet,
        "SELECT since <= now() AND next_run < now() + interval '1 hour' FROM argosy.schedule WHERE name = 'jump'");
    assert_int_equal(jobs_of("jump"), fired);
}

/* Two leaders for a moment: the second call finds another revision; and were it to go through, the key. */
static void a_call_twice(void **state)
{
    (void)state;
    put("twice", "0 0 1 1 *", "");
    wait_looked("twice");
    int64_t revision = of("twice", "revision");
    for (int i = 0; i < 3; i++) {
        int64_t count =
            record_int(R,
                       "SELECT argosy.schedules_fire('[{\"name\":\"twice\",\"revision\":%" PRId64
                       ",\"ticks\":[1767225600000],\"skipped\":0,\"upto\":1767225600100,\"next\":4102444800000}]')",
                       i < 2 ? revision : of("twice", "revision"));
        assert_int_equal(count, i == 0 ? 1 : 0);
    }
    assert_int_equal(jobs_of("twice"), 1);
    assert_string_equal(record_text(R, "SELECT key FROM argosy.idempotency WHERE key LIKE 'schedule:twice:%%'"),
                        "schedule:twice:2026-01-01T00:00:00Z");
}

static void one_at_a_time(void **state)
{
    (void)state;
    put("single", "* * * * * *", ", overlap => 'skip'");
    fleet_wait(&fleet, "SELECT skipped >= 2 FROM argosy.schedule WHERE name = 'single'");
    assert_int_equal(of("single", "fired"), 1);
    record_run(R, "SELECT argosy.cancel(last_job) FROM argosy.schedule WHERE name = 'single'");
    fleet_wait(&fleet, "SELECT fired = 2 FROM argosy.schedule WHERE name = 'single'");
    record_run(R, "SELECT argosy.schedule_remove('single')");
}

static void pipelines_by_the_clock(void **state)
{
    (void)state;
    record_run(R, "SELECT argosy.schedule_put('lines', '* * * * * *', steps => "
                  "'[{\"step\":\"a\",\"kind\":\"noop\"},{\"step\":\"b\",\"kind\":\"noop\",\"after\":[\"a\"]}]', "
                  "overlap => 'skip')");
    fleet_wait(&fleet, "SELECT skipped >= 1 FROM argosy.schedule WHERE name = 'lines'");
    record_run(R, "SELECT argosy.schedule_pause('lines')");
    assert_int_equal(of("lines", "fired"), 1);
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.job WHERE pipeline = (SELECT last_pipeline FROM "
                                   "argosy.schedule WHERE name = 'lines')"),
                     2);
    assert_string_equal(record_text(R, "SELECT argosy.schedule_run('lines') ->> 'pipeline' > '0' AND "
                                       "argosy.schedule_run('lines') ->> 'job' IS NULL"),
                        "t");
}

static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *call, *sqlstate;
    } cases[] = {
        { "'Upper', '@daily', 'noop'", "AG003" },
        { "'x', '@daily', 'nothing'", "AG001" },
        { "'x', '@daily'", "AG008" },
        { "'x', '@daily', 'noop', catch_up => 'some'", "AG008" },
        { "'x', '@daily', 'noop', overlap => NULL", "23502" },
        { "'x', '@daily', steps => '[{\"step\":\"a\",\"kind\":\"noop\",\"after\":[\"a\"]}]'", "AG007" },
        { "'twice', '@daily', 'noop'", "AG013" },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(record_refused(R, "SELECT argosy.schedule_put(%s)", cases[i].call), cases[i].sqlstate);
    assert_string_equal(record_refused(R, "SELECT argosy.schedule_run('nobody')"), "AG011");
    assert_string_equal(record_text(R, "SELECT argosy.schedule_remove('nobody') OR argosy.schedule_pause('nobody')"),
                        "f");
    put("unreadable", "61 * * * *", ""); /* SQL can't read it: the scheduler says so in the row, once */
    fleet_wait(&fleet, "SELECT error ->> 'error_code' = 'invalid_schedule' AND next_run = 'infinity' FROM "
                       "argosy.schedule WHERE name = 'unreadable'");
    put("doomed", "* * * * * *", ", timeout_s => 5");
    record_run(R, "UPDATE argosy.schedule SET kind = 'gone', revision = revision + 1 WHERE name = 'doomed'");
    fleet_wait(&fleet,
               "SELECT error ->> 'sqlstate' = 'AG001' AND next_run > now() FROM argosy.schedule WHERE name = 'doomed'");
    record_run(R, "SELECT argosy.schedule_put('doomed', '* * * * * *', 'noop', replace => true)");
    int64_t fired = of("doomed", "fired");
    fleet_wait(&fleet, "SELECT error IS NULL AND fired > %" PRId64 " FROM argosy.schedule WHERE name = 'doomed'",
               fired);
    record_run(R,
               "UPDATE argosy.setting SET value = (SELECT count(*) FROM argosy.schedule) WHERE name = 'schedules_max'");
    assert_string_equal(record_refused(R, "SELECT argosy.schedule_put('x', '@daily', 'noop')"), "AG008");
}

static int setup(void **state)
{
    (void)state;
    fleet = (struct fleet){ .worker = -1, .scheduler = -1 };
    record_start(R);
    (void)snprintf(fleet.log, sizeof fleet.log, "%s/scheduler.log", cleaner_folder());
    fleet_scheduler(&fleet, &options);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fleet_finish(&fleet);
    return 0;
}

int main(int argc, char **argv)
{
    fleet_role(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tick_a_second),        cmocka_unit_test(leaders_change),  cmocka_unit_test(what_was_missed),
        cmocka_unit_test(the_clock_jumps),        cmocka_unit_test(a_call_twice),    cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(pipelines_by_the_clock), cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
