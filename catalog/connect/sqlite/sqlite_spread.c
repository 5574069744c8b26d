/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite_spread.c - rows from all over a table: some from each of many ranges of its rowid, always the same ones.
 *
 * A range that has fewer rows than its share leaves the rest to those behind it; when all are through and some are
 * still missing, the ranges that had more go on where they stopped. So exactly as many rows come as were asked for, or
 * all there are, and no more than that are read. A table without a rowid is read from its beginning by sqlite_read.c.
 */
#include "catalog/connect/sqlite/sqlite.h"

enum { PARTS = 64 };

struct part {
    int64_t from, upto; /* rowids that were not read yet */
    bool more;          /* it stopped at its share */
};

static enum error_class bounds(struct sqlite *s, const struct catalog_table *t, const char *rowid, int64_t *ret_min,
                               int64_t *ret_max, bool *ret_there, struct error *e)
{
    *ret_there = true;
    for (int i = 0; i < 2; i++) { /* alone each is a step into the tree, together they are a scan */
        sqlite3_stmt *statement = NULL;
        struct error ignored = { 0 };
        sqltext_clear(&s->sql);
        sqltext_raw(&s->sql, i == 0 ? "SELECT min(" : "SELECT max(");
        sqltext_raw(&s->sql, rowid);
        sqltext_raw(&s->sql, ") FROM ");
        sqltext_table(&s->sql, t->schema, t->name);
        if (sqlite_prepare(s, &statement, &ignored) != ERROR_OK) { /* WITHOUT ROWID: there is no such column */
            *ret_there = false;
            sqlite3_finalize(statement);
            return ERROR_OK;
        }
        int code = sqlite3_step(statement);
        enum error_class class = code == SQLITE_ROW ? ERROR_OK : sqlite_error(s, code, e);
        *ret_there = *ret_there && code == SQLITE_ROW && sqlite3_column_type(statement, 0) == SQLITE_INTEGER;
        *(i == 0 ? ret_min : ret_max) = sqlite3_column_int64(statement, 0);
        sqlite3_finalize(statement);
        if (class != ERROR_OK)
            return class;
    }
    return ERROR_OK;
}

static void build(struct sqltext *sql, const struct catalog_table *t, const char *rowid)
{
    sqltext_clear(sql);
    sqltext_raw(sql, "SELECT ");
    sqltext_raw(sql, rowid);
    for (size_t i = 0; i < t->column_count; i++) {
        sqltext_raw(sql, ", ");
        sqltext_ident(sql, t->columns[i].name);
    }
    sqltext_raw(sql, " FROM ");
    sqltext_table(sql, t->schema, t->name);
    sqltext_raw(sql, " WHERE ");
    sqltext_raw(sql, rowid);
    sqltext_raw(sql, " >= ?1 AND ");
    sqltext_raw(sql, rowid);
    sqltext_raw(sql, " <= ?2 ORDER BY ");
    sqltext_raw(sql, rowid);
    sqltext_raw(sql, " LIMIT ?3");
}

/* Up to `share` rows of the part. */
static enum error_class read_part(struct sqlite *s, sqlite3_stmt *statement, struct sqlite_taking *taking,
                                  struct part *part, int64_t share, struct error *e)
{
    int64_t before = taking->rows;
    sqlite3_reset(statement);
    sqlite3_bind_int64(statement, 1, part->from);
    sqlite3_bind_int64(statement, 2, part->upto);
    sqlite3_bind_int64(statement, 3, share);
    enum error_class class = sqlite_each_row(s, statement, taking, e);
    part->more = taking->rows - before == share && taking->last < part->upto;
    if (part->more)
        part->from = taking->last + 1;
    return class;
}

static void cut(struct part *parts, int64_t min, int64_t max)
{
    uint64_t span = (uint64_t)max - (uint64_t)min, each = span / PARTS;
    for (int i = 0; i < PARTS; i++) {
        parts[i].from = (int64_t)((uint64_t)min + (uint64_t)i * each);
        parts[i].upto = i + 1 < PARTS ? (int64_t)((uint64_t)parts[i].from + each - 1) : max;
        parts[i].more = true;
    }
}

enum error_class sqlite_read_spread(struct sqlite *s, struct sqlite_taking *taking, int64_t limit, bool *ret_done,
                                    struct error *e)
{
    const struct catalog_table *t = taking->table;
    const char *rowid = sqlite_rowid_of(t);
    struct part parts[PARTS];
    sqlite3_stmt *statement = NULL;
    int64_t min = 0, max = 0;
    bool there = false;
    *ret_done = false;
    if (rowid == NULL || t->kind != NULL)
        return ERROR_OK;
    enum error_class class = bounds(s, t, rowid, &min, &max, &there, e);
    if (class != ERROR_OK || !there || (uint64_t)max - (uint64_t)min < (uint64_t)limit + 4 * PARTS)
        return class; /* so few rowids: all of them are wanted */
    build(&s->sql, t, rowid);
    class = sqlite_prepare(s, &statement, e);
    *ret_done = class == ERROR_OK;
    taking->rowids = true;
    cut(parts, min, max);
    for (int round = 0; class == ERROR_OK && round < 2; round++)
        for (int i = 0; class == ERROR_OK && i < PARTS && taking->rows < limit; i++) {
            int64_t left = limit - taking->rows, share = round == 0 ? (left + PARTS - i - 1) / (PARTS - i) : left;
            if (parts[i].more)
                class = read_part(s, statement, taking, &parts[i], share, e);
        }
    sqlite3_finalize(statement);
    return class;
}
