/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result.c - rows as C values, and what a SQLSTATE means for whoever waits.
 *
 * Our own functions raise SQLSTATEs of class AG: one row each in `refusals`, which is where their class and error_code
 * come from. Everything else is told apart by the standard's classes.
 */
#include "sql/result.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "sql/result_wrap.h"

/* The same list stands in docs/protocol.md. */
static const struct {
    const char *sqlstate;
    enum error_class class;
    const char *code;
} refusals[] = {
    { "AG001", ERROR_INVALID, "unknown_kind" },
    { "AG002", ERROR_INVALID, "invalid_arguments" },
    { "AG003", ERROR_INVALID, "invalid_name" },
    { "AG004", ERROR_TOO_LARGE, "arguments_too_large" },
    { "AG005", ERROR_INVALID, "unknown_dependency" },
    { "AG006", ERROR_REFUSED, "idempotency_conflict" },
    { "AG007", ERROR_INVALID, "invalid_pipeline" },
    { "AG008", ERROR_INVALID, "invalid_option" },
    { "AG009", ERROR_REFUSED, "dependency_not_succeeded" },
    { "AG010", ERROR_INVALID, "invalid_cursor" },
    { "AG011", ERROR_NOT_FOUND, "not_found" },
    { "AG012", ERROR_REFUSED, "already_succeeded" },
    { "AG013", ERROR_REFUSED, "schedule_exists" },
};

/* By prefix, first match. */
static const struct {
    const char *prefix;
    enum error_class class;
} states[] = {
    { "40", ERROR_RETRY },          /* serialization, deadlock */
    { "55P03", ERROR_RETRY },       /* lock_timeout */
    { "57014", ERROR_TIMED_OUT },   /* statement_timeout */
    { "08", ERROR_UNAVAILABLE },    /* connection */
    { "57P", ERROR_UNAVAILABLE },   /* shutting down, starting up, idle session */
    { "53", ERROR_UNAVAILABLE },    /* disk, memory, connections */
    { "25006", ERROR_UNAVAILABLE }, /* a standby: the primary is elsewhere */
    { "25P03", ERROR_UNAVAILABLE }, /* idle in transaction */
    { "28", ERROR_DENIED },         { "22", ERROR_INVALID }, { "23", ERROR_INVALID }, { "54", ERROR_INVALID },
};

enum { REFUSALS = sizeof refusals / sizeof refusals[0], STATES = sizeof states / sizeof states[0] };

unsigned result_rows(const struct result *r)
{
    return (unsigned)PQntuples(r->pg);
}

unsigned result_columns(const struct result *r)
{
    return (unsigned)PQnfields(r->pg);
}

bool result_is_null(const struct result *r, unsigned row, unsigned column)
{
    return PQgetisnull(r->pg, (int)row, (int)column) != 0;
}

const char *result_text(const struct result *r, unsigned row, unsigned column)
{
    return PQgetvalue(r->pg, (int)row, (int)column);
}

size_t result_size(const struct result *r, unsigned row, unsigned column)
{
    return (size_t)PQgetlength(r->pg, (int)row, (int)column);
}

int64_t result_int(const struct result *r, unsigned row, unsigned column)
{
    return (int64_t)strtoll(result_text(r, row, column), NULL, 10);
}

bool result_bool(const struct result *r, unsigned row, unsigned column)
{
    return result_text(r, row, column)[0] == 't';
}

enum error_class result_class_of(const char *sqlstate)
{
    for (unsigned i = 0; i < REFUSALS; i++)
        if (strcmp(refusals[i].sqlstate, sqlstate) == 0)
            return refusals[i].class;
    for (unsigned i = 0; i < STATES; i++)
        if (text_starts(sqlstate, states[i].prefix))
            return states[i].class;
    return ERROR_FATAL;
}

enum error_class result_refused(const PGresult *pg, struct error *e)
{
    const char *sqlstate = PQresultErrorField(pg, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(pg, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = PQresultErrorField(pg, PG_DIAG_MESSAGE_HINT);
    sqlstate = sqlstate ? sqlstate : "08000";
    char code[ERROR_CODE_SIZE];
    snprintf(code, sizeof code, "sqlstate_%.5s", sqlstate);
    for (unsigned i = 0; i < REFUSALS; i++)
        if (strcmp(refusals[i].sqlstate, sqlstate) == 0)
            (void)text_copy(code, sizeof code, refusals[i].code);
    return error_code(e, result_class_of(sqlstate), code, "%s%s%s", message ? message : "the server gave no reason",
                      hint ? ": " : "", hint ? hint : "");
}

enum error_class result_unavailable(const PGconn *connection, const char *code, struct error *e)
{
    const char *text = PQerrorMessage(connection);
    size_t size = strcspn(text, "\n");
    return error_code(e, ERROR_UNAVAILABLE, code, "PostgreSQL: %.*s", (int)(size > 600 ? 600 : size),
                      size ? text : "the connection was lost");
}
