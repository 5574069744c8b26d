/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite.h - what the files of the SQLite dialect share: the session and how it runs a statement.
 *
 * sqlite.c opens a file that may be hostile and maps errors; _catalog introspects through PRAGMAs; _ddl reads from the
 * CREATE TABLE text what no PRAGMA tells; _read streams rows; _range splits and looks for orphans. A source only:
 * nothing here writes.
 */
#ifndef CATALOG_CONNECT_SQLITE_SQLITE_H
#define CATALOG_CONNECT_SQLITE_SQLITE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "catalog/connect/connect_dialect.h"
#include "catalog/connect/sqltext.h"

struct sqlite {
    struct connect base;
    sqlite3 *db;        /* owned */
    char *file;         /* owned: the name without its folder, for messages */
    int timeout_s;      /* of a statement; 0: none */
    int64_t until_ms;   /* monotonic; 0: no statement is timed */
    struct sqltext sql; /* the statement being built; reused */
};

static inline struct sqlite *sqlite_of(struct connect *c)
{
    return (struct sqlite *)c;
}

/* What SQLite's result code means for us, with its own words. Returns the class. */
enum error_class sqlite_error(struct sqlite *s, int code, struct error *e);

/* The statement in s->sql; ends with sqlite3_finalize(). Starts the statement's clock. */
enum error_class sqlite_prepare(struct sqlite *s, sqlite3_stmt **ret_statement, struct error *e);

/* Binds value as parameter `index`; its data must live until the statement ends. */
enum error_class sqlite_bind(struct sqlite *s, sqlite3_stmt *statement, int index, const struct connect_value *value,
                             struct error *e);

/* Column `index` of the current row; data is SQLite's until the next step. Text may be anything. */
struct connect_value sqlite_value(sqlite3_stmt *statement, int index);
/* No NUL, valid UTF-8: what other databases call text. */
bool sqlite_text_clean(const struct connect_value *text);
/* A copy that lives in the arena. */
struct connect_value sqlite_value_keep(struct arena *arena, const struct connect_value *value);

/* ["a", 1, null]: texts as text, unclean bytes as \ufffd, blobs as hex. In the arena. */
const char *sqlite_values_json(struct arena *arena, const struct connect_value *values, size_t count);

/* Valid UTF-8, not empty, at most CATALOG_NAME_MAX bytes: what the catalog can carry. */
bool sqlite_name_usable(const char *name);

enum error_class sqlite_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                struct catalog **ret_catalog, struct error *e);
enum error_class sqlite_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                             enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                             void *arg, struct error *e);
/* Rows that a statement gives, on their way to whoever reads. sqlite_read.c */
struct sqlite_taking {
    const struct catalog_table *table;
    bool raw, rowids; /* rowids: the statement's first column is the row's hidden key */
    enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e);
    void *arg;
    int64_t rows, last; /* so far; the rowid of the last one */
};
enum error_class sqlite_each_row(struct sqlite *s, sqlite3_stmt *statement, struct sqlite_taking *taking,
                                 struct error *e);
/* A name of the hidden key that no column has taken; NULL: all are. The table may have no such key all the same. */
const char *sqlite_rowid_of(const struct catalog_table *t);
/* sqlite_spread.c: that many rows from all over the table. *ret_done false: nothing was read, it can't be done. */
enum error_class sqlite_read_spread(struct sqlite *s, struct sqlite_taking *taking, int64_t limit, bool *ret_done,
                                    struct error *e);
enum error_class sqlite_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e);
enum error_class sqlite_count_upto(struct connect *c, const struct catalog_table *t, int64_t most, int64_t *ret_rows,
                                   struct error *e);
enum error_class sqlite_contains(struct connect *c, const struct rows_pair *pair, struct rows_inclusion *ret_inclusion,
                                 struct error *e);
enum error_class sqlite_split(struct connect *c, struct arena *arena, const struct catalog_table *t, unsigned parts,
                              struct connect_value **ret_bounds, unsigned *ret_count, struct error *e);
enum error_class sqlite_orphans(struct connect *c, struct arena *arena, const struct catalog_table *t,
                                const struct catalog_foreign_key *fk, int64_t *ret_count, const char **ret_samples,
                                struct error *e);
/* sqlite_view.c */
void sqlite_view_columns(struct sqlite *s, struct catalog *c, struct catalog_view *view);

#endif
