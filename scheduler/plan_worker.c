/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_worker.c - life and death of workers as the plan sees them.
 *
 *   alive ── beat stood still ──▶ declaring ──▶ dead ◀──▶ taking ──▶ empty ── PLAN_FORGET ──▶ gone
 *                │                    │ it moved, or the call failed: alive again
 *                └── not received for ring_ms: PLAN_RING, as often as it takes
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "base/text.h"
#include "scheduler/plan_private.h"

struct worker *plan_worker_find(const struct plan *plan, int64_t incarnation)
{
    for (size_t i = 0; i < plan->worker_count; i++) {
        if (plan->workers[i].incarnation == incarnation)
            return &plan->workers[i];
    }
    return NULL;
}

unsigned plan_outstanding(const struct worker *w)
{
    return w->asked + (w->seq > w->done ? (unsigned)(w->seq - w->done) : 0);
}

unsigned plan_unattributed(const struct worker *w)
{
    unsigned out = plan_outstanding(w), known = w->asked;
    for (size_t i = 0; i < w->pair_count; i++)
        known += w->pairs[i].out;
    return out > known ? out - known : 0;
}

static struct worker *worker_make(struct plan *plan, int64_t incarnation)
{
    plan->workers = mem_grow(plan->workers, &plan->worker_capacity, plan->worker_count + 1, sizeof *plan->workers);
    struct worker *w = &plan->workers[plan->worker_count++];
    *w = (struct worker){ .incarnation = incarnation };
    snprintf(w->name, sizeof w->name, "#%lld", (long long)incarnation);
    return w;
}

static void worker_drop(struct plan *plan, size_t i)
{
    free(plan->workers[i].pairs);
    memmove(&plan->workers[i], &plan->workers[i + 1], (--plan->worker_count - i) * sizeof *plan->workers);
}

/* ---- kinds and their means ---- */

int plan_kind(struct plan *plan, const char *name)
{
    for (unsigned i = 0; i < plan->kind_count; i++) {
        if (strcmp(plan->kinds[i].name, name) == 0)
            return (int)i;
    }
    if (plan->kind_count == PLAN_KINDS_MAX || !text_copy(plan->kinds[plan->kind_count].name, 64, name))
        return -1;
    plan->kinds[plan->kind_count].mean_us = 0;
    return (int)plan->kind_count++;
}

static void means_read(struct plan *plan, const char *text)
{
    json_auto_t *means = text && *text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    const char *name;
    json_t *value;
    json_object_foreach (means, name, value) {
        int kind = plan_kind(plan, name);
        json_int_t us = json_integer_value(value);
        if (kind < 0 || us < 0 || us > UINT32_MAX / 4 || !json_is_integer(value))
            continue;
        unsigned old = plan->kinds[kind].mean_us, now = us > 0 ? (unsigned)us : 1;
        plan->kinds[kind].mean_us = old ? (unsigned)(((uint64_t)old * 3 + now + 3) / 4) : now;
    }
}

/* ---- done ---- */

/* Ended dispatches are counted off the lanes with the quickest kinds first (plan.c says why). */
static void count_off(struct plan *plan, struct worker *w, int64_t ended)
{
    while (ended > 0) {
        struct pair *quickest = NULL;
        uint64_t quickest_us = UINT64_MAX;
        for (size_t i = 0; i < w->pair_count; i++) {
            const struct lane *lane = plan_lane_find(plan, w->pairs[i].lane);
            uint64_t us = 0;
            for (unsigned k = 0; lane && k < plan->kind_count; k++) {
                unsigned mean_us = plan->kinds[k].mean_us ? plan->kinds[k].mean_us : UINT32_MAX;
                if ((lane->kinds & (UINT64_C(1) << k)) && mean_us > us)
                    us = mean_us;
            }
            if (w->pairs[i].out > 0 && us < quickest_us) {
                quickest = &w->pairs[i];
                quickest_us = us;
            }
        }
        if (!quickest)
            return;
        unsigned off = ended < quickest->out ? (unsigned)ended : quickest->out;
        quickest->out -= off;
        ended -= off;
    }
}

static void worker_ended(struct plan *plan, struct worker *w, int64_t done)
{
    if (done <= w->done)
        return;
    int64_t unattributed = plan_unattributed(w), ended = done - w->done;
    count_off(plan, w, ended > unattributed ? ended - unattributed : 0);
    w->done = done;
    for (size_t i = 0; w->done >= w->seq && i < w->pair_count; i++)
        w->pairs[i].out = 0;
}

void plan_done(struct plan *plan, int64_t worker, int64_t done, const char *mean_us)
{
    struct worker *w = plan_worker_find(plan, worker);
    if (w && done <= w->seq) /* more than it was given: not to be believed */
        worker_ended(plan, w, done);
    means_read(plan, mean_us);
}

/* ---- the table of workers was read ---- */

static void worker_beats(struct plan *plan, struct worker *w, const struct worker_row *row, int64_t now_ms)
{
    int64_t since_ms = w->read_ms ? now_ms - w->read_ms : 0;
    if (row->beat != w->beat)
        w->still_ms = 0;
    else
        w->still_ms += (unsigned)(since_ms < plan->limits.trust_ms ? since_ms : plan->limits.trust_ms);
    w->beat = row->beat;
    w->read_ms = now_ms;
    w->got = row->got;
    if (row->seq > w->seq)
        w->seq = row->seq;
    if (w->owed_seq && w->got >= w->owed_seq)
        w->owed_seq = 0;
    if (!w->owed_seq && w->seq > w->got) {
        w->owed_seq = w->seq;
        w->owed_ms = now_ms;
        w->owed_beat = w->beat;
    }
}

void plan_workers(struct plan *plan, const struct worker_row *rows, unsigned count, int64_t now_ms)
{
    for (size_t i = 0; i < plan->worker_count; i++)
        plan->workers[i].listed = false;
    for (unsigned i = 0; i < count; i++) {
        struct worker *w = plan_worker_find(plan, rows[i].incarnation);
        if (!w)
            w = worker_make(plan, rows[i].incarnation);
        if (rows[i].name)
            (void)text_copy(w->name, sizeof w->name, rows[i].name);
        w->listed = true;
        w->slots = rows[i].slots > 0 ? (unsigned)rows[i].slots : 0;
        w->quiet = rows[i].quiet;
        worker_beats(plan, w, &rows[i], now_ms);
        worker_ended(plan, w, rows[i].done < w->seq ? rows[i].done : w->seq);
        means_read(plan, rows[i].mean_us);
    }
    for (size_t i = plan->worker_count; i-- > 0;) {
        /* Declared dead by somebody else: plan_orphan() tells if something is left of it. */
        if (!plan->workers[i].listed && plan->workers[i].state == WORKER_ALIVE)
            worker_drop(plan, i);
    }
}

void plan_orphan(struct plan *plan, int64_t worker)
{
    struct worker *w = plan_worker_find(plan, worker);
    if (!w)
        w = worker_make(plan, worker);
    if (w->state == WORKER_ALIVE || w->state == WORKER_EMPTY)
        w->state = WORKER_DEAD;
}

/* ---- actions ---- */

static bool worker_act(const struct plan_limits *limits, struct worker *w, int64_t now_ms, struct plan_action *action)
{
    *action = (struct plan_action){ .worker = w->incarnation };
    if (w->state == WORKER_ALIVE && w->still_ms >= limits->expire_ms) {
        w->state = WORKER_DECLARING;
        action->type = PLAN_DEAD;
        action->beat = w->beat;
        return true;
    }
    if (w->state == WORKER_DEAD) {
        w->state = WORKER_TAKING;
        action->type = PLAN_TAKE_BACK;
        action->count = limits->take_batch;
        return true;
    }
    /* Two beats later it has told what it has: a worker whose beat stands still would not hear the bell either. */
    if (w->state == WORKER_ALIVE && w->owed_seq && !w->ringing && now_ms - w->owed_ms >= limits->ring_ms &&
        w->beat >= w->owed_beat + 2) {
        w->ringing = true;
        w->owed_ms = now_ms;
        w->owed_beat = w->beat;
        action->type = PLAN_RING;
        action->seq = w->owed_seq;
        return true;
    }
    return false;
}

unsigned plan_worker_step(struct plan *plan, int64_t now_ms, struct plan_action *ret_actions, unsigned max)
{
    unsigned written = 0;
    for (size_t i = 0; i < plan->worker_count && written < max; i++) {
        struct worker *w = &plan->workers[i];
        if (w->state == WORKER_EMPTY) {
            ret_actions[written++] = (struct plan_action){ .type = PLAN_FORGET, .worker = w->incarnation };
            worker_drop(plan, i--);
        } else if (worker_act(&plan->limits, w, now_ms, &ret_actions[written])) {
            written++;
        }
    }
    return written;
}

/* Not dead, or not known: the observation begins anew. */
void plan_declared(struct plan *plan, int64_t worker, bool ok, bool dead)
{
    struct worker *w = plan_worker_find(plan, worker);
    if (!w || w->state != WORKER_DECLARING)
        return;
    w->state = ok && dead ? WORKER_DEAD : WORKER_ALIVE;
    w->still_ms = 0;
}

void plan_taken_back(struct plan *plan, int64_t worker, bool ok, unsigned count)
{
    struct worker *w = plan_worker_find(plan, worker);
    if (w && w->state == WORKER_TAKING)
        w->state = ok && count < plan->limits.take_batch ? WORKER_EMPTY : WORKER_DEAD;
}

void plan_rung(struct plan *plan, int64_t worker)
{
    struct worker *w = plan_worker_find(plan, worker);
    if (w)
        w->ringing = false;
}

const char *plan_worker_name(const struct plan *plan, int64_t worker)
{
    const struct worker *w = plan_worker_find(plan, worker);
    return w ? w->name : "?";
}
