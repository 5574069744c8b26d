/* SPDX-License-Identifier: Apache-2.0 */
/*
 * number.h - texts that are numbers, in the spellings of many countries. Which of them a column has is decided over all
 * of its values (value.h): "1,234" alone may be two things. Pure. This room only.
 */
#ifndef CATALOG_PARSE_VALUE_NUMBER_H
#define CATALOG_PARSE_VALUE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(ENUM, thousands, decimal), in the order in which they are believed */
#define NUMBER_STYLES(X)            \
    X(NUMBER_PLAIN_POINT, 0, '.')   \
    X(NUMBER_COMMA_POINT, ',', '.') \
    X(NUMBER_PLAIN_COMMA, 0, ',')   \
    X(NUMBER_POINT_COMMA, '.', ',') \
    X(NUMBER_SPACE_POINT, ' ', '.') \
    X(NUMBER_SPACE_COMMA, ' ', ',') \
    X(NUMBER_QUOTE_POINT, '\'', '.')

enum number_style {
#define X(id, thousands, decimal) id,
    NUMBER_STYLES(X)
#undef X
        NUMBER_STYLE_COUNT
};
enum { NUMBER_STYLES_ALL = (1 << NUMBER_STYLE_COUNT) - 1 };

struct number {
    uint16_t styles, fraction; /* bits of number_style: those that it fits; those by which it has a fraction */
    uint16_t loose;            /* those that it fits when groups may be left out */
    uint32_t unit;             /* 0, NUMBER_PERCENT or one bit for a currency */
    bool exponent;
    bool leading_zero; /* "007" */
    bool plus;
    bool spaced;    /* blanks within */
    bool bracketed; /* (5) for -5, or 5- */
    uint8_t digits; /* before the fraction, by the first style that fits; 255 for more */
    bool too_long;  /* a whole number that int64 can't hold */
};
enum { NUMBER_PERCENT = 1 };

bool number_read(const char *text, size_t size, struct number *ret_number);
/* As "-1234.5", when it fits the style; 0 when it does not, or not into the buffer. */
size_t number_spell(const char *text, size_t size, enum number_style style, char *ret_text, size_t room);
char number_thousands(enum number_style style);
char number_decimal(enum number_style style);

#endif
