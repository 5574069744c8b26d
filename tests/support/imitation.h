/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imitation.h - an imitation of a worker for tests of the scheduler: it registers, beats, and writes down what is
 * dispatched to it. Jobs are looked up by their seq: a bell may ring twice for one.
 */
#ifndef TESTS_SUPPORT_IMITATION_H
#define TESTS_SUPPORT_IMITATION_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "tests/support/record.h"
#include "tests/support/transport_peer.h"

struct imitation {
    struct peer peer;
    struct record *record;
    uv_timer_t beat;
    int64_t incarnation, done, wanted;
    unsigned beating; /* beats that were not answered yet: they hold a pointer to this */
    bool silent;      /* does not beat */
    bool deaf;        /* beats, but has received nothing */
    bool alive;
};

/* Four slots; returns once it is registered. Its handles outlive a failed test: *w is static. */
void imitation_start(struct imitation *w, struct record *record, const char *redis, const char *name,
                     const char *transport);
void imitation_stop(struct imitation *w);
/* Until it has received everything up to that seq. */
void imitation_wait(struct imitation *w, int64_t seq);
const struct peer_job *imitation_job(const struct imitation *w, int64_t seq);

#endif
