/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_jobs.c - a real worker with real slots on a real record: jobs end as they should, and a job hurts only itself.
 */
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
#define R (&fleet.record)

static const char *error_code_of(int64_t job)
{
    return record_text(R, "SELECT error ->> 'error_code' FROM argosy.job_history WHERE id = %" PRId64, job);
}

static void wait_running(int64_t job)
{
    fleet_until(&fleet, job,
                "SELECT progress::text LIKE '%%\"job\":%" PRId64 ",%%' FROM argosy.worker WHERE incarnation = %" PRId64,
                job, fleet.incarnation);
}

static void wait_idle(void)
{
    fleet_wait(&fleet, "SELECT progress::jsonb -> 'jobs' = '[]' FROM argosy.worker WHERE incarnation = %" PRId64,
               fleet.incarnation);
}

static void wait_state(int64_t job, int state)
{
    fleet_until(&fleet, job, "SELECT count(*) > 0 FROM argosy.job_history WHERE id = %" PRId64 " AND state = %d", job,
                state);
}

static int64_t start_sleeper(void)
{
    int64_t job = fleet_submit(&fleet, "noop", "{\"sleep_ms\":600000}");
    assert_int_equal(fleet_dispatch(&fleet, 1), 1);
    wait_running(job);
    return job;
}

static void many_are_done(void **state)
{
    (void)state;
    record_run(R, "SELECT argosy.submit('noop', '{\"payload\":\"x\"}') FROM generate_series(1, 3000)");
    for (unsigned left = 3000; left > 0;)
        left -= fleet_dispatch(&fleet, 500);
    /* a machine that stands still makes the worker give back what waits in it: that is dispatched again */
    static const char all[] = "(SELECT count(*) = 3000 FROM argosy.job_history WHERE state = 5 AND result ->> "
                              "'started_us' IS NOT NULL)";
    while (record_int(R, "SELECT %s::int", all) == 0) {
        fleet_wait(&fleet, "SELECT %s OR EXISTS (SELECT FROM argosy.job_live WHERE state = 2)", all);
        (void)fleet_dispatch(&fleet, 500);
    }
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.job_live"), 0);
    fleet_wait(
        &fleet,
        "SELECT done >= 3000 AND got = done AND gaps::text = '[]' FROM argosy.worker WHERE incarnation = %" PRId64,
        fleet.incarnation);
    assert_string_equal(
        record_text(
            R,
            "SELECT (progress -> 'mean_us' ->> 'noop')::bigint BETWEEN (SELECT min(run_us) FROM argosy.job_history) "
            "AND (SELECT max(run_us) FROM argosy.job_history) FROM argosy.worker WHERE incarnation = %" PRId64,
            fleet.incarnation),
        "t");
}

static void failures_are_told(void **state)
{
    (void)state;
    int64_t fatal = fleet_submit(&fleet, "noop", "{\"fail\":\"fatal\"}");
    int64_t invalid = fleet_submit(&fleet, "noop", "{\"sleep_ms\":\"long\",\"more\":1}");
    int64_t again = fleet_submit(&fleet, "noop", "{\"fail\":\"retry\"}");
    fleet_dispatch(&fleet, 3);
    wait_state(fatal, 6);
    assert_string_equal(error_code_of(fatal), "fatal");
    wait_state(invalid, 6);
    assert_string_equal(error_code_of(invalid), "invalid_arguments");
    assert_string_equal(record_text(R,
                                    "SELECT jsonb_array_length(error::jsonb -> 'details' -> 'errors') FROM "
                                    "argosy.job_history WHERE id = %" PRId64,
                                    invalid),
                        "2");
    assert_string_equal(record_text(R, "SELECT attempts FROM argosy.job_history WHERE id = %" PRId64, invalid), "0");
    assert_string_equal(record_text(R, "SELECT attempts FROM argosy.job_history WHERE id = %" PRId64, fatal), "1");
    fleet_event(&fleet, again, "retrying");
    assert_string_equal(fleet_error(&fleet, again, "message"), "noop: asked to fail");
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", again);
}

static void large_arguments_come_from_the_record(void **state)
{
    (void)state;
    int64_t job = record_int(R, "SELECT argosy.submit('noop', json_build_object('payload', repeat('x', 100000)))");
    fleet_dispatch(&fleet, 1);
    wait_state(job, 5);
}

static void a_crash_hurts_one_job(void **state)
{
    (void)state;
    static const struct {
        const char *args, *code, *part;
    } faults[] = { { "{\"fault\":\"abort\"}", "slot_crashed", "signal 6" },
                   { "{\"fault\":\"exit\"}", "slot_crashed", "status 7" } };
    int64_t sleeper = start_sleeper();
    for (unsigned i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        int64_t job = fleet_submit(&fleet, "noop", faults[i].args);
        fleet_dispatch(&fleet, 1);
        fleet_event(&fleet, job, "retrying");
        assert_string_equal(fleet_error(&fleet, job, "error_code"), faults[i].code);
        assert_non_null(strstr(fleet_error(&fleet, job, "message"), faults[i].part));
        record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
    }
    assert_int_equal(record_int(R, "SELECT state FROM argosy.job_live WHERE id = %" PRId64, sleeper), 3);
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", sleeper);
}

static void memory_is_told_from_a_crash(void **state)
{
    (void)state;
#ifdef ARGOSY_SANITIZED
    skip(); /* no data limit under sanitizers */
#endif
    int64_t job = fleet_submit(&fleet, "noop", "{\"fault\":\"memory\"}");
    fleet_dispatch(&fleet, 1);
    fleet_event(&fleet, job, "retrying");
    assert_string_equal(fleet_error(&fleet, job, "error_code"), "out_of_memory");
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
}

static void a_killed_slot_is_one_attempt(void **state)
{
    (void)state;
    int64_t job = start_sleeper();
    /* which slot runs it is not known from outside: both are killed */
    pid_t first = fleet_slot(&fleet, 0), second = fleet_slot(&fleet, first);
    kill(first, SIGKILL);
    kill(second, SIGKILL);
    fleet_event(&fleet, job, "retrying");
    assert_non_null(strstr(fleet_error(&fleet, job, "message"), "signal 9"));
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
    int64_t next = fleet_submit(&fleet, "noop", "{}");
    fleet_dispatch(&fleet, 1);
    wait_state(next, 5); /* by a new slot */
}

static void a_deaf_job_times_out(void **state)
{
    (void)state;
    int64_t job = record_int(R, "SELECT argosy.submit('noop', '{\"fault\":\"loop\"}', timeout_s => 1)");
    fleet_dispatch(&fleet, 1);
    fleet_event(&fleet, job, "retrying");
    assert_string_equal(fleet_error(&fleet, job, "error_code"), "timed_out");
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
    int64_t polite = record_int(R, "SELECT argosy.submit('noop', '{\"sleep_ms\":60000}', timeout_s => 1)");
    fleet_dispatch(&fleet, 1);
    fleet_event(&fleet, polite, "retrying");
    assert_string_equal(fleet_error(&fleet, polite, "error_code"), "timed_out");
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", polite);
}

/* Stopped while it runs: the timeout holds all the same. Stopped while idle: it is found out and replaced. */
static void a_stopped_slot_is_replaced(void **state)
{
    (void)state;
    int64_t job = record_int(R, "SELECT argosy.submit('noop', '{\"sleep_ms\":60000}', timeout_s => 6)");
    fleet_dispatch(&fleet, 1);
    wait_running(job);
    pid_t first = fleet_slot(&fleet, 0), second = fleet_slot(&fleet, first);
    kill(first, SIGSTOP);
    kill(second, SIGSTOP);
    fleet_event(&fleet, job, "retrying");
    assert_string_equal(fleet_error(&fleet, job, "error_code"), "timed_out");
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
    for (unsigned i = 0; i < 2; i++) /* one by each slot: the second goes to the one that was idle */
        fleet_submit(&fleet, "noop", "{\"sleep_ms\":300}");
    while (record_int(R, "SELECT count(*) FROM argosy.job_live") > 0) {
        fleet_dispatch(&fleet, 2);
        fleet_wait(&fleet, "SELECT count(*) = 0 FROM argosy.job_live WHERE state = 3");
    }
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.job_history WHERE attempts > 1"), 0);
}

static void cancel_stops_what_runs(void **state)
{
    (void)state;
    int64_t job = start_sleeper();
    int64_t done = record_int(R, "SELECT done FROM argosy.worker WHERE incarnation = %" PRId64, fleet.incarnation);
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
    fleet_wait(&fleet, "SELECT done > %" PRId64 " FROM argosy.worker WHERE incarnation = %" PRId64, done,
               fleet.incarnation);
    assert_int_equal(record_int(R, "SELECT state FROM argosy.job_history WHERE id = %" PRId64, job), 7);
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.job_history WHERE id = %" PRId64, job), 1);
}

static void what_can_not_begin_is_given_back(void **state)
{
    (void)state;
    int64_t a = start_sleeper(), b = start_sleeper();
    int64_t late = fleet_submit(&fleet, "noop", "{}");
    fleet_dispatch(&fleet, 1);
    fleet_wait(&fleet, "SELECT state = 2 AND worker IS NULL AND attempts = 0 FROM argosy.job_live WHERE id = %" PRId64,
               late);
    record_run(R, "SELECT argosy.cancel(%" PRId64 "), argosy.cancel(%" PRId64 ")", a, b);
    wait_idle();
    fleet_dispatch(&fleet, 1);
    wait_state(late, 5);
}

/* A job that takes long and those that were sent behind it in the same go, because its kind was known as short. */
static void who_stands_behind_goes_elsewhere(void **state)
{
    (void)state;
    record_run(R, "SELECT argosy.submit('noop', '{}') FROM generate_series(1, 50)");
    fleet_drain(&fleet, 0);
    int64_t slow = fleet_submit(&fleet, "noop", "{\"sleep_ms\":600000}");
    record_run(R, "SELECT argosy.submit('noop', '{}') FROM generate_series(1, 50)");
    assert_int_equal(fleet_dispatch(&fleet, 51), 51);
    fleet_drain(&fleet, 1);
    assert_int_equal(record_int(R, "SELECT id FROM argosy.job_live"), slow);
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", slow);
}

static void the_database_restarts_under_a_running_job(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"sleep_ms\":1500}");
    fleet_dispatch(&fleet, 1);
    wait_running(job);
    int64_t epoch = record_int(R, "SELECT epoch FROM argosy.job_live WHERE id = %" PRId64, job);
    support_postgres_restart();
    PQreset(R->direct);
    wait_state(job, 5);
    assert_int_equal(record_int(R, "SELECT epoch FROM argosy.job_history WHERE id = %" PRId64, job), epoch);
}

static void dead_means_nothing_more_is_written(void **state)
{
    (void)state;
    int64_t job = start_sleeper();
    int64_t old = fleet.incarnation;
    pid_t slot = fleet_slot(&fleet, 0);
    kill(fleet.worker, SIGSTOP);
    record_run(R, "UPDATE argosy.worker SET dead = true WHERE incarnation = %" PRId64, old);
    record_run(R, "SELECT argosy.expire(%" PRId64 ", 100)", old);
    kill(fleet.worker, SIGCONT);
    fleet_registered(&fleet, old);
    assert_int_equal(record_int(R, "SELECT state FROM argosy.job_live WHERE id = %" PRId64, job), 2);
    assert_int_not_equal(fleet_slot(&fleet, slot), 0);
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.job_history WHERE id = %" PRId64, job), 0);
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
}

static void leaving_gives_back_and_interrupts(void **state)
{
    (void)state;
    int64_t a = start_sleeper(), b = start_sleeper();
    int64_t waits = fleet_submit(&fleet, "noop", "{}");
    fleet_dispatch(&fleet, 1);
    kill(fleet.worker, SIGTERM);
    int status = fleet_worker_ends(&fleet);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_string_equal(
        record_text(R, "SELECT dead FROM argosy.worker WHERE incarnation = %" PRId64, fleet.incarnation), "t");
    assert_int_equal(
        record_int(R, "SELECT count(*) FROM argosy.job_live WHERE state = 2 AND attempts = 0 AND lost = 0"), 3);
    assert_int_equal(record_int(R,
                                "SELECT count(*) FROM argosy.event WHERE type = 'interrupted' AND job IN (%" PRId64
                                ", %" PRId64 ")",
                                a, b),
                     2);
    assert_int_equal(
        record_int(R, "SELECT count(*) FROM argosy.event WHERE type = 'interrupted' AND job = %" PRId64, waits), 0);
    record_run(R, "SELECT argosy.cancel(id) FROM argosy.job_live");
    fleet_worker(&fleet, &(struct fleet_options){ .slots = 2, .drain_s = 60 });
}

static void tstp_quiets(void **state)
{
    (void)state;
    kill(fleet.worker, SIGTSTP);
    fleet_wait(&fleet, "SELECT quiet AND NOT dead FROM argosy.worker WHERE incarnation = %" PRId64, fleet.incarnation);
    record_run(R, "UPDATE argosy.worker SET quiet = false");
}

static void a_second_term_is_hard(void **state)
{
    (void)state;
    int64_t job = start_sleeper();
    kill(fleet.worker, SIGTERM);
    fleet_wait(&fleet, "SELECT quiet FROM argosy.worker WHERE incarnation = %" PRId64, fleet.incarnation);
    kill(fleet.worker, SIGTERM);
    assert_int_equal(fleet_worker_ends(&fleet), 0);
    fleet_event(&fleet, job, "interrupted");
}

static int setup(void **state)
{
    (void)state;
    fleet_start(&fleet, &(struct fleet_options){ .slots = 2, .drain_s = 1, .memory_mb = 256 });
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
        cmocka_unit_test(many_are_done),
        cmocka_unit_test(failures_are_told),
        cmocka_unit_test(large_arguments_come_from_the_record),
        cmocka_unit_test(a_crash_hurts_one_job),
        cmocka_unit_test(memory_is_told_from_a_crash),
        cmocka_unit_test(a_killed_slot_is_one_attempt),
        cmocka_unit_test(a_deaf_job_times_out),
        cmocka_unit_test(a_stopped_slot_is_replaced),
        cmocka_unit_test(cancel_stops_what_runs),
        cmocka_unit_test(what_can_not_begin_is_given_back),
        cmocka_unit_test(who_stands_behind_goes_elsewhere),
        cmocka_unit_test(the_database_restarts_under_a_running_job),
        cmocka_unit_test(dead_means_nothing_more_is_written),
        cmocka_unit_test(leaving_gives_back_and_interrupts),
        cmocka_unit_test(tstp_quiets),
        cmocka_unit_test(a_second_term_is_hard),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
