/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlserver.c - a session with a customer's SQL Server: opened with every limit set, to read.
 *
 * Once it is connected (odbc_session.c) with ApplicationIntent=ReadOnly: pin what text and safety depend on. Reads take
 * no lock that hurts: SNAPSHOT where the database allows it, else READ COMMITTED with a lock timeout, and in a deadlock
 * we are the one who gives up. Nothing here writes.
 */
#include "catalog/connect/sqlserver/sqlserver.h"

#include <string.h>

#include "base/mem.h"

enum { MS_A_SECOND = 1000 };

static const char snapshot_sql[] = "SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()";
static const char database_sql[] = "SELECT DB_NAME()";

const char *const sqlserver_prologue[] = {
    "SET LOCK_TIMEOUT %d",
    "SET QUOTED_IDENTIFIER ON",
    "SET DEADLOCK_PRIORITY LOW",
    "SET TEXTSIZE 2147483647", /* FreeTDS would cut long values at 64 KB */
    "SET DATEFORMAT ymd",
    "SET NOCOUNT ON",
    snapshot_sql,
    database_sql,
    "SET TRANSACTION ISOLATION LEVEL SNAPSHOT",
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
    NULL,
};

static enum error_class say(struct odbc *o, const char *sql, int lock_timeout_s, struct error *e)
{
    const char *at = strstr(sql, "%d");
    mem_auto char *text = at == NULL
                              ? mem_text(sql)
                              : mem_format("%.*s%lld", (int)(at - sql), sql, (long long)lock_timeout_s * MS_A_SECOND);
    enum error_class class = odbc_run(o, text, e);
    return class == ERROR_OK ? class : error_wrap(e, "prepare the session");
}

static enum error_class take_name(struct odbc *o, struct error *e)
{
    struct odbc_cursor *cursor = NULL;
    const struct connect_value *values = NULL;
    enum error_class class = odbc_query(o, database_sql, NULL, &cursor, e);
    if (class == ERROR_OK)
        class = odbc_fetch(cursor, &values, e);
    if (values != NULL && values[0].type == CONNECT_TEXT)
        o->name = mem_text_n(values[0].data, values[0].size);
    odbc_finish(cursor);
    return class;
}

enum error_class sqlserver_prepare(struct odbc *o, const struct odbc_url *url, const struct connect_options *options,
                                   struct error *e)
{
    enum error_class class = ERROR_OK;
    int64_t snapshot = 0;
    (void)url;
    for (size_t i = 0; class == ERROR_OK && sqlserver_prologue[i] != snapshot_sql; i++)
        class = say(o, sqlserver_prologue[i], options->lock_timeout_s, e);
    if (class == ERROR_OK)
        class = odbc_number(o, snapshot_sql, &snapshot, e);
    if (class == ERROR_OK)
        class = say(o,
                    snapshot == 1 ? "SET TRANSACTION ISOLATION LEVEL SNAPSHOT"
                                  : "SET TRANSACTION ISOLATION LEVEL READ COMMITTED",
                    0, e);
    return class == ERROR_OK ? take_name(o, e) : class;
}

static enum error_class open_url(const char *url, const char *secret, const struct connect_options *options,
                                 struct connect **ret_connect, struct error *e)
{
    return odbc_session_open(&connect_sqlserver, &sqlserver_kind, url, secret, options, ret_connect, e);
}

static enum error_class read_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                     struct catalog **ret_catalog, struct error *e)
{
    struct odbc *o = odbc_of(c);
    return sqlserver_read_catalog(o, arena, o->name != NULL ? o->name : "server", schema, exact_rows, ret_catalog, e);
}

const struct connect_dialect connect_sqlserver = {
    .name = "sqlserver",
    .schemes = { "sqlserver", "mssql" },
    .example = "sqlserver://USER@HOST:PORT/DATABASE",
    .port = 1433,
    .open = open_url,
    .close = odbc_session_close,
    .catalog = read_catalog,
    .read = odbc_read,
    .count = odbc_count,
    .count_upto = odbc_count_upto,
    .contains = sqlserver_contains,

    .split = odbc_split,
    .orphans = odbc_orphans,
    .probe = odbc_probe,
};
