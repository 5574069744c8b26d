/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session with a customer's PostgreSQL: opened with every limit set, and its transactions.
 *
 * Happy path: connect (verbose errors on before the first byte, so that a refused login has its SQLSTATE), ask where
 * argosy_fence lives, pin the settings that values and safety depend on, then statements.
 *
 * Failure modes: the connect timeout covers all hosts of the URL together. A COMMIT whose answer is lost is neither
 * done nor undone: code commit_unknown, and the session is unusable. A script that ends the caller's transaction by
 * itself is an error.
 */
#include "catalog/connect/postgresql/postgresql.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { IDLE_IN_TRANSACTION_S = 120 };

/* Notices ("identifier will be truncated", "drop cascades to") have no place to go to. */
static void drop_notice(void *arg, const char *message)
{
    (void)arg;
    (void)message;
}

/* Drives the handshake until it is up, refused or out of time. */
static enum error_class wait_open(PGconn *pg, PostgresPollingStatusType (*go_on)(PGconn *pg), int timeout_s,
                                  const char *secret, struct error *e)
{
    int64_t until_ms = clock_monotonic_ms() + (int64_t)timeout_s * 1000;
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    while (state != PGRES_POLLING_OK) {
        int64_t left_ms = until_ms - clock_monotonic_ms();
        struct pollfd fd = { .fd = PQsocket(pg), .events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT };
        int ready = left_ms > 0 ? poll(&fd, 1, (int)left_ms) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return error_code(e, ERROR_UNAVAILABLE, "connection_refused",
                              "can't reach PostgreSQL: no answer within %d s", timeout_s);
        state = go_on(pg);
        if (state == PGRES_POLLING_FAILED)
            return postgresql_error_open(pg, secret, e);
    }
    return ERROR_OK;
}

static enum error_class connect_session(struct postgresql *p, const char *url, const char *secret,
                                        const struct connect_options *options, struct error *e)
{
    char *reason = NULL;
    PQconninfoOption *parsed = PQconninfoParse(url, &reason);
    if (!parsed) {
        error_code(e, ERROR_INVALID, "bad_url", "not a PostgreSQL URL: %.*s", (int)strcspn(reason ? reason : "", "\n"),
                   reason ? reason : "");
        PQfreemem(reason);
        return ERROR_INVALID;
    }
    PQconninfoFree(parsed);

    /* Later keywords win over those in the URL. */
    const char *const keys[] = { "dbname",
                                 "password",
                                 "application_name",
                                 "client_encoding",
                                 "keepalives",
                                 "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "tcp_user_timeout",
                                 NULL };
    const char *const values[] = {
        url, secret, options->application ? options->application : "argosy", "UTF8", "1", "30", "10", "3", "60000", NULL
    };
    p->pg = PQconnectStartParams(keys, values, 1);
    if (!p->pg || PQstatus(p->pg) == CONNECTION_BAD)
        return postgresql_error_open(p->pg, secret, e);
    PQsetErrorVerbosity(p->pg, PQERRORS_VERBOSE);
    PQsetNoticeProcessor(p->pg, drop_notice, NULL);
    return wait_open(p->pg, PQconnectPoll, options->connect_timeout_s, secret, e);
}

/* The schema the URL asks for (options=-csearch_path=app), else public: the place of argosy_fence must never move. */
static enum error_class find_home(struct postgresql *p, struct error *e)
{
    PGresult *result = NULL;
    enum error_class class = postgresql_run(
        p,
        "SELECT coalesce((SELECT current_schema() FROM pg_settings WHERE name = 'search_path' AND source = 'client'), "
        "'public')",
        0, NULL, &result, e);
    if (class == ERROR_OK)
        p->home = mem_text(PQgetvalue(result, 0, 0));
    PQclear(result);
    return class;
}

/* Values must not depend on how the customer's server is set up, and nothing of ours may hang or linger there. */
static enum error_class pin_settings(struct postgresql *p, const struct connect_options *options, struct error *e)
{
    mem_auto char *sql = mem_format(
        "SET search_path = ''; SET standard_conforming_strings = on; SET client_min_messages = warning; "
        "SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET timezone = 'UTC'; "
        "SET extra_float_digits = 1; SET bytea_output = 'hex'; SET row_security = off; "
        "SET statement_timeout = '%ds'; SET lock_timeout = '%ds'; SET idle_in_transaction_session_timeout = '%ds'; "
        "SET default_transaction_read_only = %s; SET default_transaction_isolation = 'read committed'; "
        /* statements about thousands of tables look costly; to compile them takes longer than to run them */
        "SELECT set_config('jit', 'off', false) WHERE current_setting('jit', true) = 'on'; "
        /* what a finished job wrote must survive the target's crash, whatever its default */
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
        options->statement_timeout_s, options->lock_timeout_s, IDLE_IN_TRANSACTION_S,
        options->read_only ? "on" : "off");
    PGresult *result = PQexec(p->pg, sql);
    enum error_class class = ERROR_OK;
    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        class = postgresql_error(p->pg, result, e);
    PQclear(result);
    return class;
}

/* libpq keeps what it needs, the password too. */
static enum error_class postgresql_reopen(struct connect *c, struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    if (!PQresetStart(p->pg))
        return postgresql_error_open(p->pg, PQpass(p->pg), e);
    p->broken = false;
    enum error_class class = wait_open(p->pg, PQresetPoll, p->options.connect_timeout_s, PQpass(p->pg), e);
    return class == ERROR_OK ? pin_settings(p, &p->options, e) : class;
}

static enum error_class postgresql_lock_timeout(struct connect *c, int timeout_ms, struct error *e)
{
    mem_auto char *sql = mem_format("SET lock_timeout = %d", timeout_ms);
    return postgresql_run(postgresql_of(c), sql, 0, NULL, NULL, e);
}

static void postgresql_close(struct connect *c)
{
    struct postgresql *p = postgresql_of(c);
    PQfinish(p->pg); /* an open transaction is rolled back by the server; libpq wipes the password */
    free(p->home);
    sqltext_finish(&p->sql);
    free(p);
}

static enum error_class postgresql_open(const char *url, const char *secret, const struct connect_options *options,
                                        struct connect **ret_connect, struct error *e)
{
    struct postgresql *p = mem_zero(1, sizeof *p);
    p->base.dialect = &connect_postgresql;
    sqltext_init(&p->sql, "postgresql");
    p->options = *options;
    p->options.application = p->options.label = NULL; /* the caller's */

    enum error_class class = connect_session(p, url, secret, options, e);
    if (class == ERROR_OK)
        class = find_home(p, e);
    if (class == ERROR_OK)
        class = pin_settings(p, options, e);
    if (class != ERROR_OK) {
        postgresql_close(&p->base);
        return class;
    }
    *ret_connect = &p->base;
    return ERROR_OK;
}

enum error_class postgresql_usable(struct postgresql *p, struct error *e)
{
    if (p->broken || PQstatus(p->pg) != CONNECTION_OK)
        return error_code(e, ERROR_UNAVAILABLE, "connection_lost",
                          "the session with PostgreSQL is lost: open it again");
    return ERROR_OK;
}

enum error_class postgresql_run(struct postgresql *p, const char *sql, unsigned count, const char *const *values,
                                PGresult **ret_result, struct error *e)
{
    enum error_class class = postgresql_usable(p, e);
    if (class != ERROR_OK)
        return class;
    PGresult *result = PQexecParams(p->pg, sql, (int)count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        (void)snprintf(p->state, sizeof p->state, "%s", postgresql_state(result));
        class = postgresql_error(p->pg, result, e);
    }
    if (class == ERROR_OK && ret_result)
        *ret_result = result;
    else
        PQclear(result);
    return class;
}

enum error_class postgresql_run_built(struct postgresql *p, PGresult **ret_result, struct error *e)
{
    const char *sql;
    enum error_class class = sqltext_view(&p->sql, &sql, e);
    return class == ERROR_OK ? postgresql_run(p, sql, 0, NULL, ret_result, e) : class;
}

enum error_class postgresql_begin(struct connect *c, struct error *e)
{
    return postgresql_run(postgresql_of(c), "BEGIN ISOLATION LEVEL READ COMMITTED", 0, NULL, NULL, e);
}

enum error_class postgresql_commit(struct connect *c, struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    enum error_class class = postgresql_usable(p, e);
    if (class != ERROR_OK)
        return class; /* lost before COMMIT was sent: surely not committed */
    PGresult *result = PQexec(p->pg, "COMMIT");
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        class = postgresql_error(p->pg, result, e);
    else if (strcmp(PQcmdStatus(result), "COMMIT") != 0) /* an aborted transaction answers ROLLBACK */
        class = error_set(e, ERROR_FATAL, "the transaction had failed before its COMMIT and was rolled back");
    bool silent = class != ERROR_OK && *postgresql_state(result) == '\0';
    PQclear(result);
    if (class != ERROR_OK && (silent || PQstatus(p->pg) != CONNECTION_OK)) {
        p->broken = true;
        return error_code(e, ERROR_UNAVAILABLE, "commit_unknown",
                          "the connection broke while the target committed: whether it did is in its fence");
    }
    return class;
}

void postgresql_rollback(struct connect *c)
{
    struct postgresql *p = postgresql_of(c);
    if (PQstatus(p->pg) == CONNECTION_OK && PQtransactionStatus(p->pg) != PQTRANS_IDLE)
        PQclear(PQexec(p->pg, "ROLLBACK"));
}

/* The simple protocol runs the statements one by one within the open transaction and stops at the first error. */
static enum error_class postgresql_script(struct connect *c, const char *script, struct error *e)
{
    struct postgresql *p = postgresql_of(c);
    enum error_class class = postgresql_usable(p, e);
    if (class != ERROR_OK)
        return class;
    if (PQtransactionStatus(p->pg) != PQTRANS_INTRANS)
        return error_set(e, ERROR_FATAL, "a script runs inside a transaction: begin one first");
    if (!PQsendQuery(p->pg, script))
        return postgresql_error(p->pg, NULL, e);

    unsigned done = 0;
    for (PGresult *result; (result = PQgetResult(p->pg)); PQclear(result)) {
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_COPY_IN)
            PQputCopyEnd(p->pg, "a script can't hold COPY data");
        else if (status == PGRES_COPY_OUT)
            for (char *data; PQgetCopyData(p->pg, &data, 0) > 0;)
                PQfreemem(data);
        else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
            done++;
        else if (class == ERROR_OK) {
            class = postgresql_error(p->pg, result, e);
            error_wrap(e, "statement %u of the script", done + 1);
        }
    }
    if (class == ERROR_OK && PQtransactionStatus(p->pg) != PQTRANS_INTRANS)
        class = error_set(e, ERROR_FATAL, "the script ended its transaction: take COMMIT and ROLLBACK out of it");
    return class;
}

const struct connect_dialect connect_postgresql = {
    .name = "postgresql",
    .schemes = { "postgresql", "postgres" },
    .example = "postgresql://USER@HOST/DATABASE",
    .port = 5432,
    .open = postgresql_open,
    .close = postgresql_close,
    .reopen = postgresql_reopen,
    .lock_timeout = postgresql_lock_timeout,
    .catalog = postgresql_catalog,
    .read = postgresql_read,
    .count = postgresql_count,
    .count_upto = postgresql_count_upto,
    .contains = postgresql_contains,
    .split = postgresql_split,
    .orphans = postgresql_orphans,
    .probe = postgresql_probe,
    .begin = postgresql_begin,
    .commit = postgresql_commit,
    .rollback = postgresql_rollback,
    .script = postgresql_script,
    .copy_begin = postgresql_copy_begin,
    .copy_row = postgresql_copy_row,
    .copy_end = postgresql_copy_end,
    .copy_abort = postgresql_copy_abort,
    .fence_prepare = postgresql_fence_prepare,
    .fence_advance = postgresql_fence_advance,
    .fence_step = postgresql_fence_step,
    .fence_cursor = postgresql_fence_cursor,
    .fence_seal = postgresql_fence_seal,
};
