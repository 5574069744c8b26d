/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/imitation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BEAT_MS = 100 };

static void on_registered(void *arg, int64_t incarnation, const struct error *e)
{
    struct imitation *w = arg;
    assert_null(e);
    w->incarnation = incarnation;
}

static void on_beaten(void *arg, const struct beat_answer *answer, const struct error *e)
{
    struct imitation *w = arg;
    w->beating--;
    w->alive = e != NULL || answer->alive;
}

static int64_t highest(const struct imitation *w)
{
    int64_t got = 0; /* contiguous */
    for (bool more = true; more;) {
        more = false;
        for (unsigned i = 0; i < w->peer.job_count; i++)
            more |= w->peer.jobs[i].seq == got + 1;
        got += more;
    }
    return got;
}

static void on_beat(uv_timer_t *timer)
{
    struct imitation *w = timer->data;
    struct worker_beat beat = {
        .incarnation = w->incarnation, .got = w->deaf ? 0 : highest(w), .done = w->done, .gaps = "[]", .progress = "{}"
    };
    if (w->silent || !w->incarnation)
        return;
    w->beating++;
    w->record->store->ops->beat(w->record->store, &beat, on_beaten, w);
}

static bool is_still(void *arg)
{
    return ((struct imitation *)arg)->beating == 0;
}

static bool is_registered(void *arg)
{
    return ((struct imitation *)arg)->incarnation != 0;
}

static bool has_wanted(void *arg)
{
    struct imitation *w = arg;
    return highest(w) >= w->wanted;
}

void imitation_start(struct imitation *w, struct record *record, const char *redis, const char *name,
                     const char *transport)
{
    struct error e = ERROR_NONE;
    struct worker_register row = { .name = name,
                                   .host = "here",
                                   .kinds = "{\"noop\":1,\"quick\":1}",
                                   .version = "test",
                                   .transport = transport,
                                   .pid = 1,
                                   .slots = 4 };
    *w = (struct imitation){ .record = record, .alive = true };
    peer_init(&w->peer);
    record->store->ops->worker_register(record->store, &row, on_registered, w);
    peer_wait(&record->loop, is_registered, w, "the imitated worker to be registered");
    struct transport_config config = { .loop = &record->loop,
                                       .carrier = transport,
                                       .redis_url = redis,
                                       .database_url = record->url,
                                       .handlers = w->peer.handlers };
    w->peer.transport = transport_create(&config, &e);
    assert_non_null(w->peer.transport);
    w->peer.transport->ops->subscribe(w->peer.transport, w->incarnation);
    uv_timer_init(&record->loop, &w->beat);
    w->beat.data = w;
    uv_timer_start(&w->beat, on_beat, 0, BEAT_MS);
}

void imitation_stop(struct imitation *w)
{
    uv_close((uv_handle_t *)&w->beat, NULL);
    peer_wait(&w->record->loop, is_still, w, "the imitated worker's last beat to be answered");
    peer_finish(&w->peer, &w->record->loop);
    record_run(w->record, "UPDATE argosy.worker SET dead = true WHERE incarnation = %lld", (long long)w->incarnation);
}

void imitation_wait(struct imitation *w, int64_t seq)
{
    w->wanted = seq;
    peer_wait(&w->record->loop, has_wanted, w, "dispatches");
}

const struct peer_job *imitation_job(const struct imitation *w, int64_t seq)
{
    for (unsigned i = 0; i < w->peer.job_count; i++)
        if (w->peer.jobs[i].seq == seq)
            return &w->peer.jobs[i];
    fail_msg("there is no seq %lld", (long long)seq);
    return NULL;
}
