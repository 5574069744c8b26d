/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_squeeze.c - hot tables are written anew under everybody's hands, over and over, and nobody notices: processes
 * submit (single jobs, bulk, dependants), dispatch, finish, fail, give back, cancel and retry, each in a lane of its
 * own, so that it knows what every call must answer. One that found its job in neither the old file nor the new one
 * would be told so: "fenced out", a short dispatch, not_found.
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

enum { PLAYERS = 3, STEPS = 300, HELD_MAX = 4000, SQL_SIZE = 512 };

static struct record record;

/* ---- one process, with plain calls: a failure ends it with a message ---- */

static PGconn *c;
static unsigned player, available, done;
static int64_t lane, worker, held[HELD_MAX], epochs[HELD_MAX];
static unsigned held_count;
static uint64_t dice;

static unsigned roll(unsigned sides)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (unsigned)((dice >> 11) % sides);
}

static PGresult *ask(const char *format, ...) __attribute__((format(printf, 1, 2)));
static PGresult *ask(const char *format, ...)
{
    char sql[SQL_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) {
        fprintf(stderr, "player %u: %s: %s\n", player, sql, PQerrorMessage(c));
        _exit(1);
    }
    return r;
}

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "player %u: %s (available %u, held %u, done %u)\n", player, what, available, held_count, done);
    _exit(1);
}

static int64_t ask_int(const char *sql)
{
    PGresult *r = ask("%s", sql);
    int64_t value = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
    PQclear(r);
    return value;
}

static void answers(const char *sql, const char *expected)
{
    PGresult *r = ask("%s", sql);
    if (strcmp(PQgetvalue(r, 0, 0), expected) != 0)
        fprintf(stderr, "player %u: %s: \"%s\"\n", player, sql, PQgetvalue(r, 0, 0));
    must(strcmp(PQgetvalue(r, 0, 0), expected) == 0, expected);
    PQclear(r);
}

static void submit(unsigned count)
{
    PQclear(ask("SELECT argosy.submit_rows(array_fill('noop'::text, ARRAY[n]), array_fill('{}'::text, ARRAY[n]), "
                "array_fill('q%u'::text, ARRAY[n]), t, b, b, t, b, b, t, t) FROM (SELECT n, array_fill(NULL::text, "
                "ARRAY[n]) AS t, array_fill(NULL::bigint, ARRAY[n]) AS b FROM (VALUES (%u)) v(n)) x",
                player, count));
    available += count;
}

static void dispatch(unsigned most)
{
    if (held_count + most > HELD_MAX)
        return;
    PGresult *r = ask("SELECT id, epoch FROM argosy.dispatch(%d, %u, %lld)", (int)lane, most, (long long)worker);
    must((unsigned)PQntuples(r) == (most < available ? most : available), "a dispatch of another size");
    for (int i = 0; i < PQntuples(r); i++) {
        held[held_count] = strtoll(PQgetvalue(r, i, 0), NULL, 10);
        epochs[held_count++] = strtoll(PQgetvalue(r, i, 1), NULL, 10);
    }
    available -= (unsigned)PQntuples(r);
    PQclear(r);
}

/* The last of what is held leaves our hands by a call that is to answer `expected`. */
static void last(const char *format, const char *expected)
{
    char sql[SQL_SIZE];
    held_count--;
    snprintf(sql, sizeof sql, format, worker, held[held_count], epochs[held_count]);
    answers(sql, expected);
}

static void finish_all(void)
{
    for (; held_count > 0; done++)
        last("SELECT cardinality(argosy.finish(%lld, ARRAY[%lld], ARRAY[%lld], ARRAY['{}'], ARRAY[5]))", "1");
}

static void step(void)
{
    char sql[SQL_SIZE];
    switch (roll(9)) {
    case 0:
        submit(1 + roll(3));
        break;
    case 1:
        if (available < 500)
            submit(100);
        break;
    case 2:
    case 3:
        dispatch(1 + roll(40));
        break;
    case 4:
        finish_all();
        break;
    case 5:
        if (held_count > 0) {
            last("SELECT argosy.give_back(%lld, ARRAY[%lld], ARRAY[%lld])", "1");
            available++;
        }
        break;
    case 6:
        if (held_count > 0) {
            last("SELECT cardinality(argosy.fail(%lld, ARRAY[%lld], ARRAY[%lld], ARRAY['interrupted'], ARRAY['retry'], "
                 "ARRAY['x'], ARRAY['x'], ARRAY[NULL]))",
                 "1");
            available++;
        }
        break;
    case 7: /* one that waits, dispatched or in bulk: cancelled, and back again */
        if (held_count > 0) {
            int64_t id = held[--held_count];
            snprintf(sql, sizeof sql, "SELECT argosy.cancel(%lld)", (long long)id);
            answers(sql, "cancelled");
            snprintf(sql, sizeof sql, "SELECT argosy.retry(%lld)", (long long)id);
            answers(sql, "again");
            available++;
        }
        snprintf(sql, sizeof sql, "SELECT quiet FROM argosy.beat(%lld, 0, 0, NULL, NULL)", (long long)worker);
        answers(sql, "f");
        break;
    default: /* somebody who waits for one that is held */
        if (held_count > 0) {
            snprintf(sql, sizeof sql, "SELECT argosy.submit('noop', queue => 'q%u', after => ARRAY[%lld]) > 0", player,
                     (long long)held[held_count - 1]);
            answers(sql, "t");
            last("SELECT cardinality(argosy.finish(%lld, ARRAY[%lld], ARRAY[%lld], ARRAY['{}'], ARRAY[5]))", "1");
            done++;
            available++;
        }
    }
}

static void play(void)
{
    char sql[SQL_SIZE];
    c = PQconnectdb(record.url);
    dice = 88172645463325252ULL + player;
    snprintf(sql, sizeof sql, "SELECT argosy.lane_make('q%u', 'default', 'noop')", player);
    lane = ask_int(sql);
    snprintf(sql, sizeof sql, "SELECT argosy.worker_register('p%u', 'h', 1, 'v', '{\"noop\":1}', 1, 'redis')", player);
    worker = ask_int(sql);
    for (unsigned i = 0; i < STEPS; i++)
        step();
    while (available > 0 || held_count > 0) {
        dispatch(100);
        finish_all();
    }
    snprintf(sql, sizeof sql, "SELECT count(*) FROM argosy.job_history WHERE lane = %d AND state = 5", (int)lane);
    must(ask_int(sql) == done, "not all that was finished is in the history");
    PQfinish(c);
    _exit(0);
}

/* ---- the one who writes the tables anew ---- */

static void nobody_notices(void **state)
{
    (void)state;
    static const char *const tables[] = { "job_live", "job_bulk", "worker", "scheduler", "job_live" };
    unsigned done_count = 0, refused = 0, left = PLAYERS;
    int status;
    for (player = 0; player < PLAYERS; player++)
        if (fork() == 0)
            play();
    for (unsigned i = 0; left > 0; i++) {
        const char *table = tables[i % 5];
        bool squeezed =
            record_text(&record, "SELECT argosy.squeeze_table('%s', NULL::argosy.%s[])", table, table)[0] == 't';
        done_count += squeezed;
        refused += !squeezed;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid > 0) {
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
            left--;
        }
    }
    print_message("written anew %u times, not to be had %u times\n", done_count, refused);
    assert_true(done_count > 50);
    assert_int_equal(record_int(&record, "SELECT sum(violations) FROM argosy.fsck()"), 0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_bulk"), 0);
}

/* With a snapshot pinned no vacuum may remove what is dead; squeeze() finds the table by the statistics and does. */
static void a_pinned_snapshot_keeps_nothing(void **state)
{
    (void)state;
    PGconn *pin = PQconnectdb(record.url);
    PQclear(PQexec(pin, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1"));
    record_run(&record, "SELECT argosy.submit('noop') FROM generate_series(1, 1000)");
    for (unsigned i = 0; i < 30; i++)
        record_run(&record, "UPDATE argosy.job_live SET attempts = 0");
    record_run(&record, "SELECT pg_stat_force_next_flush()");
    record_run(&record, "VACUUM argosy.job_live");
    assert_true(record_int(&record, "SELECT pg_relation_size('argosy.job_live')") > 2000000);
    record_run(&record, "SELECT pg_stat_force_next_flush()");
    assert_true(record_int(&record, "SELECT pg_stat_get_dead_tuples('argosy.job_live'::regclass)") > 25000);
    assert_string_equal(record_text(&record, "SELECT argosy.squeeze()"), "job_live");
    assert_true(record_int(&record, "SELECT pg_relation_size('argosy.job_live')") < 200000);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 1000);
    assert_string_equal(record_text(&record, "SELECT argosy.squeeze() IS NULL"), "t");
    PQfinish(pin);
}

int main(void)
{
    record_start(&record);
    const struct CMUnitTest tests[] = { cmocka_unit_test(nobody_notices),
                                        cmocka_unit_test(a_pinned_snapshot_keeps_nothing) };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
