/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.h - what a job kind is, and what a running job is lent.
 *
 * A kind is a folder jobs/KIND/ with KIND.schema.json (arguments, version, limits) and KIND.c, which defines
 *     const struct job_kind job_KIND = {.name = "KIND", .run = KIND_run};
 * It runs in a slot, a child process: it may block, it reads top-down, it has no callbacks, and it can only hurt
 * itself. Everything it needs from outside comes through the functions below; they call the struct job_port that
 * whoever runs the job lends (the worker's slot, or `argosy discover` without servers, or a test).
 *
 * Retrying: ERROR_RETRY, ERROR_UNAVAILABLE and ERROR_TIMED_OUT are tried again with backoff; ERROR_INVALID,
 * ERROR_REFUSED, ERROR_NOT_FOUND, ERROR_DENIED and ERROR_FATAL end the job as failed; ERROR_CANCELLED and ERROR_FENCED
 * write nothing more. The kind's schema may say otherwise for a code or a class ("retry"), and the handler has the last
 * word: job_retry_after(), job_never_again().
 */
#ifndef JOBS_JOB_H
#define JOBS_JOB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct job;
struct job_port;

struct job_kind {
    const char *name;
    /* Arguments are already checked against the schema. On ERROR_OK *ret_result is a new reference (NULL = {}). */
    enum error_class (*run)(struct job *job, const json_t *args, json_t **ret_result, struct error *e);
    /* For kinds that write into a customer's target: bring the target's fence to job_epoch() so that no older epoch
     * writes any more. May be repeated. NULL: the kind has no target. */
    enum error_class (*seal)(struct job *job, const json_t *args, struct error *e);
};

/* Sorted by name, ends with NULL; generated from jobs/KIND/KIND.schema.json. */
extern const struct job_kind *const job_kinds[];
extern const size_t job_kinds_count;
const struct job_kind *job_kind_find(const char *name); /* NULL: no such kind */

/* ---- who am I ---- */
int64_t job_id(const struct job *job);
int64_t job_epoch(const struct job *job);
int job_attempt(const struct job *job);   /* 1 for the first */
struct arena *job_arena(struct job *job); /* freed when the attempt ends */

/* What the settings of whoever runs it say for arguments that are not given, by their names; borrowed, NULL: nothing.
 */
const json_t *job_defaults(const struct job *job);

/* ---- while running ---- (messages are cut at JOB_MESSAGE_MAX bytes, secrets of the job's connections masked) */
enum { JOB_MESSAGE_MAX = 500, JOB_STEP_MAX = 400 };
void job_progress(struct job *job, int percent, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* One line of the job's log; what the process prints on stdout and stderr becomes lines too. Never waits; the worker
 * has a limit of lines and bytes a job. level: "debug", "info", "warn", "error". */
void job_log(struct job *job, const char *level, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Asked to stop (cancel, drain, timeout): return error_set(e, ERROR_CANCELLED, ...) soon. Cheap: ask in every loop. */
bool job_cancelled(struct job *job);

/* For the failure that this attempt is about to return, whatever its class: tried again, but not before that many
 * seconds; or never again. The attempts that the job may take are the limit all the same. */
void job_retry_after(struct job *job, int64_t seconds);
void job_never_again(struct job *job);

/* Kinds with a target: call it before the first statement that could write there. An attempt that failed without it, by
 * the slot's own word, needs no seal (a target that was never reached can't be sealed); one that vanished is taken to
 * have been there. */
void job_touched(struct job *job);

/* ---- what was there before ---- */
/* Result of the dependency named `step` in this job's pipeline; new reference. ERROR_NOT_FOUND when there is none. */
enum error_class job_input(struct job *job, const char *step, json_t **ret_result, struct error *e);

/* Where an earlier attempt of this job was when it last said so, as it survives a deploy, a crash or a lost worker; it
 * goes when the job ends. Read it first: that shuts out whatever earlier attempt may still be running. *ret_checkpoint:
 * new reference, NULL when there is none. ERROR_FENCED: this attempt is over, stop. */
enum error_class job_checkpoint_read(struct job *job, json_t **ret_checkpoint, struct error *e);
/* Keeps it; on ERROR_OK it is on disk. At most JOB_CHECKPOINT_MAX bytes of JSON: a place to go on from, not the work.
 */
enum { JOB_CHECKPOINT_MAX = 64 << 10 };
enum error_class job_checkpoint(struct job *job, const json_t *checkpoint, struct error *e);

/* ---- things that args name by id ---- */
struct job_connection {
    int64_t id;
    const char *name;        /* as its owner calls it: a file's name, ... */
    const char *dialect;     /* as it was told; "file": a file of any format, to be guessed */
    const char *url;         /* public form, no password */
    const char *path, *file; /* of an upload: where it is, what it is called; NULL: it is none */
    const char *secret; /* password or NULL; wiped when the attempt ends; never log it, never put it into a result */
};
/* "connection": opened with the fleet's key; an uploaded file is a connection too: a SQLite file has the url
 * "sqlite:/path/of/upload", any other one "file:/path/of/upload", and only what reads files can use it. */
enum error_class job_connection(struct job *job, int64_t id, struct job_connection *ret_connection, struct error *e);

/* Turns the job's secrets in a text into stars: for a message that goes into a result. Errors, progress and lines of
 * log are masked anyway. */
void job_mask(const struct job *job, char *message);

/* The job analyses that connection and is at "analyzing" or "indexing": what people see as its status. Saying the same
 * again costs nothing. Failing to say it fails nothing. */
void job_phase(struct job *job, int64_t connection, const char *phase);

/* ---- what it leaves: all of it is recorded in one transaction with the finish, or not at all ---- */
/* A generated file. name: relative, [A-Za-z0-9._/-], no "..", once per job. text is copied. */
enum error_class job_artifact(struct job *job, const char *name, const char *media_type, const char *text,
                              struct error *e);
/* An artifact of a dependency (by step) or of an earlier step of the pipeline: *ret_text in the arena. */
enum error_class job_artifact_read(struct job *job, const char *step, const char *name, const char **ret_text,
                                   struct error *e);

/* Submits a child with the finish: it becomes part of this job's pipeline, and whoever waits for this job waits for it
 * too. step: name within the pipeline (unique, UTF-8 without control characters, at most JOB_STEP_MAX bytes); args: an
 * object, the job takes a reference of its own and the caller keeps its; after: names of earlier children it waits for
 * (NULL-terminated array, copied, or NULL). */
enum error_class job_child(struct job *job, const char *step, const char *kind, json_t *args, const char *const *after,
                           struct error *e);

#endif
