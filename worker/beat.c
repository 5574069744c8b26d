/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The heartbeat: once a second, on a session of its own, so that no long group stands before it. It says what arrived,
 * what has ended and how far the running jobs are; the answer says who is to be stopped, and whether we are still
 * alive.
 *
 * Failure modes: the database is away: nothing follows from it here, the jobs go on; the answer is "dead": everything
 * of this incarnation ends at once, since its jobs belong to others.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/worker_private.h"

enum { BEAT_MS = 1000, PROGRESS_EVERY_MS = 100, PROGRESS_BYTES_MAX = 256 << 10 };

static void add_progress(struct buffer *b, const struct task *task)
{
    const char *message = task->message != NULL ? task->message : "";
    (void)buffer_format(b, "{\"job\":%lld,\"epoch\":%lld,\"percent\":%d,\"message\":", (long long)task->id,
                        (long long)task->epoch, task->percent);
    (void)buffer_json_string(b, message, strlen(message));
    (void)buffer_char(b, '}');
}

void beat_means(const struct worker *w, struct buffer *b)
{
    bool any = false;
    (void)buffer_char(b, '{');
    for (size_t i = 0; i < kinds_count; i++)
        if (w->kind_mean_us[i] >= 0) {
            (void)buffer_format(b, "%s\"%s\":%lld", any ? "," : "", kinds[i].name, (long long)w->kind_mean_us[i]);
            any = true;
        }
    (void)buffer_char(b, '}');
}

static void progress_json(const struct worker *w, struct buffer *b)
{
    bool any = false;
    unsigned running = 0;
    int64_t running_us = 0, now_ms = clock_monotonic_ms(); /* what would be lost if we were stopped now */
    for (unsigned i = 0; i < w->pool.count; i++) {
        const struct task *task = w->pool.slots[i].tasks.first;
        running += task != NULL;
        running_us += task != NULL && task->since_ms > 0 ? (now_ms - task->since_ms) * 1000 : 0;
    }
    (void)buffer_text(b, "{\"mean_us\":");
    beat_means(w, b);
    (void)buffer_format(b, ",\"running\":%u,\"running_us\":%lld,\"jobs\":[", running, (long long)running_us);
    for (unsigned i = 0; i < w->pool.count; i++) {
        const struct task *task = w->pool.slots[i].tasks.first;
        if (task == NULL || task->percent < 0 || b->size > PROGRESS_BYTES_MAX / 2)
            continue;
        if (any)
            (void)buffer_char(b, ',');
        add_progress(b, task);
        any = true;
    }
    (void)buffer_char(b, ']');
    const char *reads = transport_reads(w->transport);
    if (reads != NULL)
        (void)buffer_format(b, ",\"reads\":%s", reads);
    (void)buffer_char(b, '}');
}

void beat_progress(struct worker *w, int64_t now_ms)
{
    for (unsigned i = 0; i < w->pool.count; i++) {
        struct task *task = w->pool.slots[i].tasks.first;
        if (task == NULL || !task->progress_new || now_ms - task->progress_ms < PROGRESS_EVERY_MS)
            continue;
        struct buffer text;
        buffer_init(&text, PROGRESS_BYTES_MAX);
        add_progress(&text, task);
        w->transport->ops->send(w->transport, 0,
                                &(struct message){ .type = MESSAGE_PROGRESS,
                                                   .incarnation = w->incarnation,
                                                   .id = task->id,
                                                   .epoch = task->epoch,
                                                   .text = buffer_view(&text) });
        buffer_finish(&text);
        task->progress_new = false;
        task->progress_ms = now_ms;
    }
}

static void cancel_all(struct worker *w, const char *cancels)
{
    json_auto_t *list = json_loads(cancels, 0, NULL);
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
        assign_cancel(w, json_integer_value(json_object_get(item, "id")),
                      json_integer_value(json_object_get(item, "epoch")), clock_monotonic_ms());
}

struct flight { /* one beat on its way */
    struct worker *worker;
    unsigned life;
};

static void on_beat(void *arg, const struct beat_answer *answer, const struct error *e)
{
    struct flight *flight = arg;
    struct worker *w = flight->worker;
    bool ours = flight->life == w->life;
    free(flight);
    w->beat.flying = false;
    if (!ours || w->state == WORKER_CLOSING || w->state == WORKER_LEAVING)
        return;
    if (e != NULL) {
        if (w->beat.up)
            log_failure(LOG_WARN, "the record can't be reached; running jobs go on", e);
        w->beat.up = false;
        return;
    }
    if (!w->beat.up)
        log_event(LOG_INFO, "the record is there", LOG_I("incarnation", w->incarnation));
    w->beat.up = true;
    if (!answer->alive) {
        life_anew(w);
        return;
    }
    if (answer->cancels != NULL && answer->cancels[0] == '[' && answer->cancels[1] != ']')
        cancel_all(w, answer->cancels);
    if (answer->stop && w->state == WORKER_RUNNING)
        leave_drain(w, clock_monotonic_ms());
    if (w->beat.again)
        beat_now(w);
}

void beat_now(struct worker *w)
{
    w->beat.again = w->beat.flying;
    if (w->beat.flying || w->incarnation == 0)
        return;
    struct buffer gaps, progress;
    buffer_init(&gaps, 64 << 10);
    buffer_init(&progress, PROGRESS_BYTES_MAX);
    struct worker_beat beat = { .incarnation = w->incarnation, .got = inbox_report(&w->inbox, &gaps), .done = w->done };
    progress_json(w, &progress);
    beat.gaps = buffer_view(&gaps);
    beat.progress = buffer_view(&progress);
    struct flight *flight = mem_alloc(sizeof *flight);
    *flight = (struct flight){ .worker = w, .life = w->life };
    w->beat.flying = true;
    w->beat_store->ops->beat(w->beat_store, &beat, on_beat, flight);
    buffer_finish(&gaps);
    buffer_finish(&progress);
}

static void on_timer(uv_timer_t *timer)
{
    struct worker *w = timer->data;
    if (w->state == WORKER_RUNNING || w->state == WORKER_DRAINING)
        beat_now(w);
}

void beat_start(struct worker *w)
{
    (void)uv_timer_init(&w->loop, &w->beat.timer);
    w->beat.timer.data = w;
    w->beat.up = true;
    (void)uv_timer_start(&w->beat.timer, on_timer, BEAT_MS, BEAT_MS);
}
