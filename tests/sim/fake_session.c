/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_session.c - sql/session.h in the simulated world. Calls go to the record and their answers come back in order,
 * each taking its time; a lost connection fails what was sent with "outcome_unknown", and what had not reached the
 * record yet may still be carried out there: a backend outlives its client.
 */
#include "sql/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/sim/fakes.h"

enum { PATIENCE_US = 5000000, KEEPALIVE_US = 8000000, RESEND_US = 300000 };

struct session {
    struct session *next; /* of the process */
    struct process *process;
    struct session_config config;
    struct call *calls;                   /* not answered yet, in order */
    bool up, losing, closing, connecting; /* losing: gone at the record, and not yet noticed here */
    unsigned life;                        /* of the connection */
    int64_t out_us, back_us;              /* when the last one arrives there, and here */
    int64_t used_us;                      /* when the record heard of it last */
    void (*on_closed)(void *arg);
    void *closed_arg;
};

static struct session *everybody[64];
static unsigned everybody_count;

static void connect_soon(struct session *s, int64_t delay_us);

/* ---- calls ---- */

static void call_release(struct call *call)
{
    if (--call->references > 0)
        return;
    call->release(call);
}

bool session_is_current(const struct call *call)
{
    return call->life == call->session->life && !call->session->closing;
}

static void call_unlink(struct call *call)
{
    struct call **at = &call->session->calls;
    while (*at != NULL && *at != call)
        at = &(*at)->next;
    if (*at != NULL)
        *at = call->next;
}

/* In its process: the callback of the program runs, once. */
static void call_answer(struct call *call, const struct error *e)
{
    assert(!call->answered);
    call->answered = true;
    call_unlink(call);
    call->answer(call, e);
    call_release(call);
}

static void fail_call(struct call *call)
{
    struct error e = ERROR_NONE;
    call->lost = true;
    (void)error_code(&e, ERROR_UNAVAILABLE, call->sent ? "outcome_unknown" : "database_unavailable", "simulated");
    call_answer(call, &e);
}

/* The line is cut and nobody has noticed: TCP sends again, and nothing overtakes anything. */
static bool waits_for_line(const struct call *call, int64_t *line_us)
{
    if (call->lost || !session_is_current(call) || !call->process->cut_off)
        return false;
    *line_us = (*line_us > world.now_us + RESEND_US ? *line_us : world.now_us + RESEND_US) + 1;
    return true;
}

static void never_back(void *arg, int64_t value)
{
    (void)value;
    call_release(arg);
}

static void comes_back(void *arg, int64_t value)
{
    struct call *call = arg;
    (void)value;
    if (!call->answered && waits_for_line(call, &call->session->back_us)) {
        world_at(&call->process->actor, call->session->back_us - world.now_us, comes_back, never_back, call, 0);
        return;
    }
    if (!call->answered && call->life == call->session->life) {
        struct process *p = call->process;
        process_enter(p);
        call_answer(call, NULL);
        process_exit(p);
    }
    call_release(call);
}

static void arrives(void *arg, int64_t value)
{
    struct call *call = arg;
    struct session *s = call->lost ? NULL : call->session;
    (void)value;
    if (s != NULL && waits_for_line(call, &s->out_us)) {
        world_at(NULL, s->out_us - world.now_us, arrives, never_back, call, 0);
        return;
    }
    bool live = s != NULL && session_is_current(call) && record_up();
    if (live || (record_up() && world_chance(500)))
        call->execute(call);
    if (live) {
        s->used_us = world.now_us;
        int64_t back_us = world.now_us + world_between(20, world_chance(50) ? 30000 : 900);
        s->back_us = back_us > s->back_us ? back_us : s->back_us + 1;
        if (world_fault(FAULT_ANSWER, fleet.chances[FAULT_ANSWER])) {
            world_trace("record: the answer to %s is lost", call->process->name);
            session_lose(s);
        } else {
            call->references++;
            world_at(&s->process->actor, s->back_us - world.now_us, comes_back, never_back, call, 0);
        }
    }
    call_release(call);
}

static void send_call(struct session *s, struct call *call)
{
    call->sent = true;
    call->life = s->losing ? s->life - 1 : s->life;
    if (s->losing)
        return; /* into the void */
    int64_t arrival_us = world.now_us + world_between(20, world_chance(30) ? 40000 : 900);
    if (world_fault(FAULT_RECORD, 10))
        arrival_us += world_between(0, 4000000); /* a backend that waits for a lock or a disk */
    s->out_us = arrival_us > s->out_us ? arrival_us : s->out_us + 1;
    call->references++;
    world_at(NULL, s->out_us - world.now_us, arrives, never_back, call, 0);
}

void session_call(struct session *s, struct call *call)
{
    call->session = s;
    call->process = s->process;
    call->references = 1;
    call->given_us = world.now_us;
    struct call **at = &s->calls;
    while (*at != NULL)
        at = &(*at)->next;
    *at = call;
    if (s->up)
        send_call(s, call);
    else
        connect_soon(s, world_between(1000, 50000));
}

/* ---- the connection ---- */

static void lost(void *arg, int64_t value)
{
    struct session *s = arg;
    (void)value;
    if (s->closing)
        return;
    struct error e = ERROR_NONE;
    (void)error_set(&e, ERROR_UNAVAILABLE, "the connection was lost");
    process_enter(s->process);
    s->up = s->losing = false;
    for (struct call *call = s->calls, *next; call != NULL; call = next) {
        next = call->next;
        if (call->sent && call->life != s->life)
            fail_call(call);
    }
    if (s->config.on_state != NULL)
        s->config.on_state(s->config.arg, false, &e);
    process_exit(s->process);
    connect_soon(s, world_between(50000, 500000));
}

/* The record has ended it, or lost it: answers on their way back are lost as well. */
void session_lose(struct session *s)
{
    if (!s->up || s->losing || s->closing || !s->process->alive)
        return;
    s->life++;
    s->losing = true;
    record_lead_lost(s);
    world_at(&s->process->actor, world_between(100, 100000), lost, NULL, s, 0);
}

void session_lose_all(struct process *p)
{
    for (unsigned i = 0; i < everybody_count; i++)
        if (p == NULL || everybody[i]->process == p)
            session_lose(everybody[i]);
}

static void drop_impatient(struct session *s)
{
    for (struct call *call = s->calls, *next; call != NULL; call = next) {
        next = call->next;
        if (!call->sent && world.now_us - call->given_us > PATIENCE_US)
            fail_call(call);
    }
}

static void connects(void *arg, int64_t value)
{
    struct session *s = arg;
    (void)value;
    s->connecting = false;
    if (s->closing || s->up)
        return;
    process_enter(s->process);
    if (!record_up() || s->process->cut_off) {
        drop_impatient(s);
        connect_soon(s, world_between(100000, 1000000));
    } else {
        s->up = true;
        s->life++;
        s->out_us = s->back_us = s->used_us = world.now_us;
        if (s->config.on_state != NULL)
            s->config.on_state(s->config.arg, true, NULL);
        for (struct call *call = s->calls; call != NULL; call = call->next)
            if (!call->sent)
                send_call(s, call);
    }
    process_exit(s->process);
}

static void connect_soon(struct session *s, int64_t delay_us)
{
    if (s->connecting || s->losing || s->closing)
        return;
    s->connecting = true;
    world_at(&s->process->actor, delay_us, connects, NULL, s, 0);
}

/* idle_session_timeout of a scheduler that is stopped or cut off; TCP's own patience for everybody else. */
void session_reap_idle(void)
{
    for (unsigned i = 0; i < everybody_count; i++) {
        struct session *s = everybody[i];
        int64_t idle_us = world.now_us - s->used_us, limit_us = (int64_t)s->config.idle_session_timeout_ms * 1000;
        if (s->up && ((limit_us > 0 && idle_us > limit_us) || (s->process->cut_off && idle_us > KEEPALIVE_US)))
            session_lose(s);
    }
}

/* ---- session.h ---- */

struct session *session_create(const struct session_config *config)
{
    struct session *s = mem_zero(1, sizeof *s);
    *s = (struct session){ .next = process_now->sessions, .process = process_now, .config = *config };
    process_now->sessions = s;
    assert(everybody_count < sizeof everybody / sizeof everybody[0]);
    everybody[everybody_count++] = s;
    connect_soon(s, world_between(500, 20000));
    return s;
}

static void closes(void *arg, int64_t value)
{
    struct session *s = arg;
    (void)value;
    process_enter(s->process);
    while (s->calls != NULL)
        fail_call(s->calls);
    if (s->on_closed != NULL)
        s->on_closed(s->closed_arg);
    process_exit(s->process);
}

void session_close(struct session *s, void (*on_closed)(void *arg), void *arg)
{
    s->closing = true;
    s->up = false;
    s->life++;
    s->on_closed = on_closed;
    s->closed_arg = arg;
    record_lead_lost(s);
    world_at(&s->process->actor, 0, closes, NULL, s, 0);
}

bool session_is_up(const struct session *s)
{
    return s->up;
}

unsigned session_pending(const struct session *s)
{
    unsigned count = 0;
    for (const struct call *call = s->calls; call != NULL; call = call->next)
        count++;
    return count;
}

/* Its process is no more. Calls on their way may still be carried out. */
void session_forget(struct process *p)
{
    for (struct session *s; (s = p->sessions) != NULL; free(s)) {
        p->sessions = s->next;
        record_lead_lost(s);
        for (struct call *call; (call = s->calls) != NULL;)
            fail_call(call);
        unsigned kept = 0;
        for (unsigned i = 0; i < everybody_count; i++)
            if (everybody[i] != s)
                everybody[kept++] = everybody[i];
        everybody_count = kept;
    }
}
