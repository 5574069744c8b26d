/* SPDX-License-Identifier: Apache-2.0 */
/* result.h - parameters and rows of a statement of ours, for session.h (loops) and client.h (slots, CLI). */
#ifndef SQL_RESULT_H
#define SQL_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Text form of PostgreSQL; value NULL = SQL NULL. Arrays are made with array_*() of sql/array.h. */
struct sql_param {
    const char *value;
    size_t size; /* of binary values; 0: NUL-terminated text */
    bool binary;
};

#define SQL_TEXT(v) ((struct sql_param){ .value = (v) })

struct result;
unsigned result_rows(const struct result *r);
unsigned result_columns(const struct result *r);
bool result_is_null(const struct result *r, unsigned row, unsigned column);
const char *result_text(const struct result *r, unsigned row, unsigned column); /* "" for NULL */
size_t result_size(const struct result *r, unsigned row, unsigned column);
int64_t result_int(const struct result *r, unsigned row, unsigned column); /* 0 for NULL */
bool result_bool(const struct result *r, unsigned row, unsigned column);

/* SQLSTATE -> class: 40xxx 55P03 57014 -> RETRY/TIMED_OUT, 08xxx 57Pxx 53xxx -> UNAVAILABLE, 22 23 54 -> INVALID
 * ("result_rejected" is made of it by the finish), AG001.. (our own functions' RAISE) -> what their table says, else
 * FATAL. */
enum error_class result_class_of(const char *sqlstate);

#endif
