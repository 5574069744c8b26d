/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_event_stream.c - what a server sends as events reads the same whole and in pieces. First byte: piece size.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <string.h>

#include "remote/event_stream.h"

struct seen {
    unsigned count;
    uint64_t hash;
};

static void mix(struct seen *seen, const char *text)
{
    do
        seen->hash = (seen->hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    while (*text++);
}

/* The seventh is one too many, for whoever listens. */
static bool on_event(void *arg, const struct http_event *event)
{
    struct seen *seen = arg;
    assert(seen->count < 7 && event->type && event->type[0] && event->id && event->data);
    mix(seen, event->type);
    mix(seen, event->id);
    mix(seen, event->data);
    return ++seen->count < 7;
}

static struct seen read_in_pieces(const char *data, size_t size, size_t piece)
{
    struct seen seen = { .hash = UINT64_C(14695981039346656037) };
    struct event_stream stream;
    bool go_on = true;
    event_stream_init(&stream, on_event, &seen);
    for (size_t step; size > 0 && go_on; data += step, size -= step) {
        step = piece < size ? piece : size;
        go_on = event_stream_feed(&stream, data, step);
        assert(go_on == (seen.count < 7));
    }
    event_stream_finish(&stream);
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct seen whole = read_in_pieces((const char *)data + 1, size - 1, size);
    struct seen pieces = read_in_pieces((const char *)data + 1, size - 1, 1u + data[0]);
    assert(whole.count == pieces.count && whole.hash == pieces.hash);
    return 0;
}
