/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_loop.c - what hiredis 0.14 needs from a libuv loop: readable and writable, told when it asks.
 *
 * The adapter that ships with hiredis ends a poll with an error silently, so that a refused connection is never told to
 * anybody. Here an error counts as "everything you waited for": hiredis then reads or writes, meets the error itself
 * and tells it in its connect and command callbacks.
 */
#include "queue/redis_loop.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/mem.h"

struct redis_loop {
    redisAsyncContext *context; /* NULL once hiredis has let go */
    uv_poll_t poll;
    int events;
    void (*on_closed)(void *arg);
    void *arg;
};

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct redis_loop *p = poll->data;
    if (status != 0)
        events = p->events;
    if (p->context && (events & UV_READABLE))
        redisAsyncHandleRead(p->context);
    if (p->context && (events & UV_WRITABLE))
        redisAsyncHandleWrite(p->context);
}

static void watch(struct redis_loop *p, int events)
{
    if (events == p->events && uv_is_active((uv_handle_t *)&p->poll))
        return;
    p->events = events;
    if (events)
        uv_poll_start(&p->poll, events, on_poll);
    else
        uv_poll_stop(&p->poll);
}

static void add_read(void *data)
{
    struct redis_loop *p = data;
    watch(p, p->events | UV_READABLE);
}

static void del_read(void *data)
{
    struct redis_loop *p = data;
    watch(p, p->events & ~UV_READABLE);
}

static void add_write(void *data)
{
    struct redis_loop *p = data;
    watch(p, p->events | UV_WRITABLE);
}

static void del_write(void *data)
{
    struct redis_loop *p = data;
    watch(p, p->events & ~UV_WRITABLE);
}

void redis_loop_flush(redisAsyncContext *context)
{
    struct redis_loop *p = context->ev.data;
    int done = 0;
    if (redisBufferWrite(&context->c, &done) == REDIS_OK && done)
        watch(p, (p->events & ~UV_WRITABLE) | UV_READABLE);
}

static void on_close(uv_handle_t *handle)
{
    struct redis_loop *p = handle->data;
    if (p->on_closed)
        p->on_closed(p->arg);
    free(p);
}

static void cleanup(void *data)
{
    struct redis_loop *p = data;
    p->context = NULL;
    uv_close((uv_handle_t *)&p->poll, on_close);
}

static void keep_socket(int fd)
{
    /* A peer that vanished without a word is noticed within about 10 s, though we only listen. Not for unix sockets. */
    int on = 1, idle_s = 4, every_s = 2, tries = 3, silent_ms = 10000;
    (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &every_s, sizeof every_s);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &silent_ms, sizeof silent_ms);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

enum error_class redis_loop_attach(redisAsyncContext *context, uv_loop_t *loop, void (*on_closed)(void *arg), void *arg,
                                   struct error *e)
{
    struct redis_loop *p = mem_zero(1, sizeof *p);
    int refused = uv_poll_init(loop, &p->poll, context->c.fd);
    if (refused) {
        free(p);
        return error_set(e, ERROR_UNAVAILABLE, "watch the Redis connection: %s", uv_strerror(refused));
    }
    keep_socket(context->c.fd);
    p->context = context;
    p->poll.data = p;
    p->on_closed = on_closed;
    p->arg = arg;
    context->ev.data = p;
    context->ev.addRead = add_read;
    context->ev.delRead = del_read;
    context->ev.addWrite = add_write;
    context->ev.delWrite = del_write;
    context->ev.cleanup = cleanup;
    return ERROR_OK;
}
