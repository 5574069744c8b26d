/* SPDX-License-Identifier: Apache-2.0 */
/* Server-sent events, fed byte by byte and whole: line ends, comments, several data lines, what is too large, and
 * stopping. */
#include "remote/event_stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

struct seen {
    struct buffer text;
    int stop_after;
};

static bool note(void *arg, const struct http_event *event)
{
    struct seen *s = arg;
    (void)buffer_format(&s->text, "%s/%s/%s;", event->type, event->id, event->data);
    return --s->stop_after != 0;
}

static const char stream[] = ": hello\n\n"
                             "event: progress\ndata: {\"a\":1}\n\n"
                             "id: 7\r\ndata:one\r\ndata: two\r\n\r\n"
                             "data\r\rretry: 5\nunknown\n\n"
                             "event: dropped\n\n"
                             "data: last\n\n";
static const char expected[] = "progress//{\"a\":1};message/7/one\ntwo;message/7/;message/7/last;";

static void feed(size_t step, int stop_after, struct seen *seen)
{
    struct event_stream s;
    buffer_init(&seen->text, 4096);
    seen->stop_after = stop_after;
    event_stream_init(&s, note, seen);
    for (size_t at = 0; at < sizeof stream - 1; at += step) {
        size_t left = sizeof stream - 1 - at;
        if (!event_stream_feed(&s, stream + at, left < step ? left : step))
            break;
    }
    event_stream_finish(&s);
}

static void test_any_cut(void **state)
{
    (void)state;
    for (size_t step = 1; step < sizeof stream; step++) {
        struct seen seen;
        feed(step, 0, &seen);
        assert_string_equal(buffer_view(&seen.text), expected);
        buffer_finish(&seen.text);
    }
}

static void test_stop(void **state)
{
    (void)state;
    struct seen seen;
    feed(sizeof stream, 2, &seen);
    assert_string_equal(buffer_view(&seen.text), "progress//{\"a\":1};message/7/one\ntwo;");
    buffer_finish(&seen.text);
}

static void test_too_large_is_dropped_whole(void **state)
{
    (void)state;
    struct seen seen = { .stop_after = 0 };
    struct event_stream s;
    size_t size = EVENT_STREAM_EVENT_MAX + 10;
    mem_auto char *large = mem_alloc(size);
    memset(large, 'x', size);
    buffer_init(&seen.text, 4096);
    event_stream_init(&s, note, &seen);
    assert_true(event_stream_feed(&s, "data: ", 6));
    assert_true(event_stream_feed(&s, large, size));
    assert_true(event_stream_feed(&s, "\n\ndata: small\n\n", 15));
    assert_string_equal(buffer_view(&seen.text), "message//small;");
    event_stream_finish(&s);
    buffer_finish(&seen.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_cut),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_too_large_is_dropped_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
