/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_tables.h - one pass over the rows of all tables: statistics, samples, evidence. Private to this folder.
 *
 * Order of the parts: profile_tables(), pii_find(), quality_judge(), document_write(), profile_mask() last. Without
 * rows only names speak: pii_find() still gives classes, with less confidence.
 */
#ifndef JOBS_DISCOVERY_PROFILE_PROFILE_TABLES_H
#define JOBS_DISCOVERY_PROFILE_PROFILE_TABLES_H

#include "catalog/catalog.h"
#include "catalog/rows.h"
#include "jobs/discovery/watch.h"

struct profile_options {
    int64_t rows_max;  /* of each table; 0: all */
    size_t samples;    /* shown per column, at most PROFILE_SAMPLES_MAX; 0: none */
    size_t memory_max; /* bytes for tables in the making; 0: PROFILE_MEMORY_MAX */
};

enum { PROFILE_ROWS_DEFAULT = 10000, PROFILE_SAMPLES_DEFAULT = 50, PROFILE_MEMORY_MAX = 256 << 20 };

/* Gives every column of a table that has rows its profile; rows NULL: nothing to do. options NULL: the defaults. */
enum error_class profile_tables(struct catalog *c, const struct rows_source *rows,
                                const struct profile_options *options, const struct watch *w, struct error *e);

#endif
