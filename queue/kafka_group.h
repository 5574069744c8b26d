/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_group.h - a topic read by a group of programs, batch by batch: nothing of a batch is committed to Kafka before
 * its reader says so, and what the reader can't use goes to the dead-letter topic first.
 *
 * After a crash, a rebalance or a lost commit, records come again: the reader recognises them. Topics are made when
 * they are missing. Loop only; nothing blocks.
 */
#ifndef QUEUE_KAFKA_GROUP_H
#define QUEUE_KAFKA_GROUP_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "queue/kafka_options.h"

struct kafka_group;

struct kafka_record { /* until the batch is done */
    const char *topic;
    int32_t partition;
    int64_t offset;
    const void *key, *value; /* NULL: none */
    size_t key_size, size;
    const void *message; /* librdkafka's, for kafka_record_header() */
};

struct kafka_group_config { /* borrowed until the group is closed */
    uv_loop_t *loop;
    const struct kafka_config *kafka;
    const char *topic; /* "submit": topic and group PREFIX.submit, dead letters PREFIX.submit.dead */
    void *arg;
    /* A batch; the next one comes after kafka_group_done(). */
    void (*on_records)(void *arg, const struct kafka_record *records, unsigned count);
    void (*on_fault)(void *arg, const struct error *e);  /* it goes on by itself */
    void (*on_broken)(void *arg, const struct error *e); /* close it, and make another one in a while */
};

struct kafka_group *kafka_group_create(const struct kafka_group_config *config, struct error *e);
/* A batch that is not done comes again, to somebody. */
void kafka_group_close(struct kafka_group *g, void (*on_closed)(void *arg), void *arg);

/* Record i of the batch in hand can't be used, and why. */
void kafka_group_dead(struct kafka_group *g, unsigned i, const char *code, const char *message);
/* The rest of it is safe. Its offsets are committed once the broker has the dead ones. */
void kafka_group_done(struct kafka_group *g);

/* The last header of that name; not NUL-terminated. NULL: there is none. */
const char *kafka_record_header(const struct kafka_record *record, const char *name, size_t *ret_size);

#endif
