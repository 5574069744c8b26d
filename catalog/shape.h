/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape.h - what a text looks like: a day, a point in time, a UUID, ...
 *
 * Strict on purpose: a shape is only claimed when another database reads the text as exactly the same value. Pure; the
 * first shape of this order that fits.
 */
#ifndef CATALOG_SHAPE_H
#define CATALOG_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

enum shape {
    SHAPE_NONE,
    SHAPE_DATE,      /* YYYY-MM-DD, years 0001-9999, a day that exists */
    SHAPE_TIMESTAMP, /* SHAPE_DATE, one blank, SHAPE_TIME */
    SHAPE_TIME,      /* HH:MM:SS with up to 6 digits after a point; 00:00:00 to 23:59:59.999999 */
    SHAPE_ZONED,     /* a timestamp with T between, or Z or an offset behind */
    SHAPE_BOOLEAN,   /* true false t f, any case */
    SHAPE_UUID,      /* 8-4-4-4-12 hex digits in lower case */
    SHAPE_JSON,      /* an object or an array that parses */
};

enum shape shape_of(const char *text, size_t size);

/* A number as SQL writes it: [+-]digits[.digits][e[+-]digits]. *ret_whole: digits only, sign aside. */
bool shape_is_number(const char *text, size_t size, bool *ret_whole);

#endif
