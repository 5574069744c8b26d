/* SPDX-License-Identifier: Apache-2.0 */
/*
 * duel.h - record and model side by side: the same calls on both, drawn from one seed, and both must say and hold the
 * same. What differs ends the test with the seed, the number of steps and the last calls.
 */
#ifndef TESTS_SUPPORT_DUEL_H
#define TESTS_SUPPORT_DUEL_H

#include "tests/support/record.h"
#include "tests/support/sync.h"

enum { DUEL_DISPATCHES_MAX = 4000 };

extern struct duel {
    struct record record;
    struct sync real, model;
    struct dispatch seen[DUEL_DISPATCHES_MAX]; /* what was given out, and to whom */
    int64_t seen_worker[DUEL_DISPATCHES_MAX];
    unsigned seen_count, step;
    uint64_t seed, dice;
} duel;

unsigned duel_roll(unsigned sides);                                           /* the same on every machine */
void duel_say(const char *format, ...) __attribute__((format(printf, 1, 2))); /* what this step does */
_Noreturn void duel_differ(const char *what, const char *of_record, const char *of_model);
void duel_same_int(const char *what, int64_t of_record, int64_t of_model);
void duel_same_jobs(bool remember, int64_t worker); /* dispatches */
void duel_same_tables(void);                        /* jobs live, in bulk and ended; batches */

#endif
