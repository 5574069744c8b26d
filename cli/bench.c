/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `argosy bench queue`: how fast no-op jobs go through a fleet of its own, with the settings that everybody gets.
 *
 * Happy path: a private fleet -> a warm-up -> the scenarios of the table in its order -> the settings that were in
 * force, read back -> the report. A job counts when the record says succeeded, and the run fails unless all are there
 * with their results. Compare figures of one machine and one run only.
 */
#include "cli/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cli/commands.h"
#include "cli/instance.h"
#include "cli/print.h"
#include "sql/array.h"

enum { BATCH = 1000, CONNECT_TIMEOUT_S = 10, PATIENCE_MS = 600000, LOOK_EVERY_US = 2000 };
enum { PAYLOAD_SIZE = 140, ARRAY_MAX = 64 << 20 };

const struct bench_scenario bench_scenarios[] = {
    { "flow", "batches are submitted while the workers run", bench_flow, true },
    { "drain", "all jobs wait, then the workers run", bench_drain, true },
    { "pickup", "200 single jobs a second to idle workers", bench_pickup, true },
    { "rest", "single jobs through REST, 64 connections", bench_rest, true },
    { "pinned", "single jobs at a rate, without and with an old snapshot held", bench_pinned, false },
    { "backlog", "as drain, by tenths", bench_backlog, false },
    { "memory", "what the processes hold at rest", bench_memory, true },
    { 0 },
};

void bench_sleep_us(int64_t us)
{
    struct timespec pause = { .tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 };
    if (us > 0)
        (void)nanosleep(&pause, NULL);
}

enum error_class bench_ask(struct bench *b, const char *statement, const char *parameter, int64_t *ret_value,
                           struct error *e)
{
    struct result *r = NULL;
    if (client_run(b->client, statement, &SQL_TEXT(parameter), parameter != NULL, &r, e) != ERROR_OK)
        return e->class;
    *ret_value = strcmp(result_text(r, 0, 0), "t") == 0 ? 1 : result_int(r, 0, 0);
    r = result_destroy(r);
    return ERROR_OK;
}

enum error_class bench_wait(struct bench *b, const char *statement, const char *parameter, bool wanted, struct error *e)
{
    int64_t began_ms = clock_monotonic_ms(), value = !wanted;
    while (clock_monotonic_ms() - began_ms < PATIENCE_MS) {
        if (bench_ask(b, statement, parameter, &value, e) != ERROR_OK)
            return e->class;
        if ((value != 0) == wanted)
            return ERROR_OK;
        bench_sleep_us(LOOK_EVERY_US);
    }
    return error_code(e, ERROR_TIMED_OUT, "bench_stalled", "%s did not come true in %d s", statement,
                      PATIENCE_MS / 1000);
}

enum error_class bench_submit(struct bench *b, int64_t jobs, struct error *e)
{
    struct array args;
    char payload[PAYLOAD_SIZE + 1] = "", text[PAYLOAD_SIZE + 64];
    memset(payload, 'x', PAYLOAD_SIZE);
    array_init(&args, ARRAY_TEXT, ARRAY_MAX);
    for (int64_t done = 0; done < jobs && e->class == ERROR_OK;) {
        struct sql_param param;
        array_clear(&args);
        for (int i = 0; i < BATCH && done < jobs; i++, done++) {
            (void)snprintf(text, sizeof text, "{\"payload\":\"%s%lld\"}", payload, (long long)done);
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

enum error_class bench_check(struct bench *b, int64_t after, int64_t jobs, double *ret_seconds, struct error *e)
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

enum error_class bench_hold(struct bench *b, bool held, struct error *e)
{
    return client_run(b->client, "bench_pause", &SQL_TEXT(held ? "true" : "false"), 1, NULL, e);
}

/* ---- which ones ---- */

/* Is it in the list "a,b", or usual when there is none? */
static bool is_wanted(const char *list, const struct bench_scenario *scenario)
{
    size_t size = strlen(scenario->name);
    if (list == NULL)
        return scenario->usual;
    for (const char *at = list; (at = strstr(at, scenario->name)) != NULL; at += size)
        if ((at == list || at[-1] == ',') && (at[size] == ',' || at[size] == '\0'))
            return true;
    return false;
}

static bool is_known(const char *name, size_t size)
{
    for (const struct bench_scenario *s = bench_scenarios; s->name != NULL; s++)
        if (strlen(s->name) == size && memcmp(s->name, name, size) == 0)
            return true;
    return false;
}

static enum error_class check_list(const char *list, struct error *e)
{
    for (const char *at = list; at != NULL; at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL)
        if (!is_known(at, strcspn(at, ",")))
            return error_code(e, ERROR_INVALID, "unknown_scenario", "--scenario: there is no \"%.*s\"",
                              (int)strcspn(at, ","), at);
    return ERROR_OK;
}

static enum error_class measure(struct bench *b, struct error *e)
{
    const char *list = command_option(b->context, "scenario");
    struct settings *settings = b->context->settings;
    char workers[16];
    struct result *r = NULL;
    (void)snprintf(workers, sizeof workers, "%lld", (long long)settings_number(settings, SETTING_WORKERS));
    if (bench_wait(b, "bench_ready", workers, true, e) != ERROR_OK)
        return e->class;
    (void)fprintf(stderr, "bench queue: warming up\n");
    if (bench_submit(b, b->jobs / 10 + 1, e) != ERROR_OK || bench_wait(b, "bench_left", NULL, false, e) != ERROR_OK)
        return e->class;
    for (const struct bench_scenario *s = bench_scenarios; s->name != NULL; s++) {
        if (!is_wanted(list, s))
            continue;
        (void)fprintf(stderr, "bench queue: %s: %s\n", s->name, s->help);
        if (s->run(b, e) != ERROR_OK)
            return error_wrap(e, "%s", s->name);
    }
    if (client_run(b->client, "bench_settings", NULL, 0, &r, e) != ERROR_OK)
        return e->class;
    (void)json_object_set_new(b->report, "settings", json_loads(result_text(r, 0, 0), 0, NULL));
    r = result_destroy(r);
    return ERROR_OK;
}

static void print_report(const json_t *report)
{
    static const struct print_column columns[] = {
        { "flow", "flow.jobs_per_s", true },
        { "drain", "drain.jobs_per_s", true },
        { "pickup p50", "pickup_ms.p50", true },
        { "pickup p99", "pickup_ms.p99", true },
        { "REST submits", "rest.jobs_per_s", true },
        { "pinned", "pinned", false },
        { "backlog", "backlog", false },
        { "CPU s for 1,000, flow", "flow.cpu_s_per_1000", false },
        { "CPU s for 1,000, drain", "drain.cpu_s_per_1000", false },
        { "memory, KiB (PSS)", "memory_kib", false },
        { "settings", "settings", false },
        { NULL, NULL, false },
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
    json_auto_t *report = json_object();
    struct bench b = { .context = context, .report = report };
    if (check_list(command_option(context, "scenario"), e) != ERROR_OK ||
        command_number(context, "jobs", 1, 10000000, 100000, &b.jobs, e) != ERROR_OK ||
        command_number(context, "pickup-seconds", 1, 600, 5, &b.pickup_s, e) != ERROR_OK ||
        command_number(context, "usual-seconds", 1, 600, b.pickup_s, &b.usual_s, e) != ERROR_OK ||
        command_number(context, "rate", 1, 20000, 2000, &b.rate, e) != ERROR_OK ||
        temporary_folder(&folder, e) != ERROR_OK)
        return e->class;
    mem_auto char *workers = mem_format("--workers=%s", settings_text(context->settings, SETTING_WORKERS));
    mem_auto char *slots = mem_format("--slots=%s", settings_text(context->settings, SETTING_SLOTS));
    mem_auto char *transport = mem_format("--transport=%s", settings_text(context->settings, SETTING_TRANSPORT));
    const char *extra[] = { workers, slots, transport, "--listen=127.0.0.1:0", NULL };
    enum error_class class = launch_start(context, folder, extra, &b.fleet, e);
    if (class == ERROR_OK)
        class = client_open(json_string_value(json_object_get(b.fleet.state, "database_url")), "argosy bench",
                            CONNECT_TIMEOUT_S, &b.client, e);
    if (class == ERROR_OK)
        class = measure(&b, e);
    b.client = client_close(b.client);
    launch_stop(&b.fleet);
    struct error ignored = ERROR_NONE;
    (void)instance_erase("/var/tmp", folder + strlen("/var/tmp/"), &ignored);
    free(folder);
    if (class == ERROR_OK && context->json)
        print_json(report);
    else if (class == ERROR_OK)
        print_report(report);
    return class;
}
