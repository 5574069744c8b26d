/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_topics.h - topics are made by whoever needs them, and asking for that shows whether the cluster answers.
 *
 * Asynchronous: the answer comes as an event of the client, after patience_ms at the latest. While a question waits for
 * a cluster that is away, librdkafka tries to connect without a pause, so ask seldom and briefly then. One that may not
 * make topics finds them there, or reads of a missing one later.
 */
#ifndef QUEUE_KAFKA_TOPICS_H
#define QUEUE_KAFKA_TOPICS_H

#include "queue/kafka_client.h"

enum { KAFKA_TOPIC_DEFAULT = -1 };

struct kafka_topic_wish {
    const char *name;
    int partitions;              /* KAFKA_TOPIC_DEFAULT: the broker's */
    const char *const *settings; /* key, value, ..., NULL; or NULL */
};

/* Answered by RD_KAFKA_EVENT_CREATETOPICS_RESULT. */
void kafka_topics_make(struct kafka_client *c, const struct kafka_topic_wish *wishes, unsigned count, int patience_ms);
/* To so many partitions in all; answered by RD_KAFKA_EVENT_CREATEPARTITIONS_RESULT. */
void kafka_topics_grow(struct kafka_client *c, const char *name, int partitions, int patience_ms);

/* Of either event. ERROR_OK: the cluster answers, and the topics were made, were there, or may not be made by us. */
enum error_class kafka_topics_answer(rd_kafka_event_t *event, struct error *e);

#endif
