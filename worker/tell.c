/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the scheduler and who follows events hear of dispatches that have ended: MESSAGE_DONE frees credit, MESSAGE_WAKE
 * says that there may be something to dispatch again.
 *
 * Happy path: told in the same turn of the loop in which the record has answered. Where each message is a commit of its
 * own (PostgreSQL carries), it waits until the scheduler may begin to run out of credit, or LAZY_MS. A message that is
 * lost costs time only: the beat says the same once a second.
 */
#include "base/buffer.h"
#include "base/clock.h"
#include "worker/worker_private.h"

enum { MEANS_BYTES_MAX = 6000 }; /* under TRANSPORT_TEXT_MAX */
enum { LAZY_MS = 20, PREFETCH_US = 50000, PREFETCH_MAX = 2000, SLOW_US = 1000000 };

/* Half of the credit that the scheduler gives us for what ended last: slots, and what they finish in 50 ms of a kind
 * that is measured and not slow. */
static int64_t patience(const struct worker *w)
{
    int64_t slots = w->pool.count, prefetch = 0;
    if (w->last_mean_us >= 0 && w->last_mean_us < SLOW_US)
        prefetch = slots * PREFETCH_US / (w->last_mean_us > 0 ? w->last_mean_us : 1);
    return (slots + (prefetch < PREFETCH_MAX ? prefetch : PREFETCH_MAX)) / 2;
}

static bool may_wait(const struct worker *w, int64_t now_ms)
{
    const struct transport_ops *ops = w->transport->ops;
    return ops->record_rings != NULL && ops->record_rings(w->transport, 0) && !w->wake_due &&
           now_ms - w->told_ms < LAZY_MS && w->taken - w->done_told < patience(w);
}

bool tell_owed(const struct worker *w)
{
    return w->incarnation != 0 && (w->done != w->done_told || w->wake_due);
}

void tell_tick(struct worker *w, int64_t now_ms)
{
    if (!tell_owed(w) || may_wait(w, now_ms))
        return;
    if (w->done != w->done_told) {
        struct buffer means; /* with them at once, so that a kind just measured is prefetched before the next beat */
        buffer_init(&means, MEANS_BYTES_MAX);
        beat_means(w, &means);
        struct message done = { .type = MESSAGE_DONE,
                                .incarnation = w->incarnation,
                                .done = w->done,
                                .text = means.overflow ? NULL : buffer_view(&means) };
        w->transport->ops->send(w->transport, 0, &done);
        buffer_finish(&means);
    }
    if (w->wake_due)
        w->transport->ops->send(w->transport, 0, &(struct message){ .type = MESSAGE_WAKE });
    w->done_told = w->done;
    w->told_ms = now_ms;
    w->wake_due = false;
}
