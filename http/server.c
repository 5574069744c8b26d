/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server.c - libmicrohttpd on the loop, and its end.
 *
 * Its epoll descriptor becoming readable, its timeout, or server_kick() (we resumed something) all lead to run(),
 * which runs it and arms the timer anew from MHD_get_timeout(): without that resumed streams and idle timeouts would
 * stall.
 *
 * Closing: quiesce (no new connections), end the streams, wait for handlers and disk, 2 s for the answers to leave,
 * stop the daemon (which needs every connection resumed), wait for files being removed, close the handles.
 */
#include "http/server.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/exchange.h"

enum { SWEEP_MS = 500, FLUSH_MS = 2000, BACKLOG = 1024 };

struct http_config http_config_default(void)
{
    return (struct http_config){
        .header_max = 16 << 10,
        .body_max = 4 << 20,
        .depth_max = 32,
        .connections_max = 2048,
        .idle_timeout_s = 75,
        .request_timeout_s = 90,
        .upload_max = 10LL << 30,
        .upload_timeout_s = 3600,
        .streams_max = 1024,
        .stream_queue_max = 256 << 10,
        .keepalive_s = 15,
    };
}

static void on_run_timer(uv_timer_t *timer);

static void run(struct server *s)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms = 0;
    MHD_run(s->daemon);
    if (MHD_get_timeout(s->daemon, &timeout_ms) == MHD_YES)
        uv_timer_start(&s->run_timer, on_run_timer, timeout_ms, 0);
    else
        uv_timer_stop(&s->run_timer);
    server_tick(s);
}

static void on_run_timer(uv_timer_t *timer)
{
    run(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status, (void)events;
    run(poll->data);
}

void server_kick(struct server *s)
{
    if (!s->stopped)
        uv_timer_start(&s->run_timer, on_run_timer, 0, 0);
}

/* A client that takes too long over one request is cut off; MHD sees the end of the stream and cleans up. */
static void on_sweep(uv_timer_t *timer)
{
    struct server *s = timer->data;
    int64_t now_ms = clock_monotonic_ms();
    for (struct connection *c = s->connections; c; c = c->next)
        if (c->limit_ms && now_ms - c->since_ms > c->limit_ms) {
            c->limit_ms = 0;
            shutdown(c->fd, SHUT_RDWR);
        }
    stream_sweep(s, now_ms);
    server_tick(s);
}

/* ---- start ---- */

static enum error_class listen_on(const struct http_config *config, int *ret_fd, struct error *e)
{
    char port[8];
    snprintf(port, sizeof port, "%u", config->port);
    struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM },
                    *found;
    if (getaddrinfo(config->host, port, &hints, &found) != 0)
        return error_code(e, ERROR_INVALID, "bad_address", "\"%s\" is no numeric address to listen on.", config->host);
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    bool bound = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                 bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
    int problem = errno;
    freeaddrinfo(found);
    if (bound) {
        *ret_fd = fd;
        return ERROR_OK;
    }
    if (fd >= 0)
        close(fd);
    return error_code(e, problem == EADDRINUSE ? ERROR_REFUSED : ERROR_INVALID,
                      problem == EADDRINUSE ? "address_in_use" : "bad_address", "cannot listen on %s port %u: %s",
                      config->host, config->port, strerror(problem));
}

static uint16_t port_of(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        return 0;
    return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                               : ((struct sockaddr_in *)&address)->sin_port);
}

/* What a crash left of unfinished uploads. Younger ones may belong to another server on the same folder. */
static void sweep_uploads(const struct http_config *config)
{
    DIR *folder = config->upload_folder ? opendir(config->upload_folder) : NULL;
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        struct stat status;
        if (text_starts(entry->d_name, "incoming-") && fstatat(dirfd(folder), entry->d_name, &status, 0) == 0 &&
            clock_wall_ms() / 1000 - status.st_mtime > config->upload_timeout_s)
            unlinkat(dirfd(folder), entry->d_name, 0);
    }
    if (folder)
        closedir(folder);
}

/* Paths and query values stay escaped: they are decoded where they are used, with checks. */
static size_t keep_escaped(void *arg, struct MHD_Connection *connection, char *text)
{
    (void)arg, (void)connection;
    return strlen(text);
}

enum error_class server_create(const struct http_config *config, struct server **ret_server, struct error *e)
{
    int fd = -1;
    if (listen_on(config, &fd, e) != ERROR_OK)
        return e ? e->class : ERROR_INVALID;
    sweep_uploads(config);
    struct server *s = mem_zero(1, sizeof *s);
    s->config = *config;
    s->port = port_of(fd);
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, exchange_on_access, s, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, config->header_max * 2, MHD_OPTION_CONNECTION_LIMIT,
        config->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT, config->connections_ip_max,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)config->idle_timeout_s, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_NOTIFY_COMPLETED, exchange_on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, exchange_on_connection, s,
        MHD_OPTION_URI_LOG_CALLBACK, exchange_on_uri, s, MHD_OPTION_UNESCAPE_CALLBACK, keep_escaped, s, MHD_OPTION_END);
    if (!s->daemon) {
        close(fd);
        free(s);
        return error_set(e, ERROR_FATAL, "libmicrohttpd does not start: are there too few file descriptors?");
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    int status = uv_poll_init(config->loop, &s->poll, info->epoll_fd);
    assert(status == 0);
    uv_timer_init(config->loop, &s->run_timer);
    uv_timer_init(config->loop, &s->sweep_timer);
    s->handles = 3;
    s->poll.data = s->run_timer.data = s->sweep_timer.data = s;
    uv_poll_start(&s->poll, UV_READABLE, on_poll);
    uv_timer_start(&s->sweep_timer, on_sweep, SWEEP_MS, SWEEP_MS);
    *ret_server = s;
    return ERROR_OK;
}

void server_limits(struct server *s, size_t body_max, int64_t upload_max)
{
    s->config.body_max = body_max;
    s->config.upload_max = upload_max;
}

uint16_t server_port(const struct server *s)
{
    return s->port;
}

struct http_stats server_stats(const struct server *s)
{
    return s->stats;
}

/* ---- end ---- */

static void on_handle_closed(uv_handle_t *handle)
{
    struct server *s = handle->data;
    if (--s->handles > 0)
        return;
    void (*on_closed)(void *arg) = s->on_closed;
    void *arg = s->closed_arg;
    free(s);
    on_closed(arg);
}

static void close_handle(struct server *s, uv_handle_t *handle)
{
    handle->data = s;
    uv_close(handle, on_handle_closed);
}

/* Does a request wait for somebody who will still call back? */
static bool is_waited_for(const struct server *s)
{
    if (s->writes)
        return true;
    for (const struct request *r = s->requests; r; r = r->next)
        if (r->suspended)
            return true;
    return false;
}

void server_tick(struct server *s)
{
    if (!s->closing || uv_is_closing((uv_handle_t *)&s->sweep_timer))
        return;
    if (!s->stopped) {
        bool late = clock_monotonic_ms() - s->closing_since_ms > FLUSH_MS;
        if (is_waited_for(s) || (s->requests && !late))
            return;
        s->stopped = true; /* before MHD calls us back */
        uv_poll_stop(&s->poll);
        uv_timer_stop(&s->run_timer);
        MHD_stop_daemon(s->daemon);
    }
    if (s->writes)
        return;
    close_handle(s, (uv_handle_t *)&s->poll);
    close_handle(s, (uv_handle_t *)&s->run_timer);
    close_handle(s, (uv_handle_t *)&s->sweep_timer);
}

bool server_is_closing(const struct server *s)
{
    return s->closing;
}

void server_close(struct server *s, void (*on_closed)(void *arg), void *arg)
{
    assert(!s->closing);
    s->closing = true;
    s->closing_since_ms = clock_monotonic_ms();
    s->on_closed = on_closed;
    s->closed_arg = arg;
    int fd = MHD_quiesce_daemon(s->daemon);
    if (fd >= 0)
        close(fd);
    stream_end_all(s);
    server_kick(s);
}
