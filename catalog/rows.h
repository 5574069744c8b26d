/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.h - rows of a catalog's tables, whatever holds them: a folder of CSV files, one nested document, a live
 * database. Whoever reads a source gives one of these beside the catalog; whoever judges rows (profile, relationships)
 * takes one and knows nothing of where they come from.
 *
 * Values are text as the source spells it (numbers with a point, dates as ISO where the source has a date type, bytes
 * as they are), in the order of the table's columns; good until the sink returns. Reading again gives the same rows
 * unless the source changed meanwhile. Blocking; for slots and the CLI.
 */
#ifndef CATALOG_ROWS_H
#define CATALOG_ROWS_H

#include "base/error.h"
#include "catalog/catalog.h"

struct rows_value {
    const char *text; /* not NUL-terminated; NULL: the value is NULL */
    size_t size;
};

/* One row of `t`; values[t->column_count]. Another answer than ERROR_OK ends the reading with it; ROWS_ENOUGH skips the
 * rest of this table without being an error. */
enum { ROWS_ENOUGH = -1 };
typedef int rows_sink(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e);

struct rows_ask {
    const struct catalog_table *only; /* NULL: all tables, in any order */
    int64_t rows_max; /* of each table; 0: all. What is left out is spread over it where that is cheap */
};

/* For sources that read on and give some: `wanted` of `rows`, one somewhere in each equal part of them, so that what
 * comes again every few rows (positions in lists) is not met always at the same place; all when that many are not known
 * to be there. Always the same ones. */
struct rows_spread {
    int64_t rows, wanted, seen, given; /* the last two begin with 0 */
};
static inline int64_t rows_spread_part(const struct rows_spread *s, int64_t part) /* its first row */
{
    return (int64_t)((double)part * ((double)s->rows / (double)s->wanted));
}
static inline bool rows_spread_next(struct rows_spread *s)
{
    if (s->wanted <= 0 || s->rows <= s->wanted)
        return true;
    int64_t row = s->seen++;
    if (s->given >= s->wanted)
        return false;
    int64_t from = rows_spread_part(s, s->given),
            to = s->given + 1 < s->wanted ? rows_spread_part(s, s->given + 1) : s->rows;
    uint64_t dice = ((uint64_t)s->given + 1) * 0x9E3779B97F4A7C15u;
    dice = (dice ^ dice >> 32) * 0xD6E8FEB86659FD93u;
    if (row < from + (int64_t)((dice >> 33) % (uint64_t)(to > from ? to - from : 1)))
        return false;
    s->given++;
    return true;
}

/* Filled by rows_contains: how the values of columns lie in those of another table. Rows with a NULL among `columns`
 * do not count. */
struct rows_inclusion {
    int64_t rows, distinct;                 /* of the columns that refer */
    int64_t rows_missing, distinct_missing; /* of these, not to be found on the other side */
    bool exact;                             /* every row of the side that refers was looked at */
    bool known; /* every key of the other side was asked for; false: nothing here says anything */
};

/* What rows_contains compares. */
struct rows_pair {
    const struct catalog_table *from, *to;
    const struct catalog_names *columns, *to_columns; /* as many of each */
    int64_t rows_max; /* a table of more rows is looked at in a sample (from), or by its index alone (to) */
};

struct rows_source {
    const struct rows_face *face;
    void *self;
};

struct rows_face {
    bool in_turn; /* all rows of a table come together, none of another between them */
    enum error_class (*read)(void *self, const struct rows_ask *ask, rows_sink *sink, void *context, struct error *e);
    /* Does the source itself (a server) compare? NULL: whoever asks reads both sides. */
    enum error_class (*contains)(void *self, const struct rows_pair *pair, struct rows_inclusion *ret_inclusion,
                                 struct error *e);
    void (*close)(void *self);
};

#endif
