/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_bulk.c - several sessions at one bulk: who needs a job of it by itself cuts it while others cut or dispatch it.
 * Each job stays there once, and ends once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/record.h"

enum { BULK = 100, PLAYERS = 4, STEPS = 150, CROWD = 1000 };

static struct record record;

static char *ask(PGconn *c, const char *sql)
{
    static char text[200];
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK) {
        print_error("%s: %s", sql, PQerrorMessage(c));
        _exit(1);
    }
    snprintf(text, sizeof text, "%s", PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    return text;
}

/* The first id of a fresh bulk of so many. */
static int64_t bulk(int count)
{
    record_run(&record, "TRUNCATE argosy.job, argosy.job_live, argosy.job_bulk, argosy.job_history, argosy.event");
    int64_t first = record_int(&record,
                               "SELECT (argosy.submit_rows(array_fill('noop'::text, ARRAY[%d]), array_fill('{}'::text, "
                               "ARRAY[%d]), NULL, NULL, NULL, NULL, "
                               "NULL, NULL, NULL, NULL, NULL))[1]",
                               count, count);
    assert_int_equal(record_int(&record, "SELECT sum(last - next + 1) FROM argosy.job_bulk"), count);
    return first;
}

static void sound(void)
{
    assert_string_equal(record_text(&record, "SELECT coalesce(string_agg(format('%%s %%s', \"check\", sample), ', '), "
                                             "'') FROM argosy.fsck() WHERE violations > 0"),
                        "");
}

/* One cuts and has not committed; the other wants a job of the same row: it waits, and finds the piece that is left.
 * place: which job of the bulk the first takes; wanted: the second. */
static void one_waits_for_the_other(int place, int wanted, bool commits)
{
    int64_t first = bulk(BULK);
    PGconn *a = PQconnectdb(record.url), *b = PQconnectdb(record.url);
    char sql[100];
    (void)ask(a, "BEGIN");
    snprintf(sql, sizeof sql, "SELECT argosy.cancel(%lld)", (long long)first + place);
    assert_string_equal(ask(a, sql), "cancelled");
    int pid = PQbackendPID(b);
    snprintf(sql, sizeof sql, "SELECT argosy.cancel(%lld)", (long long)first + wanted);
    assert_int_equal(PQsendQuery(b, sql), 1);
    while (record_int(&record, "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND wait_event_type = 'Lock'",
                      pid) == 0)
        ;
    (void)ask(a, commits ? "COMMIT" : "ROLLBACK");
    PGresult *r = PQgetResult(b);
    assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
    assert_string_equal(PQgetvalue(r, 0, 0), place == wanted && commits ? "final" : "cancelled");
    PQclear(r);
    int ended = commits && place != wanted ? 2 : 1;
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_history"), ended);
    assert_int_equal(record_int(&record, "SELECT sum(last - next + 1) FROM argosy.job_bulk"), BULK - ended);
    PQfinish(a);
    PQfinish(b);
    sound();
}

static void two_break_one_bulk(void **state)
{
    (void)state;
    static const int places[][2] = { { 0, 1 },   { 1, 0 },   { 0, BULK - 1 }, { BULK - 1, 0 }, { 50, 51 },
                                     { 51, 50 }, { 50, 10 }, { 50, 90 },      { 50, 50 } };
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
        one_waits_for_the_other(places[i][0], places[i][1], true);
        one_waits_for_the_other(places[i][0], places[i][1], false);
    }
}

/* A dispatch that has taken from a bulk and has not committed: who cancels a job of it waits, and finds it dispatched
 * or in the rest. */
static void one_is_dispatched_meanwhile(void **state)
{
    (void)state;
    for (int wanted = 5; wanted <= 15; wanted += 10) {
        int64_t first = bulk(BULK);
        PGconn *a = PQconnectdb(record.url), *b = PQconnectdb(record.url);
        char sql[200];
        int64_t worker =
            record_int(&record, "SELECT argosy.worker_register('w', 'h', 1, 'v', '{\"noop\":1}', 1, 'redis')");
        (void)ask(a, "BEGIN");
        snprintf(sql, sizeof sql,
                 "SELECT count(*) FROM argosy.dispatch((SELECT lane FROM argosy.job_bulk LIMIT 1), 10, %lld)",
                 (long long)worker);
        assert_string_equal(ask(a, sql), "10");
        int pid = PQbackendPID(b);
        snprintf(sql, sizeof sql, "SELECT argosy.cancel(%lld)", (long long)first + wanted);
        assert_int_equal(PQsendQuery(b, sql), 1);
        while (record_int(&record, "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND wait_event_type = 'Lock'",
                          pid) == 0)
            ;
        (void)ask(a, "COMMIT");
        PGresult *r = PQgetResult(b);
        assert_string_equal(PQgetvalue(r, 0, 0), "cancelled");
        PQclear(r);
        assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live WHERE state = 3"),
                         wanted < 10 ? 9 : 10);
        assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.cancel_notice"), wanted < 10 ? 1 : 0);
        record_run(&record, "TRUNCATE argosy.cancel_notice");
        PQfinish(a);
        PQfinish(b);
        sound();
    }
}

/* ---- a crowd ---- */

static void player(unsigned self, int64_t first)
{
    char sql[400];
    uint64_t dice = 88172645463325252ULL * (self + 1);
    PGconn *c = PQconnectdb(record.url);
    snprintf(sql, sizeof sql, "SELECT argosy.worker_register('p%u', 'h', 1, 'v', '{\"noop\":1}', 1, 'redis')", self);
    long worker = strtol(ask(c, sql), NULL, 10);
    for (unsigned i = 0; i < STEPS; i++) {
        dice ^= dice << 13, dice ^= dice >> 7, dice ^= dice << 17;
        long long job = (long long)first + (long long)((dice >> 20) % CROWD);
        switch ((dice >> 11) % 4) {
        case 0:
            snprintf(sql, sizeof sql, "SELECT argosy.cancel(%lld)", job);
            break;
        case 1:
            snprintf(sql, sizeof sql,
                     "SELECT argosy.submit('noop', run_at => now() + interval '1 day', after => ARRAY[%lld, %lld], "
                     "on_failure => 'continue')",
                     job, job < first + CROWD - 1 ? job + 1 : job - 1);
            break;
        default:
            snprintf(sql, sizeof sql,
                     "WITH d AS MATERIALIZED (SELECT x.id, x.epoch FROM argosy.lane l, argosy.dispatch(l.id, 5, %ld) x "
                     "WHERE l.kind = 'noop') SELECT "
                     "argosy.finish(%ld, array_agg(id), array_agg(epoch), array_agg('{}'::text), array_agg(1::bigint)) "
                     "FROM d HAVING count(*) > 0",
                     worker, worker);
        }
        (void)ask(c, sql);
    }
    PQfinish(c);
    _exit(0);
}

static void a_crowd_ends_each_job_once(void **state)
{
    (void)state;
    int64_t first = bulk(CROWD);
    for (unsigned i = 0; i < PLAYERS; i++)
        if (fork() == 0)
            player(i, first);
    for (unsigned i = 0; i < PLAYERS; i++) {
        int status = -1;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_int_equal(record_int(&record,
                                "SELECT (SELECT count(*) FROM argosy.job_history WHERE id < %lld) + (SELECT count(*) "
                                "FROM argosy.job_live WHERE id < %lld) + "
                                "(SELECT coalesce(sum(last - next + 1), 0) FROM argosy.job_bulk)",
                                (long long)first + CROWD, (long long)first + CROWD),
                     CROWD);
    assert_int_equal(record_int(&record, "SELECT count(DISTINCT id) - count(*) FROM argosy.job_history"), 0);
    sound();
}

int main(void)
{
    record_start(&record);
    record_run(&record,
               "SELECT argosy.lane_make('default', 'default', 'noop'); UPDATE argosy.scheduler SET idle = false");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_break_one_bulk),
        cmocka_unit_test(one_is_dispatched_meanwhile),
        cmocka_unit_test(a_crowd_ends_each_job_once),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
