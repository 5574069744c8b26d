/* SPDX-License-Identifier: Apache-2.0 */
/* queue.c - `argosy queue list|pause|resume|show|set|drain|forecast`: what waits in a queue, how it gives out its jobs,
 * and when it will be done. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/list.h"
#include "cli/print.h"

enum { DRAIN_LOOK_MS = 500 };

static const struct print_column list_columns[] = {
    { "QUEUE", "queue", false },          { "TENANT", "tenant", false },
    { "PAUSED", "paused", false },        { "AVAILABLE", "available", true },
    { "SCHEDULED", "scheduled", true },   { "BLOCKED", "blocked", true },
    { "DISPATCHED", "dispatched", true }, { NULL, NULL, false },
};
static const struct print_column queue_columns[] = {
    { "queue", "queue", false },     { "paused", "paused", false },   { "running", "running", true },
    { "drained", "drained", false }, { "open", "open", false },       { "closes", "closes", false },
    { "opens", "opens", false },     { "windows", "windows", false }, { "at its end", "window_end", false },
    { "tags", "tags", false },       { "slo", "slo_s", true },        { NULL, NULL, false },
};
static const struct print_column forecast_columns[] = {
    { "queue", "queue", false },
    { "open", "open", false },
    { "closes", "closes", false },
    { "opens", "opens", false },
    { "slots", "slots", true },
    { "backlog", "backlog", true },
    { "backlog cost s", "backlog_cost_s", true },
    { "jobs", "jobs", true },
    { "cost s", "cost_s", true },
    { "estimated", "estimated", false },
    { "unmeasured", "unmeasured", false },
    { "finishes", "finishes", false },
    { "passes window", "passes_window", false },
    { "warning", "warning", false },
    { NULL, NULL, false },
};

/* Calls /api/v1/queues/NAME + rest; *ret_answer is new. */
static enum error_class call(struct context *context, const char *method, const char *rest, const json_t *body,
                             json_t **ret_answer, struct error *e)
{
    const char *name = context->arguments[0];
    if (!text_is_name(name, 63))
        return error_code(e, ERROR_INVALID, "invalid_name", "\"%s\" can't be the name of a queue", name);
    mem_auto char *path = mem_format("/api/v1/queues/%s%s", name, rest);
    return api_call(context, method, path, body, ret_answer, e);
}

static enum error_class show(struct context *context, const char *method, const char *rest, const json_t *body,
                             const struct print_column *columns, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call(context, method, rest, body, &answer, e) != ERROR_OK)
        return e->class;
    api_show_object(context, answer, columns);
    return ERROR_OK;
}

enum error_class queue_list_run(struct context *context, struct error *e)
{
    static const struct list queues = { .path = "/api/v1/queues",
                                        .member = "queues",
                                        .columns = list_columns,
                                        .empty = "no queues yet: the first job makes one",
                                        .whole = true };
    return list_show(context, &queues, e);
}

static enum error_class change(struct context *context, const char *verb, struct error *e)
{
    json_auto_t *answer = NULL;
    mem_auto char *rest = mem_format("/%s", verb);
    if (call(context, "POST", rest, NULL, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else
        (void)printf("%s: %sd\n", context->arguments[0], verb);
    return ERROR_OK;
}

enum error_class queue_pause_run(struct context *context, struct error *e)
{
    return change(context, "pause", e);
}

enum error_class queue_resume_run(struct context *context, struct error *e)
{
    return change(context, "resume", e);
}

enum error_class queue_show_run(struct context *context, struct error *e)
{
    return show(context, "GET", "", NULL, queue_columns, e);
}

enum error_class queue_set_run(struct context *context, struct error *e)
{
    json_auto_t *body = json_object();
    const char *windows = command_option(context, "window"), *tags = command_option(context, "tags");
    const char *slo = command_option(context, "slo");
    if (windows != NULL)
        (void)json_object_set_new(body, "windows", input_list(windows, ';'));
    if (tags != NULL)
        (void)json_object_set_new(body, "tags", input_list(tags, ','));
    input_set_text(body, "window_end", command_option(context, "window-end"));
    if (slo != NULL && strcmp(slo, "none") == 0)
        (void)json_object_set_new(body, "slo_s", json_null());
    else if (input_set_number(context, body, "slo", "slo_s", 604800, e) != ERROR_OK)
        return e->class;
    if (json_object_size(body) == 0)
        return error_code(e, ERROR_INVALID, "usage", "say what to set: --window, --window-end, --tags or --slo");
    return show(context, "PUT", "", body, queue_columns, e);
}

enum error_class queue_drain_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    const struct timespec look = { .tv_nsec = DRAIN_LOOK_MS * 1000000L };
    if (call(context, "POST", "/drain", NULL, &answer, e) != ERROR_OK)
        return e->class;
    while (command_switch(context, "wait") && !json_is_true(json_object_get(answer, "drained"))) {
        if (!json_is_true(json_object_get(answer, "paused")))
            return error_code(e, ERROR_REFUSED, "resumed", "queue %s was resumed meanwhile", context->arguments[0]);
        (void)nanosleep(&look, NULL);
        json_decref(answer);
        answer = NULL;
        if (call(context, "GET", "", NULL, &answer, e) != ERROR_OK)
            return e->class;
    }
    long long running = (long long)json_integer_value(json_object_get(answer, "running"));
    if (context->json)
        print_json(answer);
    else if (running > 0)
        (void)printf("%s: gives out nothing more; %lld still run\n", context->arguments[0], running);
    else
        (void)printf("%s: drained\n", context->arguments[0]);
    return ERROR_OK;
}

enum error_class queue_forecast_run(struct context *context, struct error *e)
{
    const char *kind = command_option(context, "kind"), *count = command_option(context, "count");
    int64_t number = 1;
    if (kind == NULL && count == NULL)
        return show(context, "GET", "/forecast", NULL, forecast_columns, e);
    if (kind == NULL || !text_is_name(kind, 63) || (count != NULL && !text_to_int64(count, 0, INT32_MAX, &number)))
        return error_code(e, ERROR_INVALID, "usage", "--kind names a kind, --count says how many jobs of it");
    mem_auto char *rest = mem_format("/forecast?kind=%s&count=%lld", kind, (long long)number);
    return show(context, "GET", rest, NULL, forecast_columns, e);
}
