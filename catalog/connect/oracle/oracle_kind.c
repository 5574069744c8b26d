/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle_kind.c - what is Oracle's own: its drivers, its error numbers, how its SELECT differs.
 *
 * Error numbers: docs.oracle.com/en/error-help/db/. A table that one has no right to see "does not exist" (ORA-00942).
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "catalog/connect/oracle/oracle.h"

static const char *const drivers[] = { "Oracle * ODBC driver", "Oracle*", NULL };
static const char *const libraries[] = { "*libsqora*", NULL };

static const struct odbc_code codes[] = {
    { 1017, NULL, ERROR_DENIED, "login_refused" },
    { 1005, NULL, ERROR_DENIED, "login_refused" },
    { 1045, NULL, ERROR_DENIED, "login_refused" },
    { 28000, NULL, ERROR_DENIED, "login_refused" },
    { 28001, NULL, ERROR_DENIED, "login_refused" },
    { 942, NULL, ERROR_DENIED, "permission_denied" },
    { 1031, NULL, ERROR_DENIED, "permission_denied" },
    { 1039, NULL, ERROR_DENIED, "permission_denied" },
    { 12154, NULL, ERROR_INVALID, "database_not_found" },
    { 12505, NULL, ERROR_INVALID, "database_not_found" },
    { 12514, NULL, ERROR_INVALID, "database_not_found" },
    { 12170, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 12526, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 12528, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 12535, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 12537, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 12541, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 12543, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 12545, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 1033, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 1034, NULL, ERROR_UNAVAILABLE, "connection_refused" },
    { 18, NULL, ERROR_UNAVAILABLE, "too_many_connections" },
    { 20, NULL, ERROR_UNAVAILABLE, "too_many_connections" },
    { 12516, NULL, ERROR_UNAVAILABLE, "too_many_connections" },
    { 12519, NULL, ERROR_UNAVAILABLE, "too_many_connections" },
    { 12520, NULL, ERROR_UNAVAILABLE, "too_many_connections" },
    { 28, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 1012, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 1089, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 2396, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 3113, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 3114, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 3135, NULL, ERROR_UNAVAILABLE, "connection_lost" },
    { 54, NULL, ERROR_RETRY, "lock_timeout" },
    { 60, NULL, ERROR_RETRY, "deadlock" },
    { 1555, NULL, ERROR_RETRY, "serialization_failure" }, /* snapshot too old */
    { 8177, NULL, ERROR_RETRY, "serialization_failure" },
    { 1652, NULL, ERROR_RETRY, "server_resources" },
    { 4031, NULL, ERROR_RETRY, "server_resources" },
    { 1013, NULL, ERROR_TIMED_OUT, "statement_timeout" },
    { 1456, NULL, ERROR_REFUSED, "read_only" },
    { 0, NULL, ERROR_OK, NULL },
};

static bool is(const struct catalog_column *column, const char *type)
{
    const char *native = column->native_type != NULL ? column->native_type : "";
    size_t size = strlen(type);
    return strncasecmp(native, type, size) == 0 && strchr("( ", native[size]) != NULL;
}

static void wrapped(struct sqltext *s, const char *before, const struct catalog_column *column, const char *after)
{
    sqltext_raw(s, before);
    sqltext_ident(s, column->name);
    sqltext_raw(s, after);
    sqltext_ident(s, column->name); /* its name for who selects from this SELECT */
}

static void zoned(struct sqltext *s, const struct catalog_column *column)
{
    char format[64];
    int digits = column->type.precision > 0 && column->type.precision < 10 ? column->type.precision : 0;
    (void)snprintf(format, sizeof format,
                   digits > 0 ? ", 'YYYY-MM-DD HH24:MI:SS.FF%dTZH:TZM') AS " : ", 'YYYY-MM-DD HH24:MI:SSTZH:TZM') AS ",
                   digits);
    wrapped(s, "TO_CHAR(", column, format);
}

/* What the driver would cut (time zones) or can't give (intervals, XML) is made text by the server. */
static bool add_column(struct sqltext *s, const struct catalog_column *column, enum odbc_form *ret_form)
{
    const char *native = column->native_type != NULL ? column->native_type : "";
    *ret_form = column->type.name == TYPE_DECIMAL || is(column, "FLOAT") ? ODBC_TEXT : ODBC_AS_IS;
    if (column->type.name == TYPE_TIMESTAMP && column->type.timezone) {
        zoned(s, column);
    } else if (is(column, "INTERVAL")) {
        wrapped(s, "TO_CHAR(", column, ") AS ");
    } else if (is(column, "XMLTYPE")) {
        wrapped(s, "XMLSERIALIZE(CONTENT ", column, " AS CLOB) AS ");
    } else if (is(column, "JSON")) {
        wrapped(s, "JSON_SERIALIZE(", column, " RETURNING CLOB) AS ");
    } else if (is(column, "ROWID") || is(column, "UROWID")) {
        wrapped(s, "ROWIDTOCHAR(", column, ") AS ");
    } else if (column->type.name == TYPE_OTHER || is(column, "BFILE") || strchr(native, '.') != NULL) {
        sqltext_raw(s, "NULL AS ");
        sqltext_ident(s, column->name);
        return false;
    } else {
        sqltext_ident(s, column->name);
    }
    return true;
}

/* ROWNUM and not FETCH FIRST, which 11g lacks; around the whole, so that it counts what is ordered already. */
static void limit_before(struct sqltext *s, int64_t limit)
{
    sqltext_raw(s, limit > 0 ? "SELECT * FROM (SELECT " : "SELECT ");
}

static void limit_after(struct sqltext *s, int64_t limit)
{
    if (limit <= 0)
        return;
    sqltext_raw(s, ") WHERE ROWNUM <= ");
    sqltext_integer(s, limit);
}

static void sample(struct sqltext *s, double percent)
{
    char text[80];
    (void)snprintf(text, sizeof text, " SAMPLE BLOCK (%.6f) SEED (1)", percent < 0.000001 ? 0.000001 : percent);
    sqltext_raw(s, text);
}

const struct odbc_kind oracle_kind = {
    .name = "Oracle",
    .drivers = drivers,
    .libraries = libraries,
    .install = "install Oracle's Instant Client with its ODBC package (oracle-instantclient-odbc) and register it in "
               "odbcinst.ini by its odbc_update_ini.sh",
    .codes = codes,
    .count = "COUNT(*)",
    .version = "SELECT VERSION FROM PRODUCT_COMPONENT_VERSION WHERE PRODUCT LIKE 'Oracle%'",
    .read_url = oracle_url_read,
    .string = oracle_string,
    .prepare = oracle_prepare,
    .column = add_column,
    .limit_before = limit_before,
    .limit_after = limit_after,
    .sample = sample,
};
