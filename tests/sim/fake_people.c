/* SPDX-License-Identifier: Apache-2.0 */
/* fake_people.c - what people and programs outside ask of the record: one step each, and acknowledged. */
#include "tests/sim/fake_record.h"

static void noted(void *arg, int64_t count, const struct error *e)
{
    (void)e;
    *(int64_t *)arg = count;
}

void record_cancel(int64_t id)
{
    struct model_job *job = model_live(model_of(record.store), id);
    int64_t answer = 0;
    if (job != NULL && job->state == JOB_DISPATCHED && job->sealing == JOB_BLOCKED) {
        unsigned at = record.notice_count++ % 64;
        record.notices[at].worker = job->worker;
        record.notices[at].job = id;
        record.notices[at].epoch = job->epoch;
    }
    record_before_end(id);
    record.store->ops->cancel(record.store, id, noted, &answer);
    world_trace("people: cancel job %lld: %lld", (long long)id, (long long)answer);
    promise_record("cancel");
}

int record_retry(int64_t id)
{
    int64_t answer = 0;
    record.store->ops->retry(record.store, id, noted, &answer);
    world_trace("people: retry job %lld: %lld", (long long)id, (long long)answer);
    promise_record("retry");
    return (int)answer;
}

int64_t record_submit(const char *kind, const int64_t *parents, unsigned count)
{
    int64_t id = store_model_submit(record.store, kind, 1 + (int)world_roll(3), parents, count, MODEL_CANCEL);
    world_trace("people: job %lld, kind %s, waits for %u", (long long)id, kind, count);
    record_lanes();
    promise_record("submit");
    return id;
}

void record_pause(bool paused)
{
    model_of(record.store)->paused = paused;
    world_trace("people: queue %s", paused ? "paused" : "goes on");
}

void record_worker_flag(int64_t incarnation, bool quiet, bool stop)
{
    model_of(record.store)->workers[incarnation].quiet |= quiet;
    record.incarnations[incarnation].stop |= stop;
}
