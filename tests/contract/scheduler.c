/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scheduler.c - the scheduler as a process, on a real PostgreSQL and a real Redis, with imitations of workers that
 * only register, beat and write down what is dispatched to them.
 *
 * Shown: a job reaches its worker over either carrier; the dead worker's jobs go to another with a higher epoch; what
 * Redis lost is rung again with the same epoch; one of two schedulers leads, and the other takes over when it is
 * stopped; a paused queue gives nothing; a job that is due later comes later; without Redis the record carries.
 */
#include "scheduler/scheduler.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <hiredis/hiredis.h>

#include "base/clock.h"
#include "base/log.h"
#include "tests/support/imitation.h"
#include "tests/support/record.h"
#include "tests/support/server.h"
#include "tests/support/transport_peer.h"

enum { EXPIRE_MS = 5000, IDLE_MS = 5000, SCHEDULERS_MAX = 2 };

static struct record record;
static const char *redis;
static pid_t schedulers[SCHEDULERS_MAX];

/* ---- the scheduler's process ---- */

static void start_scheduler(int i, const char *name, const char *transport)
{
    pid_t test = getpid();
    schedulers[i] = fork();
    assert_true(schedulers[i] >= 0);
    if (schedulers[i] > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != test)
        _exit(1);
    log_setup("scheduler", getenv("SCHEDULER_TRACE") ? LOG_DEBUG : LOG_ERROR, "text");
    const struct scheduler_config config = { .name = name,
                                             .database_url = record.url,
                                             .transport = transport,
                                             .redis_url = redis,
                                             .idle_ms = IDLE_MS,
                                             .expire_ms = EXPIRE_MS };
    _exit(scheduler_main(&config));
}

static int stop_scheduler(int i)
{
    int status = -1;
    if (schedulers[i] <= 0)
        return 0;
    kill(schedulers[i], SIGCONT);
    kill(schedulers[i], SIGTERM);
    waitpid(schedulers[i], &status, 0);
    schedulers[i] = 0;
    return status;
}

/* Waits until SQL gives true, beating meanwhile. */
static bool sql_holds(void *arg)
{
    return record_int(&record, "SELECT (%s)::int", (const char *)arg) == 1;
}

static void wait_sql(const char *condition)
{
    peer_wait(&record.loop, sql_holds, (void *)condition, condition);
}

static void submit(const char *kind, int count)
{
    record_run(&record, "SELECT argosy.submit('%s', '{}') FROM generate_series(1, %d)", kind, count);
}

static int setup(void **state)
{
    (void)state;
    record_run(&record, "TRUNCATE argosy.job, argosy.job_live, argosy.job_history, argosy.worker");
    record_run(&record, "UPDATE argosy.queue SET paused = false");
    record_run(&record, "UPDATE argosy.scheduler SET leader = NULL");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    int failed = 0;
    for (int i = 0; i < SCHEDULERS_MAX; i++)
        failed |= stop_scheduler(i);
    return failed; /* each ended with 0 */
}

/* ---- the tests ---- */

static void jobs_reach_their_worker(const char *transport)
{
    static struct imitation w; /* its handles outlive a failed test */
    start_scheduler(0, "one", transport);
    imitation_start(&w, &record, redis, "w1", transport);
    submit("noop", 3);
    imitation_wait(&w, 3);
    assert_string_equal(w.peer.jobs[0].kind, "noop");
    assert_string_equal(w.peer.jobs[0].args, "{}");
    assert_true(w.peer.jobs[0].epoch > 0 && w.peer.jobs[0].attempt == 1 && w.peer.jobs[0].timeout_s > 0);
    /* 4 slots, and nothing was measured: the rest waits in the record until there is credit */
    submit("noop", 10);
    wait_sql("SELECT count(*) = 9 FROM argosy.job_live WHERE state = 2"); /* a bell may ring twice: no count of them */
    w.done = 4;
    struct message done = { .type = MESSAGE_DONE, .incarnation = w.incarnation, .done = 4, .text = "{\"noop\":20}" };
    w.peer.transport->ops->send(w.peer.transport, 0, &done);
    imitation_wait(&w, 13);
    submit("noop", 40); /* more than one notification carries */
    imitation_wait(&w, 53);
    imitation_stop(&w);
}

static void jobs_reach_their_worker_over_redis(void **state)
{
    (void)state;
    jobs_reach_their_worker("redis");
}

static void jobs_reach_their_worker_over_postgresql_alone(void **state)
{
    (void)state;
    jobs_reach_their_worker("postgres");
}

static void the_jobs_of_a_dead_worker_go_to_another_with_a_higher_epoch(void **state)
{
    (void)state;
    static struct imitation w1, w2;
    start_scheduler(0, "one", "redis");
    imitation_start(&w1, &record, redis, "w1", "redis");
    submit("noop", 2);
    imitation_wait(&w1, 2);
    w1.silent = true;
    imitation_start(&w2, &record, redis, "w2", "redis");
    imitation_wait(&w2, 2);
    for (int i = 1; i <= 2; i++) {
        for (int k = 1; k <= 2; k++) {
            if (imitation_job(&w2, i)->id == imitation_job(&w1, k)->id)
                assert_true(imitation_job(&w2, i)->epoch > imitation_job(&w1, k)->epoch);
        }
    }
    assert_int_equal(
        record_int(&record, "SELECT dead::int FROM argosy.worker WHERE incarnation = %lld", (long long)w1.incarnation),
        1);
    assert_int_equal(
        record_int(&record, "SELECT dead::int FROM argosy.worker WHERE incarnation = %lld", (long long)w2.incarnation),
        0);
    imitation_stop(&w1);
    imitation_stop(&w2);
}

static void ask_redis(const char *command)
{
    redisContext *c = redisConnectUnix(redis);
    freeReplyObject(redisCommand(c, command));
    redisFree(c);
}

static void what_redis_lost_is_rung_again_with_the_same_epoch(void **state)
{
    (void)state;
    static struct imitation w; /* its handles outlive a failed test */
    start_scheduler(0, "one", "redis");
    imitation_start(&w, &record, redis, "w1", "redis");
    w.deaf = true; /* it never had them, says its beat */
    submit("noop", 2);
    imitation_wait(&w, 2);
    struct peer_job first = *imitation_job(&w, 1);
    ask_redis("FLUSHALL");
    peer_forget_all(&w.peer);
    imitation_wait(&w, 2);
    assert_int_equal(imitation_job(&w, 1)->id, first.id);
    assert_int_equal(imitation_job(&w, 1)->epoch, first.epoch);

    /* a seq that nothing belongs to any more is voided */
    record_run(&record, "DELETE FROM argosy.job_live WHERE seq = 1");
    peer_forget_all(&w.peer);
    peer_wait_messages(&w.peer, &record.loop, 1);
    assert_true(w.peer.messages[0].message.type == MESSAGE_VOID && w.peer.messages[0].message.seq == 1);
    w.deaf = false;
    imitation_stop(&w);
}

static void one_of_two_leads_and_the_other_takes_over_from_a_stopped_one(void **state)
{
    (void)state;
    static struct imitation w; /* its handles outlive a failed test */
    start_scheduler(0, "one", "redis");
    wait_sql("(SELECT leader = 'one' FROM argosy.scheduler)");
    start_scheduler(1, "two", "redis");
    imitation_start(&w, &record, redis, "w1", "redis");
    submit("noop", 1);
    imitation_wait(&w, 1);
    assert_string_equal(record_text(&record, "SELECT leader FROM argosy.scheduler"), "one");

    kill(schedulers[0], SIGSTOP);
    submit("noop", 1);
    imitation_wait(&w, 2);
    assert_string_equal(record_text(&record, "SELECT leader FROM argosy.scheduler"), "two");
    kill(schedulers[0], SIGCONT);
    w.done = 2;
    submit("noop", 1);
    imitation_wait(&w, 3);
    assert_string_equal(record_text(&record, "SELECT leader FROM argosy.scheduler"), "two");
    assert_true(w.alive); /* nobody was declared dead meanwhile */

    kill(schedulers[1], SIGKILL);
    waitpid(schedulers[1], NULL, 0);
    schedulers[1] = 0;
    wait_sql("(SELECT leader = 'one' FROM argosy.scheduler)");
    imitation_stop(&w);
}

static void a_paused_queue_gives_nothing_and_a_later_job_comes_later(void **state)
{
    (void)state;
    static struct imitation w; /* its handles outlive a failed test */
    start_scheduler(0, "one", "redis");
    imitation_start(&w, &record, redis, "w1", "redis");
    int64_t before_ms = clock_monotonic_ms();
    record_run(&record, "SELECT argosy.submit('noop', '{}', run_at => now() + interval '1 s')");
    imitation_wait(&w, 1);
    assert_true(clock_monotonic_ms() - before_ms > 800);
    w.done = 1;

    record_run(&record, "SELECT argosy.queue_pause('default')");
    submit("noop", 1);
    submit("noop", 1); /* ... in a lane that is not paused, to have an event to wait for */
    record_run(&record, "SELECT argosy.submit('noop', '{}', queue => 'other')");
    imitation_wait(&w, 2);
    assert_int_equal(record_int(&record, "SELECT count(*) FROM argosy.job_live WHERE state = 2"), 2);
    w.done = 2;
    record_run(&record, "SELECT argosy.queue_pause('default', false)");
    imitation_wait(&w, 4);
    imitation_stop(&w);
}

static void without_redis_the_record_carries(void **state)
{
    (void)state;
    static struct imitation w; /* its handles outlive a failed test */
    start_scheduler(0, "one", "redis");
    imitation_start(&w, &record, redis, "w1", "redis");
    submit("noop", 1);
    imitation_wait(&w, 1);
    kill(support_redis_pid(), SIGSTOP); /* it neither answers nor closes: what is published is lost without a word */
    submit("noop", 1);
    imitation_wait(&w, 2);
    kill(support_redis_pid(), SIGCONT);

    w.done = 2;
    support_redis_restart();
    submit("noop", 2); /* whoever is still reconnecting is served by the record */
    imitation_wait(&w, 4);
    imitation_stop(&w);
}

static int group_setup(void **state)
{
    (void)state;
    redis = support_redis_start();
    record_start(&record);
    return 0;
}

static int group_teardown(void **state)
{
    (void)state;
    record_finish(&record);
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(jobs_reach_their_worker_over_redis),
        TEST(jobs_reach_their_worker_over_postgresql_alone),
        TEST(the_jobs_of_a_dead_worker_go_to_another_with_a_higher_epoch),
        TEST(what_redis_lost_is_rung_again_with_the_same_epoch),
        TEST(one_of_two_leads_and_the_other_takes_over_from_a_stopped_one),
        TEST(a_paused_queue_gives_nothing_and_a_later_job_comes_later),
        TEST(without_redis_the_record_carries),
    };
    return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
