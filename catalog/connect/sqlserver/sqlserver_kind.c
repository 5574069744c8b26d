/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlserver_kind.c - what is SQL Server's own: its drivers, its error numbers, how its SELECT differs.
 *
 * Error numbers: learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors; those
 * from 20000 are FreeTDS's own.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "catalog/connect/sqlserver/sqlserver.h"

static const char *const drivers[] = { "ODBC Driver * for SQL Server", "FreeTDS", NULL };
static const char *const libraries[] = { "*libmsodbcsql*", "*libtdsodbc*", NULL };

static const struct odbc_code codes[] = {
    { 18456, NULL, ERROR_DENIED, "login_refused" },
    { 18452, NULL, ERROR_DENIED, "login_refused" },
    { 18486, NULL, ERROR_DENIED, "login_refused" },
    { 18487, NULL, ERROR_DENIED, "login_refused" },
    { 18488, NULL, ERROR_DENIED, "login_refused" },
    { 20014, NULL, ERROR_DENIED, "login_refused" },
    { 4060, NULL, ERROR_INVALID, "database_not_found" },
    { 911, NULL, ERROR_INVALID, "database_not_found" },
    { 916, NULL, ERROR_DENIED, "permission_denied" },
    { 229, NULL, ERROR_DENIED, "permission_denied" },
    { 230, NULL, ERROR_DENIED, "permission_denied" },
    { 262, NULL, ERROR_DENIED, "permission_denied" },
    { 297, NULL, ERROR_DENIED, "permission_denied" },
    { 300, NULL, ERROR_DENIED, "permission_denied" },
    { 15247, NULL, ERROR_DENIED, "permission_denied" },
    { 1205, NULL, ERROR_RETRY, "deadlock" },
    { 1222, NULL, ERROR_RETRY, "lock_timeout" },
    { 3960, NULL, ERROR_RETRY, "serialization_failure" },
    { 3961, NULL, ERROR_RETRY, "serialization_failure" },
    { 701, NULL, ERROR_RETRY, "server_resources" },
    { 802, NULL, ERROR_RETRY, "server_resources" },
    { 1204, NULL, ERROR_RETRY, "server_resources" },
    { 1105, NULL, ERROR_RETRY, "server_resources" },
    { 8645, NULL, ERROR_RETRY, "server_resources" },
    { 8651, NULL, ERROR_RETRY, "server_resources" },
    { 10928, NULL, ERROR_RETRY, "server_resources" },
    { 10929, NULL, ERROR_RETRY, "server_resources" },
    { 40501, NULL, ERROR_RETRY, "server_resources" },
    { 49918, NULL, ERROR_RETRY, "server_resources" },
    { 17809, NULL, ERROR_UNAVAILABLE, "too_many_connections" },
    { 40197, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 40613, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 596, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 6005, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 20003, NULL, ERROR_TIMED_OUT, "statement_timeout" },
    { 20004, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 20006, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 20047, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 20009, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 20002, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 0, NULL, ERROR_OK, NULL },
};

static const char *word_of(const struct catalog_column *column)
{
    return column->native_type != NULL ? column->native_type : "";
}

static bool is(const struct catalog_column *column, const char *type)
{
    size_t size = strlen(type);
    return strncasecmp(word_of(column), type, size) == 0 && strchr("( ", word_of(column)[size]) != NULL;
}

static void wrapped(struct sqltext *s, const char *before, const struct catalog_column *column, const char *after)
{
    sqltext_raw(s, before);
    sqltext_ident(s, column->name);
    sqltext_raw(s, after);
}

/* What drivers spell each in their own way, or not at all, is made text by the server. */
static bool add_column(struct sqltext *s, const struct catalog_column *column, enum odbc_form *ret_form)
{
    *ret_form = column->type.name == TYPE_DECIMAL ? ODBC_TEXT : ODBC_AS_IS;
    if (is(column, "datetimeoffset"))
        wrapped(s, "CONVERT(nvarchar(40), ", column, ", 121)");
    else if (is(column, "time"))
        wrapped(s, "CONVERT(nvarchar(20), ", column, ", 121)");
    else if (is(column, "sql_variant"))
        wrapped(s, "CAST(", column, " AS nvarchar(4000))");
    else if (is(column, "xml") || is(column, "json") || is(column, "vector"))
        wrapped(s, "CAST(", column, " AS nvarchar(max))");
    else if (is(column, "geometry") || is(column, "geography") || is(column, "hierarchyid"))
        wrapped(s, "", column, ".ToString()");
    else
        sqltext_ident(s, column->name);
    return true;
}

static void limit_before(struct sqltext *s, int64_t limit)
{
    sqltext_raw(s, "SELECT ");
    if (limit > 0) {
        sqltext_raw(s, "TOP (");
        sqltext_integer(s, limit);
        sqltext_raw(s, ") ");
    }
}

static void limit_after(struct sqltext *s, int64_t limit)
{
    (void)s;
    (void)limit;
}

static void sample(struct sqltext *s, double percent)
{
    char text[80];
    (void)snprintf(text, sizeof text, " TABLESAMPLE SYSTEM (%.6f PERCENT) REPEATABLE (1)", percent);
    sqltext_raw(s, text);
}

const struct odbc_kind sqlserver_kind = {
    .name = "SQL Server",
    .drivers = drivers,
    .libraries = libraries,
    .install = "install Microsoft's (package msodbcsql18, from packages.microsoft.com) or FreeTDS (Debian's package "
               "tdsodbc)",
    .codes = codes,
    .count = "COUNT_BIG(*)",
    .version = "SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(128))",
    .read_url = sqlserver_url_read,
    .string = sqlserver_string,
    .prepare = sqlserver_prepare,
    .column = add_column,
    .limit_before = limit_before,
    .limit_after = limit_after,
    .sample = sample,
};
