/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_client.h - one librdkafka instance on a libuv loop.
 *
 * librdkafka has threads of its own; they meet the loop in queues only, and wake it through a descriptor. Nothing here
 * blocks: what librdkafka can only do blocking (ending an instance, asking for metadata) is done on a thread of
 * libuv's pool. Loop only.
 */
#ifndef QUEUE_KAFKA_CLIENT_H
#define QUEUE_KAFKA_CLIENT_H

#include <stdbool.h>
#include <uv.h>

#include "base/error.h"
#include "queue/kafka_api.h"
#include "queue/kafka_options.h"

struct kafka_client;

struct kafka_client_config {
    uv_loop_t *loop;
    const struct kafka_config *kafka;
    rd_kafka_type_t type;
    const char *settings; /* "KEY=VALUE KEY=VALUE", by librdkafka's names, beside those that all have */
    int events;           /* RD_KAFKA_EVENT_...; errors come always */
    void *arg;
    bool (*on_event)(void *arg, rd_kafka_event_t *event); /* may close the client; true: kept, who keeps destroys it */
    void (*on_turn)(void *arg); /* NULL: no. Those events were all that there are now, or enough for one turn */
};

/* Could a client be made of it? Asks no server. */
enum error_class kafka_client_check(const struct kafka_config *config, struct error *e);

/* A producer without a loop, for a command that waits: rd_kafka_destroy() it. NULL: see e. */
rd_kafka_t *kafka_client_blocking(const struct kafka_config *config, struct error *e);

/* Connects by itself, now and again. NULL: a setting was refused, or there is no librdkafka: see e. */
struct kafka_client *kafka_client_create(const struct kafka_client_config *config, struct error *e);

/* on_closed (may be NULL) once all of it is freed; no event comes after this call. What was not sent is dropped. */
void kafka_client_close(struct kafka_client *c, void (*on_closed)(void *arg), void *arg);

rd_kafka_t *kafka_client_handle(const struct kafka_client *c);
rd_kafka_queue_t *kafka_client_queue(const struct kafka_client *c); /* answers to asynchronous calls may go here */

/* Producer: the client keeps the topic. Consumer: reads one partition from offset on; once in a client's life. */
rd_kafka_topic_t *kafka_client_topic(struct kafka_client *c, const char *name);
bool kafka_client_read(struct kafka_client *c, const char *topic, int32_t partition, int64_t offset, struct error *e);
/* Consumer with a group.id, instead: a member of the group. */
bool kafka_client_subscribe(struct kafka_client *c, const char *topic, struct error *e);

/* Takes nothing of what is read until it is let go again. */
void kafka_client_hold(struct kafka_client *c, bool hold);

/* Asks for the partitions of a topic anew, soon; they may have become more. At most one at a time. */
void kafka_client_refresh(struct kafka_client *c, rd_kafka_topic_t *topic);

/* "kafka_unavailable" for what goes by itself, "kafka_refused" for the rest. */
enum error_class kafka_client_error(rd_kafka_resp_err_t code, const char *what, const char *text, struct error *e);

#endif
