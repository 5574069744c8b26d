/* SPDX-License-Identifier: Apache-2.0 */
/* session_private.h - what the files of a session share: session.c (face and states), session_io.c (socket and
 * results), session_call.c (calls and their queues), session_resolve.c (names of hosts). Private to sql/. */
#ifndef SQL_SESSION_PRIVATE_H
#define SQL_SESSION_PRIVATE_H

#include <libpq-fe.h>

#include "sql/session.h"
#include "sql/statement.h"

/* One session_run(). Lives from the call to its callback. */
struct call {
    struct call *next;
    const struct embed_file *file; /* NULL: `text` is sent as it is (setup, LISTEN) */
    char *text;
    struct statement_params params; /* points into bytes */
    char *bytes;
    int64_t deadline_ms; /* monotonic */
    session_on_result *callback;
    void *arg;
    bool preparing;       /* its statement is prepared with it: remembered when that went well */
    PGresult *result;     /* kept until the sync that ends the call */
    struct error refused; /* of a call that was never queued */
};

struct call_queue {
    struct call *first, **end;
    unsigned count;
};

enum session_state {
    SESSION_DOWN,       /* until `retry_ms` */
    SESSION_RESOLVING,  /* names of hosts */
    SESSION_CONNECTING, /* PQconnectPoll says when to go on */
    SESSION_SETUP,      /* settings and LISTENs are on their way */
    SESSION_UP,
    SESSION_CLOSING /* handles are being closed */
};

enum { SESSION_SETTINGS = 5 }; /* parameters of session_setup.sql */

struct session {
    enum session_state state;
    bool closing;     /* session_close() was called; carried out when no callback of ours is on the stack */
    unsigned entered; /* callbacks of ours on the stack */
    struct session_config config;
    char *url, *application;
    char **channels;
    size_t channel_count, channel_capacity;
    PGconn *pg;
    uv_poll_t *poll;            /* freed in its close callback; NULL: none */
    uv_timer_t timer, soon;     /* steps while not up; refusals */
    int64_t retry_ms, limit_ms; /* monotonic: connect again at, give up connecting at */
    int64_t backoff_ms;
    unsigned handles; /* open: timer, soon, polls */
    unsigned setups;  /* calls of the set-up still to be answered */
    bool pooled;      /* a server for each transaction only; until the set-up was answered: taken to be so */
    char settings[SESSION_SETTINGS][16];
    struct resolve *resolve; /* session_resolve.c; NULL: none under way */
    struct call_queue waiting, sent, refused;
    const struct embed_file **prepared; /* on this connection */
    size_t prepared_count, prepared_capacity;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

/* ---- session.c ---- */
void session_lost(struct session *s, const struct error *why); /* what was sent fails; connects again later */
void session_ready(struct session *s);                         /* the set-up was answered */
void session_enter(struct session *s);
void session_leave(struct session *s); /* carries out a session_close() that came meanwhile: s may be gone after it */

/* Names resolved, or there were none. hosts NULL: as the URL says; else three lists of one length, as libpq takes them.
 */
void session_connect(struct session *s, const char *hosts, const char *addresses, const char *ports);

/* ---- session_resolve.c ---- */
void session_resolve(struct session *s); /* ends in session_connect() or session_lost() */

/* ---- session_io.c ---- */
void session_io_watch(struct session *s, int events);
void session_io_unwatch(struct session *s);
bool session_io_send(struct session *s, struct call *call); /* false: the connection is lost */
void session_io_flush(struct session *s);

/* ---- session_call.c ---- */
struct call *session_call_create(const struct embed_file *file, const struct sql_param *params, unsigned count);
struct call *session_call_text(char *text); /* takes the text */
struct call *session_call_destroy(struct call *call);
void session_call_end(struct session *s, struct call *call, const struct error *e); /* callback, then destroy */
void session_call_fail_all(struct session *s, struct call_queue *queue, const struct error *e);
void session_call_expire(struct session *s, int64_t now_ms); /* of `waiting`, whose deadline has passed */
void call_queue_init(struct call_queue *q);
void call_queue_push(struct call_queue *q, struct call *call);
struct call *call_queue_pop(struct call_queue *q);

#endif
