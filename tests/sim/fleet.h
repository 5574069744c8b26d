/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fleet.h - what lives in the simulated world: processes with the real code of scheduler/ and worker/ in them, slots,
 * one record (tests/support/store_model), one doorbell (tests/support/transport_faulty), one target database, jobs.
 *
 * fake_uv.c        libuv as those programs use it        fake_session.c   sql/session.h and its few statements
 * fake_record.c    store.h: calls travel, may be lost     fake_doorbell.c  transport.h over the faulty hub
 * fake_slot.c      the slot's side of frames and board    fake_job.c       an attempt
 * fake_target.c    fences and chunks                      fake_statement.c, fake_store.c, fake_people.c
 * process.c        birth, death and pauses of processes   weather.c        what goes wrong, and people
 * promise.c        what must always hold                  sim.c            runs, replays, shrinks
 */
#ifndef TESTS_SIM_FLEET_H
#define TESTS_SIM_FLEET_H

#include "tests/sim/mutant.h"
#include "tests/sim/world.h"

struct worker;
struct scheduler;
struct session;
struct bell;
struct handle;

enum { JOBS_MAX = 400, CHUNKS_MAX = 3, WORKERS_MAX = 4, SCHEDULERS_MAX = 2, EPOCHS_MAX = 1024 };

/* ---- processes ---- */

struct process {
    struct actor actor; /* first */
    char name[16];
    unsigned index;
    bool alive, cut_off, bell_off; /* cut_off: the record can't be reached */
    int64_t skew_us, wall_us;      /* its clocks, against the world's */
    unsigned leaps;                /* of its monotonic clock */
    struct worker *worker;         /* one of the two */
    struct scheduler *scheduler;
    struct handle *handles;
    struct session *sessions;
    struct bell *bell;
};

struct process *process_start(bool scheduler, unsigned index);
void process_kill(struct process *p);  /* kill -9, and nothing of it is left */
void process_leave(struct process *p); /* the parts of it that the program has left: freed */
void process_pause(struct process *p, bool slots_too);
void process_go(struct process *p);
/* Around whatever is called in it: its clocks, then its tick, then whether it has ended. */
void process_enter(struct process *p);
void process_exit(struct process *p);
extern struct process *process_now; /* whose code runs */

/* ---- jobs ---- */
struct job_plan { /* what a job is like; drawn when it is submitted */
    bool target, whole, fatal, hangs;
    int chunks, fails, crashes, poison; /* so many times */
    int64_t run_us;
    int64_t parents[2];
    unsigned parent_count;
};
struct target_row {        /* the target's rows of one job */
    int64_t sealed, epoch; /* row "", row of the part */
    int chunk, applied[CHUNKS_MAX];
    int64_t touched; /* the highest epoch that has been there */
};
struct fleet {
    struct job_plan jobs[JOBS_MAX];
    struct target_row rows[JOBS_MAX];
    int checkpoints[JOBS_MAX]; /* as our record would keep them: for a mutant */
    struct process workers[WORKERS_MAX], schedulers[SCHEDULERS_MAX];
    unsigned worker_count, scheduler_count, slots;
    int expire_ms;
    bool target_up;
    bool record_rings; /* the record rings as it commits, like NOTIFY */
    int64_t job_count; /* submitted by people; children come on top */
    unsigned to_submit;
    unsigned chances[FAULTS]; /* per mille */
};
extern struct fleet fleet;

/* ---- promise.c ---- */
void promise_start(void);
void promise_record(const char *what);                                  /* after each call of the record */
void promise_begun(int64_t job, int64_t epoch, bool seal);              /* a slot runs it */
void promise_written(int64_t job, int64_t epoch, int chunk);            /* a chunk is in the target */
void promise_accepted(int64_t job, int64_t epoch, int64_t incarnation); /* a finish: told as recorded */
void promise_dead(const struct process *scheduler, int64_t incarnation);
bool promise_all_final(int64_t *ret_job);

/* ---- weather.c ---- */
void weather_start(void);
void weather_calm(void); /* all that is broken is mended */

#endif
