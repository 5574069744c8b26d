/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_catalog.h - introspection by a fixed list of statements: each asks one kind of thing of all tables at once.
 *
 * A statement that the server refuses (rights, an older version) leaves its part out, and a diagnostic of the catalog
 * says which part and why; only one that is `needed` ends the reading.
 */
#ifndef CATALOG_CONNECT_ODBC_ODBC_CATALOG_H
#define CATALOG_CONNECT_ODBC_ODBC_CATALOG_H

#include "catalog/connect/odbc/odbc.h"

struct odbc_reading {
    struct odbc *odbc;
    struct catalog *catalog;
    const char *in;                     /* "= 'schema'" or "NOT IN (...)": stands for {in} in a statement */
    const struct connect_value *values; /* the row */
    bool over;                          /* a list is longer than allowed: the rest is left out, and said */
};

struct odbc_statement {
    const char *what;                     /* "foreign keys": for diagnostics */
    const char *sql;                      /* rows are ordered so that those of one thing follow one another */
    void (*take)(struct odbc_reading *r); /* a row */
    bool needed;
};

/* All that is asked, each list ended by a row without sql. */
struct odbc_lists {
    const struct odbc_statement *objects; /* tables and views; behind them the catalog is sorted and things are found */
    const struct odbc_statement *columns, *indexes, *keys, *beside;
    void (*settle_indexes)(struct catalog *c);
};

/* The whole introspection. exact_rows: counts the tables as well. */
enum error_class odbc_lists_read(struct odbc_reading *r, const struct odbc_lists *lists, bool exact_rows,
                                 struct error *e);
/* The statement with every {in} filled; free() it. */
char *odbc_statement_text(const char *sql, const char *in);
enum error_class odbc_statement_read(struct odbc_reading *r, const struct odbc_statement *s, struct error *e);
/* {in}: = schema, or NOT IN (system); good until the next use of `s`. */
enum error_class odbc_schema_filter(struct sqltext *s, const char *schema, const char *system, const char **ret_in,
                                    struct error *e);
/* Counts every table; one that can't be counted keeps its estimate, with a diagnostic. */
enum error_class odbc_count_all(struct odbc_reading *r, struct error *e);

/* ---- columns of the row ---- */
const char *odbc_text_at(const struct odbc_reading *r, size_t column);             /* in the arena; NULL: NULL or "" */
int64_t odbc_number_at(const struct odbc_reading *r, size_t column, int64_t none); /* none: NULL, or no number */
bool odbc_true_at(const struct odbc_reading *r, size_t column);                    /* 1, 'Y', 'YES', 'ENABLED' ... */
bool odbc_is_at(const struct odbc_reading *r, size_t column, const char *word);    /* without regard to case */
/* The table or view whose schema and name stand in columns 0 and 1; NULL: none of the catalog's. Once it is sorted. */
struct catalog_table *odbc_table_of(const struct odbc_reading *r);
struct catalog_view *odbc_view_of(const struct odbc_reading *r);
/* The column whose name stands there, of the table or view above; NULL: none. */
struct catalog_column *odbc_column_of(const struct odbc_reading *r, size_t column);

/* The name of a key whose columns come in several rows; one that the server made up is kept marked until
 * odbc_settle_names() takes it away, as a script would have none. */
const char *odbc_key_name(const struct odbc_reading *r, size_t column, bool made_up);
bool odbc_key_named(const char *kept, const char *name);
void odbc_settle_names(struct catalog *c);

void odbc_extra(const struct odbc_reading *r, struct catalog_table *t, const char *what, const char *text);
void odbc_diagnostic(const struct odbc_reading *r, const char *table, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Without one pair of brackets around all of it: (([a]>(0))) is what the text (a > 0) stands in. */
const char *odbc_unwrapped(struct arena *arena, const char *expression);

#endif
