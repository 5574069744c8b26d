/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_sketch.h - counting more values than fit in memory: how many differ, which are frequent, a fair sample.
 *
 * All three are deterministic: the same values in the same order give the same answer. Private to this folder.
 */
#ifndef JOBS_DISCOVERY_PROFILE_PROFILE_SKETCH_H
#define JOBS_DISCOVERY_PROFILE_PROFILE_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many differ: exact up to exact_max, HyperLogLog (Ertl's estimate, error about 0.8 %) above it. */
struct sketch_distinct {
    uint64_t *set; /* open addressing, 0 is free; NULL once it grew too large */
    size_t capacity, count, exact_max;
    uint8_t *registers;
};

void sketch_distinct_init(struct sketch_distinct *s, size_t exact_max);
void sketch_distinct_finish(struct sketch_distinct *s);
void sketch_distinct_add(struct sketch_distinct *s, uint64_t hash);
int64_t sketch_distinct_count(const struct sketch_distinct *s, bool *ret_exact);
size_t sketch_distinct_bytes(const struct sketch_distinct *s);

/* Which are frequent: counters as in Misra and Gries; when they are full the median count is taken from all. What is
 * more frequent than rows / (slots_max / 2) is found; a count is too low by at most `taken`. */
struct sketch_value {
    uint64_t hash;
    int64_t rows;
    char *text; /* owned */
    uint32_t size;
};

struct sketch_common {
    struct sketch_value *values;    /* open addressing; text NULL is free */
    size_t slots, count, slots_max; /* slots doubles as values come, up to slots_max */
    int64_t taken;
};

enum { SKETCH_TEXT_MAX = 256 }; /* longer values are not counted */

void sketch_common_init(struct sketch_common *s, size_t slots_max); /* a power of 2 */
void sketch_common_finish(struct sketch_common *s);
void sketch_common_add(struct sketch_common *s, uint64_t hash, const char *text, size_t size);
/* Most frequent first, then by text; into ret_values[max], which point into the sketch. Those that surely are frequent.
 */
size_t sketch_common_top(const struct sketch_common *s, const struct sketch_value **ret_values, size_t max);

/* A fair sample of up to `max` values (Li's algorithm L), each cut at SKETCH_TEXT_MAX on a character. */
struct sketch_sample {
    char **texts; /* owned, terminated */
    uint32_t *sizes;
    size_t max, count;
    uint64_t random; /* state */
    int64_t seen, next;
    double weight;
};

void sketch_sample_init(struct sketch_sample *s, size_t max, uint64_t seed);
void sketch_sample_finish(struct sketch_sample *s);
void sketch_sample_add(struct sketch_sample *s, const char *text, size_t size);

#endif
