/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a PostgreSQL database holds beside tables: views, sequences, enums, domains and composite types. Sequences of
 * identity columns are the column's own and are left out. What may not be read, or is locked, is left out and told.
 */
#include "catalog/connect/postgresql/postgresql_reading.h"

#include <string.h>

/* The server opens a view's tables to write its text: not for one over a locked table. */
static const char views_sql[] =
    "SELECT n.nspname, c.relname, dv.description, CASE WHEN EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = c.oid) "
    "AND NOT "
    "k.locked THEN pg_get_viewdef(c.oid) END, c.relkind = 'm', a.attname, format_type(a.atttypid, a.atttypmod), "
    "da.description, k.locked FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON "
    "a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped CROSS JOIN LATERAL (SELECT $2::oid[] <> '{}' AND "
    "(c.oid = ANY ($2) OR EXISTS (SELECT FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND "
    "d.objid = w.oid AND d.refobjid = ANY ($2) WHERE w.ev_class = c.oid)) AS locked) k LEFT JOIN pg_description dv ON "
    "dv.classoid = 'pg_class'::regclass AND dv.objoid = c.oid AND dv.objsubid = 0 LEFT JOIN pg_description da ON "
    "da.classoid = 'pg_class'::regclass AND da.objoid = c.oid AND da.objsubid = a.attnum "
    "WHERE c.relkind IN ('v', 'm') AND " OURS("pg_class", "c.oid") " ORDER BY c.oid, a.attnum";

static const char sequences_sql[] =
    "SELECT n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, "
    "s.seqcycle, o.nspname, o.relname, o.attname FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN LATERAL (SELECT tn.nspname, t.relname, a.attname, "
    "d.deptype "
    "FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid WHERE d.classid = 'pg_class'::regclass "
    "AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') LIMIT 1) o ON true "
    "WHERE o.deptype IS DISTINCT FROM 'i' AND " OURS("pg_class", "c.oid") " ORDER BY c.oid";

static const char types_sql[] =
    "SELECT n.nspname, y.typname, y.typtype, (SELECT ds.description FROM pg_description ds WHERE ds.classoid = "
    "'pg_type'::regclass AND ds.objoid = y.oid AND ds.objsubid = 0), CASE y.typtype WHEN 'e' THEN "
    "(SELECT json_agg(m.enumlabel ORDER BY m.enumsortorder) FROM pg_enum m WHERE m.enumtypid = y.oid) WHEN 'c' THEN "
    "(SELECT json_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) FROM pg_attribute a "
    "WHERE a.attrelid = y.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END, CASE y.typtype WHEN 'd' THEN "
    "format_type(y.typbasetype, y.typtypmod) WHEN 'r' THEN (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r "
    "WHERE r.rngtypid = y.oid) END, (SELECT string_agg(pg_get_expr(k.conbin, 0), ' AND ' ORDER BY k.conname) FROM "
    "pg_constraint k WHERE k.contypid = y.oid), y.typdefault, y.typnotnull FROM pg_type y JOIN pg_namespace n ON "
    "n.oid = y.typnamespace LEFT JOIN pg_class c ON c.oid = y.typrelid WHERE (y.typtype IN ('e', 'd', 'r') OR "
    "c.relkind = 'c') AND " OURS("pg_type", "y.oid") " ORDER BY y.oid";

/* The server begins with a blank and ends with a semicolon. */
static const char *query_at(const struct catalog *c, const PGresult *result, int row, int column)
{
    const char *text = PQgetvalue(result, row, column);
    size_t blank = strspn(text, " \n"), size = strlen(text + blank);
    size -= size > 0 && text[blank + size - 1] == ';';
    return PQgetisnull(result, row, column) ? NULL : arena_text_n(c->arena, text + blank, size);
}

/* A row a column; the rows of one view follow one another. */
static void take_view(struct catalog *c, const PGresult *result, int row)
{
    struct catalog_view *v = c->view_count > 0 ? &c->views[c->view_count - 1] : NULL;
    if (v == NULL || strcmp(v->schema, PQgetvalue(result, row, 0)) != 0 ||
        strcmp(v->name, PQgetvalue(result, row, 1)) != 0) {
        v = catalog_view_add(c, PQgetvalue(result, row, 0), PQgetvalue(result, row, 1));
        v->comment = text_at(c, result, row, 2);
        v->definition = query_at(c, result, row, 3);
        v->materialized = true_at(result, row, 4);
        if (true_at(result, row, 8))
            catalog_diagnostic_add(c, "warning",
                                   "its definition is not known: somebody holds a table of it in a lock (ACCESS "
                                   "EXCLUSIVE)")
                ->table = v->name;
    }
    struct catalog_column *column = catalog_view_column_add(c, v, PQgetvalue(result, row, 5));
    column->native_type = text_at(c, result, row, 6);
    column->type = type_from_native("postgresql", column->native_type);
    column->comment = text_at(c, result, row, 7);
}

static void take_sequence(struct catalog *c, const PGresult *result, int row)
{
    struct catalog_sequence *s = catalog_sequence_add(c, PQgetvalue(result, row, 0), PQgetvalue(result, row, 1));
    s->native_type = text_at(c, result, row, 2);
    s->start = text_at(c, result, row, 3);
    s->increment = text_at(c, result, row, 4);
    s->min = text_at(c, result, row, 5);
    s->max = text_at(c, result, row, 6);
    s->cycle = true_at(result, row, 7);
    s->owner_schema = text_at(c, result, row, 8);
    s->owner_table = text_at(c, result, row, 9);
    s->owner_column = text_at(c, result, row, 10);
}

static void take_type(struct catalog *c, const PGresult *result, int row)
{
    struct catalog_named_type *t = catalog_type_add(c, PQgetvalue(result, row, 0), PQgetvalue(result, row, 1));
    char kind = *PQgetvalue(result, row, 2);
    size_t i;
    json_t *member;
    json_auto_t *members = json_loads(PQgetvalue(result, row, 4), 0, NULL); /* NULL when there are none */
    t->kind = kind == 'e' ? "enum" : kind == 'd' ? "domain" : kind == 'r' ? "range" : "composite";
    t->comment = text_at(c, result, row, 3);
    json_array_foreach(members, i, member)
    {
        catalog_name_add(c, &t->members, json_string_value(member));
    }
    t->base = text_at(c, result, row, 5);
    t->check = text_at(c, result, row, 6);
    t->default_text = text_at(c, result, row, 7);
    t->not_null = true_at(result, row, 8);
}

static enum error_class read(struct postgresql_reading *r, const char *what, const char *sql,
                             void (*take)(struct catalog *c, const PGresult *result, int row), struct error *e)
{
    PGresult *result = NULL;
    struct catalog *c = r->catalog;
    enum error_class class = postgresql_look_up(r, sql, &result, e);
    if (class != ERROR_OK) {
        error_wrap(e, "read the catalog");
        return postgresql_without(c, what, class, e);
    }
    if (PQresultMemorySize(result) > arena_room(c->arena) / 4)
        class = error_code(e, ERROR_TOO_LARGE, "catalog_too_large",
                           "the views and types take %zu MB, too much for one job: name a schema",
                           PQresultMemorySize(result) >> 20);
    for (int row = 0; class == ERROR_OK && row < PQntuples(result); row++)
        take(c, result, row);
    PQclear(result);
    return class;
}

enum error_class postgresql_beside(struct postgresql_reading *r, struct error *e)
{
    enum error_class class = read(r, "views", views_sql, take_view, e);
    if (class == ERROR_OK)
        class = read(r, "sequences", sequences_sql, take_sequence, e);
    if (class == ERROR_OK)
        class = read(r, "named types", types_sql, take_type, e);
    return class;
}
