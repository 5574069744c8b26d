/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transport_payload.h - the text of a doorbell's message, the same on every carrier; specified in docs/protocol.md.
 *
 *   d1 COUNT\n  then COUNT times  ID EPOCH SEQ ATTEMPT TIMEOUT_S SEAL KIND ARGS_SIZE|-\nARGS\n
 *   m1 TYPE INCARNATION DONE ID EPOCH SEQ TEXT_SIZE|-\nTEXT\n
 *
 * What arrives is hostile: reading is strict, every number has a range and every size a limit, and nothing is delivered
 * of a payload that is wrong anywhere.
 */
#ifndef QUEUE_TRANSPORT_PAYLOAD_H
#define QUEUE_TRANSPORT_PAYLOAD_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "queue/transport.h"

enum {
    TRANSPORT_BATCH_MAX = 1000,         /* dispatches in a payload */
    TRANSPORT_ARGS_MAX = 16 * 1024,     /* longer ones are NULL: read from the record */
    TRANSPORT_TEXT_MAX = 7000,          /* of a message: it has to fit into a NOTIFY, which takes under 8,000 bytes */
    TRANSPORT_BATCH_BYTES = 256 * 1024, /* a payload is full from here on */
    TRANSPORT_PAYLOAD_MAX = 512 * 1024  /* nothing longer is read */
};

/* Writes as many as one payload takes, at least 1, and returns how many. b is cleared before. */
unsigned transport_payload_jobs(struct buffer *b, const struct dispatch *jobs, unsigned count);
/* ERROR_TOO_LARGE for a text over TRANSPORT_TEXT_MAX. b is cleared before. */
enum error_class transport_payload_message(struct buffer *b, const struct message *message, struct error *e);

/* Reads a payload and gives it to on_dispatch or on_message. data is changed while reading and needs no NUL; what is
 * delivered points into it. */
enum error_class transport_payload_deliver(char *data, size_t size, const struct transport_handlers *handlers,
                                           struct error *e);

#endif
