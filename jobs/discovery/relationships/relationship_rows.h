/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_rows.h - what the rows say about candidates: sketches of all columns first, exact counts for the few
 * that are left. Private to this folder.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_ROWS_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_ROWS_H

#include "base/error.h"
#include "catalog/rows.h"
#include "jobs/discovery/relationships/relationship_candidates.h"
#include "jobs/discovery/relationships/relationship_sketch.h"
#include "jobs/discovery/watch.h"

/* Of a table: sketched, unless options say otherwise; read to be counted where the source does not compare. */
enum { ROWS_SAMPLE_MAX = 100000, ROWS_COUNT_MAX = 2000000 };

struct rows_limits {
    int64_t sample, inclusion; /* rows of a table: sketched; compared by the source itself */
};

/* sketches[table][column], in the order of the catalog. */
struct rows_sketches {
    struct sketch **tables;
    int64_t rows_max; /* of each table that were looked at */
};

struct rows_seen { /* of one candidate */
    int64_t rows, distinct, rows_missing, distinct_missing;
    bool exact;       /* all rows of both sides were compared */
    bool sampled;     /* the key's table has more rows than were sketched: what is missing may be there */
    bool parent_none; /* the table referred to has no rows */
    double surprise;  /* bits: how unlikely the inclusion is between columns that have nothing to do with each other */
    bool alone;       /* proposed by its values, whatever the names say */
    bool reaches;     /* of whole numbers: they span the range of the key, not only its beginning */
};

/* One pass over a sample of every table. */
enum error_class rows_sketch(const struct rows_source *rows, struct catalog *c, struct arena *arena, int64_t rows_max,
                             const struct watch *watch, struct rows_sketches *ret_sketches, struct error *e);
/* Fills items[i].seen from the sketches. */
void rows_compare(const struct related_model *m, const struct rows_sketches *sketches,
                  struct related_candidate *candidate);
/* Counts exactly where that fits into memory: items are pointers, in any order. */
enum error_class rows_count(const struct rows_source *rows, const struct related_model *m,
                            struct related_candidate **items, size_t count, const struct rows_limits *limits,
                            const struct watch *watch, struct error *e);
/* Orphans of declared keys that nobody counted, where all rows of both tables are at hand. relationship_orphans.c */
enum error_class rows_orphans(const struct rows_source *rows, const struct related_model *m,
                              const struct rows_limits *limits, const struct watch *watch, struct error *e);
/* What is added to the candidate's score. Not the last word: a count may follow, so a sketch only drops what it is sure
 * of. */
double rows_score(const struct rows_seen *seen, bool last);

#endif
