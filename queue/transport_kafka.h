/* SPDX-License-Identifier: Apache-2.0 */
/* transport_kafka.h - the Kafka carrier by itself; programs use transport_create(). */
#ifndef QUEUE_TRANSPORT_KAFKA_H
#define QUEUE_TRANSPORT_KAFKA_H

#include "queue/kafka_options.h"
#include "queue/transport.h"
#include "sql/session.h"

/* session: where leases are taken and looked up; borrowed, and closed before or with the carrier. */
struct transport *transport_kafka_create(uv_loop_t *loop, const struct kafka_config *config, struct session *session,
                                         const struct transport_handlers *handlers, struct error *e);

#endif
