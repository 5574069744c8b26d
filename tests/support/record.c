/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/record.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue/store_postgres.h"
#include "sql/client.h"
#include "tests/support/child.h"
#include "tests/support/server.h"

static const char *const kinds[][2] = {
    { "noop", "{\"x-argosy\":{\"version\":1}}" },
    { "quick", "{\"x-argosy\":{\"version\":1,\"backoff_ms\":0}}" },
    { "target", "{\"x-argosy\":{\"version\":1,\"backoff_ms\":0,\"target_arg\":\"target\"}}" },
};

static void need(enum error_class class, const struct error *e)
{
    if (class == ERROR_OK)
        return;
    fprintf(stderr, "record: %s\n", e->message);
    exit(1);
}

static void on_state(void *arg, bool up, const struct error *e)
{
    (void)arg;
    if (!up && e != NULL && getenv("RECORD_TRACE"))
        fprintf(stderr, "record: %s\n", e->message);
}

void record_open(struct record *r)
{
    uv_loop_init(&r->loop);
    const struct session_config config = { .lock_timeout_ms = r->lock_timeout_ms,
                                           .loop = &r->loop,
                                           .url = r->url,
                                           .application = "test",
                                           .on_state = on_state };
    r->session = session_create(&config);
    r->store = store_postgres_create(r->session);
    r->direct = PQconnectdb(r->url);
    record_run(r, "SET client_min_messages = warning");
}

void record_start(struct record *r)
{
    struct client *c = NULL;
    struct error e = ERROR_NONE;
    r->url = support_postgres_start();
    need(client_open(r->url, "test", 5, &c, &e), &e);
    need(client_migrate(c, NULL, NULL, &e), &e);
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct sql_param params[] = { SQL_TEXT(kinds[i][0]), SQL_TEXT(kinds[i][1]) };
        need(client_run(c, "kind_put", params, 2, NULL, &e), &e);
    }
    client_close(c);
    record_open(r);
}

void record_finish(struct record *r)
{
    session_close(r->session, NULL, NULL);
    uv_run(&r->loop, UV_RUN_DEFAULT);
    store_postgres_destroy(r->store);
    if (uv_loop_close(&r->loop) != 0) {
        fprintf(stderr, "record: the session left a handle open\n");
        exit(1);
    }
    PQfinish(r->direct);
}

static PGresult *ask(struct record *r, const char *format, va_list args)
{
    static char sql[8192];
    vsnprintf(sql, sizeof sql, format, args);
    return PQexec(r->direct, sql);
}

static void must(struct record *r, PGresult *result, const char *format)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return;
    fprintf(stderr, "record: %s: %s", format, PQerrorMessage(r->direct));
    exit(1);
}

void record_run(struct record *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PGresult *result = ask(r, format, args);
    va_end(args);
    must(r, result, format);
    PQclear(result);
}

static const char *first(PGresult *result)
{
    static char text[65536];
    snprintf(text, sizeof text, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    return text;
}

int64_t record_int(struct record *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PGresult *result = ask(r, format, args);
    va_end(args);
    must(r, result, format);
    return strtoll(first(result), NULL, 10);
}

const char *record_text(struct record *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    PGresult *result = ask(r, format, args);
    va_end(args);
    must(r, result, format);
    return first(result);
}

const char *record_refused(struct record *r, const char *format, ...)
{
    static char state[6];
    va_list args;
    va_start(args, format);
    PGresult *result = ask(r, format, args);
    va_end(args);
    const char *field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(state, sizeof state, "%s", field ? field : "ok");
    PQclear(result);
    return state;
}
