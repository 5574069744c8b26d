/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare_fleet.c - the same scenarios, submitted to a fleet of Argosy that runs already on these servers: with the very
 * statements of `argosy bench queue`, at the same pace and with the same arguments as the bare loop.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "sql/array.h"
#include "sql/client.h"
#include "tests/bench/bare/bare.h"

enum { LOOK_US = 2000, PATIENCE_MS = 300000, WARM_MIN = 2000, CONNECT_TIMEOUT_S = 10, ARRAY_MAX = 4 << 20 };

struct fleet {
    const struct bare *b;
    struct client *client;
    json_t *report;
};

/* Up to three columns of the one row. */
static double ask(struct fleet *f, const char *statement, const char *parameter, double *ret_second, double *ret_third)
{
    struct error e = ERROR_NONE;
    struct result *r = NULL;
    if (client_run(f->client, statement, &SQL_TEXT(parameter), parameter != NULL, &r, &e) != ERROR_OK)
        bare_die("%s", e.message);
    const char *first = result_rows(r) > 0 ? result_text(r, 0, 0) : "0";
    double value = strcmp(first, "t") == 0 ? 1 : strtod(first, NULL);
    if (ret_second != NULL)
        *ret_second = strtod(result_text(r, 0, 1), NULL);
    if (ret_third != NULL)
        *ret_third = strtod(result_text(r, 0, 2), NULL);
    r = result_destroy(r);
    return value;
}

static void wait_for(struct fleet *f, const char *statement, const char *parameter, bool wanted)
{
    int64_t began_ms = clock_monotonic_ms();
    while ((ask(f, statement, parameter, NULL, NULL) != 0) != wanted) {
        if (clock_monotonic_ms() - began_ms > PATIENCE_MS)
            bare_die("%s did not come true", statement);
        (void)usleep(LOOK_US);
    }
}

static void submit(struct fleet *f, int64_t jobs)
{
    struct array args;
    struct error e = ERROR_NONE;
    char text[BARE_ARGS_SIZE];
    array_init(&args, ARRAY_TEXT, ARRAY_MAX);
    for (int64_t done = 0; done < jobs;) {
        struct sql_param param;
        array_clear(&args);
        for (int i = 0; i < BARE_BATCH && done < jobs; i++, done++) {
            bare_args(done, text);
            array_text(&args, text);
        }
        if (!array_param(&args, &param) || client_run(f->client, "bench_submit", &param, 1, NULL, &e) != ERROR_OK)
            bare_die("submit: %s", e.message);
    }
    array_finish(&args);
}

static void submit_one(void *arg, int64_t number, const char *args)
{
    struct fleet *f = arg;
    struct error e = ERROR_NONE;
    (void)number;
    if (client_run(f->client, "bench_submit_one", &SQL_TEXT(args), 1, NULL, &e) != ERROR_OK)
        bare_die("submit: %s", e.message);
}

static void last_id(struct fleet *f, char ret_id[static 32])
{
    (void)snprintf(ret_id, 32, "%.0f", ask(f, "bench_last", NULL, NULL, NULL));
}

/* As bare_own.c's. */
static double check(struct fleet *f, const char *after, int64_t jobs)
{
    double seconds = 0, results = 0, succeeded = ask(f, "bench_rate", after, &seconds, &results);
    if ((int64_t)succeeded != jobs || (int64_t)results != jobs)
        bare_die("%.0f of %lld jobs succeeded, %.0f have a result", succeeded, (long long)jobs, results);
    return seconds;
}

static json_t *flow(struct fleet *f, int64_t jobs)
{
    char after[32];
    last_id(f, after);
    int64_t cpu_us = bare_cpu_us(f->b), began_us = clock_monotonic_us();
    submit(f, jobs);
    wait_for(f, "bench_left", NULL, false);
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6;
    json_t *rate = bare_rate(f->b, jobs, seconds, cpu_us);
    (void)check(f, after, jobs);
    return rate;
}

static json_t *drain(struct fleet *f, int64_t jobs)
{
    char after[32];
    struct error e = ERROR_NONE;
    last_id(f, after);
    if (client_run(f->client, "bench_pause", &SQL_TEXT("true"), 1, NULL, &e) != ERROR_OK)
        bare_die("hold: %s", e.message);
    submit(f, jobs);
    int64_t cpu_us = bare_cpu_us(f->b);
    if (client_run(f->client, "bench_pause", &SQL_TEXT("false"), 1, NULL, &e) != ERROR_OK)
        bare_die("release: %s", e.message);
    wait_for(f, "bench_left", NULL, false);
    return bare_rate(f->b, jobs, check(f, after, jobs), cpu_us);
}

static json_t *pickup(struct fleet *f)
{
    char after[32];
    double submit_ms, p50 = 0, p99 = 0;
    last_id(f, after);
    int64_t cpu_us = bare_cpu_us(f->b);
    int64_t jobs = bare_submit_singly(f->b, submit_one, f, &submit_ms);
    wait_for(f, "bench_left", NULL, false);
    cpu_us = bare_cpu_us(f->b) - cpu_us;
    if ((int64_t)ask(f, "bench_pickup", after, &p50, &p99) != jobs)
        bare_die("pickup: not all of %lld jobs succeeded", (long long)jobs);
    return json_pack("{s:f, s:f, s:I, s:f, s:f}", "p50", p50, "p99", p99, "jobs", (json_int_t)jobs, "submit_p50",
                     submit_ms, "cpu_s_per_1000", (double)cpu_us / 1000 / (double)jobs);
}

json_t *bare_fleet(const struct bare *b, const char *scenarios)
{
    struct fleet f = { .b = b };
    struct error e = ERROR_NONE;
    json_t *report = json_object();
    if (client_open(b->database, "argosy bench", CONNECT_TIMEOUT_S, &f.client, &e) != ERROR_OK)
        bare_die("%s", e.message);
    wait_for(&f, "bench_ready", "1", true);
    json_decref(flow(&f, b->jobs / 10 > WARM_MIN ? b->jobs / 10 : WARM_MIN));
    if (bare_wanted(scenarios, "flow"))
        (void)json_object_set_new(report, "flow", flow(&f, b->jobs));
    if (bare_wanted(scenarios, "drain"))
        (void)json_object_set_new(report, "drain", drain(&f, b->jobs));
    if (bare_wanted(scenarios, "pickup"))
        (void)json_object_set_new(report, "pickup_ms", pickup(&f));
    f.client = client_close(f.client);
    return report;
}
