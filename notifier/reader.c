/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.c - the one reader of events, whatever the number of clients.
 *
 * One operation at a time on one session; between two of them `seen`, the snapshot up to which everything was told,
 * stands still:
 *
 *   BASE    after each connect: is it the same system? Else all clients get "resync"
 *   READ    what `seen` did not see, told to all; woken by a doorbell, or after poll_ms
 *   JOIN    one client catches up to `seen` (join.c), after a READ made since it came, so that no cursor is ahead of us
 *   CHECK   has a client's pipeline ended? Then the next READ brings its last events, and its stream ends
 *
 * Nobody listening: nothing is read. Failure: an operation that fails is tried again after poll_ms or with the next
 * connection; `seen` moves only with what was told.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "notifier/inside.h"

enum { READ_EVERY_MS = 10 }; /* many doorbells in a row are one reading */

struct reader {
    struct notifier *notifier;
    uv_timer_t timer;
    char base[CURSOR_BASE_SIZE];
    char *seen; /* owned; NULL: nobody has been listening */
    bool up, checked, busy, dirty, fresh, check, closing;
    int64_t read_ms;               /* monotonic; of the last reading */
    int64_t checking;              /* pipeline */
    struct watcher *first, **last; /* want to join */
    void (*on_closed)(void *arg);
    void *closed_arg;
};

static void reader_tick(struct reader *r);

static void on_timer(uv_timer_t *timer)
{
    struct reader *r = timer->data;
    r->dirty = true;
    reader_tick(r);
}

struct reader *reader_create(struct notifier *n)
{
    struct reader *r = mem_zero(1, sizeof *r);
    r->notifier = n;
    r->last = &r->first;
    uv_timer_init(n->loop, &r->timer);
    r->timer.data = r;
    return r;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct reader *r = handle->data;
    void (*on_closed)(void *arg) = r->on_closed;
    void *arg = r->closed_arg;
    free(r->seen);
    free(r);
    on_closed(arg);
}

void reader_close(struct reader *r, void (*on_closed)(void *arg), void *arg)
{
    r->closing = true;
    r->on_closed = on_closed;
    r->closed_arg = arg;
    uv_close((uv_handle_t *)&r->timer, on_timer_closed);
}

void reader_wake(struct reader *r)
{
    r->dirty = true;
    reader_tick(r);
}

static void refuse(struct watcher *w)
{
    struct error e;
    (void)error_code(&e, ERROR_UNAVAILABLE, "database_unavailable", "The record can't be reached: try again.");
    reply_error(w->request, &e, NULL);
    watcher_free(w);
}

void reader_session(struct reader *r, bool up)
{
    r->up = up;
    r->checked = false;
    if (!up) {
        for (struct watcher *w = r->first, *next; w; w = next) {
            next = w->next_join;
            refuse(w);
        }
        r->first = NULL;
        r->last = &r->first;
    }
    reader_tick(r);
}

void reader_join(struct reader *r, struct watcher *w)
{
    if (!r->up) {
        refuse(w);
        return;
    }
    *r->last = w;
    r->last = &w->next_join;
    r->fresh = false;
    reader_tick(r);
}

/* ---- BASE ---- */

static void tell_resync(struct reader *r, const char *reason)
{
    char id[CURSOR_SIZE], data[64];
    bool whole = cursor_format(r->base, NULL, r->seen, 0, id, sizeof id);
    int size = snprintf(data, sizeof data, "{\"reason\":\"%s\"}", reason);
    for (struct watcher *w = r->notifier->watchers; w; w = w->next)
        if (w->live)
            watcher_say(w, whole ? id : NULL, "resync", data, (size_t)size);
}

static void set_seen(struct reader *r, const char *snapshot)
{
    char *seen = mem_text(snapshot);
    free(r->seen);
    r->seen = seen;
}

static void on_failure(struct reader *r)
{
    r->dirty = true;
    if (!r->closing)
        uv_timer_start(&r->timer, on_timer, (uint64_t)r->notifier->config->poll_ms, 0);
}

static void on_base(void *arg, const struct result *result, const struct error *e)
{
    struct reader *r = arg;
    r->busy = false;
    if (e) {
        on_failure(r);
        return;
    }
    const char *base = result_text(result, 0, 0);
    bool other = r->seen && strcmp(base, r->base) != 0;
    if (!r->seen || other)
        set_seen(r, result_text(result, 0, 1));
    (void)text_copy(r->base, sizeof r->base, base);
    r->checked = true;
    r->dirty = true;
    if (other)
        tell_resync(r, "other_system");
    reader_tick(r);
}

/* ---- READ ---- */

static void tell_events(struct reader *r, const struct result *result, const char *upto)
{
    for (unsigned row = 1; row < result_rows(result); row++) {
        char id[CURSOR_SIZE];
        bool last = row + 1 == result_rows(result);
        bool whole = cursor_format(r->base, r->seen, upto, last ? 0 : result_int(result, row, 2), id, sizeof id);
        watcher_event(r->notifier, NULL, result, row, whole ? id : NULL);
    }
}

static void on_read(void *arg, const struct result *result, const struct error *e)
{
    struct reader *r = arg;
    r->busy = false;
    if (e) {
        on_failure(r);
        return;
    }
    const char *upto = result_text(result, 0, 0);
    bool too_many = result_rows(result) - 1 > r->notifier->config->batch_max || result_bool(result, 0, 1);
    if (!too_many)
        tell_events(r, result, upto);
    set_seen(r, upto);
    if (too_many)
        tell_resync(r, "too_many");
    for (struct watcher *w = r->notifier->watchers; w; w = w->next) {
        if (w->ending)
            watcher_end(w);
        r->check |= w->check;
    }
    r->fresh = true;
    r->read_ms = clock_monotonic_ms();
    reader_tick(r);
}

static void read_events(struct reader *r)
{
    char limit[16];
    snprintf(limit, sizeof limit, "%u", r->notifier->config->batch_max + 1);
    const struct sql_param params[] = { SQL_TEXT(r->seen), SQL_TEXT(NULL), SQL_TEXT("0"),
                                        SQL_TEXT(limit),   SQL_TEXT(NULL), SQL_TEXT(NULL) };
    r->dirty = false;
    r->busy = true;
    session_run(r->notifier->session, "events_read", params, 6, 0, on_read, r);
}

/* ---- JOIN, CHECK ---- */

static void on_joined(void *arg)
{
    struct reader *r = arg;
    r->busy = false;
    reader_tick(r);
}

static void join_next(struct reader *r)
{
    struct watcher *w = r->first;
    r->first = w->next_join;
    if (!r->first)
        r->last = &r->first;
    r->busy = true;
    join_start(w, r->base, r->seen, on_joined, r);
}

static void on_checked(void *arg, const struct result *result, const struct error *e)
{
    struct reader *r = arg;
    r->busy = false;
    for (struct watcher *w = r->notifier->watchers; w; w = w->next)
        if (w->wish.pipeline == r->checking) {
            w->check = e != NULL;
            w->ending = !e && result_int(result, 0, 0) == 0;
            r->dirty |= w->ending;
        }
    if (e)
        on_failure(r);
    else
        reader_tick(r);
}

static bool check_next(struct reader *r)
{
    struct watcher *w = r->notifier->watchers;
    while (w && !(w->check && w->live && !w->ended))
        w = w->next;
    r->check = w != NULL;
    if (!w)
        return false;
    char id[24];
    r->checking = w->wish.pipeline;
    snprintf(id, sizeof id, "%" PRId64, r->checking);
    r->busy = true;
    session_run(r->notifier->session, "pipeline_open", &SQL_TEXT(id), 1, 0, on_checked, r);
    return true;
}

static void reader_tick(struct reader *r)
{
    const struct notifier *n = r->notifier;
    if (r->busy || !r->up || r->closing)
        return;
    if (!n->watchers && !r->first) {
        free(r->seen);
        r->seen = NULL;
        r->checked = false;
        uv_timer_stop(&r->timer);
        return;
    }
    int64_t wait_ms = r->read_ms + READ_EVERY_MS - clock_monotonic_ms();
    if (!r->checked) {
        r->busy = true;
        session_run(n->session, "events_base", NULL, 0, 0, on_base, r);
    } else if (r->first && r->fresh) {
        join_next(r);
    } else if (r->check && check_next(r)) {
        return;
    } else if (r->first || (r->dirty && wait_ms <= 0)) {
        read_events(r);
    } else {
        uv_timer_start(&r->timer, on_timer, (uint64_t)(r->dirty ? wait_ms : n->config->poll_ms), 0);
    }
}
