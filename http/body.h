/* SPDX-License-Identifier: Apache-2.0 */
/* body.h - a JSON body from outside becomes a tree, within limits. Pure. */
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include <jansson.h>
#include <stddef.h>

#include "base/error.h"

/* Deepest nesting of [ and {, brackets inside strings not counted. Says nothing about whether it is JSON. */
unsigned body_depth(const char *text, size_t size);

/*
 * On ERROR_OK *ret_body is an object: json_decref() it. ERROR_INVALID "invalid_json" (the message says where) for
 * anything that is no JSON object, holds a key twice or is nested deeper than depth_max. The size was limited when it
 * arrived.
 */
enum error_class body_parse(const char *text, size_t size, unsigned depth_max, json_t **ret_body, struct error *e);

#endif
