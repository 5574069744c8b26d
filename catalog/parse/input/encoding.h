/* SPDX-License-Identifier: Apache-2.0 */
/*
 * encoding.h - which characters the bytes of a text are, and the text as UTF-8.
 *
 * Marks of byte order first, then UTF-8 where the bytes are that, then what libuchardet thinks. Western European texts
 * are taken as Windows-1252, which has all of Latin-1.
 */
#ifndef CATALOG_PARSE_INPUT_ENCODING_H
#define CATALOG_PARSE_INPUT_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "catalog/parse/input/input.h"

/* From the first bytes of a text; a constant or in ret_name. whole: there are no more. */
enum { ENCODING_NAME_SIZE = 40 };
const char *encoding_guess(const char *head, size_t size, bool whole, char ret_name[static ENCODING_NAME_SIZE]);
bool encoding_is_utf8(const char *name);

/* `inner` as UTF-8; `inner` stays the caller's and must live as long. Bytes that are no character become U+FFFD.
 * ERROR_INVALID: nobody knows that encoding. */
enum error_class encoding_decode(struct input *inner, const char *name, struct input **ret_input, struct error *e);
/* How many bytes were no character so far. */
uint64_t encoding_bad(const struct input *decoded);

#endif
