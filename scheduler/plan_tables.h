/* SPDX-License-Identifier: Apache-2.0 */
/* plan_tables.h - what the plan keeps: tenants, queues, lanes, limits and workers. Private to the plan's files. */
#ifndef SCHEDULER_PLAN_TABLES_H
#define SCHEDULER_PLAN_TABLES_H

#include <stddef.h>

#include "scheduler/plan.h"

enum {
    PLAN_NAME_SIZE = 136,
    PLAN_KINDS_MAX = 256,
    PLAN_BARREN_MS = 100,
    PLAN_KNOCK_MS = 2000,
    PLAN_UNKNOWN_US = 50000,        /* what a job of a kind that was not measured yet is charged */
    PLAN_MEASURED_MAX = 64,         /* jobs of which a lane's mean is: what comes weighs the more, the fewer they are */
    PLAN_PRIOR = 2,                 /* jobs that the kind's mean counts for, until a lane has its own */
    PLAN_LAG_MS = 10000,            /* of every slot: how much whoever could not be served may catch up with */
    PLAN_NEIGHBOUR_MS = 10 * 60000, /* how long a tenant without work counts as being about */
};

/* What one of several that take turns has spent: slot time in us, divided by weight. */
struct turn {
    uint64_t spent;
    bool waits; /* it had something to give when it was looked at last */
};

struct tenant {
    char name[64];
    unsigned weight;
    int64_t seen_ms; /* when it had work last */
    struct turn turn;
    uint64_t clock; /* of its flows */
};

struct flow { /* a tenant's jobs in a queue */
    size_t tenant;
    char queue[64];
    struct turn turn;
    uint64_t clock; /* of its lanes */
};

struct lane {
    int32_t id;
    char name[PLAN_NAME_SIZE];
    size_t flow;
    int kind;   /* of plan->kinds; -1: not in the table */
    bool mixed; /* its row named no kind: `kind` is of the last batch */
    unsigned version, prefetch_max;
    int priority;
    char *tags; /* NULL: none */
    int32_t limits[LANE_LIMITS_MAX];
    unsigned available; /* not asked for yet */
    unsigned asked;     /* by dispatches under way */
    bool paused;
    bool hinted; /* available was raised by hints since it was counted: a look may have counted those jobs too */
    struct turn turn;
    unsigned mean_us, measured; /* of its own jobs, and of how many; measured 0: its kind's mean stands for it */
    uint64_t prepaid;           /* us that were charged before they ran, of slow jobs */
    int64_t counted_ms;         /* when its dispatches were counted last; 0: they were none */
    bool spent_out;             /* in this step: nobody could take more of it */
    bool held;                  /* ... because of a limit */
};

struct limit {
    struct limit_row row;
    unsigned asked;
    int64_t read_ms;
};

/* A lane as one worker knows it. */
struct pair {
    int32_t lane;
    unsigned out;            /* unfinished dispatches, as far as `done` can be attributed */
    unsigned asked;          /* > 0: a dispatch is under way */
    unsigned now;            /* of a dispatch that this step begins */
    bool hinted;             /* ... on a hint: to find nothing means nothing */
    int64_t barren_until_ms; /* the worker found nothing it knows */
    int64_t changed_ms;
};

enum worker_state { WORKER_ALIVE, WORKER_DECLARING, WORKER_DEAD, WORKER_TAKING, WORKER_EMPTY };

struct worker {
    enum worker_state state;
    int64_t incarnation, beat, seq, got, done;
    char name[PLAN_NAME_SIZE];
    char *kinds_text, *tags; /* as read last; tags NULL: none */
    unsigned *versions;      /* by index of plan->kinds, PLAN_KINDS_MAX of them; 0: does not know it */
    unsigned slots, asked;
    bool quiet, listed;
    uint64_t given;     /* turn in which it got something last */
    struct pair *pairs; /* sorted by lane */
    size_t pair_count, pair_capacity;
    struct batch *batches; /* the oldest first */
    size_t batch_count, batch_capacity;
    bool counted;      /* plan_slow() has told what is slow, so that what is not attributed is quick */
    unsigned slow;     /* unfinished dispatches that may hold a slot for long: of this step */
    uint64_t quick_us; /* ... and what the others take together */
    bool busy;         /* has enough of the quick ones for now */

    int64_t read_ms;   /* when the table was last read with it in */
    unsigned still_ms; /* how long the beat was seen to stand still */

    int64_t owed_seq, owed_ms, owed_beat; /* not received since then, when the beat was that; owed_seq 0: nothing */
    bool ringing;
};

struct kind_mean {
    char name[64];
    unsigned mean_us;
    bool unfetched; /* its schema forbids to prefetch it */
    bool counted;   /* plan_slow_kinds() has named it */
};

/* Quick jobs in the order in which the worker got them. */
struct batch {
    int32_t lane;
    unsigned count;
};

struct plan {
    struct plan_limits limits;
    struct lane *lanes; /* sorted by id */
    size_t lane_count, lane_capacity;
    struct tenant *tenants;
    size_t tenant_count, tenant_capacity;
    struct flow *flows;
    size_t flow_count, flow_capacity;
    struct limit *limit_rows; /* sorted by id */
    size_t limit_count, limit_capacity;
    struct worker *workers;
    size_t worker_count, worker_capacity;
    struct kind_mean kinds[PLAN_KINDS_MAX];
    unsigned kind_count, flights;
    uint64_t given;
    uint64_t clock; /* of the tenants */
    uint64_t ahead; /* in ns: who has spent so much more than somebody who waits lets him go first */
};

#endif
