/* SPDX-License-Identifier: Apache-2.0 */
/* plan_private.h - what plan.c (lanes and credit) and plan_worker.c (life and death) share. */
#ifndef SCHEDULER_PLAN_PRIVATE_H
#define SCHEDULER_PLAN_PRIVATE_H

#include <stddef.h>

#include "scheduler/plan.h"

enum { PLAN_NAME_SIZE = 136, PLAN_KINDS_MAX = 64, PLAN_BARREN_MS = 100, PLAN_KNOCK_MS = 2000 };

struct lane {
    int32_t id;
    char name[PLAN_NAME_SIZE];
    unsigned available; /* not asked for yet */
    unsigned asked;     /* by dispatches under way */
    unsigned deficit;
    bool paused;
    bool hinted; /* available was raised by hints since it was counted: a look may have counted those jobs too */
    uint64_t kinds; /* in its last batch: bits of plan->kinds */
    bool strange;   /* ... and one that is not in the table */
};

/* A lane as one worker knows it. */
struct pair {
    int32_t lane;
    unsigned out;   /* unfinished dispatches, as far as `done` can be attributed */
    unsigned asked; /* > 0: a dispatch is under way */
    bool hinted;    /* ... on a hint: to find nothing means nothing */
    int64_t barren_until_ms; /* the worker found nothing it knows */
    int64_t changed_ms;
};

enum worker_state { WORKER_ALIVE, WORKER_DECLARING, WORKER_DEAD, WORKER_TAKING, WORKER_EMPTY };

struct worker {
    enum worker_state state;
    int64_t incarnation, beat, seq, got, done;
    char name[PLAN_NAME_SIZE];
    unsigned slots, asked;
    bool quiet, listed;
    uint64_t given; /* turn in which it got something last */
    struct pair *pairs;
    size_t pair_count, pair_capacity;

    int64_t read_ms;  /* when the table was last read with it in */
    unsigned still_ms; /* how long the beat was seen to stand still */

    int64_t owed_seq, owed_ms, owed_beat; /* not received since then, when the beat was that; owed_seq 0: nothing */
    bool ringing;
};

struct kind_mean {
    char name[64];
    unsigned mean_us;
};

struct plan {
    struct plan_limits limits;
    struct lane *lanes;
    size_t lane_count, lane_capacity, turn; /* turn: index of the lane whose turn it is */
    struct worker *workers;
    size_t worker_count, worker_capacity;
    struct kind_mean kinds[PLAN_KINDS_MAX];
    unsigned kind_count, flights;
    uint64_t given;
};

struct worker *plan_worker_find(const struct plan *plan, int64_t incarnation);
struct lane *plan_lane_find(const struct plan *plan, int32_t id);
unsigned plan_outstanding(const struct worker *w);
unsigned plan_unattributed(const struct worker *w); /* outstanding, of a lane that is not known */
int plan_kind(struct plan *plan, const char *name); /* index, made if there is room; -1 */

/* plan_worker.c: actions of life and death. */
unsigned plan_worker_step(struct plan *plan, int64_t now_ms, struct plan_action *ret_actions, unsigned max);

#endif
