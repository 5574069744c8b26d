/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `argosy bench queue`: how fast no-op jobs go through a fleet of its own, with the settings that everybody gets.
 *
 * flow: one connection submits batches of 1,000 while the workers run, from the first submit call until nothing is
 * left. drain: all wait first (the queue is held), the rate is from the first recorded finish to the last. pickup: 200
 * single submits a second, from just before the call to the handler's first line. A job counts when the record says
 * succeeded, and the run fails unless all are there with their results. Compare figures of one machine and one run
 * only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/instance.h"
#include "cli/launch.h"
#include "cli/print.h"
#include "sql/array.h"
#include "sql/client.h"

enum { BATCH = 1000, CONNECT_TIMEOUT_S = 10, PATIENCE_MS = 600000, LOOK_EVERY_US = 2000, PICKUP_EVERY_US = 5000 };
enum { PAYLOAD_SIZE = 140, ARRAY_MAX = 64 << 20 };

struct bench {
    struct client *client;
    char payload[PAYLOAD_SIZE + 1];
};

static void sleep_us(int64_t us)
{
    struct timespec pause = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
    if (us > 0)
        (void)nanosleep(&pause, NULL);
}

/* The one value of a statement. */
static enum error_class ask(struct bench *b, const char *statement, const char *parameter, int64_t *ret_value,
                            struct error *e)
{
    struct result *r = NULL;
    if (client_run(b->client, statement, &SQL_TEXT(parameter), parameter != NULL, &r, e) != ERROR_OK)
        return e->class;
    *ret_value = strcmp(result_text(r, 0, 0), "t") == 0 ? 1 : result_int(r, 0, 0);
    r = result_destroy(r);
    return ERROR_OK;
}

/* Waits until a yes-or-no statement says `wanted`. */
static enum error_class wait_for(struct bench *b, const char *statement, const char *parameter, bool wanted,
                                 struct error *e)
{
    int64_t began_ms = clock_monotonic_ms(), value = !wanted;
    while (clock_monotonic_ms() - began_ms < PATIENCE_MS) {
        if (ask(b, statement, parameter, &value, e) != ERROR_OK)
            return e->class;
        if ((value != 0) == wanted)
            return ERROR_OK;
        sleep_us(LOOK_EVERY_US);
    }
    return error_code(e, ERROR_TIMED_OUT, "bench_stalled", "%s did not come true in %d s", statement,
                      PATIENCE_MS / 1000);
}

static enum error_class submit(struct bench *b, int64_t jobs, struct error *e)
{
    struct array args;
    char text[PAYLOAD_SIZE + 64];
    array_init(&args, ARRAY_TEXT, ARRAY_MAX);
    for (int64_t done = 0; done < jobs && e->class == ERROR_OK;) {
        struct sql_param param;
        array_clear(&args);
        for (int i = 0; i < BATCH && done < jobs; i++, done++) {
            (void)snprintf(text, sizeof text, "{\"payload\":\"%s%lld\"}", b->payload, (long long)done);
            array_text(&args, text);
        }
        if (!array_param(&args, &param))
            (void)error_set(e, ERROR_FATAL, "a batch is too large");
        else
            (void)client_run(b->client, "bench_submit", &param, 1, NULL, e);
    }
    array_finish(&args);
    return e->class;
}

/* All of them succeeded and left a result; *ret_seconds by the record's own times. */
static enum error_class check(struct bench *b, int64_t after, int64_t jobs, double *ret_seconds, struct error *e)
{
    char id[32];
    struct result *r = NULL;
    (void)snprintf(id, sizeof id, "%lld", (long long)after);
    if (client_run(b->client, "bench_rate", &SQL_TEXT(id), 1, &r, e) != ERROR_OK)
        return e->class;
    if (result_int(r, 0, 0) != jobs || result_int(r, 0, 2) != jobs)
        (void)error_code(e, ERROR_FATAL, "bench_lost", "%lld of %lld jobs succeeded, %lld results are there",
                         (long long)result_int(r, 0, 0), (long long)jobs, (long long)result_int(r, 0, 2));
    *ret_seconds = strtod(result_text(r, 0, 1), NULL);
    r = result_destroy(r);
    return e->class;
}

static enum error_class flow(struct bench *b, int64_t jobs, json_t *report, struct error *e)
{
    int64_t after;
    double recorded;
    if (ask(b, "bench_last", NULL, &after, e) != ERROR_OK)
        return e->class;
    int64_t began_us = clock_monotonic_us();
    if (submit(b, jobs, e) != ERROR_OK || wait_for(b, "bench_left", NULL, false, e) != ERROR_OK)
        return e->class;
    double seconds = (double)(clock_monotonic_us() - began_us) / 1e6;
    if (check(b, after, jobs, &recorded, e) != ERROR_OK)
        return error_wrap(e, "flow");
    return json_object_set_new(report, "flow",
                               json_pack("{s:f, s:I, s:f}", "jobs_per_s", (double)jobs / seconds, "jobs",
                                         (json_int_t)jobs, "seconds", seconds)) == 0
               ? ERROR_OK
               : error_set(e, ERROR_FATAL, "report");
}

static enum error_class drain(struct bench *b, int64_t jobs, json_t *report, struct error *e)
{
    int64_t after;
    double seconds;
    if (ask(b, "bench_last", NULL, &after, e) != ERROR_OK ||
        client_run(b->client, "bench_pause", &SQL_TEXT("true"), 1, NULL, e) != ERROR_OK ||
        submit(b, jobs, e) != ERROR_OK ||
        client_run(b->client, "bench_pause", &SQL_TEXT("false"), 1, NULL, e) != ERROR_OK ||
        wait_for(b, "bench_left", NULL, false, e) != ERROR_OK)
        return e->class;
    if (check(b, after, jobs, &seconds, e) != ERROR_OK)
        return error_wrap(e, "drain");
    return json_object_set_new(report, "drain",
                               json_pack("{s:f, s:I, s:f}", "jobs_per_s", seconds > 0 ? (double)jobs / seconds : 0.0,
                                         "jobs", (json_int_t)jobs, "seconds", seconds)) == 0
               ? ERROR_OK
               : error_set(e, ERROR_FATAL, "report");
}

static enum error_class pickup(struct bench *b, int64_t seconds, json_t *report, struct error *e)
{
    int64_t after, next_us = clock_monotonic_us(), jobs = seconds * 1000000 / PICKUP_EVERY_US;
    char text[64], id[32];
    struct result *r = NULL;
    if (ask(b, "bench_last", NULL, &after, e) != ERROR_OK)
        return e->class;
    for (int64_t i = 0; i < jobs; i++, next_us += PICKUP_EVERY_US) {
        sleep_us(next_us - clock_monotonic_us());
        (void)snprintf(text, sizeof text, "{\"submitted_us\":%lld}", (long long)clock_wall_us());
        if (client_run(b->client, "bench_submit_one", &SQL_TEXT(text), 1, NULL, e) != ERROR_OK)
            return e->class;
    }
    (void)snprintf(id, sizeof id, "%lld", (long long)after);
    if (wait_for(b, "bench_left", NULL, false, e) != ERROR_OK ||
        client_run(b->client, "bench_pickup", &SQL_TEXT(id), 1, &r, e) != ERROR_OK)
        return e->class;
    if (result_int(r, 0, 0) != jobs)
        (void)error_code(e, ERROR_FATAL, "bench_lost", "pickup: %lld of %lld jobs succeeded",
                         (long long)result_int(r, 0, 0), (long long)jobs);
    (void)json_object_set_new(report, "pickup_ms",
                              json_pack("{s:f, s:f, s:I}", "p50", strtod(result_text(r, 0, 1), NULL), "p99",
                                        strtod(result_text(r, 0, 2), NULL), "jobs", (json_int_t)jobs));
    r = result_destroy(r);
    return e->class;
}

static enum error_class measure(struct context *context, struct bench *b, json_t *report, struct error *e)
{
    int64_t jobs, seconds;
    char workers[16];
    struct result *r = NULL;
    (void)snprintf(workers, sizeof workers, "%lld", (long long)settings_number(context->settings, SETTING_WORKERS));
    memset(b->payload, 'x', PAYLOAD_SIZE);
    if (command_number(context, "jobs", 1, 10000000, 100000, &jobs, e) != ERROR_OK ||
        command_number(context, "pickup-seconds", 1, 600, 5, &seconds, e) != ERROR_OK ||
        wait_for(b, "bench_ready", workers, true, e) != ERROR_OK)
        return e->class;
    (void)fprintf(stderr, "bench queue: warming up\n");
    if (submit(b, jobs / 10 + 1, e) != ERROR_OK || wait_for(b, "bench_left", NULL, false, e) != ERROR_OK)
        return e->class;
    (void)fprintf(stderr, "bench queue: flow of %lld jobs\n", (long long)jobs);
    if (flow(b, jobs, report, e) != ERROR_OK)
        return e->class;
    (void)fprintf(stderr, "bench queue: drain of %lld jobs\n", (long long)jobs);
    if (drain(b, jobs, report, e) != ERROR_OK)
        return e->class;
    (void)fprintf(stderr, "bench queue: pickup at 200 jobs/s for %lld s\n", (long long)seconds);
    if (pickup(b, seconds, report, e) != ERROR_OK ||
        client_run(b->client, "bench_settings", NULL, 0, &r, e) != ERROR_OK)
        return e->class;
    (void)json_object_set_new(report, "settings", json_loads(result_text(r, 0, 0), 0, NULL));
    r = result_destroy(r);
    return ERROR_OK;
}

static void print_report(const json_t *report)
{
    static const struct print_column columns[] = {
        { "flow", "flow.jobs_per_s", true },     { "drain", "drain.jobs_per_s", true },
        { "pickup p50", "pickup_ms.p50", true }, { "pickup p99", "pickup_ms.p99", true },
        { "settings", "settings", false },       { NULL, NULL, false },
    };
    (void)printf("jobs per second, and ms from submit to the handler's first line\n");
    print_object(report, columns);
}

/* A folder that goes with the run; where up's unprivileged user can reach it. free(). */
static enum error_class temporary_folder(char **ret_folder, struct error *e)
{
    char *folder = mem_text("/var/tmp/argosy-bench-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        free(folder);
        return error_code(e, ERROR_REFUSED, "folder_refused", "can't make a folder in /var/tmp: %m");
    }
    *ret_folder = folder;
    return ERROR_OK;
}

enum error_class bench_queue_run(struct context *context, struct error *e)
{
    char *folder = NULL;
    struct launch fleet = { 0 };
    struct bench b = { 0 };
    json_auto_t *report = json_object();
    if (temporary_folder(&folder, e) != ERROR_OK)
        return e->class;
    mem_auto char *workers = mem_format("--workers=%s", settings_text(context->settings, SETTING_WORKERS));
    mem_auto char *slots = mem_format("--slots=%s", settings_text(context->settings, SETTING_SLOTS));
    mem_auto char *transport = mem_format("--transport=%s", settings_text(context->settings, SETTING_TRANSPORT));
    const char *extra[] = { workers, slots, transport, "--listen=127.0.0.1:0", NULL };
    enum error_class class = launch_start(context, folder, extra, &fleet, e);
    if (class == ERROR_OK)
        class = client_open(json_string_value(json_object_get(fleet.state, "database_url")), "argosy bench",
                            CONNECT_TIMEOUT_S, &b.client, e);
    if (class == ERROR_OK)
        class = measure(context, &b, report, e);
    b.client = client_close(b.client);
    launch_stop(&fleet);
    struct error ignored = ERROR_NONE;
    (void)instance_erase("/var/tmp", folder + strlen("/var/tmp/"), &ignored);
    free(folder);
    if (class == ERROR_OK && context->json)
        print_json(report);
    else if (class == ERROR_OK)
        print_report(report);
    return class;
}
