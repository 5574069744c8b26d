/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wire.h - a blocking HTTP/1.1 client for tests that must say exactly which bytes go out. Waits two minutes for bytes,
 * then the test fails.
 */
#ifndef TESTS_SUPPORT_WIRE_H
#define TESTS_SUPPORT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
    int fd;
    char *data;    /* read and not yet used */
    char *pending; /* of a stream: what of a chunk belongs to later events */
    size_t size, capacity;
};

struct wire_answer {
    unsigned status; /* 0: the server closed without a whole answer */
    char *head, *body;
    size_t body_size;
};

void wire_open(struct wire *c, uint16_t port);
void wire_close(struct wire *c);
void wire_send(struct wire *c, const void *data, size_t size); /* a peer that closed is no failure */
void wire_text(struct wire *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct wire_answer wire_read(struct wire *c);
void wire_answer_finish(struct wire_answer *a);

/* A connection of its own for one request. headers: lines that end with \r\n, or NULL; body: JSON, or NULL. */
struct wire_answer wire_ask(uint16_t port, const char *method, const char *path, const char *headers, const char *body);

/* ---- event streams ---- */
/* Reads the head of the answer; returns its status. */
unsigned wire_stream(struct wire *c);

struct wire_event {
    char id[512], type[64];
    char *data; /* NULL: the stream has ended */
};
/* The next event, comments left out. free() its data. */
struct wire_event wire_event(struct wire *c);

#endif
