/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.c - processes of the fleet: the real program inside, its clocks, its tick after whatever came in, and its
 * end, by itself or by kill -9. Somebody starts each again after a while.
 *
 * To take a killed one apart its own code is used: cut off from everything and told that all its calls have failed, it
 * closes what it holds. Nothing of that reaches the world.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "scheduler/scheduler_private.h"
#include "tests/sim/fakes.h"
#include "worker/worker_private.h"

enum { EPOCH_S = 1700000000, SETTLE_MAX = 1000 };

struct fleet fleet;
struct process *process_now;
static struct worker_config worker_configs[WORKERS_MAX];
static struct scheduler_config scheduler_configs[SCHEDULERS_MAX];

void process_enter(struct process *p)
{
    process_now = p;
    clock_set_virtual(world.now_us + p->skew_us, world.now_us + p->wall_us + (int64_t)EPOCH_S * 1000000);
}

void process_exit(struct process *p)
{
    if (!p->actor.ending) {
        (void)uv_prepare_run(p);
        uv_look_at_children(p);
        if (uv_all_closed(p))
            process_leave(p);
    }
    process_now = NULL;
}

struct process *process_start(bool scheduler, unsigned index)
{
    struct process *p = scheduler ? &fleet.schedulers[index] : &fleet.workers[index];
    int exit_code = 0;
    (void)snprintf(p->name, sizeof p->name, "%s%u", scheduler ? "scheduler" : "worker", index);
    p->index = index;
    p->alive = true;
    p->leaps = 0;
    if (p->skew_us == 0)
        p->skew_us = world_between(1, 1000000000);
    world_trace("%s starts", p->name);
    process_enter(p);
    if (scheduler) {
        scheduler_configs[index] = (struct scheduler_config){
            .name = p->name, .transport = "simulated", .database_url = "", .expire_ms = fleet.expire_ms
        };
        p->scheduler = scheduler_create(&scheduler_configs[index]);
    } else {
        worker_configs[index] = (struct worker_config){
            .name = p->name, .transport = "simulated", .database_url = "", .slots = fleet.slots, .drain_s = 2
        };
        p->worker = worker_create(&worker_configs[index], &exit_code);
    }
    if (p->bell_off)
        doorbell_cut(p, true);
    process_exit(p);
    return p;
}

static void starts_again(void *arg, int64_t scheduler)
{
    struct process *p = arg;
    if (!p->alive)
        (void)process_start(scheduler != 0, p->index);
}

void process_leave(struct process *p)
{
    bool scheduler = p->scheduler != NULL;
    p->actor.ending = true; /* what its calls' callbacks begin now leads nowhere */
    session_forget(p);
    if (scheduler)
        (void)scheduler_destroy(p->scheduler);
    else
        (void)worker_destroy(p->worker);
    p->scheduler = NULL;
    p->worker = NULL;
    doorbell_forget(p);
    uv_forget(p);
    actor_die(&p->actor);
    p->actor.ending = false;
    p->alive = false;
    world_trace("%s is gone", p->name);
    if (!world.broken)
        world_at(NULL, world_between(20000, world_chance(200) ? 8000000 : 1000000), starts_again, NULL, p, scheduler);
}

void process_kill(struct process *p)
{
    if (!p->alive)
        return;
    world_trace("%s is killed", p->name);
    actor_die(&p->actor);
    p->actor.ending = true;
    process_enter(p);
    if (p->worker != NULL)
        p->worker->state = WORKER_CLOSING;
    else
        p->scheduler->state = SCHEDULER_STOPPING;
    child_orphan_all(p);
    for (unsigned i = 0; !uv_all_closed(p) && i < SETTLE_MAX; i++) {
        if (p->scheduler != NULL)
            p->scheduler->stop_by_ms = 0;
        else if (i > 10)
            p->worker->open_handles = 0; /* it was closing already, and those answers are lost */
        if (p->worker != NULL || !p->scheduler->closing)
            (void)uv_prepare_run(p);
        while (actor_drain(&p->actor))
            ;
        uv_settle(p);
    }
    process_leave(p);
    process_now = NULL;
}

void process_pause(struct process *p, bool slots_too)
{
    if (!p->alive || p->actor.stopped)
        return;
    world_trace("%s is stopped%s", p->name, slots_too ? ", its slots too" : "");
    actor_stop(&p->actor);
    if (slots_too)
        child_stop_all(p, true);
}

void process_go(struct process *p)
{
    if (!p->alive || !p->actor.stopped)
        return;
    world_trace("%s goes on", p->name);
    actor_go(&p->actor);
    child_stop_all(p, false);
}
