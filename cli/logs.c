/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logs.c - `argosy job logs ID [--follow]`: what a job said, from the record, page by page.
 *
 * Following: the job's event stream only says that there may be more; what is printed is always read from the record
 * behind the last line printed, so nothing is skipped or said twice whatever becomes of the stream.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "cli/api.h"
#include "cli/commands.h"
#include "cli/print.h"

enum { RECONNECTS_MAX = 30, RECONNECT_WAIT_S = 1, LAST_LINES_MS = 300 };

struct reader {
    struct api api, stream; /* one connection each: the stream's is busy */
    int64_t id;
    bool json;
    char *last; /* id of the last line printed; NULL: none */
    struct error error;
};

static void print_line(const struct reader *r, const json_t *line)
{
    if (r->json) {
        print_json(line);
        return;
    }
    mem_auto char *at = print_value(json_object_get(line, "at"));
    mem_auto char *level = print_value(json_object_get(line, "level"));
    mem_auto char *message = print_value(json_object_get(line, "message"));
    (void)printf("%s %-5s %s\n", at, level, message);
}

/* All that the record holds behind the last one. */
static enum error_class read_lines(struct reader *r, struct error *e)
{
    for (bool more = true; more;) {
        json_auto_t *answer = NULL;
        size_t i;
        json_t *line;
        mem_auto char *path = mem_format("/api/v1/jobs/%lld/logs%s%s", (long long)r->id, r->last ? "?cursor=" : "",
                                         r->last ? r->last : "");
        if (http_client_call(r->api.client, "GET", path, NULL, NULL, &answer, e) != ERROR_OK)
            return e->class;
        json_array_foreach(json_object_get(answer, "logs"), i, line)
        {
            const char *id = json_string_value(json_object_get(line, "id"));
            print_line(r, line);
            free(r->last);
            r->last = mem_text(id != NULL && strspn(id, "0123456789.") == strlen(id) ? id : "0.0");
        }
        more = json_is_string(json_object_get(answer, "next"));
    }
    (void)fflush(stdout);
    return ERROR_OK;
}

static bool on_event(void *arg, const struct http_event *event)
{
    struct reader *r = arg;
    (void)event;
    return read_lines(r, &r->error) == ERROR_OK;
}

static enum error_class follow(struct context *context, struct reader *r, struct error *e)
{
    bool over = false;
    enum error_class class = api_open(context, &r->stream, e);
    if (class != ERROR_OK)
        return class;
    mem_auto char *path = mem_format("/api/v1/jobs/%lld/stream", (long long)r->id);
    mem_auto char *job = mem_format("/api/v1/jobs/%lld", (long long)r->id);
    for (int failures = 0; !over && failures <= RECONNECTS_MAX;) {
        json_auto_t *answer = NULL;
        struct error now = ERROR_NONE;
        class = http_client_events(r->stream.client, path, NULL, on_event, r, &now);
        if (class == ERROR_OK)
            class = http_client_call(r->api.client, "GET", job, NULL, NULL, &answer, &now);
        over = json_object_get(answer, "finished") != NULL && !json_is_null(json_object_get(answer, "finished"));
        if (over) /* its worker writes them in batches, at times a moment behind its end */
            (void)nanosleep(&(struct timespec){ .tv_nsec = LAST_LINES_MS * 1000000L }, NULL);
        if (class == ERROR_OK)
            class = read_lines(r, &now);
        *e = now;
        if (over || (class != ERROR_OK && class != ERROR_UNAVAILABLE && class != ERROR_TIMED_OUT))
            break;
        failures = class == ERROR_OK ? 0 : failures + 1;
        (void)sleep(RECONNECT_WAIT_S);
    }
    api_close(&r->stream);
    return class;
}

enum error_class job_logs_run(struct context *context, struct error *e)
{
    struct reader r = { .json = context->json, .error = ERROR_NONE };
    if (api_id(context->arguments[0], "job", &r.id, e) != ERROR_OK || api_open(context, &r.api, e) != ERROR_OK)
        return e->class;
    enum error_class class = read_lines(&r, e);
    if (class == ERROR_OK && command_switch(context, "follow"))
        class = follow(context, &r, e);
    free(r.last);
    api_close(&r.api);
    return class;
}
