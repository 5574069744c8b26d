/* SPDX-License-Identifier: Apache-2.0 */
/* made_rows.h - a catalog of text columns whose rows functions make, judged by all parts of discovery that look at
 * rows. One at a time. */
#ifndef TESTS_SUPPORT_MADE_ROWS_H
#define TESTS_SUPPORT_MADE_ROWS_H

#include "catalog/catalog.h"
#include "catalog/rows.h"
#include "jobs/discovery/profile/profile_tables.h"

/* A column's value in row `row`, written into room; NULL is NULL. */
typedef const char *made_value(int row, char *room, size_t size);

enum { MADE_COLUMNS_MAX = 8 };

struct made {
    int rows;
    made_value *makers[MADE_COLUMNS_MAX];
};

extern struct arena *made_arena;
extern struct catalog *made_catalog;

int made_setup(void **state);
int made_teardown(void **state);
/* Columns as "name other"; all are text that may be NULL. */
struct catalog_table *made_table(const char *name, const char *columns);
extern const struct rows_face made_face; /* self: a struct made, for the catalog's first table */
/* Everything but the masks; options NULL: the defaults. */
void made_judge(struct made *made, const struct profile_options *options);

const char *made_count(int row, char *room, size_t size);  /* 1, 2, 3 */
const char *made_spread(int row, char *room, size_t size); /* 211 numbers in no order */

#endif
