/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.h - what changed from one catalog to the next, as a list in a fixed order.
 *
 * Tables, views, sequences and types meet by schema and name (by name alone where each catalog has one schema), columns
 * by name. Of what is left, tables with like columns and columns of one type with a like name or the same place are
 * taken as renamed, with the likeness that says how sure that is. Breaking means: a program that read or wrote the old
 * tables correctly may fail or be refused on the new ones; `why` says how. Comments, estimates and statistics are no
 * change.
 */
#ifndef CATALOG_DIFF_H
#define CATALOG_DIFF_H

#include "base/buffer.h"
#include "catalog/catalog.h"

struct diff_item {
    const char *change; /* "added", "dropped", "changed", "renamed" */
    const char *what;   /* "table", "column", "type", "nullable", "default", "identity", "generated", "collation",
                           "primary_key", "foreign_key", "unique", "index", "check", "view", "sequence",
                           "named_type", "member" */
    const char *schema, *table; /* the new name of a renamed table; NULL for what belongs to no table */
    const char *name;           /* of the column, key, index, ...; NULL: the table itself */
    const char *from, *to;      /* what it was and what it is, in the catalogs' own words; NULL: nothing */
    bool breaking;
    const char *why; /* of what breaks, or what to look out for; may be NULL */
    double likeness; /* of renamed: 0 to 1 */
};

struct diff {
    struct arena *arena;
    struct diff_item *items;
    size_t count, breaking;
    bool by_name; /* each has one schema, whatever it is called */
};

/* Both must be sorted. Everything in the result lives in the arena or in the catalogs. */
struct diff *diff_create(struct arena *arena, const struct catalog *from, const struct catalog *to);
/* {"breaking":N,"changes":[{"change","what","schema","table","name","from","to","breaking","why","likeness"}]} */
void diff_write(const struct diff *d, struct buffer *b);

/* ---- this room only ---- */
struct diff_item *diff_add(struct diff *d, const char *change, const char *what, const struct catalog_table *t,
                           const char *name);
void diff_breaks(struct diff *d, struct diff_item *item, const char *why); /* and counts it */
/* 0 to 1, without regard to case: shared pairs of letters (Dice's coefficient). */
double diff_names_likeness(const char *a, const char *b);
/* The columns of a table by name, and one of them. */
const struct catalog_column **diff_sorted(struct arena *arena, const struct catalog_table *t);
const struct catalog_column *diff_sorted_find(const struct catalog_column **columns, size_t count, const char *name);
void diff_columns(struct diff *d, const struct catalog_table *from, const struct catalog_table *to);
void diff_keys(struct diff *d, const struct catalog_table *from, const struct catalog_table *to);

#endif
