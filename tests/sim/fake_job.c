/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_job.c - one attempt in a simulated slot: its course was drawn when the job was submitted. It answers in the
 * real frames, looks at the real board, and asks the target step by step; each step may be lost, and then it looks
 * anew.
 */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/sim/fake_slot.h"

enum { OUT_MAX = 1 << 20, LOOKS_MAX = 8 };

static void child_told(struct child *c, enum target_answer answer, int chunk);

/* ---- what it says ---- */

void child_say(struct child *c, const struct frame *head, const char *const *texts, unsigned count)
{
    struct buffer out;
    buffer_init(&out, OUT_MAX);
    bool fits = frame_add(&out, head, texts, count);
    assert(fits);
    ssize_t sent = send(c->fd, out.data, out.size, MSG_NOSIGNAL | MSG_DONTWAIT);
    assert(sent == (ssize_t)out.size || errno == EPIPE || errno == ECONNRESET);
    buffer_finish(&out);
    if (c->handle != NULL)
        uv_poll_readable((uv_handle_t *)c->handle, c->process);
}

static struct frame answer_head(struct child *c, enum frame_type type)
{
    return (struct frame){ .type = type, .id = c->now.id, .epoch = c->now.epoch, .value = world.now_us - c->begun_us };
}

static void ended(struct child *c)
{
    c->runs = false;
    if (c->termed)
        child_die(c, 0, 0);
    else
        child_begin_next(c);
}

static void say_failure(struct child *c, const char *class, bool untouched)
{
    struct frame head = answer_head(c, FRAME_FAILURE);
    const char *texts[] = { class, "simulated", "it was drawn", "{\"target\":\"untouched\"}" };
    untouched |= world.mutant == MUTANT_NEVER_TOUCHED && !c->now.seal;
    child_say(c, &head, texts, untouched ? 4 : 3);
    ended(c);
}

static void say_result(struct child *c)
{
    const struct job_plan *plan = &fleet.jobs[c->now.id];
    struct frame head = answer_head(c, FRAME_RESULT);
    const char *texts[] = { "{}", "[]",
                            "[{\"step\":\"a\",\"kind\":\"noop\",\"args\":{},\"after\":[]},"
                            "{\"step\":\"b\",\"kind\":\"noop\",\"args\":{},\"after\":[\"a\"]}]" };
    bool whole = plan->whole && !c->now.seal;
    head.flags = whole ? FRAME_WHOLE : 0;
    child_say(c, &head, texts, whole ? 3 : 1);
    ended(c);
}

/* ---- one attempt ---- */

static bool stops(struct child *c)
{
    if (!board_cancelled(c->board, c->now.number))
        return false;
    say_failure(c, "cancelled", false);
    return true;
}

static void ends(void *arg, int64_t value)
{
    struct child *c = arg;
    struct job_plan *plan = &fleet.jobs[c->now.id];
    (void)value;
    if (stops(c))
        return;
    if (c->now.seal || plan->fails == 0) {
        say_result(c);
        return;
    }
    plan->fails--;
    say_failure(c, plan->fatal ? "fatal" : "retry", false);
}

/* Statement timeout, TCP timeout: what was sent may still arrive. */
static void gives_up(void *arg, int64_t asked)
{
    struct child *c = arg;
    if (c->runs && c->asked == asked)
        child_told(c, TARGET_LOST, 0);
}

static void ask(struct child *c, enum target_step step)
{
    c->step = step;
    world_at(&c->actor, world_between(500000, 4000000), gives_up, NULL, c, ++c->asked);
    target_ask(c, step, c->now.id, c->now.epoch, c->chunk + 1, c->asked);
}

static void write_on(void *arg, int64_t value)
{
    struct child *c = arg;
    (void)value;
    if (stops(c))
        return;
    if (c->chunk >= fleet.jobs[c->now.id].chunks)
        ends(c, 0);
    else
        ask(c, TARGET_CHUNK);
}

/* Connected again after a loss: whatever was on its way may be in, so look anew. Or the job fails of it. */
static void look_again(struct child *c)
{
    struct job_plan *plan = &fleet.jobs[c->now.id];
    if (plan->fails > 0 && !c->now.seal) {
        plan->fails--;
        say_failure(c, plan->fatal ? "fatal" : "retry", !c->touched);
    } else if (++c->looks > LOOKS_MAX) {
        say_failure(c, "unavailable", !c->touched);
    } else {
        ask(c, TARGET_CONNECT);
    }
}

static void claims(void *arg, int64_t value)
{
    struct child *c = arg;
    (void)value;
    if (!stops(c))
        ask(c, TARGET_ADVANCE);
}

void child_answered(struct child *c, enum target_answer answer, int chunk, int64_t asked)
{
    if (c->runs && c->asked == asked)
        child_told(c, answer, chunk);
}

static void child_told(struct child *c, enum target_answer answer, int chunk)
{
    const struct job_plan *plan = &fleet.jobs[c->now.id];
    c->asked++;
    if (stops(c))
        return;
    if (answer == TARGET_AWAY) {
        say_failure(c, "unavailable", !c->touched);
    } else if (answer == TARGET_LOST) {
        look_again(c);
    } else if (c->step == TARGET_CONNECT) {
        c->touched = true;
        if (c->now.seal)
            ask(c, TARGET_SEAL);
        else
            world_at(&c->actor, plan->run_us, claims, NULL, c, 0); /* there is something to be read first */
    } else if (c->step == TARGET_SEAL) {
        say_result(c);
    } else if (c->step == TARGET_ADVANCE && answer == TARGET_NO) {
        say_failure(c, "fenced_out", false);
    } else if (answer == TARGET_NO) {
        look_again(c);
    } else {
        c->chunk = chunk;
        if (c->step == TARGET_CHUNK)
            fleet.checkpoints[c->now.id] = chunk;
        world_at(&c->actor, plan->run_us, write_on, NULL, c, 0);
    }
}

static void worker_dies(void *arg, int64_t life)
{
    struct process *p = arg;
    if (p->alive && p->actor.life == (unsigned)life)
        process_kill(p);
}

static void crashes(void *arg, int64_t value)
{
    (void)value;
    child_die(arg, 0, SIGSEGV);
}

static void run(struct child *c)
{
    struct job_plan *plan = &fleet.jobs[c->now.id];
    c->runs = true;
    c->begun_us = world.now_us;
    c->touched = false;
    c->chunk = c->looks = 0;
    world_trace("slot of %s: runs job %lld epoch %lld%s", c->process->name, (long long)c->now.id,
                (long long)c->now.epoch, c->now.seal ? " (seal)" : "");
    promise_begun(c->now.id, c->now.epoch, c->now.seal);
    if (c->now.seal) {
        ask(c, TARGET_CONNECT);
    } else if (plan->poison > 0) { /* takes its whole worker down */
        plan->poison--;
        world_at(NULL, world_between(1000, 3000000), worker_dies, NULL, c->process, c->process->actor.life);
    } else if (plan->crashes > 0) {
        plan->crashes--;
        world_at(&c->actor, world_between(100, 200000), crashes, NULL, c, 0);
        if (plan->target)
            ask(c, TARGET_CONNECT);
    } else if (plan->hangs) {
        plan->hangs = false; /* this time it goes on until it is killed */
    } else if (plan->target) {
        ask(c, TARGET_CONNECT);
    } else {
        world_at(&c->actor, plan->run_us, ends, NULL, c, 0);
    }
}

void child_begin_next(struct child *c)
{
    while (c->alive && !c->runs && c->start_count > 0) {
        c->now = c->starts[0];
        memmove(c->starts, c->starts + 1, --c->start_count * sizeof c->starts[0]);
        if (board_begin(c->board, c->now.number))
            run(c);
    }
}
