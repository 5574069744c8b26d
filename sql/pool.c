/* SPDX-License-Identifier: Apache-2.0 */
/* pool.c - picks by calls under way, the first of equals; a session that is down only when all are. */
#include "sql/pool.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

struct pool {
    struct session_config config;
    struct session **sessions;
    unsigned size, up, open;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

static void on_state(void *arg, bool up, const struct error *e)
{
    struct pool *p = arg;
    unsigned before = p->up;
    p->up = 0;
    for (unsigned i = 0; i < p->size; i++)
        p->up += p->sessions[i] != NULL && session_is_up(p->sessions[i]);
    if (p->config.on_state != NULL && (p->up > 0) != (before > 0))
        p->config.on_state(p->config.arg, p->up > 0, up ? NULL : e);
}

static void on_notify(void *arg, const char *channel, const char *payload)
{
    struct pool *p = arg;
    p->config.on_notify(p->config.arg, channel, payload);
}

struct pool *pool_create(const struct session_config *config, unsigned size)
{
    assert(size > 0);
    struct pool *p = mem_zero(1, sizeof *p);
    p->config = *config;
    p->size = p->open = size;
    p->sessions = mem_zero(size, sizeof(struct session *));
    struct session_config one = *config;
    one.arg = p;
    one.on_state = on_state;
    one.on_notify = config->on_notify != NULL ? on_notify : NULL;
    for (unsigned i = 0; i < size; i++) {
        one.channels = i == 0 ? config->channels : NULL;
        p->sessions[i] = session_create(&one);
    }
    return p;
}

static void on_session_closed(void *arg)
{
    struct pool *p = arg;
    if (--p->open > 0)
        return;
    void (*on_closed)(void *arg) = p->on_closed;
    void *on_closed_arg = p->on_closed_arg;
    free(p->sessions);
    free(p);
    if (on_closed != NULL)
        on_closed(on_closed_arg);
}

void pool_close(struct pool *p, void (*on_closed)(void *arg), void *arg)
{
    p->on_closed = on_closed;
    p->on_closed_arg = arg;
    p->config.on_state = NULL;
    for (unsigned i = 0; i < p->size; i++)
        session_close(p->sessions[i], on_session_closed, p);
}

bool pool_is_up(const struct pool *p)
{
    return p->up > 0;
}

unsigned pool_pending(const struct pool *p)
{
    unsigned pending = 0;
    for (unsigned i = 0; i < p->size; i++)
        pending += session_pending(p->sessions[i]);
    return pending;
}

struct session *pool_pick(struct pool *p)
{
    struct session *best = p->sessions[0];
    for (unsigned i = 1; i < p->size; i++) {
        struct session *s = p->sessions[i];
        if (session_is_up(s) != session_is_up(best) ? session_is_up(s) : session_pending(s) < session_pending(best))
            best = s;
    }
    return best;
}

void pool_run(struct pool *p, const char *statement, const struct sql_param *params, unsigned count, int deadline_ms,
              session_on_result *callback, void *arg)
{
    session_run(pool_pick(p), statement, params, count, deadline_ms, callback, arg);
}
