/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_range.c - questions about a whole table: how many rows, where to cut it, which rows have no parent; and the
 * probe.
 *
 * SQL that both dialects read alike. Bounds are every n-th key along the key's index: exact, at the price of one walk.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "catalog/connect/odbc/odbc.h"

enum {
    ROWS_A_PART_MIN = 100,
    PARTS_MAX = 1000,
    SAMPLES = 5,
    SAMPLES_TEXT_MAX = 64 << 10,
    KEY_ROOM = 1 << 20,
    VERSION_MAX = 256
};

static enum error_class query_built(struct odbc *o, const enum odbc_form *forms, struct odbc_cursor **ret_cursor,
                                    struct error *e)
{
    const char *sql;
    enum error_class class = sqltext_view(&o->sql, &sql, e);
    return class == ERROR_OK ? odbc_query(o, sql, forms, ret_cursor, e) : class;
}

enum error_class odbc_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e)
{
    struct odbc *o = odbc_of(c);
    const char *sql;
    sqltext_clear(&o->sql);
    sqltext_raw(&o->sql, "SELECT ");
    sqltext_raw(&o->sql, o->kind->count);
    sqltext_raw(&o->sql, " FROM ");
    sqltext_table(&o->sql, t->schema, t->name);
    enum error_class class = sqltext_view(&o->sql, &sql, e);
    if (class == ERROR_OK)
        class = odbc_number(o, sql, ret_rows, e);
    return class == ERROR_OK ? class : error_wrap(e, "count table \"%.200s\"", t->name);
}

void odbc_count_upto_text(struct sqltext *s, const struct odbc_kind *kind, const struct catalog_table *t, int64_t most)
{
    sqltext_clear(s);
    sqltext_raw(s, "SELECT ");
    sqltext_raw(s, kind->count);
    sqltext_raw(s, " FROM (");
    kind->limit_before(s, most + 1);
    sqltext_raw(s, "1 AS one FROM ");
    sqltext_table(s, t->schema, t->name);
    kind->limit_after(s, most + 1);
    sqltext_raw(s, ") t");
}

enum error_class odbc_count_upto(struct connect *c, const struct catalog_table *t, int64_t most, int64_t *ret_rows,
                                 struct error *e)
{
    struct odbc *o = odbc_of(c);
    const char *sql;
    odbc_count_upto_text(&o->sql, o->kind, t, most);
    enum error_class class = sqltext_view(&o->sql, &sql, e);
    if (class == ERROR_OK)
        class = odbc_number(o, sql, ret_rows, e);
    return class == ERROR_OK ? class : error_wrap(e, "count table \"%.200s\"", t->name);
}

/* The catalog is what can be seen, and its diagnostics are what can't. */
enum error_class odbc_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e)
{
    struct odbc *o = odbc_of(c);
    struct odbc_cursor *cursor = NULL;
    const struct connect_value *values = NULL;
    struct error unsaid = ERROR_NONE; /* a version that is not told is no reason to fail */
    if (odbc_query(o, o->kind->version, NULL, &cursor, &unsaid) == ERROR_OK &&
        odbc_fetch(cursor, &values, &unsaid) == ERROR_OK && values != NULL && values[0].type == CONNECT_TEXT &&
        !values[0].unclean && values[0].size < VERSION_MAX)
        ret->version = arena_text_n(arena, values[0].data, values[0].size);
    odbc_finish(cursor);
    return connect_probe_by_catalog(c, arena, ret, e);
}

static enum odbc_form key_form(const struct catalog_table *t, const char *name)
{
    const struct catalog_column *column = catalog_column_find(t, name);
    return column != NULL && column->type.name == TYPE_DECIMAL ? ODBC_TEXT : ODBC_AS_IS;
}

void odbc_split_text(struct sqltext *s, const struct catalog_table *t, int64_t step, unsigned parts)
{
    const struct catalog_names *key = &t->primary_key.columns;
    sqltext_clear(s);
    sqltext_raw(s, "SELECT ");
    sqltext_idents(s, "s", key);
    sqltext_raw(s, " FROM (SELECT ");
    sqltext_idents(s, NULL, key);
    sqltext_raw(s, ", ROW_NUMBER() OVER (ORDER BY ");
    sqltext_idents(s, NULL, key);
    sqltext_raw(s, ") AS argosy_row FROM ");
    sqltext_table(s, t->schema, t->name);
    sqltext_raw(s, ") s WHERE s.argosy_row IN (");
    for (unsigned i = 1; i < parts; i++) {
        sqltext_raw(s, i > 1 ? ", " : "");
        sqltext_integer(s, step * (int64_t)i);
    }
    sqltext_raw(s, ") ORDER BY s.argosy_row");
}

static enum error_class take_bounds(struct odbc_cursor *cursor, struct arena *arena, size_t columns,
                                    struct connect_value *bounds, unsigned bounds_max, unsigned *ret_count,
                                    struct error *e)
{
    const struct connect_value *values;
    enum error_class class;
    unsigned count = 0;
    while ((class = odbc_fetch(cursor, &values, e)) == ERROR_OK && values != NULL && count < bounds_max) {
        for (size_t i = 0; i < columns; i++) {
            struct connect_value *v = &bounds[count * columns + i];
            *v = values[i];
            if (v->size > KEY_ROOM || arena_room(arena) < v->size + KEY_ROOM)
                return error_set(e, ERROR_TOO_LARGE, "the keys are too large to split the table");
            if (v->data != NULL)
                v->data = arena_text_n(arena, v->data, v->size);
        }
        count++;
    }
    *ret_count = class == ERROR_OK ? count : 0;
    return class;
}

enum error_class odbc_split(struct connect *c, struct arena *arena, const struct catalog_table *t, unsigned parts,
                            struct connect_value **ret_bounds, unsigned *ret_count, struct error *e)
{
    struct odbc *o = odbc_of(c);
    const struct catalog_names *key = &t->primary_key.columns;
    struct odbc_cursor *cursor = NULL;
    int64_t rows = 0;
    enum error_class class = odbc_count(c, t, &rows, e);
    if (class != ERROR_OK)
        return class;
    if (rows / ROWS_A_PART_MIN < (int64_t)parts)
        parts = (unsigned)(rows / ROWS_A_PART_MIN);
    if (parts < 2)
        return ERROR_OK;
    parts = parts > PARTS_MAX ? PARTS_MAX : parts;
    mem_auto enum odbc_form *forms = mem_zero(key->count, sizeof *forms);
    for (size_t i = 0; i < key->count; i++)
        forms[i] = key_form(t, key->items[i]);
    odbc_split_text(&o->sql, t, (rows + parts - 1) / parts, parts);
    class = query_built(o, forms, &cursor, e);
    if (class == ERROR_OK) {
        struct connect_value *bounds = arena_array(arena, (size_t)(parts - 1) * key->count, sizeof *bounds);
        class = take_bounds(cursor, arena, key->count, bounds, parts - 1, ret_count, e);
        *ret_bounds = *ret_count > 0 ? bounds : NULL;
    }
    odbc_finish(cursor);
    return class == ERROR_OK ? class : error_wrap(e, "split table \"%.200s\"", t->name);
}

/* FROM child c WHERE no column of the key is NULL and no parent is there. */
static void add_orphans(struct sqltext *s, const struct catalog_table *t, const struct catalog_foreign_key *fk)
{
    sqltext_raw(s, " FROM ");
    sqltext_table(s, t->schema, t->name);
    sqltext_raw(s, " c WHERE ");
    for (size_t i = 0; i < fk->columns.count; i++) {
        sqltext_raw(s, "c.");
        sqltext_ident(s, fk->columns.items[i]);
        sqltext_raw(s, " IS NOT NULL AND ");
    }
    sqltext_raw(s, "NOT EXISTS (SELECT 1 FROM ");
    sqltext_table(s, fk->ref_schema, fk->ref_table);
    sqltext_raw(s, " p WHERE ");
    for (size_t i = 0; i < fk->columns.count && i < fk->ref_columns.count; i++) {
        sqltext_raw(s, i > 0 ? " AND p." : "p.");
        sqltext_ident(s, fk->ref_columns.items[i]);
        sqltext_raw(s, " = c.");
        sqltext_ident(s, fk->columns.items[i]);
    }
    sqltext_raw(s, ")");
}

static void add_value(struct buffer *b, const struct connect_value *v)
{
    char real[CONNECT_REAL_SIZE];
    switch (v->type) {
    case CONNECT_NULL:
        (void)buffer_text(b, "null");
        return;
    case CONNECT_INTEGER:
        (void)buffer_format(b, "\"%" PRId64 "\"", v->integer);
        return;
    case CONNECT_REAL:
        connect_real_text(v->real, real);
        (void)buffer_format(b, "\"%s\"", real);
        return;
    case CONNECT_TEXT:
    case CONNECT_BINARY:
        (void)buffer_json_string(b, v->data != NULL ? v->data : "", v->size);
    }
}

void odbc_orphans_text(struct sqltext *s, const struct odbc_kind *kind, const struct catalog_table *t,
                       const struct catalog_foreign_key *fk)
{
    sqltext_clear(s);
    sqltext_raw(s, "SELECT ");
    sqltext_raw(s, kind->count);
    add_orphans(s, t, fk);
}

/* Which rows: by primary key, or, in a table without one, by the columns that point nowhere. The cursor is closed
 * behind the last one wanted. */
static enum error_class read_samples(struct odbc *o, struct arena *arena, const struct catalog_table *t,
                                     const struct catalog_foreign_key *fk, const char **ret_samples, struct error *e)
{
    const struct catalog_names *key = t->primary_key.columns.count > 0 ? &t->primary_key.columns : &fk->columns;
    struct odbc_cursor *cursor = NULL;
    const struct connect_value *values = NULL;
    struct buffer b;
    sqltext_clear(&o->sql);
    sqltext_raw(&o->sql, "SELECT ");
    sqltext_idents(&o->sql, "c", key);
    add_orphans(&o->sql, t, fk);
    enum error_class class = query_built(o, NULL, &cursor, e);
    if (class != ERROR_OK)
        return class;
    buffer_init(&b, SAMPLES_TEXT_MAX);
    (void)buffer_char(&b, '[');
    for (int row = 0; row < SAMPLES && (class = odbc_fetch(cursor, &values, e)) == ERROR_OK && values != NULL; row++) {
        (void)buffer_text(&b, row > 0 ? ", [" : "[");
        for (size_t i = 0; i < key->count; i++) {
            (void)buffer_text(&b, i > 0 ? ", " : "");
            add_value(&b, &values[i]);
        }
        (void)buffer_char(&b, ']');
    }
    (void)buffer_char(&b, ']');
    if (class == ERROR_OK && !b.overflow)
        *ret_samples = arena_text(arena, buffer_view(&b));
    buffer_finish(&b);
    odbc_finish(cursor);
    return class;
}

enum error_class odbc_orphans(struct connect *c, struct arena *arena, const struct catalog_table *t,
                              const struct catalog_foreign_key *fk, int64_t *ret_count, const char **ret_samples,
                              struct error *e)
{
    struct odbc *o = odbc_of(c);
    const char *sql;
    *ret_samples = "[]";
    odbc_orphans_text(&o->sql, o->kind, t, fk);
    enum error_class class = sqltext_view(&o->sql, &sql, e);
    if (class == ERROR_OK)
        class = odbc_number(o, sql, ret_count, e);
    if (class == ERROR_OK && *ret_count > 0)
        class = read_samples(o, arena, t, fk, ret_samples, e);
    return class == ERROR_OK ? class : error_wrap(e, "orphans of table \"%.200s\"", t->name);
}
