/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite_ddl.h - what only the CREATE text of a SQLite table or index tells: names of constraints, CHECKs, expressions.
 *
 * SQLite has accepted the text already, so this reads it leniently: what it does not understand it passes over, and
 * nothing that a PRAGMA answers is taken from here.
 */
#ifndef CATALOG_CONNECT_SQLITE_SQLITE_DDL_H
#define CATALOG_CONNECT_SQLITE_SQLITE_DDL_H

#include "catalog/catalog.h"

struct sqlite_ddl {
    const char *primary_key_name;      /* in the arena; NULL: none */
    struct catalog_names foreign_keys; /* a name for each in the order of declaration; "" for none */
    struct catalog_names deferrals;    /* for each of them "", "deferrable" or "deferred" */
};

/* Adds the CHECKs to t, sets `generated` of its columns and the names of its uniques, which must be there already. */
void sqlite_ddl_table(struct catalog *c, struct catalog_table *t, const char *sql, struct sqlite_ddl *ret_ddl);

/* Adds the columns that the text of a virtual table names: those of full text and R-trees, other modules name none.
 * Says that its rows are not read. */
void sqlite_ddl_virtual(struct catalog *c, struct catalog_table *t, const char *sql);

/* The text between the brackets of CREATE INDEX ... ON t (...), and what follows WHERE (NULL: nothing). */
void sqlite_ddl_index(struct arena *arena, const char *sql, const char **ret_columns, const char **ret_where);

#endif
