/* SPDX-License-Identifier: Apache-2.0 */
/* fake_slot.h - a slot's process: fake_slot.c is its life and its socket, fake_job.c what it runs. */
#ifndef TESTS_SIM_FAKE_SLOT_H
#define TESTS_SIM_FAKE_SLOT_H

#include "tests/sim/fakes.h"
#include "worker/board.h"
#include "worker/frame.h"

enum { STARTS_MAX = 512 };

struct start {
    int64_t id, epoch;
    uint64_t number;
    bool seal;
};

struct child {
    struct actor actor; /* first */
    struct child *next;
    struct process *process;
    uv_process_t *handle; /* NULL: nobody there knows of it any more */
    uv_exit_cb on_exit;
    int fd;
    struct board *board;
    struct frame_reader in;
    struct start starts[STARTS_MAX];
    unsigned start_count;
    uint64_t seen; /* of the worker's numbers */
    bool alive, ready, reading, runs, termed, told_exit;
    struct start now;
    bool touched; /* has been to the target */
    int chunk, looks;
    int64_t asked; /* the target, so often: an answer to an older question is dropped */
    enum target_step step;
    int64_t begun_us;
};

void child_say(struct child *c, const struct frame *head, const char *const *texts, unsigned count);
void child_die(struct child *c, int64_t status, int number);
void child_begin_next(struct child *c); /* if it is free: the next job that was not taken back */

#endif
