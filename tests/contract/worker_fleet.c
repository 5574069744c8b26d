/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_fleet.c - scheduler, worker and slots together over Redis: everything is done once, however the carrier
 * forgets and whoever is killed.
 */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tests/support/fleet.h"
#include "tests/support/server.h"

static struct fleet fleet;
static struct fleet_options options = { .slots = 2, .drain_s = 5 };
#define R (&fleet.record)

static void submit_many(unsigned count)
{
    record_run(R, "SELECT argosy.submit('noop', '{}') FROM generate_series(1, %u)", count);
}

static void all_done_once(unsigned count)
{
    fleet_wait(&fleet, "SELECT count(*) = 0 FROM argosy.job_live");
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.job_history WHERE state = 5"), count);
    assert_int_equal(record_int(R, "SELECT count(DISTINCT id) FROM argosy.job_history"), count);
    assert_int_equal(record_int(R, "SELECT coalesce(sum(violations), 0) FROM argosy.fsck()"), 0);
}

static void many_jobs_flow(void **state)
{
    (void)state;
    submit_many(5000);
    all_done_once(5000);
}

static void redis_forgets_everything(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        submit_many(250);
        redisContext *context = redisConnectUnix(options.redis);
        freeReplyObject(redisCommand(context, "FLUSHALL"));
        redisFree(context);
    }
    all_done_once(10000);
}

static void redis_restarts(void **state)
{
    (void)state;
    submit_many(2500);
    support_redis_restart();
    submit_many(2500);
    all_done_once(15000);
}

/* Its job comes back under a higher epoch and is done by another. It would not have ended by itself. */
static void a_killed_worker_loses_nothing(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"sleep_ms\":600000}");
    fleet_wait(&fleet, "SELECT state = 3 FROM argosy.job_live WHERE id = %" PRId64, job);
    int64_t epoch = record_int(R, "SELECT epoch FROM argosy.job_live WHERE id = %" PRId64, job);
    fleet_wait(&fleet, "SELECT got = seq FROM argosy.worker WHERE incarnation = %" PRId64, fleet.incarnation);
    kill(fleet.worker, SIGKILL);
    assert_true(WIFSIGNALED(fleet_worker_ends(&fleet)));
    record_run(R, "UPDATE argosy.job SET args = '{}' WHERE id = %" PRId64, job);
    fleet_worker(&fleet, &options);
    fleet_wait(&fleet, "SELECT count(*) > 0 FROM argosy.job_history WHERE id = %" PRId64 " AND state = 5", job);
    assert_true(record_int(R, "SELECT epoch FROM argosy.job_history WHERE id = %" PRId64, job) > epoch);
    assert_int_equal(record_int(R, "SELECT lost FROM argosy.job_history WHERE id = %" PRId64, job), 1);
    all_done_once(15001);
}

static void cancel_arrives(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"sleep_ms\":600000}");
    fleet_wait(&fleet,
               "SELECT progress::text LIKE '%%\"job\":%" PRId64 ",%%' FROM argosy.worker WHERE incarnation = %" PRId64,
               job, fleet.incarnation);
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
    fleet_wait(&fleet, "SELECT done = seq FROM argosy.worker WHERE incarnation = %" PRId64, fleet.incarnation);
    assert_int_equal(record_int(R, "SELECT state FROM argosy.job_history WHERE id = %" PRId64, job), 7);
}

static int setup(void **state)
{
    (void)state;
    options.redis = support_redis_start();
    fleet_start(&fleet, &options);
    fleet_scheduler(&fleet, &options);
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
        cmocka_unit_test(many_jobs_flow), cmocka_unit_test(redis_forgets_everything),
        cmocka_unit_test(redis_restarts), cmocka_unit_test(a_killed_worker_loses_nothing),
        cmocka_unit_test(cancel_arrives),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
