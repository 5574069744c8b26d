/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copytext.h - one value in the text form of PostgreSQL's COPY, by the type of the column it goes to.
 *
 * Any number or text goes into a column as its text and the server reads it as the column's type; into a binary column
 * go the bytes, text as its UTF-8. Bytes into a column that is not binary, and text with a NUL, are errors. The words
 * of the error leave table and key to the caller. Appends to a buffer; no memory of its own.
 */
#ifndef CATALOG_CONNECT_COPYTEXT_H
#define CATALOG_CONNECT_COPYTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "catalog/connect/connect.h"

enum { COPYTEXT_INTEGER_SIZE = 24 };

/* Digits of value at the end of the array; *ret_size of them. No NUL. */
const char *copytext_integer(int64_t value, char space[static COPYTEXT_INTEGER_SIZE], size_t *ret_size);

enum error_class copytext_value(struct buffer *out, bool binary, const struct connect_value *value, struct error *e);

#endif
