/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_held.c - somebody's transaction stays open after it submitted a job that waits for one of ours: the others that
 * end with that one are recorded all the same, and it is when asked again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/support/record.h"
#include "tests/support/sync.h"

enum { COUNT = 300, HELD = 77, LOCK_MS = 200 };

static struct record record;
static struct sync sync_store;
static struct sync *s = &sync_store;

static void the_others_do_not_wait(void **state)
{
    (void)state;
    static struct finish_row rows[COUNT];
    int64_t worker = sync_worker_register(s, "w", "{\"noop\":1}");
    for (unsigned i = 0; i < COUNT; i++)
        assert_true(sync_submit_kind(s, "noop", "{}") > 0);
    int32_t lane = (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
    assert_int_equal(sync_dispatch(s, lane, COUNT, worker), COUNT);
    for (unsigned i = 0; i < COUNT; i++)
        rows[i] = (struct finish_row){ .id = s->jobs[i].id, .epoch = s->jobs[i].epoch, .result = "{}" };
    record_run(&record, "BEGIN");
    record_run(&record, "SELECT argosy.submit('noop', after => ARRAY[%lld])", (long long)rows[HELD].id);

    int64_t began_ms = clock_monotonic_ms();
    assert_int_equal(sync_finish(s, worker, rows, COUNT), ERROR_RETRY);
    assert_true(clock_monotonic_ms() - began_ms < COUNT / 2 * LOCK_MS); /* each did not wait for itself */
    for (unsigned i = 0; i < COUNT; i++)
        assert_int_equal(s->accepted[i], i != HELD);
    assert_int_equal(sync_finish(s, worker, &rows[HELD], 1), ERROR_RETRY);
    assert_false(s->accepted[0]);

    record_run(&record, "COMMIT");
    assert_int_equal(sync_finish(s, worker, rows, COUNT), ERROR_OK); /* what was recorded finds itself */
    for (unsigned i = 0; i < COUNT; i++)
        assert_true(s->accepted[i]);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_history"), COUNT);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live WHERE state = 2"), 1); /* it waited */
}

static int start(void **state)
{
    (void)state;
    record.lock_timeout_ms = LOCK_MS;
    record_start(&record);
    *s = (struct sync){ .store = record.store, .loop = &record.loop };
    return 0;
}

static int stop(void **state)
{
    (void)state;
    record_finish(&record);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_others_do_not_wait) };
    return cmocka_run_group_tests(tests, start, stop);
}
