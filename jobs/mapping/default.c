/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/mapping/default.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "catalog/shape.h"

/* SQLite counts in UTC, to the second; PostgreSQL in the session's zone, to the microsecond. */
static const struct {
    const char *sqlite;
    enum type_name type;
    const char *postgresql;
} clocks[] = {
    { "current_timestamp", TYPE_TIMESTAMP, "date_trunc('second', CURRENT_TIMESTAMP AT TIME ZONE 'UTC')" },
    { "current_timestamp", TYPE_TEXT, "to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')" },
    { "current_date", TYPE_DATE, "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::date" },
    { "current_date", TYPE_TEXT, "to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'YYYY-MM-DD')" },
    { "current_time", TYPE_TIME, "date_trunc('second', CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::time" },
    { "current_time", TYPE_TEXT, "to_char(CURRENT_TIMESTAMP AT TIME ZONE 'UTC', 'HH24:MI:SS')" },
};
static const char *const clock_calls[][2] = {
    { "datetime('now')", "current_timestamp" },
    { "date('now')", "current_date" },
    { "time('now')", "current_time" },
};

static bool is_text(enum type_name name)
{
    return name == TYPE_TEXT || name == TYPE_VARCHAR || name == TYPE_CHAR;
}

/* Without blanks around, and without brackets around something simple. */
static const char *strip(struct arena *arena, const char *text)
{
    text += strspn(text, " \t\r\n");
    size_t size = strlen(text);
    while (size > 0 && strchr(" \t\r\n", text[size - 1]) != NULL)
        size--;
    char *bare = arena_text_n(arena, text, size);
    bool simple = size > 2 && bare[0] == '(' && bare[size - 1] == ')' && strcspn(bare + 1, "()'") == size - 2;
    if (!simple)
        return bare;
    bare[size - 1] = '\0';
    return strip(arena, bare + 1);
}

/* The content of one 'literal' with '' inside; NULL when it is something else. */
static const char *unquote(struct arena *arena, const char *text)
{
    size_t size = strlen(text), used = 0;
    if (size < 2 || text[0] != '\'' || text[size - 1] != '\'')
        return NULL;
    char *plain = arena_alloc(arena, size);
    for (size_t i = 1; i + 1 < size; i++) {
        if (text[i] == '\'' && (text[++i] != '\'' || i + 1 >= size))
            return NULL;
        plain[used++] = text[i];
    }
    plain[used] = '\0';
    return plain;
}

static const char *quote(struct arena *arena, const char *plain)
{
    char *text = arena_alloc(arena, 2 * strlen(plain) + 3), *at = text;
    *at++ = '\'';
    for (; *plain != '\0'; plain++) {
        if (*plain == '\'')
            *at++ = '\'';
        *at++ = *plain;
    }
    *at = '\'';
    return text;
}

static long characters(const char *text)
{
    long count = 0;
    for (; *text != '\0'; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

/* No digit of it would be rounded or refused. */
static bool decimal_fits(const char *plain, const struct type *type)
{
    if (type->precision == 0)
        return true;
    plain += *plain == '-';
    size_t before = strspn(plain, "0123456789"), after = 0;
    if (plain[before] == '.')
        after = strspn(plain + before + 1, "0123456789");
    return before + after + (plain[before] == '.') == strlen(plain) && after <= (size_t)type->scale &&
           before <= (size_t)(type->precision - type->scale);
}

/* A number literal for the type, or NULL. */
static const char *number(struct arena *arena, const char *text, const struct type *type)
{
    bool whole;
    int64_t value = 0;
    if (!shape_is_number(text, strlen(text), &whole))
        return NULL;
    const char *plain = text + (*text == '+');
    bool integer = whole && text_to_int64(plain, INT64_MIN, INT64_MAX, &value);
    switch (type->name) {
    case TYPE_BIGINT:
    case TYPE_INTEGER:
    case TYPE_SMALLINT:
        return integer ? plain : NULL;
    case TYPE_DOUBLE:
        return plain;
    case TYPE_DECIMAL:
        return decimal_fits(plain, type) ? plain : NULL;
    case TYPE_BOOLEAN:
        return !integer || value < 0 || value > 1 ? NULL : value == 1 ? "true" : "false";
    case TYPE_TEXT: /* SQLite writes the number down as text */
        return integer ? arena_format(arena, "'%lld'", (long long)value) : NULL;
    default:
        return NULL;
    }
}

/* A text literal for the type, or NULL. */
static const char *literal(struct arena *arena, const char *plain, const struct type *type)
{
    size_t size = strlen(plain);
    enum shape shape = shape_of(plain, size);
    bool whole;
    switch (type->name) {
    case TYPE_TEXT:
        return quote(arena, plain);
    case TYPE_VARCHAR:
        return type->length == 0 || characters(plain) <= type->length ? quote(arena, plain) : NULL;
    case TYPE_DATE:
        return shape == SHAPE_DATE ? quote(arena, plain) : NULL;
    case TYPE_TIMESTAMP:
        return shape == SHAPE_TIMESTAMP || shape == SHAPE_DATE ? quote(arena, plain) : NULL;
    case TYPE_TIME:
        return shape == SHAPE_TIME ? quote(arena, plain) : NULL;
    case TYPE_JSON:
        return shape == SHAPE_JSON ? quote(arena, plain) : NULL;
    case TYPE_UUID:
        return shape == SHAPE_UUID ? quote(arena, plain) : NULL;
    case TYPE_BOOLEAN:
        return shape == SHAPE_BOOLEAN || strcmp(plain, "0") == 0 || strcmp(plain, "1") == 0 ? quote(arena, plain)
                                                                                            : NULL;
    default: /* a number in quotes: SQLite turns it into a number as it is stored */
        return shape_is_number(plain, size, &whole) ? number(arena, plain, type) : NULL;
    }
}

static const char *now(const char *text, const struct type *type)
{
    enum type_name wanted = is_text(type->name) ? TYPE_TEXT : type->name;
    if (type->name == TYPE_VARCHAR && type->length > 0 && type->length < 19)
        return NULL;
    for (size_t i = 0; i < sizeof clock_calls / sizeof *clock_calls; i++)
        if (strcasecmp(text, clock_calls[i][0]) == 0)
            text = clock_calls[i][1];
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        if (strcasecmp(text, clocks[i].sqlite) == 0 && clocks[i].type == wanted)
            return clocks[i].postgresql;
    return NULL;
}

const char *default_to_postgresql(struct arena *arena, const char *text, const struct type *type, bool *ret_none)
{
    const char *bare = strip(arena, text);
    const char *plain = unquote(arena, bare);
    *ret_none = strcasecmp(bare, "null") == 0;
    if (*ret_none)
        return NULL;
    if (plain != NULL)
        return literal(arena, plain, type);
    if (type->name == TYPE_BOOLEAN && (strcasecmp(bare, "true") == 0 || strcasecmp(bare, "false") == 0))
        return strcasecmp(bare, "true") == 0 ? "true" : "false";
    const char *clock = now(bare, type);
    return clock != NULL ? clock : number(arena, bare, type);
}
