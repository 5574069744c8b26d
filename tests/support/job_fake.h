/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job_fake.h - runs a kind without servers: connections are URLs in a list, inputs are results of earlier runs.
 *
 * One fake is one pipeline: job_fake_run(fake, "discovery", args) keeps its result as the input "discovery" of later
 * steps, and its artifacts and children.
 */
#ifndef TESTS_SUPPORT_JOB_FAKE_H
#define TESTS_SUPPORT_JOB_FAKE_H

#include <jansson.h>

#include "base/error.h"
#include "jobs/port.h"

enum { JOB_FAKE_CONNECTIONS = 4 };

struct job_fake {
    const char *urls[JOB_FAKE_CONNECTIONS + 1], *secrets[JOB_FAKE_CONNECTIONS + 1]; /* by id: 1, 2, ... */
    json_t *results;                                                                /* {step: result} */
    json_t *artifacts;                                                              /* {step: {name: text}} */
    json_t *children; /* {step: [{"step", "kind", "args"}]} */
    unsigned progress_count, log_count;
    int percent;           /* the last said */
    char message[512];     /* the last said */
    unsigned cancel_after; /* cancelled once this many questions were asked; 0: never */
    unsigned questions;
};

void job_fake_init(struct job_fake *fake);
void job_fake_finish(struct job_fake *fake);

/* Runs the kind as step `kind`; args is stolen. On ERROR_OK the result (borrowed) is in fake->results. */
enum error_class job_fake_run(struct job_fake *fake, const char *kind, json_t *args, json_t **ret_result,
                              struct error *e);

#endif
