/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.h - what type the texts of a column have: integer, number, string, date, datetime, time or boolean.
 *
 * One accumulator a column, without allocation: give it every value, ask at the end. A type is claimed only when every
 * value that is not empty has it, in one spelling: day and month, comma and point are decided over the whole column.
 * Codes that only look like numbers stay strings. Empty is null; NA, null, \N and the like are null where everything
 * else has a type, and text among texts. Pure, order-free but for the examples in notes.
 */
#ifndef CATALOG_PARSE_VALUE_VALUE_H
#define CATALOG_PARSE_VALUE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/rows.h"
#include "catalog/type.h"

/* What a value may be; each is counted as one of these. */
enum infer_class { INFER_NUMBER, INFER_TEMPORAL, INFER_BOOLEAN, INFER_MARKER, INFER_STRING, INFER_CLASSES };
enum { INFER_EXAMPLE_SIZE = 32, INFER_NOTE_SIZE = 240, INFER_FORMAT_SIZE = 48 };

/* Zeroed is ready. Fields are this file's, and number.c's and temporal.c's. */
struct infer {
    uint64_t values, nulls; /* all; those that are empty, \N or JSON's null */
    uint64_t counts[INFER_CLASSES];
    uint64_t first[INFER_CLASSES];                   /* which value it was, from 1 */
    char example[INFER_CLASSES][INFER_EXAMPLE_SIZE]; /* the first, cut, NUL-terminated */
    uint64_t native[TYPE_OBJECT + 1];                /* values that were no text, by type */
    uint64_t compact, compact_times;                 /* numbers that are days as YYYYMMDD, times YYYYMMDDHHMMSS */
    uint64_t luhn;                                   /* numbers of 14 to 19 digits with the check digit of cards */
    uint16_t styles_not, styles_fraction;            /* spellings of numbers that some value has not; with a fraction */
    uint16_t loose_not;                              /* those that it has not even when it may leave groups out */
    uint32_t units;                                  /* of numbers: which signs of money, percent */
    bool exponent, leading_zeros, plus, too_long, spaced, bracketed;
    uint8_t digits_min, digits_max;                   /* of numbers, before the point */
    uint32_t layout, layout_varies, orders_not;       /* of days and times: temporal.h */
    uint64_t zoned, unzoned, dates, times, datetimes; /* of INFER_TEMPORAL */
    uint8_t hour_max;
    bool hour_unpadded;
    uint32_t booleans;  /* which words came */
    uint32_t pairs_not; /* of yes and no: those that do not have them all */
    bool text;          /* so many texts that nothing else can come of it: values are only counted */
};

void infer_value(struct infer *i, const char *text, size_t size);
void infer_null(struct infer *i);
/* A value that the format itself gives a type: TYPE_INTEGER, _NUMBER, _BOOLEAN, _ARRAY, _OBJECT, or _STRING for text
 * that is not to be looked into. */
void infer_native(struct infer *i, enum type_name name);

/* The values of both, as if they had been in one column. */
void infer_add(struct infer *sum, const struct infer *i);

/* What else is known about the column; zeroed: nothing. */
struct infer_hint {
    const char *name;   /* of the column: "zip", "phone" are no numbers; NULL: none */
    bool decimal_comma; /* others of the file have one, or their columns are parted by ';' */
    int day_first;      /* others say: 1 day/month, -1 month/day */
};

struct infer_result {
    enum type_name type; /* also TYPE_ARRAY, TYPE_OBJECT when nothing but these came */
    bool nullable;
    bool markers_null; /* NA and the like are null here */
    bool timezone;     /* of datetime: every value says its zone */
    char decimal;      /* ',' or '.'; 0 when the type is no number */
    char thousands;    /* ',' '.' ' ' '\''; 0: none */
    bool percent, money;
    uint8_t style;                  /* of numbers: number.h */
    uint8_t order;                  /* of days, chosen: temporal.h */
    uint32_t layout;                /* of days and times: temporal.h */
    int day_first;                  /* 1 or -1 when the values themselves say so, else 0 */
    char format[INFER_FORMAT_SIZE]; /* of date, datetime, time as strptime has it; "" for ISO 8601 and other types */
    char note[INFER_NOTE_SIZE];     /* why this type; "" when nothing is to be said */
    bool warn;                      /* the note is worth a diagnostic */
};

struct infer_result infer_result(const struct infer *i, const struct infer_hint *hint);
/* The same with nothing known. */
enum type_name infer_type(const struct infer *i);

/* A value of that column as everybody spells it: numbers with a point and nothing else, days and times as ISO 8601,
 * NULL for what is null. Texts stay. `buffer` holds what had to be spelled anew. */
enum { INFER_SPELL_SIZE = 80 };
struct rows_value infer_spell(const struct infer_result *r, const char *text, size_t size,
                              char buffer[static INFER_SPELL_SIZE]);

#endif
