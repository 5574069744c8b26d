/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_checkpoint.c - a job that keeps checkpoints goes on where it was: after a deploy, which counts no attempt, and
 * after its slot was killed, which counts one. Who is over neither reads nor writes one any more.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/fleet.h"

static struct fleet fleet;
static const struct fleet_options options = { .slots = 1, .drain_s = 1, .memory_mb = 256 };
#define R (&fleet.record)

static int64_t counted(int64_t job)
{
    return record_int(
        R, "SELECT coalesce(max((data ->> 'counted')::bigint), 0) FROM argosy.checkpoint WHERE job = %" PRId64, job);
}

/* A job that counts, stopped after it has counted to three or more. */
static int64_t start_counting(void)
{
    int64_t job = fleet_submit(&fleet, "noop", "{\"count_to\": 100, \"count_ms\": 100}");
    assert_int_equal(fleet_dispatch(&fleet, 1), 1);
    fleet_until(&fleet, job,
                "SELECT (data ->> 'counted')::int >= 3 FROM argosy.checkpoint WHERE job = %" PRId64
                " UNION ALL SELECT false LIMIT 1",
                job);
    return job;
}

/* The next attempt counts from there, which would take too long: from near the end, where what was kept is moved. */
static void goes_on_from(int64_t job, int64_t from)
{
    fleet_wait(&fleet, "SELECT state = 2 FROM argosy.job_live WHERE id = %" PRId64, job);
    assert_int_equal(counted(job), from);
    record_run(R,
               "UPDATE argosy.checkpoint SET data = json_build_object('counted', 96 + %" PRId64
               " %% 2) WHERE job = %" PRId64,
               from, job);
    assert_int_equal(fleet_dispatch(&fleet, 1), 1);
    fleet_until(&fleet, job, "SELECT count(*) = 1 FROM argosy.job_history WHERE id = %" PRId64 " AND state = 5", job);
    assert_int_equal(
        record_int(R, "SELECT (result ->> 'counted_from')::int FROM argosy.job_history WHERE id = %" PRId64, job),
        96 + from % 2);
}

static int64_t attempts(int64_t job)
{
    return record_int(R, "SELECT attempts FROM argosy.job_history WHERE id = %" PRId64, job);
}

static void a_deploy(void **state)
{
    (void)state;
    int64_t job = start_counting();
    kill(fleet.worker, SIGTERM);
    assert_int_equal(fleet_worker_ends(&fleet), 0);
    assert_int_equal(
        record_int(R, "SELECT count(*) FROM argosy.event WHERE type = 'interrupted' AND job = %" PRId64, job), 1);
    int64_t from = counted(job);
    assert_true(from >= 3 && from < 100);
    fleet_worker(&fleet, &options);
    goes_on_from(job, from);
    assert_int_equal(attempts(job), 1); /* the second one's own */
}

static void a_crash(void **state)
{
    (void)state;
    int64_t job = start_counting();
    kill(fleet_slot(&fleet, 0), SIGKILL);
    fleet_wait(&fleet, "SELECT count(*) = 1 FROM argosy.event WHERE type = 'retrying' AND job = %" PRId64, job);
    int64_t from = counted(job);
    record_run(
        R, "UPDATE argosy.job_live SET run_at = now() - interval '1 s' WHERE id = %" PRId64 "; SELECT argosy.due(10)",
        job);
    goes_on_from(job, from);
    assert_int_equal(attempts(job), 2);
}

static bool put(int64_t job, int64_t epoch)
{
    return strcmp(record_text(R, "SELECT argosy.checkpoint_put(%" PRId64 ", %" PRId64 ", '{\"epoch\": %" PRId64 "}')",
                              job, epoch, epoch),
                  "t") == 0;
}

static const char *look(int64_t job, int64_t epoch)
{
    return record_text(
        R, "SELECT fenced || ' ' || coalesce(data, '-') FROM argosy.checkpoint_read(%" PRId64 ", %" PRId64 ")", job,
        epoch);
}

static void who_is_over(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"sleep_ms\": 600000}");
    assert_int_equal(fleet_dispatch(&fleet, 1), 1);
    int64_t epoch = record_int(R, "SELECT epoch FROM argosy.job_live WHERE id = %" PRId64, job);
    assert_string_equal(look(job, epoch), "false -");
    assert_false(put(job, epoch - 1));
    assert_false(put(job, epoch + 1));
    assert_true(put(job, epoch));
    assert_string_equal(look(job, epoch - 1), "true -");
    assert_memory_equal(look(job, epoch + 1), "false {", 7); /* the next attempt reads, so the present one is over */
    assert_false(put(job, epoch));
    assert_string_equal(
        record_refused(R, "SELECT argosy.checkpoint_put(%" PRId64 ", 1, to_json(repeat('x', 70000)))", job), "AG004");
    record_run(R, "SELECT argosy.checkpoints_sweep(0, 10)");
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.checkpoint WHERE job = %" PRId64, job), 1);
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
    assert_false(put(job, epoch + 2));
    for (int64_t from = 0, next = 1; next != 0; from = next) /* page by page */
        next = record_int(R, "SELECT coalesce(argosy.checkpoints_sweep(%" PRId64 ", 1), 0)", from);
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.checkpoint"), 0);
}

static int setup(void **state)
{
    (void)state;
    fleet_start(&fleet, &options);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fleet_finish(&fleet);
    return 0;
}

int main(int argc, char **argv)
{
    fleet_role(argc, argv);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deploy),
        cmocka_unit_test(a_crash),
        cmocka_unit_test(who_is_over),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
