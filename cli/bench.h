/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench.h - what the scenarios of `argosy bench queue` share: the fleet they measure, and how it is asked.
 *
 * A scenario is one function and one row of bench_scenarios[] (bench.c). It adds one member of its name to the report
 * and fails when a job is not there in the end: a figure of jobs that were lost is none.
 */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include <jansson.h>
#include <stdint.h>

#include "cli/command.h"
#include "cli/launch.h"
#include "sql/client.h"

struct bench {
    struct context *context;
    struct launch fleet;
    struct client *client; /* of the fleet's record */
    json_t *report;
    int64_t jobs, pickup_s, usual_s, rate;
};

struct bench_scenario {
    const char *name, *help;
    enum error_class (*run)(struct bench *b, struct error *e);
    bool usual; /* measured when no --scenario is given */
};
extern const struct bench_scenario bench_scenarios[]; /* ends with a NULL name */

void bench_sleep_us(int64_t us);
/* The one value of a statement; 1 and 0 for true and false. parameter may be NULL. */
enum error_class bench_ask(struct bench *b, const char *statement, const char *parameter, int64_t *ret_value,
                           struct error *e);
/* Waits until a yes-or-no statement says `wanted`. */
enum error_class bench_wait(struct bench *b, const char *statement, const char *parameter, bool wanted,
                            struct error *e);
/* No-op jobs of about 200 bytes, 1,000 a statement. */
enum error_class bench_submit(struct bench *b, int64_t jobs, struct error *e);
/* All jobs with an id above `after` succeeded and left a result; *ret_seconds from the first recorded finish to the
 * last. */
enum error_class bench_check(struct bench *b, int64_t after, int64_t jobs, double *ret_seconds, struct error *e);
enum error_class bench_hold(struct bench *b, bool held, struct error *e); /* the default queue */

/* ---- the scenarios ---- */
enum error_class bench_flow(struct bench *b, struct error *e);
enum error_class bench_drain(struct bench *b, struct error *e);
enum error_class bench_pickup(struct bench *b, struct error *e);
enum error_class bench_rest(struct bench *b, struct error *e);
enum error_class bench_pinned(struct bench *b, struct error *e);
enum error_class bench_backlog(struct bench *b, struct error *e);
enum error_class bench_memory(struct bench *b, struct error *e);

#endif
