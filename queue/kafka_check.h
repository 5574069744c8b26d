/* SPDX-License-Identifier: Apache-2.0 */
/* kafka_check.h - asks a Kafka cluster, blocking, whether it is there and fit for the fleet. For `argosy doctor`. */
#ifndef QUEUE_KAFKA_CHECK_H
#define QUEUE_KAFKA_CHECK_H

#include "base/error.h"
#include "queue/kafka_options.h"

/* ERROR_OK: ret_text says what was found. ERROR_UNAVAILABLE after 5 s without an answer. */
enum error_class kafka_check(const struct kafka_config *config, char *ret_text, unsigned size, struct error *e);

#endif
