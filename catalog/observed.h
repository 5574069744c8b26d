/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observed.h - what the values of a column really are, counted in one pass over its rows.
 *
 * SQLite lets any column hold anything, so a declared type is a wish. Discovery counts; mapping converts only what
 * these counts prove. Order-free: the same rows give the same counts. In the JSON form it is columns[].observed, field
 * for field, fields that are 0 left out.
 */
#ifndef CATALOG_OBSERVED_H
#define CATALOG_OBSERVED_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "catalog/read_json.h"

/* X(field): counts of values, by storage class and then by what a text or number looks like. */
#define OBSERVED_COUNTS(X)                                                                      \
    X(nulls)                                                                                    \
    X(integers)                                                                                 \
    X(reals)                                                                                    \
    X(texts)                                                                                    \
    X(blobs)                                                                                    \
    X(reals_whole) /* reals that are whole numbers below 2^53 */                                \
    X(reals_infinite)                                                                           \
    X(texts_empty)                                                                              \
    X(texts_unclean)   /* with a NUL or bad UTF-8: no text for most databases */                \
    X(texts_date)      /* YYYY-MM-DD, a day that exists */                                      \
    X(texts_timestamp) /* YYYY-MM-DD HH:MM:SS[.ffffff], nothing else */                         \
    X(texts_time)      /* HH:MM:SS[.ffffff] */                                                  \
    X(texts_zoned)     /* a timestamp with T, Z or an offset: left as text, but worth a word */ \
    X(texts_boolean)   /* true, false, t, f in any case */                                      \
    X(texts_uuid)      /* 8-4-4-4-12 in lower case */                                           \
    X(texts_json)      /* an object or array that parses */

struct catalog_observed {
#define X(field) int64_t field;
    OBSERVED_COUNTS(X)
#undef X
    int64_t integer_min, integer_max; /* of integers, when there are any */
    int64_t text_chars_max, text_bytes_max, blob_bytes_max;
    int64_t digits_max;      /* before the point, over integers and finite reals in their shortest decimal form */
    int64_t scale_max;       /* after the point */
    const char *unclean_key; /* key of the first unclean text, as JSON array text */
};

/* The value as connect.h knows it, without including that room. */
void observed_null(struct catalog_observed *o);
void observed_integer(struct catalog_observed *o, int64_t value);
void observed_real(struct catalog_observed *o, double value, const char *text); /* text: its shortest decimal form */
void observed_text(struct catalog_observed *o, const char *text, size_t size);
void observed_blob(struct catalog_observed *o, size_t size);
/* Everything but NULL. */
int64_t observed_values(const struct catalog_observed *o);

/* As if the values of both were in one column. */
void observed_add(struct catalog_observed *sum, const struct catalog_observed *o);

void observed_write(const struct catalog_observed *o, struct buffer *b); /* as member "observed" */
/* In r->arena; NULL with the error set in r when it is no object. */
struct catalog_observed *observed_read(struct read_json *r, const struct read_json_at *at, const json_t *json);

#endif
