/* SPDX-License-Identifier: Apache-2.0 */
/* slot_run.h - one attempt of one job in the slot, from its start frame to its result or failure frame. */
#ifndef WORKER_SLOT_RUN_H
#define WORKER_SLOT_RUN_H

#include "worker/slot_port.h"

enum { SLOT_RESULT_MAX = 16 << 20 };

/* The answer is gathered in the port's channel; the caller flushes. Nothing happens to a job that was taken back. */
void slot_run(struct slot_port *port, const struct frame *start);

#endif
