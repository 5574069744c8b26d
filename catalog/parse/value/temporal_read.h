/* SPDX-License-Identifier: Apache-2.0 */
/*
 * temporal_read.h - the pieces of reading a day or a time: a cursor that takes what is there, and the day. For
 * temporal.c, temporal_day.c and temporal_signs.c only.
 */
#ifndef CATALOG_PARSE_VALUE_TEMPORAL_READ_H
#define CATALOG_PARSE_VALUE_TEMPORAL_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "catalog/parse/value/temporal.h"

struct cursor {
    const char *at, *end;
};

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static inline bool take(struct cursor *c, char wanted)
{
    if (c->at == c->end || *c->at != wanted)
        return false;
    c->at++;
    return true;
}

static inline bool take_blanks(struct cursor *c)
{
    const char *from = c->at;
    while (c->at < c->end && *c->at == ' ')
        c->at++;
    return c->at > from;
}

static inline size_t word_size(const struct cursor *c)
{
    const char *at = c->at;
    while (at < c->end && is_letter(*at))
        at++;
    return (size_t)(at - c->at);
}

/* How many digits; 0: no number, or one of more than 4. */
int temporal_take_number(struct cursor *c, int *ret_number);

/* A day of which each part has its sign: 2016年4月6日, 平成28年4月6日, 2016년 4월 6일. false: it is none, nothing is
 * taken. */
bool temporal_read_signs(struct cursor *c, struct temporal *t);
/* A day with its weekday, in any form, or a day and a time without separators; t->layout says which. */
bool temporal_read_day(struct cursor *c, struct temporal *t);
/* Leaves the orders in which the day exists. */
void temporal_keep_orders(struct temporal *t);

#endif
