/* SPDX-License-Identifier: Apache-2.0 */
/*
 * progress.c - progress is no event: it has no id, is kept nowhere, and only the latest counts. At most one in
 * PROGRESS_EVERY_MS goes out for a job.
 *
 * Fixed tables, found by job id: what waits to be sent, and whose job it is (so that who watches a pipeline or a queue
 * gets it). Lines of jobs' logs come the same way and are passed on at once. A collision sends what waited at once, or
 * forgets whose job it was.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "notifier/inside.h"

enum { PROGRESS_EVERY_MS = 100, PROGRESS_MAX = 8192, WAITING_SLOTS = 1024, OWNER_SLOTS = 16384, NAMES_MAX = 256 };

struct progress {
    struct notifier *notifier;
    uv_timer_t timer;
    struct waiting {
        int64_t job, sent_ms;
        char *text; /* owned; NULL: nothing waits */
    } waiting[WAITING_SLOTS];
    struct owner {
        int64_t job, pipeline;
        const char *kind, *queue; /* in names */
    } owners[OWNER_SLOTS];
    char *names[NAMES_MAX];
    unsigned name_count;
    void (*on_closed)(void *arg);
    void *closed_arg;
};

struct progress *progress_create(struct notifier *n)
{
    struct progress *p = mem_zero(1, sizeof *p);
    p->notifier = n;
    uv_timer_init(n->loop, &p->timer);
    p->timer.data = p;
    return p;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct progress *p = handle->data;
    void (*on_closed)(void *arg) = p->on_closed;
    void *arg = p->closed_arg;
    for (unsigned i = 0; i < WAITING_SLOTS; i++)
        free(p->waiting[i].text);
    for (unsigned i = 0; i < p->name_count; i++)
        free(p->names[i]);
    free(p);
    on_closed(arg);
}

void progress_close(struct progress *p, void (*on_closed)(void *arg), void *arg)
{
    p->on_closed = on_closed;
    p->closed_arg = arg;
    uv_close((uv_handle_t *)&p->timer, on_timer_closed);
}

/* One copy of each name; NULL for none, and once there are too many (then filters by it miss progress, never events).
 */
static const char *name_of(struct progress *p, const char *name)
{
    if (!name || !*name)
        return NULL;
    for (unsigned i = 0; i < p->name_count; i++)
        if (strcmp(p->names[i], name) == 0)
            return p->names[i];
    if (p->name_count == NAMES_MAX)
        return NULL;
    return p->names[p->name_count++] = mem_text(name);
}

void progress_learn(struct progress *p, const struct subject *subject)
{
    struct owner *owner = &p->owners[(uint64_t)subject->job % OWNER_SLOTS];
    if (owner->job != subject->job)
        *owner = (struct owner){ .job = subject->job };
    owner->pipeline = subject->pipeline;
    owner->kind = subject->kind ? name_of(p, subject->kind) : owner->kind;
    owner->queue = subject->queue ? name_of(p, subject->queue) : owner->queue;
}

static void tell_all(struct progress *p, int64_t job, const char *type, const char *text)
{
    const struct owner *owner = &p->owners[(uint64_t)job % OWNER_SLOTS];
    struct subject subject = { .job = job };
    if (owner->job == job)
        subject = (struct subject){ job, owner->pipeline, owner->kind, owner->queue };
    for (struct watcher *each = p->notifier->watchers; each; each = each->next)
        if (each->live && watcher_wants(each, &subject))
            watcher_say(each, NULL, type, text, strlen(text));
}

static void tell_latest(struct progress *p, struct waiting *w)
{
    tell_all(p, w->job, "progress", w->text);
    free(w->text);
    w->text = NULL;
    w->sent_ms = clock_monotonic_ms();
}

static void on_timer(uv_timer_t *timer)
{
    struct progress *p = timer->data;
    int64_t now_ms = clock_monotonic_ms();
    bool more = false;
    for (unsigned i = 0; i < WAITING_SLOTS; i++) {
        struct waiting *w = &p->waiting[i];
        if (w->text && now_ms - w->sent_ms >= PROGRESS_EVERY_MS)
            tell_latest(p, w);
        more |= w->text != NULL;
    }
    if (!more)
        uv_timer_stop(timer);
}

void progress_take(struct progress *p, const char *text)
{
    size_t size = text ? strlen(text) : 0;
    if (!p->notifier->watchers || size == 0 || size > PROGRESS_MAX)
        return;
    json_auto_t *message = json_loadb(text, size, 0, NULL);
    int64_t job = json_integer_value(json_object_get(message, "job"));
    if (job <= 0)
        return;
    if (json_object_get(message, "logs")) { /* lines that are in the record already: each counts, none waits */
        tell_all(p, job, "log", text);
        return;
    }
    struct waiting *w = &p->waiting[(uint64_t)job % WAITING_SLOTS];
    if (w->job != job) {
        if (w->text)
            tell_latest(p, w);
        *w = (struct waiting){ .job = job };
    }
    free(w->text);
    w->text = mem_text_n(text, size);
    if (clock_monotonic_ms() - w->sent_ms >= PROGRESS_EVERY_MS)
        tell_latest(p, w);
    else if (!uv_is_active((uv_handle_t *)&p->timer))
        uv_timer_start(&p->timer, on_timer, PROGRESS_EVERY_MS / 2, PROGRESS_EVERY_MS / 2);
}
