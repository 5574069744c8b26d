/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_model.h - the record in memory: what store.h means, in the plainest words. Answers at once.
 *
 * Time does not pass: what is retried waits for due() and nothing else. Ids and epochs begin at 1, as in a fresh
 * database.
 */
#ifndef TESTS_SUPPORT_STORE_MODEL_H
#define TESTS_SUPPORT_STORE_MODEL_H

#include "queue/store.h"

struct store *store_model_create(void);
struct store *store_model_destroy(struct store *store);

/* As argosy.submit(): one job that waits for others. Returns its id. */
extern const char *const model_policy_names[];
enum model_policy { MODEL_CANCEL, MODEL_CONTINUE, MODEL_HOLD }; /* when one of them does not succeed */
int64_t store_model_submit(struct store *store, const char *kind, int priority, const int64_t *after, unsigned count,
                           enum model_policy policy);
/* As argosy.job_release(). */
const char *store_model_release(struct store *store, int64_t id);

/* As argosy.batch_submit() of so many quick jobs, under the id that the record gave; what follows is a quick job, too.
 */
void store_model_batch(struct store *store, int64_t id, unsigned jobs, bool on_complete, bool on_success);
int64_t store_model_batches_step(struct store *store);                /* argosy.batches_step() */
int64_t store_model_batch_cancel(struct store *store, int64_t batch); /* argosy.batch_cancel() */
char *store_model_batches(struct store *store); /* a line each, as store_model_dump() says of jobs. free() it. */

/* As argosy.unique_sweep(): claims of unique jobs that no longer hold are forgotten, also if their job is retried
 * later. */
void store_model_sweep(struct store *store);

/* All that is known of all jobs, a line each, in a form that the database can be asked for, too. free() it. */
char *store_model_dump(struct store *store);

#endif
