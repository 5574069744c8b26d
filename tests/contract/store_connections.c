/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_connections.c - the record's side of connections: statuses that follow the jobs whatever becomes of them, who
 * uses a connection, ticks that are spread, and plans that look at no backlog.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/record.h"

enum { BACKLOG = 60000, MANY = 1000 };

static struct record record;
static int64_t worker;

static int start(void **state)
{
    (void)state;
    record_start(&record);
    for (const char *const *kind = (const char *const[]){ "discovery", "probe", NULL }; *kind != NULL; kind++)
        record_run(&record,
                   "SELECT argosy.kind_put('%s', '{\"x-argosy\":{\"version\":1,\"attempts_max\":2},\"properties\":"
                   "{\"source\":{\"type\":\"integer\"}}}')",
                   *kind);
    worker = record_int(&record, "SELECT argosy.worker_enlist('w', 'h', 1, 'v', "
                                 "'{\"discovery\":1,\"noop\":9,\"probe\":1}', 4, 'redis', NULL)");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    record_finish(&record);
    return 0;
}

static int64_t connection(void)
{
    return record_int(&record, "INSERT INTO argosy.connection (name, dialect, url) VALUES ('c', 'postgresql', "
                               "'postgresql://h/' || nextval('argosy.event_n')) RETURNING id");
}

static int64_t analysis(int64_t of)
{
    return record_int(&record, "SELECT argosy.submit('discovery', '{\"source\": %lld}')", (long long)of);
}

/* Gives the job, and all that waits before it in its lane, to the worker; its epoch. */
static int64_t dispatch(int64_t job)
{
    record_run(&record,
               "SELECT argosy.dispatch(l.lane, 100, %lld) FROM argosy.job_live l WHERE l.id = %lld AND l.state = 2",
               (long long)worker, (long long)job);
    return record_int(&record, "SELECT epoch FROM argosy.job_live WHERE id = %lld AND state = 3", (long long)job);
}

static bool phase(int64_t job, int64_t epoch, int64_t of, const char *name)
{
    return *record_text(&record, "SELECT argosy.connection_phase(%lld, %lld, %lld, '%s')", (long long)job,
                        (long long)epoch, (long long)of, name) == 't';
}

static void succeed(int64_t job)
{
    assert_int_equal(
        record_int(&record,
                   "SELECT cardinality(argosy.finish(%lld, ARRAY[%lld]::bigint[], ARRAY[(SELECT epoch FROM "
                   "argosy.job_live WHERE id = %lld)], '{\"{}\"}', '{1}'))",
                   (long long)worker, (long long)job, (long long)job),
        1);
}

static void fail_for_good(int64_t job)
{
    record_run(&record,
               "SELECT argosy.fail(%lld, ARRAY[%lld]::bigint[], ARRAY[(SELECT epoch FROM argosy.job_live WHERE id = "
               "%lld)], '{failed}', '{fatal}', '{broken}', '{it broke}', '{NULL}')",
               (long long)worker, (long long)job, (long long)job);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live WHERE id = %lld", (long long)job), 0);
}

static void end(int64_t job, bool success)
{
    if (success)
        succeed(job);
    else
        fail_for_good(job);
}

static void status_is(int64_t of, const char *status)
{
    assert_string_equal(
        record_text(&record, "SELECT status FROM argosy.connection_status WHERE id = %lld", (long long)of), status);
}

/* fsck agrees at every moment, not only when all is over. */
static void nothing_is_wrong(void)
{
    assert_string_equal(
        record_text(&record, "SELECT coalesce(string_agg(\"check\", ','), '') FROM argosy.fsck() WHERE violations > 0"),
        "");
}

static void no_run_is_left(void)
{
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.connection_run"), 0);
    nothing_is_wrong();
}

/* ---- the tests ---- */

static void a_status_follows_its_job(void **state)
{
    (void)state;
    int64_t c = connection(), job = analysis(c);
    status_is(c, "pending");
    int64_t epoch = dispatch(job);
    status_is(c, "analyzing"); /* by the dispatch alone, before the slot has said anything */
    assert_true(phase(job, epoch, c, "analyzing"));
    assert_true(phase(job, epoch, c, "indexing"));
    status_is(c, "indexing");
    nothing_is_wrong();
    record_run(&record, "SELECT argosy.give_back(%lld, ARRAY[%lld]::bigint[], ARRAY[%lld]::bigint[])",
               (long long)worker, (long long)job, (long long)epoch);
    status_is(c, "analyzing"); /* it waits to go on, and no longer indexes */
    nothing_is_wrong();
    assert_false(phase(job, epoch, c, "indexing"));
    assert_true(dispatch(job) > epoch);
    status_is(c, "analyzing");
    assert_false(phase(job, epoch, c, "indexing")); /* of the attempt that is over */
    succeed(job);
    status_is(c, "ready");
    no_run_is_left();

    job = analysis(c);
    status_is(c, "ready");
    dispatch(job);
    status_is(c, "updating");
    fail_for_good(job);
    status_is(c, "error");
    assert_string_equal(record_text(&record,
                                    "SELECT error_code || ': ' || error_message FROM argosy.connection WHERE id = %lld",
                                    (long long)c),
                        "broken: it broke");
    job = analysis(c);
    dispatch(job);
    record_run(&record, "SELECT argosy.cancel(%lld)", (long long)job);
    fail_for_good(job);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_history WHERE id = %lld", (long long)job), 1);
    no_run_is_left();
}

static void a_worker_that_is_lost_leaves_no_status(void **state)
{
    (void)state;
    int64_t c = connection(), job = analysis(c), old = worker;
    assert_true(phase(job, dispatch(job), c, "indexing"));
    status_is(c, "indexing");
    record_run(&record, "UPDATE argosy.worker SET dead = true WHERE incarnation = %lld", (long long)old);
    record_run(&record, "SELECT argosy.expire(%lld, 100)", (long long)old);
    status_is(c, "analyzing");
    worker = record_int(&record, "SELECT argosy.worker_enlist('w', 'h', 2, 'v', "
                                 "'{\"discovery\":1,\"noop\":9,\"probe\":1}', 4, 'redis', NULL)");
    dispatch(job);
    status_is(c, "analyzing");
    succeed(job);
    status_is(c, "ready");
    no_run_is_left();
}

/* Two at once, ended in every order: true is a success. */
static void two_jobs_of_one_connection_agree(void **state)
{
    (void)state;
    static const struct {
        bool older_first, older, newer;
        const char *status;
    } cases[] = {
        { true, true, true, "ready" },    { true, true, false, "error" },  { true, false, true, "ready" },
        { true, false, false, "error" },  { false, true, true, "ready" },  { false, false, true, "ready" },
        { false, false, false, "error" }, { false, true, false, "ready" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t c = connection(), older = analysis(c), newer = analysis(c);
        int64_t first = cases[i].older_first ? older : newer, last = cases[i].older_first ? newer : older;
        dispatch(newer); /* both */
        status_is(c, "analyzing");
        end(first, first == older ? cases[i].older : cases[i].newer);
        status_is(c, (first == older ? cases[i].older : cases[i].newer) ? "updating" : "analyzing");
        end(last, last == older ? cases[i].older : cases[i].newer);
        status_is(c, cases[i].status);
        nothing_is_wrong();
    }
    no_run_is_left();
}

static void odd_arguments_harm_nothing(void **state)
{
    (void)state;
    static const char *const odd[] = { "{}",
                                       "{\"source\": \"x\"}",
                                       "{\"source\": -1}",
                                       "{\"source\": 1e30}",
                                       "{\"source\": {\"a\": 1}}",
                                       "{\"source\": 99999999999999999999}" };
    int64_t c = connection();
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        int64_t job = record_int(&record, "SELECT argosy.submit('discovery', '%s')", odd[i]);
        dispatch(job);
        status_is(c, "pending");
        end(job, i % 2 == 0);
    }
    status_is(c, "pending");
    nothing_is_wrong();
}

static void analyses_are_not_doubled(void **state)
{
    (void)state;
    int64_t c = connection();
    record_run(&record, "SELECT argosy.connection_schedule(%lld, 168)", (long long)c);
    int64_t job = record_int(&record, "SELECT job FROM argosy.connection_analyze(%lld)", (long long)c);
    assert_int_equal(record_int(&record, "SELECT job FROM argosy.connection_analyze(%lld)", (long long)c), job);
    /* a tick now is passed over: the schedule knows of the job */
    assert_string_equal(record_text(&record,
                                    "SELECT argosy.schedule_busy(s) FROM argosy.schedule s WHERE name = "
                                    "'connection.%lld'",
                                    (long long)c),
                        "t");
    dispatch(job);
    succeed(job);
    /* and one that a tick has submitted is the one that is asked for */
    record_run(&record, "UPDATE argosy.schedule SET last_job = %lld WHERE name = 'connection.%lld'",
               (long long)(job = analysis(c)), (long long)c);
    assert_int_equal(record_int(&record, "SELECT job FROM argosy.connection_analyze(%lld)", (long long)c), job);
    dispatch(job);
    succeed(job);
}

static const char *users(int64_t c)
{
    return record_text(&record, "SELECT coalesce(argosy.connection_users(%lld)::text, '')", (long long)c);
}

static void who_uses_it_is_found_wherever_it_waits(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "SELECT argosy.submit('discovery', '{\"source\": %lld}')",
        "SELECT argosy.submit('discovery', '{\"source\": %lld}', run_at => now() + interval '1 hour')",
        "SELECT argosy.submit('discovery', '{\"source\": %lld}', after => ARRAY[argosy.submit('noop')])",
        "SELECT argosy.submit('target', '{\"target\": %lld}')",
    };
    record_run(&record, "SELECT argosy.kind_put('target', '{\"x-argosy\":{\"version\":1,\"target\":\"target\"},"
                        "\"properties\":{\"target\":{\"type\":\"integer\"}}}')");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        char sql[200];
        int64_t c = connection(), other = connection();
        (void)snprintf(sql, sizeof sql, ways[i], (long long)c);
        assert_string_equal(users(c), "");
        int64_t job = record_int(&record, "%s", sql);
        char expected[40];
        (void)snprintf(expected, sizeof expected, "[%lld]", (long long)job);
        assert_non_null(strstr(users(c), expected));
        assert_string_equal(users(other), "");
        record_run(&record, "SELECT argosy.cancel(%lld)", (long long)job);
        assert_string_equal(users(c), "");
    }
    int64_t c = connection();
    record_run(
        &record,
        "SELECT argosy.schedule_put('mine', '@daily', steps => '[{\"step\":\"a\",\"kind\":\"discovery\",\"args\":"
        "{\"source\": %lld}}]')",
        (long long)c);
    assert_non_null(strstr(users(c), "\"mine\""));
    assert_non_null(strstr(record_text(&record, "SELECT argosy.connection_remove(%lld)", (long long)c), "users"));
    record_run(&record, "SELECT argosy.schedule_remove('mine')");
    assert_non_null(strstr(record_text(&record, "SELECT argosy.connection_remove(%lld)", (long long)c), "removed"));
}

static void many_are_spread(void **state)
{
    (void)state;
    record_run(&record,
               "WITH c AS (INSERT INTO argosy.connection (name, dialect, url) SELECT 'm', 'postgresql', 'x' || n FROM "
               "generate_series(1, %d) n RETURNING id) SELECT argosy.connection_schedule(id, 168) FROM c",
               MANY);
    /* over 42 hours: about 24 an hour, and never two in one minute and a half by more than chance */
    static const char most[] =
        "SELECT max(n) FROM (SELECT count(*) AS n FROM argosy.schedule WHERE name LIKE 'connection.%%' "
        "GROUP BY date_bin('%s', next_run, '2001-01-01')) x";
    char sql[250];
    (void)snprintf(sql, sizeof sql, most, "1 hour");
    assert_in_range(record_int(&record, "%s", sql), 20, 30);
    (void)snprintf(sql, sizeof sql, most, "1 minute");
    assert_in_range(record_int(&record, "%s", sql), 1, 3);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.schedule WHERE name LIKE 'connection.%%' AND "
                                         "next_run NOT BETWEEN now() + interval '125 hours' AND now() + interval '169 "
                                         "hours'"),
                     0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.schedule WHERE cron !~ '^@every 168h from 20'"),
                     0);
}

/* A backlog of others, and no statistics. */
static void a_look_steps_over_the_backlog(void **state)
{
    (void)state;
    int64_t c = connection();
    record_run(&record,
               "INSERT INTO argosy.job_live (id, lane, state, priority, kind) SELECT -n, 1, 2, 100, 'noop' FROM "
               "generate_series(1, %d) n",
               BACKLOG);
    static const char *const looks[] = { "SELECT * FROM argosy.connection_status WHERE id = %lld",
                                         "SELECT * FROM argosy.connection_status WHERE id <= %lld AND status = 'ready' "
                                         "ORDER BY id DESC LIMIT 10" };
    for (size_t i = 0; i < 2; i++) {
        char sql[200];
        (void)snprintf(sql, sizeof sql, looks[i], (long long)c);
        char explain[250];
        (void)snprintf(explain, sizeof explain, "EXPLAIN %s", sql);
        PGresult *plan = PQexec(record.direct, explain);
        assert_int_equal(PQresultStatus(plan), PGRES_TUPLES_OK);
        for (int row = 0; row < PQntuples(plan); row++)
            if (strstr(PQgetvalue(plan, row, 0), "Seq Scan on job_live") != NULL)
                fail_msg("%s: %s", sql, PQgetvalue(plan, row, 0));
        PQclear(plan);
    }
    record_run(&record, "DELETE FROM argosy.job_live WHERE id < 0");
}

/* What runs is read once for a page, not once for each connection of it. */
static void a_page_is_no_product(void **state)
{
    (void)state;
    record_run(&record, "INSERT INTO argosy.connection (name, dialect, url) SELECT 'p', 'postgresql', 'p' || n FROM "
                        "generate_series(1, 5000) n");
    record_run(&record,
               "SELECT argosy.submit('discovery', json_build_object('source', n)) FROM generate_series(1, 100) n");
    record_run(&record,
               "UPDATE argosy.job_live SET state = 3, worker = %lld, seq = 100000 + id WHERE kind = 'discovery'",
               (long long)worker);
    record_run(&record, "ANALYZE");
    static const char look[] =
        "EXPLAIN (ANALYZE, TIMING OFF) SELECT count(*) FROM argosy.connection_status WHERE status = 'analyzing'";
    assert_in_range(record_int(&record, "%s", strstr(look, "SELECT")), 1, 100);
    PGresult *plan = PQexec(record.direct, look);
    assert_int_equal(PQresultStatus(plan), PGRES_TUPLES_OK);
    for (int row = 0; row < PQntuples(plan); row++) {
        const char *line = PQgetvalue(plan, row, 0), *loops = strstr(line, "loops=");
        if (loops != NULL && strtoll(loops + strlen("loops="), NULL, 10) > 1000) /* 5,000: for each connection */
            fail_msg("%s", line);
    }
    PQclear(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_follows_its_job),
        cmocka_unit_test(a_worker_that_is_lost_leaves_no_status),
        cmocka_unit_test(two_jobs_of_one_connection_agree),
        cmocka_unit_test(odd_arguments_harm_nothing),
        cmocka_unit_test(analyses_are_not_doubled),
        cmocka_unit_test(who_uses_it_is_found_wherever_it_waits),
        cmocka_unit_test(many_are_spread),
        cmocka_unit_test(a_look_steps_over_the_backlog),
        cmocka_unit_test(a_page_is_no_product),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
