/* SPDX-License-Identifier: Apache-2.0 */
/*
 * chores.c - what a leader does by the clock: reads the table of workers, makes due jobs available, looks for jobs of
 * dead workers that an earlier leader left, and tells submits whether they have to notify; once an hour partitions are
 * made and old ones dropped; once a second hot tables are rid of what is dead. At every new lead it writes the table of
 * kinds.
 *
 * A chore that fails is complained about and done again at its next turn.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "jobs/kinds.h"
#include "scheduler/scheduler_private.h"

enum {
    WORKERS_MS = 500,
    DUE_MS = 500,
    ORPHANS_MS = 2000,
    SCHEDULES_MS = 500,
    BATCHES_MS = 500,
    SWEEP_MS = 5000,
    SWEEP_MIN_MS = 200,
    SWEEP_ROWS = 2000,
    HOUSEKEEPING_MS = 3600 * 1000,
    KEEPING_MS = 600 * 1000,
    SQUEEZE_MS = 1000,
    DEADLINE_MS = 60000
};

/* ---- workers ---- */

static void on_workers(void *arg, const struct worker_row *rows, unsigned count, const struct error *e)
{
    struct scheduler *s = arg;
    s->workers.running = false;
    if (e)
        complain(s, "reading the table of workers failed", e);
    for (unsigned i = 0; !e && i < count; i++)
        transport_address(s->transport, rows[i].incarnation, rows[i].transport, rows[i].reads);
    if (!e)
        plan_workers(s->plan, rows, count, clock_monotonic_ms());
}

/* ---- due jobs ---- */

static void on_next_due(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->due.running = false;
    if (e) {
        complain(s, "looking for the next due job failed", e);
        return;
    }
    if (result_rows(result) == 1 && !result_is_null(result, 0, 0) && result_int(result, 0, 0) < DUE_MS) {
        int64_t wait_ms = result_int(result, 0, 0);
        s->due.due_ms = clock_monotonic_ms() + (wait_ms > 1 ? wait_ms : 1);
    }
}

static void on_due(void *arg, int64_t count, const struct error *e)
{
    struct scheduler *s = arg;
    if (e)
        complain(s, "making due jobs available failed", e);
    else if (count > 0)
        pulse_wake(&s->pulse);
}

/* ---- orphans ---- */

static void on_orphans(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->orphans.running = false;
    if (e)
        complain(s, "looking for jobs of dead workers failed", e);
    for (unsigned i = 0; !e && i < result_rows(result); i++)
        plan_orphan(s->plan, result_int(result, i, 0));
}

/* ---- housekeeping, on a session of its own: dispatch does not wait for it ---- */

static void on_kept(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->housekeeping.running = false;
    if (e)
        complain(s, "housekeeping failed", e);
    else if (result_int(result, 0, 0) > 0 || result_int(result, 0, 1) > 0)
        log_event(LOG_INFO, "housekeeping", LOG_I("partitions_made", result_int(result, 0, 0)),
                  LOG_I("log_partitions_dropped", result_int(result, 0, 1)));
}

/* Retention, piece by piece. */
static void on_retention(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->keeping.running = false;
    if (e) {
        complain(s, "retention failed", e);
        return;
    }
    if (result_int(result, 0, 0) > 0)
        log_event(LOG_INFO, "retention", LOG_I("partitions", result_int(result, 0, 0)));
    if (!result_is_null(result, 0, 1))
        s->keeping.due_ms = clock_monotonic_ms() + 1000 * result_int(result, 0, 1);
}

static void keep(struct scheduler *s)
{
    const int64_t told[] = { s->config->succeeded_s, s->config->failed_s, s->config->cancelled_s };
    char text[3][24];
    struct sql_param params[3];
    for (unsigned i = 0; i < 3; i++) {
        (void)snprintf(text[i], sizeof text[i], "%lld", (long long)told[i]);
        params[i] = SQL_TEXT(told[i] > 0 ? text[i] : NULL);
    }
    session_run(s->retention, "retention", params, 3, DEADLINE_MS, on_retention, s);
}

static void on_squeezed(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->squeeze.running = false;
    if (e)
        complain(s, "squeezing a table failed", e);
    else if (!result_is_null(result, 0, 0))
        log_event(LOG_DEBUG, "squeezed", LOG_T("table", result_text(result, 0, 0)));
}

/* ---- what outlives its job: a page at a time ---- */

static void on_swept(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->sweep.running = false;
    if (e) {
        complain(s, "sweeping failed", e);
        return;
    }
    s->swept_job = result_int(result, 0, 0);
    (void)text_copy(s->swept_hash, sizeof s->swept_hash, result_text(result, 0, 1));
    if (s->swept_job || s->swept_hash[0])
        s->sweep.due_ms = clock_monotonic_ms() + SWEEP_MIN_MS;
}

/* ---- batches ---- */

static void on_batches(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    s->batches.running = false;
    if (e)
        complain(s, "counting batches failed", e);
    else if (result_int(result, 0, 0) > 0)
        pulse_wake(&s->pulse);
}

static void sweep(struct scheduler *s)
{
    char job[24], rows[24];
    (void)snprintf(job, sizeof job, "%lld", (long long)s->swept_job);
    (void)snprintf(rows, sizeof rows, "%d", SWEEP_ROWS);
    const struct sql_param params[] = { SQL_TEXT(job), SQL_TEXT(s->swept_hash), SQL_TEXT(rows) };
    session_run(s->upkeep, "sweep", params, 3, DEADLINE_MS, on_swept, s);
}

/* ---- telling submits ---- */

static void on_told(void *arg, const struct result *result, const struct error *e)
{
    struct scheduler *s = arg;
    (void)result;
    s->telling = false;
    if (e) {
        s->told_idle = -1;
        complain(s, "telling submits whether to notify failed", e);
    }
}

static void tell_idle(struct scheduler *s)
{
    int idle = !s->pulse.busy;
    if (s->telling || s->told_idle == idle)
        return;
    s->telling = true;
    s->told_idle = idle;
    const struct sql_param params[] = { SQL_TEXT(idle ? "t" : "f") };
    session_run(s->session, "scheduler_idle", params, 1, 0, on_told, s);
}

/* ---- kinds ---- */

static void on_kind(void *arg, const struct result *result, const struct error *e)
{
    (void)result;
    if (e)
        complain(arg, "writing the table of kinds failed", e);
}

static void on_limit_kept(void *arg, const struct result *result, const struct error *e)
{
    (void)result;
    if (e)
        complain(arg, "writing args_max failed", e);
}

/* Submits read it in the record: it holds for every gateway and for SQL. */
static void keep_args_max(struct scheduler *s)
{
    char text[24];
    if (s->config->args_max == 0)
        return;
    (void)snprintf(text, sizeof text, "%lld", (long long)s->config->args_max);
    const struct sql_param params[] = { SQL_TEXT("args_max"), SQL_TEXT(text) };
    session_run(s->session, "setting_put", params, 2, 0, on_limit_kept, s);
}

void chores_start(struct scheduler *s)
{
    s->told_idle = -1;
    s->workers.due_ms = s->due.due_ms = s->orphans.due_ms = s->schedules.due_ms = s->batches.due_ms = s->sweep.due_ms =
        0;
    s->housekeeping.due_ms = s->squeeze.due_ms = s->keeping.due_ms = 0;
    keep_args_max(s);
    for (const struct kind *kind = kinds; kind->name; kind++) {
        const struct sql_param params[] = { SQL_TEXT(kind->name), SQL_TEXT(kind->schema->data) };
        session_run(s->session, "kind_put", params, 2, 0, on_kind, s);
    }
}

static bool begin(struct chore *chore, int64_t now_ms, int64_t every_ms)
{
    if (chore->running || now_ms < chore->due_ms)
        return false;
    chore->running = true;
    chore->due_ms = now_ms + every_ms;
    return true;
}

int64_t chores_step(struct scheduler *s, int64_t now_ms)
{
    if (begin(&s->workers, now_ms, WORKERS_MS))
        s->store->ops->workers(s->store, on_workers, s);
    if (begin(&s->due, now_ms, DUE_MS)) {
        s->store->ops->due(s->store, on_due, s);
        session_run(s->session, "scheduler_next_due", NULL, 0, 0, on_next_due, s);
    }
    if (begin(&s->orphans, now_ms, ORPHANS_MS))
        session_run(s->session, "scheduler_orphans", NULL, 0, 0, on_orphans, s);
    if (begin(&s->schedules, now_ms, SCHEDULES_MS))
        schedules_look(s);
    if (begin(&s->batches, now_ms, BATCHES_MS))
        session_run(s->upkeep, "batch_step", NULL, 0, DEADLINE_MS, on_batches, s);
    if (begin(&s->sweep, now_ms, SWEEP_MS))
        sweep(s);
    if (begin(&s->housekeeping, now_ms, HOUSEKEEPING_MS))
        session_run(s->upkeep, "housekeeping", NULL, 0, DEADLINE_MS, on_kept, s);
    if (begin(&s->keeping, now_ms, KEEPING_MS))
        keep(s);
    if (begin(&s->squeeze, now_ms, SQUEEZE_MS))
        session_run(s->upkeep, "squeeze", NULL, 0, DEADLINE_MS, on_squeezed, s);
    tell_idle(s);

    int64_t next_ms = s->workers.due_ms < s->due.due_ms ? s->workers.due_ms : s->due.due_ms;
    if (s->schedules.due_ms < next_ms && !s->schedules.running)
        next_ms = s->schedules.due_ms;
    return next_ms > now_ms ? next_ms - now_ms : 0;
}
