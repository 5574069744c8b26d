/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc.c - a session through the driver manager: opened with every limit set, to read.
 *
 * Happy path: environment, login timeout, read-only access mode, SQLDriverConnectW. Failure modes: what the driver says
 * becomes our classes in odbc_diagnostic.c; an attribute that a driver does not know is no error, since the statement
 * that sets the same limit on the server follows in the dialect. A session that was lost takes no more statements.
 */
#include "catalog/connect/odbc/odbc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/odbc/odbc_text.h"

enum { NETWORK_SPARE_S = 30, NETWORK_TIMEOUT_S = 600 };

static SQLPOINTER number(long value)
{
    return (SQLPOINTER)(intptr_t)value;
}

enum error_class odbc_begin(struct odbc *o, const char *dialect, struct error *e)
{
    sqltext_init(&o->sql, dialect);
    o->api = odbc_api_load(o->kind->name, e);
    if (o->api == NULL)
        return e->class;
    if (!SQL_SUCCEEDED(o->api->do_AllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &o->environment)) ||
        !SQL_SUCCEEDED(o->api->do_SetEnvAttr(o->environment, SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3), 0)))
        return error_code(e, ERROR_FATAL, "odbc_library", "unixODBC could not begin");
    return ERROR_OK;
}

/* Drivers may lack any of them. The network's own patience is longer than a statement's, which ends first. */
static void set_limits(struct odbc *o, const struct connect_options *options)
{
    int network_s =
        options->statement_timeout_s > 0 ? options->statement_timeout_s + NETWORK_SPARE_S : NETWORK_TIMEOUT_S;
    o->statement_timeout_s = options->statement_timeout_s;
    (void)o->api->do_SetConnectAttr(o->connection, SQL_ATTR_LOGIN_TIMEOUT, number(options->connect_timeout_s),
                                    SQL_IS_UINTEGER);
    (void)o->api->do_SetConnectAttr(o->connection, SQL_ATTR_CONNECTION_TIMEOUT, number(network_s), SQL_IS_UINTEGER);
    if (options->read_only)
        (void)o->api->do_SetConnectAttr(o->connection, SQL_ATTR_ACCESS_MODE, number(SQL_MODE_READ_ONLY),
                                        SQL_IS_UINTEGER);
}

enum error_class odbc_open(struct odbc *o, const char *text, const char *secret, const struct connect_options *options,
                           struct error *e)
{
    size_t units = 0;
    if (!SQL_SUCCEEDED(o->api->do_AllocHandle(SQL_HANDLE_DBC, o->environment, &o->connection)))
        return odbc_failed(o, SQL_HANDLE_ENV, o->environment, NULL, e);
    set_limits(o, options);
    SQLWCHAR *wide = odbc_text_wide(text, &units);
    SQLRETURN code =
        o->api->do_DriverConnectW(o->connection, NULL, wide, (SQLSMALLINT)units, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    explicit_bzero(wide, units * sizeof *wide);
    free(wide);
    if (!SQL_SUCCEEDED(code)) {
        enum error_class class = odbc_failed(o, SQL_HANDLE_DBC, o->connection, secret, e);
        struct error why = *e;
        bool away = class == ERROR_TIMED_OUT || strcmp(why.code, "connection_lost") == 0 ||
                    strcmp(why.code, "connection_refused") == 0;
        if (away)
            class =
                error_code(e, ERROR_UNAVAILABLE, "connection_refused", "can't reach the server: %.900s", why.message);
        return class;
    }
    o->connected = true;
    return ERROR_OK;
}

enum error_class odbc_manual(struct odbc *o, struct error *e)
{
    if (SQL_SUCCEEDED(
            o->api->do_SetConnectAttr(o->connection, SQL_ATTR_AUTOCOMMIT, number(SQL_AUTOCOMMIT_OFF), SQL_IS_UINTEGER)))
        return ERROR_OK;
    return odbc_failed(o, SQL_HANDLE_DBC, o->connection, NULL, e);
}

void odbc_close(struct odbc *o)
{
    if (o->connected) {
        (void)o->api->do_EndTran(SQL_HANDLE_DBC, o->connection, SQL_ROLLBACK);
        (void)o->api->do_Disconnect(o->connection);
    }
    if (o->connection != NULL)
        (void)o->api->do_FreeHandle(SQL_HANDLE_DBC, o->connection);
    if (o->environment != NULL)
        (void)o->api->do_FreeHandle(SQL_HANDLE_ENV, o->environment);
    sqltext_finish(&o->sql);
}

enum error_class odbc_usable(const struct odbc *o, struct error *e)
{
    return o->broken ? error_code(e, ERROR_UNAVAILABLE, "connection_lost", "the session can't be used any more")
                     : ERROR_OK;
}
