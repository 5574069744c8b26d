/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kafka.h - a private Kafka broker for one test program: real, one node, on free ports of 127.0.0.1.
 *
 * Its jars are fetched by Maven the first time (tests/support/kafka/prepare.py). It dies with the test. Anything that
 * goes wrong ends the test program with a message. Blocking.
 */
#ifndef TESTS_SUPPORT_KAFKA_H
#define TESTS_SUPPORT_KAFKA_H

/* "127.0.0.1:PORT"; lives as long as the program. Topics are not made by themselves. */
const char *support_kafka_start(void);

const char *support_kafka_address(void);

void support_kafka_kill(void); /* a crash */
/* Deletes topics and waits until they are gone. */
void support_kafka_delete(const char *const *topics, unsigned count);
void support_kafka_restart(void); /* up again, with the same data on the same port; after a kill or without one */

#endif
