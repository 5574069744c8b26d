/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.c - one blocking connection: connect, prepare on first use, run, and once more when the connection had died
 * while nobody used it.
 *
 * Through a pooler that lends a server for each transaction nothing is prepared: settings and statement go together, as
 * one transaction of a pipeline.
 *
 * A connection that dies while a statement is under way is not asked again: it may have been committed, so the caller
 * gets "outcome_unknown". The next client_run() connects anew.
 */
#include "sql/client.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sql/client_private.h"
#include "sql/result_wrap.h"
#include "sql/statement.h"

enum { SETTINGS = 5 }; /* parameters of session_setup.sql */

/* libpq prints notices on stderr unless told not to; rooms below programs say nothing. */
static void ignore_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

static void disconnect(struct client *c)
{
    for (size_t i = 0; i < c->prepared_count; i++)
        free(c->prepared[i]);
    c->prepared_count = 0;
    PQfinish(c->pg);
    c->pg = NULL;
}

static enum error_class setup(struct client *c, struct error *e)
{
    (void)snprintf(c->server, sizeof c->server, "%d", PQbackendPID(c->pg));
    const char *const values[] = { "0", "5000", "60000", "0", c->server };
    PGresult *pg = PQexecParams(c->pg, statement_find("session_setup")->data, SETTINGS, NULL, values, NULL, NULL, 0);
    enum error_class class = PQresultStatus(pg) == PGRES_TUPLES_OK ? ERROR_OK : result_refused(pg, e);
    if (class == ERROR_OK)
        c->pooled = strcmp(PQgetvalue(pg, 0, 0), "t") == 0;
    PQclear(pg);
    return class;
}

static enum error_class connect_now(struct client *c, struct error *e)
{
    char timeout[16];
    (void)snprintf(timeout, sizeof timeout, "%d", c->connect_timeout_s);
    const char *const keys[] = { "connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                 "keepalives_count", "tcp_user_timeout", "dbname",
                                 "application_name", "client_encoding",  NULL };
    const char *const values[] = { timeout, "15", "5", "3", "10000", c->url, c->application, "UTF8", NULL };
    disconnect(c);
    c->pg = PQconnectdbParams(keys, values, 1);
    if (PQstatus(c->pg) != CONNECTION_OK) {
        enum error_class class = result_unavailable(c->pg, "database_unavailable", e);
        disconnect(c);
        return class;
    }
    (void)PQsetNoticeReceiver(c->pg, ignore_notice, NULL);
    if (setup(c, e) == ERROR_OK)
        return ERROR_OK;
    disconnect(c);
    return error_wrap(e, "set up the connection");
}

/* Readable while nothing was asked: the server said goodbye (or sent a notice, which is eaten here). */
static bool is_dead(struct client *c)
{
    if (c->pg == NULL || PQstatus(c->pg) != CONNECTION_OK)
        return true;
    struct pollfd socket = { .fd = PQsocket(c->pg), .events = POLLIN };
    if (poll(&socket, 1, 0) <= 0)
        return false;
    /* Twice: the first read may hold a last word, the end of the stream comes after it. */
    return !PQconsumeInput(c->pg) || !PQconsumeInput(c->pg) || PQstatus(c->pg) != CONNECTION_OK;
}

enum error_class client_ready(struct client *c, struct error *e)
{
    return is_dead(c) ? connect_now(c, e) : ERROR_OK;
}

enum error_class client_open(const char *url, const char *application, int connect_timeout_s,
                             struct client **ret_client, struct error *e)
{
    struct client *c = mem_zero(1, sizeof *c);
    c->url = mem_text(url);
    c->application = mem_text(application);
    c->connect_timeout_s = connect_timeout_s;
    enum error_class class = connect_now(c, e);
    if (class != ERROR_OK) {
        client_close(c);
        return class;
    }
    *ret_client = c;
    return ERROR_OK;
}

bool client_is_pooled(const struct client *c)
{
    return c->pooled;
}

struct client *client_close(struct client *c)
{
    if (c == NULL)
        return NULL;
    disconnect(c);
    free(c->prepared);
    free(c->application);
    if (c->url != NULL)
        explicit_bzero(c->url, strlen(c->url)); /* may hold a password */
    free(c->url);
    free(c);
    return NULL;
}

enum error_class client_checked(struct client *c, PGresult *pg, struct error *e)
{
    ExecStatusType status = PQresultStatus(pg);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return ERROR_OK;
    if (PQresultErrorField(pg, PG_DIAG_SQLSTATE) != NULL && PQstatus(c->pg) == CONNECTION_OK)
        return result_refused(pg, e);
    return result_unavailable(c->pg, "outcome_unknown", e);
}

static enum error_class prepare(struct client *c, const char *statement, struct error *e)
{
    if (c->pooled)
        return ERROR_OK;
    for (size_t i = 0; i < c->prepared_count; i++)
        if (strcmp(c->prepared[i], statement) == 0)
            return ERROR_OK;
    PGresult *pg = PQprepare(c->pg, statement, statement_find(statement)->data, 0, NULL);
    enum error_class class = client_checked(c, pg, e);
    PQclear(pg);
    if (class != ERROR_OK)
        return class;
    c->prepared = mem_grow(c->prepared, &c->prepared_capacity, c->prepared_count + 1, sizeof *c->prepared);
    c->prepared[c->prepared_count++] = mem_text(statement);
    return ERROR_OK;
}

/* Settings, statement, sync. The first error is the one to tell, else the statement's own result. */
static PGresult *run_pooled(struct client *c, const char *statement, const struct statement_params *p)
{
    const char *const values[] = { "0", "5000", "60000", "0", c->server };
    PGresult *kept = NULL, *pg = NULL;
    bool synced = false;
    (void)PQenterPipelineMode(c->pg);
    int sent =
        PQsendQueryParams(c->pg, statement_find("session_setup")->data, SETTINGS, NULL, values, NULL, NULL, 0) &&
        PQsendQueryParams(c->pg, statement_find(statement)->data, p->count, NULL, p->values, p->sizes, p->formats, 0) &&
        PQpipelineSync(c->pg);
    while (sent && !synced && PQstatus(c->pg) == CONNECTION_OK) {
        pg = PQgetResult(c->pg); /* NULL stands between two results */
        synced = pg != NULL && PQresultStatus(pg) == PGRES_PIPELINE_SYNC;
        bool drop = pg == NULL || synced || PQresultStatus(pg) == PGRES_PIPELINE_ABORTED ||
                    (kept != NULL && PQresultStatus(kept) == PGRES_FATAL_ERROR);
        if (drop) {
            PQclear(pg);
            continue;
        }
        PQclear(kept);
        kept = pg;
    }
    (void)PQexitPipelineMode(c->pg);
    return kept;
}

enum error_class client_run(struct client *c, const char *statement, const struct sql_param *params, unsigned count,
                            struct result **ret_result, struct error *e)
{
    struct statement_params p;
    statement_params(params, count, &p);
    enum error_class class = client_ready(c, e);
    if (class == ERROR_OK)
        class = prepare(c, statement, e);
    if (class != ERROR_OK && c->pg != NULL && PQstatus(c->pg) != CONNECTION_OK) { /* nothing has run yet */
        class = connect_now(c, e);
        if (class == ERROR_OK)
            class = prepare(c, statement, e);
    }
    if (class != ERROR_OK)
        goto failed;
    PGresult *pg = c->pooled ? run_pooled(c, statement, &p)
                             : PQexecPrepared(c->pg, statement, p.count, p.values, p.sizes, p.formats, 0);
    class = client_checked(c, pg, e);
    if (class != ERROR_OK || ret_result == NULL) {
        PQclear(pg);
        if (class != ERROR_OK)
            goto failed;
        return ERROR_OK;
    }
    *ret_result = mem_zero(1, sizeof **ret_result);
    (*ret_result)->pg = pg;
    return ERROR_OK;
failed:
    (void)error_wrap(e, "%s", statement);
    return class;
}

struct result *result_destroy(struct result *r)
{
    if (r != NULL)
        PQclear(r->pg);
    free(r);
    return NULL;
}
