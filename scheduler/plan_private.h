/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_private.h - what the plan's files share: plan.c (what is read and heard), plan_out.c (what is out at a worker),
 * plan_limit.c, plan_credit.c (what a worker may be given), plan_share.c (whose turn it is), plan_worker.c (life and
 * death).
 */
#ifndef SCHEDULER_PLAN_PRIVATE_H
#define SCHEDULER_PLAN_PRIVATE_H

#include "scheduler/plan_tables.h"

/* plan.c */
struct lane *plan_lane_find(const struct plan *plan, int32_t id);
int plan_kind(struct plan *plan, const char *name); /* index, made if there is room; -1 */

/* plan_out.c: what is out at a worker, lane by lane */
unsigned plan_outstanding(const struct worker *w);
unsigned plan_unattributed(const struct worker *w); /* outstanding, of a lane that is not known */
void plan_out_add(struct plan *plan, struct worker *w, const struct lane *lane, unsigned count);
void plan_out_ended(struct plan *plan, struct worker *w, int64_t done);

/* plan_limit.c: how many of the lane its limits let go now; asked for, and answered. */
unsigned plan_limit_room(const struct plan *plan, const struct lane *lane, int64_t now_ms);
void plan_limit_ask(struct plan *plan, const struct lane *lane, unsigned count);
void plan_limit_land(struct plan *plan, const struct lane *lane, unsigned asked, unsigned count, int64_t now_ms);

/* plan_credit.c */
unsigned plan_cost_us(const struct plan *plan, const struct lane *lane); /* of one job; 0: not measured */
unsigned plan_mean_us(const struct plan *plan, const struct lane *lane); /* 0: to be given slots only */
struct pair *plan_pair(struct worker *w, int32_t lane);                  /* made if there is none */
void plan_load(struct plan *plan);                                       /* sums up slow and quick_us of each worker */
unsigned plan_credit(const struct plan *plan, struct worker *w, const struct lane *lane, int64_t now_ms);
bool plan_fits(const struct worker *w, const struct lane *lane); /* its kind, version and tags */
bool plan_has_queue(const struct plan *plan, const struct worker *w);
unsigned plan_chunk(const struct plan *plan, const struct lane *lane);

/* plan_share.c */
void plan_charge(struct plan *plan, struct lane *lane, unsigned jobs); /* asked for */
void plan_refund(struct plan *plan, struct lane *lane, unsigned jobs); /* ... and not there */
void plan_charge_us(struct plan *plan, struct lane *lane, uint64_t us);
unsigned plan_share(struct plan *plan, int64_t now_ms, struct plan_action *actions, unsigned max);
bool plan_lane_waits(const struct plan *plan, const struct lane *lane, int64_t now_ms);

/* plan_worker.c */
struct worker *plan_worker_find(const struct plan *plan, int64_t incarnation);
unsigned plan_worker_step(struct plan *plan, int64_t now_ms, struct plan_action *ret_actions, unsigned max);
void plan_worker_free(struct worker *w);

#endif
