/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally.h - one side of one table in numbers that do not depend on the order of its rows.
 *
 * Every value's canonical form is hashed (SipHash, 64 bits). A column's checksum is the sum of its hashes. A row's
 * hash is the hash of its values' hashes; rows are also summed up by bucket, chosen by the hash of their key: equal
 * sums in all buckets mean equal rows, and two that differ say where to look, whatever order each side reads in.
 */
#ifndef JOBS_VALIDATION_TALLY_H
#define JOBS_VALIDATION_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "catalog/catalog.h"
#include "catalog/connect/connect.h"
#include "jobs/job.h"

enum { TALLY_BUCKETS = 4096 };

/* How the rows of a table are read alike from both sides. */
struct tally_shape {
    const enum type_name *types; /* of the columns, in the target */
    size_t column_count;
    const size_t *key_at; /* places of the key's columns */
    size_t key_count;     /* 0: the whole row is the key */
};

struct tally {
    int64_t rows;
    uint64_t *columns; /* sums by column; owned */
    uint64_t rows_sum[TALLY_BUCKETS];
    int64_t rows_in[TALLY_BUCKETS];
};

/* One row, hashed; `columns` has a hash a column. */
struct tally_row {
    uint64_t key, row;
    const uint64_t *columns;
};

void tally_init(struct tally *t, const struct tally_shape *shape);
void tally_finish(struct tally *t);

/* Reads the whole table and calls row() for each of its rows, hashed. */
enum error_class tally_read(struct job *job, struct connect *c, const struct catalog_table *t,
                            const struct tally_shape *shape,
                            void (*row)(void *arg, const struct tally_row *row, const struct connect_value *values),
                            void *arg, struct error *e);
/* Reads the whole table into the tally. */
enum error_class tally_fill(struct tally *t, struct job *job, struct connect *c, const struct catalog_table *table,
                            const struct tally_shape *shape, struct error *e);

static inline unsigned tally_bucket(uint64_t key)
{
    return (unsigned)(key % TALLY_BUCKETS);
}

#endif
