/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_json.c - see write_json.h. Whether a comma is due is seen from the last byte: after an opening bracket, and at
 * the very beginning, none is.
 */
#include "catalog/write_json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MARKS = 4, DIGITS_MAX = 24, REAL_MAX = 40, DECIMALS_SCALE = 1000000 };

/* Comma, key and colon, with room for `more` bytes behind them; NULL: overflow. Nothing is taken yet. */
static char *begin(struct buffer *b, const char *key, size_t size, size_t more)
{
    char last = b->size > 0 ? b->data[b->size - 1] : '[';
    char *at = buffer_room(b, size + ROOM_MARKS + more);
    if (at == NULL)
        return NULL;
    if (last != '{' && last != '[')
        *at++ = ',';
    if (key == NULL)
        return at;
    *at++ = '"';
    memcpy(at, key, size);
    at += size;
    *at++ = '"';
    *at++ = ':';
    return at;
}

static void end(struct buffer *b, const char *at)
{
    buffer_took(b, (size_t)(at - (b->data + b->size)));
}

void write_json_open_n(struct buffer *b, const char *key, size_t size, char bracket)
{
    char *at = begin(b, key, size, 1);
    if (at == NULL)
        return;
    *at++ = bracket;
    end(b, at);
}

void write_json_close(struct buffer *b, char bracket)
{
    (void)buffer_char(b, bracket);
}

void write_json_text_n(struct buffer *b, const char *key, size_t size, const char *text)
{
    char *at = begin(b, key, size, 0);
    if (at == NULL)
        return;
    end(b, at);
    (void)buffer_json_string(b, text, strlen(text));
}

/* The digits of value, from `at` on; returns where they end. printf would be half of a large catalog's time. */
static char *write_digits(char *at, uint64_t value)
{
    char digits[DIGITS_MAX];
    size_t first = sizeof digits;
    do
        digits[--first] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    memcpy(at, digits + first, sizeof digits - first);
    return at + (sizeof digits - first);
}

void write_json_integer_n(struct buffer *b, const char *key, size_t size, int64_t value)
{
    char *at = begin(b, key, size, DIGITS_MAX);
    if (at == NULL)
        return;
    if (value < 0)
        *at++ = '-';
    end(b, write_digits(at, value < 0 ? 0 - (uint64_t)value : (uint64_t)value));
}

/* Confidences and shares: at most six decimals between 0.001 and a million. NULL: it is another number.
 * value * 1000000 is rounded, so that the quotient may be another number than value: then it is no short one. */
static char *write_short(char *at, double value)
{
    if (!(value >= 0.001 && value < DECIMALS_SCALE))
        return NULL;
    uint64_t scaled = (uint64_t)(value * DECIMALS_SCALE + 0.5);
    if ((double)scaled / DECIMALS_SCALE != value)
        return NULL;
    at = write_digits(at, scaled / DECIMALS_SCALE);
    *at++ = '.';
    uint64_t rest = scaled % DECIMALS_SCALE;
    do { /* at least one decimal: a real stays a real when it is read back */
        rest *= 10;
        *at++ = (char)('0' + rest / DECIMALS_SCALE);
        rest %= DECIMALS_SCALE;
    } while (rest > 0);
    return at;
}

static char *write_long(char *at, double value)
{
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(at, REAL_MAX, "%.*g", digits, value);
        if (strtod(at, NULL) == value)
            break;
    }
    char *point = strchr(at, ','); /* as some locales write it */
    if (point != NULL)
        *point = '.';
    bool real = strpbrk(at, ".e") != NULL;
    at += strlen(at);
    if (!real) {
        *at++ = '.';
        *at++ = '0';
    }
    return at;
}

void write_json_real_n(struct buffer *b, const char *key, size_t size, double value)
{
    assert(isfinite(value));
    char *at = begin(b, key, size, REAL_MAX + 2);
    if (at == NULL)
        return;
    char *behind = write_short(at, value);
    end(b, behind != NULL ? behind : write_long(at, value));
}

void write_json_boolean_n(struct buffer *b, const char *key, size_t size, bool value)
{
    char *at = begin(b, key, size, 5);
    if (at == NULL)
        return;
    memcpy(at, value ? "true" : "false", 5);
    end(b, at + (value ? 4 : 5));
}

void write_json_names(struct buffer *b, const char *key, const struct catalog_names *names)
{
    write_json_open(b, key, '[');
    for (size_t i = 0; i < names->count; i++)
        write_json_text(b, NULL, names->items[i]);
    write_json_close(b, ']');
}

void write_json_names_if_any(struct buffer *b, const char *key, const struct catalog_names *names)
{
    if (names->count > 0)
        write_json_names(b, key, names);
}
