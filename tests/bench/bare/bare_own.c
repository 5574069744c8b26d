/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare_own.c - the bare loop's own fleet: starts dispatcher and worker, warms up, submits, and reads the figures back
 * from the record.
 *
 * flow: from the first submit call until the last job is recorded, while the loop runs. drain: all wait first, from the
 * first recorded finish to the last. pickup: from just before the submit to the handler's first line. All as
 * `argosy bench queue` does.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/bench/bare/bare.h"

enum { LOOK_US = 500, PATIENCE_MS = 300000, WARM_MIN = 2000 };

struct own {
    struct bare *b;
    PGconn *pg;
    pid_t dispatcher, worker;
    int64_t next; /* id */
};

static pid_t start(const struct bare *b, void (*run)(const struct bare *b))
{
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        bare_die("fork: %s", strerror(errno));
    if (pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
            _exit(1);
        run(b);
    }
    return pid;
}

static void wait_finished(const struct own *own, int64_t upto)
{
    int64_t began_ms = clock_monotonic_ms();
    while (own->b->board->finished < upto) {
        if (clock_monotonic_ms() - began_ms > PATIENCE_MS || waitpid(-1, NULL, WNOHANG) != 0)
            bare_die("stalled at %lld of %lld jobs", (long long)own->b->board->finished, (long long)upto);
        (void)usleep(LOOK_US);
    }
}

/* All of them succeeded and left a result; the seconds from the first recorded finish to the last. */
static double check(const struct own *own, int64_t after, int64_t jobs)
{
    char sql[320];
    double results = 0, seconds = 0;
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FILTER (WHERE state = 5), count(DISTINCT id) FILTER (WHERE result IS NOT NULL),"
                   " extract(epoch FROM max(finished) - min(finished)) FROM bare.history WHERE id > %lld",
                   (long long)after);
    double succeeded = bare_value(own->pg, sql, &results, &seconds);
    if ((int64_t)succeeded != jobs || (int64_t)results != jobs)
        bare_die("%.0f of %lld jobs succeeded, %.0f have a result", succeeded, (long long)jobs, results);
    return seconds;
}

static void submit(struct own *own, int64_t jobs)
{
    bare_submit(own->pg, own->next, jobs);
    own->next += jobs;
}

static json_t *flow(struct own *own, int64_t jobs)
{
    int64_t after = own->next - 1, cpu_us = bare_cpu_us(own->b), began_us = clock_monotonic_us();
    submit(own, jobs);
    wait_finished(own, own->next - 1);
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6;
    json_t *rate = bare_rate(own->b, jobs, seconds, cpu_us);
    (void)check(own, after, jobs);
    return rate;
}

static json_t *drain(struct own *own, int64_t jobs)
{
    int64_t after = own->next - 1;
    own->b->board->held = true;
    submit(own, jobs);
    int64_t cpu_us = bare_cpu_us(own->b);
    own->b->board->held = false;
    wait_finished(own, own->next - 1);
    return bare_rate(own->b, jobs, check(own, after, jobs), cpu_us);
}

static void submit_one(void *arg, int64_t number, const char *args)
{
    struct own *own = arg;
    char id[24];
    (void)snprintf(id, sizeof id, "%lld", (long long)(own->next + number));
    const char *values[] = { id, args };
    PQclear(
        bare_checked(own->pg, PQexecPrepared(own->pg, bare_statement_name(BARE_SUBMIT_ONE), 2, values, NULL, NULL, 0)));
}

/* Median of the times between two hops, in ms. */
static double hop(const struct own *own, int64_t after, const char *from, const char *to)
{
    char sql[400];
    (void)snprintf(sql, sizeof sql,
                   "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY (%s)::bigint - (%s)::bigint) / 1000"
                   " FROM bare.history h JOIN bare.job j USING (id) WHERE h.id > %lld",
                   to, from, (long long)after);
    return bare_value(own->pg, sql, NULL, NULL);
}

static json_t *pickup(struct own *own)
{
    static const char *const times[] = { "j.args ->> 'submitted_us'", "h.result #>> '{hops,0}'",
                                         "h.result #>> '{hops,1}'", "h.result #>> '{hops,2}'",
                                         "h.result ->> 'started_us'" };
    double submit_ms, p50 = 0, p99 = 0;
    char sql[400];
    int64_t after = own->next - 1;
    int64_t cpu_us = bare_cpu_us(own->b);
    own->b->board->traced = true;
    int64_t jobs = bare_submit_singly(own->b, submit_one, own, &submit_ms);
    own->next += jobs;
    wait_finished(own, own->next - 1);
    own->b->board->traced = false;
    cpu_us = bare_cpu_us(own->b) - cpu_us;
    (void)check(own, after, jobs);
    bare_command(own->pg, "SET enable_hashjoin = on; SET enable_sort = on");
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY us) / 1000,"
                   " percentile_cont(0.99) WITHIN GROUP (ORDER BY us) / 1000 FROM (SELECT (%s)::bigint - (%s)::bigint"
                   " AS us FROM bare.history h JOIN bare.job j USING (id) WHERE h.id > %lld) x",
                   times[4], times[0], (long long)after);
    (void)bare_value(own->pg, sql, &p50, &p99);
    return json_pack("{s:f, s:f, s:I, s:f, s:f, s:{s:f, s:f, s:f, s:f}}", "p50", p50, "p99", p99, "jobs",
                     (json_int_t)jobs, "cpu_s_per_1000", (double)cpu_us / 1000 / (double)jobs, "submit_p50", submit_ms,
                     "hops_p50", "submit, notify, listen", hop(own, after, times[0], times[1]), "dispatch, commit",
                     hop(own, after, times[1], times[2]), "redis, worker", hop(own, after, times[2], times[3]), "slot",
                     hop(own, after, times[3], times[4]));
}

static void stop(pid_t pid)
{
    (void)kill(pid, SIGTERM);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* Once the loop has run, all of its processes are there. */
static void count_pids(struct own *own)
{
    unsigned count = 0;
    own->b->pids[count++] = own->dispatcher;
    own->b->pids[count++] = own->worker;
    for (unsigned i = 0; i < own->b->slots; i++)
        own->b->pids[count++] = own->b->board->slots[i];
}

json_t *bare_own(struct bare *b, const char *scenarios)
{
    struct own own = { .b = b, .next = 1 };
    json_t *report = json_object();
    PGconn *pg = bare_connect(b);
    bare_schema(pg);
    PQfinish(pg); /* no child has it */
    own.dispatcher = start(b, bare_dispatch);
    own.worker = start(b, bare_work);
    own.pg = bare_connect(b);
    bare_prepare(own.pg, BARE_SUBMIT_ONE);
    json_decref(flow(&own, b->jobs / 10 > WARM_MIN ? b->jobs / 10 : WARM_MIN));
    count_pids(&own);
    if (bare_wanted(scenarios, "flow"))
        (void)json_object_set_new(report, "flow", flow(&own, b->jobs));
    if (bare_wanted(scenarios, "drain"))
        (void)json_object_set_new(report, "drain", drain(&own, b->jobs));
    if (bare_wanted(scenarios, "pickup"))
        (void)json_object_set_new(report, "pickup_ms", pickup(&own));
    PQfinish(own.pg);
    stop(own.dispatcher);
    stop(own.worker); /* its slots die with it */
    return report;
}
