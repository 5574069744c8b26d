/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connections.c - /api/v1/connections: made, changed, removed, analysed anew.
 *
 * A URL is split at the door: the public part and the password, which is sealed for the row's id before the record sees
 * it and never comes back out here. A file is not named by a path (which would mean another machine's) but by an
 * upload; what is in it is told where it is read, in a slot.
 *
 * Statuses are the record's (0041): nothing here writes one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "gateway/address.h"
#include "gateway/inside.h"
#include "gateway/order.h"

enum { HOURS_MAX = 87600, NUMBER_SIZE = 24 };

static const char no_connection[] = "There is no such connection.";

/* One that is being made or changed. */
struct making {
    struct gateway *gateway;
    struct request *request;
    struct address address; /* url NULL: none was given */
    char *name;             /* NULL: not given */
    const char *dialect;    /* of an upload, constant */
    bool once, analyze, change, has_hours;
    int hours;
    int64_t id, upload; /* upload 0: none */
};

static void making_end(struct making *m)
{
    free(m->name);
    address_finish(&m->address);
    free(m);
}

/* ---- what is asked for ---- */

static enum error_class wrong(const char *member, const char *what, struct error *e)
{
    return error_code(e, ERROR_INVALID, "invalid_option", "\"%s\" %s.", member, what);
}

static enum error_class take_name(struct making *m, const json_t *body, bool needed, struct error *e)
{
    const json_t *given = json_object_get(body, "name");
    const char *name = json_string_value(given);
    if ((given == NULL && !needed) || (name && *name && strlen(name) <= GATEWAY_NAME_MAX)) {
        m->name = name ? mem_text(name) : NULL;
        return ERROR_OK;
    }
    return error_code(e, ERROR_INVALID, "invalid_name", "\"name\" must be text of 1 to %d bytes.", GATEWAY_NAME_MAX);
}

/* "analyze" and "reanalyze_hours": what is analysed is analysed again, unless it is a file, which never changes. */
static enum error_class take_analysis(struct making *m, const json_t *body, bool usual, struct error *e)
{
    const json_t *analyze = json_object_get(body, "analyze"), *hours = json_object_get(body, "reanalyze_hours");
    if (analyze && !json_is_boolean(analyze))
        return wrong("analyze", "is true or false", e);
    m->analyze = analyze ? json_is_true(analyze) : usual;
    m->has_hours = hours != NULL;
    if (!hours) {
        m->hours = m->analyze && m->upload == 0 ? (int)m->gateway->config->reanalyze_hours : 0;
        return ERROR_OK;
    }
    if (!json_is_integer(hours) || json_integer_value(hours) < 0 || json_integer_value(hours) > HOURS_MAX)
        return wrong("reanalyze_hours", "is a whole number from 0 (never by itself) to 87600", e);
    m->hours = (int)json_integer_value(hours);
    if (m->upload != 0 && m->hours > 0)
        return wrong("reanalyze_hours", "of an upload is 0: a file never changes", e);
    return ERROR_OK;
}

/* Without a dialect, or with one of SQL text: whatever discovery reads. "sqlite": a database. */
static enum error_class take_upload(struct making *m, const json_t *upload, const char *dialect, struct error *e)
{
    static const char *const known[] = { "sqlite", "postgresql", "mysql", "oracle", "sqlserver", NULL };
    if (!json_is_integer(upload) || json_integer_value(upload) < 1)
        return error_code(e, ERROR_INVALID, "invalid_id", "\"upload\" must be the id of an upload.");
    m->upload = json_integer_value(upload);
    m->dialect = dialect ? NULL : "file";
    for (unsigned i = 0; dialect && known[i]; i++)
        if (text_equal(dialect, known[i]))
            m->dialect = known[i];
    return m->dialect ? ERROR_OK
                      : error_code(e, ERROR_INVALID, "invalid_dialect",
                                   "\"dialect\" of an upload is that of its SQL, one of: sqlite, postgresql, mysql, "
                                   "oracle, sqlserver; without one it is guessed, and so is the format.");
}

static enum error_class take_source(struct making *m, const json_t *body, struct error *e)
{
    const json_t *upload = json_object_get(body, "upload"), *dialect = json_object_get(body, "dialect");
    if (dialect && !json_is_string(dialect))
        return error_code(e, ERROR_INVALID, "invalid_dialect", "\"dialect\" must be text.");
    if (upload && !json_object_get(body, "url"))
        return take_upload(m, upload, json_string_value(dialect), e);
    if (upload)
        return error_code(e, ERROR_INVALID, "invalid_url", "Send either \"url\" or \"upload\".");
    return address_take(&m->address, body, true, e);
}

/* ---- the answer ---- */

static void show(struct making *m, unsigned status)
{
    char id[NUMBER_SIZE];
    snprintf(id, sizeof id, "%lld", (long long)m->id);
    if (status == 201) {
        mem_auto char *location = mem_format("/api/v1/connections/%s", id);
        reply_header(m->request, "Location", location);
    }
    answer_statement(m->gateway->work, m->request, status, "connection_show", &SQL_TEXT(id), 1, no_connection);
}

/* What the record refuses stands in its answer. True: it did, and that was answered. */
static bool refused(struct request *r, const json_t *answer)
{
    json_t *conflict = json_object_get(answer, "conflict"), *users = json_object_get(answer, "users");
    if (conflict) {
        mem_auto char *message = mem_format("This database is connected already: connection %lld, \"%s\".",
                                            (long long)json_integer_value(json_object_get(conflict, "connection")),
                                            json_string_value(json_object_get(conflict, "name")));
        reply_problem(r, 409, "connection_exists", message, json_incref(conflict));
    } else if (users) {
        reply_problem(r, 409, "connection_in_use",
                      "Jobs or schedules use the connection: let them end, cancel or remove them first.",
                      json_incref(users));
    }
    return conflict || users;
}

static void on_made(void *arg, const struct result *result, const struct error *e)
{
    struct making *m = arg;
    json_auto_t *answer = e || result_rows(result) == 0 || result_is_null(result, 0, 0)
                              ? NULL
                              : json_loadb(result_text(result, 0, 0), result_size(result, 0, 0), 0, NULL);
    if (e)
        reply_error(m->request, e, NULL);
    else if (!answer && m->change)
        reply_problem(m->request, 404, "not_found", no_connection, NULL);
    else if (!answer)
        reply_problem(m->request, 400, "unknown_upload",
                      "There is no such upload: send the file to /api/v1/files first.", NULL);
    else if (!refused(m->request, answer)) {
        if (json_object_get(answer, "job"))
            gateway_wake(m->gateway);
        show(m, m->change ? 200 : 201);
    }
    making_end(m);
}

/* ---- making ---- */

static void add(struct making *m)
{
    struct error problem = ERROR_NONE;
    unsigned char *sealed = NULL;
    size_t size = 0;
    if (address_seal(&m->address, m->gateway->box, m->id, &sealed, &size, &problem) != ERROR_OK) {
        reply_error(m->request, &problem, NULL);
        making_end(m);
        return;
    }
    char id[NUMBER_SIZE], upload[NUMBER_SIZE], hours[NUMBER_SIZE];
    snprintf(id, sizeof id, "%lld", (long long)m->id);
    snprintf(upload, sizeof upload, "%lld", (long long)m->upload);
    snprintf(hours, sizeof hours, "%d", m->hours);
    const struct sql_param params[] = { SQL_TEXT(id),
                                        SQL_TEXT(m->name),
                                        SQL_TEXT(m->upload ? m->dialect : m->address.dialect),
                                        SQL_TEXT(m->address.url),
                                        SQL_TEXT(m->address.key),
                                        { .value = (const char *)sealed, .size = size, .binary = true },
                                        SQL_TEXT(m->upload ? upload : NULL),
                                        SQL_TEXT(m->once ? "true" : "false"),
                                        SQL_TEXT(m->analyze ? "true" : "false"),
                                        SQL_TEXT(hours),
                                        SQL_TEXT("rest") };
    session_run(m->gateway->work, "connection_add", params, 11, 0, on_made, m);
    free(sealed);
}

static void on_id(void *arg, const struct result *result, const struct error *e)
{
    struct making *m = arg;
    if (e) {
        reply_error(m->request, e, NULL);
        making_end(m);
        return;
    }
    m->id = result_int(result, 0, 0);
    add(m);
}

static void make(struct making *m, enum error_class class, const struct error *e)
{
    if (class == ERROR_OK) {
        session_run(m->gateway->work, "connection_next", NULL, 0, 0, on_id, m);
        return;
    }
    reply_error(m->request, e, NULL);
    making_end(m);
}

static struct making *making_begin(void *gateway, struct request *r)
{
    struct making *m = mem_zero(1, sizeof *m);
    m->gateway = gateway;
    m->request = r;
    return m;
}

void connections_on_post(void *arg, struct request *r)
{
    struct making *m = making_begin(arg, r);
    struct error e = ERROR_NONE;
    json_auto_t *body = NULL;
    enum error_class class = request_json(r, &body, &e);
    if (class == ERROR_OK)
        class = take_name(m, body, true, &e);
    if (class == ERROR_OK)
        class = take_source(m, body, &e);
    if (class == ERROR_OK)
        class = take_analysis(m, body, false, &e);
    make(m, class, &e);
}

void connections_on_from_url(void *arg, struct request *r)
{
    static const char *const known[] = { "url", "name", "password", "analyze", "reanalyze_hours", NULL };
    struct making *m = making_begin(arg, r);
    struct error e = ERROR_NONE;
    json_auto_t *body = NULL;
    m->once = true;
    enum error_class class = request_json(r, &body, &e);
    if (class == ERROR_OK)
        class = order_members(body, "", known, &e);
    if (class == ERROR_OK)
        class = take_name(m, body, false, &e);
    if (class == ERROR_OK)
        class = address_take(&m->address, body, true, &e);
    if (class == ERROR_OK)
        class = take_analysis(m, body, true, &e);
    if (class == ERROR_OK && !m->name)
        m->name = address_name(m->address.url, GATEWAY_NAME_MAX);
    make(m, class, &e);
}

/* ---- changing ---- */

static void change(struct making *m)
{
    struct error e = ERROR_NONE;
    unsigned char *sealed = NULL;
    size_t size = 0;
    char id[NUMBER_SIZE], hours[NUMBER_SIZE];
    if (address_seal(&m->address, m->gateway->box, m->id, &sealed, &size, &e) != ERROR_OK) {
        reply_error(m->request, &e, NULL);
        making_end(m);
        return;
    }
    snprintf(id, sizeof id, "%lld", (long long)m->id);
    snprintf(hours, sizeof hours, "%d", m->hours);
    const struct sql_param params[] = { SQL_TEXT(id),
                                        SQL_TEXT(m->name),
                                        SQL_TEXT(m->address.dialect),
                                        SQL_TEXT(m->address.url),
                                        SQL_TEXT(m->address.key),
                                        { .value = (const char *)sealed, .size = size, .binary = true },
                                        SQL_TEXT(m->address.secret_given ? "true" : "false"),
                                        SQL_TEXT(m->has_hours ? hours : NULL) };
    session_run(m->gateway->work, "connection_change", params, 8, 0, on_made, m);
    free(sealed);
}

void connections_on_patch(void *arg, struct request *r)
{
    static const char *const known[] = { "name", "url", "password", "reanalyze_hours", NULL };
    struct making *m = making_begin(arg, r);
    struct error e = ERROR_NONE;
    json_auto_t *body = NULL;
    m->change = true;
    enum error_class class = request_param_id(r, 0, &m->id, &e);
    if (class == ERROR_OK)
        class = request_json(r, &body, &e);
    if (class == ERROR_OK)
        class = order_members(body, "", known, &e);
    if (class == ERROR_OK)
        class = take_name(m, body, false, &e);
    if (class == ERROR_OK)
        class = address_take(&m->address, body, false, &e);
    if (class == ERROR_OK)
        class = take_analysis(m, body, false, &e);
    if (class == ERROR_OK) {
        change(m);
        return;
    }
    reply_error(r, &e, NULL);
    making_end(m);
}

/* ---- removing, analysing ---- */

static void on_removed(void *arg, const struct result *result, const struct error *e)
{
    struct request *r = arg;
    json_auto_t *answer = e || result_is_null(result, 0, 0)
                              ? NULL
                              : json_loadb(result_text(result, 0, 0), result_size(result, 0, 0), 0, NULL);
    int64_t id = 0;
    if (e)
        reply_error(r, e, NULL);
    else if (!answer || request_param_id(r, 0, &id, NULL) != ERROR_OK)
        reply_problem(r, 404, "not_found", no_connection, NULL);
    else if (!refused(r, answer))
        reply_json(r, 200, json_pack("{s:I, s:b}", "id", (json_int_t)id, "removed", true));
}

void connections_on_delete(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    int64_t id;
    if (request_param_id(r, 0, &id, &e) == ERROR_OK)
        session_run(g->work, "connection_remove", &SQL_TEXT(request_param(r, 0)), 1, 0, on_removed, r);
    else
        reply_error(r, &e, NULL);
}

static void on_analyzed(void *arg, const struct result *result, const struct error *e)
{
    struct making *m = arg;
    if (e) {
        reply_error(m->request, e, NULL);
    } else {
        bool existing = result_bool(result, 0, 1);
        gateway_wake(m->gateway);
        reply_json(m->request, existing ? 200 : 201,
                   json_pack("{s:I, s:b}", "job", (json_int_t)result_int(result, 0, 0), "existing", existing));
    }
    making_end(m);
}

void connections_on_reanalyze(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    int64_t id;
    if (request_param_id(r, 0, &id, &e) != ERROR_OK) {
        reply_error(r, &e, NULL);
        return;
    }
    const struct sql_param params[] = { SQL_TEXT(request_param(r, 0)), SQL_TEXT("rest") };
    session_run(g->work, "connection_analyze", params, 2, 0, on_analyzed, making_begin(arg, r));
}
