/* SPDX-License-Identifier: Apache-2.0 */
/*
 * redis_link.h - one connection to Redis on a libuv loop that comes back by itself.
 *
 * The happy path: resolve the host, connect, AUTH, SELECT, PING; PONG means up. Commands go out pipelined in the order
 * of the calls. With Sentinel each try begins with a sentinel, by turns, that is asked where the master is.
 * Failures: refused, cut, silent for patience_ms although an answer is due, or answered with LOADING, READONLY,
 * MASTERDOWN or a refused login: the connection is dropped, every command not answered hears of it (reply NULL), and
 * after a growing, jittered wait (50 ms to 2 s) it is tried again. Nothing is sent twice, nothing waits for a
 * connection.
 *
 * Owned by its creator; loop only.
 */
#ifndef QUEUE_REDIS_LINK_H
#define QUEUE_REDIS_LINK_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "base/error.h"
#include "queue/redis_url.h"

struct redis_link;

struct redis_link_config {
    uv_loop_t *loop;
    const struct redis_url *url; /* copied */
    const char *name;            /* CLIENT SETNAME */
    int patience_ms;             /* longest wait for an answer; more than any BLOCK */
    size_t pending_max;          /* bytes sent and not answered; what goes over is not sent */
    void *arg;
    void (*on_state)(void *arg, bool up, const struct error *e);
};

/* reply is NULL when the connection was lost before the answer. Valid during the call; its strings may be changed. */
typedef void redis_link_on_reply(void *arg, redisReply *reply);

struct redis_link *redis_link_create(const struct redis_link_config *config);
bool redis_link_is_up(const struct redis_link *link);

/* False: not sent (down, or pending_max) and fn is not called. fn may be NULL. */
bool redis_link_send(struct redis_link *link, redis_link_on_reply *fn, void *arg, int count, const char *const *words,
                     const size_t *sizes);

/* What was sent leaves now: at the end of what belongs together, when somebody waits for it. Else it leaves in the
 * loop's next turn. */
void redis_link_flush(struct redis_link *link);

/* SUBSCRIBE: fn hears every message of the channel until the connection is lost (no NULL then; see on_state). */
bool redis_link_subscribe(struct redis_link *link, const char *channel, redis_link_on_reply *fn, void *arg);

/* Lets go of the connection and tries anew after a wait, as after a failure. */
void redis_link_drop(struct redis_link *link, const struct error *e);

/* No on_state after this; commands not answered hear NULL, perhaps within the call. on_closed may be NULL. */
void redis_link_close(struct redis_link *link, void (*on_closed)(void *arg), void *arg);

#endif
