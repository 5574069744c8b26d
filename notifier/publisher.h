/* SPDX-License-Identifier: Apache-2.0 */
/*
 * publisher.h - the events of jobs, published to the Kafka topic PREFIX.events: each at least once, those of one job in
 * order, by one notifier at a time.
 */
#ifndef NOTIFIER_PUBLISHER_H
#define NOTIFIER_PUBLISHER_H

#include <uv.h>

#include "notifier/notifier.h"

struct publisher;

struct publisher *publisher_create(uv_loop_t *loop, const struct notifier_config *config);
void publisher_close(struct publisher *p, void (*on_closed)(void *arg), void *arg); /* frees itself */
void publisher_wake(struct publisher *p);                                           /* the record holds something new */

#endif
