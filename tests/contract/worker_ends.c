/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_ends.c - a real worker with real slots: what jobs say, how attempts end badly, what ended but was not told,
 * slots that are replaced, signals.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/fleet.h"
#include "tests/support/server.h"

enum { STALLED_AFTER_S = 8 };

static struct fleet fleet;
#define R (&fleet.record)

static void wait_end(int64_t job)
{
    fleet_until(&fleet, job, "SELECT count(*) > 0 FROM argosy.job_history WHERE id = %" PRId64, job);
}

static int64_t lines(int64_t job, const char *like)
{
    return record_int(R, "SELECT count(*) FROM argosy.job_log WHERE job = %" PRId64 " AND message LIKE '%s'", job,
                      like);
}

static void what_a_job_says_is_kept(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"say\":\"ahoy\",\"lines\":7}");
    fleet_dispatch(&fleet, 1);
    wait_end(job);
    fleet_wait(&fleet, "SELECT count(*) = 8 FROM argosy.job_log WHERE job = %" PRId64, job);
    assert_int_equal(lines(job, "ahoy"), 7);
    assert_int_equal(lines(job, "printed: ahoy"), 1);
    assert_string_equal(
        record_text(R, "SELECT string_agg(line::text, ',' ORDER BY line) FROM argosy.job_log WHERE job = %" PRId64,
                    job),
        "1,2,3,4,5,6,7,8");
}

static void who_says_too_much_is_cut_short(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"say\":\"ahoy\",\"lines\":20000}");
    int64_t beside = fleet_submit(&fleet, "noop", "{\"say\":\"small\"}");
    fleet_dispatch(&fleet, 2);
    wait_end(job);
    wait_end(beside);
    fleet_wait(&fleet, "SELECT count(*) = 51 FROM argosy.job_log WHERE job = %" PRId64, job);
    assert_int_equal(lines(job, "truncated: %"), 1);
    fleet_wait(&fleet, "SELECT count(*) = 2 FROM argosy.job_log WHERE job = %" PRId64, beside);
}

static void hidden_arguments_are_not_said(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"say\":\"out is\",\"hidden\":\"MARKER-17\",\"fail\":\"fatal\"}");
    fleet_dispatch(&fleet, 1);
    wait_end(job);
    fleet_wait(&fleet, "SELECT count(*) = 2 FROM argosy.job_log WHERE job = %" PRId64, job);
    assert_int_equal(lines(job, "%MARKER%"), 0);
    assert_int_equal(lines(job, "%out is *********"), 2);
    assert_string_equal(record_text(R, "SELECT error ->> 'message' FROM argosy.job_history WHERE id = %" PRId64, job),
                        "noop: asked to fail: *********");
}

static void last_words_of_a_crash_are_kept(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"say\":\"goodbye\",\"lines\":0,\"fault\":\"abort\"}");
    fleet_dispatch(&fleet, 1);
    fleet_event(&fleet, job, "retrying");
    fleet_wait(&fleet,
               "SELECT count(*) > 0 FROM argosy.job_log WHERE job = %" PRId64 " AND message = 'printed: goodbye'", job);
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
}

static void the_handler_has_the_word(void **state)
{
    (void)state;
    int64_t later = fleet_submit(&fleet, "noop", "{\"fail\":\"fatal\",\"retry_after_s\":5000}");
    int64_t never = fleet_submit(&fleet, "noop", "{\"fail\":\"retry\",\"retry_after_s\":0}");
    fleet_dispatch(&fleet, 2);
    fleet_event(&fleet, later, "retrying");
    assert_int_equal(
        record_int(R,
                   "SELECT (data ->> 'wait_ms')::bigint FROM argosy.event WHERE type = 'retrying' AND job = %" PRId64,
                   later),
        5000000);
    wait_end(never);
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", later);
}

/* Its limit is 256 MB; in the queue for such jobs its kind may have more. */
static void who_runs_out_of_memory_gets_more_elsewhere(void **state)
{
    (void)state;
#ifdef ARGOSY_SANITIZED
    skip(); /* no data limit under sanitizers */
#endif
    int64_t beside = fleet_submit(&fleet, "noop", "{\"sleep_ms\":3000}");
    int64_t job = fleet_submit(&fleet, "noop", "{\"memory_mb\":400}");
    fleet_dispatch(&fleet, 2);
    fleet_event(&fleet, job, "retrying");
    assert_string_equal(fleet_error(&fleet, job, "error_code"), "out_of_memory");
    record_run(R, "UPDATE argosy.job_live SET state = 2, run_at = NULL WHERE id = %" PRId64, job);
    assert_int_equal(
        record_int(R,
                   "SELECT count(*) FROM argosy.dispatch((SELECT lane FROM argosy.job_live WHERE id = %" PRId64
                   "), 1, %" PRId64 ")",
                   job, fleet.incarnation),
        1);
    record_run(R, "SELECT pg_notify('argosy_w_%" PRId64 "', 'r1 1')", fleet.incarnation);
    wait_end(job);
    assert_int_equal(record_int(R, "SELECT state FROM argosy.job_history WHERE id = %" PRId64, job), 5);
    assert_string_equal(
        record_text(
            R, "SELECT queue FROM argosy.lane a JOIN argosy.job_history h ON h.lane = a.id WHERE h.id = %" PRId64, job),
        "oom");
    wait_end(beside);
    assert_int_equal(record_int(R, "SELECT attempts FROM argosy.job_history WHERE id = %" PRId64, beside), 1);
}

/* Two in one slot, the first quick, the second for ever: the first is recorded while the second runs, and killing the
 * slot costs only the second an attempt. */
static void what_has_ended_does_not_wait_for_its_neighbour(void **state)
{
    (void)state;
    record_run(R, "SELECT argosy.submit('noop', '{}') FROM generate_series(1, 100)"); /* its kind is known as short */
    fleet_drain(&fleet, 0);
    int64_t before = record_int(R, "SELECT max(id) FROM argosy.job");
    for (int i = 0; i < 20; i++) {
        fleet_submit(&fleet, "noop", "{}");
        fleet_submit(&fleet, "noop", "{\"fault\":\"loop\"}");
    }
    assert_int_equal(fleet_dispatch(&fleet, 40), 40);
    fleet_wait(&fleet, "SELECT count(*) >= 1 FROM argosy.job_history WHERE id > %" PRId64, before);
    pid_t first = fleet_slot(&fleet, 0), second = fleet_slot(&fleet, first);
    kill(first, SIGKILL);
    kill(second, SIGKILL);
    fleet_wait(&fleet, "SELECT count(*) >= 2 FROM argosy.event WHERE type = 'retrying' AND job > %" PRId64, before);
    assert_int_equal(
        record_int(R, "SELECT count(*) FROM argosy.job_history WHERE id > %" PRId64 " AND (epoch > 1 OR attempts <> 1)",
                   before),
        0);
    record_run(R, "SELECT argosy.cancel(id) FROM argosy.job_live ORDER BY id");
    fleet_wait(&fleet,
               "SELECT done = (SELECT max(seq) FROM argosy.worker) FROM argosy.worker WHERE incarnation = %" PRId64,
               fleet.incarnation);
}

static void who_says_nothing_is_stopped(void **state)
{
    (void)state;
    int64_t busy = fleet_submit(&fleet, "noop", "{\"sleep_ms\":2500}"); /* reports progress */
    int64_t job = fleet_submit(&fleet, "noop", "{\"fault\":\"loop\"}");
    fleet_dispatch(&fleet, 2);
    fleet_event(&fleet, job, "retrying");
    assert_string_equal(fleet_error(&fleet, job, "error_code"), "stalled");
    assert_string_equal(record_text(R,
                                    "SELECT data -> 'error' -> 'details' ->> 'cause' FROM argosy.event WHERE type = "
                                    "'retrying' AND job = %" PRId64,
                                    job),
                        "stalled");
    wait_end(busy);
    assert_int_equal(record_int(R, "SELECT state FROM argosy.job_history WHERE id = %" PRId64, busy), 5);
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
}

/* It was the worker that heard nothing. */
static void who_spoke_to_a_worker_that_stood_still_goes_on(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"sleep_ms\":12000}"); /* reports progress */
    fleet_dispatch(&fleet, 1);
    fleet_until(&fleet, job, "SELECT progress::text LIKE '%%\"job\":%" PRId64 ",%%' FROM argosy.worker WHERE NOT dead",
                job);
    kill(fleet.worker, SIGSTOP);
    record_run(R, "SELECT pg_sleep(%d)", STALLED_AFTER_S + 1);
    kill(fleet.worker, SIGCONT);
    wait_end(job);
    assert_int_equal(record_int(R, "SELECT state FROM argosy.job_history WHERE id = %" PRId64, job), 5);
    assert_int_equal(record_int(R, "SELECT count(*) FROM argosy.event WHERE type = 'retrying' AND job = %" PRId64, job),
                     0);
}

static void slots_are_replaced(void **state)
{
    (void)state;
    pid_t first = fleet_slot(&fleet, 0);
    record_run(R, "SELECT argosy.submit('noop', '{}') FROM generate_series(1, 400)");
    fleet_drain(&fleet, 0);
    assert_int_not_equal(fleet_slot(&fleet, first), 0);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d", (int)first);
    for (int waited = 0; access(path, F_OK) == 0 && waited < 2400; waited++)
        fleet_wait(&fleet, "SELECT pg_sleep(0.05) IS NOT NULL");
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(
        record_int(
            R, "SELECT count(*) FROM argosy.job_history WHERE attempts > 1 AND kind = 'noop' AND state = 5 AND id > "
               "(SELECT max(id) - 400 FROM argosy.job)"),
        0);
}

static void usr1_says_what_is_in_flight(void **state)
{
    (void)state;
    int64_t job = fleet_submit(&fleet, "noop", "{\"sleep_ms\":600000}");
    fleet_dispatch(&fleet, 1);
    fleet_wait(&fleet,
               "SELECT progress::text LIKE '%%\"job\":%" PRId64 ",%%' FROM argosy.worker WHERE incarnation = %" PRId64,
               job, fleet.incarnation);
    kill(fleet.worker, SIGUSR1);
    char wanted[64];
    snprintf(wanted, sizeof wanted, "job=%" PRId64, job);
    for (int waited = 0; !fleet_said(&fleet, "in flight") || !fleet_said(&fleet, wanted); waited++) {
        assert_true(waited < 2400);
        fleet_wait(&fleet, "SELECT pg_sleep(0.05) IS NOT NULL");
    }
    record_run(R, "SELECT argosy.cancel(%" PRId64 ")", job);
}

static int setup(void **state)
{
    (void)state;
    char stalled_after_ms[16];
    (void)snprintf(stalled_after_ms, sizeof stalled_after_ms, "%d", STALLED_AFTER_S * 1000);
    setenv("FLEET_STALLED_AFTER_MS", stalled_after_ms, 1);
    setenv("FLEET_SLOT_JOBS", "150", 1);
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
        cmocka_unit_test(what_a_job_says_is_kept),
        cmocka_unit_test(who_says_too_much_is_cut_short),
        cmocka_unit_test(hidden_arguments_are_not_said),
        cmocka_unit_test(last_words_of_a_crash_are_kept),
        cmocka_unit_test(the_handler_has_the_word),
        cmocka_unit_test(who_runs_out_of_memory_gets_more_elsewhere),
        cmocka_unit_test(what_has_ended_does_not_wait_for_its_neighbour),
        cmocka_unit_test(who_says_nothing_is_stopped),
        cmocka_unit_test(who_spoke_to_a_worker_that_stood_still_goes_on),
        cmocka_unit_test(slots_are_replaced),
        cmocka_unit_test(usr1_says_what_is_in_flight),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
