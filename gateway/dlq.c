/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dlq.c - dead letters: the list, and replay or purge of named ones or of a filter's, a bounded number in one
 * transaction.
 *
 * Who asks for a filter's goes on with what the answer says: `next`, and `upto`, beyond which nothing is taken, so that
 * a job that fails again meanwhile is not taken twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "gateway/inside.h"
#include "gateway/moment.h"
#include "sql/array.h"

enum { DLQ_PAGE_USUAL = 50, DLQ_PAGE_MAX = 500, DLQ_BATCH_USUAL = 100, FILTER_SIZE = 64 };

static const char *const filters[] = { "kind", "queue", "tenant", "code", "since", "before", "quarantined" };
enum { FILTERS = sizeof filters / sizeof filters[0], NAMES = 4 };

static enum error_class refuse(struct error *e, const char *name, const char *value)
{
    return error_code(e, ERROR_INVALID, "invalid_filter", "Filter %s is not one that can be: \"%.60s\".", name, value);
}

/* Puts the filter into *filter when its value can be. */
static enum error_class add_filter(json_t *filter, unsigned i, const char *value, struct error *e)
{
    int64_t moment_ms;
    bool good = i < NAMES                                ? text_is_name(value, 63)
                : strcmp(filters[i], "quarantined") == 0 ? text_equal(value, "true") || text_equal(value, "false")
                                                         : moment_parse(value, &moment_ms);
    if (!good)
        return refuse(e, filters[i], value);
    (void)json_object_set_new(filter, filters[i], json_string(value));
    return ERROR_OK;
}

static enum error_class take_number(struct request *r, const char *name, int64_t max, char *value, struct error *e)
{
    int64_t number;
    enum request_query query = request_query(r, name, value, FILTER_SIZE);
    if (query == REQUEST_ABSENT || (query == REQUEST_GIVEN && value[0] == '\0'))
        return ERROR_OK;
    return query == REQUEST_GIVEN && text_to_int64(value, 1, max, &number) ? ERROR_OK : refuse(e, name, value);
}

static enum error_class take_filters(struct request *r, json_t *filter, struct error *e)
{
    for (unsigned i = 0; i < FILTERS; i++) {
        char value[FILTER_SIZE];
        enum request_query query = request_query(r, filters[i], value, sizeof value);
        if (query == REQUEST_BAD)
            return refuse(e, filters[i], value);
        if (query == REQUEST_GIVEN && value[0] != '\0' && add_filter(filter, i, value, e) != ERROR_OK)
            return e->class;
    }
    return ERROR_OK;
}

void dlq_on_list(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    char limit[FILTER_SIZE] = "", cursor[FILTER_SIZE] = "";
    json_auto_t *filter = json_object();
    if (take_filters(r, filter, &e) != ERROR_OK || take_number(r, "limit", DLQ_PAGE_MAX, limit, &e) != ERROR_OK ||
        take_number(r, "cursor", INT64_MAX, cursor, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return;
    }
    if (!limit[0])
        snprintf(limit, sizeof limit, "%d", DLQ_PAGE_USUAL);
    mem_auto char *text = json_dumps(filter, JSON_COMPACT);
    const struct sql_param params[] = { SQL_TEXT(text), SQL_TEXT(cursor[0] ? cursor : NULL), SQL_TEXT(limit) };
    answer_statement(g->read, r, 200, "dlq_list", params, 3, "");
}

/* ---- replay and purge ---- */

struct order {
    json_t *filter;   /* NULL: jobs are named */
    struct array ids; /* of the named ones */
    char after[24], upto[24], limit[24];
    bool named, dry;
};

static enum error_class bad_member(struct error *e, const char *member)
{
    return error_code(e, ERROR_INVALID, "invalid_option",
                      "/%.60s is not known here or has a value that can't be: {\"jobs\": [ID]} or {\"filter\": {...}, "
                      "\"limit\", \"after\", \"upto\"}, and \"dry_run\".",
                      member);
}

static enum error_class take_jobs(struct order *o, const json_t *jobs, struct error *e)
{
    size_t i;
    json_t *id;
    if (!json_is_array(jobs) || json_array_size(jobs) == 0 || json_array_size(jobs) > DLQ_PAGE_MAX)
        return error_code(e, ERROR_INVALID, "invalid_option", "\"jobs\" must be an array of 1 to %d ids.",
                          DLQ_PAGE_MAX);
    json_array_foreach(jobs, i, id)
    {
        if (!json_is_integer(id) || json_integer_value(id) < 1)
            return error_code(e, ERROR_INVALID, "invalid_option", "/jobs/%zu is no id of a job.", i);
        array_int(&o->ids, json_integer_value(id));
    }
    o->named = true;
    return ERROR_OK;
}

static enum error_class take_filter_object(struct order *o, const json_t *given, struct error *e)
{
    const char *member;
    json_t *value;
    if (!json_is_object(given))
        return bad_member(e, "filter");
    o->filter = json_object();
    json_object_foreach((json_t *)(uintptr_t)given, member, value)
    {
        unsigned i = 0;
        while (i < FILTERS && strcmp(filters[i], member) != 0)
            i++;
        const char *text = json_is_boolean(value) ? (json_is_true(value) ? "true" : "false") : json_string_value(value);
        if (i == FILTERS || !text)
            return refuse(e, member, text ? text : "no text");
        if (add_filter(o->filter, i, text, e) != ERROR_OK)
            return e->class;
    }
    return ERROR_OK;
}

/* A number, or the text of one as an answer gave it; null stands for none. */
static bool take_count(const json_t *value, int64_t max, char ret_text[static 24])
{
    int64_t number = json_integer_value(value);
    if (json_is_null(value))
        return true;
    if (!json_is_integer(value) &&
        !text_to_int64(json_string_value(value) ? json_string_value(value) : "", 0, max, &number))
        return false;
    snprintf(ret_text, 24, "%lld", (long long)number);
    return number >= 0 && number <= max;
}

static enum error_class take_order(struct order *o, const json_t *body, struct error *e)
{
    const char *member;
    json_t *value;
    snprintf(o->limit, sizeof o->limit, "%d", DLQ_BATCH_USUAL);
    json_object_foreach((json_t *)(uintptr_t)body, member, value)
    {
        bool good = true;
        if (strcmp(member, "jobs") == 0 && take_jobs(o, value, e) != ERROR_OK)
            return e->class;
        if (strcmp(member, "filter") == 0 && take_filter_object(o, value, e) != ERROR_OK)
            return e->class;
        if (strcmp(member, "limit") == 0)
            good = take_count(value, DLQ_PAGE_MAX, o->limit) && strcmp(o->limit, "0") != 0;
        else if (strcmp(member, "after") == 0)
            good = take_count(value, INT64_MAX, o->after);
        else if (strcmp(member, "upto") == 0)
            good = take_count(value, INT64_MAX, o->upto);
        else if (strcmp(member, "dry_run") == 0)
            good = json_is_boolean(value);
        else
            good = strcmp(member, "jobs") == 0 || strcmp(member, "filter") == 0;
        if (!good)
            return bad_member(e, member);
    }
    o->dry = json_is_true(json_object_get(body, "dry_run"));
    if (o->named == (o->filter != NULL))
        return error_code(e, ERROR_INVALID, "invalid_option",
                          "Name the jobs or give a filter, one of both; {\"filter\": {}} is all of them.");
    return ERROR_OK;
}

struct acting {
    struct gateway *gateway;
    struct request *request;
};

static void on_acted(void *arg, const struct result *result, const struct error *e)
{
    struct acting *a = arg;
    if (e) {
        reply_error(a->request, e, NULL);
    } else {
        gateway_wake(a->gateway);
        reply_text(a->request, 200, "application/json", result_text(result, 0, 0), result_size(result, 0, 0));
    }
    free(a);
}

static void act(struct gateway *g, struct request *r, const char *action)
{
    struct order o = { 0 };
    struct error e = ERROR_NONE;
    json_auto_t *body = NULL;
    array_init(&o.ids, ARRAY_INT, 64 << 10);
    if (request_json(r, &body, &e) != ERROR_OK || take_order(&o, body, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
    } else {
        mem_auto char *filter = o.filter ? json_dumps(o.filter, JSON_COMPACT) : NULL;
        struct sql_param ids = SQL_TEXT(NULL);
        if (o.named)
            (void)array_param(&o.ids, &ids); /* at most DLQ_PAGE_MAX: they fit */
        const struct sql_param params[] = { SQL_TEXT(action),
                                            ids,
                                            SQL_TEXT(filter),
                                            SQL_TEXT(o.after[0] ? o.after : NULL),
                                            SQL_TEXT(o.upto[0] ? o.upto : NULL),
                                            SQL_TEXT(o.limit),
                                            SQL_TEXT(o.dry ? "true" : "false") };
        struct acting *a = mem_zero(1, sizeof *a);
        *a = (struct acting){ .gateway = g, .request = r };
        session_run(g->work, "dlq_act", params, 7, 0, on_acted, a);
    }
    array_finish(&o.ids);
    json_decref(o.filter);
}

void dlq_on_replay(void *arg, struct request *r)
{
    act(arg, r, "replay");
}

void dlq_on_purge(void *arg, struct request *r)
{
    act(arg, r, "purge");
}
