/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql.h - what the files of the MySQL and MariaDB dialect share: the session and how it runs a statement.
 *
 * One dialect for both: what differs is asked of the server at open. Sessions use ANSI_QUOTES, and sqltext doubles
 * backslashes for this dialect, so that its text is theirs too. Reading only: introspection and rows. Blocking, one
 * session at a time.
 */
#ifndef CATALOG_CONNECT_MYSQL_MYSQL_H
#define CATALOG_CONNECT_MYSQL_MYSQL_H

#include <stdbool.h>
#include <string.h>

#include "catalog/connect/connect_dialect.h"
#include "catalog/connect/mysql/mysql_api.h"
#include "catalog/connect/sqltext.h"

struct mysql {
    struct connect base;
    const struct mysql_api *api;
    MYSQL *session; /* owned */
    char *database; /* owned; NULL: the URL names none */
    bool mariadb;
    struct connect_options options; /* of open(); without its texts */
    bool broken;                    /* a stream was left in the middle: nothing more on this session */
    struct sqltext sql;
};

static inline struct mysql *mysql_of(struct connect *c)
{
    return (struct mysql *)c;
}

/* ---- mysql_url.c ---- */
struct mysql_url { /* texts owned; NULL: not given */
    char *user, *host, *database, *socket, *ssl;
    unsigned port;
};
enum error_class mysql_url_read(const char *url, struct mysql_url *ret_url, struct error *e);
void mysql_url_finish(struct mysql_url *url);

/* ---- mysql.c ---- */
/* Runs the statement and takes its whole result (NULL when it has none; ret_result NULL: not wanted). */
enum error_class mysql_run(struct mysql *m, const char *sql, MYSQL_RES **ret_result, struct error *e);
/* What the session says went wrong, as class and code; never with the password. */
enum error_class mysql_failed(struct mysql *m, struct error *e);
enum error_class mysql_usable(struct mysql *m, struct error *e);

static inline bool mysql_says(const char *text, const char *word)
{
    return text != NULL && strcasestr(text, word) != NULL;
}

/* ---- mysql_catalog.c, mysql_beside.c ---- */
enum error_class mysql_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                               struct catalog **ret_catalog, struct error *e);
/* A result being taken row by row into the catalog. */
struct mysql_reading {
    struct mysql *mysql;
    struct catalog *catalog;
    const char *in; /* "= 'database'" or "NOT IN (...)": stands for {in} in a statement */
    bool any;       /* rows whose table is none of the catalog's count as well */
    MYSQL_ROW row;
};
/* mysql_column.c: a row of information_schema.COLUMNS */
void mysql_take_column(struct mysql_reading *r, struct catalog_table *t);
/* mysql_type.c: with the members of an enum */
struct type mysql_type(struct arena *arena, const char *native_type);
const char *mysql_text_at(const struct mysql_reading *r, unsigned column);       /* in the arena; NULL: NULL */
const char *mysql_expression_at(const struct mysql_reading *r, unsigned column); /* the same of an SQL expression */
/* Each row begins with schema and table; take() gets that table, and only rows whose table is in the catalog come to it
 * (before the catalog is sorted, or with `any`: all rows, and NULL). A row has `columns` fields at least, the first
 * `given` of them are never NULL, and all are UTF-8: a server may answer what it likes. */
enum error_class mysql_each(struct mysql_reading *r, const char *sql, unsigned columns, unsigned given,
                            void (*take)(struct mysql_reading *r, struct catalog_table *t), struct error *e);
/* Checks, partitions, triggers and views. */
enum error_class mysql_beside(struct mysql_reading *r, struct error *e);

/* ---- mysql_mariadb.c ---- */
/* Sequences, and keys over a period; nothing on MySQL. */
enum error_class mysql_mariadb(struct mysql_reading *r, struct error *e);
/* Periods, once the checks are read. */
void mysql_mariadb_periods(struct mysql_reading *r);

/* ---- mysql_settle.c ---- */
/* Leaves out keys and indexes over columns that this login is not shown, and says so. */
void mysql_settle(struct catalog *c);
/* Says which tables this login is not shown, as far as that can be known; schema NULL: all of the server's. */
enum error_class mysql_tell_unseen(struct mysql_reading *r, const char *schema, struct error *e);

/* ---- mysql_probe.c ---- */
enum error_class mysql_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e);

/* ---- mysql_read.c, mysql_range.c ---- */
enum error_class mysql_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                            enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                            void *arg, struct error *e);
/* SELECT and the table's columns, those that may not be read as NULL. */
void mysql_write_columns(struct sqltext *s, const struct catalog_table *t);
/* The rows of the statement in m->sql, which gives the table's columns. */
enum error_class mysql_read_built(struct mysql *m, const struct catalog_table *t,
                                  enum error_class (*row)(void *arg, const struct connect_value *values,
                                                          struct error *e),
                                  void *arg, struct error *e);
/* mysql_spread.c: at most that many rows from all over the table. *ret_done false: nothing was read, it can't be done.
 */
enum error_class mysql_read_spread(struct mysql *m, const struct catalog_table *t, int64_t limit,
                                   enum error_class (*row)(void *arg, const struct connect_value *values,
                                                           struct error *e),
                                   void *arg, bool *ret_done, struct error *e);
enum error_class mysql_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e);
enum error_class mysql_count_upto(struct connect *c, const struct catalog_table *t, int64_t most, int64_t *ret_rows,
                                  struct error *e);
enum error_class mysql_contains(struct connect *c, const struct rows_pair *pair, struct rows_inclusion *ret_inclusion,
                                struct error *e);

#endif
