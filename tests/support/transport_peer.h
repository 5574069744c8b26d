/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_peer.h - one end of a transport that writes down what it hears, for tests of carriers.
 *
 * A peer is made on handlers it lends; the test makes the transport with them. peer_wait() runs the loop until a
 * condition holds and fails the test after five minutes, so no test sleeps.
 */
#ifndef TESTS_SUPPORT_TRANSPORT_PEER_H
#define TESTS_SUPPORT_TRANSPORT_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "queue/transport.h"

enum { PEER_MAX = 8192 };

struct peer_job {
    int64_t id, epoch, seq;
    int32_t attempt, timeout_s;
    bool seal;
    char kind[64], args[64]; /* args "(record)" for NULL; cut */
};

struct peer_message {
    struct message message; /* text NULL */
    char text[128];
};

struct peer {
    struct transport *transport;
    struct transport_handlers handlers;
    struct peer_job *jobs;
    struct peer_message *messages;
    unsigned job_count, message_count, ups, downs, complaints;
    bool up, closed;
    char complaint[256]; /* the last error heard */
};

void peer_init(struct peer *peer);
/* Closes the transport, waits for that, frees. */
void peer_finish(struct peer *peer, uv_loop_t *loop);

/* Runs the loop until done(arg). */
void peer_wait(uv_loop_t *loop, bool (*done)(void *arg), void *arg, const char *what);
void peer_wait_up(struct peer *peer, uv_loop_t *loop);
void peer_wait_jobs(struct peer *peer, uv_loop_t *loop, unsigned count);
void peer_wait_messages(struct peer *peer, uv_loop_t *loop, unsigned count);
void peer_forget_all(struct peer *peer); /* what was heard so far */

#endif
