/* SPDX-License-Identifier: Apache-2.0 */
/* watch.c - `argosy job watch ID`: prints the events of one job as they come, until it has ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/print.h"

enum { RECONNECTS_MAX = 30, RECONNECT_WAIT_S = 1 };

struct follower {
    bool json;
    char *last_id;
};

static bool print_event(void *arg, const struct http_event *event)
{
    struct follower *f = arg;
    if (*event->id != '\0') {
        free(f->last_id);
        f->last_id = mem_text(event->id);
    }
    json_auto_t *data = json_loads(event->data, JSON_DECODE_ANY, NULL);
    if (f->json) {
        json_auto_t *line = json_pack("{s:s, s:O?}", "event", event->type, "data", data);
        print_json(line);
    } else {
        const json_t *percent = json_object_get(data, "percent"), *message = json_object_get(data, "message");
        const json_t *error = json_object_get(json_object_get(data, "error"), "message");
        mem_auto char *number = print_value(percent);
        mem_auto char *text = print_value(message != NULL ? message : error);
        const char *state = json_string_value(json_object_get(data, "state")); /* of the first event */
        mem_auto char *type = print_clean(strcmp(event->type, "state") == 0 && state != NULL ? state : event->type);
        (void)printf("%-12s %s%s %s\n", type, number, percent != NULL ? "%" : "", text);
    }
    (void)fflush(stdout);
    return true;
}

/* How it ended is this command's exit code. */
static enum error_class verdict(struct api *api, int64_t id, bool *ret_over, struct error *e)
{
    json_auto_t *job = NULL;
    mem_auto char *path = mem_format("/api/v1/jobs/%lld", (long long)id);
    if (http_client_call(api->client, "GET", path, NULL, NULL, &job, e) != ERROR_OK)
        return e->class;
    const char *state = json_string_value(json_object_get(job, "state"));
    *ret_over = text_equal(state, "succeeded") || text_equal(state, "failed") || text_equal(state, "cancelled");
    if (!*ret_over || text_equal(state, "succeeded"))
        return ERROR_OK;
    const json_t *error = json_object_get(job, "error");
    const char *code = json_string_value(json_object_get(error, "error_code"));
    const char *message = json_string_value(json_object_get(error, "message"));
    return error_code(e, text_equal(state, "failed") ? ERROR_FATAL : ERROR_CANCELLED, code != NULL ? code : state,
                      "job %lld %s%s%s", (long long)id, state, message != NULL ? ": " : "",
                      message != NULL ? message : "");
}

enum error_class job_watch_run(struct context *context, struct error *e)
{
    int64_t id;
    struct api api;
    bool over = false;
    if (api_id(context->arguments[0], "job", &id, e) != ERROR_OK || api_open(context, &api, e) != ERROR_OK)
        return e->class;
    struct follower f = { .json = context->json };
    mem_auto char *path = mem_format("/api/v1/jobs/%lld/stream", (long long)id);
    enum error_class class = ERROR_OK;
    for (int failures = 0; !over && failures <= RECONNECTS_MAX;) {
        struct error now = ERROR_NONE;
        class = http_client_events(api.client, path, f.last_id, print_event, &f, &now);
        if (class == ERROR_OK)
            class = verdict(&api, id, &over, &now);
        *e = now;
        if (over || (class != ERROR_OK && class != ERROR_UNAVAILABLE && class != ERROR_TIMED_OUT))
            break;
        failures = class == ERROR_OK ? 0 : failures + 1;
        (void)sleep(RECONNECT_WAIT_S); /* also when the server ended the stream: it may do so at once again */
    }
    free(f.last_id);
    api_close(&api);
    return class;
}
