/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlq.c - `argosy dlq list|replay|purge`: jobs that failed for good.
 *
 * Replay and purge of a filter's go in calls of a bounded number, each one transaction, and end with what there was
 * when they began. --rate spreads them; a command that is stopped has done what it said so far.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/print.h"

enum { BATCH_MAX = 500, RATE_MAX = 100000, LIMIT_MAX = 1000000000, TIME_SIZE = 32 };

static const struct print_column columns[] = {
    { "JOB", "id", true },         { "KIND", "kind", false },         { "QUEUE", "queue", false },
    { "TENANT", "tenant", false }, { "ERROR", "error_code", false },  { "ATTEMPTS", "attempts", true },
    { "LOST", "lost", true },      { "FINISHED", "finished", false }, { "MESSAGE", "message", false },
    { NULL, NULL, false },
};
static const struct print_column act_columns[] = {
    { "JOB", "job", true },
    { "TAKES ALONG", "along", false },
    { NULL, NULL, false },
};
static const struct print_column refused_columns[] = {
    { "REFUSED", "job", true },
    { "WHY", "reason", false },
    { NULL, NULL, false },
};

static const char *const filters[] = { "kind", "queue", "tenant", "code", "since", "before", "quarantined" };

/* A time may be given as how long ago: 2h, 30m. free(). */
static char *filter_value(const struct context *context, const char *name)
{
    int64_t ago_ms;
    const char *given = command_option(context, name);
    if (given == NULL)
        return NULL;
    if (strcmp(name, "quarantined") == 0)
        return mem_text("true");
    if ((strcmp(name, "since") == 0 || strcmp(name, "before") == 0) && text_to_ms(given, &ago_ms)) {
        time_t then = (time_t)(clock_wall_us() / 1000000 - ago_ms / 1000);
        char text[TIME_SIZE];
        struct tm tm;
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&then, &tm));
        return mem_text(text);
    }
    return mem_text(given);
}

enum error_class dlq_list_run(struct context *context, struct error *e)
{
    struct buffer path;
    buffer_init(&path, 8192);
    (void)buffer_text(&path, "/api/v1/dlq");
    for (unsigned i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        mem_auto char *value = filter_value(context, filters[i]);
        api_parameter(&path, filters[i], value);
    }
    const struct list dead = {
        .path = buffer_view(&path), .member = "dead", .columns = columns, .empty = "no dead letters"
    };
    enum error_class class = list_show(context, &dead, e);
    buffer_finish(&path);
    return class;
}

/* ---- replay and purge ---- */

struct work {
    struct api api;
    const char *path;
    json_t *body;           /* of the next call */
    json_t *jobs, *refused; /* what was done so far */
    int64_t batch, rate, left;
    int64_t begin_ms;
};

static enum error_class take_what(const struct context *context, json_t *body, struct error *e)
{
    json_t *ids = json_array(), *filter = json_object();
    for (unsigned i = 0; i < context->argument_count; i++) {
        int64_t id = 0;
        if (api_id(context->arguments[i], "job", &id, e) != ERROR_OK)
            break;
        (void)json_array_append_new(ids, json_integer(id));
    }
    for (unsigned i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        mem_auto char *value = filter_value(context, filters[i]);
        if (value != NULL)
            (void)json_object_set_new(filter, filters[i], json_string(value));
    }
    bool filtered = json_object_size(filter) > 0 || command_switch(context, "all");
    if (e->class == ERROR_OK && (context->argument_count > 0) == filtered)
        (void)error_code(e, ERROR_INVALID, "invalid_option",
                         "name jobs, or say which ones: --kind, --code, --since, ... or --all; one of both");
    (void)json_object_set_new(body, context->argument_count > 0 ? "jobs" : "filter",
                              json_incref(context->argument_count > 0 ? ids : filter));
    json_decref(ids);
    json_decref(filter);
    return e->class;
}

static void pace(const struct work *w)
{
    int64_t due_ms = w->rate > 0 ? w->begin_ms + (int64_t)json_array_size(w->jobs) * 1000 / w->rate : 0;
    int64_t wait_ms = due_ms - clock_monotonic_ms();
    if (wait_ms > 0)
        (void)nanosleep(&(struct timespec){ .tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1000000L }, NULL);
}

static enum error_class act_once(struct work *w, bool *ret_more, struct error *e)
{
    json_auto_t *answer = NULL;
    if (json_object_get(w->body, "filter") != NULL)
        (void)json_object_set_new(w->body, "limit", json_integer(w->left < w->batch ? w->left : w->batch));
    if (http_client_call(w->api.client, "POST", w->path, w->body, NULL, &answer, e) != ERROR_OK)
        return e->class;
    json_t *jobs = json_object_get(answer, "jobs");
    w->left -= (int64_t)json_array_size(jobs);
    (void)json_array_extend(w->jobs, jobs);
    (void)json_array_extend(w->refused, json_object_get(answer, "refused"));
    const json_t *next = json_object_get(answer, "next");
    *ret_more = json_is_integer(next) && w->left > 0;
    (void)json_object_set(w->body, "after", (json_t *)(uintptr_t)next);
    (void)json_object_set(w->body, "upto", json_object_get(answer, "upto"));
    if (json_is_null(next) || json_object_get(w->body, "jobs") != NULL) {
        (void)json_object_del(w->body, "after");
        (void)json_object_del(w->body, "upto");
    }
    return ERROR_OK;
}

static void report(const struct context *context, const struct work *w, bool dry, const char *done)
{
    if (context->json) {
        json_auto_t *all = json_pack("{s:O, s:O, s:b}", "jobs", w->jobs, "refused", w->refused, "dry_run", dry);
        print_json(all);
        return;
    }
    if (dry)
        print_table(w->jobs, act_columns, "no dead letters");
    if (json_array_size(w->refused) > 0)
        print_table(w->refused, refused_columns, "");
    (void)printf("%s%zu %s\n", dry ? "would be: " : "", json_array_size(w->jobs), done);
}

static enum error_class act(struct context *context, const char *path, const char *done, struct error *e)
{
    bool dry = command_switch(context, "dry-run"), more = true;
    json_auto_t *body = json_pack("{s:b}", "dry_run", dry), *jobs = json_array(), *refused = json_array();
    struct work w = { .path = path, .body = body, .jobs = jobs, .refused = refused, .begin_ms = clock_monotonic_ms() };
    if (take_what(context, body, e) != ERROR_OK ||
        command_number(context, "limit", 1, LIMIT_MAX, LIMIT_MAX, &w.left, e) != ERROR_OK ||
        command_number(context, "rate", 1, RATE_MAX, 0, &w.rate, e) != ERROR_OK ||
        api_open(context, &w.api, e) != ERROR_OK)
        return e->class;
    w.batch = w.rate > 0 && w.rate < BATCH_MAX ? w.rate : BATCH_MAX;
    enum error_class class = ERROR_OK;
    while (more && class == ERROR_OK) {
        class = act_once(&w, &more, e);
        if (class == ERROR_OK && more && !dry) {
            (void)fprintf(stderr, "%zu %s\n", json_array_size(jobs), done);
            pace(&w);
        }
    }
    api_close(&w.api);
    if (class == ERROR_OK || json_array_size(jobs) > 0)
        report(context, &w, dry, done);
    if (class == ERROR_OK && json_array_size(jobs) == 0 && json_array_size(refused) > 0)
        return error_code(e, ERROR_REFUSED, "not_dead", "none of these jobs is a dead letter that can be %s", done);
    return class;
}

enum error_class dlq_replay_run(struct context *context, struct error *e)
{
    return act(context, "/api/v1/dlq/replay", "replayed", e);
}

enum error_class dlq_purge_run(struct context *context, struct error *e)
{
    return act(context, "/api/v1/dlq/purge", "purged", e);
}
