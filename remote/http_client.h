/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_client.h - blocking HTTP calls with libcurl: for the CLI and for slots, never in a loop.
 *
 * One client keeps its connection between calls. Answers are limited in size and time; a server that can't be reached
 * is ERROR_UNAVAILABLE, an answer of 400 and more becomes its class with the server's own error_code and message when
 * it speaks our error format. Redirects are errors, never followed; only http and https are spoken.
 */
#ifndef REMOTE_HTTP_CLIENT_H
#define REMOTE_HTTP_CLIENT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

struct http_client;

struct http_client_config {
    const char *base_url; /* "http://127.0.0.1:7070" */
    const char *bearer;   /* API key or NULL */
    int timeout_s;        /* of a whole call; streams have none. 0: 60 */
    size_t answer_max;    /* 0: 64 MiB */
    json_t **details;     /* NULL, or where the details of a refusal go (a new reference; the old one is dropped) */
};

enum error_class http_client_create(const struct http_client_config *config, struct http_client **ret_client,
                                    struct error *e);
struct http_client *http_client_destroy(struct http_client *c); /* wipes the key; NULL is fine; returns NULL */

/* body NULL: none. idempotency_key may be NULL. *ret_answer (may be NULL): new reference, JSON null for an empty
 * answer. */
enum error_class http_client_call(struct http_client *c, const char *method, const char *path, const json_t *body,
                                  const char *idempotency_key, json_t **ret_answer, struct error *e);

/* The answer as it is; free(). */
enum error_class http_client_text(struct http_client *c, const char *path, char **ret_text, struct error *e);

/* Streams a file as the body of a POST; name goes into Content-Disposition. */
enum error_class http_client_upload(struct http_client *c, const char *path, const char *file, const char *name,
                                    json_t **ret_answer, struct error *e);

/* Server-sent events: calls event() for each until it returns false (then ERROR_OK), the server ends (ERROR_OK) or the
 * line breaks (ERROR_UNAVAILABLE: call again with the last id). last_id NULL: from now. */
struct http_event {
    const char *type, *id, *data;
};
enum error_class http_client_events(struct http_client *c, const char *path, const char *last_id,
                                    bool (*event)(void *arg, const struct http_event *event), void *arg,
                                    struct error *e);

#endif
