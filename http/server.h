/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.h - an HTTP/1.1 server on a libuv loop: routes, limits, uploads to disk, server-sent events.
 *
 * libmicrohttpd does the protocol; its epoll descriptor is one uv_poll, its next timeout one uv_timer. One thread, the
 * loop's. This room never logs and knows no job: who may do what is the authorise hook's, what happened is told to
 * on_done.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "http/request.h"
#include "http/route.h"

struct server;

/* What has been answered, for the log. Valid during the call. */
struct http_done {
    const char *method, *path, *request_id, *peer;
    unsigned status;
    int64_t took_us;
};

struct http_config {
    uv_loop_t *loop;
    const char *host; /* numeric address: "127.0.0.1", "::", ... */
    uint16_t port;    /* 0: the kernel chooses, server_port() tells */
    const struct route_table *tables;
    unsigned table_count;
    void *arg;
    /* Calls request_allow() or answers with an error, at once or later. Not asked for ROUTE_PUBLIC. */
    void (*authorise)(void *arg, struct request *r);
    void (*on_done)(void *arg, const struct http_done *done); /* may be NULL */

    size_t header_max;           /* bytes of request line and headers: 431 beyond */
    size_t body_max;             /* bytes of a body: 413 beyond */
    unsigned depth_max;          /* nesting of a JSON body */
    unsigned connections_max;    /* open at once; more are closed when accepted */
    unsigned connections_ip_max; /* of one address; 0: no limit of its own */
    int idle_timeout_s;          /* without a byte either way */
    int request_timeout_s;       /* from the connection's last answer to a whole next request */
    const char *upload_folder;   /* NULL: no uploads */
    int64_t upload_max;          /* bytes of a file */
    int upload_timeout_s;        /* instead of request_timeout_s */
    unsigned streams_max;        /* open at once: 503 beyond */
    size_t stream_queue_max;     /* bytes waiting for one slow client */
    int keepalive_s;             /* comment on a silent stream */

    /* At SIGHUP, from host_run(): puts into *config what is set now; body_max and upload_max are taken over, for
     * requests that begin afterwards. NULL: nothing is read again. */
    void (*reload)(void *arg, struct http_config *config);
    void *reload_arg;
};

/* The limits above at their usual values; the rest is zero. */
struct http_config http_config_default(void);

struct http_stats {
    uint64_t requests[6]; /* by first digit of the status; [0] unused */
    uint64_t refused;     /* of those: malformed or smuggled heads */
    uint64_t dropped;     /* streams ended because their client was too slow */
    uint64_t upload_bytes;
    unsigned connections, active, streams;
};

/* Listens and serves. ERROR_INVALID "address_in_use" and the like when it can't. The config's pointers must outlive
 * it. */
enum error_class server_create(const struct http_config *config, struct server **ret_server, struct error *e);
void server_limits(struct server *s, size_t body_max, int64_t upload_max);
uint16_t server_port(const struct server *s);
struct http_stats server_stats(const struct server *s);

/*
 * Accepts nobody any more, ends the streams, waits until every handler has answered (so whatever they wait for must
 * still call back), gives the answers a moment to leave, then closes all and calls on_closed. Frees itself.
 */
void server_close(struct server *s, void (*on_closed)(void *arg), void *arg);
/* It takes nothing more and waits for its answers: whoever lets a request wait answers now. */
bool server_is_closing(const struct server *s);

#endif
