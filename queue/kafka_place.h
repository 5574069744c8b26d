/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_place.h - which partition an incarnation has leased, as the record says, and what waits to be told it.
 *
 * What is sent to an incarnation whose place is not known yet waits for the record's answer, within bounds. A place is
 * remembered until it is forgotten: an incarnation leases once in its life. Loop only.
 */
#ifndef QUEUE_KAFKA_PLACE_H
#define QUEUE_KAFKA_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "sql/session.h"

struct kafka_places;

struct kafka_places_config {
    struct session *session; /* borrowed; is closed before or with the places' owner */
    void *arg;
    void (*send)(void *arg, int64_t incarnation, int32_t partition, const void *data, size_t size);
    void (*dropped)(void *arg, const struct error *e); /* something was, for want of a place */
    /* The answer to kafka_places_lease(); partition -1: it has none, e says why. */
    void (*leased)(void *arg, int64_t incarnation, int32_t partition, const struct error *e);
};

struct kafka_places *kafka_places_create(const struct kafka_places_config *config);
/* Nothing is sent or told after this; freed when the record has answered what it was asked. NULL is fine. */
void kafka_places_close(struct kafka_places *p);

/* Sends now, or once the place is known. */
void kafka_places_send(struct kafka_places *p, int64_t incarnation, const void *data, size_t size);
/* Worker: takes a place for an incarnation, or finds the one it has. */
void kafka_places_lease(struct kafka_places *p, int64_t incarnation);
void kafka_places_forget(struct kafka_places *p, int64_t incarnation);

#endif
