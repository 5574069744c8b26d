/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gives SQLSTATEs a class to act on, and builds one line of message from the server's fields.
 *
 * A statement's error comes with its fields. An error while connecting is text only: libpq 15 keeps no result for it,
 * so the session is opened with verbose errors, whose text carries the SQLSTATE in every language.
 */
#include "catalog/connect/postgresql/postgresql.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct rule {
    const char *prefix; /* of the SQLSTATE; the first that matches wins */
    enum error_class class;
    const char *code;
};

static const struct rule rules[] = {
    { "08", ERROR_UNAVAILABLE, "connection_lost" },
    { "57P04", ERROR_INVALID, "database_not_found" },  /* dropped under us */
    { "57P", ERROR_UNAVAILABLE, "connection_lost" },   /* shutdown, starting up, terminated */
    { "25P03", ERROR_UNAVAILABLE, "connection_lost" }, /* idle in a transaction for too long */
    { "53300", ERROR_UNAVAILABLE, "too_many_connections" },
    { "28", ERROR_DENIED, "login_refused" },
    { "42501", ERROR_DENIED, "permission_denied" },
    { "3D000", ERROR_INVALID, "database_not_found" },
    { "57014", ERROR_TIMED_OUT, "statement_timeout" },
    { "55P03", ERROR_RETRY, "lock_timeout" },
    { "40P01", ERROR_RETRY, "deadlock" },
    { "40", ERROR_RETRY, "serialization_failure" },
    { "53", ERROR_RETRY, "server_resources" }, /* disk or memory full over there */
    { "58", ERROR_RETRY, "server_io" },
    { "42P07", ERROR_REFUSED, "already_there" },
    { "42P06", ERROR_REFUSED, "already_there" },
    { "42710", ERROR_REFUSED, "already_there" },
    { "25006", ERROR_REFUSED, "read_only" },
    { "22", ERROR_FATAL, "data_refused" },
    { "23503", ERROR_FATAL, "foreign_key_violation" },
    { "23", ERROR_FATAL, "data_refused" },
    { "54", ERROR_FATAL, "over_server_limit" },
    { "", ERROR_FATAL, "statement_refused" },
};

static const struct rule *rule_of(const char *state)
{
    const struct rule *rule = rules;
    while (strncmp(state, rule->prefix, strlen(rule->prefix)) != 0)
        rule++; /* the last matches everything */
    return rule;
}

const char *postgresql_state(const PGresult *result)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    return state ? state : "";
}

/* Length of the first line. */
static int line_size(const char *text)
{
    return (int)strcspn(text, "\r\n");
}

static const char *field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text ? text : "";
}

enum error_class postgresql_error(PGconn *pg, const PGresult *result, struct error *e)
{
    const char *state = postgresql_state(result);
    if (*state == '\0') { /* no word from the server: the connection failed, even if libpq, which could not write, does
                           * not know it yet */
        const char *text = PQerrorMessage(pg);
        return error_code(e, ERROR_UNAVAILABLE, "connection_lost", "PostgreSQL went away: %.*s", line_size(text), text);
    }
    const struct rule *rule = rule_of(state);
    const char *message = field(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = field(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = field(result, PG_DIAG_MESSAGE_HINT);
    const char *table = field(result, PG_DIAG_TABLE_NAME);
    const char *column = field(result, PG_DIAG_COLUMN_NAME);
    error_code(e, rule->class, rule->code, "PostgreSQL refuses: %.*s%s%.*s%s%.*s%s%s%s%s%s%s (SQLSTATE %s)",
               line_size(message), message, *detail ? "; " : "", line_size(detail), detail, *hint ? "; " : "",
               line_size(hint), hint, *table ? "; table \"" : "", table, *table ? "\"" : "",
               *column ? ", column \"" : "", column, *column ? "\"" : "", state);
    return rule->class;
}

/* "FATAL:  28P01: password authentication failed": the last SQLSTATE in the text and what follows it. */
static const char *state_in(const char *text, char ret_state[static 6])
{
    const char *found = NULL;
    for (const char *at = strstr(text, ":  "); at; at = strstr(at + 1, ":  ")) {
        const char *state = at + 3;
        int n = 0;
        while (n < 5 && (isdigit((unsigned char)state[n]) || isupper((unsigned char)state[n])))
            n++;
        if (n == 5 && state[5] == ':' && state[6] == ' ') {
            memcpy(ret_state, state, 5);
            ret_state[5] = '\0';
            found = state + 7;
        }
    }
    return found;
}

enum error_class postgresql_error_open(PGconn *pg, const char *secret, struct error *e)
{
    char state[6] = "";
    mem_auto char *text = mem_text(pg ? PQerrorMessage(pg) : "out of memory");
    for (char *at; secret && *secret && (at = strstr(text, secret));)
        memset(at, '\0', 1); /* a server that echoes the password: cut the text there */

    const char *said = state_in(text, state);
    if (said) {
        const struct rule *rule = rule_of(state);
        return error_code(e, rule->class, rule->code, "can't log in to PostgreSQL: %.*s (SQLSTATE %s)", line_size(said),
                          said, state);
    }
    if (strstr(text, "no password supplied"))
        return error_code(e, ERROR_DENIED, "login_refused", "PostgreSQL asks for a password and the URL has none");
    /* Refused, timed out, no such host, TLS: all may pass, and the text says which. Lines repeat for each address. */
    return error_code(e, ERROR_UNAVAILABLE, "connection_refused", "can't reach PostgreSQL: %.*s", line_size(text),
                      *text ? text : "no answer");
}
