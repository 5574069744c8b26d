/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batches.c - many jobs under one name: submitted, counted, cancelled. Each job is checked as a single one is, before
 * any row exists, a slice a turn of the loop; counting and what follows are the record's and the leading scheduler's.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "gateway/inside.h"
#include "gateway/order.h"
#include "gateway/page.h"
#include "gateway/reading.h"

/* GROWTH: "0.1," is written as "0.10000000000000001,", which is the worst there is. */
enum { GROWTH = 6, JOBS_MAX = 10000, KEY_MAX = 200, PAGE_USUAL = 50, NUMBER_SIZE = 24 };

static const char no_batch[] = "There is no such batch.";

/* ---- submitting ---- */

static enum error_class check_job(const json_t *job, const char *at, json_t **ret_details, struct error *e)
{
    struct submit_row row = { 0 };
    char *args = NULL;
    enum error_class class = order_job(job, at, &row, &args, ret_details, e);
    if (class == ERROR_OK && row.unique)
        class = error_code(e, ERROR_INVALID, "invalid_option", "%s/unique can't be asked for in a batch.", at);
    order_finish(&row);
    free(args);
    return class;
}

static enum error_class check_head(const struct body_list *list, json_t **ret_details, struct error *e)
{
    static const char *const known[] = { "name", "on_complete", "on_success", "queue", "tenant", NULL };
    const char *name = json_string_value(json_object_get(list->head, "name"));
    if (!list->found || list->count == 0)
        return error_code(e, ERROR_INVALID, "invalid_option", "\"jobs\" must be a list of at least one job.");
    if (order_members(list->head, "", known, e) != ERROR_OK)
        return e->class;
    if (!name || !*name || strlen(name) > GATEWAY_NAME_MAX)
        return error_code(e, ERROR_INVALID, "invalid_option", "\"name\" must be text of 1 to %d bytes.",
                          GATEWAY_NAME_MAX);
    for (unsigned k = 1; k < 5; k++) {
        const json_t *value = json_object_get(list->head, known[k]);
        char at[32];
        snprintf(at, sizeof at, "/%s", known[k]);
        if (value && k < 3 && check_job(value, at, ret_details, e) != ERROR_OK)
            return e->class;
        if (value && k >= 3 && !text_is_name(json_string_value(value) ? json_string_value(value) : "", 63))
            return error_code(e, ERROR_INVALID, "invalid_name", "%s is no name.", at);
    }
    return ERROR_OK;
}

struct made {
    struct gateway *gateway;
    struct request *request;
    struct buffer jobs; /* the list for the record, as it is read */
};

static void made_destroy(struct made *m)
{
    buffer_finish(&m->jobs);
    free(m);
}

static void on_made(void *arg, const struct result *result, const struct error *e)
{
    struct made *m = arg;
    json_t *made = e ? NULL : json_loads(result_text(result, 0, 0), 0, NULL);
    if (e) {
        reply_error(m->request, e, NULL);
    } else {
        bool existing = json_is_true(json_object_get(made, "existing"));
        json_object_set(made, "id", json_object_get(made, "batch"));
        json_object_del(made, "batch");
        gateway_wake(m->gateway);
        reply_json(m->request, existing ? 200 : 201, made);
    }
    made_destroy(m);
}

static int add_text(const char *text, size_t size, void *arg)
{
    (void)buffer_add(arg, text, size);
    return 0;
}

static enum error_class on_job(void *arg, json_t *job, const char *at, json_t **ret_details, struct error *e)
{
    struct made *m = arg;
    if (check_job(job, at, ret_details, e) != ERROR_OK)
        return e->class;
    (void)buffer_char(&m->jobs, m->jobs.size ? ',' : '[');
    (void)json_dump_callback(job, add_text, &m->jobs, JSON_COMPACT);
    return ERROR_OK;
}

static char *dump(const json_t *head, const char *member)
{
    const json_t *value = json_object_get(head, member);
    return value ? json_dumps(value, JSON_COMPACT) : NULL;
}

static void on_read(void *arg, const struct body_list *list, const struct error *problem, json_t *details)
{
    struct made *m = arg;
    struct error e = ERROR_NONE;
    if (problem || check_head(list, &details, &e) != ERROR_OK) {
        reply_error(m->request, problem ? problem : &e, details);
        made_destroy(m);
        return;
    }
    (void)buffer_char(&m->jobs, ']');
    assert(!m->jobs.overflow);
    mem_auto char *jobs = buffer_take(&m->jobs);
    const char *queue = json_string_value(json_object_get(list->head, "queue"));
    const char *tenant = json_string_value(json_object_get(list->head, "tenant"));
    mem_auto char *on_complete = dump(list->head, "on_complete");
    mem_auto char *on_success = dump(list->head, "on_success");
    const struct sql_param params[] = { SQL_TEXT(json_string_value(json_object_get(list->head, "name"))),
                                        SQL_TEXT(jobs),
                                        SQL_TEXT(on_complete),
                                        SQL_TEXT(on_success),
                                        SQL_TEXT(queue ? queue : "default"),
                                        SQL_TEXT(tenant ? tenant : "default"),
                                        SQL_TEXT("rest"),
                                        SQL_TEXT(request_correlation(m->request)),
                                        SQL_TEXT(request_header(m->request, "Idempotency-Key")) };
    session_run(m->gateway->work, "batch_submit", params, 9, 0, on_made, m);
}

void batches_on_post(void *arg, struct request *r)
{
    struct gateway *g = arg;
    size_t size;
    const char *key = request_header(r, "Idempotency-Key");
    if (key && (strlen(key) == 0 || strlen(key) > KEY_MAX || !text_utf8_valid(key, strlen(key)))) {
        reply_problem(r, 400, "invalid_option", "Idempotency-Key must be 1 to 200 bytes of text.", NULL);
        return;
    }
    struct made *m = mem_zero(1, sizeof *m);
    *m = (struct made){ .gateway = g, .request = r };
    (void)request_body(r, &size);
    buffer_init(&m->jobs, size * GROWTH + GROWTH);
    const struct reading_what what = {
        .member = "jobs", .count_max = JOBS_MAX, .arg = m, .on_element = on_job, .on_end = on_read
    };
    reading_start(g->readings, r, &what);
}

/* ---- looking ---- */

void batches_on_list(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct page page;
    if (!page_take(r, PAGE_BY_ID, PAGE_USUAL, &page))
        return;
    const struct sql_param params[] = { SQL_TEXT(page.cursor[0] ? page.cursor : NULL), SQL_TEXT(page.limit) };
    answer_statement(g->read, r, 200, "batch_list", params, 2, no_batch);
}

static bool take_id(struct request *r, char ret_text[static NUMBER_SIZE])
{
    struct error e = ERROR_NONE;
    int64_t id;
    if (request_param_id(r, 0, &id, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return false;
    }
    snprintf(ret_text, NUMBER_SIZE, "%lld", (long long)id);
    return true;
}

void batches_on_show(void *arg, struct request *r)
{
    struct gateway *g = arg;
    char id[NUMBER_SIZE];
    if (take_id(r, id))
        answer_statement(g->read, r, 200, "batch_show", &SQL_TEXT(id), 1, no_batch);
}

void batches_on_failed(void *arg, struct request *r)
{
    struct gateway *g = arg;
    char id[NUMBER_SIZE];
    struct page page;
    if (!take_id(r, id) || !page_take(r, PAGE_BY_ID, PAGE_USUAL, &page))
        return;
    const struct sql_param params[] = { SQL_TEXT(id), SQL_TEXT(page.cursor[0] ? page.cursor : "0"),
                                        SQL_TEXT(page.limit) };
    answer_statement(g->read, r, 200, "batch_failed", params, 3, no_batch);
}

static void on_cancelled(void *arg, const struct result *result, const struct error *e)
{
    struct made *m = arg;
    if (e) {
        reply_error(m->request, e, NULL);
    } else if (result_is_null(result, 0, 0)) {
        reply_problem(m->request, 404, "not_found", no_batch, NULL);
    } else {
        gateway_wake(m->gateway);
        reply_json(m->request, 200, json_pack("{s:I}", "cancelled", (json_int_t)result_int(result, 0, 0)));
    }
    made_destroy(m);
}

void batches_on_cancel(void *arg, struct request *r)
{
    struct gateway *g = arg;
    char id[NUMBER_SIZE];
    if (!take_id(r, id))
        return;
    struct made *m = mem_zero(1, sizeof *m);
    *m = (struct made){ .gateway = g, .request = r };
    session_run(g->work, "batch_cancel", &SQL_TEXT(id), 1, 0, on_cancelled, m);
}
