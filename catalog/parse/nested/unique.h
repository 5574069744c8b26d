/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unique.h - were all values of a column different? Exact up to a number of values; beyond it only for whole numbers
 * that rise from row to row, which needs no memory. When in doubt the answer is no. This room only.
 */
#ifndef CATALOG_PARSE_NESTED_UNIQUE_H
#define CATALOG_PARSE_NESTED_UNIQUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { UNIQUE_VALUES_MAX = 1 << 18 };

struct unique {
    uint64_t *slots; /* hashes, 0: free; owned */
    size_t capacity, count;
    int64_t last; /* value before, while they rise */
    bool rising, lost;
};

void unique_init(struct unique *u);
void unique_finish(struct unique *u);
/* bytes_left: what the set may still grow by. Returns what it grew by. */
size_t unique_add(struct unique *u, const char *text, size_t size, size_t bytes_left);
/* As if the values of both were in one column. */
void unique_merge(struct unique *u, struct unique *other);
bool unique_holds(const struct unique *u);

#endif
