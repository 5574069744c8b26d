/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_link.c - the states of one Redis connection; see redis_link.h for the story and queue/README.md for the
 * picture.
 *
 * Callbacks store what happened and call the one function that moves on. A lost connection is always met in on_gone(),
 * once libuv has let go of the socket, whoever noticed the loss.
 */
#include "queue/redis_link.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "base/text.h"
#include "queue/redis_link_private.h"
#include "queue/redis_loop.h"

enum { CONNECT_MS = 5000, SENTINEL_MS = 2000, WATCH_MS = 500, WAIT_MIN_MS = 50, WAIT_MAX_MS = 2000 };

/* One command on its way. */
struct call {
    struct redis_link *link;
    redis_link_on_reply *fn;
    void *arg;
    size_t size;
};

static void link_start(struct redis_link *link);
static void link_connect(struct redis_link *link, const char *host);
static void on_timer(uv_timer_t *timer);
static void link_lost(struct redis_link *link);

static void set_state(struct redis_link *link, enum link_state state)
{
    bool was = link->state == LINK_UP, is = state == LINK_UP;
    link->state = state;
    if (was != is && state != LINK_CLOSING)
        link->config.on_state(link->config.arg, is, is ? NULL : &link->cause);
}

static void free_when_done(struct redis_link *link)
{
    if (link->resolving || link->attached || link->timer_open)
        return;
    void (*on_closed)(void *) = link->on_closed;
    void *arg = link->on_closed_arg;
    free(link);
    if (on_closed)
        on_closed(arg);
}

/* ---- commands ---- */

static bool needs_new_connection(const char *text)
{
    return text_starts(text, "LOADING") || text_starts(text, "READONLY") || text_starts(text, "MASTERDOWN") ||
           text_starts(text, "NOAUTH") || text_starts(text, "WRONGPASS") || text_starts(text, "NOPERM");
}

static void on_answer(redisAsyncContext *context, void *reply, void *data)
{
    (void)context;
    struct call *call = data;
    struct redis_link *link = call->link;
    redisReply *answer = reply;
    link->pending--;
    link->pending_bytes -= call->size;
    link->deadline_ms = clock_monotonic_ms() + link->config.patience_ms;
    if (call->fn)
        call->fn(call->arg, answer);
    free(call);
    if (answer && answer->type == REDIS_REPLY_ERROR && needs_new_connection(answer->str)) {
        struct error e = ERROR_NONE;
        error_code(&e, ERROR_UNAVAILABLE, "redis_unavailable", "Redis answered %s", answer->str);
        redis_link_drop(link, &e);
    }
}

bool redis_link_send_now(struct redis_link *link, redis_link_on_reply *fn, void *arg, int count,
                         const char *const *words, const size_t *sizes)
{
    size_t size = 0;
    for (int i = 0; i < count; i++)
        size += sizes ? sizes[i] : strlen(words[i]);
    if (!link->context || size > link->config.pending_max - link->pending_bytes)
        return false;
    struct call *call = mem_zero(1, sizeof *call);
    *call = (struct call){ .link = link, .fn = fn, .arg = arg, .size = size };
    if (redisAsyncCommandArgv(link->context, on_answer, call, count, (const char **)words, sizes) != REDIS_OK) {
        free(call);
        return false;
    }
    if (link->pending++ == 0)
        link->deadline_ms = clock_monotonic_ms() + link->config.patience_ms;
    link->pending_bytes += size;
    return true;
}

bool redis_link_send(struct redis_link *link, redis_link_on_reply *fn, void *arg, int count, const char *const *words,
                     const size_t *sizes)
{
    return link->state == LINK_UP && redis_link_send_now(link, fn, arg, count, words, sizes);
}

void redis_link_flush(struct redis_link *link)
{
    if (link->state == LINK_UP && link->context)
        redis_loop_flush(link->context);
}

static void on_subscribed(redisAsyncContext *context, void *reply, void *data)
{
    (void)context;
    struct call *call = data;
    if (reply)
        call->fn(call->arg, reply);
    else
        free(call); /* hiredis says NULL once, as the connection ends */
}

bool redis_link_subscribe(struct redis_link *link, const char *channel, redis_link_on_reply *fn, void *arg)
{
    if (link->state != LINK_UP || !link->context)
        return false;
    struct call *call = mem_zero(1, sizeof *call);
    *call = (struct call){ .link = link, .fn = fn, .arg = arg };
    const char *words[] = { "SUBSCRIBE", channel };
    if (redisAsyncCommandArgv(link->context, on_subscribed, call, 2, words, NULL) == REDIS_OK)
        return true;
    free(call);
    return false;
}

/* ---- connecting ---- */

static void wait_then_retry(struct redis_link *link)
{
    int64_t wait_ms = WAIT_MIN_MS;
    for (unsigned i = 0; i < link->failures && wait_ms < WAIT_MAX_MS; i++)
        wait_ms *= 2;
    link->failures++;
    if (wait_ms > WAIT_MAX_MS)
        wait_ms = WAIT_MAX_MS;
    /* Jitter: a fleet must not come back at once. */
    wait_ms = wait_ms / 2 + (int64_t)(random_u64() % (uint64_t)(wait_ms / 2 + 1));
    set_state(link, LINK_WAITING);
    uv_timer_start(&link->timer, on_timer, (uint64_t)wait_ms, 0);
}

static void on_resolved(uv_getaddrinfo_t *resolve, int status, struct addrinfo *found)
{
    struct redis_link *link = resolve->data;
    char host[INET6_ADDRSTRLEN] = "";
    link->resolving = false;
    if (status == 0)
        uv_ip_name(found->ai_addr, host, sizeof host);
    uv_freeaddrinfo(found);
    if (link->state == LINK_CLOSING) {
        free_when_done(link);
    } else if (status != 0 || !*host) {
        error_code(&link->cause, ERROR_UNAVAILABLE, "redis_unavailable", "find Redis host %s: %s", link->at.host,
                   status ? uv_strerror(status) : "it has no address");
        wait_then_retry(link);
    } else {
        link_connect(link, host);
    }
}

static void link_start(struct redis_link *link)
{
    if (*link->url.path) {
        link_connect(link, NULL);
        return;
    }
    link->asking = link->url.sentinel_count > 0 && !link->found;
    if (link->asking)
        link->at = link->url.sentinels[link->sentinel++ % link->url.sentinel_count];
    else if (!link->found)
        link->at = link->url.at;
    link->found = false;
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    link->resolve.data = link;
    int refused = uv_getaddrinfo(link->config.loop, &link->resolve, on_resolved, link->at.host, NULL, &hints);
    if (refused) {
        error_code(&link->cause, ERROR_UNAVAILABLE, "redis_unavailable", "find Redis host %s: %s", link->at.host,
                   uv_strerror(refused));
        wait_then_retry(link);
        return;
    }
    link->resolving = true;
    set_state(link, LINK_RESOLVING);
}

void redis_link_greeted(struct redis_link *link)
{
    link->failures = 0;
    link->cause = ERROR_NONE;
    uv_timer_start(&link->timer, on_timer, WATCH_MS, WATCH_MS);
    set_state(link, LINK_UP);
}

static void on_connect(const redisAsyncContext *context, int status)
{
    struct redis_link *link = context->data;
    if (status != REDIS_OK) { /* hiredis frees the context next, and on_gone() comes */
        error_code(&link->cause, ERROR_UNAVAILABLE, "redis_unavailable", "connect to Redis: %s", context->errstr);
        link->context = NULL;
    } else if (link->state == LINK_CONNECTING) {
        set_state(link, LINK_GREETING);
        redis_greet(link);
    }
}

static void on_disconnect(const redisAsyncContext *context, int status)
{
    struct redis_link *link = context->data;
    if (status != REDIS_OK && link->state != LINK_DROPPING)
        error_code(&link->cause, ERROR_UNAVAILABLE, "redis_unavailable", "the Redis connection was lost: %s",
                   context->errstr && *context->errstr ? context->errstr : "closed");
    link->context = NULL;
}

static void on_gone(void *arg)
{
    struct redis_link *link = arg;
    link->attached = false;
    link->context = NULL;
    if (link->state == LINK_CLOSING)
        free_when_done(link);
    else if (link->found)
        link_start(link); /* at once, at the master */
    else
        wait_then_retry(link);
}

/* host is numeric (hiredis would resolve a name and block), or NULL for the socket. */
static void link_connect(struct redis_link *link, const char *host)
{
    redisAsyncContext *context = host ? redisAsyncConnect(host, link->at.port) : redisAsyncConnectUnix(link->url.path);
    if (!context || context->err) {
        error_code(&link->cause, ERROR_UNAVAILABLE, "redis_unavailable", "connect to Redis: %s",
                   context ? context->errstr : "out of memory");
        if (context)
            redisAsyncFree(context);
        wait_then_retry(link);
        return;
    }
    context->data = link;
    if (redis_loop_attach(context, link->config.loop, on_gone, link, &link->cause) != ERROR_OK) {
        redisAsyncFree(context);
        wait_then_retry(link);
        return;
    }
    link->context = context;
    link->attached = true;
    link->deadline_ms = clock_monotonic_ms() + (link->url.sentinel_count > 0 ? SENTINEL_MS : CONNECT_MS);
    uv_timer_start(&link->timer, on_timer, WATCH_MS, WATCH_MS);
    set_state(link, LINK_CONNECTING);
    redisAsyncSetDisconnectCallback(context, on_disconnect);
    redisAsyncSetConnectCallback(context, on_connect);
}

static void on_timer(uv_timer_t *timer)
{
    struct redis_link *link = timer->data;
    bool connecting = link->state == LINK_CONNECTING || link->state == LINK_GREETING;
    bool due = connecting || (link->state == LINK_UP && link->pending);
    if (link->state == LINK_WAITING) {
        uv_timer_stop(timer);
        link_start(link);
    } else if (due && clock_monotonic_ms() >= link->deadline_ms) {
        link_lost(link);
    }
}

static void link_lost(struct redis_link *link)
{
    struct error e = ERROR_NONE;
    error_code(&e, ERROR_UNAVAILABLE, "redis_silent", "Redis did not answer for %d ms",
               link->state == LINK_UP         ? link->config.patience_ms
               : link->url.sentinel_count > 0 ? SENTINEL_MS
                                              : CONNECT_MS);
    redis_link_drop(link, &e);
}

/* ---- outside ---- */

struct redis_link *redis_link_create(const struct redis_link_config *config)
{
    struct redis_link *link = mem_zero(1, sizeof *link);
    struct sigaction pipe;
    if (sigaction(SIGPIPE, NULL, &pipe) == 0 && pipe.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN); /* hiredis writes with write(2): a server that went away would end the program */
    link->config = *config;
    link->url = *config->url;
    link->config.url = &link->url;
    link->state = LINK_WAITING;
    uv_timer_init(config->loop, &link->timer);
    link->timer.data = link;
    link->timer_open = true;
    uv_timer_start(&link->timer, on_timer, 0, 0); /* from the loop: no callback runs before create has returned */
    return link;
}

bool redis_link_is_up(const struct redis_link *link)
{
    return link->state == LINK_UP;
}

void redis_link_drop(struct redis_link *link, const struct error *e)
{
    if (!link->context || link->state == LINK_DROPPING || link->state == LINK_CLOSING)
        return;
    redisAsyncContext *context = link->context;
    link->context = NULL;
    link->cause = *e;
    set_state(link, LINK_DROPPING);
    redisAsyncFree(context);
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct redis_link *link = handle->data;
    link->timer_open = false;
    free_when_done(link);
}

void redis_link_close(struct redis_link *link, void (*on_closed)(void *arg), void *arg)
{
    redisAsyncContext *context = link->context;
    link->on_closed = on_closed;
    link->on_closed_arg = arg;
    link->context = NULL;
    link->state = LINK_CLOSING;
    if (link->resolving)
        uv_cancel((uv_req_t *)&link->resolve);
    uv_close((uv_handle_t *)&link->timer, on_timer_closed);
    if (context)
        redisAsyncFree(context);
}
