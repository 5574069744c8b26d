/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle.c - a session with a customer's Oracle database: opened with every limit set, to read.
 *
 * Happy path: take the address apart, choose a driver, connect, pin how text is spelled, then one read-only transaction
 * for the whole session: every statement sees the same moment, and no lock is taken. Failure modes: a moment that is
 * too old (ORA-01555) is ERROR_RETRY. Nothing here writes.
 */
#include "catalog/connect/oracle/oracle.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const char *const oracle_prologue[] = {
    "ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS'",
    "ALTER SESSION SET NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SSXFF'",
    "ALTER SESSION SET NLS_TIMESTAMP_TZ_FORMAT = 'YYYY-MM-DD HH24:MI:SSXFFTZH:TZM'",
    "ALTER SESSION SET NLS_NUMERIC_CHARACTERS = '.,'",
    "ALTER SESSION SET TIME_ZONE = '+00:00'",
    "SET TRANSACTION READ ONLY", /* the first of its transaction: the last here */
    NULL,
};

static enum error_class pin_settings(struct oracle *o, struct error *e)
{
    enum error_class class = odbc_manual(&o->odbc, e);
    for (size_t i = 0; class == ERROR_OK && oracle_prologue[i] != NULL; i++)
        class = odbc_run(&o->odbc, oracle_prologue[i], e);
    return class == ERROR_OK ? class : error_wrap(e, "prepare the session");
}

static enum error_class connect_to(struct oracle *o, const struct odbc_url *url, const char *secret,
                                   const struct connect_options *options, struct error *e)
{
    struct odbc_driver driver;
    struct odbc_string string;
    const char *text;
    enum error_class class = odbc_driver_find(&o->odbc, odbc_url_value(url, "driver"), &driver, e);
    if (class != ERROR_OK)
        return class;
    class = oracle_string(url, &driver, secret, &string, e);
    if (class == ERROR_OK)
        class = odbc_string_view(&string, &text, e);
    if (class == ERROR_OK)
        class = odbc_open(&o->odbc, text, secret, options, e);
    odbc_string_finish(&string);
    return class == ERROR_OK ? pin_settings(o, e) : class;
}

static void close_session(struct connect *c)
{
    struct oracle *o = (struct oracle *)c;
    odbc_close(&o->odbc);
    free(o->service);
    free(o);
}

static enum error_class open_url(const char *url, const char *secret, const struct connect_options *options,
                                 struct connect **ret_connect, struct error *e)
{
    struct odbc_url parts;
    if (oracle_url_read(url, &parts, e) != ERROR_OK)
        return e->class;
    struct oracle *o = mem_zero(1, sizeof *o);
    o->odbc.base.dialect = &connect_oracle;
    o->odbc.kind = &oracle_kind;
    enum error_class class = odbc_begin(&o->odbc, connect_oracle.name, e);
    if (class == ERROR_OK)
        class = connect_to(o, &parts, secret, options, e);
    o->service = parts.name;
    parts.name = NULL;
    odbc_url_finish(&parts);
    if (class != ERROR_OK) {
        close_session(&o->odbc.base);
        return class;
    }
    *ret_connect = &o->odbc.base;
    return ERROR_OK;
}

static enum error_class read_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                     struct catalog **ret_catalog, struct error *e)
{
    struct oracle *o = (struct oracle *)c;
    return oracle_read_catalog(&o->odbc, arena, o->service, schema, exact_rows, ret_catalog, e);
}

const struct connect_dialect connect_oracle = {
    .name = "oracle",
    .schemes = { "oracle" },
    .example = "oracle://USER@HOST:PORT/SERVICE",
    .port = 1521,
    .open = open_url,
    .close = close_session,
    .catalog = read_catalog,
    .read = odbc_read,
    .count = odbc_count,
    .count_upto = odbc_count_upto,

    .split = odbc_split,
    .orphans = odbc_orphans,
    .probe = odbc_probe,
};
