/* SPDX-License-Identifier: Apache-2.0 */
/* complain.c - what goes wrong again and again is logged once a second. */
#include "base/clock.h"
#include "base/log.h"
#include "scheduler/scheduler_private.h"

enum { COMPLAIN_MS = 1000 };

void complain(struct scheduler *s, const char *what, const struct error *e)
{
    int64_t now_ms = clock_monotonic_ms();
    if (s->complained_ms && now_ms - s->complained_ms < COMPLAIN_MS)
        return;
    s->complained_ms = now_ms;
    log_failure(LOG_WARN, what, e);
}
