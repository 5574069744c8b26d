/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exchange.h - the inside of http/: the structs that request.c, reply.c, upload.c, stream.c, exchange.c and server.c
 * share. Not for other rooms.
 */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <microhttpd.h>

#include "base/buffer.h"
#include "http/route.h"
#include "http/server.h"

enum { REQUEST_ID_SIZE = 65, REQUEST_PEER_SIZE = 46, REPLY_HEADERS_MAX = 8, DISCARD_MAX = 1 << 20 };

/* Where a request stands; see exchange.c. */
enum request_state {
    REQUEST_AUTHORISING, /* the hook has been asked */
    REQUEST_READING,     /* allowed; the body arrives */
    REQUEST_HANDLING,    /* the handler has it */
    REQUEST_ANSWERED     /* `response` waits to be queued, or is on its way */
};

struct request {
    struct request *next, *prev; /* server->requests */
    struct server *server;
    struct MHD_Connection *connection;
    struct connection *tcp;
    enum request_state state;
    bool suspended; /* by us, until we resume it */
    bool queued;    /* libmicrohttpd has the response */
    bool refused;   /* the head was not fit to be served: the connection ends with the answer */
    bool in_head;   /* nothing of the body has been asked for yet */
    bool has_body;  /* as the head says */
    struct route_match match;
    char *path;      /* escaped, without the query */
    char method[16]; /* MHD's may go when the read buffer moves */
    char id[REQUEST_ID_SIZE];
    char traceparent[56]; /* "" when there is none */
    char peer[REQUEST_PEER_SIZE];
    int64_t identity, begun_us;
    struct buffer body;
    size_t discarded;      /* bytes that came after the answer was decided */
    struct upload *upload; /* owned until handed to upload_abandon() */
    struct stream *stream; /* owned */
    struct MHD_Response *response;
    unsigned status;
    struct {
        char *name, *value;
    } headers[REPLY_HEADERS_MAX];
    unsigned header_count;
};

/* One TCP connection: how long it may go on without a whole request. */
struct connection {
    struct connection *next, *prev; /* server->connections */
    int fd;
    int64_t since_ms; /* when it was opened or its last request was answered */
    int64_t limit_ms; /* since_ms + this is too long; 0: a handler or stream works, not the client's fault */
};

struct server {
    struct http_config config;
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    uv_timer_t run_timer;   /* MHD's next timeout */
    uv_timer_t sweep_timer; /* once a second: slow clients, keepalives, closing */
    struct request *requests;
    struct connection *connections;
    struct stream *streams;
    struct http_stats stats;
    uint16_t port;
    unsigned writes;  /* uv_fs operations under way */
    unsigned handles; /* of libuv still open */
    bool closing, stopped;
    int64_t closing_since_ms;
    void (*on_closed)(void *arg);
    void *closed_arg;
};

/* ---- server.c ---- */
void server_kick(struct server *s); /* MHD has something to do: run it in the next turn of the loop */
void server_tick(struct server *s); /* goes on with closing, if that is what is wanted */

/* ---- exchange.c: called by libmicrohttpd ---- */
enum MHD_Result exchange_on_access(void *arg, struct MHD_Connection *connection, const char *url, const char *method,
                                   const char *version, const char *data, size_t *size, void **request);
void exchange_on_completed(void *arg, struct MHD_Connection *connection, void **request,
                           enum MHD_RequestTerminationCode why);
void *exchange_on_uri(void *arg, const char *uri, struct MHD_Connection *connection);
void exchange_on_connection(void *arg, struct MHD_Connection *connection, void **socket,
                            enum MHD_ConnectionNotificationCode what);
void exchange_wait(struct request *r); /* nothing is read or sent until exchange_wake() */
void exchange_wake(struct request *r);

/* ---- reply.c ---- */
void reply_give(struct request *r, unsigned status, struct MHD_Response *response); /* takes response */

/* ---- upload.c: file of one request; see there ---- */
struct upload *upload_create(struct request *r);
void upload_write(struct upload *u, const char *data, size_t size); /* suspends the request until it is on disk */
void upload_finish(struct upload *u);                               /* the same for the sync; then upload_ready() */
bool upload_ready(const struct upload *u);
int64_t upload_size(const struct upload *u);
const char *upload_path(const struct upload *u);
const char *upload_sha256(const struct upload *u);
void upload_keep(struct upload *u);
void upload_abandon(
    struct upload *u); /* the request is over; closes, removes the file unless kept, frees. NULL is fine */

/* ---- stream.c ---- */
void stream_sweep(struct server *s, int64_t now_ms); /* keepalives */
void stream_end_all(struct server *s);
void stream_finish(struct stream *s); /* the request is over: tells on_gone, frees. NULL is fine */

#endif
