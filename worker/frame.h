/* SPDX-License-Identifier: Apache-2.0 */
/*
 * frame.h - what worker and slot say to each other on their socket pair; the specification is "Slot frames" in
 * docs/protocol.md.
 *
 * A frame is a header of fixed size, a payload of texts with a NUL between them, and a last NUL. The reader serves both
 * sides: it is fed whatever recv() gave and hands out whole frames; a frame's payload points into the reader. Pure: no
 * I/O here. What comes from a slot is hostile: a job may have overwritten the slot's memory.
 */
#ifndef WORKER_FRAME_H
#define WORKER_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/* X(ENUM, number on the wire, name, payload bytes at most) */
#define FRAME_TYPES(X)                                                                      \
    X(FRAME_HELLO, 1, "hello", 64 << 10)      /* worker: settings, one JSON object */       \
    X(FRAME_START, 2, "start", 64 << 10)      /* worker: run this job; kind, args */        \
    X(FRAME_READY, 3, "ready", 1 << 10)       /* slot: settled in; the program's version */ \
    X(FRAME_PROGRESS, 4, "progress", 2 << 10) /* slot: message; number = percent */         \
    X(FRAME_LOG, 5, "log", 2 << 10)           /* slot: level, message */                    \
    X(FRAME_RESULT, 6, "result", 64 << 20)    /* slot: result [, artifacts, children] */    \
    X(FRAME_FAILURE, 7, "failure", 64 << 10)  /* slot: class, code, message [, details] */

enum frame_type {
#define X(id, wire, name, max) id = wire,
    FRAME_TYPES(X)
#undef X
};

enum frame_flag {
    FRAME_SEAL = 1,    /* start: run the kind's seal */
    FRAME_NO_ARGS = 2, /* start: the arguments are too large for a frame; read them from the record */
    FRAME_WHOLE = 4    /* result: artifacts and children follow, to be recorded in the same transaction */
};

enum { FRAME_HEADER_SIZE = 32 };

struct frame {
    enum frame_type type;
    unsigned flags;      /* of enum frame_flag */
    uint16_t number;     /* start: attempt; progress: percent */
    int64_t id, epoch;   /* of the job; 0 in hello and ready */
    int64_t value;       /* start: the job's number on the board; result, failure: microseconds that it ran */
    const char *payload; /* texts with a NUL between; payload[size] is a NUL too */
    size_t size;
};

const char *frame_type_name(enum frame_type type);

/* Appends header, texts and NULs. false: over the type's limit or the buffer's; then the buffer is as it was. */
bool frame_add(struct buffer *b, const struct frame *head, const char *const *texts, unsigned count);

/* The index-th text of the payload, NULL when there are fewer. */
const char *frame_text(const struct frame *frame, unsigned index);

struct frame_reader {
    char *data; /* owned */
    size_t capacity, begin, end;
};

void frame_reader_init(struct frame_reader *reader);
void frame_reader_finish(struct frame_reader *reader);
/* Where to recv() to: at least one byte; after it say how many came. Invalidates frames handed out before. */
char *frame_reader_space(struct frame_reader *reader, size_t *ret_size);
void frame_reader_fed(struct frame_reader *reader, size_t size);
/* *ret_there: *ret_frame is the next frame, valid until frame_reader_space(). ERROR_INVALID: no frame can be found any
 * more; close the socket. */
enum error_class frame_reader_next(struct frame_reader *reader, struct frame *ret_frame, bool *ret_there,
                                   struct error *e);

#endif
