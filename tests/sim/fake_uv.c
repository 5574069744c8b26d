/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_uv.c - libuv as scheduler/ and worker/ use it, on the world's time. Defined here, these functions come before
 * the library's own. What a handle is to us hangs on its `u`; callbacks run only from events of its process.
 *
 * A function that is missing here is libuv's real one, on a loop that was never made: add it.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/sim/fakes.h"

struct handle {
    struct handle *next;
    struct process *process;
    uv_handle_t *uv;
    enum { HANDLE_TIMER, HANDLE_PREPARE, HANDLE_SIGNAL, HANDLE_POLL, HANDLE_CHILD } type;
    bool closing, closed;
    uv_close_cb on_close;
    uv_timer_cb on_timer;
    uv_prepare_cb on_prepare;
    uv_signal_cb on_signal;
    uv_poll_cb on_poll;
    struct child *child;
    int64_t turn; /* of a timer: an older one's event means nothing */
    int64_t every_us;
    int number;
};

static struct handle *handle_of(const void *uv)
{
    struct handle *handle = ((const uv_handle_t *)uv)->u.reserved[3];
    assert(handle != NULL && handle->uv == uv);
    return handle;
}

static struct handle *handle_make(uv_loop_t *loop, void *uv, int type)
{
    struct handle *handle = mem_zero(1, sizeof *handle);
    struct process *p = loop->data;
    *handle = (struct handle){ .next = p->handles, .process = p, .uv = uv };
    handle->type = type;
    ((uv_handle_t *)uv)->loop = loop;
    ((uv_handle_t *)uv)->u.reserved[3] = handle;
    p->handles = handle;
    return handle;
}

int uv_loop_init(uv_loop_t *loop)
{
    loop->data = process_now;
    return 0;
}

int uv_loop_close(uv_loop_t *loop)
{
    (void)loop;
    return 0;
}

int uv_run(uv_loop_t *loop, uv_run_mode mode)
{
    (void)loop, (void)mode;
    assert(false); /* the world is the loop */
    return 0;
}

/* ---- closing ---- */

static void closed(void *arg, int64_t value)
{
    struct handle *handle = arg;
    struct process *p = handle->process;
    (void)value;
    if (handle->closed)
        return;
    process_enter(p);
    handle->closed = true;
    if (handle->child != NULL)
        child_bury(handle->child);
    handle->child = NULL;
    if (handle->on_close != NULL)
        handle->on_close(handle->uv);
    process_exit(p);
}

void uv_close(uv_handle_t *uv, uv_close_cb on_close)
{
    struct handle *handle = handle_of(uv);
    assert(!handle->closing);
    handle->closing = true;
    handle->on_close = on_close;
    world_at(&handle->process->actor, 0, closed, NULL, handle, 0);
}

int uv_is_closing(const uv_handle_t *uv)
{
    return handle_of(uv)->closing;
}

bool uv_all_closed(const struct process *p)
{
    for (const struct handle *handle = p->handles; handle != NULL; handle = handle->next)
        if (!handle->closed)
            return false;
    return true;
}

void uv_settle(struct process *p)
{
    for (struct handle *handle = p->handles; handle != NULL; handle = handle->next)
        if (handle->closing && !handle->closed)
            closed(handle, 0);
}

void uv_look_at_children(struct process *p)
{
    for (struct handle *handle = p->handles; handle != NULL; handle = handle->next)
        if (handle->child != NULL)
            child_look(handle->child);
}

void uv_forget(struct process *p)
{
    for (struct handle *handle; (handle = p->handles) != NULL; free(handle))
        p->handles = handle->next;
}

/* ---- timers ---- */

int uv_timer_init(uv_loop_t *loop, uv_timer_t *timer)
{
    (void)handle_make(loop, timer, HANDLE_TIMER);
    return 0;
}

static void on_time(void *arg, int64_t turn)
{
    struct handle *handle = arg;
    if (handle->closing || handle->turn != turn)
        return; /* stopped or started anew since */
    struct process *p = handle->process;
    process_enter(p);
    if (handle->every_us > 0)
        world_at(&p->actor, handle->every_us, on_time, NULL, handle, handle->turn);
    handle->on_timer((uv_timer_t *)handle->uv);
    process_exit(p);
}

int uv_timer_start(uv_timer_t *timer, uv_timer_cb callback, uint64_t timeout, uint64_t repeat)
{
    struct handle *handle = handle_of(timer);
    handle->on_timer = callback;
    handle->every_us = (int64_t)repeat * 1000;
    world_at(&handle->process->actor, (int64_t)timeout * 1000, on_time, NULL, handle, ++handle->turn);
    return 0;
}

int uv_timer_stop(uv_timer_t *timer)
{
    handle_of(timer)->turn++;
    return 0;
}

/* ---- prepare and signals ---- */

int uv_prepare_init(uv_loop_t *loop, uv_prepare_t *prepare)
{
    (void)handle_make(loop, prepare, HANDLE_PREPARE);
    return 0;
}

int uv_prepare_start(uv_prepare_t *prepare, uv_prepare_cb callback)
{
    handle_of(prepare)->on_prepare = callback;
    return 0;
}

bool uv_prepare_run(struct process *p)
{
    for (struct handle *handle = p->handles; handle != NULL; handle = handle->next)
        if (handle->type == HANDLE_PREPARE && !handle->closing && handle->on_prepare != NULL) {
            handle->on_prepare((uv_prepare_t *)handle->uv);
            return true;
        }
    return false;
}

int uv_signal_init(uv_loop_t *loop, uv_signal_t *signal)
{
    (void)handle_make(loop, signal, HANDLE_SIGNAL);
    return 0;
}

int uv_signal_start(uv_signal_t *signal, uv_signal_cb callback, int number)
{
    struct handle *handle = handle_of(signal);
    handle->on_signal = callback;
    handle->number = number;
    return 0;
}

static void on_signal(void *arg, int64_t number)
{
    struct process *p = arg;
    process_enter(p);
    for (struct handle *handle = p->handles; handle != NULL; handle = handle->next)
        if (handle->type == HANDLE_SIGNAL && !handle->closing && handle->number == number) {
            handle->on_signal((uv_signal_t *)handle->uv, (int)number);
            break;
        }
    process_exit(p);
}

void uv_signal_deliver(struct process *p, int number)
{
    world_at(&p->actor, 0, on_signal, NULL, p, number);
}

/* ---- sockets of slots ---- */

int uv_poll_init(uv_loop_t *loop, uv_poll_t *poll, int fd)
{
    handle_make(loop, poll, HANDLE_POLL)->number = fd;
    return 0;
}

static void on_ready(void *arg, int64_t events)
{
    struct handle *handle = arg;
    if (handle->closing || handle->on_poll == NULL)
        return;
    process_enter(handle->process);
    handle->on_poll((uv_poll_t *)handle->uv, 0, (int)events);
    process_exit(handle->process);
}

int uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb callback)
{
    struct handle *handle = handle_of(poll);
    handle->on_poll = poll->poll_cb = callback;
    if (events & UV_WRITABLE) /* a slot's socket is never full for long */
        world_at(&handle->process->actor, 1000, on_ready, NULL, handle, UV_WRITABLE);
    return 0;
}

int uv_poll_stop(uv_poll_t *poll)
{
    handle_of(poll)->on_poll = NULL;
    return 0;
}

/* The slot behind this process handle has written, or is gone: its poll is the handle made right after it. */
void uv_poll_readable(uv_handle_t *process_handle, struct process *p)
{
    for (struct handle *handle = p->handles; handle != NULL; handle = handle->next)
        if (handle->type == HANDLE_POLL && !handle->closing && handle->uv->data == process_handle->data) {
            world_at(&p->actor, world_between(5, 200), on_ready, NULL, handle, UV_READABLE);
            return;
        }
}

/* ---- child processes ---- */

int uv_spawn(uv_loop_t *loop, uv_process_t *process, const uv_process_options_t *options)
{
    struct process *p = loop->data;
    struct handle *handle = handle_make(loop, process, HANDLE_CHILD);
    if (p->actor.ending || world_fault(FAULT_SLOT, 10))
        return UV_ENOMEM;
    handle->child = child_spawn(p, process, options);
    return 0;
}

int uv_process_kill(uv_process_t *process, int number)
{
    struct handle *handle = handle_of(process);
    if (handle->child == NULL || !child_alive(handle->child))
        return UV_ESRCH;
    child_signal(handle->child, number);
    return 0;
}
