/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finish.h - tasks that have ended, on their way into the record. Loop only.
 *
 * One lane for each way to end; in each lane one call is in flight while the next group gathers. A call whose answer is
 * unknown or whose database is away is made again: the record takes each (id, epoch) once. What is held is bounded:
 * finish_full() stops the handing out of jobs.
 */
#ifndef WORKER_FINISH_H
#define WORKER_FINISH_H

#include "worker/task.h"

struct worker;

enum {
    FINISH_ROWS_MAX = 1000,
    FINISH_BYTES_MAX = 4 << 20,
    FINISH_HELD_MAX = 20000,
    FINISH_HELD_BYTES_MAX = 64 << 20,
    FINISH_AGAIN_MIN_MS = 100,
    FINISH_AGAIN_MAX_MS = 2000,
    FINISH_HELD_AGAIN_MS = 2000
};

struct finish_lane {
    struct worker *worker;
    enum task_end end;
    struct task_list waiting, flying;
    struct task_list held; /* by an open transaction of somebody's: asked again now and then */
    int64_t held_again_ms;
    unsigned life;    /* of the call in flight */
    bool busy;        /* a call is in flight */
    int64_t again_ms; /* not before */
    int backoff_ms;
};

struct finish {
    struct finish_lane lanes[TASK_ENDS];
    unsigned held;
    size_t held_bytes;
};

void finish_init(struct worker *w);
void finish_clear(struct worker *w); /* forgets all tasks; answers in flight will be ignored */
/* The incarnation is dead: says of each end that waits, up to a limit, that it will not be recorded. */
void finish_log_fenced_out(const struct worker *w);
/* The task's end, cause and answer are set. A sealed failure is told as such. */
void finish_add(struct worker *w, struct task *task);
void finish_tick(struct worker *w, int64_t now_ms);
bool finish_full(const struct worker *w);
bool finish_empty(const struct worker *w);

/* The rows of one call, at most FINISH_ROWS_MAX and FINISH_BYTES_MAX, but at least one: moved from lane->waiting to
 * lane->flying. Pure. */
void finish_gather(struct finish_lane *lane);

#endif
