/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about a whole table: how many rows, where to cut it, which rows have no parent.
 *
 * Bounds come as integers for integer keys and as the server's text for all others: written back as a literal, the text
 * takes the column's own type.
 */
#include "catalog/connect/postgresql/postgresql.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "catalog/connect/inclusion.h"

enum { SAMPLES_MAX = 10 };

/* The statement in p->sql answers with one number. */
static enum error_class run_count(struct postgresql *p, const struct catalog_table *t, int64_t *ret_rows,
                                  struct error *e)
{
    PGresult *result = NULL;
    enum error_class class = postgresql_run_built(p, &result, e);
    if (class != ERROR_OK)
        return error_wrap(e, "count table \"%s\"", t->name);
    if (!text_to_int64(PQgetvalue(result, 0, 0), 0, INT64_MAX, ret_rows))
        class = error_set(e, ERROR_FATAL, "count table \"%s\": not a number", t->name);
    PQclear(result);
    return class;
}

enum error_class postgresql_count(struct connect *c, const struct catalog_table *t, int64_t *ret_rows, struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    sqltext_clear(&p->sql);
    sqltext_raw(&p->sql, "SELECT count(*) FROM ");
    sqltext_table(&p->sql, t->schema, t->name);
    return run_count(p, t, ret_rows, e);
}

enum error_class postgresql_count_upto(struct connect *c, const struct catalog_table *t, int64_t most,
                                       int64_t *ret_rows, struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    sqltext_clear(&p->sql);
    sqltext_raw(&p->sql, "SELECT count(*) FROM (SELECT FROM ");
    sqltext_table(&p->sql, t->schema, t->name);
    sqltext_raw(&p->sql, " LIMIT ");
    sqltext_integer(&p->sql, most + 1);
    sqltext_raw(&p->sql, ") t");
    return run_count(p, t, ret_rows, e);
}

enum error_class postgresql_contains(struct connect *c, const struct rows_pair *pair,
                                     struct rows_inclusion *ret_inclusion, struct error *e)
{
    static const struct inclusion_dialect dialect = {
        .text_before = "", .text_after = "::text", .collations = true, .sample = postgresql_sample
    };
    struct postgresql *p = postgresql_of(c);
    struct rows_inclusion found = { .known = true };
    PGresult *result = NULL;
    if (!inclusion_write(&p->sql, &dialect, pair, &found.exact))
        return ERROR_OK;
    enum error_class class = postgresql_run_built(p, &result, e);
    if (class != ERROR_OK)
        return error_wrap(e, "compare table \"%s\" with the keys of \"%s\"", pair->from->name, pair->to->name);
    int64_t *const numbers[] = { &found.rows, &found.distinct, &found.rows_missing, &found.distinct_missing };
    for (int i = 0; i < 4; i++) /* a sum of no rows is NULL, which libpq gives as "" */
        if (!text_to_int64(PQgetvalue(result, 0, i), 0, INT64_MAX, numbers[i]))
            *numbers[i] = 0;
    PQclear(result);
    *ret_inclusion = found;
    return ERROR_OK;
}

/* SELECT every step-th key; exact, at the price of one walk along the key's index. */
static void build_split(struct sqltext *s, const struct catalog_table *t, int64_t rows, int64_t step)
{
    const struct catalog_names *key = &t->primary_key.columns;
    sqltext_clear(s);
    sqltext_raw(s, "SELECT ");
    for (size_t i = 0; i < key->count; i++) {
        sqltext_raw(s, i > 0 ? ", s." : "s.");
        sqltext_ident(s, key->items[i]);
        sqltext_raw(s, "::text");
    }
    sqltext_raw(s, " FROM (SELECT ");
    sqltext_idents(s, "t", key);
    sqltext_raw(s, ", row_number() OVER (ORDER BY ");
    sqltext_idents(s, "t", key);
    sqltext_raw(s, ") FROM ");
    sqltext_table(s, t->schema, t->name);
    sqltext_raw(s, " t) s (");
    sqltext_idents(s, NULL, key);
    sqltext_raw(s, ", argosy_row) WHERE argosy_row % ");
    sqltext_integer(s, step);
    sqltext_raw(s, " = 0 AND argosy_row < ");
    sqltext_integer(s, rows);
    sqltext_raw(s, " ORDER BY argosy_row");
}

static struct connect_value bound_of(struct arena *arena, const struct catalog_column *column, const char *text)
{
    struct connect_value v = { .type = CONNECT_TEXT, .data = arena_text(arena, text), .size = strlen(text) };
    enum type_name type = column ? column->type.name : TYPE_OTHER;
    if (type == TYPE_SMALLINT || type == TYPE_INTEGER || type == TYPE_BIGINT) {
        if (text_to_int64(text, INT64_MIN, INT64_MAX, &v.integer))
            v.type = CONNECT_INTEGER;
    }
    return v;
}

enum error_class postgresql_split(struct connect *c, struct arena *arena, const struct catalog_table *t, unsigned parts,
                                  struct connect_value **ret_bounds, unsigned *ret_count, struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    const struct catalog_names *key = &t->primary_key.columns;
    int64_t rows = 0;
    PGresult *result = NULL;

    *ret_bounds = NULL;
    *ret_count = 0;
    if (parts < 2 || key->count == 0)
        return ERROR_OK;
    enum error_class class = postgresql_count(c, t, &rows, e);
    if (class != ERROR_OK || rows < (int64_t)parts)
        return class;
    build_split(&p->sql, t, rows, (rows + parts - 1) / parts);
    class = postgresql_run_built(p, &result, e);
    if (class != ERROR_OK)
        return error_wrap(e, "split table \"%s\"", t->name);

    size_t count = (size_t)PQntuples(result);
    struct connect_value *bounds = arena_array(arena, count * key->count + 1, sizeof *bounds);
    for (size_t i = 0; i < count * key->count; i++) {
        size_t column = i % key->count;
        bounds[i] = bound_of(arena, catalog_column_find(t, key->items[column]),
                             PQgetvalue(result, (int)(i / key->count), (int)column));
    }
    PQclear(result);
    *ret_bounds = bounds;
    *ret_count = (unsigned)count;
    return ERROR_OK;
}

/* FROM child c WHERE no column of the key is NULL and no parent is there. */
static void add_orphans(struct sqltext *s, const struct catalog_table *t, const struct catalog_foreign_key *fk)
{
    sqltext_raw(s, " FROM ");
    sqltext_table(s, t->schema, t->name);
    sqltext_raw(s, " c WHERE true");
    for (size_t i = 0; i < fk->columns.count; i++) {
        sqltext_raw(s, " AND c.");
        sqltext_ident(s, fk->columns.items[i]);
        sqltext_raw(s, " IS NOT NULL");
    }
    sqltext_raw(s, " AND NOT EXISTS (SELECT FROM ");
    sqltext_table(s, fk->ref_schema, fk->ref_table);
    sqltext_raw(s, " p WHERE true");
    for (size_t i = 0; i < fk->columns.count && i < fk->ref_columns.count; i++) {
        sqltext_raw(s, " AND p.");
        sqltext_ident(s, fk->ref_columns.items[i]);
        sqltext_raw(s, " = c.");
        sqltext_ident(s, fk->columns.items[i]);
    }
    sqltext_raw(s, ")");
}

/* Which rows: by primary key, or, in a table without one, by the columns that point nowhere. */
static void build_samples(struct sqltext *s, const struct catalog_table *t, const struct catalog_foreign_key *fk)
{
    const struct catalog_names *key = t->primary_key.columns.count > 0 ? &t->primary_key.columns : &fk->columns;
    sqltext_clear(s);
    sqltext_raw(s, "SELECT json_agg(k) FROM (SELECT json_build_array(");
    for (size_t i = 0; i < key->count; i++) {
        sqltext_raw(s, i > 0 ? ", c." : "c.");
        sqltext_ident(s, key->items[i]);
        sqltext_raw(s, "::text");
    }
    sqltext_raw(s, ") AS k");
    add_orphans(s, t, fk);
    sqltext_raw(s, " ORDER BY ");
    sqltext_idents(s, "c", key);
    sqltext_raw(s, " LIMIT ");
    sqltext_integer(s, SAMPLES_MAX);
    sqltext_raw(s, ") s");
}

enum error_class postgresql_orphans(struct connect *c, struct arena *arena, const struct catalog_table *t,
                                    const struct catalog_foreign_key *fk, int64_t *ret_count, const char **ret_samples,
                                    struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    PGresult *result = NULL;
    int64_t count = 0;
    sqltext_clear(&p->sql);
    sqltext_raw(&p->sql, "SELECT count(*)");
    add_orphans(&p->sql, t, fk);
    enum error_class class = postgresql_run_built(p, &result, e);
    if (class == ERROR_OK && !text_to_int64(PQgetvalue(result, 0, 0), 0, INT64_MAX, &count))
        class = error_set(e, ERROR_FATAL, "not a number");
    PQclear(result);
    result = NULL;
    const char *samples = "[]";
    if (class == ERROR_OK && count > 0) {
        build_samples(&p->sql, t, fk);
        class = postgresql_run_built(p, &result, e);
        if (class == ERROR_OK && !PQgetisnull(result, 0, 0))
            samples = arena_text(arena, PQgetvalue(result, 0, 0));
        PQclear(result);
    }
    if (class != ERROR_OK)
        return error_wrap(e, "orphans of table \"%s\"", t->name);
    *ret_count = count;
    *ret_samples = samples;
    return ERROR_OK;
}
