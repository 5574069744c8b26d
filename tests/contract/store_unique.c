/* SPDX-License-Identifier: Apache-2.0 */
/* store_unique.c - unique jobs on the real record: what counts as the same, for how long, races, and that nothing of it
 * stays. */
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
    record_run(&record, "TRUNCATE argosy.job_live, argosy.unique_claim");
    return 0;
}

static int64_t submit(const char *call)
{
    return record_int(&record, "SELECT argosy.submit(%s)", call);
}

/* The first of two calls gives a job; is the second one's the same? */
static bool same(const char *first, const char *second)
{
    int64_t id = submit(first);
    return submit(second) == id;
}

static void what_is_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *first, *second;
        bool same;
    } cases[] = {
        { "'noop', '{\"payload\":\"1\"}', uniqueness => '{}'", "'noop', '{ \"payload\" : \"1\" }', uniqueness => '{}'",
          true },
        { "'noop', '{\"payload\":\"2\",\"sleep_ms\":1}', uniqueness => '{}'",
          "'noop', '{\"sleep_ms\":1,\"payload\":\"2\"}', uniqueness => '{}'", true },
        { "'noop', '{\"payload\":\"3\"}', uniqueness => '{}'", "'noop', '{\"payload\":\"4\"}', uniqueness => '{}'",
          false },
        { "'noop', '{\"payload\":\"5\"}', uniqueness => '{}'", "'quick', '{\"payload\":\"5\"}', uniqueness => '{}'",
          false },
        { "'noop', '{\"payload\":\"6\"}', uniqueness => '{}'", "'noop', '{\"payload\":\"6\"}'", false },
        { "'noop', '{\"payload\":\"7\"}', uniqueness => '{}'",
          "'noop', '{\"payload\":\"7\"}', tenant => 'b', uniqueness => '{}'", false },
        { "'noop', '{\"payload\":\"8\"}', uniqueness => '{}'",
          "'noop', '{\"payload\":\"8\"}', queue => 'b', uniqueness => '{}'", true },
        { "'noop', '{\"payload\":\"9\"}', uniqueness => '{\"scope\":\"queue\"}'",
          "'noop', '{\"payload\":\"9\"}', queue => 'b', uniqueness => '{\"scope\":\"queue\"}'", false },
        { "'noop', '{\"payload\":\"a\"}', uniqueness => '{\"scope\":\"all\"}'",
          "'noop', '{\"payload\":\"a\"}', tenant => 'b', uniqueness => '{\"scope\":\"all\"}'", true },
        { "'noop', '{\"payload\":\"b\"}', uniqueness => '{\"key\":\"x\"}'",
          "'noop', '{\"payload\":\"c\"}', uniqueness => '{\"key\":\"x\"}'", true },
        { "'noop', uniqueness => '{\"key\":\"y\"}'", "'noop', uniqueness => '{\"key\":\"z\"}'", false },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (same(cases[i].first, cases[i].second) != cases[i].same)
            fail_msg("%s and %s", cases[i].first, cases[i].second);
}

static void for_how_long(void **state)
{
    (void)state;
    /* one letter a stage of the job's life: w waits, r runs, s has succeeded, f has failed; + the claim holds */
    static const struct {
        const char *unique, *stages;
    } cases[] = { { "{\"while\":\"waiting\"}", "w+r-s-f-" },
                  { "{\"while\":\"live\"}", "w+r+s-f-" },
                  { "{\"period_s\":1000}", "w+r+s+f-" },
                  { "{\"while\":\"always\",\"period_s\":1000}", "w+r+s+f+" } };
    int64_t w = sync_worker_register(s, "w", "{\"noop\":1}");
    int32_t lane = (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (const char *stage = cases[i].stages; *stage; stage += 2) {
            char call[160];
            snprintf(call, sizeof call, "'noop', '{\"payload\":\"%u%c\"}', uniqueness => '%s'", i, *stage,
                     cases[i].unique);
            int64_t id = submit(call);
            if (*stage != 'w')
                assert_int_equal(sync_dispatch(s, lane, 1, w), 1);
            if (*stage == 's')
                assert_true(sync_finish_one(s, w, id, s->jobs[0].epoch));
            if (*stage == 'f')
                assert_true(sync_fail(s, w, id, s->jobs[0].epoch, FAIL_FAILED, ERROR_FATAL));
            if ((submit(call) == id) != (stage[1] == '+'))
                fail_msg("%s at stage %c", cases[i].unique, *stage);
            record_run(&record, "TRUNCATE argosy.job_live");
        }
    /* a period ends, whatever its job does */
    int64_t id = submit("'noop', uniqueness => '{\"while\":\"live\",\"period_s\":1000}'");
    assert_int_equal(submit("'noop', uniqueness => '{\"while\":\"live\",\"period_s\":1000}'"), id);
    record_run(&record, "UPDATE argosy.unique_claim SET until = now() - interval '1 s'");
    assert_int_not_equal(submit("'noop', uniqueness => '{\"while\":\"live\",\"period_s\":1000}'"), id);
}

/* The second submitter waits for the first one's end: its COMMIT gives it the same id, its ROLLBACK a job of its own.
 */
static void a_race(void **state)
{
    (void)state;
    for (int old = 0; old < 2; old++) /* the claim is new, or was that of a job that has ended */
        for (int commit = 0; commit < 2; commit++) {
            char sql[160];
            snprintf(sql, sizeof sql, "SELECT argosy.submit('noop', uniqueness => '{\"key\":\"race%d%d\"}')", old,
                     commit);
            if (old)
                record_run(&record, "SELECT argosy.cancel((%s))", sql + strlen("SELECT "));
            record_run(&record, "BEGIN");
            int64_t first = record_int(&record, "%s", sql);
            PGconn *other = PQconnectdb(record.url);
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
            assert_int_equal(record_int(&record, "%s", sql), second);
        }
}

static void many_at_once(void **state)
{
    (void)state;
    static struct submit_row rows[200];
    static char args[200][32];
    for (unsigned i = 0; i < 200; i++) {
        snprintf(args[i], sizeof args[i], "{\"payload\":\"%u\"}", i / 2);
        rows[i] = (struct submit_row){ .kind = "noop", .args = args[i], .unique = i % 4 == 3 ? NULL : "{}" };
    }
    assert_int_equal(sync_submit(s, rows, 200), ERROR_OK);
    for (unsigned i = 0; i < 200; i += 4) {
        assert_int_equal(s->ids[i], s->ids[i + 1]);
        assert_true(!s->existing[i] && s->existing[i + 1] && !s->existing[i + 2] && !s->existing[i + 3]);
        assert_int_not_equal(s->ids[i + 2], s->ids[i + 3]);
    }
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 150);
    int64_t before = s->ids[0];
    assert_int_equal(sync_submit(s, rows, 200), ERROR_OK);
    assert_true(s->existing[0] && s->ids[0] == before);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 200);
    const struct submit_row keyed = {
        .kind = "noop", .args = "{}", .unique = "{\"while\":\"waiting\"}", .idempotency_key = "unique"
    };
    assert_int_equal(sync_submit(s, &keyed, 1), ERROR_OK);
    assert_false(s->existing[0]);
    record_run(&record, "SELECT argosy.cancel(%lld)", (long long)s->ids[0]);
    before = s->ids[0];
    assert_int_equal(sync_submit(s, &keyed, 1), ERROR_OK); /* the claim is free, the key is not */
    assert_true(s->existing[0] && s->ids[0] == before);
}

static void nothing_stays(void **state)
{
    (void)state;
    record_run(&record, "SELECT argosy.submit('noop', json_build_object('payload', i::text), uniqueness => '{}') FROM "
                        "generate_series(1, 300) i");
    record_run(&record, "SELECT argosy.cancel(id) FROM argosy.job_live ORDER BY id LIMIT 290");
    char from[40] = "";
    for (unsigned pages = 0;; pages++) { /* by the page, as the scheduler does */
        assert_true(pages < 10);
        snprintf(from, sizeof from, "%s",
                 record_text(&record,
                             "SELECT coalesce(encode(argosy.unique_sweep(decode('%s', 'hex'), 50), 'hex'), '')", from));
        if (!from[0])
            break;
    }
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.unique_claim"), 10);
}

static void refusals(void **state)
{
    (void)state;
    static const char *const bad[] = { "[]",
                                       "{\"key\":1}",
                                       "{\"key\":\"\"}",
                                       "{\"more\":1}",
                                       "{\"scope\":\"world\"}",
                                       "{\"while\":\"ever\"}",
                                       "{\"while\":\"always\"}",
                                       "{\"period_s\":0}",
                                       "{\"period_s\":99999999}",
                                       "{\"period_s\":\"1\"}" };
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_string_equal(record_refused(&record, "SELECT argosy.submit('noop', uniqueness => '%s')", bad[i]),
                            "AG008");
    assert_string_equal(record_refused(&record, "SELECT argosy.submit('noop', after => '{1}', uniqueness => '{}')"),
                        "AG008");
    const struct submit_row row = { .kind = "noop", .args = "{", .unique = "{}" };
    assert_int_equal(sync_submit(s, &row, 1), ERROR_INVALID);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.unique_claim"), 0);
}

int main(void)
{
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_the_same, clean), cmocka_unit_test_setup(for_how_long, clean),
        cmocka_unit_test_setup(a_race, clean),           cmocka_unit_test_setup(many_at_once, clean),
        cmocka_unit_test_setup(nothing_stays, clean),    cmocka_unit_test_setup(refusals, clean),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
