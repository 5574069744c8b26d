/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedules.c - schedules as clients make and change them. The expression, the zone and the work of a tick are checked
 * here, before a row exists; the ticks themselves are the scheduler's (scheduler/schedules.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "bridge/bridge.h"
#include "gateway/inside.h"
#include "gateway/order.h"
#include "gateway/page.h"

enum { NEXT_MAX = 100, NEXT_USUAL = 5, PAGE_USUAL = 100, NUMBER_SIZE = 16, PUT_PARAMS = 18 };

static const char no_schedule[] = "There is no such schedule.";

static enum error_class cron_next(const char *cron, const char *zone, int64_t after_ms, int64_t *ret_ms,
                                  struct error *e)
{
    char *problem;
    long long next_ms;
    if (bridge_cron_next(cron, zone, after_ms, &next_ms, &problem) == 0) {
        *ret_ms = next_ms;
        return ERROR_OK;
    }
    (void)error_code(e, ERROR_INVALID, "invalid_schedule", "%s.", problem);
    bridge_text_free(problem);
    return ERROR_INVALID;
}

/* ---- making one ---- */

/* What the request asks for; texts point into the body, work is this file's. */
struct wish {
    json_t *body;
    const char *name, *cron, *zone, *catch_up, *overlap;
    char catch_up_max[NUMBER_SIZE], grace_s[NUMBER_SIZE], priority[NUMBER_SIZE], attempts_max[NUMBER_SIZE],
        timeout_s[NUMBER_SIZE];
    bool paused, replace;
    struct submit_row row; /* kind NULL: steps */
    char *args, *steps;
    int64_t next_ms;
};

static void wish_finish(struct wish *w)
{
    json_decref(w->body);
    order_finish(&w->row);
    free(w->args);
    free(w->steps);
}

static enum error_class wrong(const char *member, const char *what, struct error *e)
{
    return error_code(e, ERROR_INVALID, "invalid_option", "/%s %s.", member, what);
}

static enum error_class take_text(const json_t *body, const char *member, const char *fallback, const char **ret_text,
                                  struct error *e)
{
    const json_t *value = json_object_get(body, member);
    if (value && !json_is_null(value) && !json_is_string(value))
        return wrong(member, "must be text", e);
    *ret_text = json_is_string(value) ? json_string_value(value) : fallback;
    return *ret_text ? ERROR_OK : wrong(member, "is missing", e);
}

static enum error_class take_choice(const json_t *body, const char *member, const char *const *choices,
                                    const char **ret_text, struct error *e)
{
    char what[80] = "must be one of";
    if (take_text(body, member, choices[0], ret_text, e) != ERROR_OK)
        return e->class;
    for (unsigned i = 0; choices[i]; i++) {
        if (strcmp(choices[i], *ret_text) == 0)
            return ERROR_OK;
        size_t used = strlen(what);
        snprintf(what + used, sizeof what - used, " %s", choices[i]);
    }
    return wrong(member, what, e);
}

static enum error_class take_flag(const json_t *body, const char *member, bool *ret_flag, struct error *e)
{
    const json_t *value = json_object_get(body, member);
    if (value && !json_is_null(value) && !json_is_boolean(value))
        return wrong(member, "must be true or false", e);
    *ret_flag = json_is_true(value);
    return ERROR_OK;
}

static enum error_class take_number(const json_t *body, const char *member, int min, int max, int fallback,
                                    char *ret_text, struct error *e)
{
    const json_t *value = json_object_get(body, member);
    char what[60];
    snprintf(what, sizeof what, "must be a whole number from %d to %d", min, max);
    if (value && !json_is_null(value) &&
        (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max))
        return wrong(member, what, e);
    snprintf(ret_text, NUMBER_SIZE, "%d", json_is_integer(value) ? (int)json_integer_value(value) : fallback);
    return ERROR_OK;
}

/* One job or a pipeline's steps: checked as a submit is. */
static enum error_class take_work(struct wish *w, json_t **ret_details, struct error *e)
{
    static const char *const of_job[] = { "kind",         "args",      "queue", "tenant", "priority",
                                          "attempts_max", "timeout_s", "tags",  NULL };
    const json_t *steps = json_object_get(w->body, "steps");
    json_auto_t *job = json_object();
    for (unsigned i = steps ? 2 : 0; i < (steps ? 4U : 8U); i++)
        if (json_object_get(w->body, of_job[i]))
            json_object_set(job, of_job[i], json_object_get(w->body, of_job[i]));
    if (!steps) {
        if (order_job(job, "", &w->row, &w->args, ret_details, e) != ERROR_OK)
            return e->class;
        w->row.queue = json_string_value(json_object_get(w->body, "queue")); /* job goes, the body stays */
        w->row.tenant = json_string_value(json_object_get(w->body, "tenant"));
        return ERROR_OK;
    }
    for (unsigned i = 0; of_job[i]; i++)
        if ((i < 2 || i > 3) && json_object_get(w->body, of_job[i]))
            return wrong(of_job[i], "belongs into each step", e);
    if (order_steps(steps, ret_details, e) != ERROR_OK ||
        take_text(w->body, "queue", "default", &w->row.queue, e) != ERROR_OK ||
        take_text(w->body, "tenant", "default", &w->row.tenant, e) != ERROR_OK)
        return e->class;
    w->steps = json_dumps(steps, JSON_COMPACT);
    return ERROR_OK;
}

static enum error_class take_wish(struct wish *w, json_t **ret_details, struct error *e)
{
    static const char *const known[] = { "name",         "cron",    "zone",     "kind",      "args",
                                         "queue",        "tenant",  "priority", "steps",     "attempts_max",
                                         "replace",      "paused",  "overlap",  "timeout_s", "catch_up",
                                         "catch_up_max", "grace_s", "tags",     NULL };
    static const char *const catch_ups[] = { "latest", "none", "all", NULL };
    static const char *const overlaps[] = { "allow", "skip", NULL };
    if (order_members(w->body, "", known, e) != ERROR_OK || take_text(w->body, "name", NULL, &w->name, e) != ERROR_OK ||
        take_text(w->body, "cron", NULL, &w->cron, e) != ERROR_OK ||
        take_text(w->body, "zone", "UTC", &w->zone, e) != ERROR_OK ||
        take_choice(w->body, "catch_up", catch_ups, &w->catch_up, e) != ERROR_OK ||
        take_choice(w->body, "overlap", overlaps, &w->overlap, e) != ERROR_OK ||
        take_number(w->body, "catch_up_max", 1, 1000, 100, w->catch_up_max, e) != ERROR_OK ||
        take_number(w->body, "grace_s", 1, 86400, 60, w->grace_s, e) != ERROR_OK ||
        take_flag(w->body, "paused", &w->paused, e) != ERROR_OK ||
        take_flag(w->body, "replace", &w->replace, e) != ERROR_OK)
        return e->class;
    if (!text_is_name(w->name, 63))
        return error_code(e, ERROR_INVALID, "invalid_name",
                          "/name must be up to 63 of a-z 0-9 _ . - beginning with a letter.");
    if (cron_next(w->cron, w->zone, clock_wall_ms(), &w->next_ms, e) != ERROR_OK)
        return e->class;
    return take_work(w, ret_details, e);
}

struct put {
    struct request *request;
    char name[64], next[CLOCK_TEXT_SIZE];
};

static void on_put(void *arg, const struct result *result, const struct error *e)
{
    struct put *p = arg;
    if (e)
        reply_error(p->request, e, NULL);
    else
        reply_json(p->request, result_bool(result, 0, 0) ? 201 : 200,
                   json_pack("{s:s, s:s}", "name", p->name, "next_run", p->next));
    free(p);
}

static struct sql_param number_or_null(int value, char *text)
{
    snprintf(text, NUMBER_SIZE, "%d", value);
    return SQL_TEXT(value > 0 ? text : NULL);
}

void schedules_on_post(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    json_t *details = NULL;
    struct wish w = { 0 };
    if (request_json(r, &w.body, &e) != ERROR_OK || take_wish(&w, &details, &e) != ERROR_OK) {
        reply_error(r, &e, details);
        wish_finish(&w);
        return;
    }
    const struct sql_param params[PUT_PARAMS] = { SQL_TEXT(w.name),
                                                  SQL_TEXT(w.cron),
                                                  SQL_TEXT(w.row.kind),
                                                  SQL_TEXT(w.args ? w.args : "{}"),
                                                  SQL_TEXT(w.steps),
                                                  SQL_TEXT(w.zone),
                                                  SQL_TEXT(w.row.queue ? w.row.queue : "default"),
                                                  SQL_TEXT(w.row.tenant ? w.row.tenant : "default"),
                                                  number_or_null(w.row.priority, w.priority),
                                                  number_or_null(w.row.attempts_max, w.attempts_max),
                                                  number_or_null(w.row.timeout_s, w.timeout_s),
                                                  SQL_TEXT(w.catch_up),
                                                  SQL_TEXT(w.catch_up_max),
                                                  SQL_TEXT(w.grace_s),
                                                  SQL_TEXT(w.overlap),
                                                  SQL_TEXT(w.paused ? "true" : "false"),
                                                  SQL_TEXT(w.replace ? "true" : "false"),
                                                  SQL_TEXT(w.row.tags) };
    struct put *p = mem_zero(1, sizeof *p);
    p->request = r;
    (void)text_copy(p->name, sizeof p->name, w.name);
    clock_text(w.next_ms, p->next);
    session_run(g->work, "schedule_put", params, PUT_PARAMS, 0, on_put, p);
    wish_finish(&w);
}

/* ---- looking ---- */

void schedules_on_list(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct page page;
    if (!page_take(r, PAGE_BY_NAME, PAGE_USUAL, &page))
        return;
    const struct sql_param params[] = { SQL_TEXT(page.cursor), SQL_TEXT(page.limit) };
    answer_statement(g->read, r, 200, "schedule_list", params, 2, no_schedule);
}

void schedules_on_show(void *arg, struct request *r)
{
    struct gateway *g = arg;
    answer_statement(g->read, r, 200, "schedule_show", &SQL_TEXT(request_param(r, 0)), 1, no_schedule);
}

/* Row of schedule_cron: cron, zone, the record's time in ms. */
static void on_cron(void *arg, const struct result *result, const struct error *e)
{
    struct request *r = arg;
    char count_text[NUMBER_SIZE];
    int64_t count = NEXT_USUAL, at_ms;
    struct error problem = ERROR_NONE;
    if (e) {
        reply_error(r, e, NULL);
        return;
    }
    if (result_rows(result) == 0) {
        reply_problem(r, 404, "not_found", no_schedule, NULL);
        return;
    }
    enum request_query given = request_query(r, "count", count_text, sizeof count_text);
    if (given == REQUEST_BAD || (given == REQUEST_GIVEN && !text_to_int64(count_text, 1, NEXT_MAX, &count))) {
        reply_problem(r, 400, "invalid_filter", "count is a number from 1 to 100.", NULL);
        return;
    }
    json_t *times = json_array();
    at_ms = result_int(result, 0, 2);
    for (int64_t i = 0; i < count; i++) {
        char text[CLOCK_TEXT_SIZE];
        if (cron_next(result_text(result, 0, 0), result_text(result, 0, 1), at_ms, &at_ms, &problem) != ERROR_OK)
            break;
        clock_text(at_ms, text);
        json_array_append_new(times, json_string(text));
    }
    if (json_array_size(times) > 0) {
        reply_json(r, 200,
                   json_pack("{s:s, s:s, s:o}", "name", request_param(r, 0), "zone", result_text(result, 0, 1), "next",
                             times));
        return;
    }
    json_decref(times);
    reply_error(r, &problem, NULL);
}

void schedules_on_next(void *arg, struct request *r)
{
    struct gateway *g = arg;
    session_run(g->read, "schedule_cron", &SQL_TEXT(request_param(r, 0)), 1, 0, on_cron, r);
}

/* ---- changing ---- */

static void on_changed(void *arg, const struct result *result, const struct error *e)
{
    struct request *r = arg;
    if (e)
        reply_error(r, e, NULL);
    else if (!result_bool(result, 0, 0))
        reply_problem(r, 404, "not_found", no_schedule, NULL);
    else if (strcmp(request_method(r), "DELETE") == 0)
        reply_json(r, 200, json_pack("{s:s, s:b}", "name", request_param(r, 0), "removed", true));
    else
        reply_json(
            r, 200,
            json_pack("{s:s, s:b}", "name", request_param(r, 0), "paused", text_ends(request_path(r), "/pause")));
}

static void set_paused(struct gateway *g, struct request *r, const char *paused)
{
    const struct sql_param params[] = { SQL_TEXT(request_param(r, 0)), SQL_TEXT(paused) };
    session_run(g->work, "schedule_pause", params, 2, 0, on_changed, r);
}

void schedules_on_pause(void *arg, struct request *r)
{
    set_paused(arg, r, "true");
}

void schedules_on_resume(void *arg, struct request *r)
{
    set_paused(arg, r, "false");
}

void schedules_on_delete(void *arg, struct request *r)
{
    struct gateway *g = arg;
    session_run(g->work, "schedule_remove", &SQL_TEXT(request_param(r, 0)), 1, 0, on_changed, r);
}

void schedules_on_run(void *arg, struct request *r)
{
    struct gateway *g = arg;
    answer_statement(g->work, r, 201, "schedule_run", &SQL_TEXT(request_param(r, 0)), 1, no_schedule);
}
