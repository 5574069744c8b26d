/* SPDX-License-Identifier: Apache-2.0 */
/* redis_link_private.h - what the files of a link share: redis_link.c (states, commands), redis_greet.c (the first
 * words on a connection). Private to queue/. */
#ifndef QUEUE_REDIS_LINK_PRIVATE_H
#define QUEUE_REDIS_LINK_PRIVATE_H

#include <hiredis/async.h>

#include "queue/redis_link.h"

enum link_state {
    LINK_RESOLVING,
    LINK_CONNECTING,
    LINK_GREETING, /* AUTH, SELECT, PING are under way; a sentinel: the question is */
    LINK_UP,
    LINK_DROPPING, /* hiredis is letting go; on_gone() comes */
    LINK_WAITING,  /* before the next try */
    LINK_CLOSING
};

struct redis_link {
    struct redis_link_config config;
    struct redis_url url;
    enum link_state state;
    redisAsyncContext *context; /* NULL when there is none, or hiredis is freeing it */
    uv_timer_t timer;
    uv_getaddrinfo_t resolve;
    bool resolving, attached, timer_open; /* what libuv still holds: freed when all are false */
    struct redis_place at; /* connected or connecting to: a server, or the sentinel that is asked for it */
    bool asking, found;    /* at is a sentinel; its answer is the server to connect to next */
    unsigned sentinel;     /* whose turn it is */
    unsigned failures, pending;
    size_t pending_bytes;
    int64_t deadline_ms; /* connect: give up; up: an answer is due by then (while pending) */
    struct error cause;
    void (*on_closed)(void *arg);
    void *on_closed_arg;
};

/* ---- redis_link.c ---- */
bool redis_link_send_now(struct redis_link *link, redis_link_on_reply *fn, void *arg, int count,
                         const char *const *words, const size_t *sizes); /* also while greeting */
void redis_link_greeted(struct redis_link *link);                        /* it is up */

/* ---- redis_greet.c ---- */
void redis_greet(struct redis_link *link);

#endif
