/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fleet.h - a record and a real worker beside it (this very program as `worker` and `slot`), and the test as its
 * scheduler: it dispatches by hand and sees from the record what became of it.
 *
 * A test program calls fleet_role() first thing in main(). Failures end the test program with a message and the
 * worker's log.
 */
#ifndef TESTS_SUPPORT_FLEET_H
#define TESTS_SUPPORT_FLEET_H

#include <sys/types.h>

#include "tests/support/record.h"

struct fleet {
    struct record record;
    pid_t worker, scheduler; /* scheduler -1: the test is it */
    int64_t incarnation;
    char log[256];
};

struct fleet_options {
    unsigned slots;
    int drain_s, memory_mb;
    const char *redis; /* its socket; NULL: the postgres carrier */
    const char *data;  /* folder with secret.key and uploads/; NULL: none */
};

/* Runs the role and exits when argv asks for one. */
void fleet_role(int argc, char **argv);

void fleet_start(struct fleet *f, const struct fleet_options *options);
void fleet_finish(struct fleet *f);

/* Another worker on the same record, in place of the one there was; waits until it has registered. */
void fleet_worker(struct fleet *f, const struct fleet_options *options);
void fleet_scheduler(struct fleet *f, const struct fleet_options *options);
int fleet_worker_ends(struct fleet *f); /* waits; its wait status */

int64_t fleet_submit(struct fleet *f, const char *kind, const char *args);
/* Dispatches up to count available jobs to the worker and rings. Returns how many. */
unsigned fleet_dispatch(struct fleet *f, unsigned count);
/* Waits up to two minutes until the statement gives true. */
void fleet_wait(struct fleet *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Until it beats under a number above that one. It may have been given more: an answer that was lost is asked for
 * again.
 */
void fleet_registered(struct fleet *f, int64_t after);
/* Until the condition about the job holds. A worker on a machine that stands still gives back what waits in it: the job
 * is dispatched again then, since there is no scheduler that would. */
void fleet_until(struct fleet *f, int64_t job, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Until no more jobs are live; the same holds for them. */
void fleet_drain(struct fleet *f, unsigned left);
/* Waits for an event of the job of that type. */
void fleet_event(struct fleet *f, int64_t job, const char *type);
/* A member of the error with which the job's latest attempt ended that is tried again; as record_text(). */
const char *fleet_error(struct fleet *f, int64_t job, const char *key);
/* Does the worker's log hold that text by now? */
bool fleet_said(const struct fleet *f, const char *text);
/* The pid of a slot (child of the worker) that is not `besides`; waits for one. */
pid_t fleet_slot(struct fleet *f, pid_t besides);

#endif
