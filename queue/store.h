/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - the record's contract: what happens to a job, each call one transaction, fenced by (id, epoch).
 *
 * Two implementations give a struct store_ops: PostgreSQL (queue/store_postgres.c over sql/session.h) and a model in
 * memory (tests/support); the same random sequences run on both and must agree. Asynchronous: the callback runs exactly
 * once, from the loop; what it is given is valid during the call only. Errors: ERROR_UNAVAILABLE with code
 * "outcome_unknown" after a lost COMMIT answer: ask again, each call may be repeated (finish finds itself in the
 * history; dispatch just raises the epoch again).
 */
#ifndef QUEUE_STORE_H
#define QUEUE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "queue/store_rows.h"

enum job_state { /* the same numbers in SQL */
                 JOB_BLOCKED = 0,
                 JOB_SCHEDULED = 1,
                 JOB_AVAILABLE = 2,
                 JOB_DISPATCHED = 3,
                 JOB_SUCCEEDED = 5,
                 JOB_FAILED = 6,
                 JOB_CANCELLED = 7
};
const char *job_state_name(enum job_state state);

struct store;

/* One job on its way to a worker. Texts valid during the callback or publish call only. */
struct dispatch {
    int64_t id, epoch, seq;
    const char *kind;
    const char *args; /* JSON; NULL: over 16 KiB, read it from the record (store_args) */
    int32_t attempt;  /* 1 for the first */
    int32_t timeout_s;
    bool seal;  /* run the kind's seal, not its run */
    bool alone; /* as it was dispatched nothing else was available in its lane; false: not known */
};

/* ---- submit ---- */
struct submit_row {
    const char *kind, *args, *queue, *tenant; /* queue, tenant NULL: "default" */
    int priority;                             /* 1 first .. 1000 last; 0: 100 */
    int64_t run_at_ms;                        /* wall; 0: now */
    const char *idempotency_key;              /* or NULL */
    int attempts_max, timeout_s;              /* 0: the kind's */
    const char *origin, *correlation;         /* who submits (rest, cli, ...), its traceparent; or NULL */
    const char *unique; /* the only one of its sort: JSON as docs/reference/api.md says; or NULL */
    const char *tags;   /* only for workers that have all of them, "eu,gpu"; or NULL */
};
/* existing[i]: the job was there before, and rows[i] is that one; NULL: no row asked to be unique. */
typedef void store_on_submitted(void *arg, const int64_t *ids, const bool *existing, unsigned count,
                                const struct error *e);

/* ---- scheduler ---- */
typedef void store_on_lanes(void *arg, const struct lane_row *rows, unsigned count, const struct error *e);
typedef void store_on_limits(void *arg, const struct limit_row *rows, unsigned count, const struct error *e);
typedef void store_on_slow(void *arg, const struct slow_row *rows, unsigned count, const struct error *e);
typedef void store_on_workers(void *arg, const struct worker_row *rows, unsigned count, const struct error *e);
typedef void store_on_dispatched(void *arg, const struct dispatch *jobs, unsigned count, const struct error *e);
typedef void store_on_count(void *arg, int64_t count, const struct error *e);

/* ---- worker ---- */
struct worker_register {
    const char *name, *host, *kinds, *version, *transport;
    const char *tags; /* "eu,gpu" or NULL */
    int32_t pid, slots;
};
struct worker_beat {
    int64_t incarnation, got, done;
    const char *gaps;     /* JSON array of seqs missing below the highest seen */
    const char *progress; /* JSON {"mean_us":{"noop":12},"jobs":[{"job","epoch","percent","message"}],"reads":[]} */
};
struct beat_answer {
    bool alive, quiet, stop;
    const char *cancels; /* JSON [{"id","epoch"}] to stop now */
};
typedef void store_on_beat(void *arg, const struct beat_answer *answer, const struct error *e);

struct finish_row {
    int64_t id, epoch;
    const char *result; /* JSON */
    int64_t run_us;
};
struct finish_whole {
    struct finish_row row;
    const char *artifacts, *children; /* JSON arrays as docs/protocol.md says */
};
struct fail_row {
    int64_t id, epoch;
    enum fail_cause {
        FAIL_FAILED,
        FAIL_TIMED_OUT,
        FAIL_STALLED,
        FAIL_CRASHED,
        FAIL_INTERRUPTED,
        FAIL_SEAL
    } cause;                              /* FAIL_SEAL: target not reached */
    enum error_class class;               /* decides retry or end */
    const char *code, *message, *details; /* details JSON or NULL */
};
/* accepted[i]: recorded (now or earlier under the same epoch); false: fenced out. With an error beside it: what is not
 * accepted is held by somebody's open transaction and is to be asked again later. */
typedef void store_on_finished(void *arg, const bool *accepted, unsigned count, const struct error *e);

struct store_ops {
    void (*submit)(struct store *, const struct submit_row *, unsigned count, store_on_submitted *, void *arg);
    void (*lanes)(struct store *, store_on_lanes *, void *arg);
    void (*workers)(struct store *, store_on_workers *, void *arg);
    void (*limits)(struct store *, store_on_limits *, void *arg); /* what is left of each */
    void (*slow)(struct store *, const char *const *kinds, unsigned count, store_on_slow *, void *arg);
    void (*dispatch)(struct store *, int32_t lane, unsigned count, int64_t worker, store_on_dispatched *, void *arg);
    /* The same, and the record itself rings the worker as it commits. NULL: it can't. */
    void (*dispatch_ring)(struct store *, int32_t lane, unsigned count, int64_t worker, store_on_dispatched *,
                          void *arg);
    void (*due)(struct store *, store_on_count *, void *arg); /* scheduled -> available */
    void (*worker_dead)(struct store *, int64_t worker, int64_t beat, store_on_count *,
                        void *arg); /* 1: declared; 0: it moved */
    void (*expire)(struct store *, int64_t worker, unsigned limit, store_on_count *,
                   void *arg); /* of a dead worker; jobs taken back */
    /* Rows of an alive worker above `got` or in its gaps, same epoch; seqs with no row left come back with id 0: to be
     * voided. */
    void (*unreceived)(struct store *, int64_t worker, int64_t upto_seq, store_on_dispatched *, void *arg);
    void (*worker_register)(struct store *, const struct worker_register *, store_on_count *,
                            void *arg); /* count: incarnation */
    void (*beat)(struct store *, const struct worker_beat *, store_on_beat *, void *arg);
    void (*finish)(struct store *, int64_t worker, const struct finish_row *, unsigned count, store_on_finished *,
                   void *arg);
    void (*finish_whole)(struct store *, int64_t worker, const struct finish_whole *, store_on_finished *, void *arg);
    void (*fail)(struct store *, int64_t worker, const struct fail_row *, unsigned count, store_on_finished *,
                 void *arg);
    void (*sealed)(struct store *, int64_t worker, int64_t id, int64_t epoch, store_on_finished *, void *arg);
    void (*give_back)(struct store *, int64_t worker, const int64_t *ids, const int64_t *epochs, unsigned count,
                      store_on_count *, void *arg);
    void (*cancel)(struct store *, int64_t id, store_on_count *,
                   void *arg); /* 0 not found, 1 cancelled, 2 cancelling, 3 was final */
    void (*retry)(struct store *, int64_t id, store_on_count *, void *arg); /* 0 not found, 1 again, 2 is not final */
};

struct store {
    const struct store_ops *ops;
}; /* implementations embed it as their first member */

#endif
