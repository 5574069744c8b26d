/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_io.c - a session's socket: what libpq wants to write and what came back.
 *
 * Pipeline mode: each call is [prepare] execute sync, so its transaction is its own and an error ends at its sync.
 * Through a pooler it is settings, execute, sync: one transaction on whatever server. libpq may replace its socket
 * while it connects, with the same number even, so the poll handle is made anew at every step of the connecting. While
 * anything is left to write, writability is watched too: or both sides would wait for ever.
 */
#include "sql/session_private.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sql/result_wrap.h"

static void on_poll_closed(uv_handle_t *handle)
{
    struct session *s = handle->data;
    free(handle);
    s->handles--;
    session_enter(s);
    session_leave(s);
}

void session_io_unwatch(struct session *s)
{
    if (s->poll == NULL)
        return;
    uv_close((uv_handle_t *)s->poll, on_poll_closed);
    s->poll = NULL;
}

static void lost(struct session *s)
{
    struct error e;
    (void)result_unavailable(s->pg, "database_unavailable", &e);
    session_lost(s, &e);
}

static bool is_prepared(const struct session *s, const struct embed_file *file)
{
    for (size_t i = 0; i < s->prepared_count; i++)
        if (s->prepared[i] == file)
            return true;
    return false;
}

/* Nothing may be left on the server: it is somebody else's after the sync. */
static int send_pooled(struct session *s, const struct call *call)
{
    const struct statement_params *p = &call->params;
    const char *values[SESSION_SETTINGS];
    for (unsigned i = 0; i < SESSION_SETTINGS; i++)
        values[i] = s->settings[i];
    int ok = s->state == SESSION_SETUP || PQsendQueryParams(s->pg, statement_find("session_setup")->data,
                                                            SESSION_SETTINGS, NULL, values, NULL, NULL, 0);
    return ok && PQsendQueryParams(s->pg, call->file->data, p->count, NULL, p->values, p->sizes, p->formats, 0);
}

bool session_io_send(struct session *s, struct call *call)
{
    const struct statement_params *p = &call->params;
    int ok;
    if (call->file == NULL) {
        ok = PQsendQueryParams(s->pg, call->text, p->count, NULL, p->values, p->sizes, p->formats, 0);
    } else if (s->pooled) {
        ok = send_pooled(s, call);
    } else {
        ok = 1;
        if (!is_prepared(s, call->file)) {
            call->preparing = true;
            ok = PQsendPrepare(s->pg, call->file->name, call->file->data, 0, NULL);
            s->prepared = mem_grow(s->prepared, &s->prepared_capacity, s->prepared_count + 1, sizeof *s->prepared);
            s->prepared[s->prepared_count++] = call->file;
        }
        ok = ok && PQsendQueryPrepared(s->pg, call->file->name, p->count, p->values, p->sizes, p->formats, 0);
    }
    return ok && PQpipelineSync(s->pg);
}

/* A statement that could not be prepared (schema not there yet) is prepared again by the next call. */
static void forget(struct session *s, const struct embed_file *file)
{
    for (size_t i = 0; i < s->prepared_count; i++)
        if (s->prepared[i] == file)
            s->prepared[i--] = s->prepared[--s->prepared_count];
}

/* The sync that ends a call has come. */
static void answer(struct session *s)
{
    struct call *call = call_queue_pop(&s->sent);
    ExecStatusType status = PQresultStatus(call->result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        session_call_end(s, call, NULL);
        return;
    }
    struct error e;
    (void)result_refused(call->result, &e);
    if (call->file != NULL)
        (void)error_wrap(&e, "%s", call->file->name);
    PQclear(call->result);
    call->result = NULL;
    session_call_end(s, call, &e);
}

/* The first error of a call is the one to tell; else its last result. */
static void keep(struct session *s, PGresult *pg)
{
    struct call *call = s->sent.first;
    assert(call != NULL);
    ExecStatusType status = PQresultStatus(pg);
    if (call->preparing && status != PGRES_COMMAND_OK)
        forget(s, call->file);
    call->preparing = false;
    if (status == PGRES_PIPELINE_ABORTED ||
        (call->result != NULL && PQresultStatus(call->result) == PGRES_FATAL_ERROR)) {
        PQclear(pg);
        return;
    }
    PQclear(call->result);
    call->result = pg;
}

static void notified(struct session *s)
{
    PGnotify *n;
    while (s->pg != NULL && !s->closing && (n = PQnotifies(s->pg)) != NULL) {
        if (s->config.on_notify != NULL)
            s->config.on_notify(s->config.arg, n->relname, n->extra);
        PQfreemem(n);
    }
}

/* Callbacks in here may close the session or ask for more. */
static void drain(struct session *s)
{
    unsigned empty = 0; /* one NULL stands between two results, two mean that nothing more is here */
    while (s->pg != NULL && !s->closing && s->sent.first != NULL && empty < 2 && !PQisBusy(s->pg)) {
        PGresult *pg = PQgetResult(s->pg);
        if (pg == NULL) {
            empty++;
            continue;
        }
        empty = 0;
        if (PQstatus(s->pg) != CONNECTION_OK) {
            PQclear(pg);
            break;
        }
        if (PQresultStatus(pg) == PGRES_PIPELINE_SYNC) {
            PQclear(pg);
            answer(s);
        } else {
            keep(s, pg);
        }
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct session *s = poll->data;
    if (poll != s->poll)
        return;
    session_enter(s);
    bool alive = status == 0;
    if (alive && (events & UV_READABLE)) {
        alive = PQconsumeInput(s->pg) != 0;
        drain(s); /* what had arrived before the end counts */
        notified(s);
    }
    if (s->pg != NULL && !s->closing && (!alive || PQstatus(s->pg) != CONNECTION_OK))
        lost(s);
    else
        session_io_flush(s);
    session_leave(s);
}

static void on_connect_poll(uv_poll_t *poll, int status, int events)
{
    (void)status; /* PQconnectPoll finds it out by itself */
    (void)events;
    struct session *s = poll->data;
    if (poll != s->poll)
        return;
    session_enter(s);
    switch (PQconnectPoll(s->pg)) {
    case PGRES_POLLING_READING:
        session_io_watch(s, UV_READABLE);
        break;
    case PGRES_POLLING_WRITING:
        session_io_watch(s, UV_WRITABLE);
        break;
    case PGRES_POLLING_OK:
        session_ready(s);
        break;
    default:
        lost(s);
        break;
    }
    session_leave(s);
}

void session_io_watch(struct session *s, int events)
{
    if (s->state == SESSION_CONNECTING || s->poll == NULL) {
        session_io_unwatch(s);
        s->poll = mem_zero(1, sizeof *s->poll);
        s->poll->data = s;
        if (uv_poll_init(s->config.loop, s->poll, PQsocket(s->pg)) != 0) {
            free(s->poll);
            s->poll = NULL;
            lost(s);
            return;
        }
        s->handles++;
    }
    if (uv_poll_start(s->poll, events, s->state == SESSION_CONNECTING ? on_connect_poll : on_poll) != 0)
        lost(s);
}

void session_io_flush(struct session *s)
{
    if (s->pg == NULL || s->closing || s->state < SESSION_SETUP)
        return;
    int left = PQflush(s->pg);
    if (left < 0)
        lost(s);
    else
        session_io_watch(s, left > 0 ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}
