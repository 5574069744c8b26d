/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SOURCE and TARGET become connections (a local file is uploaded first), the five steps become one pipeline, its event
 * stream drives the bars, and the results of its jobs make the report.
 *
 * Failure: the stream may break; it is opened again while the gateway comes back. A failed step ends the command with
 * the step's own error; the fleet keeps everything, `argosy job why` and `argosy job retry` go on from there.
 */
#include "cli/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/connect.h"
#include "cli/commands.h"
#include "cli/print.h"
#include "cli/progress.h"

enum { RECONNECTS_MAX = 30, RECONNECT_WAIT_S = 1, LOOK_EVERY_MS = 200, UPLOAD_TOLD_SIZE = 64 << 20 };

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static enum error_class post_connection(struct api *api, json_t *body, int64_t *ret_id, struct error *e)
{
    json_auto_t *answer = NULL;
    __attribute__((unused)) json_auto_t *owned = body;
    if (body == NULL)
        return error_code(e, ERROR_INVALID, "invalid_url", "the address is not UTF-8");
    if (http_client_call(api->client, "POST", "/api/v1/connections", body, NULL, &answer, e) != ERROR_OK)
        return e->class;
    *ret_id = json_integer_value(json_object_get(answer, "id"));
    return ERROR_OK;
}

/* "sqlite:FILE" and every other local file goes up; the rest is an address. */
static enum error_class make_connection(struct api *api, const char *url, int64_t *ret_id, struct error *e)
{
    const char *dialect;
    if (connect_dialect_of(url, &dialect, e) != ERROR_OK)
        return e->class;
    if (strcmp(dialect, "sqlite") != 0)
        return post_connection(api, json_pack("{s:s, s:s}", "name", dialect, "url", url), ret_id, e);
    const char *path = strchr(url, ':') + 1;
    path += text_starts(path, "//") ? 2 : 0;
    json_auto_t *upload = NULL;
    struct stat status;
    if (stat(path, &status) == 0 && status.st_size > UPLOAD_TOLD_SIZE)
        (void)fprintf(stderr, "argosy: uploading %s (%lld MB)\n", path, (long long)status.st_size >> 20);
    if (http_client_upload(api->client, "/api/v1/files", path, file_name(path), &upload, e) != ERROR_OK)
        return error_wrap(e, "upload");
    json_int_t id = json_integer_value(json_object_get(upload, "id"));
    json_t *body = json_pack("{s:s, s:I, s:s}", "name", file_name(path), "upload", id, "dialect", dialect);
    return post_connection(api, body, ret_id, e);
}

/* Rows wait half an hour for a target that is away; who has mistyped its address is told in seconds. */
enum { FIRST_TOUCH_ATTEMPTS = 3 };

static json_t *pipeline_body(int64_t source, int64_t target)
{
    json_int_t s = source, t = target;
    return json_pack("{s:s, s:[{s:s,s:s,s:{s:I}}, {s:s,s:s,s:[s],s:{s:I,s:I}}, {s:s,s:s,s:[s],s:{s:[s,s]}},"
                     " {s:s,s:s,s:i,s:[s,s],s:{s:s,s:I,s:I}}, {s:s,s:s,s:[s,s],s:{s:I,s:I}}]}",
                     "name", "migrate", "steps", "step", "discovery", "kind", "discovery", "args", "source", s, "step",
                     "mapping", "kind", "mapping", "after", "discovery", "args", "source", s, "target", t, "step",
                     "codegen", "kind", "codegen", "after", "mapping", "args", "formats", "postgresql", "sqlalchemy",
                     "step", "migration", "kind", "migration", "attempts_max", FIRST_TOUCH_ATTEMPTS, "after", "mapping",
                     "codegen", "args", "step", "ddl", "source", s, "target", t, "step", "validation", "kind",
                     "validation", "after", "mapping", "migration", "args", "source", s, "target", t);
}

struct watch {
    struct api *api;
    struct progress progress;
    int64_t pipeline, looked_ms;
    json_t *state; /* last GET; owned */
    char *last_id; /* owned */
    bool over;
};

static enum error_class look(struct watch *w, struct error *e)
{
    int64_t early_ms = w->looked_ms + LOOK_EVERY_MS - clock_monotonic_ms();
    struct timespec pause = { .tv_nsec = early_ms > 0 && early_ms <= LOOK_EVERY_MS ? early_ms * 1000000L : 0 };
    (void)nanosleep(&pause, NULL);
    w->looked_ms = clock_monotonic_ms();
    mem_auto char *path = mem_format("/api/v1/pipelines/%lld", (long long)w->pipeline);
    json_t *state = NULL;
    if (http_client_call(w->api->client, "GET", path, NULL, NULL, &state, e) != ERROR_OK)
        return e->class;
    json_decref(w->state);
    w->state = state;
    const json_t *jobs = json_object_get(state, "jobs");
    progress_update(&w->progress, jobs);
    size_t index, open = 0;
    json_t *job;
    json_array_foreach(jobs, index, job)
    {
        const char *name = json_string_value(json_object_get(job, "state"));
        open += name == NULL ||
                !(strcmp(name, "succeeded") == 0 || strcmp(name, "failed") == 0 || strcmp(name, "cancelled") == 0);
    }
    w->over = index > 0 && open == 0;
    return ERROR_OK;
}

/* Any lifecycle event ends the stream for a moment: the curl handle is busy while it is open, and the state is read
 * anew, at most five times a second however many jobs there are. */
static bool on_event(void *arg, const struct http_event *event)
{
    struct watch *w = arg;
    if (*event->id != '\0') {
        free(w->last_id);
        w->last_id = mem_text(event->id);
    }
    if (strcmp(event->type, "progress") != 0)
        return false;
    json_auto_t *data = json_loads(event->data, 0, NULL);
    progress_event(&w->progress, data);
    return true;
}

static enum error_class follow(struct watch *w, struct error *e)
{
    mem_auto char *path = mem_format("/api/v1/pipelines/%lld/stream", (long long)w->pipeline);
    int failures = 0;
    while (!w->over) {
        struct error now = ERROR_NONE;
        if (look(w, &now) == ERROR_OK && w->over)
            break;
        if (now.class == ERROR_OK)
            (void)http_client_events(w->api->client, path, w->last_id, on_event, w, &now);
        failures = now.class == ERROR_OK ? 0 : failures + 1;
        if (now.class == ERROR_OK)
            continue;
        if ((now.class != ERROR_UNAVAILABLE && now.class != ERROR_TIMED_OUT) || failures > RECONNECTS_MAX) {
            *e = now;
            return error_wrap(e, "the pipeline %lld goes on; following it failed", (long long)w->pipeline);
        }
        (void)sleep(RECONNECT_WAIT_S);
    }
    return ERROR_OK;
}

static const json_t *job_by_step(const json_t *pipeline, const char *step)
{
    size_t index;
    json_t *job;
    json_array_foreach(json_object_get(pipeline, "jobs"), index,
                       job) if (text_equal(json_string_value(json_object_get(job, "step")), step)) return job;
    return NULL;
}

static enum error_class job_result(struct api *api, const json_t *pipeline, const char *step, json_t **ret_result,
                                   struct error *e)
{
    json_auto_t *answer = NULL;
    mem_auto char *path = mem_format("/api/v1/jobs/%lld",
                                     (long long)json_integer_value(json_object_get(job_by_step(pipeline, step), "id")));
    if (http_client_call(api->client, "GET", path, NULL, NULL, &answer, e) != ERROR_OK)
        return e->class;
    *ret_result = json_incref(json_object_get(answer, "result"));
    return *ret_result != NULL ? ERROR_OK : error_set(e, ERROR_FATAL, "the job of step %s has no result", step);
}

/* The first failed job (a cancelled one only followed it) as this command's error. */
static enum error_class find_failure(struct api *api, const json_t *pipeline, struct error *e)
{
    size_t index;
    json_t *job;
    json_array_foreach(json_object_get(pipeline, "jobs"), index, job)
    {
        const char *state = json_string_value(json_object_get(job, "state"));
        const char *step = json_string_value(json_object_get(job, "step"));
        if (!text_equal(state, "failed"))
            continue;
        json_auto_t *answer = NULL;
        long long id = json_integer_value(json_object_get(job, "id"));
        mem_auto char *path = mem_format("/api/v1/jobs/%lld", id);
        if (http_client_call(api->client, "GET", path, NULL, NULL, &answer, e) != ERROR_OK)
            return e->class;
        const json_t *error = json_object_get(answer, "error");
        const char *class = json_string_value(json_object_get(error, "class"));
        const char *code = json_string_value(json_object_get(error, "error_code"));
        const char *message = json_string_value(json_object_get(error, "message"));
        enum error_class as = class != NULL ? error_class_from_name(class) : ERROR_FATAL;
        return error_code(e, as == ERROR_OK ? ERROR_FATAL : as, code != NULL ? code : "step_failed",
                          "%s (job %lld): %s", step != NULL ? step : "a step", id,
                          message != NULL ? message : "failed");
    }
    const json_t *last = job_by_step(pipeline, "validation");
    if (!text_equal(json_string_value(json_object_get(last, "state")), "succeeded"))
        return error_code(e, ERROR_CANCELLED, "cancelled", "the migration was cancelled");
    return ERROR_OK;
}

enum error_class migrate_through(struct api *api, const char *source, const char *target, bool quiet,
                                 struct migrate_report *ret_report, struct error *e)
{
    int64_t source_id, target_id, began_ms = clock_monotonic_ms();
    json_auto_t *submitted = NULL;
    if (make_connection(api, source, &source_id, e) != ERROR_OK ||
        make_connection(api, target, &target_id, e) != ERROR_OK)
        return e->class;
    json_auto_t *body = pipeline_body(source_id, target_id);
    if (http_client_call(api->client, "POST", "/api/v1/pipelines", body, NULL, &submitted, e) != ERROR_OK)
        return e->class;
    print_warnings(submitted);
    struct watch w = { .api = api, .pipeline = json_integer_value(json_object_get(submitted, "id")) };
    progress_init(&w.progress);
    w.progress.terminal = w.progress.terminal && !quiet;
    enum error_class class = follow(&w, e);
    if (class == ERROR_OK)
        class = find_failure(api, w.state, e);
    struct migrate_report report = { .seconds = (double)(clock_monotonic_ms() - began_ms) / 1000 };
    if (class == ERROR_OK)
        class = job_result(api, w.state, "validation", &report.result, e);
    json_auto_t *discovery = NULL;
    if (class == ERROR_OK)
        class = job_result(api, w.state, "discovery", &discovery, e);
    if (class == ERROR_OK) {
        (void)json_object_set(w.state, "discovery", discovery);
        report.pipeline = json_incref(w.state);
        *ret_report = report;
    }
    progress_finish(&w.progress);
    json_decref(w.state);
    free(w.last_id);
    return class;
}

void migrate_report_finish(struct migrate_report *report)
{
    json_decref(report->result);
    json_decref(report->pipeline);
    *report = (struct migrate_report){ 0 };
}

enum error_class migrate_run(struct context *context, struct error *e)
{
    struct api api;
    struct migrate_report report = { 0 };
    if (api_open(context, &api, e) != ERROR_OK)
        return e->class;
    enum error_class class =
        migrate_through(&api, context->arguments[0], context->arguments[1], context->json, &report, e);
    if (class == ERROR_OK) {
        migrate_report_print(&report, context->json);
        class = migrate_verdict(&report, e);
    }
    migrate_report_finish(&report);
    api_close(&api);
    return class;
}
