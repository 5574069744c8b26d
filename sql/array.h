/* SPDX-License-Identifier: Apache-2.0 */
/*
 * array.h - parameters of type bigint[] and text[] in PostgreSQL's binary form, built in a buffer.
 *
 * Binary: no quoting to get wrong and no parsing to pay for. The statement casts its $n to bigint[] or text[].
 * array_init, then array_int/array_text/array_null per element, then array_param; array_finish frees.
 */
#ifndef SQL_ARRAY_H
#define SQL_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "sql/result.h"

enum array_type { ARRAY_INT = 20, ARRAY_TEXT = 25 }; /* the oids of bigint and text */

struct array {
    struct buffer bytes;
    uint32_t count;
    bool nulls;
    enum array_type type;
};

void array_init(struct array *a, enum array_type type, size_t max);
void array_finish(struct array *a);
void array_clear(struct array *a); /* keeps the memory */

void array_int(struct array *a, int64_t value);
void array_text(struct array *a, const char *text); /* NULL: a NULL element */
void array_null(struct array *a);

/* Valid until the array is changed. False when the array went over its max: nothing may be sent then. */
bool array_param(struct array *a, struct sql_param *ret_param);

#endif
