/* SPDX-License-Identifier: Apache-2.0 */
/* announce.h - an event of the record as a CloudEvent for Kafka (docs/protocol.md, "Kafka topics"). */
#ifndef NOTIFIER_ANNOUNCE_H
#define NOTIFIER_ANNOUNCE_H

#include <stdint.h>

#include "queue/kafka_sender.h"

/* base: the record's system and timeline; n: the event's number there; job 0: it is about none. data: the event as
 * events_read.sql gives it. */
enum error_class announce_event(struct kafka_sender *sender, const char *base, int64_t n, int64_t job, const char *type,
                                const char *data, size_t size, struct error *e);

/* Events were left out: consumers have to look at the state of things. */
enum error_class announce_resync(struct kafka_sender *sender, const char *base, const char *reason, struct error *e);

#endif
