/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_doorbell.c - transport.h for the simulated processes: the faulty hub of tests/support carries, and what arrives
 * waits as an event of its process, which may be stopped or gone by then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/sim/fakes.h"
#include "tests/support/transport_faulty.h"

enum { HUB_STEP_US = 5000 };

struct bell {
    struct transport base; /* first */
    struct transport *inner;
    struct process *process;
};

struct parcel {
    struct bell *bell;
    unsigned count;
    struct dispatch *jobs; /* texts owned */
    struct message message;
    char *text;
};

struct faulty_hub *doorbell_hub;
static struct transport *of_record;
static bool hub_planned;

static void hub_step(void *arg, int64_t value)
{
    (void)arg, (void)value;
    hub_planned = false;
    if (faulty_hub_step(doorbell_hub)) {
        hub_planned = true;
        world_at(NULL, HUB_STEP_US, hub_step, NULL, NULL, 0);
    }
}

static void hub_wake(void)
{
    if (!hub_planned)
        world_at(NULL, world_between(200, HUB_STEP_US), hub_step, NULL, NULL, 0);
    hub_planned = true;
}

static void parcel_free(void *arg, int64_t value)
{
    struct parcel *parcel = arg;
    (void)value;
    for (unsigned i = 0; i < parcel->count; i++) {
        free((char *)parcel->jobs[i].kind);
        free((char *)parcel->jobs[i].args);
    }
    free(parcel->jobs);
    free(parcel->text);
    free(parcel);
}

static void arrives(void *arg, int64_t value)
{
    struct parcel *parcel = arg;
    struct process *p = parcel->bell->process;
    const struct transport_handlers *to = &parcel->bell->base.handlers;
    process_enter(p);
    if (parcel->count > 0 && to->on_dispatch != NULL)
        to->on_dispatch(to->arg, parcel->jobs, parcel->count);
    else if (parcel->count == 0 && to->on_message != NULL)
        to->on_message(to->arg, &parcel->message);
    process_exit(p);
    parcel_free(parcel, value);
}

static void on_dispatch(void *arg, const struct dispatch *jobs, unsigned count)
{
    struct parcel *parcel = mem_zero(1, sizeof *parcel);
    parcel->bell = arg;
    parcel->jobs = mem_zero(count, sizeof *parcel->jobs);
    parcel->count = count;
    for (unsigned i = 0; i < count; i++) {
        parcel->jobs[i] = jobs[i];
        parcel->jobs[i].kind = mem_text(jobs[i].kind);
        parcel->jobs[i].args = jobs[i].args != NULL ? mem_text(jobs[i].args) : NULL;
        world_trace("bell: %s gets job %lld epoch %lld seq %lld", parcel->bell->process->name, (long long)jobs[i].id,
                    (long long)jobs[i].epoch, (long long)jobs[i].seq);
    }
    world_at(&parcel->bell->process->actor, world_between(10, 500), arrives, parcel_free, parcel, 0);
}

static void on_message(void *arg, const struct message *message)
{
    struct parcel *parcel = mem_zero(1, sizeof *parcel);
    parcel->bell = arg;
    parcel->message = *message;
    parcel->message.text = parcel->text = message->text != NULL ? mem_text(message->text) : NULL;
    world_at(&parcel->bell->process->actor, world_between(10, 500), arrives, parcel_free, parcel, 0);
}

/* ---- transport.h ---- */

static struct transport *inner_of(struct transport *t)
{
    return ((struct bell *)t)->inner;
}

static void bell_subscribe(struct transport *t, int64_t incarnation)
{
    inner_of(t)->ops->subscribe(inner_of(t), incarnation);
}

static void bell_follow(struct transport *t)
{
    inner_of(t)->ops->follow(inner_of(t));
}

static void bell_publish(struct transport *t, int64_t incarnation, const struct dispatch *jobs, unsigned count)
{
    if (((struct bell *)t)->process->actor.ending)
        return;
    inner_of(t)->ops->publish(inner_of(t), incarnation, jobs, count);
    hub_wake();
}

static void bell_send(struct transport *t, int64_t incarnation, const struct message *message)
{
    if (((struct bell *)t)->process->actor.ending)
        return;
    inner_of(t)->ops->send(inner_of(t), incarnation, message);
    hub_wake();
}

static void bell_forget(struct transport *t, int64_t incarnation)
{
    inner_of(t)->ops->forget(inner_of(t), incarnation);
}

struct closing {
    void (*on_closed)(void *arg);
    void *arg;
    struct process *process;
};

static void closing_drop(void *arg, int64_t value)
{
    (void)value;
    free(arg);
}

static void bell_closed(void *arg, int64_t value)
{
    struct closing closing = *(struct closing *)arg;
    closing_drop(arg, value);
    process_enter(closing.process);
    closing.on_closed(closing.arg);
    process_exit(closing.process);
}

static void bell_close(struct transport *t, void (*on_closed)(void *arg), void *arg)
{
    struct bell *bell = (struct bell *)t;
    bell->base.handlers = (struct transport_handlers){ 0 };
    transport_faulty_cut(bell->inner, true);
    if (on_closed == NULL)
        return;
    struct closing *closing = mem_alloc(sizeof *closing);
    *closing = (struct closing){ on_closed, arg, bell->process };
    world_at(&bell->process->actor, 0, bell_closed, closing_drop, closing, 0);
}

static bool bell_record_rings(struct transport *t, int64_t incarnation)
{
    (void)t, (void)incarnation;
    return fleet.record_rings;
}

static const struct transport_ops bell_ops = { .name = "simulated",
                                               .subscribe = bell_subscribe,
                                               .follow = bell_follow,
                                               .publish = bell_publish,
                                               .send = bell_send,
                                               .forget = bell_forget,
                                               .close = bell_close,
                                               .record_rings = bell_record_rings };

struct transport *transport_create(const struct transport_config *config, struct error *e)
{
    (void)e;
    struct bell *bell = mem_zero(1, sizeof *bell);
    struct transport_handlers handlers = { .arg = bell, .on_dispatch = on_dispatch, .on_message = on_message };
    bell->base = (struct transport){ .ops = &bell_ops, .handlers = config->handlers };
    bell->process = process_now;
    bell->inner = transport_faulty_create(doorbell_hub, &handlers);
    process_now->bell = bell;
    return &bell->base;
}

void transport_close(struct transport *t, void (*on_closed)(void *arg), void *arg)
{
    if (t != NULL)
        t->ops->close(t, on_closed, arg);
}

/* There is one carrier here, and everybody reads it. */
void transport_address(struct transport *t, int64_t incarnation, const char *carrier, const char *reads)
{
    (void)t, (void)incarnation, (void)carrier, (void)reads;
}

const char *transport_reads(struct transport *t)
{
    (void)t;
    return NULL;
}

const char *transport_name(const struct transport *t)
{
    return t->ops->name;
}

/* ---- the world's side ---- */

static void hears(void *arg, int64_t lane)
{
    struct process *p = arg;
    const struct transport_handlers *to = &p->bell->base.handlers;
    char payload[16] = "";
    if (lane > 0)
        (void)snprintf(payload, sizeof payload, "%d", (int)lane);
    process_enter(p);
    if (to->on_submit != NULL)
        to->on_submit(to->arg, payload);
    process_exit(p);
}

void doorbell_submitted(int32_t lane)
{
    for (unsigned i = 0; i < fleet.scheduler_count; i++) {
        struct process *p = &fleet.schedulers[i];
        if (p->alive && !p->cut_off && !world_fault(FAULT_DOORBELL, 100))
            world_at(&p->actor, world_between(50, 2000), hears, NULL, p, lane);
    }
}

void doorbell_cut(struct process *p, bool cut)
{
    p->bell_off = cut;
    if (p->alive && p->bell != NULL && p->bell->base.handlers.arg != NULL)
        transport_faulty_cut(p->bell->inner, cut);
}

void doorbell_ring(int64_t incarnation, const struct dispatch *jobs, unsigned count)
{
    of_record->ops->publish(of_record, incarnation, jobs, count);
    hub_wake();
}

void doorbell_forget(struct process *p)
{
    if (p->bell != NULL)
        p->bell->inner->ops->close(p->bell->inner, NULL, NULL);
    free(p->bell);
    p->bell = NULL;
}

void doorbell_start(void)
{
    bool bad = (world.faults & (1u << FAULT_DOORBELL)) != 0;
    struct faulty_settings settings = { .seed = world.seed,
                                        .lose_percent = bad ? world_roll(40) : 0,
                                        .double_percent = bad ? world_roll(40) : 0,
                                        .delay_max = bad ? world_roll(400) : 0 };
    doorbell_hub = faulty_hub_create(&settings);
    of_record = transport_faulty_create(doorbell_hub, &(struct transport_handlers){ 0 });
    hub_planned = false;
}

void doorbell_finish(void)
{
    of_record->ops->close(of_record, NULL, NULL);
    doorbell_hub = faulty_hub_destroy(doorbell_hub);
}
