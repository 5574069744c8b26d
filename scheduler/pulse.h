/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pulse.h - decides when to look into the lanes, and whether submits have to notify. Pure: the time is an argument.
 *
 *   quiet   submits notify; looks follow a wake at once, and every QUIET_MS as a backstop
 *   busy    submits save themselves the NOTIFY; looks come every BUSY_MS as long as there is credit
 *
 * Wakes at over 1,000 a second turn it busy; half a second with little to do turns it quiet again. A submit that read
 * "busy" just before may notify nobody: the looks right after the turn, and then the backstop, find its job. In either
 * state a look that found something is followed by another as soon as that is dispatched; and so is a hint, since a
 * transaction with several submits into a lane is notified once, unless the dispatch says that nothing else was there.
 *
 * A look counts the backlog: what one took decides when wakes may cause the next, so that it takes a fifth of the
 * record's time at most.
 */
#ifndef SCHEDULER_PULSE_H
#define SCHEDULER_PULSE_H

#include <stdbool.h>
#include <stdint.h>

enum { PULSE_QUIET_MS = 250, PULSE_BUSY_MS = 2, PULSE_GLANCE_MS = 100 };

struct pulse {
    bool busy, woken, looking;
    unsigned found;        /* by the last look */
    unsigned wakes, moved; /* in this window */
    unsigned settling;     /* looks still to be made soon after turning quiet */
    int64_t looked_ms, window_ms;
    int64_t gap_ms; /* a wake causes no look so soon after the last one */
};

void pulse_init(struct pulse *p, int64_t now_ms);
void pulse_wake(struct pulse *p); /* somebody says that there may be something */
void pulse_hint(struct pulse *p); /* ... and exactly where: no look is needed for it */
/* Dispatched. all: as many as were asked for, and none is known beyond them. */
void pulse_moved(struct pulse *p, unsigned jobs, bool all);
void pulse_looked(struct pulse *p, unsigned found, int64_t now_ms); /* the answer to a look */
void pulse_turn(struct pulse *p, int64_t now_ms);                   /* quiet or busy? call now and then */

/* Is a look due? available: known and not asked for yet. When true, the look counts as begun. */
bool pulse_look(struct pulse *p, bool credit, unsigned available, int64_t now_ms);
/* ms until a look may be due without any other input. */
int64_t pulse_wait_ms(const struct pulse *p, int64_t now_ms);

#endif
