/* SPDX-License-Identifier: Apache-2.0 */
/* fleet.c - `argosy queue list|pause|resume`, `argosy worker list|quiet|stop`: the fleet as the gateway tells it. */
#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/list.h"
#include "cli/print.h"

static const struct print_column queue_columns[] = {
    { "QUEUE", "queue", false },          { "TENANT", "tenant", false },
    { "PAUSED", "paused", false },        { "AVAILABLE", "available", true },
    { "SCHEDULED", "scheduled", true },   { "BLOCKED", "blocked", true },
    { "DISPATCHED", "dispatched", true }, { NULL, NULL, false },
};
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

enum error_class queue_list_run(struct context *context, struct error *e)
{
    static const struct list queues = { .path = "/api/v1/queues",
                                        .member = "queues",
                                        .columns = queue_columns,
                                        .empty = "no queues yet: the first job makes one",
                                        .whole = true };
    return list_show(context, &queues, e);
}

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

static enum error_class change_queue(struct context *context, const char *verb, struct error *e)
{
    json_auto_t *answer = NULL;
    const char *name = context->arguments[0];
    if (!text_is_name(name, 63))
        return error_code(e, ERROR_INVALID, "invalid_name", "\"%s\" can't be the name of a queue", name);
    mem_auto char *path = mem_format("/api/v1/queues/%s/%s", name, verb);
    if (api_call(context, "POST", path, NULL, &answer, e) != ERROR_OK)
        return e->class;
    if (context->json)
        print_json(answer);
    else
        (void)printf("%s: %sd\n", name, verb);
    return ERROR_OK;
}

enum error_class queue_pause_run(struct context *context, struct error *e)
{
    return change_queue(context, "pause", e);
}

enum error_class queue_resume_run(struct context *context, struct error *e)
{
    return change_queue(context, "resume", e);
}
