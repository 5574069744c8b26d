/* SPDX-License-Identifier: Apache-2.0 */
/* job.c - `argosy job submit|list|show|cancel|retry|why`: one call each through the gateway's door. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/print.h"

enum { ARGS_FILE_MAX = 64 << 20 }; /* the gateway has its own, lower limit */

static const struct print_column show_columns[] = {
    { "job", "id", true },
    { "kind", "kind", false },
    { "state", "state", false },
    { "queue", "queue", false },
    { "tenant", "tenant", false },
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

static enum error_class read_file(FILE *f, const char *name, char **ret_text, struct error *e)
{
    struct buffer text;
    char part[4096];
    size_t size;
    bool fits = true;
    buffer_init(&text, ARGS_FILE_MAX);
    while (fits && (size = fread(part, 1, sizeof part, f)) > 0)
        fits = buffer_add(&text, part, size);
    bool whole = !ferror(f) && (text.size == 0 || memchr(text.data, '\0', text.size) == NULL);
    if (fits && whole)
        *ret_text = buffer_take(&text);
    buffer_finish(&text);
    return !fits    ? error_code(e, ERROR_TOO_LARGE, "args_too_large", "%s is over %d bytes", name, ARGS_FILE_MAX)
           : !whole ? error_code(e, ERROR_INVALID, "file_unreadable", "%s can't be read as text", name)
                    : ERROR_OK;
}

/* The text that "-" (standard input) or "@FILE" stands for, else the argument itself. free(). */
static enum error_class args_text(const char *given, char **ret_text, struct error *e)
{
    if (strcmp(given, "-") == 0)
        return read_file(stdin, "standard input", ret_text, e);
    if (given[0] != '@') {
        *ret_text = mem_text(given);
        return ERROR_OK;
    }
    FILE *f = fopen(given + 1, "re");
    if (f == NULL)
        return error_code(e, ERROR_NOT_FOUND, "file_not_found", "can't open %s: %m", given + 1);
    (void)read_file(f, given + 1, ret_text, e);
    (void)fclose(f);
    return e->class;
}

/* JSON text, @FILE, or - for standard input. */
static enum error_class read_args(const char *given, json_t **ret_args, struct error *e)
{
    json_error_t where;
    char *text = NULL;
    if (args_text(given != NULL ? given : "{}", &text, e) != ERROR_OK)
        return e->class;
    json_t *args = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    free(text);
    if (args == NULL)
        return error_code(e, ERROR_INVALID, "invalid_json", "the arguments are not JSON: line %d column %d: %s",
                          where.line, where.column, where.text);
    *ret_args = args;
    return ERROR_OK;
}

static void set_text(json_t *body, const char *member, const char *text)
{
    if (text != NULL)
        (void)json_object_set_new(body, member, json_string(text));
}

static enum error_class set_number(const struct context *context, json_t *body, const char *option, const char *member,
                                   int64_t max, struct error *e)
{
    int64_t value;
    if (command_number(context, option, 1, max, 0, &value, e) != ERROR_OK)
        return e->class;
    if (value > 0)
        (void)json_object_set_new(body, member, json_integer(value));
    return ERROR_OK;
}

enum error_class job_submit_run(struct context *context, struct error *e)
{
    json_t *args = NULL;
    if (read_args(context->argument_count > 1 ? context->arguments[1] : NULL, &args, e) != ERROR_OK)
        return e->class;
    json_auto_t *answer = NULL, *body = json_pack("{s:s, s:o}", "kind", context->arguments[0], "args", args);
    if (body == NULL)
        return error_code(e, ERROR_INVALID, "invalid_kind", "the kind's name is not UTF-8");
    set_text(body, "queue", command_option(context, "queue"));
    set_text(body, "tenant", command_option(context, "tenant"));
    set_text(body, "run_at", command_option(context, "run-at"));
    if (set_number(context, body, "priority", "priority", 1000, e) != ERROR_OK ||
        set_number(context, body, "attempts-max", "attempts_max", 1000, e) != ERROR_OK ||
        set_number(context, body, "timeout", "timeout_s", 7 * 86400, e) != ERROR_OK)
        return e->class;
    struct api api;
    if (api_open(context, &api, e) != ERROR_OK)
        return e->class;
    enum error_class class = http_client_call(api.client, "POST", "/api/v1/jobs", body,
                                              command_option(context, "idempotency-key"), &answer, e);
    api_close(&api);
    if (class != ERROR_OK)
        return class;
    if (context->json)
        print_json(answer);
    else
        (void)printf("%lld\n", (long long)json_integer_value(json_object_get(answer, "id")));
    return ERROR_OK;
}

enum error_class job_list_run(struct context *context, struct error *e)
{
    static const char *const filters[] = { "state", "kind", "queue", "tenant", "pipeline", "limit", "cursor" };
    json_auto_t *answer = NULL;
    struct buffer path;
    buffer_init(&path, 8192);
    (void)buffer_text(&path, "/api/v1/jobs");
    for (unsigned i = 0; i < sizeof filters / sizeof filters[0]; i++)
        api_parameter(&path, filters[i], command_option(context, filters[i]));
    enum error_class class = api_call(context, "GET", buffer_view(&path), NULL, &answer, e);
    buffer_finish(&path);
    if (class != ERROR_OK)
        return class;
    if (context->json)
        print_json(answer);
    else
        print_table(json_object_get(answer, "jobs"), list_columns, "no jobs");
    const char *next = json_string_value(json_object_get(answer, "next"));
    if (!context->json && next != NULL) {
        mem_auto char *clean = print_clean(next);
        (void)fprintf(stderr, "There are more: --cursor %s\n", clean);
    }
    return ERROR_OK;
}

/* The call that most job commands are: METHOD /api/v1/jobs/ID[/verb]. */
static enum error_class call_job(struct context *context, const char *method, const char *verb, json_t **ret_answer,
                                 struct error *e)
{
    int64_t id;
    if (api_id(context->arguments[0], &id, e) != ERROR_OK)
        return e->class;
    mem_auto char *path = mem_format("/api/v1/jobs/%lld%s", (long long)id, verb);
    return api_call(context, method, path, NULL, ret_answer, e);
}

enum error_class job_show_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call_job(context, "GET", "", &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else
        print_object(answer, show_columns);
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
