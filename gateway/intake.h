/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake.h - jobs that arrive as CloudEvents on the Kafka topic PREFIX.submit, checked like those of the REST API.
 *
 * Any number of gateways share the topic as one consumer group. A batch is committed to the record first, to Kafka
 * then: what comes again is known by its source and id. Bad messages go to PREFIX.submit.dead and block nobody. While
 * the record is away nothing is read.
 */
#ifndef GATEWAY_INTAKE_H
#define GATEWAY_INTAKE_H

#include <stdbool.h>

struct gateway;
struct intake;

struct intake *intake_create(struct gateway *g);
void intake_close(struct intake *in, void (*on_closed)(void *arg), void *arg); /* frees itself */
void intake_record(struct intake *in, bool ready);                             /* it takes submits, or not */

#endif
