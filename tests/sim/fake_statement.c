/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_statement.c - session_run() in the simulated world: the few named statements that scheduler/ and worker/ run
 * beside store.h. Another one that they begin to use is named when it comes: give it a row here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sql/result_wrap.h"
#include "sql/session.h"
#include "tests/sim/fake_record.h"

struct statement_call {
    struct call base; /* first */
    const struct statement *statement;
    int64_t param;
    struct result result;
    session_on_result *callback;
    void *arg;
};

struct statement {
    const char *name;
    void (*run)(struct statement_call *call);
};

static void give(struct statement_call *call, unsigned columns, unsigned row, const char *const *values)
{
    PGresAttDesc names[4];
    memset(names, 0, sizeof names);
    for (unsigned i = 0; i < columns; i++)
        names[i].name = (char *)"value";
    if (call->result.pg == NULL) {
        call->result.pg = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
        (void)PQsetResultAttrs(call->result.pg, (int)columns, names);
    }
    for (unsigned i = 0; i < columns; i++)
        (void)PQsetvalue(call->result.pg, (int)row, (int)i, (char *)(uintptr_t)values[i],
                         values[i] != NULL ? (int)strlen(values[i]) : -1);
}

/* The advisory lock goes to who asks first, and with its session. */
static void run_lead(struct statement_call *call)
{
    bool there = !call->base.lost && call->base.process->alive && session_is_current(&call->base);
    if (there && (record.lead == NULL || record.lead == call->base.session)) {
        if (record.lead == NULL)
            world_trace("record: %s leads", call->base.process->name);
        record.lead = call->base.session;
    }
    give(call, 1, 0, (const char *[]){ there && record.lead == call->base.session ? "t" : "f" });
}

static void run_nothing(struct statement_call *call)
{
    (void)call;
}

static void run_next_due(struct statement_call *call)
{
    give(call, 1, 0, (const char *[]){ NULL });
}

/* What outlives its job: there is nothing of it here. */
static void run_sweep(struct statement_call *call)
{
    give(call, 2, 0, (const char *[]){ "0", "" });
}

static void run_zero(struct statement_call *call)
{
    give(call, 1, 0, (const char *[]){ "0" });
}

/* Lanes of the same kind whose jobs take less, more, and so much more that they are not prefetched. */
static void run_lane_costs(struct statement_call *call)
{
    give(call, 3, 0, (const char *[]){ "1", "40", "300" });
    give(call, 3, 1, (const char *[]){ "2", "3", "2500000" });
    give(call, 3, 2, (const char *[]){ "3", "1", "30000" });
    give(call, 3, 3, (const char *[]){ "999999", "1", "1" }); /* a lane that the plan has never seen */
}

static void run_housekeeping(struct statement_call *call)
{
    give(call, 2, 0, (const char *[]){ "0", "0" });
}

/* Nothing was done, nothing is to be done soon. */
static void run_retention(struct statement_call *call)
{
    give(call, 2, 0, (const char *[]){ "0", NULL });
}

static void run_orphans(struct statement_call *call)
{
    const struct store_model *m = model_of(record.store);
    unsigned rows = 0;
    for (int64_t w = 1; w <= m->worker_count && world.mutant != MUTANT_NO_ORPHANS; w++) {
        bool left = false;
        for (int64_t id = 1; id <= m->job_count && m->workers[w].dead && !left; id++)
            left = m->jobs[id].live && m->jobs[id].state == JOB_DISPATCHED && m->jobs[id].worker == w;
        char text[24];
        (void)snprintf(text, sizeof text, "%lld", (long long)w);
        if (left)
            give(call, 1, rows++, (const char *[]){ text });
    }
}

static void run_quiet(struct statement_call *call)
{
    record_worker_flag(call->param, true, false);
}

static void run_leave(struct statement_call *call)
{
    model_of(record.store)->workers[call->param].dead = true;
    world_trace("record: incarnation %lld has left", (long long)call->param);
}

static const struct statement statements[] = {
    { "scheduler_lead", run_lead },
    { "scheduler_idle", run_nothing },
    { "scheduler_next_due", run_next_due },
    { "scheduler_orphans", run_orphans },
    { "schedule_due", run_nothing }, /* there are no schedules */
    { "schedule_next", run_next_due },
    { "sweep", run_sweep },
    { "housekeeping", run_housekeeping },
    { "retention", run_retention },
    { "kind_put", run_nothing },
    { "squeeze", run_next_due }, /* nothing to do: NULL */
    { "relane", run_zero },
    { "upkeep_costs", run_zero },
    { "kind_costs", run_nothing }, /* nothing was measured before */
    { "lane_costs", run_lane_costs },
    { "batch_step", run_zero },
    { "job_log_add", run_nothing },
    { "worker_quiet", run_quiet },
    { "worker_leave", run_leave },
};

static void execute(struct call *base)
{
    struct statement_call *call = (struct statement_call *)base;
    call->statement->run(call);
    if (call->result.pg == NULL) {
        call->result.pg = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    }
    promise_record(call->statement->name);
}

static void answer(struct call *base, const struct error *e)
{
    struct statement_call *call = (struct statement_call *)base;
    call->callback(call->arg, e != NULL ? NULL : &call->result, e);
}

static void release(struct call *base)
{
    struct statement_call *call = (struct statement_call *)base;
    PQclear(call->result.pg);
    free(call);
}

void session_run(struct session *s, const char *name, const struct sql_param *params, unsigned count, int deadline_ms,
                 session_on_result *callback, void *arg)
{
    (void)deadline_ms;
    struct statement_call *call = mem_zero(1, sizeof *call);
    call->base = (struct call){ .execute = execute, .answer = answer, .release = release };
    call->callback = callback;
    call->arg = arg;
    if (count > 0 && params[0].value != NULL)
        call->param = strtoll(params[0].value, NULL, 10);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        if (strcmp(statements[i].name, name) == 0)
            call->statement = &statements[i];
    if (call->statement == NULL) {
        fprintf(stderr, "the simulated record has no statement %s: tests/sim/fake_statement.c\n", name);
        abort();
    }
    session_call(s, &call->base);
}
