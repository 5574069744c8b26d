/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connections.c - POST and GET /api/v1/connections.
 *
 * A URL is split at the door: the public part and the password, which is sealed for the row's id before the record sees
 * it and never comes back out here. A file is not named by a path (which would mean another machine's) but by an
 * upload.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/connect.h"
#include "gateway/inside.h"

enum { LIST_COUNT = 200, URL_MAX = 4096 };

struct making {
    struct gateway *gateway;
    struct request *request;
    char *name, *url, *secret; /* secret: wiped as soon as it is sealed */
    const char *dialect;       /* constant */
};

static void making_end(struct making *m)
{
    free(m->name);
    free(m->url);
    secretbox_wipe(m->secret);
    free(m);
}

static void on_added(void *arg, const struct result *result, const struct error *e)
{
    struct making *m = arg;
    if (e)
        reply_error(m->request, e, NULL);
    else if (result_rows(result) == 0)
        reply_problem(m->request, 400, "unknown_upload",
                      "There is no such upload: send the file to /api/v1/files first.", NULL);
    else
        reply_json(m->request, 201,
                   json_pack("{s:I, s:s, s:s}", "id", (json_int_t)result_int(result, 0, 0), "name", m->name, "dialect",
                             m->dialect));
    making_end(m);
}

static void on_id(void *arg, const struct result *result, const struct error *e)
{
    struct making *m = arg;
    struct error problem = ERROR_NONE;
    if (e) {
        reply_error(m->request, e, NULL);
        making_end(m);
        return;
    }
    unsigned char *sealed = NULL;
    size_t size = 0;
    int64_t id = result_int(result, 0, 0);
    if (m->secret &&
        secretbox_seal(m->gateway->box, id, m->secret, strlen(m->secret), &sealed, &size, &problem) != ERROR_OK) {
        reply_error(m->request, &problem, NULL);
        making_end(m);
        return;
    }
    secretbox_wipe(m->secret);
    m->secret = NULL;
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)id);
    const struct sql_param params[] = { SQL_TEXT(text),
                                        SQL_TEXT(m->name),
                                        SQL_TEXT(m->dialect),
                                        SQL_TEXT(m->url),
                                        { .value = (const char *)sealed, .size = size, .binary = true } };
    session_run(m->gateway->work, "connection_add", params, 5, 0, on_added, m);
    free(sealed);
}

static enum error_class take_url(struct making *m, const char *url, struct error *e)
{
    if (strlen(url) > URL_MAX)
        return error_code(e, ERROR_INVALID, "invalid_url", "The url is longer than %d bytes.", URL_MAX);
    if (connect_dialect_of(url, &m->dialect, e) != ERROR_OK)
        return e->class;
    if (strcmp(m->dialect, "sqlite") == 0)
        return error_code(e, ERROR_INVALID, "upload_needed",
                          "A file is not reached by its path: send it to /api/v1/files and name its id as \"upload\".");
    return connect_url_split(url, &m->url, &m->secret, e);
}

static enum error_class take_upload(struct making *m, const json_t *upload, const char *dialect, struct error *e)
{
    if (!json_is_integer(upload) || json_integer_value(upload) < 1)
        return error_code(e, ERROR_INVALID, "invalid_id", "\"upload\" must be the id of an upload.");
    if (!text_equal(dialect, "sqlite"))
        return error_code(e, ERROR_INVALID, "invalid_dialect", "\"dialect\" of an upload is one of: sqlite.");
    m->dialect = "sqlite";
    return ERROR_OK;
}

static enum error_class take_body(struct making *m, const json_t *body, struct error *e)
{
    const json_t *upload = json_object_get(body, "upload");
    const char *url = json_string_value(json_object_get(body, "url"));
    const char *name = json_string_value(json_object_get(body, "name"));
    const char *dialect = json_string_value(json_object_get(body, "dialect"));
    if (!name || !*name || strlen(name) > GATEWAY_NAME_MAX)
        return error_code(e, ERROR_INVALID, "invalid_name", "\"name\" must be text of 1 to %d bytes.",
                          GATEWAY_NAME_MAX);
    m->name = mem_text(name);
    if (upload && !url)
        return take_upload(m, upload, dialect, e);
    if (!url || upload)
        return error_code(e, ERROR_INVALID, "invalid_url", "Send either \"url\", or \"upload\" with its \"dialect\".");
    return take_url(m, url, e);
}

void connections_on_post(void *arg, struct request *r)
{
    struct gateway *g = arg;
    struct error e = ERROR_NONE;
    json_auto_t *body = NULL;
    struct making *m = mem_zero(1, sizeof *m);
    m->gateway = g;
    m->request = r;
    if (request_json(r, &body, &e) != ERROR_OK || take_body(m, body, &e) != ERROR_OK) {
        making_end(m);
        reply_error(r, &e, NULL);
        return;
    }
    if (m->url) {
        session_run(g->work, "connection_next", NULL, 0, 0, on_id, m);
        return;
    }
    char upload[24];
    snprintf(upload, sizeof upload, "%lld", (long long)json_integer_value(json_object_get(body, "upload")));
    const struct sql_param params[] = { SQL_TEXT(m->name), SQL_TEXT(m->dialect), SQL_TEXT(upload) };
    session_run(g->work, "connection_add_upload", params, 3, 0, on_added, m);
}

void connections_on_list(void *arg, struct request *r)
{
    struct gateway *g = arg;
    char cursor[24], count[24];
    int64_t id;
    enum request_query query = request_query(r, "cursor", cursor, sizeof cursor);
    if (query == REQUEST_BAD || (query == REQUEST_GIVEN && !text_to_int64(cursor, 1, INT64_MAX, &id))) {
        reply_problem(r, 400, "invalid_cursor", "cursor must be a \"next\" of the page before.", NULL);
        return;
    }
    snprintf(count, sizeof count, "%d", LIST_COUNT);
    const struct sql_param params[] = { SQL_TEXT(query == REQUEST_GIVEN ? cursor : NULL), SQL_TEXT(count) };
    answer_statement(g->read, r, 200, "connection_list", params, 2, "");
}
