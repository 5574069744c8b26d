/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/slots.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"
#include "worker/worker_private.h"

void slots_init(struct worker *w, unsigned count)
{
    w->pool = (struct slot_pool){ .slots = mem_zero(count, sizeof *w->pool.slots), .count = count };
    for (unsigned i = 0; i < count; i++) {
        struct slot *s = &w->pool.slots[i];
        s->worker = w;
        s->index = i;
        s->fd = s->output_fd = -1;
        task_list_init(&s->tasks);
    }
}

void slots_finish(struct worker *w)
{
    for (unsigned i = 0; i < w->pool.count; i++)
        assert(w->pool.slots[i].state == SLOT_OFF && w->pool.slots[i].tasks.first == NULL);
    free(w->pool.slots);
    w->pool = (struct slot_pool){ 0 };
}

bool slots_idle(const struct worker *w)
{
    for (unsigned i = 0; i < w->pool.count; i++)
        if (w->pool.slots[i].tasks.first != NULL)
            return false;
    return true;
}

static void slot_tick(struct slot *s, int64_t now_ms)
{
    bool wanted = s->worker->state == WORKER_REGISTERING || s->worker->state == WORKER_RUNNING;
    switch (s->state) {
    case SLOT_OFF:
        if (wanted && now_ms >= s->respawn_ms)
            slot_spawn(s, now_ms);
        break;
    case SLOT_STARTING:
        if (now_ms - s->born_ms > SLOT_START_MS)
            slot_broken(s, "it did not get ready");
        break;
    case SLOT_SERVING:
    case SLOT_ENDING:
        slot_stop_tick(s, now_ms);
        slot_recycle_tick(s, now_ms);
        break;
    }
    if (s->state == SLOT_STARTING || s->state == SLOT_SERVING)
        slot_write(s);
    if (s->state == SLOT_ENDING && s->exited && s->handles == 0)
        slot_reap(s, now_ms);
}

void slots_tick(struct worker *w, int64_t now_ms)
{
    for (unsigned i = 0; i < w->pool.count; i++)
        slot_tick(&w->pool.slots[i], now_ms);
}

void slots_kill_all(struct worker *w)
{
    for (unsigned i = 0; i < w->pool.count; i++) {
        struct slot *s = &w->pool.slots[i];
        if (s->state == SLOT_OFF || s->exited)
            continue;
        (void)uv_process_kill(&s->process, SIGKILL);
        s->killed = true;
        s->state = SLOT_ENDING;
    }
}
