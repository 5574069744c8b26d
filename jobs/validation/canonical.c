/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers: sign, significant digits without zeros at either end, and the power of ten: -1200.50 is "-120050e-1" without
 * its last zero, "-12005e-1". So no value is rounded or expanded, and 1e300 costs no more than 1.
 * Moments: "YYYY-MM-DD HH:MM:SS[.f]" in UTC; a T, a Z, an offset of zero, zeros of a fraction and missing seconds or
 * midnight make no difference. JSON: members sorted, no spaces.
 */
#include "jobs/validation/canonical.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "catalog/connect/copytext.h"

enum { EXPONENT_MAX = 1000000, NUMBER_TEXT_MAX = 1 << 20, SHORT_MAX = 64 };

static struct canonical in_scratch(const struct buffer *scratch)
{
    return (struct canonical){ .data = buffer_view(scratch), .size = scratch->size };
}

/* Reads "e+12" up to the end; false when it is something else. */
static bool read_exponent(const char *at, const char *end, long *ret_exponent)
{
    if (at == end) {
        *ret_exponent = 0;
        return true;
    }
    if (*at != 'e' && *at != 'E')
        return false;
    at++;
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    long value = 0;
    const char *first = at;
    for (; at < end && isdigit((unsigned char)*at) && value < EXPONENT_MAX; at++)
        value = value * 10 + (*at - '0');
    *ret_exponent = negative ? -value : value;
    return at == end && at > first;
}

static bool add_exponent(struct buffer *scratch, long exponent)
{
    char space[COPYTEXT_INTEGER_SIZE];
    size_t size;
    const char *digits = copytext_integer(exponent, space, &size);
    return buffer_char(scratch, 'e') && buffer_add(scratch, digits, size);
}

/* false: no decimal number. */
static bool number_of(const char *data, size_t size, struct buffer *scratch)
{
    const char *at = data, *end = data + size;
    bool negative = at < end && *at == '-', point = false, any = false;
    long exponent = 0, after_point = 0, zeros = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (size > NUMBER_TEXT_MAX)
        return false;
    buffer_clear(scratch);
    if (negative)
        buffer_char(scratch, '-');
    size_t sign = scratch->size;
    for (; at < end && (isdigit((unsigned char)*at) || (*at == '.' && !point)); at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        any = true;
        after_point += point;
        if (*at == '0') { /* kept back until a digit follows that matters */
            zeros++;
            continue;
        }
        for (; zeros > 0 && scratch->size > sign; zeros--)
            buffer_char(scratch, '0');
        zeros = 0; /* leading ones don't matter */
        buffer_char(scratch, *at);
    }
    if (!any || !read_exponent(at, end, &exponent))
        return false;
    if (scratch->size == sign) { /* zero has no sign */
        buffer_clear(scratch);
        return buffer_char(scratch, '0');
    }
    return add_exponent(scratch, exponent - after_point + zeros);
}

static struct canonical number_or_text(const char *data, size_t size, struct buffer *scratch)
{
    if (number_of(data, size, scratch))
        return in_scratch(scratch);
    return (struct canonical){ .data = data, .size = size };
}

static bool is_text(const char *data, size_t size, const char *const *list)
{
    for (; *list; list++) {
        if (strlen(*list) == size && strncasecmp(*list, data, size) == 0)
            return true;
    }
    return false;
}

static struct canonical boolean_of(const char *data, size_t size)
{
    static const char *const yes[] = { "1", "t", "true", "y", "yes", "on", NULL };
    static const char *const no[] = { "0", "f", "false", "n", "no", "off", NULL };
    if (is_text(data, size, yes))
        return (struct canonical){ .data = "1", .size = 1 };
    if (is_text(data, size, no))
        return (struct canonical){ .data = "0", .size = 1 };
    return (struct canonical){ .data = data, .size = size };
}

/* Takes "Z", "+00", "+00:00" off the end of a moment. */
static size_t without_utc(const char *data, size_t size)
{
    static const char *const endings[] = { "Z", "+00:00", "+0000", "+00", " UTC" };
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t length = strlen(endings[i]);
        if (size > 10 + length && memcmp(data + size - length, endings[i], length) == 0)
            return size - length;
    }
    return size;
}

/* Zeros at the end of a fraction, and its point. */
static size_t without_zeros(const char *data, size_t size)
{
    if (!memchr(data, '.', size))
        return size;
    while (size > 0 && data[size - 1] == '0')
        size--;
    return size > 0 && data[size - 1] == '.' ? size - 1 : size;
}

/* "####-##-##" and then what `rest` says. */
static bool begins_with_day(const char *data, size_t size)
{
    static const char shape[] = "0000-00-00";
    for (size_t i = 0; i < sizeof shape - 1; i++) {
        if (i >= size || (shape[i] == '0' ? !isdigit((unsigned char)data[i]) : data[i] != shape[i]))
            return false;
    }
    return size == 10 || data[10] == ' ' || data[10] == 'T';
}

static struct canonical moment_of(const char *data, size_t size, struct buffer *scratch)
{
    if (size > SHORT_MAX || !begins_with_day(data, size))
        return (struct canonical){ .data = data, .size = size };
    size = without_zeros(data, without_utc(data, size));
    buffer_clear(scratch);
    buffer_add(scratch, data, size);
    if (size > 10)
        scratch->data[10] = ' ';
    if (size == 16) /* hours and minutes */
        buffer_text(scratch, ":00");
    if (size == 10)
        buffer_text(scratch, " 00:00:00");
    return in_scratch(scratch);
}

/* A day; midnight behind it says nothing, any other time does. */
static struct canonical day_of(const char *data, size_t size, struct buffer *scratch)
{
    struct canonical whole = moment_of(data, size, scratch);
    if (whole.size == 19 && memcmp(whole.data + 10, " 00:00:00", 9) == 0)
        whole.size = 10;
    return whole;
}

static struct canonical json_of(const char *data, size_t size, struct buffer *scratch)
{
    json_auto_t *json = json_loadb(data, size, JSON_DECODE_ANY, NULL);
    char *text = json ? json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    buffer_clear(scratch);
    if (!text || !buffer_text(scratch, text)) {
        free(text);
        return (struct canonical){ .data = data, .size = size };
    }
    free(text);
    return in_scratch(scratch);
}

static struct canonical lower_of(const char *data, size_t size, struct buffer *scratch)
{
    if (size > SHORT_MAX) /* no UUID */
        return (struct canonical){ .data = data, .size = size };
    buffer_clear(scratch);
    buffer_add(scratch, data, size);
    for (size_t i = 0; i < scratch->size; i++)
        scratch->data[i] = (char)tolower((unsigned char)scratch->data[i]);
    return in_scratch(scratch);
}

static struct canonical text_of(enum type_name type, const char *data, size_t size, struct buffer *scratch)
{
    switch (type) {
    case TYPE_BOOLEAN:
        return boolean_of(data, size);
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_DECIMAL:
    case TYPE_REAL:
    case TYPE_DOUBLE:
        return number_or_text(data, size, scratch);
    case TYPE_CHAR: /* blanks at its end are not part of the value */
        while (size > 0 && data[size - 1] == ' ')
            size--;
        return (struct canonical){ .data = data, .size = size };
    case TYPE_DATE:
        return day_of(data, size, scratch);
    case TYPE_TIMESTAMP:
        return moment_of(data, size, scratch);
    case TYPE_TIME:
        return (struct canonical){ .data = data, .size = without_zeros(data, size) };
    case TYPE_JSON:
        return json_of(data, size, scratch);
    case TYPE_UUID:
        return lower_of(data, size, scratch);
    default:
        return (struct canonical){ .data = data, .size = size };
    }
}

struct canonical canonical_of(enum type_name type, const struct connect_value *value, struct buffer *scratch)
{
    char space[CONNECT_REAL_SIZE + COPYTEXT_INTEGER_SIZE];
    const char *number = space;
    size_t size;
    switch (value->type) {
    case CONNECT_INTEGER:
        number = copytext_integer(value->integer, space, &size);
        break;
    case CONNECT_REAL:
        connect_real_text(value->real, space);
        size = strlen(space);
        break;
    default:
        return text_of(type, value->data, value->size, scratch);
    }
    struct canonical c = text_of(type, number, size, scratch);
    if (c.data >= space && c.data < space + sizeof space) { /* as it is: move it out of this frame */
        buffer_clear(scratch);
        buffer_add(scratch, c.data, c.size);
        c = in_scratch(scratch);
    }
    return c;
}
