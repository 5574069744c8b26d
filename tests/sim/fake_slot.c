/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_slot.c - a slot's process: the real frames on a real socket pair, and the real board. A slot whose worker is
 * killed lives on for a moment, and what it sent to the target for longer.
 */
#include "tests/sim/fake_slot.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "worker/slots.h"

static struct child *children;

struct actor *child_actor(struct child *child)
{
    return &child->actor;
}

bool child_alive(const struct child *child)
{
    return child->alive;
}

/* ---- its socket ---- */

static void take(struct child *c, const struct frame *frame)
{
    if (frame->type != FRAME_START)
        return; /* hello */
    assert(c->start_count < STARTS_MAX);
    c->starts[c->start_count++] = (struct start){ .id = frame->id,
                                                  .epoch = frame->epoch,
                                                  .number = (uint64_t)frame->value,
                                                  .seal = (frame->flags & FRAME_SEAL) != 0 };
}

static void reads(void *arg, int64_t value)
{
    struct child *c = arg;
    struct frame frame;
    bool there = true;
    (void)value;
    c->reading = false;
    for (;;) {
        size_t space;
        char *to = frame_reader_space(&c->in, &space);
        ssize_t got = recv(c->fd, to, space, MSG_DONTWAIT);
        if (got == 0) {
            child_die(c, 0, 0); /* its worker is gone */
            return;
        }
        if (got < 0)
            break;
        frame_reader_fed(&c->in, (size_t)got);
        for (there = true; there;) {
            enum error_class class = frame_reader_next(&c->in, &frame, &there, NULL);
            assert(class == ERROR_OK);
            if (there)
                take(c, &frame);
        }
    }
    child_begin_next(c);
}

void child_look(struct child *c)
{
    const struct slot *slot = c->handle != NULL ? c->handle->data : NULL;
    if (slot == NULL || !c->alive || !c->ready || c->reading || slot->number == c->seen)
        return;
    c->seen = slot->number;
    c->reading = true;
    world_at(&c->actor, world_between(5, 300), reads, NULL, c, 0);
}

static void gets_ready(void *arg, int64_t value)
{
    struct child *c = arg;
    (void)value;
    c->ready = true;
    child_say(c, &(struct frame){ .type = FRAME_READY }, (const char *[]){ "simulated" }, 1);
}

/* ---- birth and death ---- */

static void killed(void *arg, int64_t number)
{
    child_die(arg, 0, (int)number);
}

struct child *child_spawn(struct process *p, uv_process_t *handle, const uv_process_options_t *options)
{
    struct child *c = mem_zero(1, sizeof *c);
    *c = (struct child){ .next = children, .process = p, .handle = handle, .on_exit = options->exit_cb, .alive = true };
    c->fd = fcntl(options->stdio[3].data.fd, F_DUPFD_CLOEXEC, 3);
    enum error_class class = board_map(options->stdio[4].data.fd, &c->board, NULL);
    assert(c->fd >= 0 && class == ERROR_OK);
    frame_reader_init(&c->in);
    children = c;
    handle->pid = 1;
    if (world_fault(FAULT_SLOT, 10))
        world_at(&c->actor, world_between(100, 30000), killed, NULL, c, SIGSEGV);
    if (!world_fault(FAULT_SLOT, 3)) /* else: never */
        world_at(&c->actor, world_between(1000, 20000), gets_ready, NULL, c, 0);
    return c;
}

static void exit_told(struct child *c, int64_t status, int number)
{
    if (c->handle == NULL || c->told_exit)
        return;
    c->told_exit = true;
    c->on_exit(c->handle, status, number);
}

static void exits(void *arg, int64_t number)
{
    struct child *c = arg;
    process_enter(c->process);
    exit_told(c, number < 0 ? -number : 0, number < 0 ? 0 : (int)number);
    process_exit(c->process);
}

void child_die(struct child *c, int64_t status, int number)
{
    if (!c->alive)
        return;
    world_trace("slot of %s: ends, signal %d", c->process->name, number);
    c->alive = c->runs = false;
    actor_die(&c->actor);
    close(c->fd);
    c->board = board_unmap(c->board);
    if (c->handle == NULL || c->told_exit)
        return;
    uv_poll_readable((uv_handle_t *)c->handle, c->process);
    world_at(&c->process->actor, world_between(20, 3000), exits, NULL, c, number != 0 ? number : -status);
}

void child_signal(struct child *c, int number)
{
    if (number == SIGKILL)
        child_die(c, 0, SIGKILL);
    else if (number == SIGTERM && !c->runs)
        child_die(c, 0, 0);
    else if (number == SIGTERM)
        c->termed = true;
}

void child_bury(struct child *c)
{
    c->handle = NULL;
}

void child_crash_one(struct process *p)
{
    unsigned count = 0;
    for (struct child *c = children; c != NULL; c = c->next)
        count += c->alive && c->process == p && c->handle != NULL;
    unsigned one = count > 0 ? world_roll(count) : 0;
    for (struct child *c = children; c != NULL && count > 0; c = c->next)
        if (c->alive && c->process == p && c->handle != NULL && one-- == 0) {
            child_die(c, 0, SIGKILL);
            return;
        }
}

void child_stop_all(struct process *p, bool stop)
{
    for (struct child *c = children; c != NULL; c = c->next)
        if (c->alive && c->process == p && c->handle != NULL) {
            if (stop)
                actor_stop(&c->actor);
            else
                actor_go(&c->actor);
        }
}

void child_orphan_all(struct process *p)
{
    for (struct child *c = children; c != NULL; c = c->next) {
        if (c->process != p || c->handle == NULL)
            continue;
        exit_told(c, 0, SIGKILL);
        c->handle = NULL;
        if (c->alive) {
            actor_go(&c->actor);
            world_at(&c->actor, world_chance(800) ? 0 : world_between(0, 2000000), killed, NULL, c, SIGKILL);
        }
    }
}

void child_finish_all(void)
{
    for (struct child *c; (c = children) != NULL; free(c)) {
        children = c->next;
        c->handle = NULL;
        child_die(c, 0, SIGKILL);
        frame_reader_finish(&c->in);
        actor_finish(&c->actor);
    }
}
