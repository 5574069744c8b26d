/* SPDX-License-Identifier: Apache-2.0 */
/* store_batches.c - batches on the real record: exact counts whatever ends how, what follows comes once, a cancel,
 * keys, refusals. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/record.h"
#include "tests/support/sync.h"

static struct record record;
static struct sync sync_store;
static struct sync *s = &sync_store;
static int32_t lane;
static int64_t w;

static int clean(void **state)
{
    (void)state;
    record_run(&record, "TRUNCATE argosy.job_live, argosy.job_bulk, argosy.job_dependency, argosy.batch_delta");
    return 0;
}

static int64_t submit(unsigned count, const char *more)
{
    return record_int(&record,
                      "SELECT argosy.batch_submit('b', (SELECT json_agg('{\"kind\":\"noop\"}'::json) FROM "
                      "generate_series(1, %u))%s) ->> 'batch'",
                      count, more);
}

static const char *counts(int64_t batch)
{
    return record_text(&record, "SELECT c::text FROM argosy.batch b, argosy.batch_counts(b) c WHERE b.id = %" PRId64,
                       batch);
}

static int64_t step(void)
{
    return record_int(&record, "SELECT argosy.batches_step()");
}

static int64_t column(int64_t batch, const char *name)
{
    return record_int(&record, "SELECT coalesce(%s, 0) FROM argosy.batch WHERE id = %" PRId64, name, batch);
}

static void counted_to_the_end(void **state)
{
    (void)state;
    int64_t batch = submit(
        5,
        ", on_complete => '{\"kind\":\"noop\",\"args\":{\"payload\":\"all\"}}', on_success => '{\"kind\":\"quick\"}'");
    assert_string_equal(counts(batch), "(5,0,0,0)");
    assert_int_equal(sync_dispatch(s, lane, 4, w), 4);
    struct dispatch jobs[4];
    memcpy(jobs, s->jobs, sizeof jobs);
    assert_true(sync_finish_one(s, w, jobs[0].id, jobs[0].epoch));
    assert_true(sync_finish_whole(s, w, jobs[1].id, jobs[1].epoch, "[{\"step\":\"x\",\"kind\":\"noop\"}]"));
    assert_true(sync_fail(s, w, jobs[2].id, jobs[2].epoch, FAIL_FAILED, ERROR_FATAL));
    assert_string_equal(counts(batch), "(6,2,1,0)"); /* with a child, before anything was folded */
    assert_int_equal(step(), 0);
    assert_string_equal(counts(batch), "(6,2,1,0)");
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.batch_delta"), 0);
    assert_int_equal(sync_retry(s, jobs[2].id), 1); /* it counts anew */
    assert_string_equal(counts(batch), "(6,2,0,0)");
    assert_int_equal(sync_cancel(s, jobs[2].id), 1);
    assert_true(sync_finish_one(s, w, jobs[3].id, jobs[3].epoch));
    assert_int_equal(sync_dispatch(s, lane, 10, w), 2);
    memcpy(jobs, s->jobs, sizeof *jobs * 2);
    assert_true(sync_finish_one(s, w, jobs[0].id, jobs[0].epoch));
    assert_int_equal(step(), 0);
    assert_true(sync_finish_one(s, w, jobs[1].id, jobs[1].epoch));
    assert_string_equal(counts(batch), "(6,5,0,1)");
    assert_int_equal(step(), 1);
    assert_int_equal(step(), 0);
    assert_int_not_equal(column(batch, "complete_job"), 0);
    assert_int_equal(column(batch, "success_job"), 0);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 1);
    assert_string_equal(
        record_text(
            &record,
            "SELECT string_agg(state::text, '') FROM argosy.job_history h WHERE pipeline = %" PRId64
            " AND state <> 5 AND NOT EXISTS (SELECT FROM argosy.job_history x WHERE x.id = h.id AND x.epoch > h.epoch)",
            batch),
        "7");
}

static void all_succeed(void **state)
{
    (void)state;
    static struct finish_row rows[1000];
    int64_t batch = submit(1000, ", on_success => '{\"kind\":\"quick\"}', on_complete => '{\"kind\":\"noop\"}'");
    for (unsigned done = 0; done < 1000; done += s->count) {
        unsigned count = sync_dispatch(s, lane, 250, w);
        assert_int_equal(count, 250);
        for (unsigned i = 0; i < count; i++)
            rows[i] =
                (struct finish_row){ .id = s->jobs[i].id, .epoch = s->jobs[i].epoch, .result = "{}", .run_us = 1 };
        assert_int_equal(sync_finish(s, w, rows, count), ERROR_OK);
    }
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.batch_delta"), 4); /* a row a group, not a job */
    assert_int_equal(step(), 1);
    assert_int_not_equal(column(batch, "success_job"), 0);
    assert_int_not_equal(column(batch, "complete_job"), 0);
    assert_string_equal(
        record_text(&record, "SELECT correlation FROM argosy.job WHERE id = %" PRId64, column(batch, "success_job")),
        record_text(&record, "SELECT 'batch:%" PRId64 "'", batch));
}

static void cancelled(void **state)
{
    (void)state;
    int64_t batch = submit(10, ", on_complete => '{\"kind\":\"quick\"}'");
    assert_int_equal(sync_dispatch(s, lane, 3, w), 3);
    assert_true(sync_finish_one(s, w, s->jobs[0].id, s->jobs[0].epoch));
    assert_int_equal(record_int(&record, "SELECT argosy.batch_cancel(%" PRId64 ")", batch), 9);
    assert_int_equal(record_int(&record, "SELECT argosy.batch_cancel(%" PRId64 ")", batch), 0);
    assert_string_equal(record_text(&record, "SELECT argosy.batch_cancel(99999999) IS NULL"), "t");
    assert_string_equal(counts(batch), "(10,1,0,9)");
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.cancel_notice WHERE worker = %" PRId64, w), 2);
    assert_int_equal(step(), 1);
    assert_int_not_equal(column(batch, "complete_job"), 0);
}

static void keys_and_refusals(void **state)
{
    (void)state;
    int64_t batch = submit(2, ", idempotency_key => 'one'");
    assert_int_equal(submit(2, ", idempotency_key => 'one'"), batch);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live"), 2);
    record_run(&record, "SELECT argosy.submit('noop', idempotency_key => 'job')");
    static const struct {
        const char *call, *sqlstate;
    } cases[] = { { "'b', '[]'", "AG007" },
                  { "'', '[{\"kind\":\"noop\"}]'", "AG007" },
                  { "'b', '[1]'", "AG007" },
                  { "'b', '[{\"kind\":\"nothing\"}]'", "AG001" },
                  { "'b', '[{\"kind\":\"noop\",\"args\":[]}]'", "AG002" },
                  { "'b', '[{\"kind\":\"noop\"}]', on_complete => '{\"kind\":\"nothing\"}'", "AG001" },
                  { "'b', '[{\"kind\":\"noop\"}]', on_success => '{\"kind\":\"noop\",\"queue\":\"Up\"}'", "AG003" },
                  { "'b', '[{\"kind\":\"noop\"}]', idempotency_key => 'job'", "AG006" } };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(record_refused(&record, "SELECT argosy.batch_submit(%s)", cases[i].call),
                            cases[i].sqlstate);
    /* what is to follow is refused when its time has come: that is noted, and the batch has ended */
    batch = submit(1, ", on_complete => '{\"kind\":\"quick\"}'");
    record_run(&record, "UPDATE argosy.batch SET on_complete = '{\"kind\":\"gone\"}' WHERE id = %" PRId64, batch);
    record_run(&record, "SELECT argosy.batch_cancel(%" PRId64 ")", batch);
    assert_int_equal(step(), 1);
    assert_string_equal(
        record_text(&record, "SELECT error ->> 'sqlstate' FROM argosy.batch WHERE ended IS NOT NULL AND id = %" PRId64,
                    batch),
        "AG001");
}

int main(void)
{
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    lane = (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
    w = sync_worker_register(s, "w", "{\"noop\":1,\"quick\":1}");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(counted_to_the_end, clean),
        cmocka_unit_test_setup(all_succeed, clean),
        cmocka_unit_test_setup(cancelled, clean),
        cmocka_unit_test_setup(keys_and_refusals, clean),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
