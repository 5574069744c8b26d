/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c - `argosy batch submit|list|show|failed|cancel`: one call each through the gateway's door. */
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
    { "BATCH", "id", true },         { "NAME", "name", false },
    { "TOTAL", "total", true },      { "SUCCEEDED", "succeeded", true },
    { "FAILED", "failed", true },    { "CANCELLED", "cancelled", true },
    { "CREATED", "created", false }, { "ENDED", "ended", false },
    { NULL, NULL, false },
};
static const struct print_column show_columns[] = {
    { "batch", "id", true },
    { "name", "name", false },
    { "total", "total", true },
    { "succeeded", "succeeded", true },
    { "failed", "failed", true },
    { "cancelled", "cancelled", true },
    { "created", "created", false },
    { "ended", "ended", false },
    { "on complete", "complete_job", true },
    { "on success", "success_job", true },
    { "error", "error", false },
    { NULL, NULL, false },
};
static const struct print_column failed_columns[] = {
    { "JOB", "id", true },
    { "KIND", "kind", false },
    { "STATE", "state", false },
    { "ATTEMPTS", "attempts", true },
    { "FINISHED", "finished", false },
    { "ERROR", "error.message", false },
    { NULL, NULL, false },
};

/* A JSON array, or a job a line. */
static enum error_class read_jobs(const char *given, json_t **ret_jobs, struct error *e)
{
    json_error_t where;
    mem_auto char *name = text_equal(given, "-") ? mem_text("-") : mem_format("@%s", given), *text = NULL;
    if (input_text(name, &text, e) != ERROR_OK)
        return e->class;
    if (text[strspn(text, " \t\r\n")] == '[') {
        *ret_jobs = json_loads(text, JSON_REJECT_DUPLICATES, &where);
        return *ret_jobs ? ERROR_OK
                         : error_code(e, ERROR_INVALID, "invalid_json", "%s is not JSON: line %d: %s", given,
                                      where.line, where.text);
    }
    json_t *jobs = json_array();
    char *rest = text;
    for (int line = 1; rest; line++) {
        char *one = strsep(&rest, "\n");
        if (one[strspn(one, " \t\r")] == '\0')
            continue;
        json_t *job = json_loads(one, JSON_REJECT_DUPLICATES, &where);
        if (!job) {
            json_decref(jobs);
            return error_code(e, ERROR_INVALID, "invalid_json", "%s, line %d is not JSON: %s", given, line, where.text);
        }
        (void)json_array_append_new(jobs, job);
    }
    *ret_jobs = jobs;
    return ERROR_OK;
}

static enum error_class set_job(const struct context *context, json_t *body, const char *option, const char *member,
                                struct error *e)
{
    json_t *job;
    if (command_option(context, option) == NULL)
        return ERROR_OK;
    if (input_json(command_option(context, option), &job, e) != ERROR_OK)
        return e->class;
    (void)json_object_set_new(body, member, job);
    return ERROR_OK;
}

enum error_class batch_submit_run(struct context *context, struct error *e)
{
    json_t *jobs;
    const char *name = command_option(context, "name");
    if (read_jobs(context->arguments[0], &jobs, e) != ERROR_OK)
        return e->class;
    json_auto_t *answer = NULL,
                *body = json_pack("{s:s, s:o}", "name", name != NULL ? name : context->arguments[0], "jobs", jobs);
    if (body == NULL)
        return error_code(e, ERROR_INVALID, "invalid_name", "the name is not UTF-8");
    input_set_text(body, "queue", command_option(context, "queue"));
    input_set_text(body, "tenant", command_option(context, "tenant"));
    if (set_job(context, body, "on-complete", "on_complete", e) != ERROR_OK ||
        set_job(context, body, "on-success", "on_success", e) != ERROR_OK)
        return e->class;
    return api_submit(context, "/api/v1/batches", body, &answer, e);
}

enum error_class batch_list_run(struct context *context, struct error *e)
{
    static const struct list batches = {
        .path = "/api/v1/batches", .member = "batches", .columns = list_columns, .empty = "no batches"
    };
    return list_show(context, &batches, e);
}

/* "/api/v1/batches/ID[rest]"; free(). */
static enum error_class batch_path(const struct context *context, const char *rest, char **ret_path, struct error *e)
{
    int64_t id;
    if (api_id(context->arguments[0], "batch", &id, e) != ERROR_OK)
        return e->class;
    *ret_path = mem_format("/api/v1/batches/%lld%s", (long long)id, rest);
    return ERROR_OK;
}

static enum error_class call(struct context *context, const char *method, const char *rest, json_t **ret_answer,
                             struct error *e)
{
    mem_auto char *path = NULL;
    if (batch_path(context, rest, &path, e) != ERROR_OK)
        return e->class;
    return api_call(context, method, path, NULL, ret_answer, e);
}

enum error_class batch_show_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call(context, "GET", "", &answer, e) != ERROR_OK)
        return e->class;
    api_show_object(context, answer, show_columns);
    return ERROR_OK;
}

enum error_class batch_failed_run(struct context *context, struct error *e)
{
    mem_auto char *path = NULL;
    if (batch_path(context, "/failed", &path, e) != ERROR_OK)
        return e->class;
    const struct list jobs = { .path = path, .member = "jobs", .columns = failed_columns, .empty = "none" };
    return list_show(context, &jobs, e);
}

enum error_class batch_cancel_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call(context, "POST", "/cancel", &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else
        (void)printf("%lld cancelled\n", (long long)json_integer_value(json_object_get(answer, "cancelled")));
    return ERROR_OK;
}
