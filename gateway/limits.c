/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.c - limits, and weights of tenants: what a client sends is checked for its shape here, for its sense by the
 * record's functions, which also do it.
 */
#include <stdio.h>

#include "gateway/inside.h"
#include "gateway/order.h"
#include "gateway/page.h"

enum { PAGE_USUAL = 500, NUMBER_SIZE = 40 };

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
    if (request_json(r, &body, &e) != ERROR_OK || order_members(body, "", known, &e) != ERROR_OK ||
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
    if (request_json(r, &body, &e) != ERROR_OK || order_members(body, "", known, &e) != ERROR_OK ||
        take_number(body, "weight", true, text, &params[1], &e) != ERROR_OK)
        reply_error(r, &e, NULL);
    else
        session_run(g->work, "tenant_weight", params, 2, 0, on_weighed, r);
    json_decref(body);
}
