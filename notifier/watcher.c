/* SPDX-License-Identifier: Apache-2.0 */
/* watcher.c - clients with an open stream, what each wants to hear, and telling it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "http/sse.h"
#include "notifier/inside.h"

/* ---- coming and going ---- */

void watcher_free(struct watcher *w)
{
    free(w->cursor);
    free(w->state);
    free(w);
}

static void on_gone(void *arg)
{
    struct watcher *w = arg;
    struct notifier *n = w->notifier;
    if (w->next)
        w->next->prev = w->prev;
    *(w->prev ? &w->prev->next : &n->watchers) = w->next;
    n->watcher_count--;
    w->stream = NULL;
    w->gone = true;
    if (w->live)
        watcher_free(w); /* else the reader is busy with it and calls watcher_leave() */
}

void watcher_leave(struct watcher *w)
{
    assert(w->gone);
    watcher_free(w);
}

bool watcher_open(struct watcher *w)
{
    struct notifier *n = w->notifier;
    w->stream = stream_open(w->request, on_gone, w);
    w->request = NULL;
    if (!w->stream) {
        watcher_free(w);
        return false;
    }
    w->next = n->watchers;
    if (w->next)
        w->next->prev = w;
    n->watchers = w;
    n->watcher_count++;
    return true;
}

/* ---- telling ---- */

void watcher_say(struct watcher *w, const char *id, const char *type, const char *data, size_t size)
{
    struct buffer b;
    if (!w->stream || w->ended)
        return;
    buffer_init(&b, EVENT_MAX + CURSOR_SIZE);
    if (sse_event(&b, id, type, data, size))
        (void)stream_send(w->stream, b.data, b.size);
    buffer_finish(&b);
}

void watcher_end(struct watcher *w)
{
    w->ended = true;
    if (w->stream)
        stream_end(w->stream);
}

bool watcher_wants(const struct watcher *w, const struct subject *subject)
{
    const struct wish *wish = &w->wish;
    return (!wish->job || wish->job == subject->job) && (!wish->pipeline || wish->pipeline == subject->pipeline) &&
           (!wish->kind[0] || text_equal(wish->kind, subject->kind)) &&
           (!wish->queue[0] || text_equal(wish->queue, subject->queue));
}

static void tell(struct watcher *w, const struct subject *subject, const struct buffer *text, bool final)
{
    if (w->ended || !w->stream || !watcher_wants(w, subject))
        return;
    (void)stream_send(w->stream, text->data, text->size);
    if (final && w->wish.job)
        watcher_end(w);
    else if (final && w->wish.pipeline)
        w->check = true;
}

void watcher_event(struct notifier *n, struct watcher *w, const struct result *result, unsigned row, const char *id)
{
    const struct subject subject = { .job = result_int(result, row, 4),
                                     .pipeline = result_int(result, row, 5),
                                     .kind = result_text(result, row, 6),
                                     .queue = result_text(result, row, 7) };
    bool final = result_bool(result, row, 8);
    struct buffer b;
    buffer_init(&b, EVENT_MAX + CURSOR_SIZE);
    if (!sse_event(&b, id, result_text(result, row, 3), result_text(result, row, 9), result_size(result, row, 9))) {
        buffer_clear(&b); /* an error text beyond all measure: the fact is told, the rest is asked for */
        static const char large[] = "{\"too_large\":true}";
        (void)sse_event(&b, id, result_text(result, row, 3), large, sizeof large - 1);
    }
    if (w)
        tell(w, &subject, &b, final);
    for (struct watcher *each = w ? NULL : n->watchers; each; each = each->next)
        if (each->live)
            tell(each, &subject, &b, final);
    buffer_finish(&b);
    progress_learn(n->progress, &subject);
}

/* ---- requests ---- */

static bool take_filter(struct request *r, const char *name, char value[static NOTIFIER_NAME_SIZE])
{
    enum request_query query = request_query(r, name, value, NOTIFIER_NAME_SIZE);
    return query != REQUEST_BAD && (value[0] == '\0' || text_is_name(value, NOTIFIER_NAME_SIZE - 1));
}

static void watch(struct notifier *n, struct request *r, const struct wish *wish)
{
    struct watcher *w = mem_zero(1, sizeof *w);
    const char *last = request_header(r, "Last-Event-ID");
    w->notifier = n;
    w->request = r;
    w->wish = *wish;
    w->has_cursor = last && *last;
    if (w->has_cursor) {
        w->cursor = mem_zero(1, sizeof *w->cursor);
        if (!cursor_parse(last, w->cursor))
            w->cursor->base[0] = '\0'; /* of no system: resync */
    }
    reader_join(n->reader, w);
}

void watcher_on_events(void *arg, struct request *r)
{
    struct wish wish = { 0 };
    if (take_filter(r, "kind", wish.kind) && take_filter(r, "queue", wish.queue))
        watch(arg, r, &wish);
    else
        reply_problem(r, 400, "invalid_filter", "kind and queue are names.", NULL);
}

static void watch_id(struct notifier *n, struct request *r, bool pipeline)
{
    struct wish wish = { 0 };
    struct error e = ERROR_NONE;
    if (request_param_id(r, 0, pipeline ? &wish.pipeline : &wish.job, &e) == ERROR_OK)
        watch(n, r, &wish);
    else
        reply_error(r, &e, NULL);
}

void watcher_on_job(void *arg, struct request *r)
{
    watch_id(arg, r, false);
}

void watcher_on_pipeline(void *arg, struct request *r)
{
    watch_id(arg, r, true);
}
