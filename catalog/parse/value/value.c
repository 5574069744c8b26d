/* SPDX-License-Identifier: Apache-2.0 */
/*
 * value.c - takes values in: each is put in one class and adds to what its column knows. infer.c draws the conclusion.
 *
 * Most values are plain numbers, ISO days or texts of a column that is known to hold text: these are seen without
 * looking at anything twice. Nothing here is wrong for long: a column that turned into text only counts from then on.
 */
#include "catalog/parse/value/value.h"

#include <string.h>

#include "catalog/parse/value/number.h"
#include "catalog/parse/value/temporal.h"
#include "catalog/parse/value/codewords.h"

enum { TEXTS_ENOUGH = 64, VALUE_MAX = 64 };

static bool is_digit(char c)
{
    return (unsigned)(unsigned char)c - '0' < 10U;
}

static void count(struct infer *i, enum infer_class class, const char *text, size_t size)
{
    if (i->counts[class]++ > 0)
        return;
    i->first[class] = i->values;
    size_t cut = size < INFER_EXAMPLE_SIZE ? size : INFER_EXAMPLE_SIZE - 1;
    while (cut < size && cut > 0 && ((unsigned char)text[cut] & 0xC0) == 0x80)
        cut--;
    memcpy(i->example[class], text, cut);
    i->example[class][cut] = '\0';
}

static void add_digits(struct infer *i, uint8_t digits)
{
    if (i->digits_min == 0 || digits < i->digits_min)
        i->digits_min = digits;
    if (digits > i->digits_max)
        i->digits_max = digits;
}

static bool has_check_digit(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t k = 0; k < count; k++) {
        unsigned digit = (unsigned)(digits[count - 1 - k] - '0');
        sum += k % 2 == 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0);
    }
    return sum % 10 == 0;
}

/* [-]digits[.digits] of at most 18 digits: what nearly all numbers are. */
static bool take_plain_number(struct infer *i, const char *text, size_t size)
{
    const char *at = text, *end = text + size;
    bool minus = *at == '-';
    at += minus;
    const char *digits = at;
    while (at < end && is_digit(*at))
        at++;
    size_t whole = (size_t)(at - digits);
    if (whole == 0 || whole > 18)
        return false;
    unsigned fits = NUMBER_STYLES_ALL, fraction = 0;
    bool long_whole = whole > 4;
    if (at < end) {
        if (*at != '.')
            return false;
        const char *point = at++;
        while (at < end && is_digit(*at))
            at++;
        if (at < end)
            return false;
        bool thousands = at - point == 4 && whole <= 3 && *digits != '0';
        fraction =
            1U << NUMBER_PLAIN_POINT | 1U << NUMBER_COMMA_POINT | 1U << NUMBER_SPACE_POINT | 1U << NUMBER_QUOTE_POINT;
        fits = fraction | (thousands ? 1U << NUMBER_POINT_COMMA : 0U);
    }
    unsigned loose = fits;
    if (long_whole)
        fits &= 1U << NUMBER_PLAIN_POINT | 1U << NUMBER_PLAIN_COMMA;
    i->styles_not |= (uint16_t)(NUMBER_STYLES_ALL & ~fits);
    i->loose_not |= (uint16_t)(NUMBER_STYLES_ALL & ~loose);
    i->styles_fraction |= (uint16_t)fraction;
    i->leading_zeros |= whole > 1 && *digits == '0';
    add_digits(i, (uint8_t)whole);
    if (whole >= 14 && size == whole)
        i->luhn += has_check_digit(digits, whole);
    if (size == whole && (whole == 8 || whole == 14) && temporal_is_compact(digits, whole)) {
        i->compact++;
        i->compact_times += whole == 14;
    }
    count(i, INFER_NUMBER, text, size);
    return true;
}

static bool take_any_number(struct infer *i, const char *text, size_t size)
{
    struct number n;
    if (!number_read(text, size, &n))
        return false;
    i->styles_not |= (uint16_t)(NUMBER_STYLES_ALL & ~n.styles);
    i->loose_not |= (uint16_t)(NUMBER_STYLES_ALL & ~n.loose);
    i->styles_fraction |= n.fraction;
    i->units |= n.unit;
    i->exponent |= n.exponent;
    i->leading_zeros |= n.leading_zero;
    i->plus |= n.plus;
    i->spaced |= n.spaced;
    i->bracketed |= n.bracketed;
    i->too_long |= n.too_long;
    add_digits(i, n.digits);
    count(i, INFER_NUMBER, text, size);
    return true;
}

static bool take_temporal(struct infer *i, const char *text, size_t size)
{
    struct temporal t;
    if (!temporal_read(text, size, &t))
        return false;
    if (i->counts[INFER_TEMPORAL] == 0) {
        i->layout = t.layout;
    } else {
        uint32_t differs = i->layout ^ t.layout, months = TEMPORAL_MONTH_SHORT | TEMPORAL_MONTH_LONG;
        if ((i->layout & months) && (t.layout & i->layout & months)) { /* "May" is of both kinds */
            i->layout &= t.layout | ~months;
            differs &= ~months;
        }
        i->layout_varies |= differs;
        i->layout |= t.layout & ~months;
    }
    i->orders_not |= TEMPORAL_ORDERS & ~(uint32_t)t.orders;
    bool day = t.layout & TEMPORAL_DATE, time = t.layout & TEMPORAL_TIME;
    i->dates += day && !time;
    i->times += time && !day;
    i->datetimes += day && time;
    if (time && (t.layout & TEMPORAL_ZONE))
        i->zoned++;
    else if (time)
        i->unzoned++;
    if (t.hour > i->hour_max)
        i->hour_max = (uint8_t)t.hour;
    i->hour_unpadded |= t.hour_unpadded && !(t.layout & TEMPORAL_HALF_DAY);
    count(i, INFER_TEMPORAL, text, size);
    return true;
}

static bool take_word(struct infer *i, const char *text, size_t size)
{
    uint32_t boolean = codewords_boolean(text, size);
    if (boolean != 0) {
        i->booleans |= boolean;
        i->pairs_not |= ~codewords_pairs(boolean);
        count(i, INFER_BOOLEAN, text, size);
        return true;
    }
    if (!codewords_marker(text, size))
        return false;
    count(i, INFER_MARKER, text, size);
    return true;
}

static void take_text(struct infer *i, const char *text, size_t size)
{
    uint64_t texts = ++i->counts[INFER_STRING];
    if (texts == 1) {
        i->counts[INFER_STRING] = 0;
        count(i, INFER_STRING, text, size);
    } else if (texts >= TEXTS_ENOUGH && texts > i->values / 8) {
        i->text = true;
    }
}

void infer_value(struct infer *i, const char *text, size_t size)
{
    i->values++;
    while (size > 0 && (unsigned char)text[size - 1] <= ' ')
        size--;
    while (size > 0 && (unsigned char)*text <= ' ')
        text++, size--;
    if (size == 0 || (size == 2 && text[0] == '\\' && text[1] == 'N')) {
        i->nulls++;
        return;
    }
    if (i->text) {
        i->counts[INFER_STRING]++;
        return;
    }
    if (size <= VALUE_MAX) {
        bool digit = is_digit(*text);
        if ((digit || *text == '-') && take_plain_number(i, text, size))
            return;
        if (digit && take_temporal(i, text, size))
            return;
        if (size <= CODEWORDS_SIZE && take_word(i, text, size))
            return;
        if (take_any_number(i, text, size) || (!digit && take_temporal(i, text, size)))
            return;
    }
    take_text(i, text, size);
}

void infer_null(struct infer *i)
{
    i->values++;
    i->nulls++;
}

void infer_native(struct infer *i, enum type_name name)
{
    i->values++;
    if (name == TYPE_STRING)
        take_text(i, "", 0);
    else if (name <= TYPE_OBJECT)
        i->native[name]++;
}
