/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Introspection from pg_catalog: a query a kind of thing over all tables at once, whatever their number. What is beside
 * tables (views, sequences, types) is postgresql_beside.c.
 *
 * Ordinary, partitioned and foreign tables of the user; not partitions (their parent has the rows), not temporary
 * tables, not what an extension owns, not argosy_fence. Lists of names cross as JSON arrays, so that no name can break
 * them. Tables come sorted by oid from every query: each result is merged into the tables by binary search.
 */
#include "catalog/connect/postgresql/postgresql.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* $1: a schema, or NULL for all of the user's. */
#define TABLES                                                                                                    \
    "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f') AND NOT "        \
    "c.relispartition "                                                                                           \
    "AND c.relpersistence <> 't' AND c.relname <> 'argosy_fence' AND n.nspname !~ '^pg_' "                        \
    "AND n.nspname <> 'information_schema' AND ($1::text IS NULL OR n.nspname = $1) AND NOT EXISTS (SELECT FROM " \
    "pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') "

/* Most keys have one column, and that takes a step into an index, no sorting. */
#define NAMES(attributes, relation)                                                                                 \
    "CASE WHEN cardinality(" attributes ") = 1 THEN (SELECT json_build_array(a.attname) FROM pg_attribute a "       \
    "WHERE a.attrelid = " relation " AND a.attnum = (" attributes ")[1]) ELSE (SELECT json_agg(a.attname ORDER BY " \
    "u.place) FROM unnest(" attributes ") WITH ORDINALITY u (number, place) "                                       \
    "JOIN pg_attribute a ON a.attrelid = " relation " AND a.attnum = u.number) END"

/* A partitioned table has the rows and pages of its partitions. Sizes are those of the last VACUUM or ANALYZE: to look
 * at the files of thousands of tables takes seconds. */
static const char tables_sql[] =
    "SELECT c.oid, n.nspname, c.relname, ds.description, CASE WHEN c.relkind = 'p' THEN (SELECT "
    "CASE WHEN min(l.reltuples) >= 0 THEN sum(l.reltuples) ELSE -1 END FROM pg_partition_tree(c.oid) p JOIN pg_class l "
    "ON l.oid = p.relid WHERE p.isleaf) ELSE c.reltuples END::bigint, c.relkind, CASE c.relkind WHEN 'r' THEN "
    "current_setting('block_size')::bigint * (c.relpages + coalesce((SELECT o.relpages FROM pg_class o WHERE o.oid = "
    "c.reltoastrelid), 0) + (SELECT coalesce(sum(x.relpages), 0) FROM pg_index i JOIN pg_class x ON x.oid = "
    "i.indexrelid "
    "WHERE i.indrelid = c.oid)) WHEN 'p' THEN (SELECT sum(pg_total_relation_size(p.relid)) FROM "
    "pg_partition_tree(c.oid) p WHERE p.isleaf) END, pg_get_partkeydef(c.oid), c.relrowsecurity, (SELECT "
    "json_agg(pn.nspname || '.' || pc.relname ORDER BY i.inhseqno) FROM pg_inherits i JOIN pg_class pc ON pc.oid = "
    "i.inhparent JOIN pg_namespace pn ON pn.oid = pc.relnamespace WHERE i.inhrelid = c.oid), (SELECT count(*) FROM "
    "pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal) FROM (SELECT c.* FROM " TABLES
    ") c JOIN pg_namespace n ON n.oid = "
    "c.relnamespace LEFT JOIN pg_description ds ON ds.classoid = 'pg_class'::regclass AND ds.objoid = c.oid AND "
    "ds.objsubid = 0 ORDER BY c.oid";

static const char columns_sql[] =
    "SELECT c.oid, a.attname, format_type(a.atttypid, a.atttypmod), "
    "CASE WHEN y.typtype = 'd' THEN format_type(y.typbasetype, y.typtypmod) END, "
    "a.attnotnull, pg_get_expr(f.adbin, f.adrelid), a.attidentity <> '', a.attgenerated <> '', "
    "CASE WHEN a.attcollation <> y.typcollation THEN l.collname END, ds.description, "
    "CASE WHEN y.typtype = 'e' THEN (SELECT json_agg(m.enumlabel ORDER BY m.enumsortorder) FROM pg_enum m "
    "WHERE m.enumtypid = y.oid) END, a.attgenerated = 's', a.attidentity = 'a' "
    "FROM (SELECT c.oid FROM " TABLES ") c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
    "AND NOT a.attisdropped JOIN pg_type y ON y.oid = a.atttypid "
    "LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum "
    "LEFT JOIN pg_description ds ON ds.classoid = 'pg_class'::regclass AND ds.objoid = c.oid AND ds.objsubid = "
    "a.attnum "
    "LEFT JOIN pg_collation l ON l.oid = a.attcollation ORDER BY c.oid, a.attnum";

static const char constraints_sql[] =
    "SELECT c.oid, k.contype, k.conname, " NAMES("k.conkey", "k.conrelid") ", rn.nspname, r.relname, " NAMES(
        "k.confkey",
        "k.confrelid") ", k.confdeltype, k.confupdtype, CASE k.contype WHEN 'x' THEN pg_get_constraintdef(k.oid) ELSE "
                       "pg_get_expr(k.conbin, k.conrelid) END, "
                       "NOT k.convalidated, k.condeferrable, k.condeferred, k.confmatchtype FROM (SELECT c.oid "
                       "FROM " TABLES ") c "
                       "JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c', 'x') "
                       "AND k.conparentid = 0 "
                       "LEFT JOIN pg_class r ON r.oid = k.confrelid LEFT JOIN pg_namespace rn ON rn.oid = "
                       "r.relnamespace "
                       "ORDER BY c.oid, k.conname";

static const char indexes_sql[] = "SELECT c.oid, x.relname, i.indisunique, " NAMES(
    "(i.indkey::int2[])[0:i.indnkeyatts - 1]",
    "i.indrelid") ", pg_get_expr(i.indpred, i.indrelid), "
                  "CASE WHEN i.indexprs IS NOT NULL THEN (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, "
                  "false), ', ' ORDER BY n) FROM generate_series(1, i.indnkeyatts) n) END, " NAMES(
                      "(i.indkey::int2[])[i.indnkeyatts:]",
                      "i.indrelid") ", CASE WHEN i.indexprs IS NULL AND EXISTS (SELECT FROM "
                                    "unnest(i.indoption::int2[]) o WHERE o & 1 = 1) THEN (SELECT json_agg(CASE WHEN "
                                    "o & 1 = 1 THEN 'desc' ELSE 'asc' END ORDER BY n) FROM unnest(i.indoption::int2[]) "
                                    "WITH ORDINALITY u (o, n)) "
                                    "END, nullif((SELECT m.amname FROM pg_am m WHERE m.oid = x.relam), 'btree') "
                                    "FROM (SELECT c.oid FROM " TABLES
                                    ") c JOIN pg_index i ON i.indrelid = c.oid AND NOT i.indisprimary "
                                    "JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT EXISTS (SELECT FROM "
                                    "pg_constraint k "
                                    "WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', "
                                    "'u', 'x')) ORDER BY "
                                    "c.oid, x.relname";

struct place {
    int64_t oid;
    size_t index; /* into catalog->tables */
};

struct reading {
    struct catalog *catalog;
    struct place *places; /* sorted by oid */
    size_t count;
};

static const char *text_at(const struct reading *r, const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : arena_text(r->catalog->arena, PQgetvalue(result, row, column));
}

static bool true_at(const PGresult *result, int row, int column)
{
    return *PQgetvalue(result, row, column) == 't';
}

static int64_t number_at(const PGresult *result, int row, int column)
{
    int64_t value = -1;
    return text_to_int64(PQgetvalue(result, row, column), INT64_MIN, INT64_MAX, &value) ? value : -1;
}

static void names_at(const struct reading *r, const PGresult *result, int row, int column, struct catalog_names *names)
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
    const struct place *x = a, *y = b;
    return x->oid < y->oid ? -1 : x->oid > y->oid;
}

/* NULL for a table that appeared between two queries. */
static struct catalog_table *table_of(const struct reading *r, const PGresult *result, int row)
{
    struct place key = { .oid = number_at(result, row, 0) };
    const struct place *found = r->count ? bsearch(&key, r->places, r->count, sizeof key, place_compare) : NULL;
    return found ? &r->catalog->tables[found->index] : NULL;
}

/* "RANGE (a, b)" is the method and the key. */
static void take_partition(struct reading *r, struct catalog_table *t, const char *definition)
{
    struct arena *arena = r->catalog->arena;
    size_t word = strcspn(definition, " ");
    char *method = arena_text_n(arena, definition, word);
    for (char *at = method; *at != '\0'; at++)
        *at = (char)tolower((unsigned char)*at);
    t->partition = arena_alloc(arena, sizeof *t->partition);
    t->partition->method = method;
    t->partition->key = arena_text(arena, definition + word + strspn(definition + word, " "));
}

static void take_kind(struct reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    char kind = *PQgetvalue(result, row, 5);
    t->kind = kind == 'p' ? "partitioned" : kind == 'f' ? "foreign" : NULL;
    if (!PQgetisnull(result, row, 7))
        take_partition(r, t, PQgetvalue(result, row, 7));
    if (true_at(result, row, 8))
        catalog_extra_add(r->catalog, t)->what = "row level security";
    names_at(r, result, row, 9, &t->inherits);
    if (number_at(result, row, 10) > 0)
        *catalog_extra_add(r->catalog, t) =
            (struct catalog_extra){ .what = "triggers",
                                    .text = arena_text(r->catalog->arena, PQgetvalue(result, row, 10)) };
}

static void take_tables(struct reading *r, const PGresult *result)
{
    int rows = PQntuples(result);
    r->places = mem_zero((size_t)rows + 1, sizeof *r->places);
    for (int i = 0; i < rows; i++) {
        struct catalog_table *t = catalog_table_add(r->catalog, text_at(r, result, i, 1), text_at(r, result, i, 2));
        t->comment = text_at(r, result, i, 3);
        t->rows = number_at(result, i, 4); /* -1 before the first ANALYZE */
        t->size_bytes = number_at(result, i, 6);
        take_kind(r, t, result, i);
        r->places[r->count++] = (struct place){ .oid = number_at(result, i, 0), .index = r->catalog->table_count - 1 };
    }
}

static void take_column(struct reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    struct catalog_column *column = catalog_column_add(r->catalog, t, text_at(r, result, row, 1));
    const char *base = PQgetisnull(result, row, 3) ? PQgetvalue(result, row, 2) : PQgetvalue(result, row, 3);
    const char *expression = text_at(r, result, row, 5);
    column->native_type = text_at(r, result, row, 2);
    column->type = type_from_native("postgresql", arena_text(r->catalog->arena, base));
    if (!PQgetisnull(result, row, 10))
        column->type = (struct type){ .name = TYPE_ENUM, .precision = -1, .element = text_at(r, result, row, 10) };
    column->nullable = !true_at(result, row, 4);
    column->collation = text_at(r, result, row, 8);
    column->comment = text_at(r, result, row, 9);
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

static const char *action_name(char action)
{
    switch (action) {
    case 'c':
        return "CASCADE";
    case 'n':
        return "SET NULL";
    case 'd':
        return "SET DEFAULT";
    case 'r':
        return "RESTRICT";
    default:
        return "NO ACTION";
    }
}

static void take_foreign_key(struct reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    struct catalog_foreign_key *fk = catalog_foreign_key_add(r->catalog, t);
    fk->name = text_at(r, result, row, 2);
    names_at(r, result, row, 3, &fk->columns);
    fk->ref_schema = text_at(r, result, row, 4);
    fk->ref_table = text_at(r, result, row, 5);
    names_at(r, result, row, 6, &fk->ref_columns);
    fk->on_delete = action_name(*PQgetvalue(result, row, 7));
    fk->on_update = action_name(*PQgetvalue(result, row, 8));
    fk->not_valid = true_at(result, row, 10);
    fk->deferrable = true_at(result, row, 11);
    fk->initially_deferred = true_at(result, row, 12);
    fk->match = *PQgetvalue(result, row, 13) == 'f' ? "FULL" : NULL;
    fk->orphans = -1;
}

static void take_constraint(struct reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    struct catalog_key *unique;
    struct catalog_check *check;
    switch (*PQgetvalue(result, row, 1)) {
    case 'p':
        t->primary_key.name = text_at(r, result, row, 2);
        names_at(r, result, row, 3, &t->primary_key.columns);
        t->primary_key.deferrable = true_at(result, row, 11);
        break;
    case 'u':
        unique = catalog_unique_add(r->catalog, t);
        unique->name = text_at(r, result, row, 2);
        names_at(r, result, row, 3, &unique->columns);
        unique->deferrable = true_at(result, row, 11);
        break;
    case 'f':
        take_foreign_key(r, t, result, row);
        break;
    case 'x':
        *catalog_extra_add(r->catalog, t) =
            (struct catalog_extra){ .what = "exclusion", .text = text_at(r, result, row, 9) };
        break;
    default:
        check = catalog_check_add(r->catalog, t);
        check->name = text_at(r, result, row, 2);
        check->expression = text_at(r, result, row, 9);
        break;
    }
}

static void take_index(struct reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    struct catalog_index *index = catalog_index_add(r->catalog, t);
    index->name = text_at(r, result, row, 1);
    index->unique = true_at(result, row, 2);
    names_at(r, result, row, 3, &index->columns);
    index->where = text_at(r, result, row, 4);
    index->expression = text_at(r, result, row, 5);
    names_at(r, result, row, 6, &index->include);
    names_at(r, result, row, 7, &index->orders);
    index->method = text_at(r, result, row, 8);
}

enum error_class postgresql_denied(struct catalog *c, const char *what, enum error_class class, struct error *e)
{
    if (class != ERROR_DENIED)
        return class;
    catalog_diagnostic_add(
        c, "warning",
        arena_format(c->arena, "no %s are known, because this login may not look them up: %.300s", what, e->message));
    *e = ERROR_NONE;
    return ERROR_OK;
}

static enum error_class query(struct postgresql *p, struct reading *r, const char *sql, const char *schema,
                              void (*take)(struct reading *r, struct catalog_table *t, const PGresult *result, int row),
                              struct error *e)
{
    PGresult *result = NULL;
    const char *const values[] = { schema };
    enum error_class class = postgresql_run(p, sql, 1, values, &result, e);
    if (class != ERROR_OK)
        return error_wrap(e, "read the catalog");
    size_t bytes = PQresultMemorySize(result), room = arena_room(r->catalog->arena);
    if (bytes > room / 4) /* names, structs and their growth together stay below four times the result */
        class = error_code(e, ERROR_TOO_LARGE, "catalog_too_large", "the catalog has %zu MB, too much for one job",
                           bytes >> 20);
    else if (!take && PQntuples(result) > CATALOG_TABLES_MAX)
        class = error_code(e, ERROR_TOO_LARGE, "too_many_tables",
                           "the database has %d tables, the limit is %d: name a "
                           "schema",
                           PQntuples(result), (int)CATALOG_TABLES_MAX);
    else if (!take)
        take_tables(r, result);
    for (int row = 0; class == ERROR_OK && take && row < PQntuples(result); row++) {
        struct catalog_table *t = table_of(r, result, row);
        if (t)
            take(r, t, result, row);
    }
    PQclear(result);
    return class;
}

static enum error_class read_all(struct postgresql *p, struct reading *r, const char *schema, bool exact_rows,
                                 struct error *e)
{
    enum error_class class = query(p, r, tables_sql, schema, NULL, e);
    if (class == ERROR_OK)
        class = query(p, r, columns_sql, schema, take_column, e);
    if (class == ERROR_OK)
        class = postgresql_denied(r->catalog, "keys and checks",
                                  query(p, r, constraints_sql, schema, take_constraint, e), e);
    if (class == ERROR_OK)
        class = postgresql_denied(r->catalog, "indexes", query(p, r, indexes_sql, schema, take_index, e), e);
    for (size_t i = 0; class == ERROR_OK && exact_rows && i < r->catalog->table_count; i++) {
        struct catalog_table *t = &r->catalog->tables[i];
        class = postgresql_count(&p->base, t, &t->rows, e);
        t->rows_exact = true;
    }
    return class;
}

enum error_class postgresql_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                    struct catalog **ret_catalog, struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    struct reading r = { .catalog = catalog_create(arena, "postgresql", arena_text(arena, PQdb(p->pg))) };
    enum error_class class = read_all(p, &r, schema, exact_rows, e);
    free(r.places);
    if (class == ERROR_OK)
        class = postgresql_beside(p, r.catalog, schema, e);
    if (class != ERROR_OK)
        return class;
    catalog_sort(r.catalog);
    *ret_catalog = r.catalog;
    return ERROR_OK;
}
