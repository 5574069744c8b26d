/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/shape.h"

#include <jansson.h>
#include <string.h>
#include <strings.h>

enum { JSON_MAX = 1 << 20 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads `count` digits at text; -1 when there are fewer. */
static int digits(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static bool is_date(const char *text, size_t size)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (size != 10 || text[4] != '-' || text[7] != '-')
        return false;
    int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

static bool is_time(const char *text, size_t size)
{
    if (size < 8 || size > 15 || text[2] != ':' || text[5] != ':')
        return false;
    int hour = digits(text, 2), minute = digits(text + 3, 2), second = digits(text + 6, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    return size == 8 || (size >= 10 && text[8] == '.' && digits(text + 9, size - 9) >= 0);
}

/* Z, +HH, +HH:MM or +HHMM at the end; *ret_size is what stands before. */
static bool cut_zone(const char *text, size_t size, size_t *ret_size)
{
    if (size > 1 && (text[size - 1] == 'Z' || text[size - 1] == 'z')) {
        *ret_size = size - 1;
        return true;
    }
    for (size_t tail = 3; tail <= 6 && tail < size; tail++) {
        const char *zone = text + size - tail;
        bool shaped = (zone[0] == '+' || zone[0] == '-') && digits(zone + 1, 2) >= 0 &&
                      (tail == 3 || (tail == 5 && digits(zone + 3, 2) >= 0) ||
                       (tail == 6 && zone[3] == ':' && digits(zone + 4, 2) >= 0));
        if (shaped && tail != 4) {
            *ret_size = size - tail;
            return true;
        }
    }
    return false;
}

static bool is_zoned(const char *text, size_t size)
{
    if (size < 19 || size > 35)
        return false;
    size_t plain = size;
    bool zone = cut_zone(text, size, &plain);
    while (zone && plain > 0 && text[plain - 1] == ' ')
        plain--;
    bool letter = text[10] == 'T' || text[10] == 't';
    return (zone || letter) && plain > 11 && (letter || text[10] == ' ') && is_date(text, 10) &&
           is_time(text + 11, plain - 11);
}

static bool is_boolean(const char *text, size_t size)
{
    return (size == 1 && strchr("tTfF", text[0]) != NULL) || (size == 4 && strncasecmp(text, "true", 4) == 0) ||
           (size == 5 && strncasecmp(text, "false", 5) == 0);
}

static bool is_uuid(const char *text, size_t size)
{
    if (size != 36)
        return false;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_digit(text[i]) && !(text[i] >= 'a' && text[i] <= 'f'))
            return false;
    }
    return true;
}

static bool is_json(const char *text, size_t size)
{
    if (size < 2 || size > JSON_MAX || (text[0] != '{' && text[0] != '['))
        return false;
    json_auto_t *tree = json_loadb(text, size, 0, NULL);
    return tree != NULL;
}

enum shape shape_of(const char *text, size_t size)
{
    if (size == 0)
        return SHAPE_NONE;
    if (is_date(text, size))
        return SHAPE_DATE;
    if (size >= 19 && text[10] == ' ' && is_date(text, 10) && is_time(text + 11, size - 11))
        return SHAPE_TIMESTAMP;
    if (is_time(text, size))
        return SHAPE_TIME;
    if (is_zoned(text, size))
        return SHAPE_ZONED;
    if (is_boolean(text, size))
        return SHAPE_BOOLEAN;
    if (is_uuid(text, size))
        return SHAPE_UUID;
    return is_json(text, size) ? SHAPE_JSON : SHAPE_NONE;
}

bool shape_is_number(const char *text, size_t size, bool *ret_whole)
{
    size_t at = size > 0 && (text[0] == '-' || text[0] == '+'), start = at;
    while (at < size && is_digit(text[at]))
        at++;
    size_t count = at - start;
    *ret_whole = at == size && count > 0;
    if (at < size && text[at] == '.') {
        start = ++at;
        while (at < size && is_digit(text[at]))
            at++;
        count += at - start;
    }
    if (count == 0)
        return false;
    if (at < size && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        at += at < size && (text[at] == '-' || text[at] == '+');
        start = at;
        while (at < size && is_digit(text[at]))
            at++;
        if (at == start)
            return false;
    }
    return at == size;
}
