/* SPDX-License-Identifier: Apache-2.0 */
/*
 * weather.c - what a run is like: how large the fleet is, which jobs come, what goes wrong and when, all from the
 * seed. After a while it gets calm, and everything that is broken is mended.
 */
#include <signal.h>

#include "tests/sim/fake_record.h"
#include "tests/support/transport_faulty.h"

enum { TICK_US = 100000, STORM_MIN_S = 8, STORM_MAX_S = 40, TARGET_JOBS_PERCENT = 50 };

/* ---- jobs ---- */

static void draw_job(struct job_plan *plan)
{
    *plan = (struct job_plan){ .target = world_roll(100) < TARGET_JOBS_PERCENT };
    plan->chunks = plan->target ? 1 + (int)world_roll(CHUNKS_MAX) : 0;
    plan->run_us = world_chance(800) ? world_between(100, 20000) : world_between(20000, 3500000);
    plan->whole = world_chance(100);
    for (unsigned i = 0; i < world_roll(3) && fleet.job_count > 0; i++)
        if (world_chance(500))
            plan->parents[plan->parent_count++] = 1 + world_roll((unsigned)fleet.job_count);
    if ((world.faults & (1u << FAULT_JOBS)) == 0)
        return;
    plan->fails = world_chance(200) ? 1 + (int)world_roll(3) : 0;
    plan->fatal = world_chance(300);
    plan->crashes = world_chance(100) ? 1 + (int)world_roll(3) : 0;
    plan->poison = world_chance(30) ? 1 + (int)world_roll(4) : 0;
    plan->hangs = world_chance(50);
}

static void submits(void *arg, int64_t value)
{
    const struct store_model *m = model_of(record_store());
    (void)arg, (void)value;
    if (record_up() && m->job_count + 1 < JOBS_MAX - 1) {
        struct job_plan plan;
        fleet.job_count = m->job_count;
        draw_job(&plan);
        fleet.jobs[m->job_count + 1] = plan;
        (void)record_submit(plan.target ? "migration" : "noop", plan.parents, plan.parent_count);
        fleet.to_submit--;
        doorbell_submitted(world_chance(300) ? 0 : plan.target ? 2 : 1);
    }
    if (fleet.to_submit > 0)
        world_at(NULL, world_chance(600) ? world_between(10, 2000) : world_between(2000, 1500000), submits, NULL, NULL,
                 0);
}

/* ---- people ---- */

/* Mostly a job that is under way: there it matters. */
static int64_t some_job(const struct store_model *m)
{
    int64_t from = world_roll((unsigned)m->job_count);
    for (int64_t i = 0; i < m->job_count && world_chance(950); i++) {
        int64_t id = 1 + (from + i) % m->job_count;
        if (m->jobs[id].live && m->jobs[id].state == JOB_DISPATCHED)
            return id;
    }
    return 1 + from;
}

static void people_do_something(void)
{
    int64_t count = model_of(record_store())->job_count;
    if (count == 0 || !record_up())
        return;
    int64_t id = some_job(model_of(record_store()));
    struct process *w = &fleet.workers[world_roll(fleet.worker_count)];
    switch (world_roll(8)) {
    case 0:
        record_pause(world_chance(500));
        break;
    case 1:
        if (w->alive && world_chance(200)) {
            world_trace("people: %s is told to leave", w->name);
            uv_signal_deliver(w, SIGTERM);
        }
        break;
    case 2:
        if (w->alive && world_chance(100))
            uv_signal_deliver(w, SIGTSTP);
        break;
    case 3:
    case 4:
        (void)record_retry(1 + world_roll((unsigned)count));
        doorbell_submitted(0);
        break;
    default:
        record_cancel(id);
        doorbell_submitted(0);
        break;
    }
}

/* ---- faults ---- */

static struct process *anybody(void)
{
    unsigned i = world_roll(fleet.worker_count + fleet.scheduler_count);
    return i < fleet.worker_count ? &fleet.workers[i] : &fleet.schedulers[i - fleet.worker_count];
}

static void goes_on(void *arg, int64_t value)
{
    (void)value;
    process_go(arg);
}

static void mends(void *arg, int64_t value)
{
    struct process *p = arg;
    (void)value;
    p->cut_off = false;
    if (p->bell_off)
        doorbell_cut(p, false);
}

static void cut(struct process *p)
{
    bool base = world_chance(600), bell = world_chance(500) || !base;
    world_trace("%s is cut off from%s%s", p->name, base ? " the record" : "", bell ? " the doorbell" : "");
    p->cut_off |= base;
    if (bell)
        doorbell_cut(p, true);
    if (base && world_chance(500)) /* else it is noticed by silence only */
        session_lose_all(p);
    world_at(NULL, world_between(100000, 12000000), mends, NULL, p, 0);
}

static void leap(struct process *p)
{
    if (world_chance(500)) {
        p->wall_us += world_between(-7200, 7200) * 1000000;
        world_trace("the wall clock of %s jumps", p->name);
    } else {
        int64_t by_us = world_between(1000000, 60000000);
        p->skew_us += by_us;
        p->leaps++;
        world_trace("the machine of %s has slept for %.1f s", p->name, (double)by_us / 1000000);
    }
}

static void target_back(void *arg, int64_t value)
{
    (void)arg, (void)value;
    fleet.target_up = true;
    world_trace("the target is there");
}

static void target_goes(void)
{
    if (!fleet.target_up)
        return;
    fleet.target_up = false;
    world_trace("the target can't be reached");
    world_at(NULL, world_between(100000, 10000000), target_back, NULL, NULL, 0);
}

static bool now(enum fault fault)
{
    return world_fault(fault, fleet.chances[fault]);
}

/* Often about as long as it takes until its worker is declared dead. */
static int64_t pause_us(void)
{
    int64_t expire_us = (int64_t)(fleet.expire_ms > 0 ? fleet.expire_ms : 6000) * 1000;
    if (world_chance(400))
        return world_between(expire_us - 500000, expire_us + 2500000);
    return world_between(100000, world_chance(500) ? 2000000 : 15000000);
}

static void blows(void *arg, int64_t value)
{
    (void)arg, (void)value;
    session_reap_idle();
    if (now(FAULT_CRASH))
        process_kill(anybody());
    if (now(FAULT_SLOT))
        child_crash_one(&fleet.workers[world_roll(fleet.worker_count)]);
    if (now(FAULT_PAUSE)) {
        struct process *p = anybody();
        if (p->alive && !p->actor.stopped) {
            process_pause(p, world_chance(500));
            world_at(NULL, pause_us(), goes_on, NULL, p, 0);
        }
    }
    if (now(FAULT_PARTITION))
        cut(anybody());
    if (world_fault(FAULT_RECORD, fleet.chances[FAULT_RECORD] / 4))
        record_restart(world_between(50000, 3000000));
    if (now(FAULT_RECORD))
        session_lose_all(anybody());
    if (now(FAULT_FLUSH)) {
        world_trace("the doorbell is flushed");
        faulty_hub_flush(doorbell_hub);
    }
    if (now(FAULT_CLOCK))
        leap(anybody());
    if (world_fault(FAULT_TARGET, fleet.chances[FAULT_TARGET] / 2))
        target_goes();
    if (now(FAULT_PEOPLE))
        people_do_something();
    world_at(NULL, TICK_US, blows, NULL, NULL, 0);
}

/* ---- a run ---- */

static void calms(void *arg, int64_t value)
{
    (void)arg, (void)value;
    weather_calm();
}

void weather_calm(void)
{
    world_trace("it gets calm");
    world.calm = true;
    faulty_hub_settings(doorbell_hub, &(struct faulty_settings){ 0 });
    fleet.target_up = true;
    record_pause(false);
    for (unsigned i = 0; i < fleet.worker_count + fleet.scheduler_count; i++) {
        struct process *p = i < fleet.worker_count ? &fleet.workers[i] : &fleet.schedulers[i - fleet.worker_count];
        process_go(p);
        mends(p, 0);
    }
}

/* Whoever was told to take no more leaves in the end, as an operator would see to it. */
static void quiet_ones_leave(void *arg, int64_t value)
{
    struct store_model *m = model_of(record_store());
    (void)arg, (void)value;
    for (int64_t i = 1; i <= m->worker_count; i++)
        if (m->workers[i].quiet && !m->workers[i].dead)
            record_worker_flag(i, true, true);
    world_at(NULL, 2000000, quiet_ones_leave, NULL, NULL, 0);
}

void weather_start(void)
{
    fleet = (struct fleet){ .worker_count = 1 + world_roll(WORKERS_MAX),
                            .scheduler_count = 1 + world_roll(SCHEDULERS_MAX),
                            .slots = 1 + world_roll(3),
                            .expire_ms = world_chance(500) ? 2000 : 0,
                            .target_up = true,
                            .record_rings = world_chance(300),
                            .to_submit = 4 + world_roll(40) };
    for (unsigned i = 0; i < FAULTS; i++)
        fleet.chances[i] = world_chance(300) ? world_roll(100) : world_roll(25);
    doorbell_start();
    record_start();
    promise_start();
    for (unsigned i = 0; i < fleet.scheduler_count; i++)
        (void)process_start(true, i);
    for (unsigned i = 0; i < fleet.worker_count; i++)
        (void)process_start(false, i);
    world_at(NULL, world_between(0, 1000000), submits, NULL, NULL, 0);
    world_at(NULL, TICK_US, blows, NULL, NULL, 0);
    world_at(NULL, 2000000, quiet_ones_leave, NULL, NULL, 0);
    world_at(NULL, world_between(STORM_MIN_S, STORM_MAX_S) * 1000000, calms, NULL, NULL, 0);
}
