/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join.c - one client joins while the reader stands still at `seen`, so nothing falls between its past and its present.
 *
 *   STATE      of its job or pipeline: 404 when there is none
 *   REST       with a cursor inside a batch: what of that batch it has not heard
 *   SINCE      with a cursor: everything from there up to `seen`
 *   then live: the next reading begins at `seen`. The stream opens with the first thing to say.
 *
 * Without a cursor it is told the state instead. A cursor of another system, from before what retention dropped, or
 * with more behind it than catchup_max gets "resync" and then the state. Whoever comes back to a job that has ended and
 * has heard so gets 204, which tells a browser to stop.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "notifier/inside.h"

struct join {
    struct watcher *watcher;
    const char *base, *seen; /* the reader's; it stands still meanwhile */
    enum { JOIN_STATE, JOIN_REST, JOIN_SINCE } step;
    unsigned told; /* events of the past */
    void (*on_done)(void *arg);
    void *arg;
};

static void join_end(struct join *j)
{
    void (*on_done)(void *arg) = j->on_done;
    void *arg = j->arg;
    free(j);
    on_done(arg);
}

/* The request is answered with an error, or the stream ends: the client comes back by itself. */
static void join_fail(struct join *j, const struct error *e)
{
    struct watcher *w = j->watcher;
    if (w->gone) {
        watcher_leave(w);
    } else if (w->request) {
        reply_error(w->request, e, NULL);
        watcher_free(w);
    } else {
        w->live = true; /* freed when its stream is gone */
        watcher_end(w);
    }
    join_end(j);
}

/* False: it could not be opened, and joining is over. */
static bool ensure_open(struct join *j)
{
    if (!j->watcher->request || watcher_open(j->watcher))
        return true;
    join_end(j);
    return false;
}

static void go_live(struct join *j)
{
    struct watcher *w = j->watcher;
    if (w->request && w->final) { /* it has heard of the end */
        reply_empty(w->request, 204);
        watcher_free(w);
        join_end(j);
        return;
    }
    if (!ensure_open(j))
        return;
    if (w->gone) {
        watcher_leave(w);
    } else {
        free(w->cursor);
        free(w->state);
        w->cursor = NULL;
        w->state = NULL;
        w->live = true;
        if (w->final)
            watcher_end(w);
    }
    join_end(j);
}

static void say_state(struct join *j)
{
    struct watcher *w = j->watcher;
    char id[CURSOR_SIZE];
    bool whole = cursor_format(j->base, NULL, j->seen, 0, id, sizeof id);
    const char *data = w->state ? w->state : "{}";
    watcher_say(w, whole ? id : NULL, w->state ? "state" : "ready", data, strlen(data));
}

static void resync(struct join *j, const char *reason)
{
    char data[64];
    int size = snprintf(data, sizeof data, "{\"reason\":\"%s\"}", reason);
    if (!ensure_open(j))
        return;
    watcher_say(j->watcher, NULL, "resync", data, (size_t)size);
    say_state(j);
    go_live(j);
}

static void read_past(struct join *j);

static void on_past(void *arg, const struct result *result, const struct error *e)
{
    struct join *j = arg;
    struct watcher *w = j->watcher;
    const struct notifier *n = w->notifier;
    if (e && e->class == ERROR_INVALID) { /* a snapshot that is none */
        resync(j, "invalid_cursor");
        return;
    }
    if (e) {
        join_fail(j, e);
        return;
    }
    j->told += result_rows(result) - 1;
    if (result_bool(result, 0, 1) || j->told > n->config->catchup_max) {
        resync(j, "too_old");
        return;
    }
    if (result_rows(result) > 1 && !ensure_open(j))
        return;
    for (unsigned row = 1; row < result_rows(result); row++) {
        char id[CURSOR_SIZE];
        const char *from = j->step == JOIN_REST || !w->cursor->upto[0] ? w->cursor->seen : w->cursor->upto;
        const char *upto = j->step == JOIN_REST ? w->cursor->upto : j->seen;
        bool last = row + 1 == result_rows(result) && j->step == JOIN_SINCE;
        bool whole = cursor_format(j->base, from, upto, last ? 0 : result_int(result, row, 2), id, sizeof id);
        watcher_event(w->notifier, w, result, row, whole ? id : NULL);
    }
    if (j->step == JOIN_SINCE) {
        go_live(j);
        return;
    }
    j->step = JOIN_SINCE;
    read_past(j);
}

static void read_past(struct join *j)
{
    struct watcher *w = j->watcher;
    const struct cursor *c = w->cursor;
    char job[24], pipeline[24], after[24], limit[24];
    bool rest = j->step == JOIN_REST;
    snprintf(job, sizeof job, "%" PRId64, w->wish.job);
    snprintf(pipeline, sizeof pipeline, "%" PRId64, w->wish.pipeline);
    snprintf(after, sizeof after, "%" PRId64, rest ? c->n : 0);
    snprintf(limit, sizeof limit, "%u", w->notifier->config->catchup_max + 1);
    const struct sql_param params[] = { SQL_TEXT(rest || !c->upto[0] ? c->seen : c->upto),
                                        SQL_TEXT(rest ? c->upto : j->seen),
                                        SQL_TEXT(after),
                                        SQL_TEXT(limit),
                                        SQL_TEXT(w->wish.job ? job : NULL),
                                        SQL_TEXT(w->wish.pipeline ? pipeline : NULL) };
    session_run(w->notifier->session, "events_read", params, 6, 0, on_past, j);
}

static void tell_past(struct join *j)
{
    struct watcher *w = j->watcher;
    if (!w->has_cursor) {
        if (!ensure_open(j))
            return;
        say_state(j);
        go_live(j);
    } else if (strcmp(w->cursor->base, j->base) != 0) {
        resync(j, w->cursor->base[0] ? "other_system" : "invalid_cursor");
    } else {
        j->step = w->cursor->upto[0] ? JOIN_REST : JOIN_SINCE;
        read_past(j);
    }
}

static bool is_final(const json_t *state)
{
    const char *name = json_string_value(json_object_get(state, "state"));
    return name && (strcmp(name, "succeeded") == 0 || strcmp(name, "failed") == 0 || strcmp(name, "cancelled") == 0);
}

/* Whose progress to expect, and whether anything will come at all. */
static void learn(struct watcher *w, const char *text, size_t size)
{
    json_auto_t *state = json_loadb(text, size, 0, NULL);
    const json_t *jobs = json_object_get(state, "jobs");
    json_t *job;
    size_t i;
    w->final = w->wish.job ? is_final(state) : json_array_size(jobs) > 0;
    json_array_foreach((json_t *)(uintptr_t)jobs, i, job)
    {
        const struct subject subject = { .job = json_integer_value(json_object_get(job, "id")),
                                         .pipeline = w->wish.pipeline,
                                         .kind = json_string_value(json_object_get(job, "kind")) };
        progress_learn(w->notifier->progress, &subject);
        w->final = w->final && is_final(job);
    }
}

static void on_state(void *arg, const struct result *result, const struct error *e)
{
    struct join *j = arg;
    struct watcher *w = j->watcher;
    if (e) {
        join_fail(j, e);
        return;
    }
    if (result_rows(result) == 0) {
        reply_problem(w->request, 404, "not_found",
                      w->wish.job ? "There is no such job." : "There is no such pipeline.", NULL);
        watcher_free(w);
        join_end(j);
        return;
    }
    w->state = mem_text_n(result_text(result, 0, 0), result_size(result, 0, 0));
    learn(w, result_text(result, 0, 0), result_size(result, 0, 0));
    tell_past(j);
}

void join_start(struct watcher *w, const char *base, const char *seen, void (*on_done)(void *arg), void *arg)
{
    struct join *j = mem_zero(1, sizeof *j);
    *j = (struct join){ .watcher = w, .base = base, .seen = seen, .on_done = on_done, .arg = arg };
    if (!w->wish.job && !w->wish.pipeline) {
        tell_past(j);
        return;
    }
    char id[24];
    snprintf(id, sizeof id, "%" PRId64, w->wish.job ? w->wish.job : w->wish.pipeline);
    session_run(w->notifier->session, w->wish.job ? "job_show" : "pipeline_show", &SQL_TEXT(id), 1, 0, on_state, j);
}
