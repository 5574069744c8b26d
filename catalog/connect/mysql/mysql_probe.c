/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mysql_probe.c - the server's version, and the tables that the user is shown but may not read.
 *
 * A table on which one has no right at all is not shown to anybody, so it can't be named. Rights come by user, role,
 * schema and column: the shown ones are simply asked for no rows, the first CONNECT_PROBED_TABLES_MAX of them.
 */
#include "base/text.h"
#include "catalog/connect/mysql/mysql.h"

static const char tables_sql[] =
    "SELECT table_schema, table_name FROM information_schema.tables "
    "WHERE table_schema = COALESCE(DATABASE(), table_schema) "
    "AND table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys') ORDER BY 1, 2 LIMIT 200";
static const char version_sql[] = "SELECT VERSION()";

static enum error_class read_version(struct mysql *m, struct arena *arena, struct connect_probe *ret, struct error *e)
{
    MYSQL_RES *rows = NULL;
    enum error_class class = mysql_run(m, version_sql, &rows, e);
    if (class != ERROR_OK)
        return class;
    MYSQL_ROW row = rows != NULL ? m->api->do_fetch_row(rows) : NULL;
    if (row != NULL && row[0] != NULL)
        ret->version = arena_text(arena, row[0]);
    if (rows != NULL)
        m->api->do_free_result(rows);
    return ERROR_OK;
}

static enum error_class try_table(struct mysql *m, const char *schema, const char *name, struct error *e)
{
    const char *sql;
    sqltext_clear(&m->sql);
    sqltext_raw(&m->sql, "SELECT 1 FROM ");
    sqltext_table(&m->sql, schema, name);
    sqltext_raw(&m->sql, " LIMIT 0");
    enum error_class class = sqltext_view(&m->sql, &sql, e);
    return class != ERROR_OK ? class : mysql_run(m, sql, NULL, e);
}

enum error_class mysql_probe(struct connect *c, struct arena *arena, struct connect_probe *ret, struct error *e)
{
    struct mysql *m = mysql_of(c);
    MYSQL_RES *rows = NULL;
    if (read_version(m, arena, ret, e) != ERROR_OK || mysql_run(m, tables_sql, &rows, e) != ERROR_OK)
        return e->class;
    for (MYSQL_ROW row; rows != NULL && (row = m->api->do_fetch_row(rows)) != NULL;) {
        struct error refused = ERROR_NONE;
        if (row[0] == NULL || row[1] == NULL)
            continue;
        ret->tables++;
        if (try_table(m, row[0], row[1], &refused) != ERROR_DENIED)
            continue; /* read, or broken in a way that is no question of rights */
        if (ret->missing_count < CONNECT_MISSING_MAX)
            ret->missing[ret->missing_count++] =
                arena_format(arena, "no right to read %s.%s: GRANT SELECT ON it", row[0], row[1]);
        ret->missing_all++;
    }
    if (rows != NULL)
        m->api->do_free_result(rows);
    return ERROR_OK;
}
