/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka_topic.h - a program outside that writes to and reads from topics of the broker of support_kafka_start().
 * Blocking; failures end the test program with a message.
 */
#ifndef TESTS_SUPPORT_KAFKA_TOPIC_H
#define TESTS_SUPPORT_KAFKA_TOPIC_H

#include <stddef.h>
#include <stdint.h>

enum { TOPIC_HEADERS_MAX = 12, TOPIC_TEXT_MAX = 512 };

struct topic_header {
    const char *name, *value;
};

/* headers end with name NULL; NULL: none. Waits until the broker has it. */
void topic_write(const char *topic, const struct topic_header *headers, const void *value, size_t size);

struct topic_message { /* texts are cut and NUL-terminated */
    char key[64], value[4096];
    struct {
        char name[64], value[TOPIC_TEXT_MAX];
    } headers[TOPIC_HEADERS_MAX];
    unsigned header_count;
    int32_t partition;
};

const char *topic_header(const struct topic_message *message, const char *name); /* "" when there is none */

/* A consumer group and its offsets are gone once this returns: after its last member's session, 10 s. */
void topic_forget_group(const char *group);

/* All messages of partition 0, from the beginning, until on_message says true; false after five minutes. */
int topic_read(const char *topic, int (*on_message)(void *arg, const struct topic_message *message), void *arg);

#endif
