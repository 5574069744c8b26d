/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle.h - what the files of the Oracle dialect share. Through unixODBC (catalog/connect/odbc) with the driver of
 * Oracle's Instant Client. Reading only.
 */
#ifndef CATALOG_CONNECT_ORACLE_ORACLE_H
#define CATALOG_CONNECT_ORACLE_ORACLE_H

#include "catalog/connect/odbc/odbc.h"
#include "catalog/connect/odbc/odbc_catalog.h"
#include "catalog/connect/odbc/odbc_string.h"
#include "catalog/connect/odbc/odbc_url.h"

/* ---- oracle_url.c ---- */
enum error_class oracle_url_read(const char *text, struct odbc_url *ret_url, struct error *e);
enum error_class oracle_string(const struct odbc_url *url, const struct odbc_driver *driver, const char *secret,
                               const struct connect_options *options, struct odbc_string *ret_string, struct error *e);

/* ---- oracle_kind.c ---- */
extern const struct odbc_kind oracle_kind;

/* ---- oracle.c ---- */
extern const char *const oracle_prologue[]; /* said once, before anything else; NULL-terminated */
enum error_class oracle_prepare(struct odbc *o, const struct odbc_url *url, const struct connect_options *options,
                                struct error *e);

/* ---- oracle_catalog.c, oracle_tables.c, oracle_keys.c, oracle_beside.c ---- */
extern const char oracle_maintained_sql[]; /* can the server say which users are its own (from 12.1)? */
extern const char oracle_system_new[], oracle_system_old[];
/* In this order; each ended by one without sql. Tables and views are found by name behind the first. */
extern const struct odbc_statement oracle_objects[], oracle_columns[], oracle_indexes[], oracle_keys[], oracle_beside[];
/* Behind oracle_indexes: expressions leave the lists of columns. */
void oracle_settle_indexes(struct catalog *c);
/* On any session that answers the statements; name: of the service. */
enum error_class oracle_read_catalog(struct odbc *o, struct arena *arena, const char *name, const char *schema,
                                     bool exact_rows, struct catalog **ret_catalog, struct error *e);

#endif
