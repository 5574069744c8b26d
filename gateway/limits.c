/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.c - limits, weights of tenants, settings of queues (windows, tags, SLO), forecasts and scaling: what a client
 * sends is checked for its shape here, for its sense by the record's functions, which also do it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "gateway/inside.h"
#include "gateway/page.h"
#include "gateway/windows.h"

enum { PAGE_USUAL = 500, NUMBER_SIZE = 40, NAME_SIZE = 80 };

static const char no_queue[] = "There is no such queue: the first job makes one.";

/* ---- limits ---- */

void limits_on_list(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct page page;
    if (!page_take(r, PAGE_BY_NAME, PAGE_USUAL, &page))
        return;
    const struct sql_param params[] = { SQL_TEXT(page.cursor), SQL_TEXT(page.limit) };
    answer_statement(g->read, r, 200, "limit_list", params, 2, "");
}

/* A number of the body as text for the record; NULL: not given. */
static enum error_class take_number(const json_t *body, const char *member, bool whole, char *text,
                                    struct sql_param *ret_param, struct error *e)
{
    const json_t *value = json_object_get(body, member);
    *ret_param = SQL_TEXT(NULL);
    if (!value || json_is_null(value))
        return ERROR_OK;
    if (!json_is_number(value) || (whole && !json_is_integer(value)))
        return error_code(e, ERROR_INVALID, "invalid_option", "/%s must be a %s.", member,
                          whole ? "whole number" : "number");
    if (json_is_integer(value))
        (void)snprintf(text, NUMBER_SIZE, "%lld", (long long)json_integer_value(value));
    else
        (void)snprintf(text, NUMBER_SIZE, "%.9g", json_real_value(value));
    *ret_param = SQL_TEXT(text);
    return ERROR_OK;
}

static enum error_class check_members(const json_t *body, const char *const *known, struct error *e)
{
    const char *member;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)body, member, value)
    {
        unsigned i = 0;
        while (known[i] && strcmp(known[i], member) != 0)
            i++;
        if (!known[i])
            return error_code(e, ERROR_INVALID, "invalid_option", "/%.60s is not known here.", member);
    }
    return ERROR_OK;
}

static void on_limit_set(void *arg, const struct result *result, const struct error *e)
{
    struct request *r = arg;
    (void)result;
    if (e)
        reply_error(r, e, NULL);
    else
        reply_json(r, 200, json_pack("{s:s, s:s}", "scope", request_param(r, 0), "name", request_param(r, 1)));
}

void limits_on_put(void *arg, struct request *r)
{
    static const char *const known[] = { "running_max", "rate_per_s", "burst", NULL };
    struct gateway *g = arg;
    struct error e;
    json_t *body = NULL;
    char texts[3][NUMBER_SIZE];
    struct sql_param params[5] = { SQL_TEXT(request_param(r, 0)), SQL_TEXT(request_param(r, 1)) };
    if (request_json(r, &body, &e) != ERROR_OK || check_members(body, known, &e) != ERROR_OK ||
        take_number(body, "running_max", true, texts[0], &params[2], &e) != ERROR_OK ||
        take_number(body, "rate_per_s", false, texts[1], &params[3], &e) != ERROR_OK ||
        take_number(body, "burst", false, texts[2], &params[4], &e) != ERROR_OK)
        reply_error(r, &e, NULL);
    else
        session_run(g->work, "limit_set", params, 5, 0, on_limit_set, r);
    json_decref(body);
}

static void on_limit_removed(void *arg, const struct result *result, const struct error *e)
{
    struct request *r = arg;
    if (e)
        reply_error(r, e, NULL);
    else if (!result_bool(result, 0, 0))
        reply_problem(r, 404, "not_found", "There is no such limit.", NULL);
    else
        reply_empty(r, 204);
}

void limits_on_delete(void *arg, struct request *r)
{
    struct gateway *g = arg;
    const struct sql_param params[] = { SQL_TEXT(request_param(r, 0)), SQL_TEXT(request_param(r, 1)) };
    session_run(g->work, "limit_remove", params, 2, 0, on_limit_removed, r);
}

/* ---- tenants ---- */

void tenants_on_list(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct page page;
    if (!page_take(r, PAGE_BY_NAME, PAGE_USUAL, &page))
        return;
    const struct sql_param params[] = { SQL_TEXT(page.cursor), SQL_TEXT(page.limit) };
    answer_statement(g->read, r, 200, "tenant_list", params, 2, "");
}

static void on_weighed(void *arg, const struct result *result, const struct error *e)
{
    struct request *r = arg;
    (void)result;
    if (e)
        reply_error(r, e, NULL);
    else
        reply_json(r, 200, json_pack("{s:s}", "tenant", request_param(r, 0)));
}

void tenants_on_put(void *arg, struct request *r)
{
    static const char *const known[] = { "weight", NULL };
    struct gateway *g = arg;
    struct error e;
    json_t *body = NULL;
    char text[NUMBER_SIZE];
    struct sql_param params[2] = { SQL_TEXT(request_param(r, 0)) };
    if (request_json(r, &body, &e) != ERROR_OK || check_members(body, known, &e) != ERROR_OK ||
        take_number(body, "weight", true, text, &params[1], &e) != ERROR_OK)
        reply_error(r, &e, NULL);
    else
        session_run(g->work, "tenant_weight", params, 2, 0, on_weighed, r);
    json_decref(body);
}

/* ---- queues ---- */

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

/* ---- how many workers ---- */

void scale_on_show(void *arg, struct request *r)
{
    struct gateway *g = arg;
    answer_statement(g->read, r, 200, "scale", NULL, 0, "");
}
