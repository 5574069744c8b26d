/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_retention.c - how long what has ended is kept: each final state for itself, by days that are dropped or written
 * anew; what somebody may still need stays; nothing goes while a reader of events might not notice.
 *
 * The past is made by hand: jobs end as usual, then their rows move back by days.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/statement.h"
#include "tests/support/record.h"
#include "tests/support/sync.h"

static struct record record;
static struct sync sync_store;
static struct sync *s = &sync_store;
static int64_t worker;
static int32_t lane;

static int begin(void **state)
{
    (void)state;
    record_run(
        &record,
        "TRUNCATE argosy.job, argosy.job_live, argosy.job_bulk, argosy.job_history, argosy.event, argosy.dead_letter, "
        "argosy.job_dependency, argosy.pipeline, argosy.batch, argosy.unique_claim, argosy.idempotency, "
        "argosy.partition_work");
    record_run(&record, "UPDATE argosy.setting SET value = '-infinity' WHERE name = 'history_floor'; "
                        "UPDATE argosy.setting SET value = '0' WHERE name IN ('events_floor', 'retention_wait_s'); "
                        "SELECT argosy.retention_set(10 * 86400, 60 * 86400, 20 * 86400)");
    record_run(
        &record,
        "DO $$ BEGIN FOR i IN 1 .. 70 LOOP PERFORM argosy.partition_make('job_history', 'job_history_' || "
        "to_char(current_date - i, 'YYYYMMDD'), 'finished', (current_date - i)::text, (current_date - i + 1)::text); "
        "END LOOP; END $$");
    record_run(&record, "ANALYZE"); /* the catalogs, too: plans over the names of partitions change */
    return 0;
}

/* Until there is nothing to do soon. Returns how many partitions were dropped or replaced. */
static int64_t keep(void)
{
    int64_t done = 0;
    for (unsigned i = 0; i < 1000; i++) {
        const char *step =
            record_text(&record, "SELECT done || ' ' || coalesce(again_s::text, '') FROM argosy.retention_step(true)");
        done += strtoll(step, NULL, 10);
        if (strchr(step, ' ')[1] == '\0')
            return done;
    }
    fail_msg("retention does not come to an end");
    return 0;
}

/* A job that ends in that way, so many days ago. */
static void end(int64_t id, int how)
{
    if (how == 7) {
        (void)sync_cancel(s, id);
        return;
    }
    assert_int_equal(sync_dispatch(s, lane, 1, worker), 1);
    assert_int_equal(s->jobs[0].id, id);
    int64_t epoch = s->jobs[0].epoch;
    assert_true(how == 5 ? sync_finish_one(s, worker, id, epoch)
                         : sync_fail(s, worker, id, epoch, FAIL_FAILED, ERROR_FATAL));
}

static void age(int64_t id, int days)
{
    record_run(&record,
               "UPDATE argosy.job SET submitted = submitted - interval '%d days' WHERE id = %lld; "
               "UPDATE argosy.job_history SET finished = finished - interval '%d days' WHERE id = %lld",
               days, (long long)id, days, (long long)id);
}

static int64_t ended(int how, int days)
{
    int64_t id = sync_submit_kind(s, "noop", "{}");
    end(id, how);
    age(id, days);
    return id;
}

static bool is_there(int64_t id)
{
    return record_int(&record, "SELECT count(*) FROM argosy.job_history WHERE id = %lld", (long long)id) > 0;
}

static void sound(void)
{
    assert_string_equal(
        record_text(&record, "SELECT coalesce(string_agg(\"check\", ','), '') FROM argosy.fsck() WHERE violations > 0"),
        "");
}

static void each_state_has_its_own_time(void **state)
{
    (void)state;
    static const int days[] = { 0, 9, 12, 19, 22, 59, 62 };
    int64_t ids[3][7];
    for (int how = 5; how <= 7; how++)
        for (unsigned i = 0; i < 7; i++)
            ids[how - 5][i] = ended(how, days[i]);
    char *before = strdup(
        record_text(&record, "SELECT string_agg(x::text, ';' ORDER BY n) FROM argosy.job_history x WHERE state = 6 AND "
                             "finished > now() - interval '60 days'"));
    assert_true(keep() >= 3);
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(is_there(ids[0][i]), days[i] <= 10);
        assert_int_equal(is_there(ids[1][i]), days[i] <= 60);
        assert_int_equal(is_there(ids[2][i]), days[i] <= 20);
    }
    /* what is kept is what it was, its number and its transaction with it */
    assert_string_equal(
        record_text(&record, "SELECT string_agg(x::text, ';' ORDER BY n) FROM argosy.job_history x WHERE state = 6"),
        before);
    free(before);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.dead_letter"), 6);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_history_rest"), 0);
    /* days that are past every time are gone as tables; the others are partitions like the ones before */
    assert_int_equal(
        record_int(&record,
                   "SELECT count(*) FROM argosy.partitions_of('job_history') p WHERE right(p, 8) < to_char(now() - "
                   "interval '60 days', 'YYYYMMDD')"),
        0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM pg_class WHERE relname LIKE '%%\\_kept'"), 0);
    sound();
    assert_int_equal(keep(), 0);
    end(sync_submit_kind(s, "noop", "{}"), 6); /* the triggers are there, too */
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.dead_letter"), 7);
}

static void what_may_be_needed_stays(void **state)
{
    (void)state;
    /* a pipeline whose last step failed: a replay reads what the other steps have left */
    int64_t load = record_int(
        &record,
        "SELECT (argosy.pipeline_submit('p', '[{\"step\": \"load\", \"kind\": \"noop\"}, {\"step\": \"other\", "
        "\"kind\": \"noop\"}, {\"step\": \"use\", \"kind\": \"noop\", \"after\": [\"load\"]}, {\"step\": \"then\", "
        "\"kind\": \"noop\", \"after\": [\"use\"]}]') -> 'jobs' ->> 'load')::bigint");
    end(load, 5), end(load + 1, 5), end(load + 2, 6);
    for (int i = 0; i < 4; i++)
        age(load + i, 30);
    /* a parent whose dependant still waits; a success that holds a claim; a success behind which a failure would show
     */
    int64_t parent = ended(5, 30);
    record_run(&record,
               "SELECT argosy.submit('noop', run_at => now() + interval '1 year', after => ARRAY[%lld]::bigint[])",
               (long long)parent);
    int64_t claim = record_int(&record, "SELECT argosy.submit('noop', uniqueness => '{\"key\": \"k\", \"period_s\": "
                                        "2000000, \"while\": \"successful\"}')");
    end(claim, 5);
    age(claim, 15);
    int64_t again = ended(6, 20);
    assert_int_equal(sync_retry(s, again), 1);
    end(again, 5);
    record_run(&record,
               "UPDATE argosy.job_history SET finished = now() - interval '15 days' WHERE id = %lld AND state = 5",
               (long long)again);
    int64_t plain = ended(5, 30);
    (void)keep();
    assert_true(is_there(load) && is_there(load + 1) && is_there(load + 2) && is_there(load + 3));
    assert_true(is_there(parent) && is_there(claim) && !is_there(plain));
    assert_int_equal(record_int(&record, "SELECT argosy.last_state(%lld)", (long long)again), 5);
    assert_int_equal(record_int(&record, "SELECT argosy.submit('noop', uniqueness => '{\"key\": \"k\", \"period_s\": "
                                         "2000000, \"while\": \"successful\"}')"),
                     claim);
    sound();
    /* the replay brings along whoever was cancelled with it, though cancelled ones are kept for a shorter time */
    assert_int_equal(record_int(&record,
                                "SELECT json_array_length(argosy.dlq_act('replay', ARRAY[%lld]::bigint[], NULL, NULL, "
                                "NULL, 1, false) -> 'jobs' -> 0 "
                                "-> 'along')",
                                (long long)(load + 2)),
                     1);
    sound();
}

static void a_reader_of_events_is_told_first(void **state)
{
    (void)state;
    static const char lost[] =
        "SELECT (pg_snapshot_xmin('%s'::pg_snapshot)::text::numeric < argosy.setting_int('events_floor'))::int";
    char seen[256];
    snprintf(seen, sizeof seen, "%s", record_text(&record, "SELECT pg_current_snapshot()"));
    (void)ended(5, 30);
    record_run(&record, "UPDATE argosy.setting SET value = '3600' WHERE name = 'retention_wait_s'");
    int64_t days = record_int(&record, "SELECT count(*) FROM argosy.partitions_of('job_history') p");
    while (record_int(&record, "SELECT coalesce(again_s, 9999) FROM argosy.retention_step(true)") < 60)
        ;
    assert_int_equal(record_int(&record, lost, seen), 1);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.partitions_of('job_history') p"), days);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_history"),
                     1); /* whoever began before reads it still */
    snprintf(seen, sizeof seen, "%s", record_text(&record, "SELECT pg_current_snapshot()"));
    record_run(&record, "UPDATE argosy.partition_work SET due = now() WHERE due IS NOT NULL; "
                        "UPDATE argosy.setting SET value = '0' WHERE name = 'retention_wait_s'");
    assert_true(keep() > 0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_history"), 0);
    assert_int_equal(record_int(&record, lost, seen), 0);
}

/* Prepares all that is to be done, and does nothing of it yet. */
static void prepare(void)
{
    record_run(&record, "UPDATE argosy.setting SET value = '3600' WHERE name = 'retention_wait_s'");
    while (record_int(&record, "SELECT coalesce(again_s, 9999) FROM argosy.retention_step(true)") < 60)
        ;
    record_run(&record, "UPDATE argosy.setting SET value = '0' WHERE name = 'retention_wait_s'");
}

static void what_happens_between_the_steps_counts(void **state)
{
    (void)state;
    int64_t kept = ended(6, 30), parent = ended(5, 30), plain = ended(5, 40);
    prepare();
    /* somebody comes who reads the parent's result */
    int64_t child = record_int(
        &record, "SELECT argosy.submit('noop', run_at => now() + interval '1 day', after => ARRAY[%lld]::bigint[])",
        (long long)parent);
    record_run(&record, "UPDATE argosy.partition_work SET due = now() WHERE due IS NOT NULL");
    (void)keep();
    assert_true(is_there(kept) && is_there(parent) && !is_there(plain));
    (void)sync_cancel(s, child);
    /* a lock that is not to be had: nobody waits for long, and it is done later */
    PGconn *reader = PQconnectdb(record.url);
    PQclear(PQexec(reader, "BEGIN; SELECT count(*) FROM argosy.job_history"));
    record_run(&record, "SELECT argosy.retention_set(1 * 86400, 60 * 86400, 20 * 86400)");
    int64_t young = ended(5, 5);
    prepare();
    record_run(&record, "UPDATE argosy.partition_work SET due = now() WHERE due IS NOT NULL");
    assert_int_equal(record_int(&record, "SELECT done * 100 + again_s FROM argosy.retention_step(true)"), 10);
    assert_true(is_there(young));
    PQfinish(reader);
    (void)keep();
    assert_false(is_there(young));
    sound();
}

static void shows_nothing(const char *statement, int64_t id)
{
    char text[24];
    const char *params[] = { text };
    (void)snprintf(text, sizeof text, "%lld", (long long)id);
    PGresult *r = PQexecParams(record.direct, statement_find(statement)->data, 1, NULL, params, NULL, NULL, 0);
    assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
    assert_int_equal(PQntuples(r), 0);
    PQclear(r);
}

static void arguments_follow_their_jobs(void **state)
{
    (void)state;
    record_run(&record, "UPDATE argosy.setting SET value = '10' WHERE name = 'job_partition_rows'; "
                        "SELECT argosy.partition_drop(p) FROM argosy.partitions_of('job') p; "
                        "SELECT setval('argosy.job_id', (SELECT last_value / 10 * 10 + 10 FROM argosy.job_id), false); "
                        "SELECT argosy.partitions_ensure()");
    int64_t first = ended(6, 30), gone = 0;
    for (int i = 1; i < 9; i++)
        gone = ended(5, 30);
    record_run(&record, "SELECT argosy.submit('noop', idempotency_key => 'old')");
    int64_t keyed = gone + 1;
    end(keyed, 5);
    age(keyed, 30);
    record_run(&record, "SELECT argosy.partitions_ensure()");
    int64_t live = record_int(&record, "SELECT argosy.submit('noop', run_at => now() + interval '1 day')");
    for (int i = 1; i < 10; i++)
        (void)ended(5, 30);
    record_run(&record,
               "UPDATE argosy.job SET submitted = submitted - interval '30 days' WHERE id = %lld; SELECT "
               "argosy.partitions_ensure()",
               (long long)live);
    (void)sync_submit_kind(s, "noop", "{}");
    prepare();
    record_run(&record, "UPDATE argosy.partition_work SET due = now() WHERE due IS NOT NULL");
    while (record_int(&record,
                      "SELECT count(*) FROM argosy.partition_work WHERE name LIKE 'job\\_0%%' AND due IS NOT NULL") ==
           0)
        assert_int_not_equal(record_int(&record, "SELECT coalesce(again_s, 9999) FROM argosy.retention_step(true)"),
                             9999);
    /* between the steps a row of a live job changes */
    record_run(&record, "UPDATE argosy.job SET step = 'told', pipeline = 77 WHERE id = %lld", (long long)live);
    (void)keep();
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job WHERE id < %lld", (long long)live), 1);
    assert_int_equal(record_int(&record, "SELECT id FROM argosy.job WHERE id < %lld", (long long)live), first);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job WHERE id BETWEEN %lld AND %lld",
                                (long long)live, (long long)live + 9),
                     1);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job WHERE step = 'told'"), 1);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.idempotency"), 0);
    sound();
    shows_nothing("job_show", gone);
    shows_nothing("job_why", gone);
    assert_int_equal(sync_retry(s, gone), 0);
    assert_non_null(strstr(
        record_text(&record, "SELECT argosy.dlq_act('replay', ARRAY[%lld]::bigint[], NULL, NULL, NULL, 1, false)",
                    (long long)gone),
        "longer ago than such jobs are kept"));
    assert_non_null(strstr(
        record_text(&record, "SELECT argosy.dlq_act('purge', ARRAY[999999]::bigint[], NULL, NULL, NULL, 1, false)"),
        "there is no such job"));
    /* the failed one can still be replayed */
    assert_int_equal(sync_retry(s, first), 1);
    sound();
}

/* A scheduler of before calls retention() only: days that are past every time go, nothing is copied. */
static void an_old_scheduler_drops_days(void **state)
{
    (void)state;
    int64_t old = ended(5, 65), young = ended(5, 30);
    int64_t went = 0;
    for (int i = 0; i < 40; i++)
        went += record_int(&record, "SELECT argosy.retention()");
    assert_true(went > 0);
    assert_false(is_there(old));
    assert_true(is_there(young));
    record_run(&record, "SELECT argosy.retention_set(NULL, NULL, NULL)");
    for (int i = 0; i < 80; i++)
        (void)record_int(&record, "SELECT argosy.retention()");
    assert_true(is_there(young)); /* 30 days, by the setting of before */
    sound();
}

int main(void)
{
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    lane = (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
    worker = sync_worker_register(s, "w", "{\"noop\":1,\"quick\":1}");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_state_has_its_own_time, begin),
        cmocka_unit_test_setup(what_may_be_needed_stays, begin),
        cmocka_unit_test_setup(a_reader_of_events_is_told_first, begin),
        cmocka_unit_test_setup(what_happens_between_the_steps_counts, begin),
        cmocka_unit_test_setup(an_old_scheduler_drops_days, begin),
        cmocka_unit_test_setup(arguments_follow_their_jobs, begin),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
