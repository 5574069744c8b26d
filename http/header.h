/* SPDX-License-Identifier: Apache-2.0 */
/*
 * header.h - questions about paths and header fields that came from outside. Pure: no server, no allocation.
 *
 * Whatever the bytes are, the answer is yes, no or a copy that fits; what is malformed counts as not there.
 */
#ifndef HTTP_HEADER_H
#define HTTP_HEADER_H

#include <stdbool.h>
#include <stddef.h>

/* Undoes %XX. False when it does not fit, an escape is broken, or the result holds a control character or bad UTF-8. */
bool header_percent_decode(const char *text, size_t size, char *ret_text, size_t ret_size);

/* Value of cookie `name` in a Cookie field; false when it is not there, twice, or too long. */
bool header_cookie(const char *field, const char *name, char *ret_value, size_t ret_size);

/* The key of "Bearer KEY": letters, digits and -._~+/= only. */
bool header_bearer(const char *field, char *ret_key, size_t ret_size);

/* W3C trace context version 00: "00-32 hex-16 hex-2 hex", ids not all zero. */
bool header_traceparent_valid(const char *field);

/* A request id that we carry on: 1-64 of letters, digits, '.', '_', '-'. */
bool header_request_id_valid(const char *field);

/*
 * May a request that a cookie vouches for change something? Sec-Fetch-Site decides where the browser sends it; else the
 * host of Origin must be ours. With neither we can't know, so no.
 */
bool header_same_origin(const char *fetch_site, const char *origin, const char *host);

/* Does If-None-Match name the entity tag (without its quotes)? */
bool header_etag_matches(const char *field, const char *etag);

#endif
