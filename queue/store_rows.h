/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_rows.h - what a scheduler reads from the record: lanes, limits, costs, workers. Texts are valid during the
 * callback.
 */
#ifndef QUEUE_STORE_ROWS_H
#define QUEUE_STORE_ROWS_H

#include <stdbool.h>
#include <stdint.h>

/* A lane is queue x tenant x kind x target x tags, so that everything in it may go to the same workers and is held back
 * by the same limits. kind NULL: it may hold any (a record of an earlier program). */
enum { LANE_LIMITS_MAX = 4 }; /* of its queue, its tenant, its kind, its target */
struct lane_row {
    int32_t lane;
    const char *queue, *tenant, *kind;
    const char *tags;                /* "eu,gpu": what a worker must have; NULL or "": nothing */
    int32_t available;               /* counted up to 5,000 */
    int32_t weight;                  /* of the tenant; 0: 1 */
    int32_t priority;                /* of its first job */
    int32_t version;                 /* of the kind */
    int32_t prefetch_max;            /* of the kind */
    int32_t limits[LANE_LIMITS_MAX]; /* ids of what holds for it; 0: none */
    bool paused;                     /* or outside its queue's windows */
};
struct limit_row {                    /* how much of a limit is left */
    int32_t id, running_max, running; /* running_max -1: any number */
    double rate_per_s, burst, tokens; /* rate_per_s 0: at any rate */
};
struct slow_row { /* what is dispatched of a lane to a worker */
    int64_t worker;
    int32_t lane, count;
};
struct cost_row { /* what jobs of a lane took of late */
    int32_t lane, jobs;
    int64_t mean_us;
};
struct worker_row {
    int64_t incarnation, beat, seq, got, done;
    const char *name, *kinds /* JSON {"noop":1} */, *transport;
    const char *mean_us; /* JSON {"noop":12}: progress->'mean_us' of its last beat; NULL: nothing measured yet */
    const char *tags;    /* "eu,gpu" */
    const char *reads;   /* JSON ["redis"]: the carriers that its last beat named; NULL: it named none */
    int32_t slots;
    bool quiet;
};

#endif
