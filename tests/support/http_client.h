/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_client.h - a blocking HTTP/1.1 client for tests that must say exactly which bytes go out. Waits 20 s for bytes,
 * then the test fails.
 */
#ifndef TESTS_SUPPORT_HTTP_CLIENT_H
#define TESTS_SUPPORT_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_client {
    int fd;
    char *data;    /* read and not yet used */
    char *pending; /* of a stream: what of a chunk belongs to later events */
    size_t size, capacity;
};

struct http_answer {
    unsigned status; /* 0: the server closed without a whole answer */
    char *head, *body;
    size_t body_size;
};

void http_client_open(struct http_client *c, uint16_t port);
void http_client_close(struct http_client *c);
void http_client_send(struct http_client *c, const void *data, size_t size); /* a peer that closed is no failure */
void http_client_text(struct http_client *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

struct http_answer http_client_read(struct http_client *c);
void http_answer_finish(struct http_answer *a);

/* A connection of its own for one request. headers: lines that end with \r\n, or NULL; body: JSON, or NULL. */
struct http_answer http_client_ask(uint16_t port, const char *method, const char *path, const char *headers,
                                   const char *body);

/* ---- event streams ---- */
/* Reads the head of the answer; returns its status. */
unsigned http_client_stream(struct http_client *c);

struct http_event {
    char id[64], type[64];
    char *data; /* NULL: the stream has ended */
};
/* The next event, comments left out. free() its data. */
struct http_event http_client_event(struct http_client *c);

#endif
