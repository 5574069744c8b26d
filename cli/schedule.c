/* SPDX-License-Identifier: Apache-2.0 */
/* schedule.c - `argosy schedule add|list|show|next|pause|resume|run|remove`: one call each through the gateway's door.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/list.h"
#include "cli/print.h"

static const struct print_column list_columns[] = {
    { "SCHEDULE", "name", false },       { "CRON", "cron", false },     { "ZONE", "zone", false },
    { "KIND", "kind", false },           { "PAUSED", "paused", false }, { "NEXT RUN", "next_run", false },
    { "LAST", "last_tick", false },      { "FIRED", "fired", true },    { "SKIPPED", "skipped", true },
    { "ERROR", "error.message", false }, { NULL, NULL, false },
};
static const struct print_column show_columns[] = {
    { "schedule", "name", false },
    { "cron", "cron", false },
    { "zone", "zone", false },
    { "kind", "kind", false },
    { "arguments", "args", false },
    { "steps", "steps", false },
    { "queue", "queue", false },
    { "tenant", "tenant", false },
    { "tags", "tags", false },
    { "priority", "priority", true },
    { "attempts max", "attempts_max", true },
    { "timeout", "timeout_s", true },
    { "catch up", "catch_up", false },
    { "catch up max", "catch_up_max", true },
    { "grace", "grace_s", true },
    { "overlap", "overlap", false },
    { "paused", "paused", false },
    { "next run", "next_run", false },
    { "last tick", "last_tick", false },
    { "last job", "last_job", true },
    { "last pipeline", "last_pipeline", true },
    { "fired", "fired", true },
    { "skipped", "skipped", true },
    { "error", "error", false },
    { NULL, NULL, false },
};

static enum error_class take_steps(const char *given, json_t *body, struct error *e)
{
    json_t *steps;
    if (input_json(given, &steps, e) != ERROR_OK)
        return e->class;
    (void)json_object_set_new(body, "steps", steps);
    return ERROR_OK;
}

static enum error_class take_kind(struct context *context, json_t *body, struct error *e)
{
    json_t *args;
    if (input_json(context->argument_count > 3 ? context->arguments[3] : NULL, &args, e) != ERROR_OK)
        return e->class;
    (void)json_object_set_new(body, "args", args);
    input_set_text(body, "kind", context->arguments[2]);
    input_set_list(body, "tags", command_option(context, "tag"));
    if (input_set_number(context, body, "priority", "priority", 1000, e) != ERROR_OK ||
        input_set_number(context, body, "attempts-max", "attempts_max", 1000, e) != ERROR_OK)
        return e->class;
    return input_set_number(context, body, "timeout", "timeout_s", 7 * 86400, e);
}

enum error_class schedule_add_run(struct context *context, struct error *e)
{
    const char *steps = command_option(context, "steps");
    if ((steps != NULL) == (context->argument_count > 2))
        return error_code(e, ERROR_INVALID, "usage", "a schedule submits either a KIND or --steps");
    json_auto_t *answer = NULL,
                *body = json_pack("{s:s, s:s}", "name", context->arguments[0], "cron", context->arguments[1]);
    if (body == NULL)
        return error_code(e, ERROR_INVALID, "invalid_name", "the name or the expression is not UTF-8");
    input_set_text(body, "zone", command_option(context, "zone"));
    input_set_text(body, "queue", command_option(context, "queue"));
    input_set_text(body, "tenant", command_option(context, "tenant"));
    input_set_text(body, "catch_up", command_option(context, "catch-up"));
    input_set_text(body, "overlap", command_option(context, "overlap"));
    if (command_switch(context, "paused"))
        (void)json_object_set_new(body, "paused", json_true());
    if (command_switch(context, "replace"))
        (void)json_object_set_new(body, "replace", json_true());
    if (input_set_number(context, body, "catch-up-max", "catch_up_max", 1000, e) != ERROR_OK ||
        input_set_number(context, body, "grace", "grace_s", 86400, e) != ERROR_OK)
        return e->class;
    if ((steps != NULL ? take_steps(steps, body, e) : take_kind(context, body, e)) != ERROR_OK ||
        api_call(context, "POST", "/api/v1/schedules", body, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else
        (void)printf("%s: comes next at %s\n", context->arguments[0],
                     json_string_value(json_object_get(answer, "next_run")));
    return ERROR_OK;
}

enum error_class schedule_list_run(struct context *context, struct error *e)
{
    static const struct list schedules = { .path = "/api/v1/schedules",
                                           .member = "schedules",
                                           .columns = list_columns,
                                           .empty = "no schedules",
                                           .whole = true };
    return list_show(context, &schedules, e);
}

/* METHOD /api/v1/schedules/NAME[rest]. */
static enum error_class call(struct context *context, const char *method, const char *rest, json_t **ret_answer,
                             struct error *e)
{
    const char *name = context->arguments[0];
    if (!text_is_name(name, 63))
        return error_code(e, ERROR_INVALID, "invalid_name", "\"%s\" can't be the name of a schedule", name);
    mem_auto char *path = mem_format("/api/v1/schedules/%s%s", name, rest);
    return api_call(context, method, path, NULL, ret_answer, e);
}

enum error_class schedule_show_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call(context, "GET", "", &answer, e) != ERROR_OK)
        return e->class;
    api_show_object(context, answer, show_columns);
    return ERROR_OK;
}

enum error_class schedule_next_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    int64_t count;
    char rest[40];
    size_t i;
    const json_t *time;
    if (command_number(context, "count", 1, 100, 5, &count, e) != ERROR_OK)
        return e->class;
    (void)snprintf(rest, sizeof rest, "/next?count=%d", (int)count);
    if (call(context, "GET", rest, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json) {
        print_json(answer);
        return ERROR_OK;
    }
    json_array_foreach(json_object_get(answer, "next"), i, time)
    {
        mem_auto char *text = print_value(time);
        (void)printf("%s\n", text);
    }
    return ERROR_OK;
}

static enum error_class change(struct context *context, const char *method, const char *rest, const char *done,
                               struct error *e)
{
    json_auto_t *answer = NULL;
    if (call(context, method, rest, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else
        (void)printf("%s: %s\n", context->arguments[0], done);
    return ERROR_OK;
}

enum error_class schedule_pause_run(struct context *context, struct error *e)
{
    return change(context, "POST", "/pause", "paused", e);
}

enum error_class schedule_resume_run(struct context *context, struct error *e)
{
    return change(context, "POST", "/resume", "resumed", e);
}

enum error_class schedule_remove_run(struct context *context, struct error *e)
{
    return change(context, "DELETE", "", "removed", e);
}

enum error_class schedule_run_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call(context, "POST", "/run", &answer, e) != ERROR_OK)
        return e->class;
    const json_t *job = json_object_get(answer, "job"), *pipeline = json_object_get(answer, "pipeline");
    if (context->json)
        print_json(answer);
    else
        (void)printf("%s%lld\n", job != NULL ? "" : "pipeline ",
                     (long long)json_integer_value(job != NULL ? job : pipeline));
    return ERROR_OK;
}
