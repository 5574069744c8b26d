/* SPDX-License-Identifier: Apache-2.0 */
/* job.c - `argosy job submit|list|show|cancel|retry|why`: one call each through the gateway's door. */
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

static const struct print_column show_columns[] = {
    { "job", "id", true },
    { "kind", "kind", false },
    { "state", "state", false },
    { "queue", "queue", false },
    { "tenant", "tenant", false },
    { "tags", "tags", false },
    { "priority", "priority", true },
    { "pipeline", "pipeline", true },
    { "step", "step", false },
    { "epoch", "epoch", true },
    { "attempts", "attempts", true },
    { "worker", "worker", true },
    { "submitted", "submitted", false },
    { "run at", "run_at", false },
    { "finished", "finished", false },
    { "progress", "progress", false },
    { "arguments", "args", false },
    { "result", "result", false },
    { "error", "error", false },
    { NULL, NULL, false },
};
static const struct print_column list_columns[] = {
    { "JOB", "id", true },
    { "KIND", "kind", false },
    { "STATE", "state", false },
    { "QUEUE", "queue", false },
    { "STEP", "step", false },
    { "ATTEMPTS", "attempts", true },
    { "SUBMITTED", "submitted", false },
    { "FINISHED", "finished", false },
    { "ERROR", "error.error_code", false },
    { NULL, NULL, false },
};

static enum error_class set_unique(const struct context *context, json_t *body, struct error *e)
{
    json_auto_t *unique = json_object();
    input_set_text(unique, "while", command_option(context, "unique"));
    input_set_text(unique, "key", command_option(context, "unique-key"));
    input_set_text(unique, "scope", command_option(context, "unique-scope"));
    if (input_set_number(context, unique, "unique-for", "period_s", 30 * 86400, e) != ERROR_OK)
        return e->class;
    if (json_object_size(unique) > 0)
        (void)json_object_set(body, "unique", unique);
    return ERROR_OK;
}

enum error_class job_submit_run(struct context *context, struct error *e)
{
    json_t *args = NULL;
    if (input_json(context->argument_count > 1 ? context->arguments[1] : NULL, &args, e) != ERROR_OK)
        return e->class;
    json_auto_t *answer = NULL, *body = json_pack("{s:s, s:o}", "kind", context->arguments[0], "args", args);
    if (body == NULL)
        return error_code(e, ERROR_INVALID, "invalid_kind", "the kind's name is not UTF-8");
    input_set_text(body, "queue", command_option(context, "queue"));
    input_set_text(body, "tenant", command_option(context, "tenant"));
    input_set_text(body, "run_at", command_option(context, "run-at"));
    if (input_set_number(context, body, "priority", "priority", 1000, e) != ERROR_OK ||
        input_set_number(context, body, "attempts-max", "attempts_max", 1000, e) != ERROR_OK ||
        input_set_number(context, body, "timeout", "timeout_s", 7 * 86400, e) != ERROR_OK)
        return e->class;
    if (set_unique(context, body, e) != ERROR_OK)
        return e->class;
    input_set_list(body, "tags", command_option(context, "tag"));
    if (api_submit(context, "/api/v1/jobs", body, &answer, e) != ERROR_OK)
        return e->class;
    if (!context->json && json_is_true(json_object_get(answer, "existing")))
        (void)fprintf(stderr, "It was there already.\n");
    return ERROR_OK;
}

enum error_class job_list_run(struct context *context, struct error *e)
{
    static const char *const filters[] = { "state", "kind", "queue", "tenant", "pipeline", NULL };
    static const struct list jobs = {
        .path = "/api/v1/jobs", .filters = filters, .member = "jobs", .columns = list_columns, .empty = "no jobs"
    };
    return list_show(context, &jobs, e);
}

/* The call that most job commands are: METHOD /api/v1/jobs/ID[/verb]. */
static enum error_class call_job(struct context *context, const char *method, const char *verb, json_t **ret_answer,
                                 struct error *e)
{
    int64_t id;
    if (api_id(context->arguments[0], "job", &id, e) != ERROR_OK)
        return e->class;
    mem_auto char *path = mem_format("/api/v1/jobs/%lld%s", (long long)id, verb);
    return api_call(context, method, path, NULL, ret_answer, e);
}

enum error_class job_show_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call_job(context, "GET", "", &answer, e) != ERROR_OK)
        return e->class;
    api_show_object(context, answer, show_columns);
    return ERROR_OK;
}

static enum error_class change_job(struct context *context, const char *verb, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call_job(context, "POST", verb, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else {
        mem_auto char *state = print_value(json_object_get(answer, "state"));
        (void)printf("%s: %s\n", context->arguments[0], state);
    }
    return ERROR_OK;
}

enum error_class job_cancel_run(struct context *context, struct error *e)
{
    return change_job(context, "/cancel", e);
}

enum error_class job_release_run(struct context *context, struct error *e)
{
    return change_job(context, "/release", e);
}

enum error_class job_retry_run(struct context *context, struct error *e)
{
    return change_job(context, "/retry", e);
}

enum error_class job_why_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call_job(context, "GET", "/why", &answer, e) != ERROR_OK)
        return e->class;
    if (context->json) {
        print_json(answer);
        return ERROR_OK;
    }
    const json_t *why = json_object_get(answer, "why");
    mem_auto char *text = print_value(why != NULL ? why : answer);
    (void)printf("%s\n", text);
    return ERROR_OK;
}
