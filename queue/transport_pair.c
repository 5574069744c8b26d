/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_pair.c - a carrier and the one that stands in for it: Redis, and PostgreSQL while Redis is away.
 *
 * Each side follows one rule by itself, so that nothing has to be agreed on while something is broken:
 *
 *   worker      reads from the first carrier; while that is down, from the record as well
 *   publish     on the first; while that is down here, on the second
 *   to a worker control messages go on both: they are rare, and the worker may have lost what the sender still has
 *   to all      on the first; while that is down here, on the second; who follows, follows both
 *
 * If only the scheduler has Redis, a worker still finds its rows by the second carrier's slow poll. Up is who has
 * either. Doubled dispatches are dropped by their seq, doubled numbers are absolute.
 */
#include "queue/transport.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct pair {
    struct transport base; /* first */
    struct transport *first, *second;
    bool first_up, second_up, up, closing;
    int64_t incarnation; /* subscribed to */
    bool standing_in;    /* the second is subscribed as well */
    unsigned open;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

static const struct transport_ops pair_ops;

static struct pair *pair_of(struct transport *t)
{
    assert(t->ops == &pair_ops);
    return (struct pair *)t;
}

static void pair_state(struct pair *p, const struct error *e)
{
    bool stand_in = p->incarnation && !p->first_up;
    if (p->closing)
        return;
    if (stand_in != p->standing_in) {
        p->standing_in = stand_in;
        p->second->ops->subscribe(p->second, stand_in ? p->incarnation : 0);
    }
    bool up = p->first_up || p->second_up;
    if ((up != p->up || (e && e->class != ERROR_OK)) && p->base.handlers.on_state) {
        p->up = up;
        p->base.handlers.on_state(p->base.handlers.arg, up, e);
    }
}

static void on_first_state(void *arg, bool up, const struct error *e)
{
    struct pair *p = arg;
    p->first_up = up;
    pair_state(p, e);
}

static void on_second_state(void *arg, bool up, const struct error *e)
{
    struct pair *p = arg;
    p->second_up = up;
    pair_state(p, e);
}

static void on_dispatch(void *arg, const struct dispatch *jobs, unsigned count)
{
    struct pair *p = arg;
    if (!p->closing && p->base.handlers.on_dispatch)
        p->base.handlers.on_dispatch(p->base.handlers.arg, jobs, count);
}

static void on_message(void *arg, const struct message *message)
{
    struct pair *p = arg;
    if (!p->closing && p->base.handlers.on_message)
        p->base.handlers.on_message(p->base.handlers.arg, message);
}

static void on_submit(void *arg, const char *payload)
{
    struct pair *p = arg;
    if (!p->closing)
        p->base.handlers.on_submit(p->base.handlers.arg, payload);
}

static struct transport *usable(struct pair *p)
{
    return p->first_up ? p->first : p->second;
}

static void pair_subscribe(struct transport *base, int64_t incarnation)
{
    struct pair *p = pair_of(base);
    if (p->standing_in)
        p->second->ops->subscribe(p->second, 0);
    p->standing_in = false;
    p->incarnation = incarnation;
    p->first->ops->subscribe(p->first, incarnation);
    pair_state(p, NULL);
}

static void pair_follow(struct transport *base)
{
    struct pair *p = pair_of(base);
    p->first->ops->follow(p->first);
    p->second->ops->follow(p->second);
}

static void pair_publish(struct transport *base, int64_t incarnation, const struct dispatch *jobs, unsigned count)
{
    struct transport *t = usable(pair_of(base));
    t->ops->publish(t, incarnation, jobs, count);
}

static bool pair_record_rings(struct transport *base)
{
    struct transport *t = usable(pair_of(base));
    return t->ops->record_rings && t->ops->record_rings(t);
}

static void pair_send(struct transport *base, int64_t incarnation, const struct message *message)
{
    struct pair *p = pair_of(base);
    struct transport *t = usable(p);
    if (incarnation && t == p->first)
        p->second->ops->send(p->second, incarnation, message);
    t->ops->send(t, incarnation, message);
}

static void pair_forget(struct transport *base, int64_t incarnation)
{
    struct pair *p = pair_of(base);
    p->first->ops->forget(p->first, incarnation);
    p->second->ops->forget(p->second, incarnation);
}

static void on_half_closed(void *arg)
{
    struct pair *p = arg;
    if (--p->open > 0)
        return;
    void (*on_closed)(void *) = p->on_closed;
    void *on_closed_arg = p->on_closed_arg;
    free(p);
    if (on_closed)
        on_closed(on_closed_arg);
}

static void pair_close(struct transport *base, void (*on_closed)(void *arg), void *arg)
{
    struct pair *p = pair_of(base);
    p->closing = true;
    p->on_closed = on_closed;
    p->on_closed_arg = arg;
    p->open = 2;
    p->first->ops->close(p->first, on_half_closed, p);
    p->second->ops->close(p->second, on_half_closed, p);
}

static const struct transport_ops pair_ops = {
    .name = "redis",
    .subscribe = pair_subscribe,
    .follow = pair_follow,
    .publish = pair_publish,
    .record_rings = pair_record_rings,
    .send = pair_send,
    .forget = pair_forget,
    .close = pair_close,
};

struct transport *transport_create(const struct transport_config *config, struct error *e)
{
    if (text_equal(config->carrier, "postgres"))
        return transport_postgres_create(config->loop, config->database_url, &config->handlers);
    if (!text_equal(config->carrier, "redis")) {
        error_code(e, ERROR_INVALID, "carrier_unknown", "there is no carrier \"%s\": use redis or postgres",
                   config->carrier ? config->carrier : "");
        return NULL;
    }
    struct pair *p = mem_zero(1, sizeof *p);
    p->base = (struct transport){ .ops = &pair_ops, .handlers = config->handlers };
    struct transport_handlers first = { p, on_dispatch, on_message, on_first_state, NULL };
    struct transport_handlers second = { p, on_dispatch, on_message, on_second_state,
                                         config->handlers.on_submit ? on_submit : NULL };
    p->first = transport_redis_create(config->loop, config->redis_url, config->redis_prefix, &first, e);
    if (!p->first) {
        free(p);
        return NULL;
    }
    p->second = transport_postgres_create(config->loop, config->database_url, &second);
    return &p->base;
}

void transport_close(struct transport *t, void (*on_closed)(void *arg), void *arg)
{
    if (t)
        t->ops->close(t, on_closed, arg);
    else if (on_closed)
        on_closed(arg);
}
