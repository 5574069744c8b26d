/* SPDX-License-Identifier: Apache-2.0 */
/* store_model_private.h - the model's tables: store_model.c holds them, store_model_end.c ends jobs. */
#ifndef TESTS_SUPPORT_STORE_MODEL_PRIVATE_H
#define TESTS_SUPPORT_STORE_MODEL_PRIVATE_H

#include "tests/support/store_model.h"

enum {
    MODEL_JOBS_MAX = 4000,
    MODEL_WORKERS_MAX = 400,
    MODEL_PARENTS_MAX = 64,
    MODEL_GAPS_MAX = 1000,
    MODEL_CLAIMS_MAX = 64,
    MODEL_CLAIM_SIZE = 64,
    MODEL_BATCHES_MAX = 200
};

/* What was recorded about one epoch of a job: an end (state 5..7) or an attempt that was not the last. */
struct model_record {
    int64_t epoch, worker;
    enum job_state end; /* JOB_BLOCKED: no end, a failure was recorded */
    int attempts, lost;
    bool dependency_failed;
};

struct model_job {
    bool live;
    const char *kind;
    int priority, attempts, lost, waits;
    enum job_state state, sealing;          /* sealing JOB_BLOCKED: it is not */
    int32_t lane;                           /* 0: any */
    int64_t epoch, worker, seq, batch;      /* batch 0: none */
    bool tagged;                            /* only for workers that are */
    bool target, touched, depended, doomed; /* touched: may have been to the target; doomed: ends by a dependency */
    int64_t parents[MODEL_PARENTS_MAX];
    enum model_policy policies[MODEL_PARENTS_MAX];
    bool settled[MODEL_PARENTS_MAX]; /* that parent no longer counts, though it did not succeed */
    unsigned parent_count;
    struct model_record *records; /* owned */
    size_t record_count, record_capacity;
};

struct model_worker {
    int64_t beat, seq, got, done, gaps[MODEL_GAPS_MAX];
    unsigned gap_count;
    bool dead, quiet, quick_only, tagged;
};

enum model_mode { MODEL_WAITING, MODEL_LIVE, MODEL_SUCCESSFUL, MODEL_ALWAYS };

struct model_claim { /* of a unique job */
    char name[MODEL_CLAIM_SIZE];
    enum model_mode mode;
    int64_t job;
};

struct model_batch {
    int64_t id;
    bool on_complete, on_success, ended;
};

struct store_model {
    struct store base;                     /* first */
    struct model_job jobs[MODEL_JOBS_MAX]; /* by id */
    struct model_worker workers[MODEL_WORKERS_MAX];
    struct model_claim claims[MODEL_CLAIMS_MAX];
    unsigned claim_count;
    struct model_batch batches[MODEL_BATCHES_MAX];
    unsigned batch_count;
    int64_t job_count, worker_count;
    int32_t timeout_s; /* of every job */
    bool paused;       /* the queue */
};

static inline struct store_model *model_of(struct store *store)
{
    return (struct store_model *)store;
}

struct model_job *model_live(struct store_model *m, int64_t id);             /* NULL: not live */
void model_note(struct model_job *job, struct model_record record);          /* adds it */
bool model_targets(const char *kind);                                        /* jobs of this kind write into a target */
struct model_record *model_last_end(struct model_job *job);                  /* NULL: never ended */
bool model_held(const struct model_job *job, int64_t worker, int64_t epoch); /* dispatched to it under this epoch */
bool model_depends(const struct model_job *job, int64_t parent);
void model_back(struct model_job *job, enum job_state state); /* from its worker */

int64_t model_add(struct store_model *m, const char *kind, int priority, const int64_t *after, unsigned count,
                  enum model_policy policy);
int model_edge(const struct model_job *job,
               int64_t parent); /* its place, unless it is settled; -1: does not wait for it */
int64_t model_submit(struct store_model *m, const struct submit_row *row,
                     bool *ret_existing);                                           /* store_model_unique.c */
void model_end(struct store_model *m, int64_t id, enum job_state state, int tries); /* through a seal if it needs one */
void model_record_end(struct store_model *m, int64_t id, enum job_state state, int tries);
void model_depend(struct store_model *m, int64_t id, int64_t parent, enum model_policy policy);
int model_retry(struct store_model *m, int64_t id); /* as store.h; -1 refused */

#endif
