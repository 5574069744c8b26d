/* SPDX-License-Identifier: Apache-2.0 */
/*
 * patterns.h - which tables of a source are wanted: "sales.*", "audit_?", several of each sort.
 *
 * A pattern is TABLE or SCHEMA.TABLE; without a schema it means any. * is any text, ? one character; within double
 * quotes every character is itself ("" is a quote). Letters follow the dialect's own rule: PostgreSQL folds what is not
 * quoted to lower case and Oracle to upper, as for names in SQL; SQLite and SQL Server tell no case apart; all others
 * take names as they are. Pure.
 */
#ifndef CATALOG_PATTERNS_H
#define CATALOG_PATTERNS_H

#include "catalog/catalog.h"

enum { PATTERNS_MAX = 1000, PATTERN_SIZE_MAX = 2048 };

struct catalog_patterns {
    struct catalog_names include, exclude; /* include of none: all */
};

/* ERROR_INVALID "bad_pattern" for one that can't match anything: empty, an open quote, too many parts, too long. */
enum error_class patterns_check(const struct catalog_patterns *p, struct error *e);
/* "a.*,b,\"x,y\"" as a list, in the arena; commas within quotes part nothing. */
void patterns_split(struct arena *arena, const char *text, struct catalog_names *ret_names);

bool patterns_take(const struct catalog_patterns *p, const char *dialect, const char *schema, const char *name);
/* Leaves only tables and views that are wanted, with what belongs to them. */
void patterns_apply(const struct catalog_patterns *p, struct catalog *c);

#endif
