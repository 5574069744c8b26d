/* SPDX-License-Identifier: Apache-2.0 */
/*
 * act.c - carries the plan's actions out: one call of the record each; what it answers goes back into the plan, and
 * over the doorbell.
 *
 * A dispatch rings only after its commit, or by it: where PostgreSQL carries, the record notifies in the same
 * transaction. When the answer is lost the jobs may have been dispatched all the same: nothing is assumed, the worker's
 * `got` will lag behind and they are rung again.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "scheduler/scheduler_private.h"

struct act {
    struct scheduler *s;
    struct plan_action action;
    bool rung; /* by the record */
};

static struct scheduler *act_end(struct act *act, struct plan_action *ret_action)
{
    struct scheduler *s = act->s;
    *ret_action = act->action;
    free(act);
    s->calls--;
    return s;
}

static void on_dispatched(void *arg, const struct dispatch *jobs, unsigned count, const struct error *e)
{
    struct plan_action action;
    bool rung = ((struct act *)arg)->rung;
    struct scheduler *s = act_end(arg, &action);
    if (e) {
        plan_dispatch_failed(s->plan, action.lane, action.worker, action.count);
        complain(s, "dispatch failed", e);
        return;
    }
    if (count > 0 && !rung)
        s->transport->ops->publish(s->transport, action.worker, jobs, count);
    plan_dispatched(s->plan, action.lane, action.worker, action.count, jobs, count, clock_monotonic_ms());
    bool more = count == action.count && (count == 0 || !jobs[count - 1].alone);
    pulse_moved(&s->pulse, count, more && plan_available(s->plan, clock_monotonic_ms()) == 0);
    s->dispatched += count;
    turns_note(&s->turns, count, clock_monotonic_ms());
    if (log_enabled(LOG_DEBUG))
        log_event(LOG_DEBUG, "dispatched", LOG_T("lane", plan_lane_name(s->plan, action.lane)),
                  LOG_T("worker", plan_worker_name(s->plan, action.worker)), LOG_I("incarnation", action.worker),
                  LOG_I("count", count));
}

static void on_declared(void *arg, int64_t count, const struct error *e)
{
    struct plan_action action;
    struct scheduler *s = act_end(arg, &action);
    if (e)
        complain(s, "declaring a worker dead failed", e);
    if (!e && count == 1) {
        s->deaths++;
        log_event(LOG_WARN, "worker is dead: its beat stood still",
                  LOG_T("worker", plan_worker_name(s->plan, action.worker)), LOG_I("incarnation", action.worker));
    }
    plan_declared(s->plan, action.worker, !e, count == 1);
}

static void on_taken_back(void *arg, int64_t count, const struct error *e)
{
    struct plan_action action;
    struct scheduler *s = act_end(arg, &action);
    if (e)
        complain(s, "taking jobs back failed", e);
    else if (count > 0)
        log_event(LOG_INFO, "took jobs back from a dead worker", LOG_I("incarnation", action.worker),
                  LOG_I("count", count));
    s->taken_back += (uint64_t)count;
    plan_taken_back(s->plan, action.worker, !e, (unsigned)count);
    pulse_wake(&s->pulse);
}

/* Rows with id 0 are seqs that nothing belongs to any more: the worker must not wait for them. */
static void ring(struct scheduler *s, int64_t worker, const struct dispatch *jobs, unsigned count)
{
    for (unsigned i = 0, from = 0; i <= count; i++) {
        if (i < count && jobs[i].id != 0)
            continue;
        if (i > from)
            s->transport->ops->publish(s->transport, worker, jobs + from, i - from);
        if (i < count) {
            struct message message = { .type = MESSAGE_VOID, .incarnation = worker, .seq = jobs[i].seq };
            s->transport->ops->send(s->transport, worker, &message);
        }
        from = i + 1;
    }
}

static void on_unreceived(void *arg, const struct dispatch *jobs, unsigned count, const struct error *e)
{
    struct plan_action action;
    struct scheduler *s = act_end(arg, &action);
    plan_rung(s->plan, action.worker);
    if (e) {
        complain(s, "looking for what was not received failed", e);
        return;
    }
    ring(s, action.worker, jobs, count);
    s->rung += count;
    log_event(LOG_INFO, "rang again what was not received", LOG_I("incarnation", action.worker), LOG_I("count", count));
}

static void dispatch(struct act *act)
{
    const struct plan_action *a = &act->action;
    const struct store_ops *store = act->s->store->ops;
    const struct transport_ops *transport = act->s->transport->ops;
    act->rung =
        store->dispatch_ring && transport->record_rings && transport->record_rings(act->s->transport, a->worker);
    (act->rung ? store->dispatch_ring : store->dispatch)(act->s->store, a->lane, a->count, a->worker, on_dispatched,
                                                         act);
}

void act_on(struct scheduler *s, const struct plan_action *action)
{
    if (action->type == PLAN_FORGET) {
        s->transport->ops->forget(s->transport, action->worker);
        return;
    }
    struct act *act = mem_zero(1, sizeof *act);
    *act = (struct act){ .s = s, .action = *action };
    s->calls++;
    switch (action->type) {
    case PLAN_DISPATCH:
        dispatch(act);
        break;
    case PLAN_DEAD:
        s->store->ops->worker_dead(s->store, action->worker, action->beat, on_declared, act);
        break;
    case PLAN_TAKE_BACK:
        s->store->ops->expire(s->store, action->worker, action->count, on_taken_back, act);
        break;
    case PLAN_RING:
        s->store->ops->unreceived(s->store, action->worker, action->seq, on_unreceived, act);
        break;
    case PLAN_FORGET:
        break;
    }
}
