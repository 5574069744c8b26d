/* SPDX-License-Identifier: Apache-2.0 */
/* fake_record.h - one call of store.h on its way, its arguments copied and its answer kept. Private to fake_record*.c.
 */
#ifndef TESTS_SIM_FAKE_RECORD_H
#define TESTS_SIM_FAKE_RECORD_H

#include "tests/sim/fakes.h"
#include "tests/support/store_model_private.h"

enum { WORKERS_LISTED_MAX = 64, LANES = 2 };

struct store_call {
    struct call base; /* first */
    enum op {
        OP_LANES,
        OP_WORKERS,
        OP_SLOW,
        OP_DISPATCH,
        OP_DUE,
        OP_DEAD,
        OP_EXPIRE,
        OP_UNRECEIVED,
        OP_REGISTER,
        OP_BEAT,
        OP_FINISH,
        OP_WHOLE,
        OP_FAIL,
        OP_SEALED,
        OP_GIVE_BACK
    } op;
    int64_t worker, number; /* number: beat, upto, ... and then the count that is answered */
    int32_t lane;
    bool rings;
    unsigned count;
    /* arguments */
    struct finish_row *finish; /* each with its own text */
    struct fail_row *fail;
    char *children;
    int64_t *ids, *epochs;
    struct worker_beat beat;
    char kinds[1024];
    int32_t slots;
    /* answers */
    struct dispatch *jobs;
    bool *accepted;
    struct lane_row lanes[LANES];
    struct slow_row *slow; /* by worker */
    struct worker_row workers[WORKERS_LISTED_MAX];
    struct beat_answer said;
    char cancels[1024];
    union {
        store_on_lanes *on_lanes;
        store_on_workers *on_workers;
        store_on_slow *on_slow;
        store_on_dispatched *on_dispatched;
        store_on_count *on_count;
        store_on_beat *on_beat;
        store_on_finished *on_finished;
    };
    void *arg;
};

struct incarnation { /* what the record knows of a worker beside the model */
    char kinds[1024], progress[256], means[256];
    int32_t slots;
    int64_t beat_us, beat_wall_us;
    bool stop;
};

struct record {
    struct store *store; /* the model */
    struct incarnation incarnations[MODEL_WORKERS_MAX];
    struct {
        int64_t worker, job, epoch;
    } notices[64]; /* who is to stop: a ring */
    unsigned notice_count;
    int64_t up_us; /* away until then */
    const struct session *lead;
};
extern struct record record;

void record_execute(struct call *call); /* on the model, with the mutants */
void record_lanes(void);                /* of jobs that are new */
void record_before_end(int64_t id);     /* a mutant's place */

#endif
