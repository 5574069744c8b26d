/* SPDX-License-Identifier: Apache-2.0 */
/* transport_peer.c - see transport_peer.h. */
#include "tests/support/transport_peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

enum { WAIT_MS = 300000, LOOK_MS = 20 };

static void on_dispatch(void *arg, const struct dispatch *jobs, unsigned count)
{
    struct peer *peer = arg;
    for (unsigned i = 0; i < count && peer->job_count < PEER_MAX; i++) {
        struct peer_job *job = &peer->jobs[peer->job_count++];
        *job = (struct peer_job){ .id = jobs[i].id,
                                  .epoch = jobs[i].epoch,
                                  .seq = jobs[i].seq,
                                  .attempt = jobs[i].attempt,
                                  .timeout_s = jobs[i].timeout_s,
                                  .seal = jobs[i].seal };
        text_copy(job->kind, sizeof job->kind, jobs[i].kind);
        text_copy(job->args, sizeof job->args, jobs[i].args ? jobs[i].args : "(record)");
    }
}

static void on_message(void *arg, const struct message *message)
{
    struct peer *peer = arg;
    if (peer->message_count == PEER_MAX)
        return;
    struct peer_message *copy = &peer->messages[peer->message_count++];
    copy->message = *message;
    copy->message.text = NULL;
    text_copy(copy->text, sizeof copy->text, message->text ? message->text : "");
}

static void on_state(void *arg, bool up, const struct error *e)
{
    struct peer *peer = arg;
    if (up && e)
        peer->complaints++;
    else if (up)
        peer->ups++;
    else
        peer->downs++;
    peer->up = up;
    if (e)
        text_copy(peer->complaint, sizeof peer->complaint, e->message);
}

void peer_init(struct peer *peer)
{
    *peer = (struct peer){
        .handlers = { .arg = peer, .on_dispatch = on_dispatch, .on_message = on_message, .on_state = on_state }
    };
    peer->jobs = mem_zero(PEER_MAX, sizeof *peer->jobs);
    peer->messages = mem_zero(PEER_MAX, sizeof *peer->messages);
}

static void on_closed(void *arg)
{
    struct peer *peer = arg;
    peer->closed = true;
}

static bool is_closed(void *arg)
{
    return ((struct peer *)arg)->closed;
}

void peer_finish(struct peer *peer, uv_loop_t *loop)
{
    transport_close(peer->transport, on_closed, peer);
    peer_wait(loop, is_closed, peer, "the transport to close");
    free(peer->jobs);
    free(peer->messages);
}

static void on_look(uv_timer_t *timer)
{
    (void)timer; /* the condition is asked again: some send anew what gets lost before a subscription is in place */
}

static void on_timer_closed(uv_handle_t *handle)
{
    *(bool *)handle->data = true;
}

void peer_wait(uv_loop_t *loop, bool (*done)(void *arg), void *arg, const char *what)
{
    bool closed = false;
    int64_t late_ms = clock_monotonic_ms() + WAIT_MS;
    uv_timer_t timer;
    uv_timer_init(loop, &timer);
    uv_timer_start(&timer, on_look, LOOK_MS, LOOK_MS);
    bool holds = done(arg);
    while (!holds && clock_monotonic_ms() < late_ms) {
        uv_run(loop, UV_RUN_ONCE);
        holds = done(arg);
    }
    timer.data = &closed;
    uv_close((uv_handle_t *)&timer, on_timer_closed);
    while (!closed)
        uv_run(loop, UV_RUN_NOWAIT);
    if (!holds)
        fail_msg("waited %d s in vain for %s", WAIT_MS / 1000, what);
}

static bool is_up(void *arg)
{
    return ((struct peer *)arg)->up;
}

void peer_wait_up(struct peer *peer, uv_loop_t *loop)
{
    peer_wait(loop, is_up, peer, "the transport to be up");
}

struct wanted {
    const struct peer *peer;
    unsigned jobs, messages;
};

static bool has_wanted(void *arg)
{
    const struct wanted *wanted = arg;
    return wanted->peer->job_count >= wanted->jobs && wanted->peer->message_count >= wanted->messages;
}

void peer_wait_jobs(struct peer *peer, uv_loop_t *loop, unsigned count)
{
    struct wanted wanted = { .peer = peer, .jobs = count };
    peer_wait(loop, has_wanted, &wanted, "dispatches");
}

void peer_wait_messages(struct peer *peer, uv_loop_t *loop, unsigned count)
{
    struct wanted wanted = { .peer = peer, .messages = count };
    peer_wait(loop, has_wanted, &wanted, "messages");
}

void peer_forget_all(struct peer *peer)
{
    peer->job_count = peer->message_count = 0;
}
