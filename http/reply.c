/* SPDX-License-Identifier: Apache-2.0 */
/* reply.c - makes the response and wakes the connection; exchange.c queues it when libmicrohttpd asks next. */
#include "http/reply.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/exchange.h"
#include "http/header.h"

/* For every answer. The console needs scripts, styles, pictures and requests of our own and nothing else. */
static const char *const security_headers[][2] = {
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
      "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "X-Frame-Options", "DENY" },
    { "Referrer-Policy", "no-referrer" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
};

void reply_header(struct request *r, const char *name, const char *value)
{
    assert(r->header_count < REPLY_HEADERS_MAX && !strpbrk(value, "\r\n"));
    r->headers[r->header_count].name = mem_text(name);
    r->headers[r->header_count].value = mem_text(value);
    r->header_count++;
}

void reply_give(struct request *r, unsigned status, struct MHD_Response *response)
{
    assert(r->state != REQUEST_ANSWERED);
    for (size_t i = 0; i < sizeof security_headers / sizeof security_headers[0]; i++)
        MHD_add_response_header(response, security_headers[i][0], security_headers[i][1]);
    MHD_add_response_header(response, "X-Request-ID", r->id);
    if (r->traceparent[0])
        MHD_add_response_header(response, "traceparent", r->traceparent);
    if (!MHD_get_response_header(response, "Cache-Control"))
        MHD_add_response_header(response, "Cache-Control", "no-store");
    for (unsigned i = 0; i < r->header_count; i++)
        MHD_add_response_header(response, r->headers[i].name, r->headers[i].value);
    if (r->server->closing || r->refused || (r->in_head && r->has_body))
        MHD_add_response_header(response, "Connection", "close");
    r->response = response;
    r->status = status;
    r->state = REQUEST_ANSWERED;
    exchange_wake(r);
}

/* Takes text. */
static void give_text(struct request *r, unsigned status, const char *type, char *text, size_t size)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
    if (!response)
        abort(); /* out of memory, as mem_alloc() */
    MHD_add_response_header(response, "Content-Type", type);
    reply_give(r, status, response);
}

void reply_text(struct request *r, unsigned status, const char *type, const char *text, size_t size)
{
    give_text(r, status, type, mem_text_n(text, size), size);
}

void reply_json(struct request *r, unsigned status, json_t *body)
{
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    if (!text)
        abort();
    give_text(r, status, "application/json", text, strlen(text));
}

void reply_empty(struct request *r, unsigned status)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    if (!response)
        abort();
    reply_give(r, status, response);
}

void reply_file(struct request *r, const struct embed_file *file, const char *type)
{
    assert(file->hash);
    char etag[64];
    snprintf(etag, sizeof etag, "\"%s\"", file->hash);
    const char *known = request_header(r, "If-None-Match");
    bool same = known && header_etag_matches(known, file->hash);
    /* libmicrohttpd only reads it: the table is constant */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(same ? 0 : file->size, (void *)(uintptr_t)file->data, MHD_RESPMEM_PERSISTENT);
    if (!response)
        abort();
    MHD_add_response_header(response, "ETag", etag);
    MHD_add_response_header(response, "Cache-Control", "no-cache");
    MHD_add_response_header(response, "Content-Type", type);
    reply_give(r, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response);
}

void reply_problem(struct request *r, unsigned status, const char *code, const char *message, json_t *details)
{
    char now[CLOCK_TEXT_SIZE];
    clock_text(clock_wall_ms(), now);
    struct buffer b;
    buffer_init(&b, 1 << 20);
    buffer_text(&b, "{\"message\":");
    buffer_json_string(&b, message, strlen(message));
    buffer_text(&b, ",\"error_code\":");
    buffer_json_string(&b, code, strlen(code));
    char *text = details ? json_dumps(details, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_decref(details);
    buffer_format(&b, ",\"details\":%s,\"timestamp\":\"%s\"}", text && strlen(text) < 900000 ? text : "null", now);
    free(text);
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE || status == MHD_HTTP_TOO_MANY_REQUESTS) {
        if (r->header_count < REPLY_HEADERS_MAX)
            reply_header(r, "Retry-After", "2");
    }
    size_t size = b.size;
    give_text(r, status, "application/json", buffer_take(&b), size);
}

void reply_error(struct request *r, const struct error *e, json_t *details)
{
    reply_problem(r, (unsigned)error_http_status(e->class), e->code, e->message, details);
}
