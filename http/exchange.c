/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exchange.c - one request from its first line to its last byte, as libmicrohttpd calls us.
 *
 * Happy path: on_uri makes the request; the first on_access checks the head, finds the route and asks who it is
 * (AUTHORISING); body pieces follow (READING); at their end the handler runs (HANDLING) and answers now or later
 * (ANSWERED); on_completed ends it. While we wait for somebody the connection is suspended: nothing is read, nothing
 * can time out, and a client that leaves is noticed only after we resumed it. So a request outlives every wait on its
 * behalf.
 *
 * A call in which we suspend is repeated after the resume, so AUTHORISING is always seen again before the body. An
 * answer given before the end of the request makes libmicrohttpd close the connection: without a body we wait for that
 * end, with one it is what we want.
 *
 * Failure: an answer decided while the body comes can't be given before it is all there: the rest is read and dropped,
 * up to DISCARD_MAX bytes, and then the connection is cut. libmicrohttpd 0.9.75 accepts two Content-Lengths and a
 * length beside chunks: both are refused here, and the connection closed, or a proxy and we would see different
 * requests.
 */
#include "http/exchange.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"
#include "http/header.h"
#include "http/reply.h"

void exchange_wait(struct request *r)
{
    if (r->suspended)
        return;
    r->suspended = true;
    MHD_suspend_connection(r->connection);
}

void exchange_wake(struct request *r)
{
    if (!r->suspended)
        return;
    r->suspended = false;
    MHD_resume_connection(r->connection);
    server_kick(r->server);
}

/* ---- connections ---- */

void exchange_on_connection(void *arg, struct MHD_Connection *connection, void **socket,
                            enum MHD_ConnectionNotificationCode what)
{
    struct server *s = arg;
    struct connection *c = *socket;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        c = mem_zero(1, sizeof *c);
        c->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        c->since_ms = clock_monotonic_ms();
        c->limit_ms = s->config.request_timeout_s * 1000LL;
        c->next = s->connections;
        if (c->next)
            c->next->prev = c;
        s->connections = c;
        s->stats.connections++;
        *socket = c;
    } else if (c) {
        if (c->next)
            c->next->prev = c->prev;
        *(c->prev ? &c->prev->next : &s->connections) = c->next;
        s->stats.connections--;
        free(c);
        *socket = NULL;
    }
}

/* ---- the head ---- */

void *exchange_on_uri(void *arg, const char *uri, struct MHD_Connection *connection)
{
    struct server *s = arg;
    struct request *r = mem_zero(1, sizeof *r);
    r->server = s;
    r->connection = connection;
    r->begun_us = clock_monotonic_us();
    r->path = mem_text_n(uri, strcspn(uri, "?"));
    buffer_init(&r->body, s->config.body_max);
    r->next = s->requests;
    if (r->next)
        r->next->prev = r;
    s->requests = r;
    s->stats.active++;
    return r;
}

struct head {
    unsigned lengths, encodings, hosts;
    bool chunked;
};

static enum MHD_Result on_head(void *arg, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct head *head = arg;
    if (strcasecmp(name, "Content-Length") == 0) {
        head->lengths++;
    } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
        head->encodings++;
        head->chunked = value && strcasecmp(value, "chunked") == 0;
    } else if (strcasecmp(name, "Host") == 0) {
        head->hosts++;
    }
    return MHD_YES;
}

/* The answer to a head that isn't fit to be served; the connection ends with it. */
static void refuse(struct request *r, unsigned status, const char *code, const char *message)
{
    r->refused = true;
    r->server->stats.refused++;
    reply_problem(r, status, code, message, NULL);
}

static void take_identifiers(struct request *r)
{
    const char *id = request_header(r, "X-Request-ID"), *trace = request_header(r, "traceparent");
    if (id && header_request_id_valid(id))
        text_copy(r->id, sizeof r->id, id);
    else
        random_hex(r->id, 33);
    if (trace && header_traceparent_valid(trace))
        text_copy(r->traceparent, sizeof r->traceparent, trace);
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address && address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, r->peer, sizeof r->peer);
    else if (address && address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, r->peer, sizeof r->peer);
    r->tcp = MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static int64_t body_limit(const struct request *r)
{
    const struct http_config *config = &r->server->config;
    return r->match.route->flags & ROUTE_UPLOAD ? config->upload_max : (int64_t)config->body_max;
}

static void too_large(struct request *r)
{
    char message[160];
    snprintf(message, sizeof message, "The body is larger than the limit of %lld bytes for this address.",
             (long long)body_limit(r));
    reply_problem(r, MHD_HTTP_CONTENT_TOO_LARGE, "too_large", message, NULL);
}

static void find_route(struct request *r)
{
    struct server *s = r->server;
    route_find(s->config.tables, s->config.table_count, r->method, r->path, &r->match);
    const struct route *route = r->match.route;
    if (!route && r->match.allow[0]) {
        reply_header(r, "Allow", r->match.allow);
        reply_problem(r, MHD_HTTP_METHOD_NOT_ALLOWED, "method_not_allowed", "This address does not answer this method.",
                      NULL);
    } else if (!route) {
        reply_problem(r, MHD_HTTP_NOT_FOUND, "not_found", "There is nothing at this address.", NULL);
    } else if (route->flags & ROUTE_UPLOAD && !s->config.upload_folder) {
        refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, "unavailable", "This server takes no uploads: it has no data folder.");
    }
}

/* First call: decides everything that the head alone decides. */
static void begin(struct request *r, const char *method)
{
    struct head head = { 0 };
    if (!text_copy(r->method, sizeof r->method, method))
        r->method[0] = '?';
    take_identifiers(r);
    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, on_head, &head);
    const char *length = request_header(r, "Content-Length");
    int64_t size = 0;
    r->in_head = true;
    r->has_body = head.lengths || head.encodings;
    if (head.lengths > 1 || head.encodings > 1 || (head.lengths && head.encodings) ||
        (head.encodings && !head.chunked) || (length && !text_to_int64(length, 0, INT64_MAX, &size))) {
        refuse(r, MHD_HTTP_BAD_REQUEST, "ambiguous_length", "Send one Content-Length, or chunks, and not both.");
    } else if (head.hosts > 1 || r->path[0] != '/') {
        refuse(r, MHD_HTTP_BAD_REQUEST, "bad_request", "Send one Host and a path that begins with /.");
    } else if (r->server->closing) {
        refuse(r, MHD_HTTP_SERVICE_UNAVAILABLE, "shutting_down", "This server is being stopped: try again.");
    } else {
        find_route(r);
    }
    if (r->state == REQUEST_ANSWERED)
        return;
    if (size > body_limit(r)) {
        too_large(r);
    } else if (r->match.route->flags & ROUTE_PUBLIC) {
        r->state = REQUEST_READING;
    } else {
        r->server->config.authorise(r->server->config.arg, r);
    }
    if (r->tcp)
        r->tcp->limit_ms = r->match.route->flags & ROUTE_UPLOAD ? r->server->config.upload_timeout_s * 1000LL
                                                                : r->server->config.request_timeout_s * 1000LL;
}

/* ---- body and answer ---- */

static enum MHD_Result take_body(struct request *r, const char *data, size_t *size)
{
    if (r->state == REQUEST_READING && r->match.route->flags & ROUTE_UPLOAD) {
        if (!r->upload)
            r->upload = upload_create(r);
        if ((int64_t)*size > body_limit(r) - upload_size(r->upload))
            too_large(r);
        else
            upload_write(r->upload, data, *size);
    } else if (r->state == REQUEST_READING && !buffer_add(&r->body, data, *size)) {
        too_large(r);
    }
    if (r->state == REQUEST_ANSWERED && (r->discarded += *size) > DISCARD_MAX)
        return MHD_NO;
    *size = 0;
    return MHD_YES;
}

/* The body is there: the handler's turn, unless the file must reach the disk first. */
static void handle(struct request *r)
{
    if (r->match.route->flags & ROUTE_UPLOAD) {
        if (!r->upload)
            r->upload = upload_create(r);
        if (!upload_ready(r->upload)) {
            upload_finish(r->upload);
            return;
        }
    }
    r->state = REQUEST_HANDLING;
    if (r->tcp)
        r->tcp->limit_ms = 0;
    r->match.route->handle(r->match.arg, r);
}

static enum MHD_Result give_answer(struct request *r)
{
    r->queued = true;
    enum MHD_Result result = MHD_queue_response(r->connection, r->status, r->response);
    MHD_destroy_response(r->response);
    r->response = NULL;
    return result;
}

/* Calls that come before the body: the first, and its repetitions while we suspend in it. */
static enum MHD_Result take_head(struct request *r, const char *method)
{
    if (r->method[0] == '\0')
        begin(r, method);
    if (r->state == REQUEST_AUTHORISING) {
        exchange_wait(r);
        return MHD_YES;
    }
    r->in_head = false;
    return r->state == REQUEST_ANSWERED && r->has_body ? give_answer(r) : MHD_YES;
}

enum MHD_Result exchange_on_access(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                                   const char *version, const char *data, size_t *size, void **request)
{
    (void)arg, (void)connection, (void)url, (void)version;
    struct request *r = *request;
    if (r->in_head || r->method[0] == '\0')
        return take_head(r, method);
    if (*size > 0)
        return take_body(r, data, size);
    if (r->state == REQUEST_READING)
        handle(r);
    if (r->state == REQUEST_ANSWERED)
        return r->queued ? MHD_YES : give_answer(r);
    exchange_wait(r);
    return MHD_YES;
}

static void count_done(struct request *r)
{
    struct server *s = r->server;
    if (r->status >= 100 && r->status < 600)
        s->stats.requests[r->status / 100]++;
    if (r->status && s->config.on_done) {
        struct http_done done = { .method = r->method,
                                  .path = r->path,
                                  .request_id = r->id,
                                  .peer = r->peer,
                                  .status = r->status,
                                  .took_us = clock_monotonic_us() - r->begun_us };
        s->config.on_done(s->config.arg, &done);
    }
}

void exchange_on_completed(void *arg, struct MHD_Connection *connection, void **request,
                           enum MHD_RequestTerminationCode why)
{
    (void)connection, (void)why;
    struct server *s = arg;
    struct request *r = *request;
    if (!r)
        return;
    assert(r->state != REQUEST_HANDLING && !r->suspended);
    count_done(r);
    if (r->tcp) {
        r->tcp->since_ms = clock_monotonic_ms();
        r->tcp->limit_ms = s->config.request_timeout_s * 1000LL;
    }
    stream_finish(r->stream);
    upload_abandon(r->upload);
    if (r->response)
        MHD_destroy_response(r->response);
    for (unsigned i = 0; i < r->header_count; i++) {
        free(r->headers[i].name);
        free(r->headers[i].value);
    }
    if (r->next)
        r->next->prev = r->prev;
    *(r->prev ? &r->prev->next : &s->requests) = r->next;
    s->stats.active--;
    buffer_finish(&r->body);
    free(r->path);
    free(r);
    *request = NULL;
}
