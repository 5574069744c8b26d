/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.h - decides: which lane's jobs go to which worker, who is dead, what is rung again.
 *
 * Pure: no I/O, no clock, no randomness. What was read from the record and heard over the doorbell goes in, the time
 * is an argument, plan_step() gives actions out; the same inputs give the same actions. Owned by the scheduler's loop,
 * or by a test.
 *
 * Credit: unfinished dispatches of a worker are at most slots + prefetch. Prefetch is what its slots finish in about
 * prefetch_ms by the measured mean of the kinds a lane last gave; none for kinds that are slow or not measured yet, so
 * what takes long never waits behind a slot while another is free. Lanes take turns (deficit round robin, a job costs
 * 1).
 *
 * Death compares no clocks: a beat that stood still over reads of the table that succeeded, added up to expire_ms of
 * the reader's own time. A read vouches for trust_ms at most, so a scheduler that was itself stopped declares nobody
 * dead.
 */
#ifndef SCHEDULER_PLAN_H
#define SCHEDULER_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "queue/store.h"

struct plan;

struct plan_limits {
    unsigned batch_max;  /* jobs a dispatch statement takes */
    unsigned flight_max; /* dispatch statements under way; never two for the same lane and worker */
    unsigned prefetch_ms, prefetch_max, slow_ms;
    unsigned expire_ms, trust_ms;
    unsigned ring_ms;    /* what was not received for so long, by a worker that beats, is rung again */
    unsigned take_batch; /* jobs taken back from a dead worker in one statement */
};
extern const struct plan_limits plan_limits_default;

struct plan_action {
    enum plan_action_type {
        PLAN_DISPATCH,  /* count of lane to worker; answer with plan_dispatched() */
        PLAN_DEAD,      /* declare worker dead if its beat still is `beat`; answer with plan_declared() */
        PLAN_TAKE_BACK, /* jobs of the dead worker, at most count; answer with plan_taken_back() */
        PLAN_FORGET,    /* nothing of the dead worker is left: its place on the transport may go */
        PLAN_RING,      /* what worker has not received up to seq; answer with plan_rung() */
    } type;
    int32_t lane;
    int64_t worker, beat, seq;
    unsigned count;
};

struct plan *plan_create(const struct plan_limits *limits);
struct plan *plan_destroy(struct plan *plan); /* NULL is fine; returns NULL */

/* What was read. Lanes that are not listed have nothing available, workers that are not listed are gone. */
void plan_lanes(struct plan *plan, const struct lane_row *rows, unsigned count);
void plan_workers(struct plan *plan, const struct worker_row *rows, unsigned count, int64_t now_ms);
void plan_orphan(struct plan *plan, int64_t worker); /* dead in the record, and jobs are still dispatched to it */

/* What was heard. mean_us: JSON {"noop":12} or NULL, from outside: anything else in it is ignored. */
void plan_done(struct plan *plan, int64_t worker, int64_t done, const char *mean_us);
/* A job more in this lane, says a submit; false: the lane is not known or paused, so look. */
bool plan_hint(struct plan *plan, int32_t lane);

/* Answers to actions; ok false: it failed, and nothing is known. */
void plan_dispatched(struct plan *plan, int32_t lane, int64_t worker, unsigned asked, const struct dispatch *jobs,
                     unsigned count, int64_t now_ms);
void plan_dispatch_failed(struct plan *plan, int32_t lane, int64_t worker, unsigned asked);
void plan_declared(struct plan *plan, int64_t worker, bool ok, bool dead);
void plan_taken_back(struct plan *plan, int64_t worker, bool ok, unsigned count);
void plan_rung(struct plan *plan, int64_t worker);

/* Writes up to max actions, all of which are taken as begun. Call again after each input. */
unsigned plan_step(struct plan *plan, int64_t now_ms, struct plan_action *ret_actions, unsigned max);

/* Known to wait in lanes that are not paused, and not asked for yet. */
unsigned plan_available(const struct plan *plan);
bool plan_has_credit(const struct plan *plan);    /* some worker could take a job */

/* "default/a" and "w1" for logs and traces; valid until the next input. */
const char *plan_lane_name(const struct plan *plan, int32_t lane);
const char *plan_worker_name(const struct plan *plan, int64_t worker);

#endif
