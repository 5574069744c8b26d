/* SPDX-License-Identifier: Apache-2.0 */
/*
 * oracle.c - a session with a customer's Oracle database: opened with every limit set, to read.
 *
 * Once it is connected (odbc_session.c): pin how text is spelled, then one read-only transaction for the whole session:
 * every statement sees the same moment, and no lock is taken. Failure modes: a moment that is too old (ORA-01555) is
 * ERROR_RETRY. Nothing here writes.
 */
#include "catalog/connect/oracle/oracle.h"

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

enum error_class oracle_prepare(struct odbc *o, const struct odbc_url *url, const struct connect_options *options,
                                struct error *e)
{
    (void)options;
    enum error_class class = odbc_manual(o, e);
    for (size_t i = 0; class == ERROR_OK && oracle_prologue[i] != NULL; i++)
        class = odbc_run(o, oracle_prologue[i], e);
    o->name = mem_text(url->name);
    return class == ERROR_OK ? class : error_wrap(e, "prepare the session");
}

static enum error_class open_url(const char *url, const char *secret, const struct connect_options *options,
                                 struct connect **ret_connect, struct error *e)
{
    return odbc_session_open(&connect_oracle, &oracle_kind, url, secret, options, ret_connect, e);
}

static enum error_class read_catalog(struct connect *c, struct arena *arena, const char *schema, bool exact_rows,
                                     struct catalog **ret_catalog, struct error *e)
{
    struct odbc *o = odbc_of(c);
    return oracle_read_catalog(o, arena, o->name, schema, exact_rows, ret_catalog, e);
}

const struct connect_dialect connect_oracle = {
    .name = "oracle",
    .schemes = { "oracle" },
    .example = "oracle://USER@HOST:PORT/SERVICE",
    .port = 1521,
    .open = open_url,
    .close = odbc_session_close,
    .catalog = read_catalog,
    .read = odbc_read,
    .count = odbc_count,
    .count_upto = odbc_count_upto,

    .split = odbc_split,
    .orphans = odbc_orphans,
    .probe = odbc_probe,
};
