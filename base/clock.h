/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h - the only place that asks what time it is.
 *
 * Deciding code takes the time as an argument (`now_ms`); a program asks here once a step. Tests set a time of their
 * own with clock_set_virtual(), and then it moves only by clock_advance().
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

int64_t clock_monotonic_ms(void); /* since some start; never goes back; not comparable between machines */
int64_t clock_monotonic_us(void);
int64_t clock_wall_ms(void); /* Unix time; may jump: for people and for records, never for deciding who is dead */
int64_t clock_wall_us(void);

enum { CLOCK_TEXT_SIZE = 32 };
/* "2026-11-21T10:37:00.123Z" */
void clock_text(int64_t wall_ms, char ret_text[static CLOCK_TEXT_SIZE]);

void clock_set_virtual(int64_t monotonic_us, int64_t wall_us); /* tests only */
void clock_advance_us(int64_t by_us);                          /* tests only */
void clock_set_real(void);

#endif
