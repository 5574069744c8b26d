/* SPDX-License-Identifier: Apache-2.0 */
#include "remote/event_stream.h"

#include <string.h>

void event_stream_init(struct event_stream *s, bool (*event)(void *arg, const struct http_event *event), void *arg)
{
    *s = (struct event_stream){ .event = event, .arg = arg };
    buffer_init(&s->line, EVENT_STREAM_EVENT_MAX);
    buffer_init(&s->type, 256);
    buffer_init(&s->id, 4096);
    buffer_init(&s->data, EVENT_STREAM_EVENT_MAX);
}

void event_stream_finish(struct event_stream *s)
{
    buffer_finish(&s->line);
    buffer_finish(&s->type);
    buffer_finish(&s->id);
    buffer_finish(&s->data);
}

/* An empty line ends the event. The id stays for the next one, as the standard says. */
static bool dispatch(struct event_stream *s)
{
    bool go_on = true;
    bool whole = !s->data.overflow && !s->type.overflow && !s->id.overflow;
    if (s->has_data && whole)
        go_on = s->event(s->arg, &(struct http_event){ .type = s->type.size > 0 ? s->type.data : "message",
                                                       .id = buffer_view(&s->id),
                                                       .data = buffer_view(&s->data) });
    buffer_clear(&s->type);
    buffer_clear(&s->data);
    s->has_data = false;
    return go_on;
}

static bool line_end(struct event_stream *s)
{
    const char *line = buffer_view(&s->line);
    if (s->line.overflow)
        s->data.overflow = true; /* the event it belongs to is not whole */
    else if (s->line.size == 0)
        return dispatch(s);
    size_t name = strcspn(line, ":");
    const char *value = line[name] == ':' ? line + name + 1 : "";
    value += *value == ' ';
    if (name == 4 && memcmp(line, "data", 4) == 0) {
        if (s->has_data)
            (void)buffer_char(&s->data, '\n');
        (void)buffer_text(&s->data, value);
        s->has_data = true;
    } else if (name == 5 && memcmp(line, "event", 5) == 0) {
        buffer_clear(&s->type);
        (void)buffer_text(&s->type, value);
    } else if (name == 2 && memcmp(line, "id", 2) == 0) {
        buffer_clear(&s->id);
        (void)buffer_text(&s->id, value);
    }
    buffer_clear(&s->line);
    return true;
}

bool event_stream_feed(struct event_stream *s, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        bool lf_of_crlf = data[i] == '\n' && s->after_cr;
        s->after_cr = data[i] == '\r';
        if (lf_of_crlf)
            continue;
        if (data[i] != '\n' && data[i] != '\r')
            (void)buffer_char(&s->line, data[i]);
        else if (!line_end(s))
            return false;
    }
    return true;
}
