/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker_private.h - the worker's one struct, for the files of worker/ that run in its loop: worker.c (ticks, wiring),
 * life.c (registering), assign.c (waiting -> slots), slots*.c (child processes), finish.c (into the record), tell.c (to
 * the scheduler), beat.c, leave.c (signals, drain).
 *
 * Callbacks only store and ask for a tick; worker_tick() runs once before the loop waits and does everything in one
 * order. What was made for an earlier incarnation is recognised by `life`.
 */
#ifndef WORKER_WORKER_PRIVATE_H
#define WORKER_WORKER_PRIVATE_H

#include <uv.h>

#include "base/error.h"
#include "base/turns.h"
#include "queue/store.h"
#include "queue/transport.h"
#include "worker/finish.h"
#include "worker/inbox.h"
#include "worker/joblog.h"
#include "worker/slots.h"
#include "worker/task.h"
#include "worker/worker.h"

struct session;

enum { WORKER_TIMER_MS = 50, WORKER_SLOTS_MAX = 1024 };

struct worker {
    struct worker_config config;
    uv_loop_t loop;
    uv_prepare_t prepare;
    uv_timer_t timer; /* runs only while there is something to time */
    bool timer_runs;
    struct worker_signal {
        uv_signal_t handle;
        int number;
    } signals[5];

    struct session *session, *beat_session;
    struct store *store, *beat_store;
    struct transport *transport;

    enum worker_state {
        WORKER_REGISTERING, /* no incarnation: nothing runs */
        WORKER_RUNNING,
        WORKER_DRAINING, /* takes nothing, ends what runs */
        WORKER_LEAVING,  /* all is recorded; the record is told that we go */
        WORKER_CLOSING   /* handles are being closed */
    } state;
    unsigned life; /* grows with each incarnation; callbacks of an older one are ignored */
    int64_t incarnation;
    int64_t done;  /* dispatches of this incarnation that ended, by whatever way */
    int64_t taken; /* dispatches of this incarnation that arrived; none counts twice */
    int64_t done_told, told_ms;
    int64_t last_mean_us; /* of the kind that was measured last; -1: none yet */
    bool wake_due;
    bool registering;       /* a call is in flight */
    int64_t register_at_ms; /* not before */

    struct inbox inbox;
    struct turns turns;
    struct task_list waiting; /* in order of arrival */
    struct slot_pool pool;
    struct finish finish;
    struct joblog joblog;
    int64_t *kind_mean_us; /* by the kind's place in kinds[]; -1: not measured */

    struct worker_beat_state {
        uv_timer_t timer;
        bool flying, again, up;
        unsigned unknown; /* beats whose outcome is not known, since the last known one */
        int64_t count;    /* beats that the record has counted, as far as is known */
    } beat;

    int64_t drain_until_ms;
    bool hard; /* a second SIGTERM */
    bool leave_flying;
    int exit_code;
    unsigned open_handles; /* sessions and transport that are still closing */
};

/* worker_main() is these two around uv_run(); tests/sim runs many of them in one process, on a loop of its own. NULL:
 * it can't start, and *ret_exit_code says so. */
struct worker *worker_create(const struct worker_config *config, int *ret_exit_code);
int worker_destroy(struct worker *w); /* once its loop has nothing left to do; the exit code */

void worker_tick(struct worker *w);

/* life.c */
void life_tick(struct worker *w, int64_t now_ms); /* registers */
/* The record says that this incarnation is dead: end everything, register anew. */
void life_anew(struct worker *w);

/* done.c */
/* A dispatch has ended and needs no more recording. Frees the task. */
void done_forget(struct worker *w, struct task *task);
int64_t done_mean_us(const struct worker *w, const struct kind *kind); /* -1: not measured */
void done_measure(struct worker *w, const struct kind *kind, int64_t run_us);

/* assign.c */
void assign_tick(struct worker *w, int64_t now_ms);
void assign_cancel(struct worker *w, int64_t id, int64_t epoch, int64_t now_ms);

/* beat.c */
void beat_start(struct worker *w);
void beat_now(struct worker *w);
void beat_means(const struct worker *w, struct buffer *b); /* adds mean run time by kind as JSON, {"noop":12} */
void beat_progress(struct worker *w, int64_t now_ms); /* passes on what running jobs say, at most 10 a second each */

/* tell.c */
void tell_tick(struct worker *w, int64_t now_ms);
bool tell_owed(const struct worker *w); /* something ended that was not told yet */

/* leave.c */
void leave_start(struct worker *w); /* signals */
void leave_drain(struct worker *w, int64_t now_ms);
void leave_tick(struct worker *w, int64_t now_ms);
void leave_close(struct worker *w); /* with each tick of WORKER_CLOSING */

#endif
