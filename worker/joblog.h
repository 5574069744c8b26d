/* SPDX-License-Identifier: Apache-2.0 */
/*
 * joblog.h - what jobs say, on its way into the record: in batches, bounded, never waited for. Loop only.
 */
#ifndef WORKER_JOBLOG_H
#define WORKER_JOBLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

struct worker;
struct task;

enum { JOBLOG_LINES_MAX = 10000, JOBLOG_BYTES_MAX = 8 << 20, JOBLOG_BATCH_MAX = 500 };

struct joblog {
    struct joblog_line {
        int64_t job, epoch, line, at_ms;
        enum log_level level;
        char *message; /* owned */
    } * lines;         /* a ring of JOBLOG_LINES_MAX, made at the first line */
    unsigned first, count, flying;
    size_t bytes;
    int64_t since_ms, again_ms; /* of the oldest that waits; not before */
    bool busy, hurry; /* hurry: one that has spoken has ended */
    unsigned lost; /* lines for which there was no room, not yet told */
};

/* Of an attempt that runs or has just ended: one more line, unless it is over its limits. */
void joblog_add(struct worker *w, struct task *task, enum log_level level, const char *message);
void joblog_ended(struct worker *w, const struct task *task);
void joblog_tick(struct worker *w, int64_t now_ms);
bool joblog_empty(const struct worker *w);
void joblog_finish(struct worker *w);

#endif
