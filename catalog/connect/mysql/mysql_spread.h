/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_spread.h - an index of a table and how to cut it: shared by mysql_spread.c, which decides what to read, and
 * mysql_cut.c, which knows values and writes the statements.
 */
#ifndef CATALOG_CONNECT_MYSQL_MYSQL_SPREAD_H
#define CATALOG_CONNECT_MYSQL_MYSQL_SPREAD_H

#include "base/arena.h"
#include "catalog/connect/mysql/mysql.h"

enum mysql_key_kind { MYSQL_KEY_NUMBER, MYSQL_KEY_TIME, MYSQL_KEY_TEXT, MYSQL_KEY_BYTES };
enum { MYSQL_KEY_COLUMNS_MAX = 4 };

struct mysql_key {
    const char *index; /* its name, for the server */
    const struct catalog_names *columns;
    size_t column; /* the one that is cut */
    enum mysql_key_kind kind;
    int scale; /* digits behind the point of numbers */
};

/* A value of a key's column. Of numbers its digits, of times seconds since 1970, of text and bytes themselves. */
struct mysql_bound {
    const char *data;
    size_t size;
};

struct mysql_where {
    struct mysql_bound values[MYSQL_KEY_COLUMNS_MAX]; /* of the columns before key->column */
    enum mysql_key_kind kinds[MYSQL_KEY_COLUMNS_MAX];
    size_t count;
    bool null;                           /* key->column is NULL, and that alone */
    const struct mysql_bound *from, *to; /* of key->column: from <= it < to; NULL: open */
};

/* The key of the table, or an index of it, whose columns can be cut. false: there is none. */
bool mysql_key_choose(const struct catalog_table *t, struct mysql_key *ret_key);
/* Is there another column behind the one that is cut, and can it be cut? */
bool mysql_key_has_next(const struct catalog_table *t, const struct mysql_key *key);
void mysql_key_next(const struct catalog_table *t, struct mysql_key *key);

/* The value at that share of the way, strictly between both. false: there is none, or it can't be said. */
bool mysql_bound_between(struct arena *arena, const struct mysql_key *key, const struct mysql_bound *from,
                         const struct mysql_bound *to, double share, struct mysql_bound *ret);
/* Of numbers, times and bytes: is it greater? */
bool mysql_bound_after(const struct mysql_key *key, const struct mysql_bound *before, const struct mysql_bound *bound);
/* Into the order that the column's collation gives them, each once. */
enum error_class mysql_bounds_sort(struct mysql *m, struct arena *arena, const struct catalog_table *t,
                                   const struct mysql_key *key, struct mysql_bound *bounds, size_t *count,
                                   struct error *e);

/* Statements, in m->sql. */
struct sqltext *mysql_write_ends(struct sqltext *s, const struct catalog_table *t, const struct mysql_key *key,
                                 const struct mysql_where *where);
struct sqltext *mysql_write_explain(struct sqltext *s, const struct catalog_table *t, const struct mysql_key *key,
                                    const struct mysql_where *where, const struct mysql_bound *bounds, size_t count);
void mysql_write_part(struct sqltext *s, const struct catalog_table *t, const struct mysql_key *key,
                      const struct mysql_where *where, int64_t limit);
enum error_class mysql_run_spread(struct mysql *m, struct sqltext *sql, MYSQL_RES **ret_result, struct error *e);

#endif
