/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_redis.c - the doorbell over Redis: a stream for each incarnation, one channel for everybody.
 *
 * PREFIX:w:N    stream of incarnation N. Publishing is one XADD a batch, pipelined; the worker reads with XREAD BLOCK
 *               on a connection of its own, always from the beginning, and deletes (XDEL) what it has received: so no
 *               position is kept that a FLUSHALL, a restart or a clock that jumped could make wrong. The key expires by
 *               itself when nobody writes or reads any more, and MAXLEN bounds it when nobody reads.
 * PREFIX:all    channel for DONE, WAKE and PROGRESS.
 *
 * Failures: whatever Redis loses (flushed, trimmed, restarted, evicted, out of memory) is rung again from the record.
 * Here a command that can't be sent or was refused is dropped and told by on_state. A malformed entry is deleted and
 * told.
 */
#include "queue/transport.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "queue/redis_link.h"
#include "queue/transport_payload.h"

/* PATIENCE_MS is more than the BLOCK below. */
enum { PATIENCE_MS = 3000, READ_MAX = 32, REFRESH_MS = 10000, COMPLAIN_MS = 1000, EXPIRES = 64 };
static const size_t PENDING_MAX = 32 * 1024 * 1024;

struct carrier {
    struct transport base; /* first */
    uv_loop_t *loop;
    struct redis_url url;
    char *prefix, *everybody;
    struct redis_link *commands, *follower; /* follower NULL: does not follow */
    struct reader *reader;                  /* NULL: not subscribed */
    struct buffer payload;
    struct {
        int64_t incarnation, due_ms;
    } expires[EXPIRES]; /* by incarnation: whose place was told lately when to expire */
    unsigned open;      /* links that are not closed yet */
    bool up, closing;
    int64_t complained_ms; /* when something dropped was told last */
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

/* The reading side of one incarnation's place. Outlives its subscription until its link is closed. */
struct reader {
    struct carrier *t;
    struct redis_link *link;
    char *key;
    int64_t expire_due_ms;
};

static const struct transport_ops redis_ops;

static struct carrier *carrier_of(struct transport *t)
{
    assert(t->ops == &redis_ops);
    return (struct carrier *)t;
}

/* ---- state ---- */

static void tell(struct carrier *t, const struct error *e)
{
    if (t->base.handlers.on_state && !t->closing)
        t->base.handlers.on_state(t->base.handlers.arg, t->up, e);
}

static void complain(struct carrier *t, const struct error *e)
{
    int64_t now_ms = clock_monotonic_ms();
    if (t->complained_ms && now_ms - t->complained_ms < COMPLAIN_MS)
        return;
    t->complained_ms = now_ms;
    tell(t, e);
}

static void check_state(struct carrier *t, const struct error *e)
{
    bool up = redis_link_is_up(t->commands) && (!t->reader || redis_link_is_up(t->reader->link)) &&
              (!t->follower || redis_link_is_up(t->follower));
    if (up == t->up || t->closing)
        return;
    t->up = up;
    tell(t, up ? NULL : e);
}

static struct redis_link *open_link(struct carrier *t, const char *name, void *arg,
                                    void (*on_state)(void *, bool, const struct error *))
{
    t->open++;
    return redis_link_create(&(struct redis_link_config){ .loop = t->loop,
                                                          .url = &t->url,
                                                          .name = name,
                                                          .patience_ms = PATIENCE_MS,
                                                          .pending_max = PENDING_MAX,
                                                          .arg = arg,
                                                          .on_state = on_state });
}

static void on_commands_state(void *arg, bool up, const struct error *e)
{
    struct carrier *t = arg;
    if (up)
        memset(t->expires, 0, sizeof t->expires); /* it may be an empty server */
    check_state(t, e);
}

static enum error_class deliver(struct carrier *t, redisReply *payload, struct error *e)
{
    return transport_payload_deliver(payload->str, (size_t)payload->len, &t->base.handlers, e);
}

/* ---- publishing ---- */

static void on_written(void *arg, redisReply *reply)
{
    struct error e = ERROR_NONE;
    if (!reply || reply->type != REDIS_REPLY_ERROR)
        return;
    error_code(&e, ERROR_UNAVAILABLE, "redis_refused", "Redis refused a doorbell message: %s", reply->str);
    complain(arg, &e);
}

/* Not with each entry: that would double the commands. Two that share a place in the table only ask more often. */
static bool expire_due(struct carrier *t, int64_t incarnation)
{
    unsigned i = (unsigned)(incarnation % EXPIRES);
    int64_t now_ms = clock_monotonic_ms();
    if (t->expires[i].incarnation == incarnation && now_ms < t->expires[i].due_ms)
        return false;
    t->expires[i].incarnation = incarnation;
    t->expires[i].due_ms = now_ms + REFRESH_MS;
    return true;
}

static void write_entry(struct carrier *t, int64_t incarnation)
{
    mem_auto char *key = mem_format("%s:w:%lld", t->prefix, (long long)incarnation);
    const char *add[] = { "XADD", key, "MAXLEN", "~", "4096", "*", "p", t->payload.data };
    const size_t sizes[] = { 4, strlen(key), 6, 1, 4, 1, 1, t->payload.size };
    const char *expire[] = { "EXPIRE", key, "60" };
    if (!redis_link_send(t->commands, on_written, t, 8, add, sizes)) {
        struct error e = ERROR_NONE;
        error_code(&e, ERROR_UNAVAILABLE, "redis_unavailable", "Redis is away or too slow: dropped a doorbell message");
        complain(t, &e);
        return;
    }
    if (expire_due(t, incarnation))
        redis_link_send(t->commands, NULL, NULL, 3, expire, NULL);
}

static void redis_publish(struct transport *base, int64_t incarnation, const struct dispatch *jobs, unsigned count)
{
    struct carrier *t = carrier_of(base);
    while (count > 0) {
        unsigned written = transport_payload_jobs(&t->payload, jobs, count);
        write_entry(t, incarnation);
        jobs += written;
        count -= written;
    }
    redis_link_flush(t->commands); /* workers wait; whatever else the caller is about to do comes after */
}

static void redis_send(struct transport *base, int64_t incarnation, const struct message *message)
{
    struct carrier *t = carrier_of(base);
    struct error e = ERROR_NONE;
    if (transport_payload_message(&t->payload, message, &e) != ERROR_OK) {
        complain(t, &e);
        return;
    }
    if (incarnation) {
        write_entry(t, incarnation);
        redis_link_flush(t->commands);
        return;
    }
    const char *words[] = { "PUBLISH", t->everybody, t->payload.data };
    const size_t sizes[] = { 7, strlen(t->everybody), t->payload.size };
    redis_link_send(t->commands, on_written, t, 3, words, sizes);
}

static void redis_forget(struct transport *base, int64_t incarnation)
{
    struct carrier *t = carrier_of(base);
    mem_auto char *key = mem_format("%s:w:%lld", t->prefix, (long long)incarnation);
    const char *words[] = { "UNLINK", key };
    redis_link_send(t->commands, NULL, NULL, 2, words, NULL);
}

/* ---- a worker's place ---- */

static void reader_ask(struct reader *r);

static void reader_refused(struct reader *r, const char *why)
{
    struct error e = ERROR_NONE;
    error_code(&e, ERROR_UNAVAILABLE, "redis_refused", "read %s: Redis answered %s", r->key, why);
    redis_link_drop(r->link, &e); /* comes back after a wait */
}

/* reply: [[key, [[id, [field, payload]], ...]]] */
static void reader_deliver(struct reader *r, redisReply *entries)
{
    const char *words[2 + READ_MAX] = { "XDEL", r->key };
    int count = 2;
    for (size_t i = 0; i < entries->elements && i < READ_MAX; i++) {
        redisReply *entry = entries->element[i];
        if (entry->type == REDIS_REPLY_ARRAY && entry->elements == 2 && entry->element[0]->type == REDIS_REPLY_STRING)
            words[count++] = entry->element[0]->str;
    }
    /* First the delete is on its way: a handler may end this subscription. */
    if (count > 2)
        redis_link_send(r->link, NULL, NULL, count, words, NULL);
    for (size_t i = 0; i < entries->elements && i < READ_MAX && r->t->reader == r; i++) {
        redisReply *entry = entries->element[i];
        redisReply *fields = entry->type == REDIS_REPLY_ARRAY && entry->elements == 2 ? entry->element[1] : NULL;
        struct error e = ERROR_NONE;
        if (!fields || fields->type != REDIS_REPLY_ARRAY || fields->elements != 2 ||
            fields->element[1]->type != REDIS_REPLY_STRING)
            error_code(&e, ERROR_INVALID, "doorbell_invalid", "dropped an entry of %s that is not ours", r->key);
        else
            deliver(r->t, fields->element[1], &e);
        if (e.class != ERROR_OK && r->t->reader == r)
            complain(r->t, &e);
    }
}

static void on_read(void *arg, redisReply *reply)
{
    struct reader *r = arg;
    if (!reply || r->t->reader != r)
        return;
    if (reply->type == REDIS_REPLY_ERROR) {
        reader_refused(r, reply->str);
        return;
    }
    redisReply *stream = reply->type == REDIS_REPLY_ARRAY && reply->elements == 1 ? reply->element[0] : NULL;
    if (stream && stream->type == REDIS_REPLY_ARRAY && stream->elements == 2 &&
        stream->element[1]->type == REDIS_REPLY_ARRAY)
        reader_deliver(r, stream->element[1]);
    if (r->t->reader == r)
        reader_ask(r);
}

static void reader_ask(struct reader *r)
{
    const char *expire[] = { "EXPIRE", r->key, "60" };
    const char *read[] = { "XREAD", "COUNT", "32", "BLOCK", "1000", "STREAMS", r->key, "0" };
    if (clock_monotonic_ms() >= r->expire_due_ms && redis_link_send(r->link, NULL, NULL, 3, expire, NULL))
        r->expire_due_ms = clock_monotonic_ms() + REFRESH_MS;
    redis_link_send(r->link, on_read, r, 8, read, NULL);
}

static void on_reader_state(void *arg, bool up, const struct error *e)
{
    struct reader *r = arg;
    if (up) {
        r->expire_due_ms = 0;
        reader_ask(r);
    }
    check_state(r->t, e);
}

static void link_closed(void *arg);

static void on_reader_closed(void *arg)
{
    struct reader *r = arg;
    struct carrier *t = r->t;
    free(r->key);
    free(r);
    link_closed(t);
}

static void redis_subscribe(struct transport *base, int64_t incarnation)
{
    struct carrier *t = carrier_of(base);
    if (t->reader) {
        struct reader *old = t->reader;
        const char *words[] = { "UNLINK", old->key };
        redis_link_send(t->commands, NULL, NULL, 2, words, NULL);
        t->reader = NULL;
        redis_link_close(old->link, on_reader_closed, old);
    }
    if (incarnation) {
        struct reader *r = mem_zero(1, sizeof *r);
        r->t = t;
        r->key = mem_format("%s:w:%lld", t->prefix, (long long)incarnation);
        r->link = open_link(t, "argosy-worker", r, on_reader_state);
        t->reader = r;
    }
    check_state(t, NULL);
}

/* ---- everybody's channel ---- */

/* reply: [message, channel, payload], or [subscribe, ...] */
static void on_published(void *arg, redisReply *reply)
{
    struct carrier *t = arg;
    if (t->closing || reply->type != REDIS_REPLY_ARRAY || reply->elements != 3 ||
        reply->element[0]->type != REDIS_REPLY_STRING || strcmp(reply->element[0]->str, "message") != 0 ||
        reply->element[2]->type != REDIS_REPLY_STRING)
        return;
    struct error e = ERROR_NONE;
    if (deliver(t, reply->element[2], &e) != ERROR_OK)
        complain(t, &e);
}

static void on_follower_state(void *arg, bool up, const struct error *e)
{
    struct carrier *t = arg;
    if (up)
        redis_link_subscribe(t->follower, t->everybody, on_published, t);
    check_state(t, e);
}

static void redis_follow(struct transport *base)
{
    struct carrier *t = carrier_of(base);
    if (!t->follower)
        t->follower = open_link(t, "argosy-follower", t, on_follower_state);
    check_state(t, NULL);
}

/* ---- birth and death ---- */

static void link_closed(void *arg)
{
    struct carrier *t = arg;
    if (--t->open > 0 || !t->closing)
        return;
    void (*on_closed)(void *) = t->on_closed;
    void *on_closed_arg = t->on_closed_arg;
    buffer_finish(&t->payload);
    free(t->prefix);
    free(t->everybody);
    free(t);
    if (on_closed)
        on_closed(on_closed_arg);
}

static void redis_close(struct transport *base, void (*on_closed)(void *arg), void *arg)
{
    struct carrier *t = carrier_of(base);
    t->closing = true;
    t->on_closed = on_closed;
    t->on_closed_arg = arg;
    if (t->reader) {
        struct reader *r = t->reader;
        t->reader = NULL;
        redis_link_close(r->link, on_reader_closed, r);
    }
    if (t->follower)
        redis_link_close(t->follower, link_closed, t);
    redis_link_close(t->commands, link_closed, t);
}

static const struct transport_ops redis_ops = {
    .name = "redis",
    .subscribe = redis_subscribe,
    .follow = redis_follow,
    .publish = redis_publish,
    .send = redis_send,
    .forget = redis_forget,
    .close = redis_close,
};

struct transport *transport_redis_create(uv_loop_t *loop, const char *url, const char *prefix,
                                         const struct transport_handlers *handlers, struct error *e)
{
    struct redis_url parsed;
    if (redis_url_parse(url, &parsed, e) != ERROR_OK)
        return NULL;
    struct carrier *t = mem_zero(1, sizeof *t);
    t->base = (struct transport){ .ops = &redis_ops, .handlers = *handlers };
    t->loop = loop;
    t->url = parsed;
    t->prefix = mem_text(prefix ? prefix : "argosy");
    t->everybody = mem_format("%s:all", t->prefix);
    buffer_init(&t->payload, TRANSPORT_PAYLOAD_MAX);
    t->commands = open_link(t, "argosy", t, on_commands_state);
    return &t->base;
}
