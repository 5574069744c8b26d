/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every store has answered well before: a test that waits longer is stuck, and ctest's limit would tell nothing. */
static void wait_done(struct sync *s)
{
    while (!s->done) {
        if (s->loop == NULL || uv_run(s->loop, UV_RUN_ONCE) == 0) {
            fprintf(stderr, "sync: the store lost a callback\n");
            exit(1);
        }
    }
}

static void begin(struct sync *s)
{
    s->done = false;
    s->count = 0;
    s->number = -1;
    s->error = ERROR_NONE;
}

static void end(struct sync *s, const struct error *e)
{
    if (s->done) {
        fprintf(stderr, "sync: called back twice\n");
        exit(1);
    }
    s->done = true;
    if (e != NULL)
        s->error = *e;
}

static void on_submitted(void *arg, const int64_t *ids, const bool *existing, unsigned count, const struct error *e)
{
    struct sync *s = arg;
    s->count = e == NULL ? count : 0;
    if (s->count > 0)
        memcpy(s->ids, ids, sizeof *ids * (s->count < SYNC_ROWS_MAX ? s->count : SYNC_ROWS_MAX));
    for (unsigned i = 0; i < s->count && i < SYNC_ROWS_MAX; i++)
        s->existing[i] = existing != NULL && existing[i];
    end(s, e);
}

static void on_count(void *arg, int64_t count, const struct error *e)
{
    struct sync *s = arg;
    if (e == NULL)
        s->number = count;
    end(s, e);
}

static void on_lanes(void *arg, const struct lane_row *rows, unsigned count, const struct error *e)
{
    struct sync *s = arg;
    s->count = count;
    if (count > 0)
        memcpy(s->lanes, rows, count * sizeof *rows);
    end(s, e);
}

static void on_workers(void *arg, const struct worker_row *rows, unsigned count, const struct error *e)
{
    struct sync *s = arg;
    s->count = count;
    if (count > 0)
        memcpy(s->workers, rows, count * sizeof *rows);
    end(s, e);
}

static void on_dispatched(void *arg, const struct dispatch *jobs, unsigned count, const struct error *e)
{
    struct sync *s = arg;
    s->count = count;
    for (unsigned i = 0; i < count; i++) {
        s->jobs[i] = jobs[i];
        snprintf(s->texts[i], SYNC_TEXT_SIZE, "%s", jobs[i].kind);
        s->jobs[i].kind = s->texts[i];
        s->jobs[i].args = jobs[i].args != NULL ? "" : NULL;
    }
    end(s, e);
}

static void on_beat(void *arg, const struct beat_answer *answer, const struct error *e)
{
    struct sync *s = arg;
    s->beat = (struct beat_answer){ 0 };
    if (answer != NULL) {
        s->beat = *answer;
        snprintf(s->cancels, sizeof s->cancels, "%s", answer->cancels);
        s->beat.cancels = s->cancels;
    }
    end(s, e);
}

static void on_finished(void *arg, const bool *accepted, unsigned count, const struct error *e)
{
    struct sync *s = arg;
    s->count = count;
    memset(s->accepted, 0, sizeof s->accepted);
    if (accepted != NULL)
        memcpy(s->accepted, accepted, count * sizeof *accepted);
    end(s, e);
}

enum error_class sync_submit(struct sync *s, const struct submit_row *rows, unsigned count)
{
    begin(s);
    s->store->ops->submit(s->store, rows, count, on_submitted, s);
    wait_done(s);
    return s->error.class;
}

int64_t sync_submit_kind(struct sync *s, const char *kind, const char *args)
{
    const struct submit_row row = { .kind = kind, .args = args };
    return sync_submit(s, &row, 1) == ERROR_OK ? s->ids[0] : -1;
}

unsigned sync_lanes(struct sync *s)
{
    begin(s);
    s->store->ops->lanes(s->store, on_lanes, s);
    wait_done(s);
    return s->count;
}

unsigned sync_workers(struct sync *s)
{
    begin(s);
    s->store->ops->workers(s->store, on_workers, s);
    wait_done(s);
    return s->count;
}

unsigned sync_dispatch(struct sync *s, int32_t lane, unsigned count, int64_t worker)
{
    begin(s);
    s->store->ops->dispatch(s->store, lane, count, worker, on_dispatched, s);
    wait_done(s);
    return s->count;
}

unsigned sync_unreceived(struct sync *s, int64_t worker, int64_t upto_seq)
{
    begin(s);
    s->store->ops->unreceived(s->store, worker, upto_seq, on_dispatched, s);
    wait_done(s);
    return s->count;
}

int64_t sync_due(struct sync *s)
{
    begin(s);
    s->store->ops->due(s->store, on_count, s);
    wait_done(s);
    return s->number;
}

int64_t sync_worker_register(struct sync *s, const char *name, const char *kinds)
{
    const struct worker_register row = { .name = name,
                                         .host = "h",
                                         .kinds = kinds,
                                         .version = "0",
                                         .transport = "postgres",
                                         .tags = s->tags,
                                         .pid = 1,
                                         .slots = 2 };
    begin(s);
    s->store->ops->worker_register(s->store, &row, on_count, s);
    wait_done(s);
    return s->number;
}

int64_t sync_worker_dead(struct sync *s, int64_t worker, int64_t beat)
{
    begin(s);
    s->store->ops->worker_dead(s->store, worker, beat, on_count, s);
    wait_done(s);
    return s->number;
}

int64_t sync_expire(struct sync *s, int64_t worker, unsigned limit)
{
    begin(s);
    s->store->ops->expire(s->store, worker, limit, on_count, s);
    wait_done(s);
    return s->number;
}

bool sync_beat(struct sync *s, int64_t worker, int64_t got, int64_t done, const char *gaps)
{
    const struct worker_beat row = { .incarnation = worker, .got = got, .done = done, .gaps = gaps };
    begin(s);
    s->store->ops->beat(s->store, &row, on_beat, s);
    wait_done(s);
    return s->beat.alive;
}

enum error_class sync_finish(struct sync *s, int64_t worker, const struct finish_row *rows, unsigned count)
{
    begin(s);
    s->store->ops->finish(s->store, worker, rows, count, on_finished, s);
    wait_done(s);
    return s->error.class;
}

bool sync_finish_one(struct sync *s, int64_t worker, int64_t id, int64_t epoch)
{
    const struct finish_row row = { .id = id, .epoch = epoch, .result = "{}", .run_us = 1 };
    return sync_finish(s, worker, &row, 1) == ERROR_OK && s->accepted[0];
}

bool sync_finish_whole(struct sync *s, int64_t worker, int64_t id, int64_t epoch, const char *children)
{
    const struct finish_whole row = { .row = { .id = id, .epoch = epoch, .result = "{}", .run_us = 1 },
                                      .children = children };
    begin(s);
    s->store->ops->finish_whole(s->store, worker, &row, on_finished, s);
    wait_done(s);
    return s->accepted[0];
}

bool sync_fail(struct sync *s, int64_t worker, int64_t id, int64_t epoch, enum fail_cause cause, enum error_class class)
{
    const struct fail_row row = {
        .id = id, .epoch = epoch, .cause = cause, .class = class, .code = "broken", .message = "it broke"
    };
    return sync_fail_row(s, worker, &row);
}

bool sync_fail_row(struct sync *s, int64_t worker, const struct fail_row *row)
{
    begin(s);
    s->store->ops->fail(s->store, worker, row, 1, on_finished, s);
    wait_done(s);
    return s->accepted[0];
}

bool sync_sealed(struct sync *s, int64_t worker, int64_t id, int64_t epoch)
{
    begin(s);
    s->store->ops->sealed(s->store, worker, id, epoch, on_finished, s);
    wait_done(s);
    return s->accepted[0];
}

int64_t sync_give_back(struct sync *s, int64_t worker, int64_t id, int64_t epoch)
{
    begin(s);
    s->store->ops->give_back(s->store, worker, &id, &epoch, 1, on_count, s);
    wait_done(s);
    return s->number;
}

int64_t sync_cancel(struct sync *s, int64_t id)
{
    begin(s);
    s->store->ops->cancel(s->store, id, on_count, s);
    wait_done(s);
    return s->number;
}

int64_t sync_retry(struct sync *s, int64_t id)
{
    begin(s);
    s->store->ops->retry(s->store, id, on_count, s);
    wait_done(s);
    return s->number;
}
