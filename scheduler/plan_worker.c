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

static struct worker *worker_make(struct plan *plan, int64_t incarnation)
{
    plan->workers = mem_grow(plan->workers, &plan->worker_capacity, plan->worker_count + 1, sizeof *plan->workers);
    struct worker *w = &plan->workers[plan->worker_count++];
    *w = (struct worker){ .incarnation = incarnation };
    snprintf(w->name, sizeof w->name, "#%lld", (long long)incarnation);
    return w;
}

void plan_worker_free(struct worker *w)
{
    free(w->pairs);
    free(w->batches);
    free(w->kinds_text);
    free(w->tags);
    free(w->versions);
}

static void worker_drop(struct plan *plan, size_t i)
{
    plan_worker_free(&plan->workers[i]);
    memmove(&plan->workers[i], &plan->workers[i + 1], (--plan->worker_count - i) * sizeof *plan->workers);
}

/* ---- kinds and their means ---- */

static void means_read(struct plan *plan, const char *text)
{
    json_auto_t *means = text && *text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    const char *name;
    json_t *value;
    json_object_foreach(means, name, value)
    {
        int kind = plan_kind(plan, name);
        json_int_t us = json_integer_value(value);
        if (kind < 0 || us < 0 || us > UINT32_MAX / 4 || !json_is_integer(value))
            continue;
        unsigned old = plan->kinds[kind].mean_us, now = us > 0 ? (unsigned)us : 1;
        plan->kinds[kind].mean_us = old ? (unsigned)(((uint64_t)old * 3 + now + 3) / 4) : now;
    }
}

/* ---- done ---- */

void plan_done(struct plan *plan, int64_t worker, int64_t done, const char *mean_us)
{
    struct worker *w = plan_worker_find(plan, worker);
    if (w && done <= w->seq) /* more than it was given: not to be believed */
        plan_out_ended(plan, w, done);
    means_read(plan, mean_us);
}

/* ---- the table of workers was read ---- */

/* What it knows, {"noop": 1}, and its tags; the text changes only when another program starts under this name. */
static void worker_can(struct plan *plan, struct worker *w, const struct worker_row *row)
{
    const char *name;
    json_t *value;
    if (row->tags && *row->tags && !w->tags)
        w->tags = mem_text(row->tags);
    if (!row->kinds || (w->kinds_text && strcmp(w->kinds_text, row->kinds) == 0))
        return;
    free(w->kinds_text);
    w->kinds_text = mem_text(row->kinds);
    if (!w->versions)
        w->versions = mem_zero(PLAN_KINDS_MAX, sizeof *w->versions);
    memset(w->versions, 0, PLAN_KINDS_MAX * sizeof *w->versions);
    json_auto_t *known = json_loads(row->kinds, JSON_REJECT_DUPLICATES, NULL);
    json_object_foreach(known, name, value)
    {
        int kind = plan_kind(plan, name);
        json_int_t version = json_integer_value(value);
        if (kind >= 0 && version > 0 && version <= INT32_MAX)
            w->versions[kind] = (unsigned)version;
    }
}

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
        worker_can(plan, w, &rows[i]);
        worker_beats(plan, w, &rows[i], now_ms);
        plan_out_ended(plan, w, rows[i].done < w->seq ? rows[i].done : w->seq);
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
