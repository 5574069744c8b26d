/* SPDX-License-Identifier: Apache-2.0 */
/* jobs.c - what a client may ask and order about jobs that exist. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "gateway/inside.h"

enum { PAGE_MAX = 500, PAGE_USUAL = 50, FILTER_SIZE = 64 };

static const char no_job[] = "There is no such job.", events_max[] = "1000";

/* ---- lists ---- */

struct filters {
    char state[FILTER_SIZE], kind[FILTER_SIZE], queue[FILTER_SIZE], tenant[FILTER_SIZE], pipeline[FILTER_SIZE],
        cursor[FILTER_SIZE], limit[FILTER_SIZE];
};

static enum error_class take_filter(struct request *r, const char *name, char *value, struct error *e)
{
    int64_t number;
    bool numeric = strcmp(name, "pipeline") == 0 || strcmp(name, "cursor") == 0 || strcmp(name, "limit") == 0;
    enum request_query query = request_query(r, name, value, FILTER_SIZE);
    if (query == REQUEST_ABSENT || (query == REQUEST_GIVEN && value[0] == '\0'))
        return ERROR_OK;
    if (query == REQUEST_BAD ||
        (numeric && !text_to_int64(value, 1, strcmp(name, "limit") == 0 ? PAGE_MAX : INT64_MAX, &number)))
        return error_code(e, ERROR_INVALID, "invalid_filter", "Filter %s is not one that can be: \"%s\".", name, value);
    return ERROR_OK;
}

static bool is_state(const char *name)
{
    for (int state = JOB_BLOCKED; state <= JOB_CANCELLED; state++)
        if (state != 4 /* none has this number */ && strcmp(job_state_name((enum job_state)state), name) == 0)
            return true;
    return false;
}

static struct sql_param or_null(const char *text)
{
    return SQL_TEXT(text[0] ? text : NULL);
}

void jobs_on_list(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct filters f;
    struct error e = ERROR_NONE;
    if (take_filter(r, "state", f.state, &e) != ERROR_OK || take_filter(r, "kind", f.kind, &e) != ERROR_OK ||
        take_filter(r, "queue", f.queue, &e) != ERROR_OK || take_filter(r, "tenant", f.tenant, &e) != ERROR_OK ||
        take_filter(r, "pipeline", f.pipeline, &e) != ERROR_OK || take_filter(r, "cursor", f.cursor, &e) != ERROR_OK ||
        take_filter(r, "limit", f.limit, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return;
    }
    if (f.state[0] && !is_state(f.state)) {
        reply_problem(r, 400, "invalid_filter",
                      "state is one of blocked, scheduled, available, dispatched, succeeded, failed, cancelled.", NULL);
        return;
    }
    if (!f.limit[0])
        snprintf(f.limit, sizeof f.limit, "%d", PAGE_USUAL);
    const struct sql_param params[] = { or_null(f.state),    or_null(f.kind),   or_null(f.queue), or_null(f.tenant),
                                        or_null(f.pipeline), or_null(f.cursor), or_null(f.limit) };
    answer_statement(g->read, r, 200, "job_list", params, 7, no_job);
}

/* ---- one job ---- */

/* The id of the path as text for a statement; false: answered. */
static bool take_id(struct request *r, int64_t *ret_id, char ret_text[static 24])
{
    struct error e = ERROR_NONE;
    if (request_param_id(r, 0, ret_id, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return false;
    }
    snprintf(ret_text, 24, "%lld", (long long)*ret_id);
    return true;
}

static void show(struct gateway *g, struct request *r, const char *statement)
{
    int64_t id;
    char text[24];
    if (take_id(r, &id, text))
        answer_statement(g->read, r, 200, statement, &SQL_TEXT(text), 1, no_job);
}

void jobs_on_show(void *arg, struct request *r)
{
    show(arg, r, "job_show");
}

void jobs_on_why(void *arg, struct request *r)
{
    show(arg, r, "job_why");
}

void jobs_on_events(void *arg, struct request *r)
{
    struct gateway *g = arg;
    int64_t id;
    char text[24];
    if (!take_id(r, &id, text))
        return;
    const struct sql_param params[] = { SQL_TEXT(text), SQL_TEXT(events_max) };
    answer_statement(g->read, r, 200, "job_events", params, 2, no_job);
}

/* Cursor: EPOCH.LINE of the last one seen. */
void jobs_on_logs(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    int64_t id, number;
    char text[24], limit[FILTER_SIZE], cursor[FILTER_SIZE];
    if (!take_id(r, &id, text))
        return;
    if (take_filter(r, "limit", limit, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return;
    }
    enum request_query query = request_query(r, "cursor", cursor, sizeof cursor);
    char *dot = query == REQUEST_GIVEN ? strchr(cursor, '.') : NULL;
    if (dot)
        *dot = '\0';
    if (query == REQUEST_BAD || (query == REQUEST_GIVEN && (!dot || !text_to_int64(cursor, 0, INT64_MAX, &number) ||
                                                            !text_to_int64(dot + 1, 0, INT32_MAX, &number)))) {
        reply_problem(r, 400, "invalid_filter", "cursor is the id of a line, EPOCH.LINE.", NULL);
        return;
    }
    if (!limit[0])
        snprintf(limit, sizeof limit, "%d", PAGE_MAX);
    const struct sql_param params[] = { SQL_TEXT(text), SQL_TEXT(dot ? cursor : "0"), SQL_TEXT(dot ? dot + 1 : "0"),
                                        SQL_TEXT(limit) };
    answer_statement(g->read, r, 200, "job_logs", params, 4, no_job);
}

/* ---- artifacts ---- */

/* As text that no browser runs, whatever it is. */
static void on_artifact(void *arg, const struct result *result, const struct error *e)
{
    struct request *r = arg;
    if (e)
        reply_error(r, e, NULL);
    else if (result_rows(result) == 0)
        reply_problem(r, 404, "not_found", "This job has no artifact of that name.", NULL);
    else
        reply_text(r, 200, "text/plain; charset=utf-8", result_text(result, 0, 1), result_size(result, 0, 1));
}

void jobs_on_artifacts(void *arg, struct request *r)
{
    struct gateway *g = arg;
    int64_t id;
    char text[24], name[1024];
    if (!take_id(r, &id, text))
        return;
    enum request_query query = request_query(r, "name", name, sizeof name);
    const struct sql_param params[] = { SQL_TEXT(text), SQL_TEXT(name) };
    if (query == REQUEST_ABSENT)
        answer_statement(g->read, r, 200, "artifact_list", params, 1, no_job);
    else if (query == REQUEST_BAD)
        reply_problem(r, 400, "invalid_name", "This is no name of an artifact.", NULL);
    else
        session_run(g->read, "artifact_show", params, 2, 0, on_artifact, r);
}

/* ---- orders ---- */

struct change {
    struct gateway *gateway;
    struct request *request;
    int64_t id;
};

static struct change *change_create(struct gateway *g, struct request *r)
{
    int64_t id;
    char text[24];
    if (!take_id(r, &id, text))
        return NULL;
    struct change *c = mem_zero(1, sizeof *c);
    *c = (struct change){ .gateway = g, .request = r, .id = id };
    return c;
}

static void change_end(struct change *c, const char *state)
{
    gateway_wake(c->gateway);
    reply_json(c->request, 200, json_pack("{s:I, s:s}", "id", (json_int_t)c->id, "state", state));
    free(c);
}

static void change_refuse(struct change *c, unsigned status, const char *code, const char *message)
{
    reply_problem(c->request, status, code, message, NULL);
    free(c);
}

static void on_cancelled(void *arg, int64_t count, const struct error *e)
{
    struct change *c = arg;
    if (e) {
        reply_error(c->request, e, NULL);
        free(c);
    } else if (count == 0) {
        change_refuse(c, 404, "not_found", no_job);
    } else if (count == 3) {
        change_refuse(c, 409, "already_final", "This job has already ended.");
    } else {
        change_end(c, count == 1 ? "cancelled" : "cancelling");
    }
}

void jobs_on_cancel(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct change *c = change_create(g, r);
    if (c)
        g->store->ops->cancel(g->store, c->id, on_cancelled, c);
}

static void on_retried(void *arg, int64_t count, const struct error *e)
{
    struct change *c = arg;
    if (e) {
        reply_error(c->request, e, NULL);
        free(c);
    } else if (count == 0) {
        change_refuse(c, 404, "not_found", no_job);
    } else if (count == 2) {
        change_refuse(c, 409, "not_final", "This job has not ended: only one that failed or was cancelled is retried.");
    } else {
        change_end(c, "available");
    }
}

void jobs_on_retry(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct change *c = change_create(g, r);
    if (c)
        g->store->ops->retry(g->store, c->id, on_retried, c);
}

static void on_released(void *arg, const struct result *result, const struct error *e)
{
    struct change *c = arg;
    if (e) {
        reply_error(c->request, e, NULL);
        free(c);
    } else if (strcmp(result_text(result, 0, 0), "not_found") == 0) {
        change_refuse(c, 404, "not_found", no_job);
    } else if (strcmp(result_text(result, 0, 0), "not_held") == 0) {
        change_refuse(c, 409, "not_held", "This job is not held by one that did not succeed.");
    } else {
        change_end(c, "released");
    }
}

void jobs_on_release(void *arg, struct request *r)
{
    struct gateway *g = arg;
    char text[24];
    struct change *c = change_create(g, r);
    if (!c)
        return;
    snprintf(text, sizeof text, "%lld", (long long)c->id);
    session_run(g->work, "job_release", &SQL_TEXT(text), 1, 0, on_released, c);
}
