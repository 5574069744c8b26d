/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connection.c - `argosy connection add|analyze|list|remove|show|test|update`: one call each through the gateway's
 * door. A file goes up first. What is tried is tried from a worker's slot, never from here: where the workers stand
 * counts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/list.h"
#include "cli/print.h"

enum { UPLOAD_TOLD_SIZE = 64 << 20, HOURS_MAX = 87600, WAIT_USUAL_S = 30 };

static const struct print_column list_columns[] = {
    { "ID", "id", true },
    { "NAME", "name", false },
    { "DIALECT", "dialect", false },
    { "STATUS", "status", false },
    { "SINCE", "status_since", false },
    { "ANALYZED", "analyzed", false },
    { "NEXT", "next_analysis", false },
    { "ERROR", "error.message", false },
    { NULL, NULL, false },
};
static const struct print_column show_columns[] = {
    { "connection", "id", true },
    { "name", "name", false },
    { "dialect", "dialect", false },
    { "url", "url", false },
    { "has a password", "has_secret", false },
    { "status", "status", false },
    { "since", "status_since", false },
    { "progress", "progress.percent", true },
    { "doing", "progress.message", false },
    { "error", "error.error_code", false },
    { "message", "error.message", false },
    { "job", "job", true },
    { "analyzed", "analyzed", false },
    { "catalog", "catalog.id", true },
    { "version", "catalog.version", true },
    { "tables", "catalog.tables", true },
    { "columns", "catalog.columns", true },
    { "relationships", "catalog.relationships", true },
    { "analyzed every (hours)", "reanalyze_hours", true },
    { "next analysis", "next_analysis", false },
    { "schedule's error", "schedule_error", false },
    { "created", "created", false },
    { NULL, NULL, false },
};
static const struct print_column test_columns[] = {
    { "reachable", "reachable", false },
    { "dialect", "dialect", false },
    { "server", "server_version", false },
    { "file", "file", false },
    { "tables", "tables", true },
    { "took (ms)", "took_ms", true },
    { "error", "error.error_code", false },
    { "message", "error.message", false },
    { "what to do", "error.advice", false },
    { "job", "job", true },
    { NULL, NULL, false },
};

/* METHOD /api/v1/connections/ID[rest]. */
static enum error_class call(struct context *context, const char *method, const char *rest, const json_t *body,
                             json_t **ret_answer, struct error *e)
{
    int64_t id;
    if (api_id(context->arguments[0], "connection", &id, e) != ERROR_OK)
        return e->class;
    mem_auto char *path = mem_format("/api/v1/connections/%lld%s", (long long)id, rest);
    return api_call(context, method, path, body, ret_answer, e);
}

/* ---- add, update ---- */

static enum error_class take_password(const struct context *context, json_t *body, struct error *e)
{
    const char *password = command_option(context, "password");
    char *text;
    if (password == NULL)
        return ERROR_OK;
    if (*password != '@' && strcmp(password, "-") != 0) /* others see what stands on a command line */
        return error_code(e, ERROR_INVALID, "usage", "--password is @FILE, or - for standard input");
    if (input_text(password, &text, e) != ERROR_OK)
        return e->class;
    text[strcspn(text, "\r\n")] = '\0';
    (void)json_object_set_new(body, "password", *text != '\0' ? json_string(text) : json_null());
    explicit_bzero(text, strlen(text));
    free(text);
    return ERROR_OK;
}

/* --name, --password, --reanalyze-hours. */
static enum error_class take_options(const struct context *context, json_t *body, struct error *e)
{
    int64_t hours;
    if (take_password(context, body, e) != ERROR_OK)
        return e->class;
    input_set_text(body, "name", command_option(context, "name"));
    if (command_option(context, "reanalyze-hours") == NULL)
        return ERROR_OK;
    if (command_number(context, "reanalyze-hours", 0, HOURS_MAX, 0, &hours, e) != ERROR_OK)
        return e->class;
    (void)json_object_set_new(body, "reanalyze_hours", json_integer(hours));
    return ERROR_OK;
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static enum error_class send_file(struct context *context, const char *path, json_t **ret_upload, struct error *e)
{
    struct api api;
    struct stat status;
    if (api_open(context, &api, e) != ERROR_OK)
        return e->class;
    if (stat(path, &status) == 0 && status.st_size > UPLOAD_TOLD_SIZE)
        (void)fprintf(stderr, "argosy: uploading %s (%lld MB)\n", path, (long long)status.st_size >> 20);
    enum error_class class = http_client_upload(api.client, "/api/v1/files", path, file_name(path), ret_upload, e);
    api_close(&api);
    return class == ERROR_OK ? class : error_wrap(e, "upload");
}

/* {"upload","dialect","name"} for a file. */
static enum error_class take_file(struct context *context, const char *path, json_t *body, struct error *e)
{
    json_auto_t *upload = NULL;
    path += text_starts(path, "sqlite:") ? strlen("sqlite:") : 0;
    if (send_file(context, path, &upload, e) != ERROR_OK)
        return e->class;
    (void)json_object_set(body, "upload", json_object_get(upload, "id"));
    input_set_text(body, "dialect", command_option(context, "dialect"));
    if (json_object_get(body, "name") == NULL)
        (void)json_object_set(body, "name", json_object_get(upload, "name"));
    (void)json_object_set_new(body, "analyze", json_boolean(!command_switch(context, "no-analyze")));
    return ERROR_OK;
}

enum error_class connection_add_run(struct context *context, struct error *e)
{
    const char *source = context->arguments[0];
    bool address = strstr(source, "://") != NULL;
    json_auto_t *answer = NULL, *body = json_object();
    if (address && command_option(context, "dialect") != NULL)
        return error_code(e, ERROR_INVALID, "usage", "--dialect is that of a file; an address says its own");
    if (take_options(context, body, e) != ERROR_OK)
        return e->class;
    if (address) {
        input_set_text(body, "url", source);
        if (command_switch(context, "no-analyze"))
            (void)json_object_set_new(body, "analyze", json_false());
    } else if (take_file(context, source, body, e) != ERROR_OK) {
        return e->class;
    }
    const char *path = address ? "/api/v1/connections/from-url" : "/api/v1/connections";
    if (api_call(context, "POST", path, body, &answer, e) != ERROR_OK)
        return e->class;
    api_show_id(context, answer, "id");
    return ERROR_OK;
}

enum error_class connection_update_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL, *body = json_object();
    if (take_options(context, body, e) != ERROR_OK)
        return e->class;
    input_set_text(body, "url", command_option(context, "address"));
    if (json_object_size(body) == 0)
        return error_code(e, ERROR_INVALID, "usage",
                          "say what changes: --name, --address, --password, --reanalyze-hours");
    if (call(context, "PATCH", "", body, &answer, e) != ERROR_OK)
        return e->class;
    api_show_object(context, answer, show_columns);
    return ERROR_OK;
}

/* ---- looking ---- */

enum error_class connection_list_run(struct context *context, struct error *e)
{
    static const char *const filters[] = { "status", NULL };
    static const struct list connections = { .path = "/api/v1/connections",
                                             .filters = filters,
                                             .member = "connections",
                                             .columns = list_columns,
                                             .empty = "no connections",
                                             .whole = true };
    return list_show(context, &connections, e);
}

enum error_class connection_show_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call(context, "GET", "", NULL, &answer, e) != ERROR_OK)
        return e->class;
    api_show_object(context, answer, show_columns);
    return ERROR_OK;
}

/* ---- acting ---- */

enum error_class connection_analyze_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call(context, "POST", "/reanalyze", NULL, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else
        (void)printf("%lld%s\n", (long long)json_integer_value(json_object_get(answer, "job")),
                     json_is_true(json_object_get(answer, "existing")) ? " (it is being analysed already)" : "");
    return ERROR_OK;
}

enum error_class connection_remove_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (call(context, "DELETE", "", NULL, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else
        (void)printf("%s: removed\n", context->arguments[0]);
    return ERROR_OK;
}

/* Exit code 0 only for a database that was reached. */
static enum error_class judge(const json_t *answer, struct error *e)
{
    const json_t *error = json_object_get(answer, "error"), *reachable = json_object_get(answer, "reachable");
    const char *code = json_string_value(json_object_get(error, "error_code"));
    if (json_is_true(reachable))
        return ERROR_OK;
    return error_code(e, json_is_null(reachable) ? ERROR_TIMED_OUT : ERROR_UNAVAILABLE, code != NULL ? code : "failed",
                      "%s", json_is_null(reachable) ? "nobody has the answer yet" : "the database can't be reached");
}

enum error_class connection_test_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL, *body = NULL;
    int64_t wait_s;
    char rest[40];
    bool address = strstr(context->arguments[0], "://") != NULL;
    if (command_number(context, "wait", 0, 60, WAIT_USUAL_S, &wait_s, e) != ERROR_OK)
        return e->class;
    (void)snprintf(rest, sizeof rest, "/test?wait_s=%d", (int)wait_s);
    if (address) {
        mem_auto char *path = mem_format("/api/v1/connections%s", rest);
        body = json_object();
        input_set_text(body, "url", context->arguments[0]);
        if (take_password(context, body, e) != ERROR_OK ||
            api_call(context, "POST", path, body, &answer, e) != ERROR_OK)
            return e->class;
    } else if (call(context, "POST", rest, NULL, &answer, e) != ERROR_OK) {
        return e->class;
    }
    api_show_object(context, answer, test_columns);
    const json_t *missing = json_object_get(answer, "missing"), *right;
    size_t i;
    json_array_foreach(missing, i, right)
    {
        if (context->json)
            break;
        mem_auto char *text = print_value(right);
        (void)printf("missing         %s\n", text);
    }
    return judge(answer, e);
}
