/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_faulty.h - a doorbell in memory that loses, doubles, delays and reorders, all from one seed.
 *
 * A hub is the network; transports made on it are its ends. Nothing is delivered while anybody sends: each
 * faulty_hub_step() is a moment in which what is due arrives. The same seed and calls give the same run.
 */
#ifndef TESTS_SUPPORT_TRANSPORT_FAULTY_H
#define TESTS_SUPPORT_TRANSPORT_FAULTY_H

#include <stdbool.h>
#include <stdint.h>

#include "queue/transport.h"

struct faulty_hub;

struct faulty_settings {
    uint64_t seed;
    unsigned lose_percent, double_percent;
    unsigned delay_max; /* steps; more than 0 reorders */
};

struct faulty_hub *faulty_hub_create(const struct faulty_settings *settings);
struct faulty_hub *faulty_hub_destroy(struct faulty_hub *hub); /* after its transports; NULL is fine; returns NULL */
void faulty_hub_settings(struct faulty_hub *hub, const struct faulty_settings *settings); /* the seed goes on */

/* One moment. False when nothing is under way any more. */
bool faulty_hub_step(struct faulty_hub *hub);

/* What a FLUSHALL or a deleted topic does: all that is under way is gone. */
void faulty_hub_flush(struct faulty_hub *hub);

/* Cut ends send and receive nothing, and hear on_state. */
struct transport *transport_faulty_create(struct faulty_hub *hub, const struct transport_handlers *handlers);
void transport_faulty_cut(struct transport *t, bool cut);

#endif
