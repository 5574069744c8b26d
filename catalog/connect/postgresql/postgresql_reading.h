/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postgresql_reading.h - what the files of the introspection share: one reading of a database's catalog.
 *
 * Every statement goes through postgresql_look_up(), which knows what this login may not read and which tables are
 * locked just now, and asks for the rest. $1 is a schema, or NULL for all of the user's; $2 the tables that a session
 * holds in ACCESS EXCLUSIVE: an expression of such a table would have to wait, and is left out.
 */
#ifndef CATALOG_CONNECT_POSTGRESQL_POSTGRESQL_READING_H
#define CATALOG_CONNECT_POSTGRESQL_POSTGRESQL_READING_H

#include "base/text.h"
#include "catalog/connect/postgresql/postgresql.h"

#define TABLES                                                                                                      \
    "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f') "                  \
    "AND c.relpersistence <> 't' AND c.relname <> 'argosy_fence' AND n.nspname !~ '^pg_' "                          \
    "AND n.nspname <> 'information_schema' AND ($1::text IS NULL OR n.nspname = $1) AND $2::oid[] IS NOT NULL AND " \
    "NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype " \
    "= 'e') "

/* `oid` of `catalog` must not belong to an extension. */
#define OURS(catalog, oid)                                                                                \
    "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND ($1::text IS NULL OR n.nspname = $1) " \
    "AND $2::oid[] IS NOT NULL AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '" catalog       \
    "'::regclass AND d.objid = " oid " AND d.deptype = 'e')"

/* Expressions are written by functions that open their table: never that of a locked one. */
#define UNLOCKED(oid, expression) "CASE WHEN " oid " <> ALL ($2::oid[]) THEN " expression " END"

/* As a text says it: BEFORE INSERT OR UPDATE name. Those of a partition that the whole has are said there. */
#define TRIGGERS                                                                                                    \
    "(SELECT json_agg(CASE WHEN g.tgtype & 2 <> 0 THEN 'BEFORE ' WHEN g.tgtype & 64 <> 0 THEN 'INSTEAD OF ' ELSE "  \
    "'AFTER ' END || concat_ws(' OR ', CASE WHEN g.tgtype & 4 <> 0 THEN 'INSERT' END, CASE WHEN g.tgtype & 8 <> 0 " \
    "THEN 'DELETE' END, CASE WHEN g.tgtype & 16 <> 0 THEN 'UPDATE' END, CASE WHEN g.tgtype & 32 <> 0 THEN "         \
    "'TRUNCATE' END) || ' ' || g.tgname ORDER BY g.tgname) FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT "      \
    "g.tgisinternal AND coalesce(to_jsonb(g) ->> 'tgparentid', '0') = '0')"
#define POLICIES "(SELECT json_agg(y.polname ORDER BY y.polname) FROM pg_policy y WHERE y.polrelid = c.oid)"

struct postgresql_place {
    int64_t oid;
    size_t index; /* into catalog->tables */
};

struct postgresql_reading {
    struct postgresql *session;
    struct catalog *catalog;
    const char *schema;
    char *closed; /* owned: what goes before a statement for catalogs that may not be read; or NULL */
    char *locked; /* owned: "{oid,...}" */
    bool asked;   /* which catalogs are closed */
    struct postgresql_place *places; /* owned; sorted by oid */
    size_t count;
};

static inline const char *text_at(const struct catalog *c, const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : arena_text(c->arena, PQgetvalue(result, row, column));
}

static inline bool true_at(const PGresult *result, int row, int column)
{
    return *PQgetvalue(result, row, column) == 't';
}

static inline int64_t number_at(const PGresult *result, int row, int column)
{
    int64_t value = -1;
    return text_to_int64(PQgetvalue(result, row, column), INT64_MIN, INT64_MAX, &value) ? value : -1;
}

/* ---- postgresql_lookup.c ---- */
/* Finds the locked tables; postgresql_reading_finish() frees what the reading owns. */
enum error_class postgresql_reading_begin(struct postgresql_reading *r, struct error *e);
void postgresql_reading_finish(struct postgresql_reading *r);
/* A SELECT with $1 and $2; *ret_result is the caller's to PQclear(). */
enum error_class postgresql_look_up(struct postgresql_reading *r, const char *sql, PGresult **ret_result,
                                    struct error *e);
/* What could not be looked up (a right is missing, a lock or the time ran out) is told, and the rest of the catalog
 * stands: ERROR_OK then, else the class. */
enum error_class postgresql_without(struct catalog *c, const char *what, enum error_class class, struct error *e);
/* Says which tables of the catalog were locked. */
void postgresql_tell_locked(struct postgresql_reading *r);

/* ---- postgresql_catalog.c ---- */
/* Each row begins with a table's oid; take() gets that table. Rows of a table that appeared meanwhile are left. */
enum error_class postgresql_each(struct postgresql_reading *r, const char *sql,
                                 void (*take)(struct postgresql_reading *r, struct catalog_table *t,
                                              const PGresult *result, int row),
                                 struct error *e);
struct catalog_table *postgresql_table_of(const struct postgresql_reading *r, int64_t oid); /* NULL: none */
/* A JSON array of names. */
void postgresql_names_at(const struct postgresql_reading *r, const PGresult *result, int row, int column,
                         struct catalog_names *names);

/* ---- postgresql_key.c ---- */
/* Keys, checks, exclusions and indexes. */
enum error_class postgresql_keys(struct postgresql_reading *r, struct error *e);

/* ---- postgresql_beside.c ---- */
/* Views, sequences and named types. */
enum error_class postgresql_beside(struct postgresql_reading *r, struct error *e);

#endif
