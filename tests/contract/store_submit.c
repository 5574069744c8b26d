/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_submit.c - what gets in and what does not: refusals with their codes, idempotency keys, dependencies,
 * pipelines, and the races among submitters and finishers.
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
static struct sync sync_store;
static struct sync *s = &sync_store;

static int clean(void **state)
{
    (void)state;
    record_run(&record, "TRUNCATE argosy.job_live, argosy.job_dependency");
    return 0;
}

static int32_t lane(void)
{
    return (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
}

static int state_of(int64_t id)
{
    return (int)record_int(
        &record, "SELECT coalesce((SELECT state FROM argosy.job_live WHERE id = %lld), argosy.last_state(%lld))",
        (long long)id, (long long)id);
}

static int64_t worker(void)
{
    return sync_worker_register(s, "w", "{\"noop\":1,\"quick\":1,\"target\":1}");
}

static void refusals_say_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *call, *sqlstate;
    } cases[] = {
        { "'nothing'", "AG001" },
        { "'noop', args => '[]'", "AG002" },
        { "'noop', args => '{\"a\":\"\\u0000\"}'", "22P05" },
        { "'noop', args => ('{\"a\":\"' || repeat('x', 300000) || '\"}')::json", "AG004" },
        { "'noop', queue => 'Upper'", "AG003" },
        { "'noop', tenant => ''", "AG003" },
        { "'noop', priority => 1001", "AG008" },
        { "'noop', priority => 0", "AG008" },
        { "'noop', attempts_max => -1", "AG008" },
        { "'noop', timeout_s => 100000000", "AG008" },
        { "'noop', idempotency_key => ''", "AG008" },
        { "'noop', after => '{99999999}'", "AG005" },
        { "'noop', after => '{NULL}'", "AG005" },
    };
    int64_t before = record_int(&record, "SELECT count(*) FROM argosy.job");
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = record_refused(&record, "SELECT argosy.submit(%s)", cases[i].call);
        if (strcmp(got, cases[i].sqlstate) != 0)
            fail_msg("%s gives %s", cases[i].call, got);
    }
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job"), before);
    const struct submit_row bad = { .kind = "noop", .args = "{" };
    assert_int_equal(sync_submit(s, &bad, 1), ERROR_INVALID);
    assert_string_equal(s->error.code, "invalid_arguments");
    const struct submit_row unknown = { .kind = "nothing", .args = "{}" };
    assert_int_equal(sync_submit(s, &unknown, 1), ERROR_INVALID);
    assert_string_equal(s->error.code, "unknown_kind");
}

static void a_key_is_one_job(void **state)
{
    (void)state;
    const struct submit_row rows[] = { { .kind = "noop", .args = "{\"a\": 1}", .idempotency_key = "k" },
                                       { .kind = "noop", .args = "{}" },
                                       { .kind = "noop", .args = "{\"a\":1}", .idempotency_key = "k" } };
    assert_int_equal(sync_submit(s, rows, 3), ERROR_OK);
    int64_t first = s->ids[0];
    assert_int_equal(s->ids[2], first);
    assert_int_not_equal(s->ids[1], first);
    assert_int_equal(sync_submit(s, rows, 1), ERROR_OK);
    assert_int_equal(s->ids[0], first);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 2);
    const struct submit_row other = { .kind = "noop", .args = "{\"a\":2}", .idempotency_key = "k" };
    assert_int_equal(sync_submit(s, &other, 1), ERROR_REFUSED);
    assert_string_equal(s->error.code, "idempotency_conflict");
}

/* The second submitter waits for the first one's end: its COMMIT gives it the same id, its ROLLBACK a job of its own.
 */
static void a_key_in_a_race(void **state)
{
    (void)state;
    for (int commit = 0; commit < 2; commit++) {
        char key[16];
        snprintf(key, sizeof key, "race%d", commit);
        const struct submit_row row = { .kind = "noop", .args = "{}", .idempotency_key = key };
        record_run(&record, "BEGIN");
        int64_t first = record_int(&record, "SELECT argosy.submit('noop', idempotency_key => '%s')", key);
        PGconn *other = PQconnectdb(record.url);
        char sql[128];
        snprintf(sql, sizeof sql, "SELECT argosy.submit('noop', idempotency_key => '%s')", key);
        assert_true(PQsendQuery(other, sql));
        while (record_int(&record, "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %d",
                          PQbackendPID(other)) == 0)
            ;
        record_run(&record, commit ? "COMMIT" : "ROLLBACK");
        PGresult *result = PQgetResult(other);
        int64_t second = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
        PQclear(result);
        PQfinish(other);
        assert_int_equal(second == first, commit);
        assert_int_equal(state_of(second), JOB_AVAILABLE);
        assert_int_equal(sync_submit(s, &row, 1), ERROR_OK);
        assert_int_equal(s->ids[0], second);
    }
}

static int64_t after(const char *ids)
{
    return record_int(&record, "SELECT argosy.submit('noop', after => '{%s}')", ids);
}

static void a_child_waits_for_all_its_parents(void **state)
{
    (void)state;
    char ids[64];
    int64_t w = worker(), a = sync_submit_kind(s, "noop", "{}"), b = sync_submit_kind(s, "noop", "{}");
    snprintf(ids, sizeof ids, "%lld,%lld", (long long)a, (long long)b);
    int64_t child = after(ids);
    snprintf(ids, sizeof ids, "%lld", (long long)child);
    int64_t grandchild = after(ids);
    assert_int_equal(sync_dispatch(s, lane(), 10, w), 2);
    assert_true(sync_finish_one(s, w, a, 1));
    assert_int_equal(state_of(child), JOB_BLOCKED);
    assert_true(sync_finish_one(s, w, b, 1));
    assert_int_equal(state_of(child), JOB_AVAILABLE);
    snprintf(ids, sizeof ids, "%lld", (long long)a);
    assert_int_equal(state_of(after(ids)), JOB_AVAILABLE); /* its parent has succeeded before */
    assert_int_equal(sync_cancel(s, child), 1);
    assert_int_equal(state_of(grandchild), JOB_CANCELLED);
    assert_string_equal(record_text(&record, "SELECT argosy.last_error(%lld)", (long long)grandchild),
                        "dependency_failed");
    snprintf(ids, sizeof ids, "%lld", (long long)child);
    assert_int_equal(state_of(after(ids)), JOB_CANCELLED); /* its parent was cancelled before */
    assert_int_equal(sync_retry(s, grandchild), -1);
    assert_string_equal(s->error.code, "dependency_not_succeeded");
    assert_int_equal(sync_retry(s, a), -1);
    assert_string_equal(s->error.code, "already_succeeded");
    assert_int_equal(sync_retry(s, child), 1);
    assert_int_equal(state_of(grandchild), JOB_BLOCKED);
    assert_int_equal(sync_retry(s, child), 2);
    assert_int_equal(sync_retry(s, 99999999), 0);
}

/* Two transactions each finish one parent; the second one's must see the first one's decrement. */
static void two_parents_finish_at_once(void **state)
{
    (void)state;
    char ids[64], sql[256];
    int64_t w = worker(), a = sync_submit_kind(s, "noop", "{}"), b = sync_submit_kind(s, "noop", "{}");
    snprintf(ids, sizeof ids, "%lld,%lld", (long long)a, (long long)b);
    int64_t child = after(ids);
    assert_int_equal(sync_dispatch(s, lane(), 2, w), 2);
    record_run(&record, "BEGIN");
    record_run(&record, "SELECT argosy.finish(%lld, '{%lld}', '{1}', '{\"{}\"}', '{1}')", (long long)w, (long long)a);
    PGconn *other = PQconnectdb(record.url);
    snprintf(sql, sizeof sql, "SELECT argosy.finish(%lld, '{%lld}', '{1}', '{\"{}\"}', '{1}')", (long long)w,
             (long long)b);
    assert_true(PQsendQuery(other, sql));
    while (record_int(&record, "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %d", PQbackendPID(other)) ==
           0)
        ;
    record_run(&record, "COMMIT");
    PQclear(PQgetResult(other));
    PQfinish(other);
    assert_int_equal(state_of(child), JOB_AVAILABLE);
}

/* Who submits a child while its parent is being finished must not be forgotten, whoever comes first. */
static void a_child_comes_while_its_parent_goes(void **state)
{
    (void)state;
    char sql[256];
    for (int finish_first = 0; finish_first < 2; finish_first++) {
        int64_t w = worker(), parent = sync_submit_kind(s, "noop", "{}");
        assert_int_equal(sync_dispatch(s, lane(), 1, w), 1);
        const char *finish = "SELECT argosy.finish(%lld, '{%lld}', '{1}', '{\"{}\"}', '{1}')";
        record_run(&record, "BEGIN");
        if (finish_first)
            record_run(&record, "SELECT argosy.finish(%lld, '{%lld}', '{1}', '{\"{}\"}', '{1}')", (long long)w,
                       (long long)parent);
        else
            record_run(&record, "SELECT argosy.submit('noop', after => '{%lld}')", (long long)parent);
        PGconn *other = PQconnectdb(record.url);
        if (finish_first)
            snprintf(sql, sizeof sql, "SELECT argosy.submit('noop', after => '{%lld}')", (long long)parent);
        else
            snprintf(sql, sizeof sql, finish, (long long)w, (long long)parent);
        assert_true(PQsendQuery(other, sql));
        while (record_int(&record, "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %d",
                          PQbackendPID(other)) == 0)
            ;
        record_run(&record, "COMMIT");
        PQclear(PQgetResult(other));
        PQfinish(other);
        assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live WHERE state = 2"), 1);
        record_run(&record, "TRUNCATE argosy.job_live");
    }
}

static void pipelines(void **state)
{
    (void)state;
    static const struct {
        const char *steps, *sqlstate;
    } bad[] = {
        { "[]", "AG007" },
        { "{}", "AG007" },
        { "[{\"kind\":\"noop\"}]", "AG007" },
        { "[{\"step\":\"a\",\"kind\":\"noop\",\"after\":[\"b\"]}]", "AG007" },
        { "[{\"step\":\"a\",\"kind\":\"noop\"},{\"step\":\"a\",\"kind\":\"noop\"}]", "AG007" },
        { "[{\"step\":\"a\",\"kind\":\"noop\",\"after\":[\"b\"]},{\"step\":\"b\",\"kind\":\"noop\",\"after\":[\"a\"]}]",
          "AG007" },
        { "[{\"step\":\"a\",\"kind\":\"nothing\"}]", "AG001" },
    };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_string_equal(record_refused(&record, "SELECT argosy.pipeline_submit('p', '%s')", bad[i].steps),
                            bad[i].sqlstate);
    record_run(&record,
               "SELECT argosy.pipeline_submit('p', "
               "'[{\"step\":\"c\",\"kind\":\"noop\",\"after\":[\"a\",\"b\"]},{\"step\":\"a\",\"kind\":\"noop\"},"
               "{\"step\":\"b\",\"kind\":\"noop\",\"after\":[\"a\"]}]')");
    assert_string_equal(
        record_text(
            &record,
            "SELECT string_agg(step || waits, ' ' ORDER BY step) FROM argosy.job_live JOIN argosy.job USING (id)"),
        "a0 b1 c2");
    /* children join it, and who waits for their parent waits for them */
    int64_t w = worker();
    assert_int_equal(sync_dispatch(s, lane(), 10, w), 1);
    assert_true(
        sync_finish_whole(s, w, s->jobs[0].id, 1,
                          "[{\"step\":\"x\",\"kind\":\"noop\"},{\"step\":\"y\",\"kind\":\"noop\",\"after\":[\"x\"]}]"));
    assert_string_equal(
        record_text(
            &record,
            "SELECT string_agg(step || waits, ' ' ORDER BY step) FROM argosy.job_live JOIN argosy.job USING (id)"),
        "b1 c2 x0 y1");
    assert_int_equal(sync_dispatch(s, lane(), 10, w), 1);
    struct dispatch x = s->jobs[0];
    assert_false(sync_finish_whole(s, w, x.id, x.epoch, "[{\"step\":\"b\",\"kind\":\"noop\"}]"));
    assert_string_equal(s->error.code, "invalid_pipeline");
    assert_int_equal(state_of(x.id), JOB_DISPATCHED); /* nothing half done */
    assert_true(sync_finish_one(s, w, x.id, x.epoch));
    assert_int_equal(sync_dispatch(s, lane(), 10, w), 1);
    assert_true(sync_finish_one(s, w, s->jobs[0].id, s->jobs[0].epoch));
    assert_string_equal(
        record_text(
            &record,
            "SELECT string_agg(step || waits, ' ' ORDER BY step) FROM argosy.job_live JOIN argosy.job USING (id)"),
        "b0 c1");
    assert_int_equal(record_int(&record, "SELECT sum(violations) FROM argosy.fsck() WHERE \"check\" <> 'lost'"),
                     0); /* tests truncate the live table */
}

int main(void)
{
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(refusals_say_what_is_wrong, clean),
        cmocka_unit_test_setup(a_key_is_one_job, clean),
        cmocka_unit_test_setup(a_key_in_a_race, clean),
        cmocka_unit_test_setup(a_child_waits_for_all_its_parents, clean),
        cmocka_unit_test_setup(two_parents_finish_at_once, clean),
        cmocka_unit_test_setup(a_child_comes_while_its_parent_goes, clean),
        cmocka_unit_test_setup(pipelines, clean),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
