/* SPDX-License-Identifier: Apache-2.0 */
/*
 * odbc_diagnostic.c - what a driver says went wrong, in our words.
 *
 * Drivers leave several records: the server's own with its number, and the driver's with an SQLSTATE. The dialect's
 * numbers say most, so all records are looked at for one of them first; then SQLSTATEs. Messages are cleaned of the
 * names that each layer puts before them in brackets.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/connect/odbc/odbc.h"
#include "catalog/connect/odbc/odbc_text.h"

enum { RECORDS_MAX = 6, MESSAGE_UNITS = 400, TEXT_SIZE = MESSAGE_UNITS * ODBC_TEXT_BYTES_A_UNIT + 1 };

struct record {
    char state[SQL_SQLSTATE_SIZE * ODBC_TEXT_BYTES_A_UNIT + 1];
    long native;
    char text[TEXT_SIZE];
};

/* SQLSTATEs that mean the same whatever the driver. */
static const struct odbc_code usual[] = {
    { 0, "28000", ERROR_DENIED, "login_refused" },
    { 0, "28P01", ERROR_DENIED, "login_refused" },
    { 0, "42501", ERROR_DENIED, "permission_denied" },
    { 0, "08S01", ERROR_UNAVAILABLE, "connection_lost" },
    { 0, "08003", ERROR_UNAVAILABLE, "connection_lost" },
    { 0, "08006", ERROR_UNAVAILABLE, "connection_lost" },
    { 0, "08007", ERROR_UNAVAILABLE, "connection_lost" },
    { 0, "57P01", ERROR_UNAVAILABLE, "connection_lost" },
    { 0, "08001", ERROR_UNAVAILABLE, "connection_refused" },
    { 0, "08004", ERROR_UNAVAILABLE, "connection_refused" },
    { 0, "HYT01", ERROR_UNAVAILABLE, "connection_lost" },
    { 0, "HYT00", ERROR_TIMED_OUT, "statement_timeout" },
    { 0, "57014", ERROR_TIMED_OUT, "statement_timeout" },
    { 0, "HY008", ERROR_TIMED_OUT, "statement_timeout" },
    { 0, "S1T00", ERROR_TIMED_OUT, "statement_timeout" },
    { 0, "40001", ERROR_RETRY, "serialization_failure" },
    { 0, "40P01", ERROR_RETRY, "deadlock" },
    { 0, "55P03", ERROR_RETRY, "lock_timeout" },
    { 0, "HY001", ERROR_RETRY, "server_resources" },
    { 0, "25006", ERROR_REFUSED, "read_only" },
    { 0, "IM002", ERROR_UNAVAILABLE, "odbc_driver" },
    { 0, "IM003", ERROR_UNAVAILABLE, "odbc_driver" },
    { 0, "IM004", ERROR_UNAVAILABLE, "odbc_driver" },
    { 0, "42S02", ERROR_FATAL, "table_not_found" },
    { 0, NULL, ERROR_OK, NULL },
};

/* "[Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Login failed" without the layers. */
static const char *without_layers(const char *text)
{
    while (*text == '[') {
        const char *close = strchr(text, ']');
        if (close == NULL || close[1] == '\0')
            break;
        text = close + 1;
    }
    return text + strspn(text, " ");
}

static size_t read_records(const struct odbc *o, SQLSMALLINT type, SQLHANDLE handle, struct record *ret_records)
{
    size_t count = 0;
    SQLWCHAR state[SQL_SQLSTATE_SIZE + 1], message[MESSAGE_UNITS];
    for (SQLSMALLINT i = 1; i <= RECORDS_MAX; i++) {
        struct record *r = &ret_records[count];
        SQLINTEGER native = 0;
        SQLSMALLINT units = 0;
        bool unclean = false;
        char text[TEXT_SIZE];
        memset(state, 0, sizeof state);
        memset(message, 0, sizeof message);
        if (!SQL_SUCCEEDED(o->api->do_GetDiagRecW(type, handle, i, state, &native, message, MESSAGE_UNITS, &units)))
            break;
        size_t used = units < 0 ? 0 : units < MESSAGE_UNITS ? (size_t)units : MESSAGE_UNITS - 1;
        (void)odbc_text_narrow(state, SQL_SQLSTATE_SIZE, r->state, &unclean);
        (void)odbc_text_narrow(message, used, text, &unclean);
        (void)text_copy(r->text, sizeof r->text, without_layers(text));
        for (char *at = r->text; *at != '\0'; at++)
            if ((unsigned char)*at < 0x20)
                *at = ' ';
        r->native = native;
        count++;
    }
    return count;
}

static const struct odbc_code *find_code(const struct odbc_code *codes, const struct record *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (const struct odbc_code *c = codes; c->code != NULL; c++)
            if ((c->native == 0 || c->native == records[i].native) &&
                (c->state == NULL || strcmp(c->state, records[i].state) == 0))
                return c;
    return NULL;
}

/* The first that is an error and not only a remark (01xxx). */
static const struct record *main_record(const struct record *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(records[i].state, "01", 2) != 0)
            return &records[i];
    return records;
}

static bool valid_text(const char *text)
{
    return text_utf8_valid(text, strlen(text));
}

enum error_class odbc_failed(struct odbc *o, SQLSMALLINT type, SQLHANDLE handle, const char *secret, struct error *e)
{
    struct record *records = mem_zero(RECORDS_MAX, sizeof *records);
    size_t count = read_records(o, type, handle, records);
    const struct odbc_code *code = find_code(o->kind->codes, records, count);
    if (code == NULL)
        code = find_code(usual, records, count);
    const struct record *said = main_record(records, count);
    /* what names the cause: the record that the code was found in has the server's words */
    for (size_t i = 0; code != NULL && i < count; i++)
        if ((code->native != 0 && records[i].native == code->native) ||
            (code->native == 0 && code->state != NULL && strcmp(code->state, records[i].state) == 0)) {
            said = &records[i];
            break;
        }
    const char *text = count == 0 || said->text[0] == '\0' ? "the driver does not say why" : said->text;
    if (!valid_text(text) || (secret != NULL && *secret != '\0' && strstr(text, secret) != NULL))
        text = "the driver's message can't be shown";
    enum error_class class;
    if (strncmp(said->state, "01", 2) == 0 && strstr(text, "open lib") != NULL)
        class = error_code(e, ERROR_UNAVAILABLE, "odbc_driver", "%s: the driver can't be loaded: %.800s", o->kind->name,
                           text);
    else if (code != NULL)
        class = error_code(e, code->class, code->code, "%.900s (%s, %ld)", text, said->state, said->native);
    else
        class = error_code(e, ERROR_FATAL, strncmp(said->state, "22", 2) == 0 ? "data_refused" : "statement_failed",
                           "%.900s (%s, %ld)", text, count > 0 ? said->state : "no SQLSTATE", said->native);
    o->broken = o->broken || (o->connected && class == ERROR_UNAVAILABLE);
    free(records);
    return class;
}
