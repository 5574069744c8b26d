/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promise.c - what must hold after every step, checked from outside: by what the record holds and what the target got,
 * never by what the fleet believes.
 *
 * 1  nothing accepted is lost: a job is live or has ended; and once the faults are over it ends
 * 2  one end for each life of a job (a retry begins another), nothing after success; epochs only grow; an epoch is run
 *    at most once, and only when all parents have succeeded
 * 3  a chunk is in the target at most once, never after a final state, never below an epoch that was there; all of them
 *    when the job has succeeded
 * 4  a worker is declared dead only after its beat has stood still
 */
#include <string.h>

#include "tests/sim/fake_record.h"

enum { TRUST_US = 1500000 };

static struct shadow {
    int64_t epoch;
    unsigned ends, lives;
    bool live, known, succeeded;
    uint8_t begun[EPOCHS_MAX / 8];
} shadows[JOBS_MAX];

void promise_start(void)
{
    memset(shadows, 0, sizeof shadows);
}

static struct model_job *job_of(int64_t id)
{
    return &model_of(record.store)->jobs[id];
}

static void check_chunks(int64_t id)
{
    for (int i = 0; i < fleet.jobs[id].chunks; i++)
        if (fleet.rows[id].applied[i] != 1)
            world_broken("job %lld has succeeded, and its chunk %d was written %d times", (long long)id, i + 1,
                         fleet.rows[id].applied[i]);
}

/* What ended since the last look; returns how often it has ended in all. */
static unsigned count_ends(int64_t id, const struct model_job *job, struct shadow *s)
{
    unsigned ends = 0;
    for (unsigned i = 0; i < job->record_count; i++) {
        if (job->records[i].end == JOB_BLOCKED || ++ends <= s->ends)
            continue;
        if (s->succeeded)
            world_broken("job %lld ended again after it had succeeded", (long long)id);
        if (job->records[i].end == JOB_SUCCEEDED) {
            s->succeeded = true;
            check_chunks(id);
        }
    }
    return ends;
}

static void check_job(int64_t id)
{
    const struct model_job *job = job_of(id);
    struct shadow *s = &shadows[id];
    if (!s->known)
        *s = (struct shadow){ .known = true, .live = true, .lives = 1 };
    if (job->epoch < s->epoch)
        world_broken("the epoch of job %lld fell from %lld to %lld", (long long)id, (long long)s->epoch,
                     (long long)job->epoch);
    if (!s->live && job->live && s->succeeded)
        world_broken("job %lld is live again after it had succeeded", (long long)id);
    s->epoch = job->epoch;
    s->lives += !s->live && job->live;
    s->live = job->live;
    s->ends = count_ends(id, job, s);
    unsigned expected = s->lives - (s->live ? 1 : 0);
    if (s->ends < expected)
        world_broken("job %lld is lost: neither live nor ended", (long long)id);
    else if (s->ends > expected)
        world_broken("job %lld has ended %u times in %u lives", (long long)id, s->ends, s->lives);
}

void promise_record(const char *what)
{
    const struct store_model *m = model_of(record.store);
    (void)what;
    if (m->job_count >= JOBS_MAX)
        world_broken("more jobs than the simulation holds: %lld", (long long)m->job_count);
    for (int64_t id = 1; id <= m->job_count && !world.broken; id++)
        check_job(id);
}

void promise_begun(int64_t id, int64_t epoch, bool seal)
{
    struct shadow *s = &shadows[id];
    const struct model_job *job = job_of(id);
    if (epoch < 1 || epoch >= EPOCHS_MAX) {
        world_broken("job %lld has epoch %lld", (long long)id, (long long)epoch);
        return;
    }
    if (s->begun[epoch / 8] & (1u << (epoch % 8)))
        world_broken("epoch %lld of job %lld is run twice", (long long)epoch, (long long)id);
    s->begun[epoch / 8] |= (uint8_t)(1u << (epoch % 8));
    for (unsigned i = 0; i < job->parent_count && !seal; i++)
        if (!shadows[job->parents[i]].succeeded)
            world_broken("job %lld runs before job %lld has succeeded", (long long)id, (long long)job->parents[i]);
}

void promise_written(int64_t id, int64_t epoch, int chunk)
{
    const struct target_row *row = &fleet.rows[id];
    if (!job_of(id)->live)
        world_broken("chunk %d of job %lld is written under epoch %lld after the job's end", chunk, (long long)id,
                     (long long)epoch);
    if (row->applied[chunk - 1] > 1)
        world_broken("chunk %d of job %lld is written twice", chunk, (long long)id);
    if (epoch < row->touched)
        world_broken("job %lld writes under epoch %lld after epoch %lld was at the target", (long long)id,
                     (long long)epoch, (long long)row->touched);
}

void promise_accepted(int64_t id, int64_t epoch, int64_t incarnation)
{
    const struct model_record *end = model_last_end(job_of(id));
    if (end == NULL || end->end != JOB_SUCCEEDED || end->epoch != epoch || end->worker != incarnation)
        world_broken("a finish of job %lld under epoch %lld was accepted, and the record says epoch %lld",
                     (long long)id, (long long)epoch, end != NULL ? (long long)end->epoch : -1LL);
}

void promise_dead(const struct process *scheduler, int64_t incarnation)
{
    int64_t still_us = world.now_us - record_beat_us(incarnation);
    int64_t least_us = (int64_t)(fleet.expire_ms > 0 ? fleet.expire_ms : 6000) * 1000;
    least_us -= (int64_t)scheduler->leaps * TRUST_US; /* a read vouches for no more, however far the clock leapt */
    if (still_us < least_us)
        world_broken("incarnation %lld is declared dead %.1f s after its last beat", (long long)incarnation,
                     (double)still_us / 1000000);
}

bool promise_all_final(int64_t *ret_job)
{
    const struct store_model *m = model_of(record.store);
    for (int64_t id = 1; id <= m->job_count; id++)
        if (m->jobs[id].live) {
            *ret_job = id;
            return false;
        }
    return true;
}
