/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_plans.c - after a bulk load without statistics the hot statements still go by their indexes: no sort of the
 * backlog, no scan of a whole table. auto_explain tells the plans of what the functions run; the rates are printed, not
 * judged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "tests/support/record.h"
#include "tests/support/sync.h"

enum { BACKLOG = 60000, BATCH = 1000 };

static struct record record;
static struct sync sync_store;
static struct sync *s = &sync_store;
static struct buffer plans;
static int32_t lane;
static int64_t worker;

static void on_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    buffer_text(&plans, PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY));
    buffer_char(&plans, '\n');
}

/* The plans of all that the statement runs. */
static const char *plans_of(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *plans_of(const char *format, ...)
{
    char sql[512];
    va_list args;
    va_start(args, format);
    vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    buffer_clear(&plans);
    record_run(&record, "BEGIN");
    record_run(&record, "%s", sql);
    record_run(&record, "ROLLBACK");
    return buffer_view(&plans);
}

static void must_not_hold(const char *what, const char *text, const char *unwanted)
{
    if (strstr(text, unwanted) != NULL)
        fail_msg("%s: \"%s\" in\n%s", what, unwanted, text);
}

static void no_scan_of(const char *what, const char *text)
{
    static const char *const tables[] = { "job_live",    "job_bulk", "job_0",         "job_rest",
                                          "job_history", "event_",   "job_dependency" };
    for (unsigned i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        char unwanted[64];
        snprintf(unwanted, sizeof unwanted, "Seq Scan on %s", tables[i]);
        must_not_hold(what, text, unwanted);
    }
}

static void hot_plans(const char *when, bool single)
{
    const char *text = plans_of("SELECT * FROM argosy.dispatch(%d, %d, %lld)", lane, BATCH, (long long)worker);
    assert_non_null(strstr(text, "job_live_available"));
    no_scan_of(when, text);
    must_not_hold(when, text, "Sort");
    must_not_hold(when, text, "Hash");
    text = plans_of("SELECT * FROM argosy.dispatch(%d, 1, %lld)", lane, (long long)worker);
    if (single) /* else bulk comes first */
        assert_non_null(strstr(text, "job_live_available"));
    no_scan_of(when, text);
    must_not_hold(when, text, "Sort");
    must_not_hold(when, text, "Hash");
    text = plans_of("SELECT * FROM argosy.dispatch(%d, %d, %lld); SELECT argosy.finish(%lld, array_agg(id), "
                    "array_agg(epoch), array_agg('{}'::text), "
                    "array_agg(1::bigint)) FROM (SELECT id, epoch FROM argosy.job_live WHERE worker = %lld AND state = "
                    "3 LIMIT 1000) d",
                    lane, BATCH, (long long)worker, (long long)worker, (long long)worker);
    assert_non_null(strstr(text, "job_live_pkey"));
    must_not_hold(when, text, "Hash");
    text = plans_of("SELECT * FROM argosy.lanes()");
    assert_non_null(strstr(text, "job_live_available"));
    no_scan_of(when, text);
    text = plans_of("SELECT argosy.due(1000)");
    assert_non_null(strstr(text, "job_live_scheduled"));
    no_scan_of(when, text);
    text = plans_of("UPDATE argosy.worker SET dead = true; SELECT argosy.expire(%lld, 1000)", (long long)worker);
    assert_non_null(strstr(text, "job_live_dispatched"));
    no_scan_of(when, text);
    text = plans_of("SELECT * FROM argosy.unreceived(%lld, 1000, 1000)", (long long)worker);
    if (single) /* with nothing in the table any index will do */
        assert_non_null(strstr(text, "job_live_dispatched"));
    no_scan_of(when, text);
    text = plans_of("SELECT * FROM argosy.lane_costs(1000)");
    assert_non_null(strstr(text, "xid"));
    no_scan_of(when, text);
    must_not_hold(when, text, "Sort  ("); /* the parts are merged, not sorted */
    text = plans_of(
        "SELECT * FROM argosy.events_between(pg_current_snapshot(), pg_current_snapshot(), 0, 100, NULL, NULL)");
    assert_non_null(strstr(text, "xid"));
    no_scan_of(when, text);
}

static double rate(int64_t started_us, unsigned count)
{
    return count / ((double)(clock_monotonic_us() - started_us) / 1e6);
}

static void load(unsigned count)
{
    static struct submit_row rows[BATCH];
    for (unsigned i = 0; i < BATCH; i++)
        rows[i] = (struct submit_row){ .kind = "noop", .args = "{\"n\":1}" };
    for (unsigned i = 0; i < count; i += BATCH)
        assert_int_equal(sync_submit(s, rows, BATCH), ERROR_OK);
}

static void drain(double *ret_dispatch, double *ret_finish)
{
    static struct finish_row rows[BATCH];
    int64_t dispatch_us = 0, finish_us = 0;
    unsigned count = 0;
    for (;;) {
        int64_t started = clock_monotonic_us();
        unsigned got = sync_dispatch(s, lane, BATCH, worker);
        dispatch_us += clock_monotonic_us() - started;
        if (got == 0)
            break;
        for (unsigned i = 0; i < got; i++)
            rows[i] =
                (struct finish_row){ .id = s->jobs[i].id, .epoch = s->jobs[i].epoch, .result = "{}", .run_us = 5 };
        started = clock_monotonic_us();
        assert_int_equal(sync_finish(s, worker, rows, got), ERROR_OK);
        finish_us += clock_monotonic_us() - started;
        for (unsigned i = 0; i < got; i++)
            assert_true(s->accepted[i]);
        count += got;
    }
    *ret_dispatch = count / ((double)dispatch_us / 1e6);
    *ret_finish = count / ((double)finish_us / 1e6);
}

static void round_of(const char *what, bool single)
{
    int64_t started = clock_monotonic_us();
    load(BACKLOG);
    print_message("%s: submit %8.0f/s in batches of %d\n", what, rate(started, BACKLOG), BATCH);
    hot_plans("loaded, no statistics", single);
    record_run(&record, "ANALYZE");
    hot_plans("loaded, analyzed", single);
    double dispatch, finish;
    drain(&dispatch, &finish);
    print_message("%s: dispatch %8.0f/s, finish %8.0f/s (one connection, fsync off)\n", what, dispatch, finish);
    hot_plans("drained", single);
    assert_int_equal(
        record_int(&record, "SELECT jobs * 100 + mean_us FROM argosy.lane_costs(1000) WHERE lane = %d", lane),
        1000 * 100 + 5);
    record_run(&record, "ANALYZE argosy.job_live");
    hot_plans("analyzed when empty", false);
}

static void plans_with_and_without_statistics(void **state)
{
    (void)state;
    lane = (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
    worker = sync_worker_register(s, "w", "{\"noop\":1,\"quick\":1}");
    record_run(&record, "ALTER TABLE argosy.job_live SET (autovacuum_enabled = off)");
    record_run(
        &record,
        "LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on; "
        "SET auto_explain.log_level = notice; SET client_min_messages = notice");
    PQsetNoticeReceiver(record.direct, on_notice, NULL);
    hot_plans("empty", true);
    round_of("bulk", false);
    record_run(&record, "UPDATE argosy.setting SET value = '1000000' WHERE name = 'bulk_min'");
    round_of("single jobs", true);
}

int main(void)
{
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    buffer_init(&plans, 16 << 20);
    const struct CMUnitTest tests[] = { cmocka_unit_test(plans_with_and_without_statistics) };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buffer_finish(&plans);
    record_finish(&record);
    return failed;
}
