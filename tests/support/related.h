/* SPDX-License-Identifier: Apache-2.0 */
/*
 * related.h - schemas in short for tests of relationships, and what was found in them.
 *
 * "artists: id*, name~text; albums: id*, artist_id": * is the primary key, + unique by itself, ~ a type (integer when
 * none is said). One at a time: related_make() forgets the one before.
 */
#ifndef TESTS_SUPPORT_RELATED_H
#define TESTS_SUPPORT_RELATED_H

#include "catalog/catalog.h"
#include "catalog/rows.h"

extern struct arena *related_arena;
extern struct catalog *related_catalog;

int related_setup(void **state);
int related_teardown(void **state);
void related_column(struct catalog_table *t, char *word);
void related_make(const char *schema);
void related_find(const struct rows_source *rows); /* asserts that it goes well */
const struct catalog_relationship *related_found(const char *table, const char *column);

/* "table.column -> table.column" for all, in any order; nothing else may be told. NULL ends the list. */
void related_expect(const char *const *lines);
#define EXPECT(...) related_expect((const char *const[]){ __VA_ARGS__, NULL })

#endif
