/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probes.h - POST /api/v1/connections/{id}/test and /api/v1/connections/test: a job of kind probe looks at the database
 * from a slot, and the request waits for its end, not longer than it was told. Loop only.
 */
#ifndef GATEWAY_PROBES_H
#define GATEWAY_PROBES_H

#include "http/request.h"

struct gateway;
struct probes;

struct probes *probes_create(struct gateway *gateway);
/* Every request has been answered by then. on_closed runs once all is gone. */
void probes_close(struct probes *p, void (*on_closed)(void *arg), void *arg);

#endif
