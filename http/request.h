/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.h - what a handler may ask of the request it was given.
 *
 * A request lives from its head until its answer is sent. Its handler answers exactly once, at once or later; until
 * then the request stays, even when the client has gone, so a callback may always answer. After the answer don't touch
 * it. Texts are the request's and stay until it is answered. Loop only.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/error.h"
#include "http/body_list.h"

struct request;

uv_loop_t *request_loop(const struct request *r);
const char *request_method(const struct request *r);
const char *request_path(const struct request *r); /* without the query, still escaped */
const struct route *request_route(const struct request *r);

/* Value of the pattern's n-th {name}, decoded; n counts from 0 and must be one of the route's. */
const char *request_param(const struct request *r, unsigned n);
/* The same as a positive number; ERROR_INVALID "invalid_id" when it is none. */
enum error_class request_param_id(const struct request *r, unsigned n, int64_t *ret_id, struct error *e);

/* Query parameter, decoded; REQUEST_BAD: does not fit, given twice, or malformed. ret_value is "" unless
 * REQUEST_GIVEN. */
enum request_query { REQUEST_ABSENT, REQUEST_GIVEN, REQUEST_BAD };
enum request_query request_query(const struct request *r, const char *name, char *ret_value, size_t ret_size);

const char *request_header(const struct request *r, const char *name); /* NULL when not there */

/* The whole body; "" and 0 without one. */
const char *request_body(const struct request *r, size_t *ret_size);
/* The body as a JSON object: json_decref() it. Refuses another Content-Type: a form from a foreign page sends none of
 * ours. */
enum error_class request_json(const struct request *r, json_t **ret_body, struct error *e);

/* The body as a long list (body_list.h), JSON or NDJSON as the Content-Type says: body_list_finish() it before the
 * answer. headless: NDJSON has no line before the list's. */
enum error_class request_list(const struct request *r, const char *member, bool headless, struct body_list *ret_list,
                              struct error *e);

/* "X-Request-ID" of the client where it is a sane one, else made here. Goes back with every answer. */
const char *request_id(const struct request *r);
/* What is carried through job, slot, log and event: the traceparent where there is one, else the request id. */
const char *request_correlation(const struct request *r);
/* Address of the client, without its port. */
const char *request_peer(const struct request *r);

/* ---- authorisation (see http_config.authorise) ---- */
void request_allow(struct request *r, int64_t identity);
int64_t request_identity(const struct request *r); /* 0 on public routes */

/* ---- uploads (routes with ROUTE_UPLOAD) ---- */
struct request_file {
    const char *path; /* in the upload folder; synced; removed after the answer unless request_file_keep() */
    int64_t size;
    const char *sha256; /* 64 hex digits */
};
struct request_file request_file(const struct request *r);
void request_file_keep(struct request *r); /* it was renamed: it is no longer ours to remove */

#endif
