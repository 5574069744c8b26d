/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_fleet.h - a fleet imitated in memory, on virtual time, for long runs of the plan: lanes with a backlog, workers
 * that run what they are given in order of arrival, a record that is strict about limits. One fleet at a time.
 *
 * Kinds and what a job takes, unless a test sets its lane's us: tiny 100 us, short 5 ms, half 0.5 s, long 4 s, hours
 * 2 h. Lane i has the id i + 1.
 */
#ifndef TESTS_SUPPORT_PLAN_FLEET_H
#define TESTS_SUPPORT_PLAN_FLEET_H

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/plan.h"

enum { FLEET_WORKERS = 6, FLEET_SLOTS = 16, FLEET_HELD = 4096, FLEET_LANES = 16, FLEET_LIMITS = 4 };

struct held { /* a job at a worker */
    int lane;
    int64_t us; /* left to run */
};
struct fake_worker {
    struct held running[FLEET_SLOTS]; /* us 0: free */
    struct held held[FLEET_HELD];     /* wait, in order of arrival; a ring */
    unsigned first, count, slots;
    int64_t seq, done, beat;
    const char *kinds, *tags;
};
struct fake_lane {
    const char *tenant, *kind, *tags;
    int64_t us;
    unsigned weight, backlog, running;
    bool endless; /* the backlog */
    int limit;
    int64_t got_us;    /* slot time */
    int64_t served_ms; /* when it was dispatched from last, or had nothing */
    int64_t waited_ms; /* the longest wait */
};
struct fake_limit {
    int running_max, running; /* -1: any number */
    double rate, burst, tokens, spent;
};

extern struct plan *fleet_plan;
extern struct fake_worker fleet_workers[FLEET_WORKERS];
extern struct fake_lane fleet_lanes[FLEET_LANES];
extern struct fake_limit fleet_limits[FLEET_LIMITS]; /* by id; 0 is none */
extern unsigned fleet_worker_count, fleet_lane_count;
extern int64_t fleet_ms; /* now */
extern uint64_t fleet_seed;

unsigned fleet_random(unsigned n);                /* below n, from the seed */
void fleet_begin(unsigned count, unsigned slots); /* workers, and slots of each */
int fleet_end(void **state);                      /* for cmocka */
/* A lane with an endless backlog. */
struct fake_lane *fleet_lane(const char *tenant, const char *kind, unsigned weight);
void fleet_read_workers(void);
void fleet_tick(void); /* asserts that no limit is exceeded, and that workers get what they can run */
void fleet_run(int64_t ms);

#endif
