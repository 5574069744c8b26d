/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_sketch.h - what a column's values are, in a few kilobytes: a sample of its distinct values (by hash),
 * how many there are, whether any comes twice. Private to this folder.
 *
 * The sample is taken in the space of hashes: at level n, hashes whose first n bits are 0. So two sketches can be
 * compared on the coarser of their levels, and what one has and the other lacks is a fair share of all values.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_SKETCH_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct sketch {
    uint64_t *slots; /* open addressing, 0 is free; grows up to SKETCH_SLOTS_MAX */
    uint32_t slot_count, count;
    unsigned level;
    int64_t rows, nulls;
    bool doubled;     /* a value of the sample came twice */
    bool numbers;     /* all values are whole numbers */
    int64_t min, max; /* of them */
    int64_t bytes;    /* of all values together */
};

enum { SKETCH_SLOTS_FIRST = 16, SKETCH_SLOTS_MAX = 512 };

/* The same number, or text less its blanks at the end, is the same hash: "12", "12.0"; "AB", "AB  ". Never 0. */
uint64_t sketch_hash(const char *text, size_t size);
uint64_t sketch_mix(uint64_t left, uint64_t right); /* of several columns */

void sketch_add(struct sketch *s, struct arena *arena, const char *text, size_t size); /* text NULL: a NULL */
void sketch_add_hash(struct sketch *s, struct arena *arena, uint64_t hash);
int64_t sketch_distinct(const struct sketch *s); /* estimate; exact at level 0 */
/* Of the values of `from` that can be compared, so many, and those that `to` lacks. */
void sketch_compare(const struct sketch *from, const struct sketch *to, uint32_t *ret_compared, uint32_t *ret_missing);

#endif
