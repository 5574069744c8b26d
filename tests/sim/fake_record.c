/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_record.c - the record: each call that arrives is one step of the model in memory, after which the promises are
 * checked. What the model does not hold (workers' words about themselves, who is to stop) is kept here.
 *
 * The mutants of the record's side are planted around the model's calls.
 */
#include "tests/sim/fake_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"

struct record record;

static struct store_model *model(void)
{
    return model_of(record.store);
}

bool record_up(void)
{
    return world.now_us >= record.up_us;
}

/* ---- what the model answers ---- */

static void take_jobs(void *arg, const struct dispatch *jobs, unsigned count, const struct error *e)
{
    struct store_call *call = arg;
    (void)e;
    free(call->jobs);
    call->jobs = mem_zero(count + 1, sizeof *jobs);
    call->count = count;
    for (unsigned i = 0; i < count; i++)
        call->jobs[i] = jobs[i];
}

static void take_count(void *arg, int64_t count, const struct error *e)
{
    (void)e;
    ((struct store_call *)arg)->number = count;
}

static void take_finished(void *arg, const bool *accepted, unsigned count, const struct error *e)
{
    (void)e;
    memcpy(((struct store_call *)arg)->accepted, accepted, count * sizeof *accepted);
}

static void take_beat(void *arg, const struct beat_answer *answer, const struct error *e)
{
    (void)e;
    ((struct store_call *)arg)->said.alive = answer->alive;
}

/* ---- reading ---- */

/* A lane a kind. */
static void list_lanes(struct store_call *call)
{
    static const char *const kinds[LANES] = { "noop", "migration" };
    call->count = 0;
    for (int32_t lane = 1; lane <= LANES; lane++) {
        int32_t available = 0;
        for (int64_t id = 1; id <= model()->job_count; id++)
            available +=
                model()->jobs[id].live && model()->jobs[id].state == JOB_AVAILABLE && model()->jobs[id].lane == lane;
        if (available > 0)
            call->lanes[call->count++] = (struct lane_row){ .lane = lane,
                                                            .queue = "default",
                                                            .tenant = "default",
                                                            .kind = kinds[lane - 1],
                                                            .available = available,
                                                            .weight = 1,
                                                            .priority = 100,
                                                            .prefetch_max = lane == 1 ? 1000 : 0,
                                                            .version = 1,
                                                            .paused = model()->paused };
    }
}

/* Of the kinds that hold slots for long there is one: lane 2. */
static void list_slow(struct store_call *call)
{
    call->slow = mem_zero((size_t)model()->worker_count + 1, sizeof *call->slow);
    call->count = 0;
    for (int64_t w = 1; w <= model()->worker_count; w++) {
        struct slow_row row = { .worker = w, .lane = 2 };
        for (int64_t id = 1; id <= model()->job_count; id++)
            row.count += model()->jobs[id].live && model()->jobs[id].state == JOB_DISPATCHED &&
                         model()->jobs[id].lane == 2 && model()->jobs[id].worker == w;
        if (row.count > 0)
            call->slow[call->count++] = row;
    }
}

void record_lanes(void)
{
    for (int64_t id = model()->job_count; id > 0 && model()->jobs[id].lane == 0; id--)
        model()->jobs[id].lane = model()->jobs[id].target ? 2 : 1;
}

/* Mutant: what every queue with leases does; the clocks of two machines are compared. */
static void bury_by_clock(const struct store_call *call, int64_t incarnation)
{
    int64_t silent_us = world.now_us + call->base.process->wall_us - record.incarnations[incarnation].beat_wall_us;
    if (silent_us > 6000000) {
        model()->workers[incarnation].dead = true;
        promise_dead(call->base.process, incarnation);
    }
}

/* As sql/worker_alive.sql: up to the first gap. */
static int64_t told_got(const struct model_worker *w)
{
    return w->gap_count > 0 && world.mutant != MUTANT_GAPS_FORGOTTEN ? w->gaps[0] - 1 : w->got;
}

static void list_workers(struct store_call *call)
{
    call->count = 0;
    for (int64_t i = 1; i <= model()->worker_count; i++) {
        const struct model_worker *w = &model()->workers[i];
        struct incarnation *known = &record.incarnations[i];
        if (!w->dead && world.mutant == MUTANT_EXPIRY_BY_CLOCK && w->beat > 0)
            bury_by_clock(call, i);
        if (w->dead || call->count == WORKERS_LISTED_MAX)
            continue;
        call->workers[call->count++] = (struct worker_row){ .incarnation = i,
                                                            .beat = w->beat,
                                                            .seq = w->seq,
                                                            .got = told_got(w),
                                                            .done = w->done,
                                                            .name = "w",
                                                            .kinds = known->kinds,
                                                            .transport = "simulated",
                                                            .mean_us = known->means[0] ? known->means : NULL,
                                                            .slots = known->slots,
                                                            .quiet = w->quiet || known->stop };
    }
}

/* ---- workers ---- */

static void enrol(struct store_call *call)
{
    const struct worker_register w = { .name = "w", .kinds = call->kinds, .slots = call->slots };
    record.store->ops->worker_register(record.store, &w, take_count, call);
    struct incarnation *known = &record.incarnations[call->number];
    *known = (struct incarnation){ .slots = call->slots, .beat_us = world.now_us };
    memcpy(known->kinds, call->kinds, sizeof known->kinds);
    world_trace("record: %s is incarnation %lld", call->base.process->name, (long long)call->number);
}

static void note_means(struct incarnation *known, const char *progress)
{
    json_auto_t *said = progress != NULL ? json_loads(progress, 0, NULL) : NULL;
    char *means = json_dumps(json_object_get(said, "mean_us"), JSON_COMPACT);
    if (means != NULL && strlen(means) < sizeof known->means)
        memcpy(known->means, means, strlen(means) + 1);
    free(means);
}

static void take_beat_of(struct store_call *call)
{
    struct incarnation *known = &record.incarnations[call->worker];
    record.store->ops->beat(record.store, &call->beat, take_beat, call);
    call->said.cancels = "[]";
    if (!call->said.alive) {
        world_trace("record: %s hears that incarnation %lld is dead", call->base.process->name,
                    (long long)call->worker);
        return;
    }
    known->beat_us = world.now_us;
    known->beat_wall_us = world.now_us + call->base.process->wall_us;
    note_means(known, call->beat.progress);
    call->said.quiet = model()->workers[call->worker].quiet;
    call->said.stop = known->stop;
    size_t size = 0;
    for (unsigned i = 0; i < 64; i++)
        if (record.notices[i].worker == call->worker && size < sizeof call->cancels - 100)
            size += (size_t)snprintf(call->cancels + size, sizeof call->cancels - size,
                                     "%c{\"id\":%lld,\"epoch\":%lld}", size > 0 ? ',' : '[',
                                     (long long)record.notices[i].job, (long long)record.notices[i].epoch);
    if (size > 0) {
        call->cancels[size] = ']';
        call->said.cancels = call->cancels;
    }
}

static void bury(struct store_call *call)
{
    struct model_worker *w = &model()->workers[call->worker];
    if (world.mutant == MUTANT_DEAD_UNSEEN)
        call->number = w->beat;
    bool was = w->dead;
    record.store->ops->worker_dead(record.store, call->worker, call->number, take_count, call);
    if (w->dead && !was) {
        world_trace("record: incarnation %lld is declared dead", (long long)call->worker);
        promise_dead(call->base.process, call->worker);
    }
}

/* ---- jobs ---- */

static void give_out(struct store_call *call)
{
    record.store->ops->dispatch(record.store, call->lane, (unsigned)call->number, call->worker, take_jobs, call);
    for (unsigned i = 0; i < call->count; i++) {
        struct dispatch *job = &call->jobs[i];
        if (world.mutant == MUTANT_EPOCH_REUSED && job->epoch > 1)
            job->epoch = --model()->jobs[job->id].epoch;
        world_trace("record: job %lld epoch %lld%s to incarnation %lld seq %lld", (long long)job->id,
                    (long long)job->epoch, job->seal ? " (seal)" : "", (long long)call->worker, (long long)job->seq);
    }
    if (call->rings && call->count > 0)
        doorbell_ring(call->worker, call->jobs, call->count);
}

static void find_unreceived(struct store_call *call)
{
    record.store->ops->unreceived(record.store, call->worker, call->number, take_jobs, call);
    if (world.mutant == MUTANT_NEVER_RUNG_AGAIN)
        call->count = 0;
}

static void take_back(struct store_call *call)
{
    if (world.mutant == MUTANT_LOST_ON_TAKING_BACK)
        for (int64_t id = 1; id <= model()->job_count; id++)
            if (model()->jobs[id].live && model()->jobs[id].state == JOB_DISPATCHED &&
                model()->jobs[id].worker == call->worker)
                model()->jobs[id].live = false;
    record.store->ops->expire(record.store, call->worker, (unsigned)call->number, take_count, call);
    if (call->number > 0)
        world_trace("record: %lld jobs are back from incarnation %lld", (long long)call->number,
                    (long long)call->worker);
}

/* Mutants of the fence in the record. */
static void bend(struct store_call *call, int64_t id, int64_t *epoch)
{
    struct model_job *job = model_live(model(), id);
    if (job == NULL)
        return;
    if (world.mutant == MUTANT_NO_EPOCH_CHECK && job->state == JOB_DISPATCHED && job->sealing == JOB_BLOCKED) {
        *epoch = job->epoch;
        call->worker = job->worker;
    }
    if (world.mutant == MUTANT_NO_UNBLOCK)
        job->depended = false;
}

/* Mutant: "it is not live, so it must be recorded anew". */
static void record_again(int64_t worker, int64_t id, int64_t epoch)
{
    struct model_job *job = &model()->jobs[id];
    struct model_record *end = job->live ? NULL : model_last_end(job);
    if (end == NULL || end->end != JOB_SUCCEEDED || end->epoch != epoch || end->worker != worker)
        return;
    job->live = true;
    job->depended = false;
    model_record_end(model(), id, JOB_SUCCEEDED, 0);
}

static void finish_all(struct store_call *call)
{
    int64_t worker = call->worker;
    for (unsigned i = 0; i < call->count; i++) {
        call->finish[i].run_us = call->finish[i].epoch; /* as it was said */
        bend(call, call->finish[i].id, &call->finish[i].epoch);
        if (world.mutant == MUTANT_DONE_TWICE)
            record_again(call->worker, call->finish[i].id, call->finish[i].epoch);
    }
    if (call->op == OP_WHOLE) {
        struct finish_whole whole = { .row = call->finish[0], .artifacts = "[]", .children = call->children };
        record.store->ops->finish_whole(record.store, call->worker, &whole, take_finished, call);
    } else {
        record.store->ops->finish(record.store, call->worker, call->finish, call->count, take_finished, call);
    }
    for (unsigned i = 0; i < call->count; i++)
        if (call->accepted[i])
            promise_accepted(call->finish[i].id, call->finish[i].run_us, worker);
    for (unsigned i = 0; i < call->count && world.tracing; i++)
        world_trace("record: finish of job %lld epoch %lld by incarnation %lld: %s", (long long)call->finish[i].id,
                    (long long)call->finish[i].epoch, (long long)call->worker,
                    call->accepted[i] ? "recorded" : "fenced out");
}

/* Mutant, before a job ends other than by success. */
void record_before_end(int64_t id)
{
    struct model_job *job = model_live(model(), id);
    if (job != NULL && world.mutant == MUTANT_NO_SEAL)
        job->target = false;
}

static void fail_all(struct store_call *call)
{
    for (unsigned i = 0; i < call->count; i++) {
        struct fail_row *row = &call->fail[i];
        bend(call, row->id, &row->epoch);
        record_before_end(row->id);
        struct store_call one = *call;
        one.accepted = call->accepted + i;
        record.store->ops->fail(record.store, call->worker, row, 1, take_finished, &one);
        world_trace("record: job %lld epoch %lld failed (%s): %s", (long long)row->id, (long long)row->epoch, row->code,
                    call->accepted[i] ? "recorded" : "fenced out");
    }
}

void record_execute(struct call *base)
{
    struct store_call *call = (struct store_call *)base;
    static void (*const run[])(struct store_call *) = {
        [OP_LANES] = list_lanes,  [OP_SLOW] = list_slow,    [OP_WORKERS] = list_workers,       [OP_DISPATCH] = give_out,
        [OP_DEAD] = bury,         [OP_EXPIRE] = take_back,  [OP_UNRECEIVED] = find_unreceived, [OP_REGISTER] = enrol,
        [OP_BEAT] = take_beat_of, [OP_FINISH] = finish_all, [OP_WHOLE] = finish_all,           [OP_FAIL] = fail_all,
        [OP_GIVE_BACK] = NULL
    };
    if (call->op == OP_DUE)
        record.store->ops->due(record.store, take_count, call);
    else if (call->op == OP_SEALED)
        record.store->ops->sealed(record.store, call->worker, call->ids[0], call->epochs[0], take_finished, call);
    else if (call->op == OP_GIVE_BACK)
        record.store->ops->give_back(record.store, call->worker, call->ids, call->epochs, call->count, take_count,
                                     call);
    else
        run[call->op](call);
    if (call->op == OP_SEALED)
        world_trace("record: job %lld is sealed under epoch %lld: %s", (long long)call->ids[0],
                    (long long)call->epochs[0], call->accepted[0] ? "recorded" : "fenced out");
    record_lanes();
    promise_record("a call");
}

/* ---- life ---- */

int64_t record_beat_us(int64_t incarnation)
{
    return record.incarnations[incarnation].beat_us;
}

void record_lead_lost(const struct session *s)
{
    if (record.lead == s)
        record.lead = NULL;
}

struct store *record_store(void)
{
    return record.store;
}

/* Mutant: commits that were acknowledged without having reached the disk. */
static void roll_back(void)
{
    for (int64_t id = 1; id <= model()->job_count; id++) {
        struct model_job *job = &model()->jobs[id];
        if (job->live && job->state == JOB_DISPATCHED && world_chance(500)) {
            job->epoch--;
            job->state = JOB_AVAILABLE;
            job->worker = job->seq = 0;
        }
    }
}

void record_restart(int64_t away_us)
{
    world_trace("record: restarts, away for %.1f s", (double)away_us / 1000000);
    if (world.mutant == MUTANT_ROLLBACK)
        roll_back();
    record.up_us = world.now_us + away_us;
    session_lose_all(NULL);
}

void record_start(void)
{
    memset(&record, 0, sizeof record);
    record.store = store_model_create();
    model()->timeout_s = 3;
}

void record_finish(void)
{
    record.store = store_model_destroy(record.store);
}
