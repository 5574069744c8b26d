/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_cancel.c - jobs are cancelled at random moments of their lives, under load, with a real scheduler and worker:
 * each of them has exactly one end, cancelled ones record nothing more, and the record is sound after it.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/fleet.h"
#include "tests/support/server.h"

enum { JOBS = 1500, CANCELS = 900 }; /* ids 1 to 1500 */

static struct fleet fleet;
#define R (&fleet.record)

/* A third ends at once, a third takes a while, a sixth fails and is tried again, a sixth is deaf to being asked. */
static void submit_all(void)
{
    record_run(
        R,
        "SELECT argosy.submit('noop', CASE i %% 6 WHEN 0 THEN '{}' WHEN 1 THEN '{}' WHEN 2 THEN '{\"sleep_ms\":30}' "
        "WHEN 3 THEN "
        "'{\"sleep_ms\":150,\"say\":\"x\"}' WHEN 4 THEN '{\"fail\":\"retry\"}' ELSE '{\"fault\":\"exit\"}' END::json, "
        "timeout_s => 5) FROM generate_series(1, %d) i",
        JOBS);
}

static void each_has_one_end(void **state)
{
    (void)state;
    submit_all();
    fleet_scheduler(&fleet, &(struct fleet_options){ 0 });
    record_run(R, "SELECT setseed(0.17)"); /* of whom, and when: what it meets is the fleet's */
    fleet_wait(&fleet, "SELECT count(*) > 0 FROM argosy.job_history");
    for (unsigned i = 0; i < CANCELS; i++) /* whatever its state: waiting, on its way, running, backing off, ended */
        record_run(R, i % 4 == 0 ? "SELECT argosy.cancel(id) FROM (SELECT id FROM argosy.job_live WHERE state = 3 "
                                   "ORDER BY random() LIMIT 1) now, pg_sleep(random() * 0.01)"
                                 : "SELECT argosy.cancel((SELECT (random() * 1499)::bigint + 1)), "
                                   "pg_sleep(random() * 0.01)");
    record_run(R, "SELECT argosy.cancel(id) FROM argosy.job j WHERE j.args::text LIKE '%%f%%' AND random() < 0.8");
    fleet_wait(&fleet, "SELECT count(*) < %d FROM argosy.job_live", JOBS / 3);
    record_run(R, "SELECT argosy.cancel(id) FROM argosy.job j WHERE j.args::text LIKE '%%f%%'");
    fleet_wait(&fleet, "SELECT count(*) = 0 FROM argosy.job_live");
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.job_history"), JOBS);
    assert_int_equal(record_int(R, "SELECT count(DISTINCT id) FROM argosy.job_history"), JOBS);
    assert_true(record_int(R, "SELECT count(*) FROM argosy.job_history WHERE state = 7") > 100);
    assert_true(record_int(R, "SELECT count(*) FROM argosy.job_history WHERE state = 5") > 100);
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.job_history WHERE state = 7 AND result IS NOT NULL"),
                     0);
    assert_true(record_int(R, "SELECT count(*) FROM argosy.job_history WHERE state = 7 AND worker IS NOT NULL") >
                5); /* while they ran */
    assert_int_equal(
        record_int(R, "SELECT count(*) FROM argosy.event e JOIN argosy.job_history h ON h.id = e.job WHERE e.n > h.n"),
        0);
    assert_int_equal(record_int(R, "SELECT sum(violations) FROM argosy.fsck()"), 0);
    fleet_wait(
        &fleet,
        "SELECT progress::jsonb -> 'jobs' = '[]' AND done >= got FROM argosy.worker WHERE incarnation = %" PRId64,
        fleet.incarnation); /* nothing that was cancelled runs on */
}

static int setup(void **state)
{
    (void)state;
    fleet_start(&fleet, &(struct fleet_options){ .slots = 4, .drain_s = 1 });
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
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_has_one_end) };
    return cmocka_run_group_tests(tests, setup, teardown);
}
