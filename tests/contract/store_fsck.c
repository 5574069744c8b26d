/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_fsck.c - argosy.fsck() finds each violation that is planted, and nothing in a record that is sound; `job why`
 * says for each state what the job waits for.
 *
 * The scene: a has succeeded, b is dispatched, c is available, d waits for c, f has failed. Each violation is planted
 * in a transaction that is rolled back.
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
static int64_t a, b, c, d, f, worker;
static int32_t lane;

static int set_up(void **state)
{
    (void)state;
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    lane = (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
    worker = sync_worker_register(s, "w", "{\"noop\":1,\"quick\":1,\"target\":1}");
    a = sync_submit_kind(s, "noop", "{}");
    f = sync_submit_kind(s, "noop", "{}");
    b = sync_submit_kind(s, "noop", "{}");
    assert_int_equal(sync_dispatch(s, lane, 3, worker), 3);
    assert_true(sync_finish_one(s, worker, a, 1));
    assert_true(sync_fail(s, worker, f, 1, FAIL_FAILED, ERROR_FATAL));
    c = sync_submit_kind(s, "noop", "{}");
    d = record_int(&record, "SELECT argosy.submit('noop', after => ARRAY[%lld]::bigint[])", (long long)c);
    record_run(
        &record,
        "CREATE TEMP TABLE scene AS SELECT %lld::bigint AS a, %lld::bigint AS b, %lld::bigint AS c, %lld::bigint AS d",
        (long long)a, (long long)b, (long long)c, (long long)d);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    record_finish(&record);
    return 0;
}

static void a_sound_record_has_no_violation(void **state)
{
    (void)state;
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.fsck()"), 33);
    assert_int_equal(record_int(&record, "SELECT sum(violations) FROM argosy.fsck()"), 0);
}

#define HISTORY    "INSERT INTO argosy.job_history (id, epoch, state, attempts, lost, lane, kind) "

#define BULK       "INSERT INTO argosy.job_bulk "

#define BATCH      "SELECT argosy.batch_submit('b', '[{\"kind\":\"noop\"},{\"kind\":\"noop\"}]'); "

#define CONNECTION "INSERT INTO argosy.connection (id, name, dialect, url"

#define RUN        "INSERT INTO argosy.connection_run (job, connection, epoch, began, phase, since) "

/* b analyses connection 7. */
#define OF_JOB_B                                                                                           \
    "UPDATE argosy.job_live SET kind = 'discovery' FROM scene WHERE id = b; UPDATE argosy.job SET args = " \
    "'{\"source\": 7}' FROM scene "                                                                        \
    "WHERE id = b; "

#define TICK "schedule:s:2026-01-01T00:00:00Z"

/* What the newer checks look at, as it should be: batches, claims, schedules that fire, dead letters replayed and dead
 * again. */
static void a_busy_sound_record_has_none(void **state)
{
    (void)state;
    record_run(&record, "BEGIN");
    record_run(&record, BATCH "SELECT argosy.cancel(max(id)) FROM argosy.job; SELECT argosy.batches_step(); SELECT "
                              "argosy.cancel(max(id) - 1) FROM argosy.job");
    record_run(&record, "SELECT argosy.submit('noop', uniqueness => '{}'); SELECT argosy.submit('noop', uniqueness => "
                        "'{\"key\":\"k\"}')");
    record_run(&record, "SELECT argosy.cancel(job) FROM argosy.unique_claim LIMIT 1");
    record_run(&record, "SELECT argosy.schedule_put('one', '* * * * *', 'noop'); SELECT argosy.schedule_put('two', '* "
                        "* * * *', steps => "
                        "'[{\"step\":\"a\",\"kind\":\"noop\"},{\"step\":\"b\",\"kind\":\"noop\"}]')");
    for (int minute = 1; minute <= 3; minute++)
        assert_int_equal(
            record_int(
                &record,
                "SELECT argosy.schedules_fire((SELECT json_agg(json_build_object('name', name, 'revision', revision, "
                "'ticks', "
                "ARRAY[%d * 60000], 'skipped', 0, 'upto', %d * 60000, 'next', %d * 60000)) FROM argosy.schedule))",
                minute, minute, minute + 1),
            2);
    record_run(&record, "SELECT argosy.schedule_run('one'), argosy.schedule_run('two'), argosy.schedule_run('one')");
    record_run(&record, "SELECT argosy.retry(%lld); SELECT argosy.cancel(%lld)", (long long)f, (long long)f);
    record_run(&record, CONNECTION ") OVERRIDING SYSTEM VALUE VALUES (7, 'c', 'sqlite', 'sqlite:c'); " OF_JOB_B RUN
                                   "SELECT b, 7, 1, now(), 'indexing', now() FROM scene");
    assert_string_equal(
        record_text(&record, "SELECT coalesce(string_agg(\"check\", ','), '') FROM argosy.fsck() WHERE violations > 0"),
        "");
    record_run(&record, "ROLLBACK");
}

static const struct {
    const char *check, *plant;
} planted_cases[] = {
    { "lost", "DELETE FROM argosy.job_live WHERE id = (SELECT c FROM scene)" },
    { "live_without_job", "DELETE FROM argosy.job WHERE id = (SELECT c FROM scene)" },
    { "bulk_and_more", BULK "SELECT b, b, b, lane, priority, kind FROM argosy.job, scene WHERE id = b" },
    { "bulk_without_job", BULK "VALUES (999990, 999990, 999999, 1, 100, 'noop')" },
    { "final_twice", HISTORY "SELECT a, 1, 5, 1, 0, 1, 'noop' FROM scene" },
    { "final_after_success", HISTORY "SELECT a, 2, 6, 1, 0, 1, 'noop' FROM scene" },
    { "live_after_success", HISTORY "SELECT c, 0, 5, 1, 0, 1, 'noop' FROM scene" },
    { "epoch_fell", "INSERT INTO argosy.event (job, epoch, type) SELECT b, 99, 'retrying' FROM scene" },
    { "live_below_final", HISTORY "SELECT c, 10, 6, 1, 0, 1, 'noop' FROM scene" },
    { "final_before_submitted", "UPDATE argosy.job_history SET n = 0 WHERE id = (SELECT a FROM scene)" },
    { "dispatched_to_dead", "UPDATE argosy.worker SET dead = true" },
    { "seq_not_given_out", "UPDATE argosy.job_live SET seq = 999 WHERE id = (SELECT b FROM scene)" },
    { "seq_twice",
      "UPDATE argosy.job_live l SET state = 3, worker = x.worker, seq = x.seq FROM argosy.job_live x, scene"
      " WHERE l.id = scene.c AND x.id = scene.b" },
    { "worker_without_dispatch", "UPDATE argosy.job_live SET worker = NULL WHERE id = (SELECT b FROM scene)" },
    { "waits_wrong", "UPDATE argosy.job_live SET waits = 7 WHERE id = (SELECT d FROM scene)" },
    { "blocked_for_nothing", "UPDATE argosy.job_live SET waits = 0 WHERE id = (SELECT d FROM scene)" },
    { "blocked_for_ever", "DELETE FROM argosy.job_live WHERE id = (SELECT c FROM scene); " HISTORY
                          "SELECT c, 1, 6, 1, 0, 1, 'noop' FROM scene" },
    { "not_depended", "UPDATE argosy.job_live SET depended = false WHERE id = (SELECT c FROM scene)" },
    { "dependency_of_nobody", "INSERT INTO argosy.job_dependency (job, parent) SELECT 999999, a FROM scene" },
    { "sealing_without_target", "UPDATE argosy.job_live SET sealing = 6 WHERE id = (SELECT c FROM scene)" },
    { "scheduled_without_time",
      "UPDATE argosy.job_live SET state = 1, run_at = NULL WHERE id = (SELECT c FROM scene)" },
    { "batch_counts_wrong", BATCH "UPDATE argosy.batch SET total = 3" },
    { "batch_counts_wrong", BATCH "INSERT INTO argosy.batch_delta SELECT id, 5, 1 FROM argosy.batch" },
    { "batch_counts_wrong", BATCH "SELECT argosy.cancel(max(id)) FROM argosy.job; DELETE FROM argosy.batch_delta" },
    { "claim_without_job", "SELECT argosy.submit('noop', uniqueness => '{}'); UPDATE argosy.unique_claim SET job = 0" },
    { "claim_without_job",
      "SELECT argosy.submit('noop', uniqueness => '{}'); DELETE FROM argosy.job_live l USING argosy.unique_claim u "
      "WHERE "
      "l.id = u.job; DELETE FROM argosy.job j USING argosy.unique_claim u WHERE j.id = u.job" },
    { "tick_twice",
      "SELECT argosy.submit('noop', origin => 'schedule', correlation => '" TICK "') FROM generate_series(1, 2)" },
    { "tick_twice", "SELECT argosy.pipeline_submit('s', "
                    "'[{\"step\":\"a\",\"kind\":\"noop\"},{\"step\":\"b\",\"kind\":\"noop\"}]', "
                    "origin => 'schedule', correlation => '" TICK "') FROM generate_series(1, 2)" },
    { "next_tick_wrong", "SELECT argosy.schedule_put('s', '* * * * *', 'noop'); UPDATE argosy.schedule SET "
                         "next_run = now(), last_tick = now()" },
    { "dead_letter_wrong", "UPDATE argosy.dead_letter SET n = n - 1" },
    { "dead_letter_wrong", "INSERT INTO argosy.dead_letter SELECT a, 0, now(), 1, 'noop', 'x', false FROM scene" },
    { "dead_letter_wrong", "INSERT INTO argosy.job_live (id, epoch, lane, state, priority, kind) SELECT job, 99, "
                           "lane, 2, 100, kind FROM "
                           "argosy.dead_letter" },
    { "final_without_event", "UPDATE argosy.job_history SET xid = '999999999999' WHERE id = (SELECT a FROM scene)" },
    { "event_twice",
      "UPDATE argosy.job SET n = (SELECT max(n) FROM argosy.job_history) WHERE id = (SELECT c FROM scene)" },
    { "revived_without_event", HISTORY "SELECT job, 9, 6, 1, 0, 1, 'noop' FROM argosy.dead_letter" },
    { "analysis_wrong", RUN "SELECT a, 1, 1, now(), 'analyzing', now() FROM scene" }, /* has ended */
    { "analysis_wrong",
      CONNECTION ") OVERRIDING SYSTEM VALUE VALUES (7, 'c', 'sqlite', 'sqlite:c'); UPDATE argosy.job_live SET kind = "
                 "'discovery'; " RUN "SELECT b, 7, 1, now(), 'analyzing', now() FROM scene" },
    { "analysis_wrong", OF_JOB_B RUN "SELECT b, 7, 99, now(), 'indexing', now() FROM scene" },
    { "connection_state_wrong",
      CONNECTION ", state) OVERRIDING SYSTEM VALUE VALUES (7, 'c', 'sqlite', 'sqlite:c', 'ready')" },
    { "connection_state_wrong",
      CONNECTION ", state, error_code, state_job) OVERRIDING SYSTEM VALUE SELECT 7, 'c', 'sqlite', 'sqlite:c', "
                 "'error', 'fatal', a FROM scene" },
    { "connection_state_wrong",
      CONNECTION ", error_code) OVERRIDING SYSTEM VALUE VALUES (7, 'c', 'sqlite', 'sqlite:c', 'fatal')" },
    { "analysis_unnoticed",
      CONNECTION ", state_since) OVERRIDING SYSTEM VALUE VALUES (7, 'c', 'sqlite', 'sqlite:c', '-infinity'); "
                 "UPDATE argosy.job j SET args = '{\"source\": 7}' FROM scene WHERE j.id = a; "
                 "UPDATE argosy.job_history h SET kind = 'discovery' FROM scene WHERE h.id = a" },
    { "trial_left", "INSERT INTO argosy.connection_trial (id, dialect, url, job) SELECT 7, 'sqlite', 'sqlite:c', a "
                    "FROM scene" },
};

static void each_planted_violation_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof planted_cases / sizeof planted_cases[0]; i++) {
        record_run(&record, "BEGIN; %s", planted_cases[i].plant);
        int64_t found =
            record_int(&record, "SELECT violations FROM argosy.fsck() WHERE \"check\" = '%s'", planted_cases[i].check);
        record_run(&record, "ROLLBACK");
        if (found < 1)
            fail_msg("fsck did not find a planted %s", planted_cases[i].check);
    }
    for (int i = 0; i < record_int(&record, "SELECT count(*) FROM argosy.fsck()"); i++) {
        const char *check = record_text(&record, "SELECT \"check\" FROM argosy.fsck() OFFSET %d LIMIT 1", i);
        bool planted = false;
        for (size_t k = 0; k < sizeof planted_cases / sizeof planted_cases[0]; k++)
            planted = planted || strcmp(planted_cases[k].check, check) == 0;
        if (!planted)
            fail_msg("nothing plants %s", check);
    }
}

/* The member "why" of sql/job_why.sql, into a buffer of the test's. */
static const char *why(int64_t job)
{
    static char text[1024];
    char id[32];
    const char *params[] = { id };
    (void)snprintf(id, sizeof id, "%lld", (long long)job);
    PGresult *r = PQexecParams(record.direct, statement_find("job_why")->data, 1, NULL, params, NULL, NULL, 0);
    assert_int_equal(PQresultStatus(r), PGRES_TUPLES_OK);
    assert_int_equal(PQntuples(r), 1);
    (void)snprintf(text, sizeof text, "%s", PQgetvalue(r, 0, 0));
    PQclear(r);
    return text;
}

static void says(int64_t job, const char *part)
{
    const char *text = why(job);
    if (strstr(text, part) == NULL)
        fail_msg("job why %lld: \"%s\" is not in %s", (long long)job, part, text);
}

static void why_says_what_a_job_waits_for(void **state)
{
    (void)state;
    static const struct {
        const char *change; /* in a transaction that is rolled back */
        const int64_t *job;
        const char *says;
    } cases[] = {
        { "SELECT", &a, "ended: succeeded" },
        { "SELECT", &f, "ended: failed" },
        { "SELECT", &b, "Worker w" },
        { "UPDATE argosy.worker SET dead = true", &b, "is dead" },
        { "SELECT", &c, "It is next in queue default" },
        { "SELECT", &d, "It waits for 1 job(s) to succeed" },
        { "UPDATE argosy.queue SET paused = true", &c, "is paused" },
        { "UPDATE argosy.worker SET dead = true", &c, "No worker is alive that knows kind noop" },
        { "UPDATE argosy.worker SET quiet = true", &c, "is quiet" },
        { "UPDATE argosy.job_live SET state = 1, run_at = now() + interval '1 hour'", &c, "It is scheduled for" },
        { "UPDATE argosy.job_live SET sealing = 6", &c, "fence in its target" },
        { "SELECT argosy.submit('noop', priority => 1)", &c, "1 job(s) are ahead of it" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        record_run(&record, "BEGIN; %s", cases[i].change);
        says(*cases[i].job, cases[i].says);
        record_run(&record, "ROLLBACK");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_record_has_no_violation),
        cmocka_unit_test(a_busy_sound_record_has_none),
        cmocka_unit_test(each_planted_violation_is_found),
        cmocka_unit_test(why_says_what_a_job_waits_for),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
