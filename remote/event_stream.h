/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event_stream.h - reads server-sent events (WHATWG HTML, "Server-sent events") from bytes as they come.
 *
 * Lines end with LF, CR or CRLF; several data lines join with LF; a comment is passed over; an event over EVENT_MAX is
 * dropped whole. init/finish do not allocate by themselves.
 */
#ifndef REMOTE_EVENT_STREAM_H
#define REMOTE_EVENT_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "remote/http_client.h"

enum { EVENT_STREAM_EVENT_MAX = 4 << 20 };

struct event_stream {
    struct buffer line, type, id, data;
    bool after_cr, has_data;
    bool (*event)(void *arg, const struct http_event *event);
    void *arg;
};

void event_stream_init(struct event_stream *s, bool (*event)(void *arg, const struct http_event *event), void *arg);
void event_stream_finish(struct event_stream *s);
/* false once event() returned false: feed no more. */
bool event_stream_feed(struct event_stream *s, const char *data, size_t size);

#endif
