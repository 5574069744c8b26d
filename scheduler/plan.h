/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.h - decides: which lane's jobs go to which worker, who is dead, what is rung again.
 *
 * Pure: no I/O, no clock, no randomness. What was read from the record and heard over the doorbell goes in, the time
 * is an argument, plan_step() gives actions out; the same inputs give the same actions. Owned by the scheduler's loop,
 * or by a test.
 *
 * Credit: what a worker has been given and has not ended is at most what its slots hold and what they finish in about
 * prefetch_ms, by the measured mean of each lane, or of its kind while the lane has none. What is slow, not measured
 * yet, or of a kind that forbids it is not prefetched: it gets slots, and nothing waits behind a slot while another is
 * free.
 *
 * Turns go by what was spent, in slot time: first between tenants (by weight), then between a tenant's queues, then
 * between the lanes of a queue, of which those with the most urgent first job come first. plan_share.c says how.
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
    unsigned spare; /* with several tenants about, one's slow jobs leave a worker 1/spare of its slots; 0: none */
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

/* What was read. Lanes that are not listed have nothing available, workers that are not listed are gone, limits that
 * are not listed hold nobody back. */
void plan_lanes(struct plan *plan, const struct lane_row *rows, unsigned count);
void plan_limit_rows(struct plan *plan, const struct limit_row *rows, unsigned count, int64_t now_ms);
void plan_workers(struct plan *plan, const struct worker_row *rows, unsigned count, int64_t now_ms);
void plan_orphan(struct plan *plan, int64_t worker); /* dead in the record, and jobs are still dispatched to it */
/* What ended of late: a lane's jobs may cost more or less than those of its kind elsewhere. */
void plan_costs(struct plan *plan, const struct cost_row *rows, unsigned count);
/* Exactly what is dispatched of the kinds that plan_slow_kinds() named when it was asked for. */
void plan_slow(struct plan *plan, const struct slow_row *rows, unsigned count, int64_t now_ms);

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

/* Known to wait in lanes that are not paused and not held back by a limit, and not asked for yet. */
unsigned plan_available(const struct plan *plan, int64_t now_ms);
bool plan_has_credit(const struct plan *plan); /* some worker could take a job */
/* A limit holds a lane up: read them as soon as jobs have ended. */
bool plan_is_held(const struct plan *plan, int64_t now_ms);
bool plan_is_limited(const struct plan *plan); /* some lane with work has limits: read them with each look */
/* ms until a rate lets the next job of a waiting lane go; max_ms: none before. */
int64_t plan_rate_wait_ms(const struct plan *plan, int64_t now_ms, int64_t max_ms);
/* Kinds whose jobs hold slots for long, and of which some are out: what is dispatched of them is to be counted. Up to
 * max names, which stay valid; those are counted from now on. */
unsigned plan_slow_kinds(struct plan *plan, const char **ret_names, unsigned max);

/* "default/a" and "w1" for logs and traces; valid until the next input. */
const char *plan_lane_name(const struct plan *plan, int32_t lane);
const char *plan_worker_name(const struct plan *plan, int64_t worker);
uint64_t plan_spent_us(const struct plan *plan, const char *tenant); /* slot time charged, by weight; for tests */

#endif
