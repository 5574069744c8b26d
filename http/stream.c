/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.c - see stream.h. libmicrohttpd asks for bytes when its socket takes some; with none to give the connection is
 * suspended, and stream_send() resumes it.
 *
 * Failure: over the bound the stream ends behind what waits, which is still sent: who comes back with the id of the
 * last of it has come further, also one that has more behind it than the bound holds.
 */
#include "http/stream.h"

#include <string.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/mem.h"
#include "http/exchange.h"
#include "http/reply.h"
#include "http/sse.h"

struct stream {
    struct stream *next, *prev; /* server->streams */
    struct request *request;
    struct buffer queue;
    bool waiting; /* suspended by reader() */
    bool ended;
    int64_t sent_ms;
    void (*on_gone)(void *arg);
    void *arg;
};

enum { STREAM_EXTRA = 1024 }; /* room beyond the bound for the last words */

static ssize_t reader(void *arg, uint64_t position, char *data, size_t max)
{
    (void)position;
    struct stream *s = arg;
    size_t size = s->queue.size < max ? s->queue.size : max;
    if (size > 0) {
        memcpy(data, s->queue.data, size);
        buffer_drop_front(&s->queue, size);
        return (ssize_t)size;
    }
    if (s->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    s->waiting = true;
    MHD_suspend_connection(s->request->connection);
    return 0;
}

static void wake(struct stream *s)
{
    if (!s->waiting)
        return;
    s->waiting = false;
    MHD_resume_connection(s->request->connection);
    server_kick(s->request->server);
}

struct stream *stream_open(struct request *r, void (*on_gone)(void *arg), void *arg)
{
    struct server *server = r->server;
    if (server->stats.streams >= server->config.streams_max || server->closing) {
        reply_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, "too_many_streams",
                      "As many event streams are open as this server allows: try again later.", NULL);
        return NULL;
    }
    struct stream *s = mem_zero(1, sizeof *s);
    s->request = r;
    s->on_gone = on_gone;
    s->arg = arg;
    s->sent_ms = clock_monotonic_ms();
    buffer_init(&s->queue, server->config.stream_queue_max + STREAM_EXTRA);
    buffer_text(&s->queue, "retry: 1000\n\n");
    s->next = server->streams;
    if (s->next)
        s->next->prev = s;
    server->streams = s;
    server->stats.streams++;
    r->stream = s;

    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 8192, reader, s, NULL);
    if (!response)
        abort();
    MHD_add_response_header(response, "Content-Type", "text/event-stream");
    MHD_add_response_header(response, "X-Accel-Buffering", "no");
    reply_give(r, MHD_HTTP_OK, response);
    return s;
}

static void drop(struct stream *s)
{
    s->queue.overflow = false;
    static const char why[] = "{\"reason\":\"slow_client\"}";
    sse_event(&s->queue, NULL, "dropped", why, sizeof why - 1);
    s->request->server->stats.dropped++;
    stream_end(s);
}

bool stream_send(struct stream *s, const char *events, size_t size)
{
    if (s->ended)
        return false;
    size_t max = s->request->server->config.stream_queue_max;
    if (s->queue.size > max || size > max - s->queue.size) {
        drop(s);
        return false;
    }
    buffer_add(&s->queue, events, size);
    s->sent_ms = clock_monotonic_ms();
    wake(s);
    return true;
}

size_t stream_waiting(const struct stream *s)
{
    return s->queue.size;
}

void stream_end(struct stream *s)
{
    s->ended = true;
    wake(s);
}

void stream_sweep(struct server *server, int64_t now_ms)
{
    for (struct stream *s = server->streams; s; s = s->next) {
        if (s->ended || now_ms - s->sent_ms < server->config.keepalive_s * 1000LL)
            continue;
        if (s->queue.size == 0)
            sse_comment(&s->queue, "alive");
        s->sent_ms = now_ms;
        wake(s);
    }
}

void stream_end_all(struct server *server)
{
    for (struct stream *s = server->streams; s; s = s->next)
        stream_end(s);
}

void stream_finish(struct stream *s)
{
    if (!s)
        return;
    struct server *server = s->request->server;
    if (s->next)
        s->next->prev = s->prev;
    *(s->prev ? &s->prev->next : &server->streams) = s->next;
    server->stats.streams--;
    s->on_gone(s->arg);
    buffer_finish(&s->queue);
    free(s);
}
