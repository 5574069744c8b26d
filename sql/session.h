/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.h - one connection to our own PostgreSQL on a libuv loop; never blocks.
 *
 * Statements are named files of sql/ (compiled in), prepared on first use, sent in pipeline mode in the order of the
 * calls, each in a transaction of its own (what must be atomic is one statement or one SQL function). The session
 * connects by itself, again with backoff and jitter after a loss, and LISTENs anew.
 *
 * Through a pooler that lends a server for each transaction (PgBouncer) nothing is prepared, and each call brings its
 * settings along. LISTEN and locks of a session need a server of their own: see own_server.
 *
 * Failure: each call's callback runs exactly once. After a lost connection what was sent fails with ERROR_UNAVAILABLE,
 * code "outcome_unknown" (it may have been committed); what was not yet sent waits for the next connection until its
 * deadline (code "database_unavailable"). A statement refused by the server carries its SQLSTATE in `sqlstate`.
 */
#ifndef SQL_SESSION_H
#define SQL_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "sql/result.h"

struct session;

struct session_config {
    uv_loop_t *loop;
    const char *url;                                                    /* DATABASE_URL */
    const char *application;                                            /* "argosy scheduler" */
    int statement_timeout_ms, idle_session_timeout_ms, lock_timeout_ms; /* 0: none, none, 5 s */
    unsigned queue_max;          /* calls waiting and in flight; more are refused with ERROR_UNAVAILABLE "queue_full" */
    const char *const *channels; /* NULL-terminated LISTEN list, or NULL */
    bool own_server;             /* a pooler is refused: the session is down, code "database_pooled" */
    void *arg;
    void (*on_state)(void *arg, bool up, const struct error *e);            /* may be NULL; e: why down, or NULL */
    void (*on_notify)(void *arg, const char *channel, const char *payload); /* may be NULL */
};

/* result is NULL on error, else valid during the call only. */
typedef void session_on_result(void *arg, const struct result *result, const struct error *e);

struct session *session_create(const struct session_config *config);
void session_close(struct session *s, void (*on_closed)(void *arg), void *arg); /* fails what waits; frees itself */
bool session_is_up(const struct session *s);
unsigned session_pending(const struct session *s);

/* params are copied. deadline_ms: how long it may wait for a connection (0: 5 s). */
void session_run(struct session *s, const char *statement, const struct sql_param *params, unsigned count,
                 int deadline_ms, session_on_result *callback, void *arg);
bool session_listen(struct session *s, const char *channel);   /* false: it does already */
bool session_unlisten(struct session *s, const char *channel); /* false: it did not */

#endif
