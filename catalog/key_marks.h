/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_marks.h - which keys each column of a table is part of, asked for all of its columns at once: a table of
 * thousands of columns and as many keys is no square.
 */
#ifndef CATALOG_KEY_MARKS_H
#define CATALOG_KEY_MARKS_H

#include "catalog/numbering.h"
#include "catalog/table.h"

enum {
    KEY_MARK_PRIMARY = 1,
    KEY_MARK_PRIMARY_ALONE = 2, /* the whole primary key */
    KEY_MARK_FOREIGN = 4,
    KEY_MARK_UNIQUE_ALONE = 8, /* a unique key of this column only */
    KEY_MARK_INDEX_ALONE = 16, /* a unique index of this column only, neither partial nor of an expression */
};

/* One for all tables that are looked at, one after the other. */
struct key_marks {
    struct numbering names; /* of columns */
    struct key_mark *marks; /* under a name's number */
    size_t *numbers;        /* of the names of the table's columns */
    size_t mark_capacity, number_capacity;
    size_t table; /* counts the tables: marks of another one are none */
};

void key_marks_init(struct key_marks *m);
void key_marks_finish(struct key_marks *m);
void key_marks_read(struct key_marks *m, const struct catalog_table *t);
unsigned key_marks_of(const struct key_marks *m, size_t column);   /* by its place in the table that was read */
size_t key_marks_number(const struct key_marks *m, size_t column); /* of its name: the same in all tables */

#endif
