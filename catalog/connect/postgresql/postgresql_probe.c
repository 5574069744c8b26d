/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postgresql_probe.c - the server's version, and the schemas and tables that the user may not read. The catalog shows
 * them all to everybody, so what is missing can be named.
 */
#include <stdlib.h>

#include "base/text.h"
#include "catalog/connect/postgresql/postgresql.h"

/* A row: what is missing in words (NULL: nothing), how many such rows there are, version, tables. */
static const char probe_sql[] =
    "WITH t AS (SELECT n.nspname, c.relname, has_schema_privilege(n.oid, 'USAGE') AS usable, "
    "           has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT') AS readable "
    "    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'), "
    "missing AS ("
    "    SELECT 1 AS sort, nspname, '' AS relname, format('no right to use schema %I (%s tables and views in it): "
    "GRANT USAGE ON SCHEMA %I TO %I', nspname, count(*), nspname, current_user) AS said FROM t WHERE NOT usable "
    "    GROUP BY nspname "
    "    UNION ALL SELECT 2, nspname, relname, format('no right to read %I.%I: GRANT SELECT ON %I.%I TO %I', nspname, "
    "relname, nspname, relname, current_user) FROM t WHERE usable AND NOT readable), "
    "told AS (SELECT said, count(*) OVER () AS number FROM missing ORDER BY sort, nspname, relname LIMIT 20) "
    "SELECT told.said, told.number, current_setting('server_version'), (SELECT count(*) FROM t) "
    "FROM (SELECT) one LEFT JOIN told ON true";

enum error_class postgresql_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e)
{
    PGresult *rows = NULL;
    enum error_class class = postgresql_run(postgresql_of(c), probe_sql, 0, NULL, &rows, e);
    if (class != ERROR_OK)
        return class;
    for (int i = 0; i < PQntuples(rows); i++) {
        ret->version = arena_text(arena, PQgetvalue(rows, i, 2));
        (void)text_to_int64(PQgetvalue(rows, i, 3), 0, INT64_MAX, &ret->tables);
        if (PQgetisnull(rows, i, 0) || ret->missing_count == CONNECT_MISSING_MAX)
            continue;
        (void)text_to_int64(PQgetvalue(rows, i, 1), 0, INT64_MAX, &ret->missing_all);
        ret->missing[ret->missing_count++] = arena_text(arena, PQgetvalue(rows, i, 0));
    }
    PQclear(rows);
    return ERROR_OK;
}
