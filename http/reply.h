/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply.h - the answer to a request: exactly one of these, or stream_open(), for each.
 *
 * Every answer carries the security headers, X-Request-ID and, where the client sent one, traceparent. Errors always
 * look like {"message","error_code","details","timestamp"}. The request is not to be touched afterwards.
 */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include <jansson.h>
#include <stddef.h>

#include "base/embed.h"
#include "base/error.h"
#include "http/request.h"

/* A header of the answer to come; both texts are copied, and must hold no line break. At most 8. */
void reply_header(struct request *r, const char *name, const char *value);

void reply_json(struct request *r, unsigned status, json_t *body); /* takes body */
/* Copies. text is sent as it is: the caller vouches that it is what `type` says. */
void reply_text(struct request *r, unsigned status, const char *type, const char *text, size_t size);
void reply_empty(struct request *r, unsigned status);

/* A file compiled in, with an ETag of its hash; 304 when the client has it. */
void reply_file(struct request *r, const struct embed_file *file, const char *type);

/* Status by the error's class; Retry-After with 503 and 429. details may be NULL; it is taken. */
void reply_error(struct request *r, const struct error *e, json_t *details);
/* The same with a status of its own. */
void reply_problem(struct request *r, unsigned status, const char *code, const char *message, json_t *details);

#endif
