/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Introspection from pg_catalog: a query a kind of thing over all tables at once, whatever their number. What is beside
 * tables (views, sequences, types) is postgresql_beside.c.
 *
 * Ordinary, partitioned and foreign tables of the user and partitions; not temporary tables, not what an extension
 * owns, not argosy_fence. Lists of names cross as JSON arrays, so that no name can break
 * them. Tables come sorted by oid from every query: each result is merged into the tables by binary search.
 */
#include "catalog/connect/postgresql/postgresql_reading.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"

#define PAGES(class)                                                                                                  \
    "(" class ".relpages + coalesce((SELECT o.relpages FROM pg_class o WHERE o.oid = " class ".reltoastrelid), 0) + " \
                                                                                             "(SELECT "               \
                                                                                             "coalesce(sum(x."        \
                                                                                             "relpages), 0) FROM "    \
                                                                                             "pg_index i JOIN "       \
                                                                                             "pg_class x ON x.oid = " \
                                                                                             "i.indexrelid WHERE "    \
                                                                                             "i.indrelid "            \
                                                                                             "= " class ".oid))"

/* A partitioned table has the rows and pages of its partitions. Sizes are those of the last VACUUM or ANALYZE: to look
 * at the files of thousands of tables takes seconds, and has to wait for those that are locked. */
static const char tables_sql[] =
    "SELECT c.oid, n.nspname, c.relname, ds.description, CASE WHEN c.relkind = 'p' THEN whole.rows ELSE "
    "c.reltuples "
    "END::bigint, c.relkind, current_setting('block_size')::bigint * CASE c.relkind WHEN 'r' "
    "THEN " PAGES("c") " WHEN 'p' THEN whole.pages END, " UNLOCKED(
        "c.oid",
        "pg_get_partkeydef(c.oid)") ", c.relrowsecurity, (SELECT "
                                    "json_agg(pn.nspname || '.' || pc.relname ORDER BY i.inhseqno) FROM "
                                    "pg_inherits i JOIN pg_class pc ON pc.oid = "
                                    "i.inhparent JOIN pg_namespace pn ON pn.oid = pc.relnamespace WHERE "
                                    "i.inhrelid = c.oid AND NOT c.relispartition), " TRIGGERS ", " POLICIES
                                    ", c.relispartition, " UNLOCKED(
                                        "c.oid",
                                        "pg_get_expr(c.relpartbound, c.oid)") ", up.nspname, up.relname "
                                                                              "FROM (SELECT c.* "
                                                                              "FROM " TABLES ") c JOIN pg_namespace n "
                                                                              "ON n.oid = "
                                                                              "c.relnamespace LEFT JOIN "
                                                                              "pg_description ds ON "
                                                                              "ds.classoid = "
                                                                              "'pg_class'::regclass AND "
                                                                              "ds.objoid = c.oid AND "
                                                                              "ds.objsubid = 0 LEFT "
                                                                              "JOIN LATERAL (SELECT "
                                                                              "CASE WHEN "
                                                                              "min(l.reltuples) >= 0 "
                                                                              "THEN sum(l.reltuples) "
                                                                              "ELSE -1 END AS rows, "
                                                                              "sum(" PAGES("l") ") AS pages FROM "
                                                                                                "(WITH RECURSIVE "
                                                                                                "part (oid) AS "
                                                                                                "(SELECT "
                                                                                                "i.inhrelid FROM "
                                                                                                "pg_inherits i "
                                                                                                "WHERE "
                                                                                                "i.inhparent = "
                                                                                                "c.oid UNION "
                                                                                                "SELECT "
                                                                                                "i.inhrelid FROM "
                                                                                                "part "
                                                                                                "JOIN "
                                                                                                "pg_inherits i "
                                                                                                "ON i.inhparent "
                                                                                                "= part.oid) "
                                                                                                "SELECT oid FROM "
                                                                                                "part) part JOIN "
                                                                                                "pg_class l ON "
                                                                                                "l.oid = "
                                                                                                "part.oid AND "
                                                                                                "l.relkind <> "
                                                                                                "'p') whole ON "
                                                                                                "c.relkind = 'p' "
                                                                                                "LEFT JOIN "
                                                                                                "LATERAL (SELECT "
                                                                                                "pn.nspname, "
                                                                                                "pc.relname FROM "
                                                                                                "pg_inherits i "
                                                                                                "JOIN pg_class "
                                                                                                "pc ON pc.oid = "
                                                                                                "i.inhparent "
                                                                                                "JOIN "
                                                                                                "pg_namespace pn "
                                                                                                "ON pn.oid = "
                                                                                                "pc.relnamespace "
                                                                                                "WHERE "
                                                                                                "i.inhrelid = "
                                                                                                "c.oid LIMIT 1) "
                                                                                                "up ON "
                                                                                                "c."
                                                                                                "relispartition "
                                                                                                "ORDER BY c.oid";

static const char columns_sql[] =
    "SELECT c.oid, a.attname, format_type(a.atttypid, a.atttypmod), "
    "CASE WHEN y.typtype = 'd' THEN format_type(y.typbasetype, y.typtypmod) END, "
    "a.attnotnull, " UNLOCKED(
        "c.oid",
        "pg_get_expr(f.adbin, f.adrelid)") ", a.attidentity <> '', a.attgenerated <> "
                                           "'', CASE WHEN a.attcollation <> y.typcollation THEN l.collname END, "
                                           "ds.description, "
                                           "CASE WHEN y.typtype = 'e' THEN (SELECT json_agg(m.enumlabel ORDER BY "
                                           "m.enumsortorder) FROM pg_enum m "
                                           "WHERE m.enumtypid = y.oid) END, a.attgenerated = 's', a.attidentity = 'a' "
                                           "FROM (SELECT c.oid FROM " TABLES
                                           ") c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
                                           "AND NOT a.attisdropped JOIN pg_type y ON y.oid = a.atttypid "
                                           "LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum "
                                           "LEFT JOIN pg_description ds ON ds.classoid = 'pg_class'::regclass AND "
                                           "ds.objoid = c.oid AND ds.objsubid = "
                                           "a.attnum "
                                           "LEFT JOIN pg_collation l ON l.oid = a.attcollation ORDER BY c.oid, "
                                           "a.attnum";

/* Of tables that may be read in part. */
static const char unreadable_sql[] =
    "SELECT c.oid, a.attname FROM (SELECT c.oid FROM " TABLES " AND NOT has_table_privilege(c.oid, 'SELECT') AND "
    "has_any_column_privilege(c.oid, 'SELECT')) c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT "
    "a.attisdropped WHERE NOT has_column_privilege(c.oid, a.attnum, 'SELECT') ORDER BY c.oid, a.attnum";
static const char there_sql[] = "SELECT c.oid FROM " TABLES;

enum { NAMED_MAX = 20 }; /* columns that a message names */

void postgresql_names_at(const struct postgresql_reading *r, const PGresult *result, int row, int column,
                         struct catalog_names *names)
{
    size_t i;
    json_t *name;
    json_auto_t *array = json_loads(PQgetvalue(result, row, column), 0, NULL); /* NULL when there are none */
    json_array_foreach(array, i, name)
    {
        catalog_name_add(r->catalog, names, arena_text(r->catalog->arena, json_string_value(name)));
    }
}

static int place_compare(const void *a, const void *b)
{
    const struct postgresql_place *x = a, *y = b;
    return x->oid < y->oid ? -1 : x->oid > y->oid;
}

struct catalog_table *postgresql_table_of(const struct postgresql_reading *r, int64_t oid)
{
    struct postgresql_place key = { .oid = oid };
    const struct postgresql_place *found =
        r->count ? bsearch(&key, r->places, r->count, sizeof key, place_compare) : NULL;
    return found ? &r->catalog->tables[found->index] : NULL;
}

/* "RANGE (a, b)" is the method and, between the brackets, the key. */
static void take_partition(struct postgresql_reading *r, struct catalog_table *t, const char *definition)
{
    struct arena *arena = r->catalog->arena;
    size_t word = strcspn(definition, " "), size;
    char *method = arena_text_n(arena, definition, word);
    for (char *at = method; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    const char *key = definition + word + strspn(definition + word, " ");
    size = strlen(key);
    bool brackets = size > 1 && key[0] == '(' && key[size - 1] == ')';
    t->partition->method = method;
    t->partition->key = arena_text_n(arena, key + brackets, size - 2 * (size_t)brackets);
}

/* As other readers write them: JSON without blanks. */
static const char *members_at(struct postgresql_reading *r, const PGresult *result, int row, int column)
{
    json_auto_t *members = json_loads(PQgetvalue(result, row, column), 0, NULL);
    mem_auto char *text = members != NULL ? json_dumps(members, JSON_COMPACT) : NULL;
    return text != NULL ? arena_text(r->catalog->arena, text) : text_at(r->catalog, result, row, column);
}

/* An extra for each text of the JSON array. */
static void take_names(struct postgresql_reading *r, struct catalog_table *t, const PGresult *result, int row,
                       int column, const char *what)
{
    struct catalog_names names = { 0 };
    postgresql_names_at(r, result, row, column, &names);
    for (size_t i = 0; i < names.count; i++)
        *catalog_extra_add(r->catalog, t) = (struct catalog_extra){ .what = what, .text = names.items[i] };
}

static void take_kind(struct postgresql_reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    char kind = *PQgetvalue(result, row, 5);
    bool part = true_at(result, row, 12);
    t->kind = part ? "partition" : kind == 'p' ? "partitioned" : kind == 'f' ? "foreign" : NULL;
    if (part || kind == 'p')
        t->partition = arena_alloc(r->catalog->arena, sizeof *t->partition);
    if (!PQgetisnull(result, row, 7))
        take_partition(r, t, PQgetvalue(result, row, 7));
    if (part) {
        t->partition->bounds = text_at(r->catalog, result, row, 13);
        t->partition->of_schema = text_at(r->catalog, result, row, 14);
        t->partition->of_table = text_at(r->catalog, result, row, 15);
    }
    if (true_at(result, row, 8))
        catalog_extra_add(r->catalog, t)->what = "row level security";
    postgresql_names_at(r, result, row, 9, &t->inherits);
    take_names(r, t, result, row, 10, "trigger");
    take_names(r, t, result, row, 11, "policy");
}

static void take_tables(struct postgresql_reading *r, const PGresult *result)
{
    int rows = PQntuples(result);
    r->places = mem_zero((size_t)rows + 1, sizeof *r->places);
    for (int i = 0; i < rows; i++) {
        struct catalog_table *t =
            catalog_table_add(r->catalog, text_at(r->catalog, result, i, 1), text_at(r->catalog, result, i, 2));
        t->comment = text_at(r->catalog, result, i, 3);
        t->rows = number_at(result, i, 4); /* -1 before the first ANALYZE */
        t->size_bytes = number_at(result, i, 6);
        take_kind(r, t, result, i);
        r->places[r->count++] =
            (struct postgresql_place){ .oid = number_at(result, i, 0), .index = r->catalog->table_count - 1 };
    }
}

static void take_column(struct postgresql_reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    struct catalog_column *column = catalog_column_add(r->catalog, t, text_at(r->catalog, result, row, 1));
    const char *base = PQgetisnull(result, row, 3) ? PQgetvalue(result, row, 2) : PQgetvalue(result, row, 3);
    const char *expression = text_at(r->catalog, result, row, 5);
    column->native_type = text_at(r->catalog, result, row, 2);
    column->type = type_from_native("postgresql", arena_text(r->catalog->arena, base));
    if (!PQgetisnull(result, row, 10))
        column->type = (struct type){ .name = TYPE_ENUM, .precision = -1, .element = members_at(r, result, row, 10) };
    column->nullable = !true_at(result, row, 4);
    column->collation = text_at(r->catalog, result, row, 8);
    column->comment = text_at(r->catalog, result, row, 9);
    column->generated_stored = true_at(result, row, 11);
    column->identity_always = true_at(result, row, 12);
    if (true_at(result, row, 7))
        column->generated = expression;
    else if (expression && text_starts(expression, "nextval("))
        column->identity = true; /* serial: the sequence is its own, not an expression to carry over */
    else
        column->default_text = expression;
    column->identity = column->identity || true_at(result, row, 6);
}

static void take_unreadable(struct postgresql_reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    struct catalog_column *column = catalog_column_find(t, PQgetvalue(result, row, 1));
    (void)r;
    if (column != NULL)
        column->unreadable = true;
}

static enum error_class too_large(const struct postgresql_reading *r, const PGresult *result, bool tables,
                                  struct error *e)
{
    size_t bytes = PQresultMemorySize(result), room = arena_room(r->catalog->arena);
    if (bytes > room / 4) /* names, structs and their growth together stay below four times the result */
        return error_code(e, ERROR_TOO_LARGE, "catalog_too_large", "the catalog has %zu MB, too much for one job",
                          bytes >> 20);
    if (tables && PQntuples(result) > CATALOG_TABLES_MAX)
        return error_code(e, ERROR_TOO_LARGE, "too_many_tables",
                          "the database has %d tables, the limit is %d: name a schema", PQntuples(result),
                          (int)CATALOG_TABLES_MAX);
    return ERROR_OK;
}

enum error_class postgresql_each(struct postgresql_reading *r, const char *sql,
                                 void (*take)(struct postgresql_reading *r, struct catalog_table *t,
                                              const PGresult *result, int row),
                                 struct error *e)
{
    PGresult *result = NULL;
    enum error_class class = postgresql_look_up(r, sql, &result, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read the catalog");
    class = too_large(r, result, false, e);
    for (int row = 0; class == ERROR_OK && row < PQntuples(result); row++) {
        struct catalog_table *t = postgresql_table_of(r, number_at(result, row, 0));
        if (t)
            take(r, t, result, row);
    }
    PQclear(result);
    return class;
}

static enum error_class read_tables(struct postgresql_reading *r, struct error *e)
{
    PGresult *result = NULL;
    enum error_class class = postgresql_look_up(r, tables_sql, &result, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read the catalog");
    class = too_large(r, result, true, e);
    if (class == ERROR_OK)
        take_tables(r, result);
    PQclear(result);
    return class;
}

static void tell_unreadable(struct catalog *c, struct catalog_table *t)
{
    struct buffer names;
    size_t count = 0;
    buffer_init(&names, NAMED_MAX * (CATALOG_NAME_MAX + 4));
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].unreadable && count++ < NAMED_MAX)
            (void)buffer_format(&names, "%s%s", names.size > 0 ? ", " : "", t->columns[i].name);
    if (count > 0)
        catalog_diagnostic_add(c, "warning",
                               arena_format(c->arena,
                                            "this login may not read %zu of its %zu columns, and nothing is known of "
                                            "their values: %.2000s%s",
                                            count, t->column_count, buffer_view(&names),
                                            count > NAMED_MAX ? ", ..." : ""))
            ->table = t->name;
    buffer_finish(&names);
}

/* Tables without a column may have been dropped when the columns were asked for. */
static enum error_class drop_gone(struct postgresql_reading *r, struct error *e)
{
    struct catalog *c = r->catalog;
    PGresult *result = NULL;
    size_t bare = 0, kept = 0;
    for (size_t i = 0; i < c->table_count; i++)
        bare += c->tables[i].column_count == 0;
    if (bare == 0)
        return ERROR_OK;
    enum error_class class = postgresql_look_up(r, there_sql, &result, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read the catalog");
    mem_auto bool *there = mem_zero(c->table_count + 1, sizeof *there);
    for (int row = 0; row < PQntuples(result); row++) {
        const struct catalog_table *t = postgresql_table_of(r, number_at(result, row, 0));
        if (t != NULL)
            there[t - c->tables] = true;
    }
    PQclear(result);
    for (size_t i = 0; i < c->table_count; i++)
        if (there[i] || c->tables[i].column_count > 0)
            c->tables[kept++] = c->tables[i];
    c->table_count = kept;
    r->count = 0; /* places are void */
    return ERROR_OK;
}

static enum error_class read_all(struct postgresql_reading *r, bool exact_rows, struct error *e)
{
    struct catalog *c = r->catalog;
    enum error_class class = postgresql_reading_begin(r, e);
    if (class == ERROR_OK)
        class = read_tables(r, e);
    if (class == ERROR_OK)
        class = postgresql_each(r, columns_sql, take_column, e);
    if (class == ERROR_OK)
        class = postgresql_each(r, unreadable_sql, take_unreadable, e);
    if (class == ERROR_OK)
        class = postgresql_keys(r, e);
    if (class != ERROR_OK)
        return class;
    for (size_t i = 0; i < c->table_count; i++)
        tell_unreadable(c, &c->tables[i]);
    postgresql_tell_locked(r);
    class = drop_gone(r, e);
    for (size_t i = 0; class == ERROR_OK && exact_rows && i < c->table_count; i++) {
        class = postgresql_count(&r->session->base, &c->tables[i], &c->tables[i].rows, e);
        c->tables[i].rows_exact = true;
    }
    return class;
}

enum error_class postgresql_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                    struct catalog **ret_catalog, struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    struct postgresql_reading r = { .session = p,
                                    .catalog = catalog_create(arena, "postgresql", arena_text(arena, PQdb(p->pg))),
                                    .schema = schema };
    enum error_class class = read_all(&r, exact_rows, e);
    if (class == ERROR_OK)
        class = postgresql_beside(&r, e);
    postgresql_reading_finish(&r);
    if (class != ERROR_OK)
        return class;
    catalog_sort(r.catalog);
    *ret_catalog = r.catalog;
    return ERROR_OK;
}
