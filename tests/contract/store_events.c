/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_events.c - the cursor over events skips nothing and doubles nothing, whatever transactions do around it:
 * overlap, roll back, use savepoints, are prepared and committed later, or stay open in another database.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/embed.h"
#include "sql/text.h"
#include "tests/support/record.h"
#include "tests/support/server.h"

enum { WRITERS = 6, STEPS = 1500, EVENTS_MAX = 20000, PAGE = 7 };

static struct record record;
static PGconn *writers[WRITERS];
static char seen[1024];                /* the cursor: a snapshot */
static unsigned char told[EVENTS_MAX]; /* by n */
static uint64_t dice = 88172645463325252ULL;

static unsigned roll(unsigned sides)
{
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return (unsigned)((dice >> 11) % sides);
}

static void run(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(c));
    PQclear(r);
}

/* One page; returns how many events it held. upto NULL: up to now, and ret_upto says what that was. */
static unsigned page(const char *upto, int64_t after, char *ret_upto, int64_t *ret_last, bool *ret_lost)
{
    char after_text[24], limit[8];
    snprintf(after_text, sizeof after_text, "%lld", (long long)after);
    snprintf(limit, sizeof limit, "%d", PAGE);
    const char *const values[] = { seen, upto, after_text, limit, NULL, NULL };
    const struct embed_file *file = embed_find(embed_sql, embed_sql_count, "events_read.sql");
    PGresult *r = PQexecParams(record.direct, file->data, 6, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(record.direct));
    snprintf(ret_upto, sizeof seen, "%s", PQgetvalue(r, 0, 0));
    *ret_lost = PQgetvalue(r, 0, 1)[0] == 't';
    int64_t last = after;
    for (int i = 1; i < PQntuples(r); i++) {
        int64_t n = strtoll(PQgetvalue(r, i, 2), NULL, 10);
        assert_true(n > last && n < EVENTS_MAX);
        if (told[n]++)
            fail_msg("event %lld came twice", (long long)n);
        last = n;
    }
    unsigned count = (unsigned)PQntuples(r) - 1;
    PQclear(r);
    *ret_last = last;
    return count;
}

/* All that is there; returns how many events. */
static unsigned read_all(void)
{
    char upto[sizeof seen], same[sizeof seen];
    int64_t last = 0;
    bool lost;
    unsigned count = page(NULL, 0, upto, &last, &lost), more = count;
    assert_false(lost);
    while (more == PAGE) {
        more = page(upto, last, same, &last, &lost);
        assert_string_equal(same, upto);
        count += more;
    }
    snprintf(seen, sizeof seen, "%s", upto);
    return count;
}

static int begin(void **state)
{
    (void)state;
    memset(told, 0, sizeof told);
    record_run(&record, "TRUNCATE argosy.job, argosy.job_live, argosy.job_history, argosy.event");
    snprintf(seen, sizeof seen, "%s", record_text(&record, "SELECT pg_current_snapshot()"));
    return 0;
}

static void who_commits_late_is_not_skipped(void **state)
{
    (void)state;
    run(writers[0], "BEGIN; SELECT argosy.submit('noop')");
    run(writers[1], "SELECT argosy.submit('noop')");
    assert_int_equal(read_all(), 1);
    assert_int_equal(read_all(), 0);
    run(writers[0],
        "SAVEPOINT a; SELECT argosy.submit('noop'); ROLLBACK TO a; SELECT argosy.submit('noop'); RELEASE a; COMMIT");
    assert_int_equal(read_all(), 2);
    run(writers[0], "BEGIN; SELECT argosy.submit('noop'); PREPARE TRANSACTION 'later'");
    run(writers[1], "SELECT argosy.submit('noop')");
    assert_int_equal(read_all(), 1);
    run(writers[2], "COMMIT PREPARED 'later'");
    assert_int_equal(read_all(), 1);
    run(writers[0], "BEGIN; SELECT argosy.submit('noop'); ROLLBACK");
    assert_int_equal(read_all(), 0);
}

static void a_stranger_holds_nobody_up(void **state)
{
    (void)state;
    char url[512];
    run(writers[0], "CREATE DATABASE stranger");
    snprintf(url, sizeof url, "%s dbname=stranger", record.url);
    PGconn *stranger = PQconnectdb(url);
    run(stranger, "BEGIN; CREATE TABLE t (i int)");
    for (int i = 0; i < 20; i++) {
        run(writers[0], "SELECT argosy.submit('noop')");
        assert_int_equal(read_all(), 1);
    }
    run(stranger, "COMMIT");
    assert_int_equal(read_all(), 0);
    PQfinish(stranger);
}

static void writer_step(unsigned i, int *open)
{
    char sql[160];
    switch (roll(8)) {
    case 0:
    case 1:
    case 2:
        run(writers[i], "SELECT argosy.submit('noop')");
        break;
    case 3:
        snprintf(sql, sizeof sql,
                 "SELECT argosy.cancel(id) FROM argosy.job_live WHERE id %% %d = %u ORDER BY id LIMIT 1", WRITERS, i);
        run(writers[i], sql);
        break;
    case 4:
        if (!open[i])
            run(writers[i], "BEGIN");
        open[i] = 1;
        break;
    case 5:
        if (open[i])
            run(writers[i], roll(2) ? "SAVEPOINT s; SELECT argosy.submit('noop')"
                                    : "SAVEPOINT s; SELECT argosy.submit('noop'); ROLLBACK TO s");
        break;
    default:
        if (open[i])
            run(writers[i], roll(4) ? "COMMIT" : "ROLLBACK");
        open[i] = 0;
        break;
    }
}

static void random_writers(void **state)
{
    (void)state;
    int open[WRITERS] = { 0 };
    for (unsigned step = 0; step < STEPS; step++) {
        writer_step(roll(WRITERS), open);
        if (roll(5) == 0)
            read_all();
    }
    for (unsigned i = 0; i < WRITERS; i++)
        if (open[i])
            run(writers[i], "COMMIT");
    read_all();
    int64_t total = record_int(&record, "SELECT (SELECT count(*) FROM argosy.job) + (SELECT count(*) FROM "
                                        "argosy.job_history) + (SELECT count(*) FROM argosy.event)");
    int64_t got = 0;
    for (unsigned n = 0; n < EVENTS_MAX; n++)
        got += told[n];
    assert_true(total > STEPS / 4);
    assert_int_equal(got, total);
}

static void a_cursor_behind_retention_is_told(void **state)
{
    (void)state;
    char upto[sizeof seen];
    int64_t last;
    bool lost;
    record_run(
        &record,
        "UPDATE argosy.setting SET value = (pg_current_xact_id()::text::bigint + 1)::text WHERE name = 'events_floor'");
    page(NULL, 0, upto, &last, &lost);
    assert_true(lost);
    record_run(&record, "UPDATE argosy.setting SET value = '0' WHERE name = 'events_floor'");
}

static void partitions_come_and_go(void **state)
{
    (void)state;
    run(writers[0],
        "SELECT argosy.submit('noop'), argosy.submit('noop'); SELECT argosy.cancel(min(id)) FROM argosy.job_live");
    /* without its partition an insert goes to the default one, and moves when the partition is made */
    record_run(&record, "SELECT argosy.partition_drop(p) FROM argosy.partitions_of('job') p");
    record_run(&record, "SELECT argosy.submit('noop') FROM generate_series(1, 3)");
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_rest"), 3);
    assert_int_equal(record_int(&record, "SELECT argosy.partitions_ensure()"), 3);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_rest"), 0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job"), 3);
    assert_true(record_int(&record, "SELECT value::bigint FROM argosy.setting WHERE name = 'events_floor'") > 0);
    /* retention takes whole partitions whose jobs have ended long ago, and nothing else */
    record_run(&record, "TRUNCATE argosy.job, argosy.job_live, argosy.job_history");
    record_run(&record, "UPDATE argosy.setting SET value = '10' WHERE name = 'job_partition_rows'; SELECT "
                        "argosy.partition_drop(p) FROM argosy.partitions_of('job') p; "
                        "SELECT setval('argosy.job_id', 100, false); SELECT argosy.partitions_ensure()");
    record_run(&record, "SELECT argosy.submit('noop') FROM generate_series(1, 10)");
    record_run(&record, "SELECT argosy.partitions_ensure()");
    record_run(&record, "SELECT argosy.submit('noop') FROM generate_series(1, 5)");
    record_run(&record, "SELECT argosy.cancel(id) FROM argosy.job_live");
    record_run(&record, "SELECT argosy.submit('noop')");
    record_run(&record, "UPDATE argosy.setting SET value = '0' WHERE name = 'retention_wait_s'");
    assert_int_equal(record_int(&record, "SELECT coalesce(again_s, -1) FROM argosy.retention_step(true)"), -1);
    record_run(&record, "UPDATE argosy.job SET submitted = submitted - interval '40 days' WHERE id < 110; UPDATE "
                        "argosy.job_history SET finished = finished - interval '40 days' WHERE id < 110");
    for (int i = 0; i < 3; i++)
        record_run(&record, "SELECT argosy.retention_step(true)");
    assert_int_equal(record_int(&record, "SELECT min(id) FROM argosy.job"), 110);
    assert_int_equal(
        record_int(&record, "SELECT coalesce(sum(violations), 0) FROM argosy.fsck() WHERE \"check\" = 'lost'"), 0);
}

int main(void)
{
    record_start(&record);
    record_run(&record, "ALTER SYSTEM SET max_prepared_transactions = 10");
    record_finish(&record);
    support_postgres_restart();
    record_open(&record);
    record_run(&record, "UPDATE argosy.scheduler SET idle = false"); /* what has notified can't be prepared */
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = PQconnectdb(record.url);
        run(writers[i], "SET client_min_messages = error");
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(who_commits_late_is_not_skipped, begin),
        cmocka_unit_test_setup(a_stranger_holds_nobody_up, begin),
        cmocka_unit_test_setup(random_writers, begin),
        cmocka_unit_test_setup(a_cursor_behind_retention_is_told, begin),
        cmocka_unit_test_setup(partitions_come_and_go, begin),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (unsigned i = 0; i < WRITERS; i++)
        PQfinish(writers[i]);
    record_finish(&record);
    return failed;
}
