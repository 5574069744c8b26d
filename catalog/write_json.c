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

static void begin(struct buffer *b, const char *key)
{
    char last = b->size > 0 ? b->data[b->size - 1] : '[';
    bool comma = last != '{' && last != '[';
    if (key == NULL) {
        if (comma)
            (void)buffer_char(b, ',');
        return;
    }
    (void)buffer_text(b, comma ? ",\"" : "\"");
    (void)buffer_text(b, key);
    (void)buffer_add(b, "\":", 2);
}

void write_json_open(struct buffer *b, const char *key, char bracket)
{
    begin(b, key);
    (void)buffer_char(b, bracket);
}

void write_json_close(struct buffer *b, char bracket)
{
    (void)buffer_char(b, bracket);
}

void write_json_text(struct buffer *b, const char *key, const char *text)
{
    if (text == NULL)
        return;
    begin(b, key);
    (void)buffer_json_string(b, text, strlen(text));
}

void write_json_integer(struct buffer *b, const char *key, int64_t value)
{
    begin(b, key);
    char digits[24]; /* from behind: printf would be half of a large catalog's time */
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (value < 0)
        digits[--at] = '-';
    (void)buffer_add(b, digits + at, sizeof digits - at);
}

void write_json_real(struct buffer *b, const char *key, double value)
{
    assert(isfinite(value));
    begin(b, key);
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    char *point = strchr(text, ','); /* as some locales write it */
    if (point != NULL)
        *point = '.';
    (void)buffer_text(b, text);
    if (strpbrk(text, ".e") == NULL) /* a real stays a real when it is read back */
        (void)buffer_add(b, ".0", 2);
}

void write_json_boolean(struct buffer *b, const char *key, bool value)
{
    begin(b, key);
    (void)buffer_text(b, value ? "true" : "false");
}

void write_json_true(struct buffer *b, const char *key, bool value)
{
    if (value)
        write_json_boolean(b, key, true);
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
