/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - see request.h: questions to a request, each answered from what libmicrohttpd keeps or exchange.c has
 * stored. */
#include "http/request.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "http/body.h"
#include "http/exchange.h"
#include "http/header.h"

uv_loop_t *request_loop(const struct request *r)
{
    return r->server->config.loop;
}

const char *request_method(const struct request *r)
{
    return r->method;
}

const char *request_path(const struct request *r)
{
    return r->path;
}

const struct route *request_route(const struct request *r)
{
    return r->match.route;
}

const char *request_param(const struct request *r, unsigned n)
{
    assert(n < r->match.count);
    return r->match.params[n];
}

enum error_class request_param_id(const struct request *r, unsigned n, int64_t *ret_id, struct error *e)
{
    const char *text = request_param(r, n);
    if (text[0] < '0' || text[0] > '9' || !text_to_int64(text, 1, INT64_MAX, ret_id))
        return error_code(e, ERROR_INVALID, "invalid_id", "\"%.40s\" is no id: ids are positive whole numbers.", text);
    return ERROR_OK;
}

struct lookup {
    const char *name, *value;
    size_t size;
    unsigned found;
};

static enum MHD_Result on_value(void *arg, enum MHD_ValueKind kind, const char *key, size_t key_size, const char *value,
                                size_t value_size)
{
    (void)kind;
    struct lookup *l = arg;
    if (key_size == strlen(l->name) && memcmp(key, l->name, key_size) == 0) {
        l->value = value ? value : "";
        l->size = value ? value_size : 0;
        l->found++;
    }
    return MHD_YES;
}

enum request_query request_query(const struct request *r, const char *name, char *ret_value, size_t ret_size)
{
    struct lookup l = { .name = name };
    ret_value[0] = '\0';
    MHD_get_connection_values_n(r->connection, MHD_GET_ARGUMENT_KIND, on_value, &l);
    if (l.found == 0)
        return REQUEST_ABSENT;
    if (l.found > 1 || !header_percent_decode(l.value, l.size, ret_value, ret_size)) {
        ret_value[0] = '\0';
        return REQUEST_BAD;
    }
    return REQUEST_GIVEN;
}

const char *request_header(const struct request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

const char *request_body(const struct request *r, size_t *ret_size)
{
    *ret_size = r->body.size;
    return buffer_view(&r->body);
}

static bool is_type(const struct request *r, const char *wanted)
{
    const char *type = request_header(r, "Content-Type");
    size_t size = strlen(wanted);
    return type && strncasecmp(type, wanted, size) == 0 && (!type[size] || strchr("; \t", type[size]));
}

enum error_class request_json(const struct request *r, json_t **ret_body, struct error *e)
{
    if (!is_type(r, "application/json"))
        return error_code(e, ERROR_INVALID, "invalid_content_type", "Send the body as Content-Type: application/json.");
    return body_parse(buffer_view(&r->body), r->body.size, r->server->config.depth_max, ret_body, e);
}

enum error_class request_list(const struct request *r, const char *member, bool headless, struct body_list *ret_list,
                              struct error *e)
{
    bool lines = is_type(r, "application/x-ndjson");
    if (!lines && !is_type(r, "application/json"))
        return error_code(e, ERROR_INVALID, "invalid_content_type",
                          "Send the body as Content-Type: application/json or application/x-ndjson.");
    body_list_init(ret_list, buffer_view(&r->body), r->body.size, member, r->server->config.depth_max);
    if (lines)
        body_list_lines(ret_list, headless);
    return ERROR_OK;
}

const char *request_id(const struct request *r)
{
    return r->id;
}

const char *request_correlation(const struct request *r)
{
    return r->traceparent[0] ? r->traceparent : r->id;
}

const char *request_peer(const struct request *r)
{
    return r->peer;
}

void request_allow(struct request *r, int64_t identity)
{
    assert(r->state == REQUEST_AUTHORISING);
    r->identity = identity;
    r->state = REQUEST_READING;
    exchange_wake(r);
}

int64_t request_identity(const struct request *r)
{
    return r->identity;
}

struct request_file request_file(const struct request *r)
{
    assert(r->upload && upload_ready(r->upload));
    return (struct request_file){ .path = upload_path(r->upload),
                                  .size = upload_size(r->upload),
                                  .sha256 = upload_sha256(r->upload) };
}

void request_file_keep(struct request *r)
{
    upload_keep(r->upload);
}
