/* SPDX-License-Identifier: Apache-2.0 */
/* fleet.c - `argosy worker list|quiet|stop`, `argosy scale`: the fleet as the gateway tells it. */
#include <stdio.h>

#include "base/mem.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/print.h"

static const struct print_column worker_columns[] = {
    { "WORKER", "incarnation", true },
    { "NAME", "name", false },
    { "HOST", "host", false },
    { "PID", "pid", true },
    { "SLOTS", "slots", true },
    { "STATE", "state", false },
    { "JOBS", "dispatched", true },
    { "TRANSPORT", "transport", false },
    { "VERSION", "version", false },
    { "SEEN", "seen", false },
    { NULL, NULL, false },
};

static const struct print_column scale_columns[] = {
    { "QUEUE", "queue", false },
    { "BACKLOG", "backlog", true },
    { "ESTIMATED", "estimated", false },
    { "COST S", "backlog_cost_s", true },
    { "SLO S", "slo_s", true },
    { "RUNNING", "running", true },
    { "SLOTS", "slots", true },
    { "WORKERS", "desired_replicas", true },
    { NULL, NULL, false },
};
static const struct print_column stop_columns[] = {
    { "WORKER", "incarnation", true },
    { "NAME", "name", false },
    { "HOST", "host", false },
    { "LEAVING", "leaving", false },
    { "RUNNING", "running", true },
    { "LOST S", "lost_s", true },
    { NULL, NULL, false },
};

enum error_class worker_list_run(struct context *context, struct error *e)
{
    static const struct list workers = {
        .path = "/api/v1/workers", .member = "workers", .columns = worker_columns, .empty = "no workers", .whole = true
    };
    return list_show(context, &workers, e);
}

/* By its number: names need not be unique. */
static enum error_class ask_worker(struct context *context, const char *verb, struct error *e)
{
    json_auto_t *answer = NULL;
    int64_t id;
    if (api_id(context->arguments[0], "worker", &id, e) != ERROR_OK)
        return e->class;
    mem_auto char *path = mem_format("/api/v1/workers/%lld/%s", (long long)id, verb);
    if (api_call(context, "POST", path, NULL, &answer, e) != ERROR_OK)
        return e->class;
    const char *state = json_string_value(json_object_get(answer, "state"));
    if (context->json)
        print_json(answer);
    else
        (void)printf("%lld: %s\n", (long long)id, state ? state : "?");
    return ERROR_OK;
}

enum error_class worker_quiet_run(struct context *context, struct error *e)
{
    return ask_worker(context, "quiet", e);
}

enum error_class worker_stop_run(struct context *context, struct error *e)
{
    return ask_worker(context, "stop", e);
}

enum error_class scale_run(struct context *context, struct error *e)
{
    json_auto_t *answer = NULL;
    if (api_call(context, "GET", "/scale", NULL, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json) {
        print_json(answer);
        return ERROR_OK;
    }
    (void)printf("workers: %lld, wanted: %lld\n", (long long)json_integer_value(json_object_get(answer, "workers")),
                 (long long)json_number_value(json_object_get(answer, "desired_replicas")));
    print_table(json_object_get(answer, "queues"), scale_columns, "nothing waits or runs");
    (void)printf("\nto stop first:\n");
    print_table(json_object_get(answer, "cheapest_to_stop"), stop_columns, "no workers");
    return ERROR_OK;
}
