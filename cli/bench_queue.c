/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_queue.c - the scenarios that submit by SQL.
 *
 * flow: one connection submits batches of 1,000 while the workers run, from the first submit call until nothing is
 * left. drain: all wait first (the queue is held), the rate is from the first recorded finish to the last. pickup: 200
 * single submits a second, from just before the call to the handler's first line. memory: the fleet at rest, after all
 * that ran before.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/bench.h"
#include "cli/bench_roles.h"

enum { PICKUP_EVERY_US = 5000, REST_US = 2000000 };

static enum error_class report_rate(struct bench *b, const char *name, double seconds, const struct bench_roles *before,
                                    struct error *e)
{
    const struct bench_roles after = bench_roles_sample(b->fleet.pid, false);
    json_t *part =
        json_pack("{s:f, s:I, s:f, s:o}", "jobs_per_s", seconds > 0 ? (double)b->jobs / seconds : 0.0, "jobs",
                  (json_int_t)b->jobs, "seconds", seconds, "cpu_s_per_1000", bench_roles_cpu(before, &after, b->jobs));
    return json_object_set_new(b->report, name, part) == 0 ? ERROR_OK : error_set(e, ERROR_FATAL, "report");
}

enum error_class bench_flow(struct bench *b, struct error *e)
{
    int64_t after;
    double recorded;
    if (bench_ask(b, "bench_last", NULL, &after, e) != ERROR_OK)
        return e->class;
    const struct bench_roles before = bench_roles_sample(b->fleet.pid, false);
    int64_t began_us = clock_monotonic_us();
    if (bench_submit(b, b->jobs, e) != ERROR_OK || bench_wait(b, "bench_left", NULL, false, e) != ERROR_OK)
        return e->class;
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6;
    if (report_rate(b, "flow", seconds, &before, e) != ERROR_OK)
        return e->class;
    return bench_check(b, after, b->jobs, &recorded, e);
}

enum error_class bench_drain(struct bench *b, struct error *e)
{
    int64_t after;
    double seconds;
    if (bench_ask(b, "bench_last", NULL, &after, e) != ERROR_OK || bench_hold(b, true, e) != ERROR_OK ||
        bench_submit(b, b->jobs, e) != ERROR_OK)
        return e->class;
    const struct bench_roles before = bench_roles_sample(b->fleet.pid, false);
    if (bench_hold(b, false, e) != ERROR_OK || bench_wait(b, "bench_left", NULL, false, e) != ERROR_OK ||
        bench_check(b, after, b->jobs, &seconds, e) != ERROR_OK)
        return e->class;
    return report_rate(b, "drain", seconds, &before, e);
}

enum error_class bench_pickup(struct bench *b, struct error *e)
{
    int64_t after, next_us = clock_monotonic_us(), jobs = b->pickup_s * 1000000 / PICKUP_EVERY_US;
    char text[64], id[32];
    struct result *r = NULL;
    if (bench_ask(b, "bench_last", NULL, &after, e) != ERROR_OK)
        return e->class;
    for (int64_t i = 0; i < jobs; i++, next_us += PICKUP_EVERY_US) {
        bench_sleep_us(next_us - clock_monotonic_us());
        (void)snprintf(text, sizeof text, "{\"submitted_us\":%lld}", (long long)clock_wall_us());
        if (client_run(b->client, "bench_submit_one", &SQL_TEXT(text), 1, NULL, e) != ERROR_OK)
            return e->class;
    }
    (void)snprintf(id, sizeof id, "%lld", (long long)after);
    if (bench_wait(b, "bench_left", NULL, false, e) != ERROR_OK ||
        client_run(b->client, "bench_pickup", &SQL_TEXT(id), 1, &r, e) != ERROR_OK)
        return e->class;
    if (result_int(r, 0, 0) != jobs)
        (void)error_code(e, ERROR_FATAL, "bench_lost", "pickup: %lld of %lld jobs succeeded",
                         (long long)result_int(r, 0, 0), (long long)jobs);
    (void)json_object_set_new(b->report, "pickup_ms",
                              json_pack("{s:f, s:f, s:I}", "p50", strtod(result_text(r, 0, 1), NULL), "p99",
                                        strtod(result_text(r, 0, 2), NULL), "jobs", (json_int_t)jobs));
    r = result_destroy(r);
    return e->class;
}

enum error_class bench_memory(struct bench *b, struct error *e)
{
    bench_sleep_us(REST_US);
    const struct bench_roles rest = bench_roles_sample(b->fleet.pid, true);
    if (rest.of[ROLE_WORKER].pss_kib_max == 0 || rest.of[ROLE_SLOT].pss_kib_max == 0)
        return error_code(e, ERROR_FATAL, "bench_lost", "the fleet's workers can't be found below process %d",
                          (int)b->fleet.pid);
    (void)json_object_set_new(b->report, "memory_kib", bench_roles_memory(&rest));
    return ERROR_OK;
}
