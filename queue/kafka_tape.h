/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_tape.h - reads one partition from its end on, whatever becomes of the broker meanwhile. No consumer group.
 *
 * A tape goes on where it was: the consumer under it is made anew after each failure. "live" is one that has heard
 * something since, or that there is nothing to hear. Loop only.
 */
#ifndef QUEUE_KAFKA_TAPE_H
#define QUEUE_KAFKA_TAPE_H

#include "queue/kafka_client.h"

struct kafka_tape;

struct kafka_tape_config { /* borrowed until the tape is closed */
    uv_loop_t *loop;
    const struct kafka_config *kafka;
    const char *topic;
    void *arg;
    void (*on_message)(void *arg, const rd_kafka_message_t *message); /* may play another partition */
    void (*on_state)(void *arg, bool live, const struct error *e);    /* not live: e says why, if it is a fault */
};

struct kafka_tape *kafka_tape_create(const struct kafka_tape_config *config);
void kafka_tape_close(struct kafka_tape *tape, void (*on_closed)(void *arg), void *arg); /* frees itself */

/* From the end of this partition on; -1: nothing. */
void kafka_tape_play(struct kafka_tape *tape, int32_t partition);
/* Makes the consumer if it is missing: call now and then while the cluster answers. */
void kafka_tape_tick(struct kafka_tape *tape, int64_t now_ms);
bool kafka_tape_is_live(const struct kafka_tape *tape);

#endif
