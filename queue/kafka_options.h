/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_options.h - where Kafka is and how one logs in, as the settings say it. Pure.
 *
 * options: "KEY=VALUE;KEY=VALUE": what a cluster asks of its clients, by librdkafka's names. Only keys about security
 * and the client's name may be given: the others decide about promises and are ours. A value ends at the next ';'.
 */
#ifndef QUEUE_KAFKA_OPTIONS_H
#define QUEUE_KAFKA_OPTIONS_H

#include <stdbool.h>

#include "base/error.h"

/* Borrowed texts. */
struct kafka_config {
    const char *brokers; /* HOST:PORT,HOST:PORT */
    const char *options; /* or NULL */
    const char *prefix;  /* of topics: fleets that share a cluster differ in it; NULL: "argosy" */
};

struct kafka_config kafka_config_copy(const struct kafka_config *config); /* texts of its own, until the finish */
void kafka_config_finish(struct kafka_config *copy);

/* Calls set(arg, key, value) for each pair; stops at the first that returns false. ERROR_INVALID
 * "kafka_options_invalid" numbers a pair that is none, or names a key that may not be given; never a value, nor what
 * may be the rest of a password with ';' in it. */
enum error_class kafka_options_each(const char *options, bool (*set)(void *arg, const char *key, const char *value),
                                    void *arg, struct error *e);

/* PREFIX + "." + name, at most 249 bytes of a-z A-Z 0-9 . _ -; free() it. NULL: see e. */
char *kafka_topic(const struct kafka_config *config, const char *name, struct error *e);

#endif
