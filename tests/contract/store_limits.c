/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_limits.c - limits, lanes, tags and windows on the real record: never exceeded by two that dispatch at once,
 * right for what ran before they were set, nobody else's obstacle; windows over the days on which clocks are changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/record.h"
#include "tests/support/sync.h"

static struct record record;
static PGconn *other; /* another leader */
static int64_t w1, w2;

static int64_t worker(const char *tags)
{
    return record_int(
        &record,
        "SELECT argosy.worker_enlist('w', 'h', 1, 'v', '{\"noop\":9,\"quick\":9,\"target\":9}', 4, 'redis', "
        "'%s')",
        tags);
}

static int clean(void **state)
{
    (void)state;
    record_run(&record,
               "TRUNCATE argosy.job_live, argosy.job_bulk, argosy.limit_hold, argosy.worker, argosy.queue_window");
    record_run(&record, "DELETE FROM argosy.limit");
    record_run(&record, "UPDATE argosy.lane SET limits = NULL");
    record_run(&record, "UPDATE argosy.queue SET windowed = false, tags = NULL, paused = false");
    w1 = worker("");
    w2 = worker("eu,gpu");
    return 0;
}

static int64_t lane(const char *kind, int64_t target)
{
    return record_int(&record, "SELECT argosy.lane_make('default', 'default', '%s', nullif(%lld, 0))", kind,
                      (long long)target);
}

static int64_t dispatch(int64_t of_lane, int count, int64_t to)
{
    return record_int(&record, "SELECT count(*) FROM argosy.dispatch(%lld::int, %d, %lld)", (long long)of_lane, count,
                      (long long)to);
}

static int64_t running(void)
{
    return record_int(&record, "SELECT count(*) FROM argosy.job_live WHERE state = 3");
}

static void submit(const char *kind, int count)
{
    record_run(&record, "SELECT argosy.submit('%s') FROM generate_series(1, %d)", kind, count);
}

/* ---- limits ---- */

static void two_that_dispatch_at_once_keep_a_limit(void **state)
{
    (void)state;
    char query[200];
    int64_t most = 0;
    submit("noop", 200);
    record_run(&record, "SELECT argosy.limit_set('kind', 'noop', 7)");
    int64_t of = lane("noop", 0);
    for (int i = 0; i < 60; i++) {
        snprintf(query, sizeof query, "SELECT count(*) FROM argosy.dispatch(%lld::int, 5, %lld)", (long long)of,
                 (long long)w1);
        assert_int_equal(PQsendQuery(other, query), 1);
        dispatch(of, 5, w2);
        for (PGresult *result; (result = PQgetResult(other)) != NULL; PQclear(result))
            assert_int_equal(PQresultStatus(result), PGRES_TUPLES_OK);
        int64_t now = running();
        most = now > most ? now : most;
        assert_true(now <= 7);
        /* some end, some are given back, and may come again under another epoch */
        record_run(&record,
                   "DELETE FROM argosy.job_live WHERE id IN (SELECT id FROM argosy.job_live WHERE state = 3 "
                   "ORDER BY id LIMIT %d)",
                   i % 4);
        record_run(&record,
                   "UPDATE argosy.job_live SET state = 2, worker = NULL, seq = NULL WHERE id IN (SELECT id "
                   "FROM argosy.job_live WHERE state = 3 ORDER BY id DESC LIMIT %d)",
                   i % 3);
    }
    assert_int_equal(most, 7);
}

static void what_ran_before_a_limit_counts(void **state)
{
    (void)state;
    submit("noop", 20);
    int64_t of = lane("noop", 0);
    assert_int_equal(dispatch(of, 6, w1), 6);
    record_run(&record, "SELECT argosy.limit_set('tenant', 'default', 4)");
    assert_int_equal(dispatch(of, 6, w1), 0);
    record_run(&record,
               "DELETE FROM argosy.job_live WHERE id IN (SELECT id FROM argosy.job_live WHERE state = 3 LIMIT 5)");
    assert_int_equal(dispatch(of, 6, w1), 3);
    assert_int_equal(record_int(&record, "SELECT argosy.limit_remove('tenant', 'default')::int"), 1);
    assert_int_equal(dispatch(of, 6, w1), 6);
    assert_int_equal(record_int(&record, "SELECT argosy.limit_remove('tenant', 'default')::int"), 0);
}

static void a_customers_database_is_limited_alone(void **state)
{
    (void)state;
    int64_t a =
        record_int(&record, "INSERT INTO argosy.connection (name, dialect, url) VALUES ('a', 'x', 'y') RETURNING id");
    int64_t b =
        record_int(&record, "INSERT INTO argosy.connection (name, dialect, url) VALUES ('b', 'x', 'y') RETURNING id");
    record_run(&record, "SELECT argosy.limit_set('connection', '*', 1)");
    record_run(&record,
               "SELECT argosy.submit('target', json_build_object('target', c)) FROM unnest(ARRAY[%lld, %lld]) c, "
               "generate_series(1, 3)",
               (long long)a, (long long)b);
    submit("noop", 3);
    assert_int_equal(dispatch(lane("target", a), 3, w1), 1);
    assert_int_equal(dispatch(lane("target", b), 3, w2), 1);
    assert_int_equal(dispatch(lane("target", a), 3, w2), 0);
    assert_int_equal(dispatch(lane("noop", 0), 3, w1), 3); /* nobody stands in their way */
    const char *why = record_text(&record, "SELECT argosy.why_held(%lld::int, 'target')", (long long)lane("target", a));
    assert_non_null(strstr(why, "is reached: 1 of 1 run (jobs "));
    why = record_text(&record, "SELECT coalesce(argosy.why_held(%lld::int, 'noop'), 'nothing')",
                      (long long)lane("noop", 0));
    assert_string_equal(why, "nothing"); /* a lane without limits is held by no other's */
    record_run(&record, "SELECT argosy.limit_set('connection', '%lld', 2)", (long long)a); /* its own instead */
    assert_int_equal(dispatch(lane("target", a), 3, w1), 1);
    assert_int_equal(dispatch(lane("target", b), 3, w1), 0);
}

static void a_rate_gives_its_burst_once(void **state)
{
    (void)state;
    submit("noop", 50);
    int64_t of = lane("noop", 0);
    record_run(&record, "SELECT argosy.limit_set('queue', 'default', NULL, 0.001, 5)");
    assert_int_equal(dispatch(of, 20, w1), 5);
    assert_int_equal(dispatch(of, 20, w1), 0);
    record_run(&record, "SELECT argosy.limit_set('queue', 'default', NULL, 0.001, 5)"); /* nor by setting it again */
    assert_int_equal(dispatch(of, 20, w1), 0);
    record_run(&record, "UPDATE argosy.limit SET refilled = clock_timestamp() - interval '2500 s'");
    assert_int_equal(dispatch(of, 20, w1), 2);
    record_run(&record, "UPDATE argosy.limit SET refilled = clock_timestamp() + interval '1 day'"); /* the clock fell */
    assert_int_equal(dispatch(of, 20, w1), 0);
    assert_non_null(
        strstr(record_text(&record, "SELECT argosy.why_held(%lld::int, 'noop')", (long long)of), "is used up"));
}

static void refusals_say_what_is_wrong(void **state)
{
    (void)state;
    assert_string_equal(record_refused(&record, "SELECT argosy.limit_set('kind', 'nope', 1)"), "AG001");
    assert_string_equal(record_refused(&record, "SELECT argosy.limit_set('planet', 'x', 1)"), "AG008");
    assert_string_equal(record_refused(&record, "SELECT argosy.limit_set('connection', '999999', 1)"), "AG011");
    assert_string_equal(record_refused(&record, "SELECT argosy.limit_set('queue', 'x')"), "AG008");
    assert_string_equal(record_refused(&record, "SELECT argosy.limit_set('queue', 'x', NULL, -1)"), "AG008");
    assert_string_equal(record_refused(&record, "SELECT argosy.queue_set('x', '{\"windows\":[\"25:00-1\"]}')"),
                        "AG008");
    assert_string_equal(record_refused(&record, "SELECT argosy.queue_set('x', '{\"tags\":[\"A b\"]}')"), "AG003");
}

/* ---- lanes ---- */

static void jobs_of_an_earlier_schema_move_into_lanes_of_today(void **state)
{
    (void)state;
    submit("quick", 3);
    record_run(&record, "UPDATE argosy.job_live SET lane = (SELECT id FROM argosy.lane WHERE kind IS NULL)");
    assert_int_equal(dispatch(record_int(&record, "SELECT id FROM argosy.lane WHERE kind IS NULL"), 3, w1), 0);
    assert_int_equal(record_int(&record, "SELECT argosy.relane(2)"), 2);
    assert_int_equal(record_int(&record, "SELECT argosy.relane(2)"), 1);
    assert_int_equal(record_int(&record, "SELECT argosy.relane(2)"), 0);
    assert_int_equal(dispatch(lane("quick", 0), 3, w1), 3);
}

static void tags_are_the_records_too(void **state)
{
    (void)state;
    submit("noop", 2);
    record_run(&record, "SELECT argosy.queue_set('default', '{\"tags\":[\"gpu\",\"eu\"]}')");
    assert_int_equal(dispatch(lane("noop", 0), 1, w1), 0);
    assert_int_equal(dispatch(lane("noop", 0), 1, w2), 1);
    record_run(&record, "UPDATE argosy.worker SET dead = true WHERE incarnation = %lld", (long long)w2);
    assert_non_null(
        strstr(record_text(&record, "SELECT argosy.why_held(%lld::int, 'noop')", (long long)lane("noop", 0)),
               "has the tags eu,gpu"));
}

/* ---- windows ---- */

static void window(const char *windows, const char *at, const char *expected)
{
    record_run(&record, "SELECT argosy.queue_set('night', '{\"windows\":%s}')", windows);
    assert_string_equal(record_text(&record,
                                    "SELECT CASE WHEN open THEN 'open to ' ELSE 'closed to ' END || "
                                    "to_char(until AT TIME ZONE 'UTC', 'MM-DD HH24:MI') "
                                    "FROM argosy.window_at('night', '%s')",
                                    at),
                        expected);
}

static void windows_are_right_when_clocks_are_changed(void **state)
{
    (void)state;
    static const char berlin[] = "[\"22:00-06:00 Europe/Berlin mon-fri\"]";
    window(berlin, "2026-03-27T20:59Z", "closed to 03-27 21:00");
    window(berlin, "2026-03-27T21:00Z", "open to 03-28 05:00");   /* Friday's reaches into Saturday */
    window(berlin, "2026-03-28T22:00Z", "closed to 03-30 20:00"); /* summer time since Sunday */
    window("[\"22:00-06:00 Europe/Berlin\"]", "2026-03-28T23:00Z", "open to 03-29 04:00"); /* a night of seven hours */
    window("[\"22:00-06:00 Europe/Berlin\"]", "2026-10-24T23:00Z", "open to 10-25 05:00"); /* one of nine */
    window("[\"02:30-03:15 Europe/Berlin\"]", "2026-03-29T01:05Z", "open to 03-29 01:15"); /* begins with the skip */
    window("[\"22:00-24:00\",\"00:00-03:00\"]", "2026-05-01T23:00Z", "open to 05-02 03:00"); /* one of two */
    window("[\"09:00-09:00 America/New_York sat\"]", "2026-07-01T12:00Z", "closed to 07-04 13:00");
}

static void a_closed_window_gives_nothing_and_may_interrupt(void **state)
{
    (void)state;
    submit("noop", 4);
    int64_t of = lane("noop", 0);
    assert_int_equal(dispatch(of, 2, w1), 2);
    record_run(&record, "SELECT argosy.queue_set('default', json_build_object('windows', ARRAY[to_char(now() + "
                        "interval '3 h', 'HH24:MI') || '-' || to_char(now() + interval '4 h', 'HH24:MI')]))");
    assert_int_equal(dispatch(of, 2, w1), 0);
    assert_int_equal(record_int(&record, "SELECT argosy.windows_close(10)"), 0); /* what runs goes on */
    record_run(&record, "SELECT argosy.queue_set('default', '{\"window_end\":\"interrupt\"}')");
    assert_int_equal(record_int(&record, "SELECT argosy.windows_close(10)"), 2);
    assert_int_equal(running(), 0);
    assert_int_equal(
        record_int(&record, "SELECT count(*) FROM argosy.cancel_notice WHERE worker = %lld", (long long)w1), 2);
    assert_int_equal(record_int(&record, "SELECT max(attempts) FROM argosy.job_live"), 0);
    assert_non_null(strstr(record_text(&record, "SELECT argosy.why_held(%lld::int, 'noop')", (long long)of),
                           "is outside its windows: it opens at"));
}

static void a_batch_that_would_pass_its_window_is_told_beforehand(void **state)
{
    (void)state;
    record_run(&record, "SELECT argosy.queue_set('night', '{\"windows\":[\"22:00-06:00 Europe/Berlin\"]}')");
    record_run(&record, "INSERT INTO argosy.kind_cost VALUES ('noop', 1000000) ON CONFLICT DO NOTHING");
    /* eight slots, from midnight in Berlin: six hours are 172,800 s of slot time */
    assert_string_equal(record_text(&record,
                                    "SELECT argosy.forecast('night', '{noop}', '{172800}', '2026-01-14T23:00Z') "
                                    "->> 'passes_window'"),
                        "false");
    assert_string_equal(record_text(&record,
                                    "SELECT argosy.forecast('night', '{noop}', '{180000}', '2026-01-14T23:00Z') "
                                    "->> 'warning'"),
                        "this would not end before the window of queue night closes: it would go on until "
                        "2026-01-15 21:15 UTC");
}

static int start(void **state)
{
    (void)state;
    record_start(&record);
    other = PQconnectdb(record.url);
    return PQstatus(other) != CONNECTION_OK;
}

static int finish(void **state)
{
    (void)state;
    PQfinish(other);
    record_finish(&record);
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, clean)
    const struct CMUnitTest tests[] = {
        TEST(two_that_dispatch_at_once_keep_a_limit),
        TEST(what_ran_before_a_limit_counts),
        TEST(a_customers_database_is_limited_alone),
        TEST(a_rate_gives_its_burst_once),
        TEST(refusals_say_what_is_wrong),
        TEST(jobs_of_an_earlier_schema_move_into_lanes_of_today),
        TEST(tags_are_the_records_too),
        TEST(windows_are_right_when_clocks_are_changed),
        TEST(a_closed_window_gives_nothing_and_may_interrupt),
        TEST(a_batch_that_would_pass_its_window_is_told_beforehand),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
