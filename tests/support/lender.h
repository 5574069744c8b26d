/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lender.h - runs job kinds in the test's own process: a struct job_port that remembers results, artifacts and
 * children.
 *
 * One lender is one pipeline. Ids count up from 1; a step keeps its id when it runs again, and its epoch grows.
 */
#ifndef TESTS_SUPPORT_LENDER_H
#define TESTS_SUPPORT_LENDER_H

#include <jansson.h>

#include "jobs/job.h"

struct lender;

struct lender *lender_create(void);
struct lender *lender_destroy(struct lender *l);

/* Connection `id` of args. */
void lender_connection(struct lender *l, int64_t id, const char *url);
/* What a step before has left. Takes the reference. */
void lender_result(struct lender *l, const char *step, json_t *result);
void lender_artifact(struct lender *l, const char *step, const char *name, const char *text);

/* Runs one attempt of `kind` as `step`; on ERROR_OK its result, artifacts and children are recorded. */
enum error_class lender_run(struct lender *l, const char *step, const char *kind, const json_t *args, struct error *e);
/* The same as another epoch than the next one, to play a late attempt. */
enum error_class lender_run_epoch(struct lender *l, const char *step, int64_t epoch, struct error *e);
/* Runs every child that was submitted and has not succeeded yet, in order; stops at the first error. */
enum error_class lender_run_children(struct lender *l, struct error *e);
enum error_class lender_seal(struct lender *l, const char *step, struct error *e);

/* Borrowed; NULL when the step has none. */
const json_t *lender_result_of(const struct lender *l, const char *step);
const json_t *lender_args_of(const struct lender *l, const char *step);
unsigned lender_children(const struct lender *l);
/* The attempt that runs next is asked to stop when it asks for the nth time (0: never). */
void lender_cancel_at(struct lender *l, unsigned nth);
/* The attempt that runs next stops its whole process (SIGSTOP) there: for a child of the test. */
void lender_stop_at(struct lender *l, unsigned nth);
unsigned lender_progress_count(const struct lender *l);

#endif
