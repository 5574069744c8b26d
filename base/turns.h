/* SPDX-License-Identifier: Apache-2.0 */
/*
 * turns.h - how soon a program is run when somebody wakes it on a machine that is busy.
 *
 * A process that wakes up while others compute waits until one of them has had its turn, about 3 ms on a usual Linux; a
 * job meets that at every hop of its trip. From Linux 6.12 on, who asks for short turns goes before who has long ones;
 * its share of the CPU stays what it was. Short turns cost throughput, so a program has them only while few jobs pass
 * through it (under 1,000 a second) and none of them computes for long. Where the kernel does not know this, nothing
 * happens.
 */
#ifndef BASE_TURNS_H
#define BASE_TURNS_H

#include <stdbool.h>
#include <stdint.h>

struct turns { /* begin with all zero */
    bool asked, quick;
    unsigned jobs; /* in the window that began at window_ms */
    int64_t window_ms;
    int64_t usual_until_ms;
};

/* Call with each batch of jobs, and with 0 now and then. */
void turns_note(struct turns *t, unsigned jobs, int64_t now_ms);
/* What comes next computes for long: the usual turns until the next note. */
void turns_long(struct turns *t);
/* The deciding part of turns_note(): are short turns right? Asks nobody. */
bool turns_decide(struct turns *t, unsigned jobs, int64_t now_ms);

#endif
