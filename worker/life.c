/* SPDX-License-Identifier: Apache-2.0 */
/*
 * life.c - one incarnation after the other: the record gives each its number. Declared dead, the worker ends all that
 * runs, forgets what it had and registers anew. While the record is away it asks again and again.
 */
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/version.h"
#include "worker/worker_private.h"

enum { REGISTER_AGAIN_MS = 1000 };

void life_anew(struct worker *w)
{
    log_event(LOG_WARN, "declared dead: its jobs belong to others now; starting anew",
              LOG_I("incarnation", w->incarnation));
    finish_log_fenced_out(w);
    w->life++;
    w->transport->ops->subscribe(w->transport, 0);
    w->incarnation = 0;
    w->taken = w->done = w->done_told = 0;
    slots_kill_all(w);
    for (unsigned i = 0; i < w->pool.count; i++)
        task_list_clear(&w->pool.slots[i].tasks);
    task_list_clear(&w->waiting);
    finish_clear(w);
    inbox_finish(&w->inbox);
    inbox_init(&w->inbox);
    if (w->state == WORKER_RUNNING)
        w->state = WORKER_REGISTERING;
}

static void on_registered(void *arg, int64_t incarnation, const struct error *e)
{
    struct worker *w = arg;
    w->registering = false;
    if (e != NULL) {
        if (w->register_at_ms == 0)
            log_failure(LOG_WARN, "the worker can't register; trying again", e);
        w->register_at_ms = clock_monotonic_ms() + REGISTER_AGAIN_MS;
        return;
    }
    if (w->state == WORKER_CLOSING)
        return;
    w->incarnation = incarnation;
    w->register_at_ms = 0;
    if (w->state != WORKER_REGISTERING)
        return; /* draining already: it leaves under the name it just got */
    w->state = WORKER_RUNNING;
    w->transport->ops->subscribe(w->transport, incarnation);
    log_event(LOG_INFO, "registered", LOG_I("incarnation", incarnation), LOG_I("slots", w->pool.count));
    beat_now(w);
}

void life_tick(struct worker *w, int64_t now_ms)
{
    if (w->state != WORKER_REGISTERING || w->registering || now_ms < w->register_at_ms)
        return;
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    struct buffer known;
    buffer_init(&known, 64 << 10);
    for (size_t i = 0; i < kinds_count; i++)
        (void)buffer_format(&known, "%c\"%s\":%u", i == 0 ? '{' : ',', kinds[i].name, kinds[i].version);
    (void)buffer_text(&known, kinds_count == 0 ? "{}" : "}");
    w->registering = true;
    w->store->ops->worker_register(w->store,
                                   &(struct worker_register){ .name = w->config.name,
                                                              .host = host,
                                                              .kinds = buffer_view(&known),
                                                              .version = ARGOSY_VERSION,
                                                              .transport = w->config.transport,
                                                              .tags = w->config.tags,
                                                              .pid = (int32_t)getpid(),
                                                              .slots = (int32_t)w->pool.count },
                                   on_registered, w);
    buffer_finish(&known);
}
