/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queues.c - queues: what waits in them, pausing and draining, their settings (windows, tags, SLO) and forecasts. What
 * a client sends is judged by the record's functions, which also do it.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "gateway/inside.h"
#include "gateway/windows.h"

enum { NUMBER_SIZE = 40, NAME_SIZE = 80 };

static const char no_queue[] = "There is no such queue: the first job makes one.";

void queues_on_list(void *arg, struct request *r)
{
    struct gateway *g = arg;
    answer_statement(g->read, r, 200, "queue_list", NULL, 0, "");
}

static void on_paused(void *arg, const struct result *result, const struct error *e)
{
    struct request *r = arg;
    if (e)
        reply_error(r, e, NULL);
    else if (result_rows(result) == 0 || !result_bool(result, 0, 0))
        reply_problem(r, 404, "not_found", no_queue, NULL);
    else
        reply_json(
            r, 200,
            json_pack("{s:s, s:b}", "queue", request_param(r, 0), "paused", text_ends(request_path(r), "/pause")));
}

static void set_paused(struct gateway *g, struct request *r, const char *paused)
{
    const struct sql_param params[] = { SQL_TEXT(request_param(r, 0)), SQL_TEXT(paused) };
    session_run(g->work, "queue_pause", params, 2, 0, on_paused, r);
}

void queues_on_pause(void *arg, struct request *r)
{
    set_paused(arg, r, "true");
}

void queues_on_resume(void *arg, struct request *r)
{
    set_paused(arg, r, "false");
}

void queues_on_show(void *arg, struct request *r)
{
    struct gateway *g = arg;
    const struct sql_param params[] = { SQL_TEXT(request_param(r, 0)) };
    answer_statement(g->read, r, 200, "queue_show", params, 1, no_queue);
}

struct queue_set {
    struct gateway *gateway;
    struct request *request;
};

static void on_queue_set(void *arg, const struct result *result, const struct error *e)
{
    struct queue_set *set = arg;
    windows_changed(set->gateway->windows);
    if (e)
        reply_error(set->request, e, NULL);
    else if (result_rows(result) == 0 || result_is_null(result, 0, 0))
        reply_problem(set->request, 404, "not_found", no_queue, NULL);
    else
        reply_text(set->request, 200, "application/json", result_text(result, 0, 0), result_size(result, 0, 0));
    free(set);
}

void queues_on_put(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e;
    json_t *body = NULL;
    if (request_json(r, &body, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return;
    }
    char *text = json_dumps(body, JSON_COMPACT);
    const struct sql_param params[] = { SQL_TEXT(request_param(r, 0)), SQL_TEXT(text) };
    struct queue_set *set = mem_zero(1, sizeof *set);
    *set = (struct queue_set){ .gateway = g, .request = r };
    session_run(g->work, "queue_set", params, 2, 0, on_queue_set, set);
    free(text);
    json_decref(body);
}

void queues_on_drain(void *arg, struct request *r)
{
    struct gateway *g = arg;
    const struct sql_param params[] = { SQL_TEXT(request_param(r, 0)) };
    answer_statement(g->work, r, 200, "queue_drain", params, 1, no_queue);
}

void queues_on_forecast(void *arg, struct request *r)
{
    struct gateway *g = arg;
    char kind[NAME_SIZE], count[NUMBER_SIZE];
    int64_t number = 0;
    enum request_query has_kind = request_query(r, "kind", kind, sizeof kind);
    enum request_query has_count = request_query(r, "count", count, sizeof count);
    if (has_kind == REQUEST_BAD || has_count == REQUEST_BAD || has_kind != has_count ||
        (has_kind == REQUEST_GIVEN && (!text_is_name(kind, 63) || !text_to_int64(count, 0, INT32_MAX, &number)))) {
        reply_problem(r, 400, "invalid_filter", "kind names a kind and count says how many jobs of it.", NULL);
        return;
    }
    const struct sql_param params[] = { SQL_TEXT(request_param(r, 0)),
                                        SQL_TEXT(has_kind == REQUEST_GIVEN ? kind : NULL),
                                        SQL_TEXT(has_kind == REQUEST_GIVEN ? count : NULL) };
    answer_statement(g->read, r, 200, "queue_forecast", params, 3, no_queue);
}
