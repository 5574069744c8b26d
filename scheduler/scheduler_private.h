/* SPDX-License-Identifier: Apache-2.0 */
/* scheduler_private.h - the loop's state, shared by scheduler.c (lead, rhythm), act.c (actions), chores.c (upkeep). */
#ifndef SCHEDULER_SCHEDULER_PRIVATE_H
#define SCHEDULER_SCHEDULER_PRIVATE_H

#include <uv.h>

#include "base/turns.h"
#include "queue/store.h"
#include "queue/transport.h"
#include "scheduler/plan.h"
#include "scheduler/pulse.h"
#include "scheduler/scheduler.h"
#include "sql/session.h"

enum scheduler_state {
    SCHEDULER_AWAY,    /* no session */
    SCHEDULER_ASKING,  /* for the lead */
    SCHEDULER_STANDBY, /* somebody else leads; asks again at retry_ms */
    SCHEDULER_LEADING,
    SCHEDULER_STOPPING /* TERM: answers under way are awaited, then everything closes */
};

/* Something done over and over: one call under way at a time. */
struct chore {
    int64_t due_ms;
    bool running;
};

struct scheduler {
    const struct scheduler_config *config;
    char name[128];
    enum scheduler_state state;
    uv_loop_t loop;
    uv_timer_t timer;
    uv_prepare_t prepare; /* ticks once an iteration, after all that came in */
    uv_signal_t term, interrupt, report, hangup;
    struct session *session;
    struct session *upkeep;    /* for what may take a while */
    struct session *retention; /* for what may take minutes */
    struct store *store;
    struct transport *transport;
    struct plan *plan;
    struct pulse pulse;
    struct turns turns;
    bool transport_up, closing;
    int told_idle; /* what submits were told last: 0, 1; -1: not known */
    bool telling;
    struct chore workers, due, orphans, schedules, batches, sweep, housekeeping, squeeze, keeping;
    struct chore limits, slow, relane, costs, lane_costs; /* upkeep.c */
    uint64_t costed;                                      /* `dispatched` when the costs of lanes were read last */
    bool ended;                                           /* jobs did, since the limits were read */
    int64_t swept_job;                                    /* where the next sweep goes on */
    char swept_hash[40];                                  /* the same */
    unsigned calls;                                       /* actions under way */
    int64_t retry_ms, stop_by_ms, complained_ms;
    uint64_t dispatched, rung, taken_back, deaths; /* since the start, for the log */
    int exit_code;
};

/* scheduler_main() is these two around uv_run(); tests/sim runs many of them in one process, on a loop of its own. */
struct scheduler *scheduler_create(const struct scheduler_config *config);
int scheduler_destroy(struct scheduler *s); /* once its loop has nothing left to do; the exit code */

void complain(struct scheduler *s, const char *what, const struct error *e); /* complain.c: at most a line a second */

void act_on(struct scheduler *s, const struct plan_action *action); /* act.c */
void chores_start(struct scheduler *s);                             /* at every new lead */
int64_t chores_step(struct scheduler *s, int64_t now_ms);           /* begins what is due; ms until the next */

void upkeep_start(struct scheduler *s);                                    /* upkeep.c: at every new lead */
void upkeep_limits(struct scheduler *s);                                   /* with each look into the lanes */
int64_t upkeep_step(struct scheduler *s, int64_t now_ms, int64_t wait_ms); /* begins what is due; ms until the next */

void schedules_look(struct scheduler *s); /* schedules.c; ends with s->schedules.running = false */

#endif
