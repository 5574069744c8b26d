/* SPDX-License-Identifier: Apache-2.0 */
/* store_model_end.c - how jobs of the model end, take others along, free others and come back. */
#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "tests/support/store_model_private.h"

const char *const model_policy_names[] = { "cancel", "continue", "hold" };

struct model_job *model_live(struct store_model *m, int64_t id)
{
    return id > 0 && id <= m->job_count && m->jobs[id].live ? &m->jobs[id] : NULL;
}

struct model_record *model_last_end(struct model_job *job)
{
    for (size_t i = job->record_count; i > 0; i--)
        if (job->records[i - 1].end != JOB_BLOCKED)
            return &job->records[i - 1];
    return NULL;
}

void model_note(struct model_job *job, struct model_record record)
{
    job->records = mem_grow(job->records, &job->record_capacity, job->record_count + 1, sizeof record);
    job->records[job->record_count++] = record;
}

/* Of a kind's name, or of all that a worker knows. */
bool model_targets(const char *kind)
{
    return strstr(kind, "target") != NULL || strstr(kind, "migration") != NULL;
}

bool model_held(const struct model_job *job, int64_t worker, int64_t epoch)
{
    return job != NULL && job->state == JOB_DISPATCHED && job->worker == worker && job->epoch == epoch;
}

bool model_depends(const struct model_job *job, int64_t parent)
{
    for (unsigned i = 0; i < job->parent_count; i++)
        if (job->parents[i] == parent)
            return true;
    return false;
}

void model_back(struct model_job *job, enum job_state state)
{
    job->touched |= job->state == JOB_DISPATCHED;
    job->state = state;
    job->worker = job->seq = 0;
}

int model_edge(const struct model_job *job, int64_t parent)
{
    for (unsigned i = 0; i < job->parent_count; i++)
        if (job->parents[i] == parent && !job->settled[i])
            return (int)i;
    return -1;
}

static bool fell_short(struct store_model *m, int64_t id)
{
    return !m->jobs[id].live && model_last_end(&m->jobs[id])->end != JOB_SUCCEEDED;
}

static void take_along(struct store_model *m, int64_t parent, bool *seen)
{
    for (int64_t id = 1; id <= m->job_count; id++) {
        int edge = model_edge(&m->jobs[id], parent);
        if (seen[id] || edge < 0 || m->jobs[id].policies[edge] != MODEL_CANCEL || !m->jobs[id].live ||
            m->jobs[id].state != JOB_BLOCKED)
            continue;
        seen[id] = true;
        take_along(m, id, seen);
    }
}

static void lessen(struct model_job *job)
{
    if (job->live && job->waits > 0 && --job->waits == 0 && job->state == JOB_BLOCKED)
        job->state = JOB_AVAILABLE;
}

/* Everybody below by cancel who is still blocked is cancelled; who waits by continue goes on. */
static void end_dependants(struct store_model *m, int64_t parent)
{
    bool below[MODEL_JOBS_MAX] = { false };
    take_along(m, parent, below);
    for (int64_t id = 1; id <= m->job_count; id++)
        below[id] = below[id] && m->jobs[id].live && m->jobs[id].state == JOB_BLOCKED;
    for (int64_t id = 1; id <= m->job_count; id++) {
        if (!below[id] || !m->jobs[id].live || m->jobs[id].state != JOB_BLOCKED) /* ended by the one before */
            continue;
        m->jobs[id].doomed = true;
        model_end(m, id, JOB_CANCELLED, 0);
    }
    for (int64_t id = 1; id <= m->job_count; id++) {
        int edge = model_edge(&m->jobs[id], parent);
        if (edge < 0 || m->jobs[id].policies[edge] != MODEL_CONTINUE)
            continue;
        m->jobs[id].settled[edge] = true;
        lessen(&m->jobs[id]);
    }
}

static void free_dependants(struct store_model *m, int64_t parent)
{
    for (int64_t id = 1; id <= m->job_count; id++)
        if (model_edge(&m->jobs[id], parent) >= 0)
            lessen(&m->jobs[id]);
}

void model_record_end(struct store_model *m, int64_t id, enum job_state state, int tries)
{
    struct model_job *job = &m->jobs[id];
    assert(job->live);
    job->live = false;
    model_note(job, (struct model_record){ .epoch = job->epoch,
                                           .worker = job->worker,
                                           .end = state,
                                           .attempts = job->attempts + tries,
                                           .lost = job->lost,
                                           .dependency_failed = job->doomed });
    if (!job->depended)
        return;
    if (state == JOB_SUCCEEDED)
        free_dependants(m, id);
    else
        end_dependants(m, id);
}

void model_end(struct store_model *m, int64_t id, enum job_state state, int tries)
{
    struct model_job *job = &m->jobs[id];
    if (!job->target || !job->touched) {
        model_record_end(m, id, state, tries);
        return;
    }
    job->attempts += tries;
    job->sealing = state;
    job->waits = 0;
    job->epoch++;
    model_back(job, JOB_AVAILABLE);
}

void model_depend(struct store_model *m, int64_t id, int64_t parent, enum model_policy policy)
{
    struct model_job *job = &m->jobs[id];
    if (model_depends(job, parent))
        return;
    assert(job->parent_count < MODEL_PARENTS_MAX);
    job->policies[job->parent_count] = policy;
    job->settled[job->parent_count] = policy == MODEL_CONTINUE && fell_short(m, parent);
    job->parents[job->parent_count++] = parent;
    m->jobs[parent].depended |= m->jobs[parent].live;
    job->waits += m->jobs[parent].live || (policy == MODEL_HOLD && fell_short(m, parent));
}

int64_t model_add(struct store_model *m, const char *kind, int priority, const int64_t *after, unsigned count,
                  enum model_policy policy)
{
    int64_t id = ++m->job_count;
    assert(id < MODEL_JOBS_MAX);
    struct model_job *job = &m->jobs[id];
    *job = (struct model_job){ .live = true, .kind = kind, .priority = priority, .target = model_targets(kind) };
    bool doomed = false;
    for (unsigned i = 0; i < count; i++) {
        model_depend(m, id, after[i], policy);
        doomed |= policy == MODEL_CANCEL && fell_short(m, after[i]);
    }
    job->state = job->waits > 0 ? JOB_BLOCKED : JOB_AVAILABLE;
    job->doomed = doomed;
    if (doomed)
        model_end(m, id, JOB_CANCELLED, 0);
    return id;
}

static bool parent_in_the_way(struct store_model *m, const struct model_job *job)
{
    for (unsigned i = 0; i < job->parent_count; i++)
        if (job->policies[i] == MODEL_CANCEL && fell_short(m, job->parents[i]))
            return true;
    return false;
}

static void revive(struct store_model *m, int64_t id)
{
    struct model_job *job = &m->jobs[id];
    job->live = true;
    job->attempts = job->lost = job->waits = 0;
    job->sealing = JOB_BLOCKED;
    job->doomed = job->depended = false;
    job->epoch = model_last_end(job)->epoch + 1;
    for (unsigned i = 0; i < job->parent_count; i++) {
        bool runs = m->jobs[job->parents[i]].live;
        job->settled[i] &= !runs; /* it counts again */
        m->jobs[job->parents[i]].depended |= runs;
        job->waits += runs || (!job->settled[i] && job->policies[i] == MODEL_HOLD && fell_short(m, job->parents[i]));
    }
    for (int64_t child = 1; child <= m->job_count; child++)
        job->depended |= model_depends(&m->jobs[child], id);
    model_back(job, job->waits > 0 ? JOB_BLOCKED : JOB_AVAILABLE);
    job->touched = false;
}

static void revive_below(struct store_model *m, const bool *level)
{
    bool next[MODEL_JOBS_MAX] = { false }, any = false;
    for (int64_t id = 1; id <= m->job_count; id++) {
        struct model_job *job = &m->jobs[id];
        bool child = false;
        for (unsigned i = 0; i < job->parent_count; i++)
            child |= level[job->parents[i]];
        if (!child || job->live || !model_last_end(job)->dependency_failed || parent_in_the_way(m, job))
            continue;
        revive(m, id);
        next[id] = any = true;
    }
    if (any)
        revive_below(m, next);
}

const char *store_model_release(struct store *store, int64_t id)
{
    struct model_job *job = model_live(model_of(store), id);
    bool held = false;
    if (job == NULL || job->state != JOB_BLOCKED)
        return id >= 1 && id <= model_of(store)->job_count ? "not_held" : "not_found";
    for (unsigned i = 0; i < job->parent_count; i++) {
        if (job->settled[i] || job->policies[i] != MODEL_HOLD || !fell_short(model_of(store), job->parents[i]))
            continue;
        held = job->settled[i] = true;
        lessen(job);
    }
    return held ? "released" : "not_held";
}

int model_retry(struct store_model *m, int64_t id)
{
    if (id < 1 || id > m->job_count)
        return 0;
    struct model_job *job = &m->jobs[id];
    if (job->live)
        return 2;
    if (model_last_end(job)->end == JOB_SUCCEEDED || parent_in_the_way(m, job))
        return -1;
    bool level[MODEL_JOBS_MAX] = { false };
    revive(m, id);
    level[id] = true;
    revive_below(m, level);
    return 1;
}
