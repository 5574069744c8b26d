/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - small questions about text that every room asks. No allocation. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_equal(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* Bytes of the valid UTF-8 sequence at text (1-4), 0 when it is not one (overlong, surrogate, cut). */
size_t text_utf8_size(const char *text, size_t size);
size_t text_utf8_ascii(const char *text, size_t size); /* bytes at the front that are ASCII */
bool text_utf8_valid(const char *text, size_t size);

/* The whole text must be a decimal number within [min, max]. */
bool text_to_int64(const char *text, int64_t min, int64_t max, int64_t *ret_value);
/* Number with an optional unit: bytes k m g (1024), time ms s m h d -> caller's base unit is fixed by the function. */
bool text_to_bytes(const char *text, int64_t *ret_bytes);
bool text_to_ms(const char *text, int64_t *ret_ms); /* a bare number is seconds */

/* A lower-case name of our own: [a-z][a-z0-9_.-]*, at most max bytes (kinds, queues, tenants). */
bool text_is_name(const char *text, size_t max);

/* Copies what fits and always terminates; false when it was cut. */
bool text_copy(char *ret_text, size_t size, const char *text);

/* Compares secrets in a time that does not tell where they differ. */
bool text_equal_secret(const char *a, const char *b);

#endif
