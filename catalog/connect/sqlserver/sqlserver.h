/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlserver.h - what the files of the SQL Server dialect share. Through unixODBC (catalog/connect/odbc), with
 * Microsoft's driver or FreeTDS. Reading only.
 */
#ifndef CATALOG_CONNECT_SQLSERVER_SQLSERVER_H
#define CATALOG_CONNECT_SQLSERVER_SQLSERVER_H

#include "catalog/connect/odbc/odbc.h"
#include "catalog/connect/odbc/odbc_catalog.h"
#include "catalog/connect/odbc/odbc_string.h"
#include "catalog/connect/odbc/odbc_url.h"

/* ---- sqlserver_url.c ---- */
enum error_class sqlserver_url_read(const char *text, struct odbc_url *ret_url, struct error *e);
/* The connection string for that driver, with the password in it. */
enum error_class sqlserver_string(const struct odbc_url *url, const struct odbc_driver *driver, const char *secret,
                                  const struct connect_options *options, struct odbc_string *ret_string,
                                  struct error *e);

/* ---- sqlserver_kind.c ---- */
extern const struct odbc_kind sqlserver_kind;

/* ---- sqlserver_contains.c ---- */
/* false: it is not asked. */
bool sqlserver_contains_text(struct sqltext *s, const struct rows_pair *pair);
enum error_class sqlserver_contains(struct connect *c, const struct rows_pair *pair,
                                    struct rows_inclusion *ret_inclusion, struct error *e);

/* ---- sqlserver.c ---- */
/* What is said to the server once, before anything else; the %d is milliseconds. For it and for the test that parses
 * what we write. */
extern const char *const sqlserver_prologue[]; /* NULL-terminated */
enum error_class sqlserver_prepare(struct odbc *o, const struct odbc_url *url, const struct connect_options *options,
                                   struct error *e);

/* ---- sqlserver_catalog.c, sqlserver_tables.c, sqlserver_keys.c, sqlserver_beside.c ---- */
extern const char sqlserver_system_schemas[];
/* In this order; each ended by one without sql. Tables and views are found by name behind the first. */
extern const struct odbc_statement sqlserver_objects[], sqlserver_columns[], sqlserver_indexes[], sqlserver_keys[],
    sqlserver_beside[];
/* Behind sqlserver_indexes: keys leave the list of indexes. */
void sqlserver_settle_indexes(struct catalog *c);
extern const char sqlserver_rights_sql[];
/* On any session that answers the statements; name: of the database. */
enum error_class sqlserver_read_catalog(struct odbc *o, struct arena *arena, const char *name, const char *schema,
                                        bool exact_rows, struct catalog **ret_catalog, struct error *e);
/* "nvarchar(20)" of a row: type name, schema of a type of one's own (NULL: the server's), max_length, precision, scale
 * in five columns from `first`. */
const char *sqlserver_native(const struct odbc_reading *r, size_t first);
/* The SELECT of CREATE VIEW ... AS SELECT ...; the text itself when it is no such statement. */
const char *sqlserver_view_body(const char *definition);

#endif
