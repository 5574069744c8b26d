/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postgresql_key.c - keys, checks, exclusions and indexes of the tables that are known already. A partition has the
 * keys and indexes of the whole as its own; a foreign key of the whole is said there, once.
 */
#include "catalog/connect/postgresql/postgresql_reading.h"

/* Most keys have one column, and that takes a step into an index, no sorting. */
#define NAMES(attributes, relation)                                                                                 \
    "CASE WHEN cardinality(" attributes ") = 1 THEN (SELECT json_build_array(a.attname) FROM pg_attribute a "       \
    "WHERE a.attrelid = " relation " AND a.attnum = (" attributes ")[1]) ELSE (SELECT json_agg(a.attname ORDER BY " \
    "u.place) FROM unnest(" attributes ") WITH ORDINALITY u (number, place) "                                       \
    "JOIN pg_attribute a ON a.attrelid = " relation " AND a.attnum = u.number) END"

static const char constraints_sql[] =
    "SELECT c.oid, k.contype, k.conname, " NAMES("k.conkey", "k.conrelid") ", rn.nspname, r.relname, " NAMES(
        "k.confkey", "k.confrelid") ", k.confdeltype, k.confupdtype, CASE k.contype WHEN 'x' THEN "
                                    "pg_get_constraintdef(k.oid) WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) END, "
                                    "NOT k.convalidated, "
                                    "k.condeferrable, k.condeferred, k.confmatchtype FROM (SELECT c.oid FROM " TABLES
                                    ") c JOIN pg_constraint k "
                                    "ON k.conrelid = c.oid AND (k.contype IN ('p', 'u') OR k.contype = 'f' AND "
                                    "k.conparentid = 0 OR k.contype IN "
                                    "('c', 'x') AND c.oid <> ALL ($2)) LEFT JOIN pg_class r ON r.oid = k.confrelid "
                                    "LEFT JOIN pg_namespace rn ON rn.oid "
                                    "= r.relnamespace ORDER BY c.oid, k.conname";

/* An index of a locked table with an expression is left out: without it, it would be taken for a plain one. */
static const char indexes_sql[] = "SELECT c.oid, x.relname, i.indisunique, " NAMES(
    "(i.indkey::int2[])[0:i.indnkeyatts - 1]",
    "i.indrelid") ", pg_get_expr(i.indpred, i.indrelid), CASE WHEN i.indexprs IS NOT NULL THEN (SELECT "
                  "string_agg(pg_get_indexdef(i.indexrelid, n, false), ', ' ORDER BY n) FROM generate_series(1, "
                  "i.indnkeyatts) n) "
                  "END, " NAMES("(i.indkey::int2[])[i.indnkeyatts:]",
                                "i.indrelid") ", CASE WHEN i.indexprs IS NULL AND EXISTS "
                                              "(SELECT FROM unnest(i.indoption::int2[]) o WHERE o & 1 = 1) THEN "
                                              "(SELECT json_agg(CASE WHEN o & 1 = 1 THEN 'desc' "
                                              "ELSE 'asc' END ORDER BY n) FROM unnest(i.indoption::int2[]) WITH "
                                              "ORDINALITY u (o, n)) END, nullif((SELECT "
                                              "m.amname FROM pg_am m WHERE m.oid = x.relam), 'btree') FROM (SELECT "
                                              "c.oid FROM " TABLES ") c JOIN pg_index i ON "
                                              "i.indrelid = c.oid AND NOT i.indisprimary AND (c.oid <> ALL ($2) OR "
                                              "i.indpred IS NULL AND i.indexprs IS NULL) "
                                              "JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT EXISTS (SELECT FROM "
                                              "pg_constraint k WHERE k.conindid = "
                                              "i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')) "
                                              "ORDER BY c.oid, x.relname";

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

static void take_foreign_key(struct postgresql_reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    struct catalog_foreign_key *fk = catalog_foreign_key_add(r->catalog, t);
    fk->name = text_at(r->catalog, result, row, 2);
    postgresql_names_at(r, result, row, 3, &fk->columns);
    fk->ref_schema = text_at(r->catalog, result, row, 4);
    fk->ref_table = text_at(r->catalog, result, row, 5);
    postgresql_names_at(r, result, row, 6, &fk->ref_columns);
    fk->on_delete = action_name(*PQgetvalue(result, row, 7));
    fk->on_update = action_name(*PQgetvalue(result, row, 8));
    fk->not_valid = true_at(result, row, 10);
    fk->deferrable = true_at(result, row, 11);
    fk->initially_deferred = true_at(result, row, 12);
    fk->match = *PQgetvalue(result, row, 13) == 'f' ? "FULL" : NULL;
    fk->orphans = -1;
}

static void take_constraint(struct postgresql_reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    struct catalog_key *unique;
    struct catalog_check *check;
    switch (*PQgetvalue(result, row, 1)) {
    case 'p':
        t->primary_key.name = text_at(r->catalog, result, row, 2);
        postgresql_names_at(r, result, row, 3, &t->primary_key.columns);
        t->primary_key.deferrable = true_at(result, row, 11);
        break;
    case 'u':
        unique = catalog_unique_add(r->catalog, t);
        unique->name = text_at(r->catalog, result, row, 2);
        postgresql_names_at(r, result, row, 3, &unique->columns);
        unique->deferrable = true_at(result, row, 11);
        break;
    case 'f':
        take_foreign_key(r, t, result, row);
        break;
    case 'x':
        *catalog_extra_add(r->catalog, t) =
            (struct catalog_extra){ .what = "exclusion", .text = text_at(r->catalog, result, row, 9) };
        break;
    default:
        check = catalog_check_add(r->catalog, t);
        check->name = text_at(r->catalog, result, row, 2);
        check->expression = text_at(r->catalog, result, row, 9);
        break;
    }
}

static void take_index(struct postgresql_reading *r, struct catalog_table *t, const PGresult *result, int row)
{
    struct catalog_index *index = catalog_index_add(r->catalog, t);
    index->name = text_at(r->catalog, result, row, 1);
    index->unique = true_at(result, row, 2);
    postgresql_names_at(r, result, row, 3, &index->columns);
    index->where = text_at(r->catalog, result, row, 4);
    index->expression = text_at(r->catalog, result, row, 5);
    postgresql_names_at(r, result, row, 6, &index->include);
    postgresql_names_at(r, result, row, 7, &index->orders);
    index->method = text_at(r->catalog, result, row, 8);
}

enum error_class postgresql_keys(struct postgresql_reading *r, struct error *e)
{
    enum error_class class =
        postgresql_without(r->catalog, "keys and checks", postgresql_each(r, constraints_sql, take_constraint, e), e);
    if (class == ERROR_OK)
        class = postgresql_without(r->catalog, "indexes", postgresql_each(r, indexes_sql, take_index, e), e);
    return class;
}
