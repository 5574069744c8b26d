/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_postgres.c - the trip of a job through the record, and every way it can leave the straight road. What the model
 * agrees with by chance is tested in store_random.c; here are the cases that must not be left to chance.
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
static const char all_kinds[] = "{\"noop\":1,\"quick\":1,\"target\":1}";

static int64_t worker(void)
{
    return sync_worker_register(s, "w", all_kinds);
}

static int32_t lane(void)
{
    return (int32_t)record_int(&record, "SELECT argosy.lane_make('default', 'default', 'noop')");
}

/* Everybody's leftovers are ended, so that each test dispatches its own jobs only. */
static int clean(void **state)
{
    (void)state;
    record_run(&record, "TRUNCATE argosy.job_live, argosy.job_dependency");
    return 0;
}

static const char *state_of(int64_t id)
{
    return record_text(
        &record,
        "SELECT coalesce((SELECT argosy.state_name(state) || CASE WHEN sealing IS NOT NULL THEN ' sealing' ELSE '' END"
        " FROM argosy.job_live WHERE id = %lld), argosy.state_name(argosy.last_state(%lld)))",
        (long long)id, (long long)id);
}

static struct dispatch take(int64_t w)
{
    int32_t first = (int32_t)record_int(&record, "SELECT coalesce((SELECT lane FROM argosy.job_live WHERE state = 2 "
                                                 "ORDER BY id LIMIT 1), 0)");
    assert_int_equal(sync_dispatch(s, first, 1, w), 1);
    return s->jobs[0];
}

static void straight_road(void **state)
{
    (void)state;
    int64_t w = worker(), id = sync_submit_kind(s, "noop", "{\"n\":1}");
    assert_true(id > 0);
    assert_int_equal(sync_lanes(s), 1);
    assert_int_equal(s->lanes[0].available, 1);
    struct dispatch d = take(w);
    assert_int_equal(d.id, id);
    assert_int_equal(d.epoch, 1);
    assert_int_equal(d.seq, 1);
    assert_int_equal(d.attempt, 1);
    assert_int_equal(d.timeout_s, 600);
    assert_non_null(d.args);
    assert_false(d.seal);
    assert_int_equal(sync_dispatch(s, lane(), 1, w), 0);
    assert_true(sync_finish_one(s, w, id, 1));
    assert_string_equal(state_of(id), "succeeded");
    assert_true(sync_finish_one(s, w, id, 1)); /* a lost answer: asked again */
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_history WHERE id = %lld", (long long)id), 1);
}

/* What says that no look is needed must not say so while there is something to be found. */
static void the_last_of_a_lane_is_told(void **state)
{
    (void)state;
    int64_t w = worker();
    assert_true(sync_submit_kind(s, "noop", "{}") > 0 && sync_submit_kind(s, "noop", "{}") > 0);
    assert_false(take(w).alone);
    assert_true(take(w).alone);
    struct submit_row bulk[64];
    for (unsigned i = 0; i < 64; i++)
        bulk[i] = (struct submit_row){ .kind = "noop", .args = "{}" };
    assert_int_equal(sync_submit(s, bulk, 64), ERROR_OK);
    assert_int_equal(sync_dispatch(s, lane(), 1, w), 1);
    assert_false(s->jobs[0].alone);
    assert_int_equal(sync_dispatch(s, lane(), 63, w), 63);
    assert_false(s->jobs[62].alone); /* it was not looked */
}

static void an_old_epoch_is_fenced_out(void **state)
{
    (void)state;
    int64_t a = worker(), b = worker(), id = sync_submit_kind(s, "noop", "{}");
    struct dispatch old = take(a);
    assert_true(sync_beat(s, a, 1, 0, NULL));
    assert_int_equal(sync_worker_dead(s, a, 0), 0); /* it has moved */
    assert_int_equal(sync_worker_dead(s, a, 1), 1);
    assert_int_equal(sync_worker_dead(s, a, 1), 1);
    assert_false(sync_beat(s, a, 1, 0, NULL));
    assert_int_equal(sync_dispatch(s, lane(), 1, a), 0);
    assert_int_equal(sync_expire(s, a, 100), 1);
    assert_int_equal(record_int(&record, "SELECT lost FROM argosy.job_live WHERE id = %lld", (long long)id), 1);
    struct dispatch new = take(b);
    assert_true(new.epoch > old.epoch);
    assert_false(sync_finish_one(s, a, id, old.epoch));
    assert_false(sync_fail(s, a, id, old.epoch, FAIL_FAILED, ERROR_FATAL));
    assert_false(sync_finish_one(s, a, id, new.epoch)); /* the right epoch from the wrong worker */
    assert_int_equal(sync_give_back(s, a, id, new.epoch), 0);
    assert_true(sync_finish_one(s, b, id, new.epoch));
}

static void a_poison_job_ends_in_quarantine(void **state)
{
    (void)state;
    int64_t id = sync_submit_kind(s, "noop", "{}");
    for (int i = 0; i < 3; i++) {
        int64_t w = worker();
        struct dispatch d = take(w);
        assert_true(sync_beat(s, w, d.seq, 0, NULL));
        assert_int_equal(sync_worker_dead(s, w, 1), 1);
        assert_int_equal(sync_expire(s, w, 100), 1);
    }
    assert_string_equal(state_of(id), "failed");
    assert_string_equal(record_text(&record, "SELECT argosy.last_error(%lld)", (long long)id), "quarantined");
}

static void what_was_never_received_counts_nothing(void **state)
{
    (void)state;
    int64_t w = worker(), ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = sync_submit_kind(s, "noop", "{}");
    assert_int_equal(sync_dispatch(s, lane(), 3, w), 3);
    assert_true(sync_beat(s, w, 2, 0, "[1]")); /* seq 2 came, 1 and 3 did not */
    unsigned mine = 0, alive = sync_workers(s);
    while (mine < alive && s->workers[mine].incarnation != w)
        mine++;
    assert_true(mine < alive);
    assert_int_equal(s->workers[mine].got, 0); /* a gap is to be rung again though a later seq has come */
    assert_int_equal(sync_cancel(s, ids[2]), 1);
    assert_int_equal(sync_unreceived(s, w, 3), 2);
    assert_int_equal(s->jobs[0].id, ids[0]);
    assert_int_equal(s->jobs[0].epoch, 1);
    assert_int_equal(s->jobs[1].id, 0); /* void */
    assert_int_equal(s->jobs[1].seq, 3);
    assert_int_equal(sync_worker_dead(s, w, 1), 1);
    assert_int_equal(sync_expire(s, w, 100), 2);
    assert_int_equal(record_int(&record, "SELECT lost FROM argosy.job_live WHERE id = %lld", (long long)ids[0]), 0);
    assert_int_equal(record_int(&record, "SELECT lost FROM argosy.job_live WHERE id = %lld", (long long)ids[1]), 1);
}

static void failures_are_retried_by_class(void **state)
{
    (void)state;
    int64_t w = worker(), id = sync_submit_kind(s, "quick", "{}");
    for (int i = 0; i < 3; i++) {
        struct dispatch d = take(w);
        assert_int_equal(d.attempt, i + 1);
        assert_true(sync_fail(s, w, id, d.epoch, i == 0 ? FAIL_CRASHED : FAIL_TIMED_OUT, ERROR_RETRY));
        assert_true(sync_fail(s, w, id, d.epoch, FAIL_TIMED_OUT, ERROR_RETRY)); /* asked again */
        assert_string_equal(state_of(id), i < 2 ? "scheduled" : "failed");
        assert_int_equal(sync_due(s), i < 2);
    }
    assert_string_equal(record_text(&record,
                                    "SELECT error ->> 'error_code' || attempts FROM argosy.job_history WHERE id = %lld",
                                    (long long)id),
                        "broken3");
    id = sync_submit_kind(s, "quick", "{}");
    assert_true(sync_fail(s, w, id, take(w).epoch, FAIL_FAILED, ERROR_INVALID));
    assert_string_equal(state_of(id), "failed");
    id = sync_submit_kind(s, "quick", "{}");
    assert_true(sync_fail(s, w, id, take(w).epoch, FAIL_INTERRUPTED, ERROR_INTERRUPTED));
    assert_string_equal(state_of(id), "available");
    assert_int_equal(take(w).attempt, 1);
}

static void a_job_with_a_target_is_sealed_before_its_end(void **state)
{
    (void)state;
    int64_t w = worker(), id = sync_submit_kind(s, "target", "{\"target\":7}");
    struct dispatch d = take(w);
    assert_true(sync_fail(s, w, id, d.epoch, FAIL_FAILED, ERROR_FATAL));
    assert_string_equal(state_of(id), "available sealing");
    assert_int_equal(sync_cancel(s, id), 3); /* its end is decided */
    struct dispatch seal = take(w);
    assert_true(seal.seal);
    assert_true(seal.epoch > d.epoch + 1);
    assert_false(sync_finish_one(s, w, id, seal.epoch)); /* a seal is no success */
    assert_true(sync_fail(s, w, id, seal.epoch, FAIL_SEAL, ERROR_UNAVAILABLE));
    assert_string_equal(state_of(id), "scheduled sealing");
    assert_int_equal(sync_due(s), 1);
    seal = take(w);
    assert_true(sync_sealed(s, w, id, seal.epoch));
    assert_true(sync_sealed(s, w, id, seal.epoch));
    assert_string_equal(state_of(id), "failed");
    assert_string_equal(
        record_text(
            &record,
            "SELECT error ->> 'error_code' || (error -> 'seal_tries' IS NULL) FROM argosy.job_history WHERE id = %lld",
            (long long)id),
        "brokentrue");

    id = sync_submit_kind(s, "target", "{\"target\":7}");
    assert_int_equal(sync_cancel(s, id), 1); /* never dispatched: nothing to seal */
    id = sync_submit_kind(s, "target", "{\"target\":7}");
    d = take(w);
    assert_int_equal(sync_cancel(s, id), 2);
    assert_int_equal(sync_cancel(s, id), 2);
    assert_true(sync_beat(s, w, 10, 0, NULL));
    char expected[96];
    snprintf(expected, sizeof expected, "[{\"id\" : %lld, \"epoch\" : %lld}]", (long long)id, (long long)d.epoch);
    assert_string_equal(s->beat.cancels, expected);
    assert_false(sync_finish_one(s, w, id, d.epoch));
    assert_true(sync_sealed(s, w, id, take(w).epoch));
    assert_string_equal(state_of(id), "cancelled");
    assert_int_equal(sync_retry(s, id), 1);
    assert_true(take(w).epoch > d.epoch + 2);
}

static void one_bad_row_does_not_spoil_the_group(void **state)
{
    (void)state;
    enum { COUNT = 100, BAD = 37 };
    static struct submit_row rows[COUNT];
    static struct finish_row results[COUNT];
    for (int i = 0; i < COUNT; i++)
        rows[i] = (struct submit_row){ .kind = "noop", .args = "{}" };
    int64_t w = worker();
    assert_int_equal(sync_submit(s, rows, COUNT), ERROR_OK);
    assert_int_equal(sync_dispatch(s, lane(), COUNT, w), COUNT);
    for (int i = 0; i < COUNT; i++)
        results[i] = (struct finish_row){ .id = s->jobs[i].id,
                                          .epoch = s->jobs[i].epoch,
                                          .result = i == BAD ? "{\"a\":\"x\\u0000\"}" : "{\"a\":\"\\\\u0000\"}" };
    results[3].result = "no json";
    results[99].result = "\xff";
    results[50].epoch = 99; /* fenced out */
    assert_int_equal(sync_finish(s, w, results, COUNT), ERROR_OK);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(s->accepted[i], i != 50);
    assert_string_equal(state_of(results[BAD].id), "failed");
    assert_string_equal(record_text(&record, "SELECT argosy.last_error(%lld)", (long long)results[BAD].id),
                        "result_rejected");
    assert_string_equal(state_of(results[3].id), "failed");
    assert_string_equal(state_of(results[99].id), "failed");
    assert_string_equal(state_of(results[50].id), "dispatched");
    assert_string_equal(state_of(results[BAD + 1].id), "succeeded");
}

static void a_failure_that_can_not_be_written_keeps_its_code(void **state)
{
    (void)state;
    int64_t w = worker(), id = sync_submit_kind(s, "noop", "{}");
    const struct fail_row row = { .id = id,
                                  .epoch = take(w).epoch,
                                  .cause = FAIL_FAILED,
                                  .class = ERROR_FATAL,
                                  .code = "odd",
                                  .message = "\xff\xfe",
                                  .details = "{" };
    assert_int_equal(sync_fail_row(s, w, &row), true);
    assert_string_equal(record_text(&record, "SELECT argosy.last_error(%lld)", (long long)id), "odd");
}

int main(void)
{
    record_start(&record);
    sync_store = (struct sync){ .store = record.store, .loop = &record.loop };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(straight_road, clean),
        cmocka_unit_test_setup(the_last_of_a_lane_is_told, clean),
        cmocka_unit_test_setup(an_old_epoch_is_fenced_out, clean),
        cmocka_unit_test_setup(a_poison_job_ends_in_quarantine, clean),
        cmocka_unit_test_setup(what_was_never_received_counts_nothing, clean),
        cmocka_unit_test_setup(failures_are_retried_by_class, clean),
        cmocka_unit_test_setup(a_job_with_a_target_is_sealed_before_its_end, clean),
        cmocka_unit_test_setup(one_bad_row_does_not_spoil_the_group, clean),
        cmocka_unit_test_setup(a_failure_that_can_not_be_written_keeps_its_code, clean),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
