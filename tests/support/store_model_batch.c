/* SPDX-License-Identifier: Apache-2.0 */
/* store_model_batch.c - batches in memory: jobs that know theirs. What a batch counts is looked up, never kept. */
#include <assert.h>

#include "base/buffer.h"
#include "tests/support/store_model_private.h"

struct counts {
    int total, by_state[JOB_CANCELLED + 1];
};

static struct counts count(struct store_model *m, int64_t batch)
{
    struct counts c = { 0 };
    for (int64_t id = 1; id <= m->job_count; id++) {
        struct model_job *job = &m->jobs[id];
        if (job->batch != batch)
            continue;
        c.total++;
        if (!job->live)
            c.by_state[model_last_end(job)->end]++;
    }
    return c;
}

void store_model_batch(struct store *store, int64_t id, unsigned jobs, bool on_complete, bool on_success)
{
    struct store_model *m = model_of(store);
    assert(m->batch_count < MODEL_BATCHES_MAX);
    m->batches[m->batch_count++] =
        (struct model_batch){ .id = id, .on_complete = on_complete, .on_success = on_success };
    for (unsigned i = 0; i < jobs; i++)
        m->jobs[model_add(m, "quick", 100, NULL, 0, MODEL_CANCEL)].batch = id;
}

int64_t store_model_batches_step(struct store *store)
{
    struct store_model *m = model_of(store);
    int64_t ended = 0;
    for (unsigned i = 0; i < m->batch_count; i++) {
        struct model_batch *b = &m->batches[i];
        const struct counts c = count(m, b->id);
        const int *n = c.by_state;
        if (b->ended || c.total > n[JOB_SUCCEEDED] + n[JOB_FAILED] + n[JOB_CANCELLED])
            continue;
        b->ended = true;
        ended++;
        if (b->on_success && n[JOB_SUCCEEDED] == c.total)
            (void)model_add(m, "quick", 100, NULL, 0, MODEL_CANCEL);
        if (b->on_complete)
            (void)model_add(m, "quick", 100, NULL, 0, MODEL_CANCEL);
    }
    return ended;
}

/* The last first: who is cancelled with the batch is not taken along by another of it. */
int64_t store_model_batch_cancel(struct store *store, int64_t batch)
{
    struct store_model *m = model_of(store);
    int64_t cancelled = 0;
    for (int64_t id = m->job_count; id >= 1; id--) {
        struct model_job *job = &m->jobs[id];
        if (job->batch != batch || !job->live || job->sealing != JOB_BLOCKED)
            continue;
        job->touched |= job->state == JOB_DISPATCHED;
        model_end(m, id, JOB_CANCELLED, 0);
        cancelled++;
    }
    return cancelled;
}

char *store_model_batches(struct store *store)
{
    struct store_model *m = model_of(store);
    struct buffer b;
    buffer_init(&b, 1 << 20);
    for (unsigned i = 0; i < m->batch_count; i++) {
        const struct counts c = count(m, m->batches[i].id);
        (void)buffer_format(&b, "batch %lld of %d: %d %d %d%s\n", (long long)m->batches[i].id, c.total,
                            c.by_state[JOB_SUCCEEDED], c.by_state[JOB_FAILED], c.by_state[JOB_CANCELLED],
                            m->batches[i].ended ? " ended" : "");
    }
    (void)buffer_text(&b, "");
    return buffer_take(&b);
}
