/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.c - a session's states and its face.
 *
 *   DOWN --time--> RESOLVING --> CONNECTING --connected--> SETUP --answered--> UP
 *    ^                 |             |                       |                  |
 *    +-----------------+-------------+---------- lost -------+------------------+    close() from anywhere: CLOSING
 *
 * While not UP a timer steps every 20 ms: it connects when the wait is over (100 ms, doubling to 5 s, with jitter),
 * gives up a connecting that takes over 10 s, and fails calls whose deadline has passed.
 */
#include "sql/session.h"

#include <assert.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/random.h"
#include "sql/result_wrap.h"
#include "sql/session_private.h"

enum { STEP_MS = 20, CONNECT_MS = 10000, BACKOFF_MIN_MS = 100, BACKOFF_MAX_MS = 5000, DEADLINE_MS = 5000 };

static void on_step(uv_timer_t *timer);

static void ignore_notice(void *arg, const PGresult *notice)
{
    (void)arg;
    (void)notice;
}

static void send_call(struct session *s, struct call *call)
{
    call_queue_push(&s->sent, call);
    if (session_io_send(s, call))
        return;
    struct error e;
    (void)result_unavailable(s->pg, "database_unavailable", &e);
    session_lost(s, &e);
}

/* The set-up's own answer: who is at the other end? */
static void on_settings(struct session *s, const struct result *result)
{
    struct error e;
    s->pooled = result_bool(result, 0, 0);
    if (!s->pooled || !s->config.own_server)
        return;
    (void)error_code(&e, ERROR_REFUSED, "database_pooled",
                     "%s needs a server of its own, and the URL leads through a pooler: set database-direct-url "
                     "(DATABASE_DIRECT_URL) to PostgreSQL itself",
                     s->application);
    session_lost(s, &e);
}

static void on_setup(void *arg, const struct result *result, const struct error *e)
{
    struct session *s = arg;
    if (e != NULL) {
        if (s->pg != NULL)
            session_lost(s, e);
        return;
    }
    if (result_rows(result) > 0)
        on_settings(s, result);
    if (s->state != SESSION_SETUP || --s->setups > 0)
        return;
    s->state = SESSION_UP;
    s->backoff_ms = BACKOFF_MIN_MS;
    (void)uv_timer_stop(&s->timer);
    if (s->config.on_state != NULL)
        s->config.on_state(s->config.arg, true, NULL);
    while (s->state == SESSION_UP && !s->closing && s->waiting.first != NULL)
        send_call(s, call_queue_pop(&s->waiting));
}

/* verb: LISTEN or UNLISTEN */
static void send_listen(struct session *s, const char *verb, const char *channel, session_on_result *callback)
{
    char *name = PQescapeIdentifier(s->pg, channel, strlen(channel));
    struct call *call = session_call_text(mem_format("%s %s", verb, name ? name : "")); /* NULL: lost, the send tells */
    PQfreemem(name);
    call->callback = callback;
    call->arg = s;
    s->setups += callback == on_setup;
    send_call(s, call);
}

void session_ready(struct session *s)
{
    const struct session_config *c = &s->config;
    const int values[SESSION_SETTINGS] = { c->statement_timeout_ms, c->lock_timeout_ms ? c->lock_timeout_ms : 5000,
                                           10000, c->idle_session_timeout_ms, PQbackendPID(s->pg) };
    struct sql_param params[SESSION_SETTINGS];
    for (unsigned i = 0; i < SESSION_SETTINGS; i++) {
        (void)snprintf(s->settings[i], sizeof s->settings[i], "%d", values[i]);
        params[i] = SQL_TEXT(s->settings[i]);
    }
    s->state = SESSION_SETUP;
    s->pooled = true;
    (void)PQsetNoticeReceiver(s->pg, ignore_notice, NULL);
    (void)PQsetnonblocking(s->pg, 1);
    (void)PQenterPipelineMode(s->pg);
    session_io_unwatch(s);
    session_io_watch(s, UV_READABLE);
    struct call *call = session_call_create(statement_find("session_setup"), params, SESSION_SETTINGS);
    call->callback = on_setup;
    call->arg = s;
    s->setups = 1;
    send_call(s, call);
    for (size_t i = 0; i < s->channel_count && s->state == SESSION_SETUP; i++)
        send_listen(s, "LISTEN", s->channels[i], on_setup);
    session_io_flush(s);
}

void session_lost(struct session *s, const struct error *why)
{
    if (s->state == SESSION_DOWN || s->state == SESSION_CLOSING)
        return;
    struct error reason = *why, unknown;
    session_enter(s);
    s->resolve = NULL;
    session_io_unwatch(s);
    PQfinish(s->pg);
    s->pg = NULL;
    s->prepared_count = 0;
    s->state = SESSION_DOWN;
    s->retry_ms = clock_monotonic_ms() + s->backoff_ms / 2 + (int64_t)(random_u64() % (uint64_t)s->backoff_ms);
    s->backoff_ms = s->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : s->backoff_ms * 2;
    (void)uv_timer_start(&s->timer, on_step, STEP_MS, STEP_MS);
    (void)error_code(&unknown, ERROR_UNAVAILABLE, "outcome_unknown", "%s", reason.message);
    session_call_fail_all(s, &s->sent, &unknown);
    if (!s->closing && s->config.on_state != NULL)
        s->config.on_state(s->config.arg, false, &reason);
    session_leave(s);
}

void session_connect(struct session *s, const char *hosts, const char *addresses, const char *ports)
{
    /* What stands after dbname overrules what the URL says. */
    const char *const keys[] = { "keepalives_idle",
                                 "keepalives_interval",
                                 "keepalives_count",
                                 "tcp_user_timeout",
                                 "dbname",
                                 "application_name",
                                 "client_encoding",
                                 hosts != NULL ? "host" : NULL,
                                 "hostaddr",
                                 "port",
                                 NULL };
    const char *const values[] = { "15",   "5",   "3",       "10000", s->url, s->application,
                                   "UTF8", hosts, addresses, ports,   NULL };
    s->state = SESSION_CONNECTING;
    s->pg = PQconnectStartParams(keys, values, 1);
    assert(s->pg != NULL);
    if (PQstatus(s->pg) != CONNECTION_BAD) {
        session_io_watch(s, UV_WRITABLE);
        return;
    }
    struct error e;
    (void)result_unavailable(s->pg, "database_unavailable", &e);
    session_lost(s, &e);
}

static void on_step(uv_timer_t *timer)
{
    struct session *s = timer->data;
    int64_t now_ms = clock_monotonic_ms();
    session_enter(s);
    if (s->state == SESSION_DOWN && now_ms >= s->retry_ms) {
        s->limit_ms = now_ms + CONNECT_MS;
        session_resolve(s);
    }
    if (s->state >= SESSION_RESOLVING && s->state <= SESSION_SETUP && now_ms >= s->limit_ms) {
        struct error e;
        (void)error_code(&e, ERROR_UNAVAILABLE, "database_unavailable", "PostgreSQL does not answer");
        session_lost(s, &e);
    }
    session_call_expire(s, now_ms);
    session_leave(s);
}

static void on_soon(uv_timer_t *timer)
{
    struct session *s = timer->data;
    session_enter(s);
    session_call_fail_all(s, &s->refused, NULL);
    session_leave(s);
}

struct session *session_create(const struct session_config *config)
{
    struct session *s = mem_zero(1, sizeof *s);
    s->config = *config;
    s->url = mem_text(config->url);
    s->application = mem_text(config->application);
    for (unsigned i = 0; config->channels != NULL && config->channels[i] != NULL; i++)
        (void)session_listen(s, config->channels[i]);
    call_queue_init(&s->waiting);
    call_queue_init(&s->sent);
    call_queue_init(&s->refused);
    s->backoff_ms = BACKOFF_MIN_MS;
    s->timer.data = s->soon.data = s;
    (void)uv_timer_init(config->loop, &s->timer);
    (void)uv_timer_init(config->loop, &s->soon);
    s->handles = 2;
    (void)uv_timer_start(&s->timer, on_step, 0, STEP_MS);
    return s;
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct session *s = handle->data;
    s->handles--;
    session_enter(s);
    session_leave(s);
}

static void destroy(struct session *s)
{
    void (*on_closed)(void *arg) = s->on_closed;
    void *arg = s->on_closed_arg;
    s->entered++;
    session_call_fail_all(s, &s->refused, NULL); /* asked for after the close */
    for (size_t i = 0; i < s->channel_count; i++)
        free(s->channels[i]);
    free(s->channels);
    free(s->prepared);
    explicit_bzero(s->url, strlen(s->url)); /* may hold a password */
    free(s->url);
    free(s->application);
    free(s);
    if (on_closed != NULL)
        on_closed(arg);
}

static void close_now(struct session *s)
{
    struct error e;
    (void)error_code(&e, ERROR_UNAVAILABLE, "session_closed", "the session was closed");
    s->state = SESSION_CLOSING;
    session_io_unwatch(s);
    PQfinish(s->pg);
    s->pg = NULL;
    uv_close((uv_handle_t *)&s->timer, on_handle_closed);
    uv_close((uv_handle_t *)&s->soon, on_handle_closed);
    s->entered++; /* callbacks below must not get here again */
    session_call_fail_all(s, &s->sent, &e);
    session_call_fail_all(s, &s->waiting, &e);
    session_call_fail_all(s, &s->refused, &e);
    s->entered--;
}

void session_enter(struct session *s)
{
    s->entered++;
}

void session_leave(struct session *s)
{
    if (--s->entered > 0 || !s->closing)
        return;
    if (s->state != SESSION_CLOSING)
        close_now(s);
    else if (s->handles == 0)
        destroy(s);
}

void session_close(struct session *s, void (*on_closed)(void *arg), void *arg)
{
    assert(!s->closing);
    s->closing = true;
    s->on_closed = on_closed;
    s->on_closed_arg = arg;
    session_enter(s);
    session_leave(s);
}

bool session_is_up(const struct session *s)
{
    return s->state == SESSION_UP && !s->closing;
}

unsigned session_pending(const struct session *s)
{
    return s->waiting.count + s->sent.count - (s->state == SESSION_SETUP ? s->setups : 0);
}

/* Never calls back from inside: also a refusal comes from the loop. */
static void refuse(struct session *s, struct call *call, const char *code, const char *message)
{
    (void)error_code(&call->refused, ERROR_UNAVAILABLE, code, "%s", message);
    call_queue_push(&s->refused, call);
    if (s->state != SESSION_CLOSING)
        (void)uv_timer_start(&s->soon, on_soon, 0, 0);
}

void session_run(struct session *s, const char *statement, const struct sql_param *params, unsigned count,
                 int deadline_ms, session_on_result *callback, void *arg)
{
    bool full = s->config.queue_max > 0 && session_pending(s) >= s->config.queue_max;
    struct call *call = session_call_create(statement_find(statement), params, full || s->closing ? 0 : count);
    call->callback = callback;
    call->arg = arg;
    call->deadline_ms = clock_monotonic_ms() + (deadline_ms > 0 ? deadline_ms : DEADLINE_MS);
    session_enter(s);
    if (s->closing) {
        refuse(s, call, "session_closed", "the session was closed");
    } else if (full) {
        refuse(s, call, "queue_full", "too many statements wait for PostgreSQL");
    } else if (s->state == SESSION_UP) {
        send_call(s, call);
        session_io_flush(s);
    } else {
        call_queue_push(&s->waiting, call);
    }
    session_leave(s);
}

bool session_listen(struct session *s, const char *channel)
{
    for (size_t i = 0; i < s->channel_count; i++)
        if (strcmp(s->channels[i], channel) == 0)
            return false;
    s->channels = mem_grow(s->channels, &s->channel_capacity, s->channel_count + 1, sizeof *s->channels);
    s->channels[s->channel_count++] = mem_text(channel);
    session_enter(s);
    if (s->state == SESSION_UP || s->state == SESSION_SETUP) {
        send_listen(s, "LISTEN", channel, NULL);
        session_io_flush(s);
    }
    session_leave(s);
    return true;
}

bool session_unlisten(struct session *s, const char *channel)
{
    size_t i = 0;
    while (i < s->channel_count && strcmp(s->channels[i], channel) != 0)
        i++;
    if (i == s->channel_count)
        return false;
    session_enter(s);
    if (s->state == SESSION_UP || s->state == SESSION_SETUP) {
        send_listen(s, "UNLISTEN", channel, NULL);
        session_io_flush(s);
    }
    free(s->channels[i]);
    s->channels[i] = s->channels[--s->channel_count];
    session_leave(s);
    return true;
}
