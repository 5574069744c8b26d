/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_switch.c - the carriers of a fleet as one: the chosen one, PostgreSQL while that is away, and the one
 * before, until it is empty.
 *
 * Which is chosen stands in the record (argosy.setting 'transport'; without it the program's own setting). Everybody
 * asks once a second and follows by itself, so that nothing has to be agreed on while something is broken:
 *
 *   worker      reads the chosen carrier; the one before for KEEP_MS more, and as long as something comes there; the
 *               record while the chosen one is away here, and STAND_MS longer. Its beat says what it reads.
 *   publish     on the chosen carrier if it is up here and the worker says that it reads it, else on one that both
 *               have, else by the record
 *   to a worker control messages go by the record too: they are rare, and the worker may have lost the rest
 *   to all      on the chosen carrier, by the record while that is down; who follows, follows all that may be in use
 *
 * Backstop: a worker whose row says for a second that it was given more than has arrived reads its rows, whatever it
 * thinks of its carriers. Doubled dispatches are dropped by their seq, doubled numbers are absolute. A carrier that a
 * program has no address for is none: it lives by the record meanwhile. Kafka is connected only while it is in use.
 */
#include "queue/transport.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/kafka_client.h"
#include "queue/redis_url.h"
#include "queue/transport_switch_private.h"

static const struct transport_ops switch_ops;

static struct crossing *crossing_of(struct transport *t)
{
    assert(t->ops == &switch_ops);
    return (struct crossing *)t;
}

/* ---- the contract ---- */

static unsigned up_mask(const struct crossing *s)
{
    unsigned mask = 0;
    for (unsigned i = 0; i < CARRIER_COUNT; i++)
        mask |= (unsigned)(s->lines[i].t && s->lines[i].up) << i;
    return mask;
}

/* incarnation 0: to everybody. */
static struct transport *pick(struct crossing *s, int64_t incarnation)
{
    unsigned up = up_mask(s);
    if (incarnation)
        return s->lines[address_book_pick(&s->book, incarnation, s->chosen, up)].t;
    return s->lines[up & (1U << s->chosen) ? s->chosen : CARRIER_POSTGRES].t;
}

static void switch_subscribe(struct transport *base, int64_t incarnation)
{
    struct crossing *s = crossing_of(base);
    for (unsigned i = 0; i < CARRIER_COUNT; i++) {
        struct line *line = &s->lines[i];
        if (line->subscribed)
            line->t->ops->subscribe(line->t, 0);
        line->subscribed = false;
    }
    s->incarnation = incarnation;
    s->heard_seq = s->given_seq = 0;
    s->known = false;
    s->subscribed_ms = clock_monotonic_ms();
    s->told_reads[0] = '\0';
    lines_settle(s);
}

static void switch_follow(struct transport *base)
{
    struct crossing *s = crossing_of(base);
    s->following = true;
    lines_settle(s);
}

static void switch_publish(struct transport *base, int64_t incarnation, const struct dispatch *jobs, unsigned count)
{
    struct transport *t = pick(crossing_of(base), incarnation);
    t->ops->publish(t, incarnation, jobs, count);
}

static bool switch_record_rings(struct transport *base, int64_t incarnation)
{
    struct transport *t = pick(crossing_of(base), incarnation);
    return t->ops->record_rings && t->ops->record_rings(t, incarnation);
}

static void switch_send(struct transport *base, int64_t incarnation, const struct message *message)
{
    struct crossing *s = crossing_of(base);
    struct transport *t = pick(s, incarnation), *record = s->lines[CARRIER_POSTGRES].t;
    if (incarnation && t != record)
        record->ops->send(record, incarnation, message);
    t->ops->send(t, incarnation, message);
}

static void switch_forget(struct transport *base, int64_t incarnation)
{
    struct crossing *s = crossing_of(base);
    address_book_drop(&s->book, incarnation);
    for (unsigned i = 0; i < CARRIER_COUNT; i++)
        if (s->lines[i].t)
            s->lines[i].t->ops->forget(s->lines[i].t, incarnation);
}

void transport_address(struct transport *t, int64_t incarnation, const char *carrier, const char *reads)
{
    if (t->ops == &switch_ops)
        address_book_put(&crossing_of(t)->book, incarnation, carrier, reads);
}

const char *transport_reads(struct transport *t)
{
    return t->ops == &switch_ops ? lines_reads(crossing_of(t)) : NULL;
}

const char *transport_name(const struct transport *t)
{
    return t->ops == &switch_ops ? carrier_name(((const struct crossing *)t)->chosen) : t->ops->name;
}

/* ---- birth and death ---- */

static void switch_close(struct transport *base, void (*on_closed)(void *arg), void *arg)
{
    struct crossing *s = crossing_of(base);
    s->closing = true;
    s->on_closed = on_closed;
    s->on_closed_arg = arg;
    lines_close(s);
}

static const struct transport_ops switch_ops = {
    .name = "switch",
    .subscribe = switch_subscribe,
    .follow = switch_follow,
    .publish = switch_publish,
    .record_rings = switch_record_rings,
    .send = switch_send,
    .forget = switch_forget,
    .close = switch_close,
};

static char *copy(const char *text)
{
    return text ? mem_text(text) : NULL;
}

/* Can the program's own carrier be had, as far as can be said now? */
static enum error_class check(const struct transport_config *config, enum carrier_kind own, struct error *e)
{
    struct redis_url url;
    if (own == CARRIER_COUNT)
        return error_code(e, ERROR_INVALID, "carrier_unknown",
                          "there is no carrier \"%s\": use redis, kafka or postgres",
                          config->carrier ? config->carrier : "");
    if (own == CARRIER_REDIS && redis_url_parse(config->redis_url, &url, e) != ERROR_OK)
        return e->class;
    if (own == CARRIER_KAFKA && !config->kafka.brokers)
        return error_code(e, ERROR_INVALID, "kafka_brokers_missing",
                          "the transport is kafka, but nobody says where Kafka is: set KAFKA_BROKERS");
    return own == CARRIER_KAFKA ? kafka_client_check(&config->kafka, e) : ERROR_OK;
}

struct transport *transport_create(const struct transport_config *config, struct error *e)
{
    enum carrier_kind own = carrier_from_name(config->carrier);
    if (check(config, own, e) != ERROR_OK)
        return NULL;
    struct crossing *s = mem_zero(1, sizeof *s);
    s->base = (struct transport){ .ops = &switch_ops, .handlers = config->handlers };
    s->loop = config->loop;
    s->own = s->chosen = own;
    s->redis_url = copy(config->redis_url);
    s->redis_prefix = copy(config->redis_prefix);
    s->kafka = kafka_config_copy(&config->kafka);
    address_book_init(&s->book);
    for (unsigned i = 0; i < CARRIER_COUNT; i++)
        s->lines[i].crossing = s;
    lines_open_record(s, config->database_url);
    lines_watch(s);
    lines_settle(s);
    return &s->base;
}

void transport_close(struct transport *t, void (*on_closed)(void *arg), void *arg)
{
    if (t)
        t->ops->close(t, on_closed, arg);
    else if (on_closed)
        on_closed(arg);
}
