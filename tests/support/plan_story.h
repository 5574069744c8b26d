/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan_story.h - tests of the plan as stories: an imitation of the record it reads, and a trace of what it decides.
 *
 * Lanes are 1 to 3 (default/a, b, c), workers are 1 to 3 (w1, w2, w3) with 16 slots each. One story at a time.
 */
#ifndef TESTS_SUPPORT_PLAN_STORY_H
#define TESTS_SUPPORT_PLAN_STORY_H

#include <stdbool.h>
#include <stdint.h>

#include "scheduler/plan.h"

extern struct plan *story_plan;
extern int64_t story_ms;              /* now */
extern int64_t story_seqs[8];         /* given out, by incarnation */
extern unsigned story_backlog[8];     /* by lane */
extern const char *story_kinds[8];    /* what a lane holds */

/* For cmocka. */
int story_begin(void **state);
int story_end(void **state);

/* Adds a line to the trace; compares the trace and begins another one. */
void story_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
void story_is(const char *expected);

/* The plan reads lanes, one worker, two workers. */
void story_lanes(bool paused);
struct worker_row story_worker(int64_t incarnation, int64_t beat, int64_t got, int64_t done);
void story_beat(int64_t beat, int64_t got, int64_t done);
void story_two_beats(int64_t beat);

/* Steps until nothing is left to do, telling each action; dispatches are carried out at once, or left under way. */
void story_dispatch(const struct plan_action *a);
void story_step(bool carry_out);

#endif
