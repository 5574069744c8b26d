/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.h - an answer that goes on: server-sent events to one client.
 *
 * What is sent waits in a queue of at most `stream_queue_max` bytes. A client too slow for it gets a last event
 * "dropped" behind what waits, and the stream ends: it comes back with Last-Event-ID, and so gets on. A silent stream
 * sends a comment every `keepalive_s`, which is also how a client that left is noticed.
 *
 * The stream belongs to the connection. on_gone is called exactly once, when it is over for whatever reason; from then
 * on the pointer is dead. Loop only.
 */
#ifndef HTTP_STREAM_H
#define HTTP_STREAM_H

#include <stdbool.h>
#include <stddef.h>

struct request;
struct stream;

/* Answers the request with an open stream. on_gone may not be called before this returns. NULL: too many streams, and
 * the request was answered with 503. */
struct stream *stream_open(struct request *r, void (*on_gone)(void *arg), void *arg);

/* One or more whole events (http/sse.h). False: it is over or has just been dropped; on_gone follows. */
bool stream_send(struct stream *s, const char *events, size_t size);
size_t stream_waiting(const struct stream *s); /* bytes in the queue */

/* What was sent still goes out, then the connection closes and on_gone is called. */
void stream_end(struct stream *s);

#endif
