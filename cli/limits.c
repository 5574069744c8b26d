/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c - `argosy limit list|set|remove`, `argosy tenant list|weigh`: one call each to the gateway. */
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

static const struct print_column limit_columns[] = {
    { "SCOPE", "scope", false },    { "NAME", "name", false },          { "RUNNING MAX", "running_max", true },
    { "RUNNING", "running", true }, { "A SECOND", "rate_per_s", true }, { "BURST", "burst", true },
    { "TOKENS", "tokens", true },   { "FROM *", "inherited", false },   { NULL, NULL, false },
};
static const struct print_column tenant_columns[] = {
    { "TENANT", "tenant", false },
    { "WEIGHT", "weight", true },
    { NULL, NULL, false },
};
static enum error_class take_real(const struct context *context, json_t *body, const char *option, const char *member,
                                  struct error *e)
{
    const char *given = command_option(context, option);
    if (given == NULL)
        return ERROR_OK;
    char *end;
    double value = strtod(given, &end);
    if (end == given || *end != '\0' || !(value > 0) || value > 1e6)
        return error_code(e, ERROR_INVALID, "usage", "--%s is a number over 0, not \"%s\"", option, given);
    (void)json_object_set_new(body, member, json_real(value));
    return ERROR_OK;
}

/* "/api/v1/limits/SCOPE/NAME"; free(). */
static enum error_class limit_path(const struct context *context, char **ret_path, struct error *e)
{
    const char *scope = context->arguments[0], *name = context->arguments[1];
    int64_t id;
    bool connection = strcmp(scope, "connection") == 0;
    if (!connection && strcmp(scope, "queue") != 0 && strcmp(scope, "tenant") != 0 && strcmp(scope, "kind") != 0)
        return error_code(e, ERROR_INVALID, "usage", "a limit is of a queue, tenant, kind or connection, not of \"%s\"",
                          scope);
    if (strcmp(name, "*") != 0 && !(connection ? text_to_int64(name, 1, INT64_MAX, &id) : text_is_name(name, 63)))
        return error_code(e, ERROR_INVALID, "invalid_name", "\"%s\" can't be the name of a %s", name, scope);
    *ret_path = mem_format("/api/v1/limits/%s/%s", scope, name);
    return ERROR_OK;
}

enum error_class limit_list_run(struct context *context, struct error *e)
{
    static const struct list limits = {
        .path = "/api/v1/limits", .member = "limits", .columns = limit_columns, .empty = "no limits", .whole = true
    };
    return list_show(context, &limits, e);
}

enum error_class limit_set_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL, *body = json_object();
    char *path = NULL;
    const char *running = command_option(context, "running");
    int64_t running_max;
    if (limit_path(context, &path, e) != ERROR_OK)
        return e->class;
    enum error_class class = ERROR_OK;
    if (running != NULL && !text_to_int64(running, 0, 100000, &running_max))
        class = error_code(e, ERROR_INVALID, "usage", "--running is 0 to 100000, not \"%s\"", running);
    else if (running != NULL)
        (void)json_object_set_new(body, "running_max", json_integer(running_max));
    if (class == ERROR_OK)
        class = take_real(context, body, "rate", "rate_per_s", e);
    if (class == ERROR_OK)
        class = take_real(context, body, "burst", "burst", e);
    if (class == ERROR_OK && json_object_size(body) == 0)
        class = error_code(e, ERROR_INVALID, "usage", "say --running N, --rate N or both");
    if (class == ERROR_OK)
        class = api_call(context, "PUT", path, body, &answer, e);
    free(path);
    if (class == ERROR_OK && context->json)
        print_json(answer);
    else if (class == ERROR_OK)
        (void)printf("limit of %s %s set\n", context->arguments[0], context->arguments[1]);
    return class;
}

enum error_class limit_remove_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    char *path = NULL;
    if (limit_path(context, &path, e) != ERROR_OK)
        return e->class;
    enum error_class class = api_call(context, "DELETE", path, NULL, &answer, e);
    free(path);
    if (class == ERROR_OK && !context->json)
        (void)printf("limit of %s %s removed\n", context->arguments[0], context->arguments[1]);
    return class;
}

enum error_class tenant_list_run(struct context *context, struct error *e)
{
    static const struct list tenants = { .path = "/api/v1/tenants",
                                         .member = "tenants",
                                         .columns = tenant_columns,
                                         .empty = "every tenant has weight 1",
                                         .whole = true };
    return list_show(context, &tenants, e);
}

enum error_class tenant_weigh_run(struct context *context, struct error *e)
{
    const char *name = context->arguments[0];
    int64_t weight;
    if (!text_is_name(name, 63))
        return error_code(e, ERROR_INVALID, "invalid_name", "\"%s\" can't be the name of a tenant", name);
    if (!text_to_int64(context->arguments[1], 1, 1000, &weight))
        return error_code(e, ERROR_INVALID, "usage", "a weight is 1 to 1000, not \"%s\"", context->arguments[1]);
    mem_auto char *path = mem_format("/api/v1/tenants/%s", name);
    json_auto_t *answer = NULL, *body = json_pack("{s:I}", "weight", (json_int_t)weight);
    if (api_call(context, "PUT", path, body, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else
        (void)printf("%s: weight %lld\n", name, (long long)weight);
    return ERROR_OK;
}
