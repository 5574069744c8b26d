/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite_read.c - rows of a table, in key order, between two keys.
 *
 * Happy path: one SELECT, one step a row, values handed over as they are stored. The order is SQLite's (NULL, numbers,
 * text, bytes, under each column's collation), and the bounds are compared the same way, so ranges meet without gap or
 * overlap. A key that may hold NULL (SQLite allows it in most primary keys) gets a longer condition in which NULL comes
 * first. Failure modes: text that no other database takes ends the read and names table, column and key.
 */
#include <string.h>

#include "catalog/connect/sqlite/sqlite.h"
#include "catalog/observed.h"

static bool key_nullable(const struct catalog_table *t, const struct catalog_names *key)
{
    for (size_t i = 0; i < key->count; i++) {
        const struct catalog_column *column = catalog_column_find(t, key->items[i]);
        if (column == NULL || column->nullable)
            return true;
    }
    return false;
}

static void parameter(struct sqltext *sql, size_t number)
{
    sqltext_raw(sql, "?");
    sqltext_integer(sql, (int64_t)number);
}

/* (a, b) > (?1, ?2): what an index can follow. */
static void compare_plain(struct sqltext *sql, const struct catalog_names *key, const char *operator, size_t first)
{
    sqltext_raw(sql, "(");
    sqltext_idents(sql, NULL, key);
    sqltext_raw(sql, ")");
    sqltext_raw(sql, operator);
    sqltext_raw(sql, "(");
    for (size_t i = 0; i < key->count; i++) {
        sqltext_raw(sql, i > 0 ? ", " : "");
        parameter(sql, first + i);
    }
    sqltext_raw(sql, ")");
}

/* The column lies beyond (or before) its bound; NULL is the first of all values. */
static void compare_one(struct sqltext *sql, const char *column, const struct connect_value *bound, size_t number,
                        bool after)
{
    if (bound->type == CONNECT_NULL) {
        if (after)
            sqltext_ident(sql, column);
        sqltext_raw(sql, after ? " IS NOT NULL" : "0");
        return;
    }
    sqltext_raw(sql, "(");
    sqltext_ident(sql, column);
    sqltext_raw(sql, after ? " > " : " < ");
    parameter(sql, number);
    if (!after) {
        sqltext_raw(sql, " OR ");
        sqltext_ident(sql, column);
        sqltext_raw(sql, " IS NULL");
    }
    sqltext_raw(sql, ")");
}

static void equal_prefix(struct sqltext *sql, const struct catalog_names *key, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sqltext_ident(sql, key->items[i]);
        sqltext_raw(sql, " IS ");
        parameter(sql, first + i);
        sqltext_raw(sql, i + 1 < count ? " AND " : "");
    }
}

/* a > ?1 OR a IS ?1 AND b > ?2 ...; for the upper bound also equal in all. */
static void compare_nullable(struct sqltext *sql, const struct catalog_names *key, const struct connect_value *bound,
                             size_t first, bool after)
{
    sqltext_raw(sql, "(");
    for (size_t i = 0; i < key->count; i++) {
        sqltext_raw(sql, i > 0 ? " OR (" : "(");
        equal_prefix(sql, key, first, i);
        sqltext_raw(sql, i > 0 ? " AND " : "");
        compare_one(sql, key->items[i], &bound[i], first + i, after);
        sqltext_raw(sql, ")");
    }
    if (!after) {
        sqltext_raw(sql, " OR (");
        equal_prefix(sql, key, first, key->count);
        sqltext_raw(sql, ")");
    }
    sqltext_raw(sql, ")");
}

static void where(struct sqltext *sql, const struct catalog_table *t, const struct connect_range *range)
{
    bool nullable = key_nullable(t, &range->key);
    const char *word = " WHERE ";
    if (range->after != NULL) {
        sqltext_raw(sql, word);
        if (nullable)
            compare_nullable(sql, &range->key, range->after, 1, true);
        else
            compare_plain(sql, &range->key, " > ", 1);
        word = " AND ";
    }
    if (range->upto != NULL) {
        sqltext_raw(sql, word);
        if (nullable)
            compare_nullable(sql, &range->key, range->upto, range->key.count + 1, false);
        else
            compare_plain(sql, &range->key, " <= ", range->key.count + 1);
    }
}

/* The hidden key of a table that has no other; a column may have taken its name. */
const char *sqlite_rowid_of(const struct catalog_table *t)
{
    static const char *const names[] = { "rowid", "_rowid_", "oid" };
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        bool taken = false;
        for (size_t i = 0; i < t->column_count; i++)
            taken |= sqlite3_stricmp(t->columns[i].name, names[n]) == 0;
        if (!taken)
            return names[n];
    }
    return NULL;
}

static void build(struct sqltext *sql, const struct catalog_table *t, const struct connect_range *range)
{
    sqltext_clear(sql);
    for (size_t i = 0; i < t->column_count; i++) {
        sqltext_raw(sql, i == 0 ? "SELECT " : ", ");
        sqltext_ident(sql, t->columns[i].name);
    }
    sqltext_raw(sql, " FROM ");
    sqltext_table(sql, t->schema, t->name);
    const char *rowid = range->key.count == 0 && t->primary_key.columns.count == 0 ? sqlite_rowid_of(t) : NULL;
    if (range->key.count > 0) {
        where(sql, t, range);
        sqltext_raw(sql, " ORDER BY ");
        sqltext_idents(sql, NULL, &range->key);
    } else if (rowid != NULL) {
        sqltext_raw(sql, " ORDER BY ");
        sqltext_raw(sql, rowid);
    }
    if (range->limit > 0) {
        sqltext_raw(sql, " LIMIT ");
        sqltext_integer(sql, range->limit);
    }
}

static enum error_class bad_text(struct sqlite *s, const struct catalog_table *t, const char *column,
                                 const struct connect_value *values, struct error *e)
{
    struct connect_value key[16];
    size_t count = 0;
    for (size_t i = 0; i < t->column_count && count < 16; i++)
        for (size_t k = 0; k < t->primary_key.columns.count; k++)
            if (strcmp(t->primary_key.columns.items[k], t->columns[i].name) == 0 && count < 16)
                key[count++] = values[i];
    struct arena *arena = arena_create(1 << 16);
    enum error_class class =
        error_code(e, ERROR_FATAL, "bad_text",
                   "%s: table \"%.100s\", column \"%.100s\", key %.300s: the text holds a NUL or bytes that are no "
                   "UTF-8; correct it in the source, or run discovery again",
                   s->file, t->name, column, count > 0 ? sqlite_values_json(arena, key, count) : "(none)");
    arena_destroy(arena);
    return class;
}

/* Text is checked here, once, for all who read. */
static enum error_class check_texts(struct sqlite *s, const struct catalog_table *t, bool raw,
                                    struct connect_value *values, struct error *e)
{
    for (size_t i = 0; i < t->column_count; i++) {
        struct connect_value *v = &values[i];
        if (v->type != CONNECT_TEXT || sqlite_text_clean(v))
            continue;
        const struct catalog_column *column = &t->columns[i];
        bool known =
            column->type.name == TYPE_BINARY || (column->observed != NULL && column->observed->texts_unclean > 0);
        if (raw)
            v->unclean = true;
        else if (known)
            v->type = CONNECT_BINARY;
        else
            return bad_text(s, t, column->name, values, e);
    }
    return ERROR_OK;
}

/* A text that was given as bytes (see check_texts) is bound as the text it is stored as, or it would stand behind all
 * texts. Mapping leaves a column that holds both without a key. */
static struct connect_value stored_form(const struct catalog_table *t, const char *name,
                                        const struct connect_value *value)
{
    struct connect_value stored = *value;
    const struct catalog_column *column = catalog_column_find(t, name);
    if (stored.type == CONNECT_BINARY && column != NULL && column->observed != NULL &&
        column->observed->texts_unclean > 0 && column->observed->blobs == 0)
        stored.type = CONNECT_TEXT;
    return stored;
}

static enum error_class bind_bounds(struct sqlite *s, sqlite3_stmt *statement, const struct catalog_table *t,
                                    const struct connect_range *range, struct error *e)
{
    enum error_class class = ERROR_OK;
    size_t count = range->key.count;
    int last = sqlite3_bind_parameter_count(statement);
    for (size_t i = 0; class == ERROR_OK && i < 2 * count; i++) {
        const struct connect_value *bounds = i < count ? range->after : range->upto;
        if (bounds == NULL || (int)i >= last)
            continue;
        struct connect_value value = stored_form(t, range->key.items[i % count], &bounds[i % count]);
        class = sqlite_bind(s, statement, (int)i + 1, &value, e);
    }
    return class;
}

enum error_class sqlite_each_row(struct sqlite *s, sqlite3_stmt *statement, struct sqlite_taking *taking,
                                 struct error *e)
{
    const struct catalog_table *t = taking->table;
    struct arena *arena = arena_create((size_t)CATALOG_COLUMNS_MAX * sizeof(struct connect_value) + (1 << 16));
    struct connect_value *values = arena_array(arena, t->column_count, sizeof *values);
    enum error_class class = ERROR_OK;
    int first = taking->rowids ? 1 : 0;
    while (class == ERROR_OK) {
        int code = sqlite3_step(statement);
        if (code == SQLITE_DONE)
            break;
        if (code != SQLITE_ROW) {
            class = sqlite_error(s, code, e);
            error_wrap(e, "read table \"%.100s\"", t->name);
            break;
        }
        if (taking->rowids)
            taking->last = sqlite3_column_int64(statement, 0);
        taking->rows++;
        for (size_t i = 0; i < t->column_count; i++)
            values[i] = sqlite_value(statement, (int)i + first);
        class = check_texts(s, t, taking->raw, values, e);
        if (class == ERROR_OK)
            class = taking->row(taking->arg, values, e);
    }
    arena_destroy(arena);
    return class;
}

enum error_class sqlite_read(struct connect *c, const struct catalog_table *t, const struct connect_range *range,
                             enum error_class (*row)(void *arg, const struct connect_value *values, struct error *e),
                             void *arg, struct error *e)
{
    struct sqlite *s = sqlite_of(c);
    struct sqlite_taking taking = { .table = t, .raw = range->raw, .row = row, .arg = arg };
    sqlite3_stmt *statement = NULL;
    bool spread = false;
    if (range->spread && range->limit > 0 && range->key.count == 0 && (!t->rows_exact || t->rows > range->limit)) {
        enum error_class class = sqlite_read_spread(s, &taking, range->limit, &spread, e);
        if (spread || class != ERROR_OK)
            return class;
    }
    build(&s->sql, t, range);
    enum error_class class = sqlite_prepare(s, &statement, e);
    if (class == ERROR_OK)
        class = bind_bounds(s, statement, t, range, e);
    if (class == ERROR_OK)
        class = sqlite_each_row(s, statement, &taking, e);
    sqlite3_finalize(statement);
    return class;
}
