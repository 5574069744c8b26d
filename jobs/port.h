/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port.h - what a running job is lent by whoever runs it. Job kinds don't include this; they call jobs/job.h.
 *
 * Lenders: worker/slot (frames to the worker, our PostgreSQL opened when first asked), cli/discover (no servers),
 * tests. Each function may block. `arg` is the lender's. A function left NULL means "nothing there": not found, not
 * cancelled, said to nobody.
 */
#ifndef JOBS_PORT_H
#define JOBS_PORT_H

#include "jobs/job.h"

struct job_port {
    void *arg;
    void (*progress)(void *arg, int percent, const char *message);
    void (*log)(void *arg, const char *level, const char *message);
    bool (*cancelled)(void *arg);
    /* What this worker's settings say for arguments of that kind which are not given; borrowed, NULL: nothing */
    const json_t *(*defaults)(void *arg, const char *kind);
    enum error_class (*input)(void *arg, int64_t job, const char *step, json_t **ret_result, struct error *e);
    /* url and secret: in the arena, which job_destroy() frees after wiping the secret */
    enum error_class (*connection)(void *arg, struct arena *arena, int64_t id, struct job_connection *ret,
                                   struct error *e);
    /* fenced by the epoch; phase is a constant text */
    enum error_class (*phase)(void *arg, int64_t connection, const char *phase, struct error *e);
    enum error_class (*artifact_read)(void *arg, struct arena *arena, int64_t job, const char *step, const char *name,
                                      const char **ret_text, struct error *e);
    /* both fenced by the epoch; *ret_checkpoint NULL: nothing is kept */
    enum error_class (*checkpoint_read)(void *arg, json_t **ret_checkpoint, struct error *e);
    enum error_class (*checkpoint)(void *arg, const char *text, struct error *e);
};

/* What the attempt wants recorded; the lender takes it after run() returned ERROR_OK. */
struct job_artifact_item {
    const char *name, *media_type, *text; /* in the job's arena */
};
struct job_child_item {
    const char *step, *kind;
    json_t *args;             /* owned by the job */
    const char *const *after; /* in the arena; NULL-terminated or NULL */
};
struct job_outcome {
    const struct job_artifact_item *artifacts;
    unsigned artifact_count;
    const struct job_child_item *children;
    unsigned child_count;
};

struct job_begin {
    int64_t id, epoch;
    int attempt;
    const char *kind;
};

/* port is borrowed and must live longer than the job; begin is copied. */
struct job *job_create(const struct job_begin *begin, const struct job_port *port);
struct job *job_destroy(struct job *job); /* wipes secrets; NULL is fine; returns NULL */
struct job_outcome job_outcome(const struct job *job);
bool job_has_touched(const struct job *job); /* the target, or may have */
/* What the handler said about trying again. */
struct job_word {
    bool never;
    int64_t retry_after_s; /* 0: nothing was said */
};
struct job_word job_word(const struct job *job);
/* Another text that must not be seen: the value of a hidden argument. Copied. */
void job_hide(struct job *job, const char *text);

enum { JOB_ARTIFACT_MAX = 48 << 20, JOB_ARTIFACTS_MAX = 1000, JOB_CHILDREN_MAX = 10000, JOB_ARENA_MAX = 1 << 30 };

#endif
