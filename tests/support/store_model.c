/* SPDX-License-Identifier: Apache-2.0 */
/* store_model.c - the calls of store.h on tables in memory. One lane, two sorts of workers, no clock. */
#include "tests/support/store_model.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "tests/support/store_model_private.h"

static void submit(struct store *store, const struct submit_row *rows, unsigned count, store_on_submitted *callback,
                   void *arg)
{
    int64_t *ids = mem_zero(count, sizeof *ids);
    bool *existing = mem_zero(count, sizeof *existing);
    for (unsigned i = 0; i < count; i++)
        ids[i] = model_submit(model_of(store), &rows[i], &existing[i]);
    callback(arg, ids, existing, count, NULL);
    free(existing);
    free(ids);
}

static void due(struct store *store, store_on_count *callback, void *arg)
{
    struct store_model *m = model_of(store);
    int64_t count = 0;
    for (int64_t id = 1; id <= m->job_count; id++) {
        if (m->jobs[id].live && m->jobs[id].state == JOB_SCHEDULED)
            m->jobs[id].state = JOB_AVAILABLE, count++;
    }
    callback(arg, count, NULL);
}

static void fill(const struct model_job *job, int64_t id, int32_t timeout_s, struct dispatch *ret)
{
    *ret = (struct dispatch){ .id = id,
                              .epoch = job->epoch,
                              .seq = job->seq,
                              .kind = job->kind,
                              .args = "",
                              .attempt = job->attempts + 1,
                              .timeout_s = timeout_s,
                              .seal = job->sealing != JOB_BLOCKED };
}

static struct model_job *best(struct store_model *m, int32_t lane, const struct model_worker *worker, int64_t *ret_id)
{
    struct model_job *found = NULL;
    for (int64_t id = 1; id <= m->job_count; id++) {
        struct model_job *job = &m->jobs[id];
        if (!job->live || job->state != JOB_AVAILABLE || (worker->quick_only && job->target) ||
            (job->tagged && !worker->tagged) || (job->lane != 0 && job->lane != lane))
            continue;
        if (found != NULL && found->priority <= job->priority)
            continue;
        found = job;
        *ret_id = id;
    }
    return found;
}

static void dispatch(struct store *store, int32_t lane, unsigned count, int64_t worker, store_on_dispatched *callback,
                     void *arg)
{
    struct store_model *m = model_of(store);
    struct dispatch *jobs = mem_zero(count, sizeof *jobs);
    unsigned taken = 0;
    struct model_job *job;
    int64_t id;
    while (taken < count && !m->paused && !m->workers[worker].dead && !m->workers[worker].quiet &&
           (job = best(m, lane, &m->workers[worker], &id)) != NULL) {
        job->state = JOB_DISPATCHED;
        job->epoch++;
        job->worker = worker;
        job->seq = ++m->workers[worker].seq;
        fill(job, id, m->timeout_s, &jobs[taken++]);
    }
    if (count == 1 && taken == 1) /* else nobody says so */
        jobs[0].alone = best(m, lane, &(struct model_worker){ .tagged = true }, &id) == NULL;
    callback(arg, jobs, taken, NULL);
    free(jobs);
}

static void worker_register(struct store *store, const struct worker_register *w, store_on_count *callback, void *arg)
{
    struct store_model *m = model_of(store);
    int64_t worker = ++m->worker_count;
    assert(worker < MODEL_WORKERS_MAX);
    m->workers[worker] = (struct model_worker){ .quick_only = !model_targets(w->kinds), .tagged = w->tags != NULL };
    callback(arg, worker, NULL);
}

static void beat(struct store *store, const struct worker_beat *b, store_on_beat *callback, void *arg)
{
    struct model_worker *w = &model_of(store)->workers[b->incarnation];
    struct beat_answer answer = { .alive = !w->dead, .cancels = "[]" };
    if (!w->dead) {
        json_auto_t *gaps = json_loads(b->gaps ? b->gaps : "[]", 0, NULL);
        w->beat++;
        w->got = b->got > w->got ? b->got : w->got;
        w->done = b->done > w->done ? b->done : w->done;
        w->gap_count = (unsigned)json_array_size(gaps);
        assert(w->gap_count <= MODEL_GAPS_MAX);
        for (unsigned i = 0; i < w->gap_count; i++)
            w->gaps[i] = json_integer_value(json_array_get(gaps, i));
    }
    callback(arg, &answer, NULL);
}

static bool received(const struct model_worker *w, int64_t seq)
{
    for (unsigned i = 0; i < w->gap_count; i++)
        if (w->gaps[i] == seq)
            return false;
    return seq <= w->got;
}

static void worker_dead(struct store *store, int64_t worker, int64_t at, store_on_count *callback, void *arg)
{
    struct model_worker *w = &model_of(store)->workers[worker];
    w->dead |= w->beat == at;
    callback(arg, w->beat == at, NULL);
}

static struct model_job *at_seq(struct store_model *m, int64_t worker, int64_t seq, int64_t *ret_id)
{
    for (int64_t id = 1; id <= m->job_count; id++) {
        struct model_job *job = &m->jobs[id];
        if (job->live && job->state == JOB_DISPATCHED && job->worker == worker && job->seq == seq) {
            *ret_id = id;
            return job;
        }
    }
    return NULL;
}

static void expire(struct store *store, int64_t worker, unsigned limit, store_on_count *callback, void *arg)
{
    struct store_model *m = model_of(store);
    const struct model_worker *w = &m->workers[worker];
    int64_t count = 0, id;
    for (int64_t seq = 1; w->dead && seq <= w->seq && count < limit; seq++) {
        struct model_job *job = at_seq(m, worker, seq, &id);
        if (job == NULL)
            continue;
        count++;
        model_back(job, JOB_AVAILABLE);
        if (!received(w, seq) || job->sealing != JOB_BLOCKED)
            continue;
        if (++job->lost >= 3)
            model_end(m, id, JOB_FAILED, 0);
    }
    callback(arg, count, NULL);
}

static void unreceived(struct store *store, int64_t worker, int64_t upto_seq, store_on_dispatched *callback, void *arg)
{
    struct store_model *m = model_of(store);
    const struct model_worker *w = &m->workers[worker];
    struct dispatch *jobs = mem_zero((size_t)upto_seq + 1, sizeof *jobs);
    unsigned count = 0;
    int64_t id;
    for (int64_t seq = 1; !w->dead && seq <= upto_seq; seq++) {
        if (received(w, seq))
            continue;
        struct model_job *job = at_seq(m, worker, seq, &id);
        if (job != NULL)
            fill(job, id, m->timeout_s, &jobs[count]);
        else
            jobs[count] = (struct dispatch){ .seq = seq, .kind = "" };
        count++;
    }
    callback(arg, jobs, count, NULL);
    free(jobs);
}

static bool recorded(const struct model_job *job, int64_t worker, int64_t epoch, enum job_state end)
{
    for (size_t i = 0; i < job->record_count; i++)
        if (job->records[i].epoch == epoch && job->records[i].end == end &&
            (end == JOB_BLOCKED || job->records[i].worker == worker))
            return true;
    return false;
}

static bool finish_one(struct store_model *m, int64_t worker, int64_t id, int64_t epoch)
{
    struct model_job *job = model_live(m, id);
    if (model_held(job, worker, epoch) && job->sealing == JOB_BLOCKED) {
        model_record_end(m, id, JOB_SUCCEEDED, 1);
        return true;
    }
    return recorded(&m->jobs[id], worker, epoch, JOB_SUCCEEDED);
}

static void finish(struct store *store, int64_t worker, const struct finish_row *rows, unsigned count,
                   store_on_finished *callback, void *arg)
{
    bool *accepted = mem_zero(count, sizeof *accepted);
    for (unsigned i = 0; i < count; i++)
        accepted[i] = finish_one(model_of(store), worker, rows[i].id, rows[i].epoch);
    callback(arg, accepted, count, NULL);
    free(accepted);
}

/* Each child waits for the one before it when its "after" is not empty. */
static void add_children(struct store_model *m, int64_t parent, const json_t *children)
{
    int64_t first = m->job_count + 1;
    for (size_t i = 0; i < json_array_size(children); i++) {
        const json_t *child = json_array_get(children, i);
        bool waits = json_array_size(json_object_get(child, "after")) > 0;
        const char *kind = json_string_value(json_object_get(child, "kind"));
        const char *on_failure = json_string_value(json_object_get(child, "on_failure"));
        enum model_policy policy = MODEL_CANCEL;
        while (on_failure != NULL && strcmp(on_failure, model_policy_names[policy]) != 0)
            policy++;
        model_add(m,
                  model_targets(kind)         ? "target"
                  : strcmp(kind, "noop") == 0 ? "noop"
                                              : "quick",
                  100, (int64_t[]){ m->job_count }, waits ? 1 : 0, policy);
        m->jobs[m->job_count].batch = m->jobs[parent].batch;
    }
    int64_t last = m->job_count;
    for (int64_t id = 1; id < first; id++) {
        struct model_job *job = &m->jobs[id];
        int edge = model_edge(job, parent);
        if (!job->live || job->state != JOB_BLOCKED || edge < 0)
            continue;
        for (int64_t child = first; child <= last; child++)
            if (child == last || !model_depends(&m->jobs[child + 1], child))
                model_depend(m, id, child, job->policies[edge]);
    }
}

static void finish_whole(struct store *store, int64_t worker, const struct finish_whole *f, store_on_finished *callback,
                         void *arg)
{
    struct store_model *m = model_of(store);
    json_auto_t *children = json_loads(f->children ? f->children : "[]", 0, NULL);
    struct model_job *job = model_live(m, f->row.id);
    if (model_held(job, worker, f->row.epoch) && job->sealing == JOB_BLOCKED)
        add_children(m, f->row.id, children);
    bool accepted = finish_one(m, worker, f->row.id, f->row.epoch);
    callback(arg, &accepted, 1, NULL);
}

static bool fail_one(struct store_model *m, int64_t worker, const struct fail_row *row)
{
    struct model_job *job = model_live(m, row->id);
    if (!model_held(job, worker, row->epoch))
        return recorded(&m->jobs[row->id], worker, row->epoch, JOB_BLOCKED) ||
               recorded(&m->jobs[row->id], worker, row->epoch, JOB_FAILED);
    bool again = row->class == ERROR_RETRY || row->class == ERROR_UNAVAILABLE || row->class == ERROR_TIMED_OUT;
    bool untouched = row->details != NULL && strstr(row->details, "untouched") != NULL;
    bool touched = job->touched || !untouched || job->sealing != JOB_BLOCKED || row->cause == FAIL_INTERRUPTED;
    bool over = job->sealing == JOB_BLOCKED && row->cause != FAIL_INTERRUPTED && (!again || job->attempts + 1 >= 3);
    if (!over || (job->target && touched && job->sealing == JOB_BLOCKED)) {
        model_note(job, (struct model_record){ .epoch = row->epoch, .worker = worker });
    }
    if (over) {
        job->touched = touched;
        model_end(m, row->id, JOB_FAILED, 1);
        return true;
    }
    if (job->sealing == JOB_BLOCKED && row->cause != FAIL_INTERRUPTED)
        job->attempts++;
    model_back(job, row->cause == FAIL_INTERRUPTED ? JOB_AVAILABLE : JOB_SCHEDULED);
    job->touched = touched;
    return true;
}

static void fail_rows(struct store *store, int64_t worker, const struct fail_row *rows, unsigned count,
                      store_on_finished *callback, void *arg)
{
    bool *accepted = mem_zero(count, sizeof *accepted);
    for (unsigned i = 0; i < count; i++)
        accepted[i] = fail_one(model_of(store), worker, &rows[i]);
    callback(arg, accepted, count, NULL);
    free(accepted);
}

static void sealed(struct store *store, int64_t worker, int64_t id, int64_t epoch, store_on_finished *callback,
                   void *arg)
{
    struct store_model *m = model_of(store);
    struct model_job *job = model_live(m, id);
    bool accepted = model_held(job, worker, epoch) && job->sealing != JOB_BLOCKED;
    if (accepted)
        model_record_end(m, id, job->sealing, 0);
    else
        accepted =
            recorded(&m->jobs[id], worker, epoch, JOB_FAILED) || recorded(&m->jobs[id], worker, epoch, JOB_CANCELLED);
    callback(arg, &accepted, 1, NULL);
}

static void give_back(struct store *store, int64_t worker, const int64_t *ids, const int64_t *epochs, unsigned count,
                      store_on_count *callback, void *arg)
{
    int64_t given = 0;
    for (unsigned i = 0; i < count; i++) {
        struct model_job *job = model_live(model_of(store), ids[i]);
        if (!model_held(job, worker, epochs[i]))
            continue;
        model_back(job, JOB_AVAILABLE);
        given++;
    }
    callback(arg, given, NULL);
}

static void cancel(struct store *store, int64_t id, store_on_count *callback, void *arg)
{
    struct store_model *m = model_of(store);
    struct model_job *job = model_live(m, id);
    if (job == NULL) {
        callback(arg, id >= 1 && id <= m->job_count ? 3 : 0, NULL);
    } else if (job->sealing != JOB_BLOCKED) {
        callback(arg, job->sealing == JOB_CANCELLED ? 2 : 3, NULL);
    } else {
        job->touched |= job->state == JOB_DISPATCHED;
        model_end(m, id, JOB_CANCELLED, 0);
        callback(arg, job->live ? 2 : 1, NULL);
    }
}

static void retry(struct store *store, int64_t id, store_on_count *callback, void *arg)
{
    int answer = model_retry(model_of(store), id);
    struct error e;
    if (answer < 0)
        (void)error_set(&e, ERROR_REFUSED, "refused");
    callback(arg, answer, answer < 0 ? &e : NULL);
}

static const struct store_ops model_ops = {
    .submit = submit,
    .dispatch = dispatch,
    .due = due,
    .worker_dead = worker_dead,
    .expire = expire,
    .unreceived = unreceived,
    .worker_register = worker_register,
    .beat = beat,
    .finish = finish,
    .finish_whole = finish_whole,
    .fail = fail_rows,
    .sealed = sealed,
    .give_back = give_back,
    .cancel = cancel,
    .retry = retry,
};

struct store *store_model_create(void)
{
    struct store_model *m = mem_zero(1, sizeof *m);
    m->base.ops = &model_ops;
    m->timeout_s = 600;
    return &m->base;
}

struct store *store_model_destroy(struct store *store)
{
    if (store == NULL)
        return NULL;
    for (int64_t id = 1; id <= model_of(store)->job_count; id++)
        free(model_of(store)->jobs[id].records);
    free(store);
    return NULL;
}

int64_t store_model_submit(struct store *store, const char *kind, int priority, const int64_t *after, unsigned count,
                           enum model_policy policy)
{
    return model_add(model_of(store), kind, priority, after, count, policy);
}

char *store_model_dump(struct store *store)
{
    struct store_model *m = model_of(store);
    struct buffer b;
    buffer_init(&b, 16 << 20);
    for (int64_t id = 1; id <= m->job_count; id++) {
        const struct model_job *j = &m->jobs[id];
        for (size_t i = 0; i < j->record_count; i++)
            if (j->records[i].end != JOB_BLOCKED)
                buffer_format(&b, "%lld ended %d epoch %lld attempts %d lost %d\n", (long long)id, j->records[i].end,
                              (long long)j->records[i].epoch, j->records[i].attempts, j->records[i].lost);
        if (j->live)
            buffer_format(&b,
                          "%lld live %d epoch %lld attempts %d lost %d waits %d sealing %d worker %lld seq %lld%s\n",
                          (long long)id, j->state, (long long)j->epoch, j->attempts, j->lost, j->waits, j->sealing,
                          (long long)j->worker, (long long)j->seq, j->depended ? " depended" : "");
    }
    return buffer_take(&b);
}
