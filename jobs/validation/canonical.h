/* SPDX-License-Identifier: Apache-2.0 */
/*
 * canonical.h - one form for a value, whichever side it comes from.
 *
 * What a column means decides, and that is its type in the target: 1, "1" and true are one boolean; 1.50, "1.5" and
 * 15e-1 one decimal; midnight of a timestamp may be left out. A value that is not of its column's kind keeps its text:
 * equal only to the same text. NULL is its own case and never gets here.
 */
#ifndef JOBS_VALIDATION_CANONICAL_H
#define JOBS_VALIDATION_CANONICAL_H

#include "base/buffer.h"
#include "catalog/connect/connect.h"
#include "catalog/type.h"

/* Bytes of the canonical form: in `scratch` (cleared first) or in the value itself; good until either changes. */
struct canonical {
    const char *data;
    size_t size;
};
struct canonical canonical_of(enum type_name type, const struct connect_value *value, struct buffer *scratch);

#endif
