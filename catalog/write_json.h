/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_json.h - JSON text written front to back, without a tree: the other half of read_json.h.
 *
 * Commas are put where they belong. A key is a literal of ours and is not escaped; NULL as key: an item of an array.
 * What says nothing (NULL, false, an empty list where so named) leaves no trace. An overflow is the buffer's.
 */
#ifndef CATALOG_WRITE_JSON_H
#define CATALOG_WRITE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "catalog/catalog.h"

/* Each with the size of its key, which the compiler knows at the call. */
void write_json_open_n(struct buffer *b, const char *key, size_t size, char bracket);
void write_json_text_n(struct buffer *b, const char *key, size_t size, const char *text);
void write_json_integer_n(struct buffer *b, const char *key, size_t size, int64_t value);
void write_json_real_n(struct buffer *b, const char *key, size_t size, double value);
void write_json_boolean_n(struct buffer *b, const char *key, size_t size, bool value);

static inline void write_json_open(struct buffer *b, const char *key, char bracket) /* '{' or '[' */
{
    write_json_open_n(b, key, key != NULL ? strlen(key) : 0, bracket);
}

static inline void write_json_text(struct buffer *b, const char *key, const char *text) /* bad UTF-8 becomes U+FFFD */
{
    if (text != NULL)
        write_json_text_n(b, key, key != NULL ? strlen(key) : 0, text);
}

static inline void write_json_integer(struct buffer *b, const char *key, int64_t value)
{
    write_json_integer_n(b, key, key != NULL ? strlen(key) : 0, value);
}

/* Shortest that reads back the same. */
static inline void write_json_real(struct buffer *b, const char *key, double value)
{
    write_json_real_n(b, key, key != NULL ? strlen(key) : 0, value);
}

static inline void write_json_boolean(struct buffer *b, const char *key, bool value)
{
    write_json_boolean_n(b, key, key != NULL ? strlen(key) : 0, value);
}

static inline void write_json_true(struct buffer *b, const char *key, bool value) /* false: nothing */
{
    if (value)
        write_json_boolean(b, key, true);
}

void write_json_close(struct buffer *b, char bracket);
void write_json_names(struct buffer *b, const char *key, const struct catalog_names *names);
void write_json_names_if_any(struct buffer *b, const char *key, const struct catalog_names *names);

#endif
