/* SPDX-License-Identifier: Apache-2.0 */
/* temporal_day.c - the forms of a day: numbers in three orders, months in words, without separators, ISO 8601 first. */
#include "catalog/parse/value/temporal_read.h"

#include <string.h>

#include "catalog/parse/value/temporal_words.h"

int temporal_take_number(struct cursor *c, int *ret_number)
{
    int digits = 0, number = 0;
    for (; c->at < c->end && is_digit(*c->at); c->at++, digits++)
        if (digits < 5)
            number = number * 10 + (*c->at - '0');
    *ret_number = number;
    return digits <= 4 ? digits : 0;
}

static bool take_month(struct cursor *c, int *ret_month, uint32_t *layout)
{
    size_t size = word_size(c);
    uint32_t kind;
    if (size == 0 || !temporal_words_month(c->at, size, ret_month, &kind))
        return false;
    *layout |= kind;
    c->at += size;
    if (kind == TEMPORAL_MONTH_SHORT)
        (void)take(c, '.');
    return true;
}

static void take_weekday(struct cursor *c, uint32_t *layout)
{
    size_t size = word_size(c);
    uint32_t kind;
    if (size == 0 || !temporal_words_weekday(c->at, size, &kind))
        return;
    *layout |= kind;
    c->at += size;
    if (c->end - c->at > 6 && memcmp(c->at, "-feira", 6) == 0)
        c->at += 6;
    else if (kind == TEMPORAL_WEEKDAY_SHORT)
        (void)take(c, '.');
    if (take(c, ','))
        *layout |= TEMPORAL_WEEKDAY_COMMA;
    take_blanks(c);
}

/* 1st 2nd 3rd 4th, 1er, 1e, 1\u00BA, 1\u00B0 */
static void take_ordinal(struct cursor *c, uint32_t *layout)
{
    static const char *const endings[] = { "st", "nd", "rd", "th", "er", "e", "\xC2\xBA", "\xC2\xB0" };
    size_t size = word_size(c);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (size != strlen(endings[i]) || memcmp(c->at, endings[i], size) != 0)
            continue;
        c->at += size;
        *layout |= TEMPORAL_ORDINAL;
        return;
    }
}

/* The word between the parts: 27 de octubre de 2015, 3rd of March 2015 */
static void take_of(struct cursor *c, uint32_t *layout)
{
    size_t size = word_size(c);
    if (size == 0 || size >= (size_t)(c->end - c->at) || c->at[size] != ' ' || !temporal_words_of(c->at, size))
        return;
    *layout |= *c->at == 'd' ? TEMPORAL_OF : 0;
    c->at += size;
    take_blanks(c);
}

/* Behind the year: 2016 r., or the point that Hungarian has there. */
static void take_year_word(struct cursor *c)
{
    struct cursor here = *c;
    bool blank = take_blanks(&here);
    size_t size = word_size(&here);
    if (!blank || size == 0 || !temporal_words_year(here.at, size))
        return;
    here.at += size;
    (void)take(&here, '.');
    *c = here;
}

static bool take_separator(struct cursor *c, uint32_t *ret_separator)
{
    static const char separators[] = "-/. ";
    const char *found = c->at < c->end ? memchr(separators, *c->at, 4) : NULL;
    if (found == NULL)
        return false;
    *ret_separator = (uint32_t)(found - separators);
    c->at++;
    if (*found == ' ')
        take_blanks(c);
    return true;
}

static void set_parts(struct temporal *t, int first, int second, int third)
{
    t->parts[0] = first;
    t->parts[1] = second;
    t->parts[2] = third;
}

static bool take_year(struct cursor *c, struct temporal *t, int *ret_year)
{
    (void)take(c, '\''); /* '24 */
    int digits = temporal_take_number(c, ret_year);
    if (digits == 2)
        t->layout |= TEMPORAL_YEAR_SHORT;
    return digits == 4 || digits == 2;
}

/* Feb 3, 2024 - Feb 2024 - Nov 21 17:06:10 2026, whose year is still to come */
static bool read_month_first(struct cursor *c, struct temporal *t)
{
    int month, day, year;
    uint32_t separator;
    if (!take_month(c, &month, &t->layout) || !take_separator(c, &separator))
        return false;
    t->layout |= separator;
    take_of(c, &t->layout);
    int digits = temporal_take_number(c, &day);
    t->orders = TEMPORAL_MDY;
    if (digits == 4) {
        t->layout |= TEMPORAL_NO_DAY;
        set_parts(t, month, 1, day);
        take_year_word(c);
        return true;
    }
    if (digits != 1 && digits != 2)
        return false;
    take_ordinal(c, &t->layout);
    if (take(c, ','))
        t->layout |= TEMPORAL_COMMA;
    if (!take_separator(c, &separator) && !(t->layout & TEMPORAL_COMMA))
        return false;
    if (separator == 3 && c->end - c->at > 5 && (c->at[2] == ':' || c->at[1] == ':')) {
        t->layout |= TEMPORAL_YEAR_LAST;
        set_parts(t, month, day, 0);
        return true;
    }
    take_of(c, &t->layout);
    if (!take_year(c, t, &year))
        return false;
    set_parts(t, month, day, year);
    return true;
}

/* 3 Feb 2024, 03-Feb-24, 03FEB2024, 3rd February 2024, 2024-Feb-03, 2024 Feb: the number is read */
static bool read_month_second(struct cursor *c, struct temporal *t, int first, int digits)
{
    int month, last;
    uint32_t separator = t->layout & TEMPORAL_SEPARATOR, again = 4;
    if (separator == 3)
        take_of(c, &t->layout);
    if (!take_month(c, &month, &t->layout))
        return false;
    if (digits == 4 && c->at == c->end) {
        t->orders = TEMPORAL_YMD;
        t->layout |= TEMPORAL_NO_DAY;
        set_parts(t, first, month, 1);
        return true;
    }
    if (take(c, ','))
        t->layout |= TEMPORAL_COMMA;
    if ((separator != 4 && !take_separator(c, &again)) || again != separator)
        return false;
    if (digits == 4) {
        t->orders = TEMPORAL_YMD;
        int day_digits = temporal_take_number(c, &last);
        set_parts(t, first, month, last);
        if (t->layout & TEMPORAL_ORDINAL)
            (void)take(c, '.');
        return day_digits == 1 || day_digits == 2;
    }
    t->orders = TEMPORAL_DMY;
    if (separator == 3)
        take_of(c, &t->layout);
    if (digits > 2 || !take_year(c, t, &last))
        return false;
    take_year_word(c);
    set_parts(t, first, month, last);
    return true;
}

/* 6. 4. 2016, 2016. 4. 6.: the first number is read, and the point and the blank behind it */
static bool read_spaced_points(struct cursor *c, struct temporal *t, int first, int digits)
{
    int second, third;
    t->layout = (t->layout & ~(uint32_t)TEMPORAL_SEPARATOR) | 2;
    int second_digits = temporal_take_number(c, &second);
    if (second_digits < 1 || second_digits > 2 || !take(c, '.') || !take_blanks(c))
        return false;
    int third_digits = temporal_take_number(c, &third);
    set_parts(t, first, second, third);
    t->orders = digits == 4 ? TEMPORAL_YMD : TEMPORAL_DMY;
    if (digits == 4)
        (void)take(c, '.');
    return digits == 4 ? third_digits == 1 || third_digits == 2 : digits <= 2 && third_digits == 4;
}

static bool read_numbers(struct cursor *c, struct temporal *t, int first, int digits)
{
    int second, third;
    uint32_t separator = t->layout & TEMPORAL_SEPARATOR, again;
    if (separator == 3) /* "1 2 2024" is three numbers */
        return false;
    int second_digits = temporal_take_number(c, &second);
    if (second_digits == 0)
        return false;
    if (!(c->at < c->end && *c->at == "-/."[separator])) {
        t->layout |= TEMPORAL_NO_DAY;
        if (separator == 2 || c->at < c->end)
            return false;
        t->orders = digits == 4 ? TEMPORAL_YMD : TEMPORAL_MDY;
        if (digits == 4)
            set_parts(t, first, second, 1);
        else
            set_parts(t, first, 1, second);
        return (digits == 4 && second_digits == 2) || (digits <= 2 && second_digits == 4);
    }
    if (!take_separator(c, &again))
        return false;
    int third_digits = temporal_take_number(c, &third);
    set_parts(t, first, second, third);
    if (second_digits > 2)
        return false;
    if (digits == 4) {
        t->orders = TEMPORAL_YMD;
        if (separator == 2 && c->end - c->at == 1)
            (void)take(c, '.');
        return third_digits == 1 || third_digits == 2;
    }
    if (digits > 2)
        return false;
    t->orders = TEMPORAL_DMY | TEMPORAL_MDY;
    if (third_digits == 4)
        return true;
    /* two digits everywhere: could be a version or a code, so all three must be padded */
    if (digits != 2 || second_digits != 2 || third_digits != 2) {
        if (separator != 1 || third_digits != 2)
            return false;
    } else {
        t->orders |= TEMPORAL_YMD;
    }
    t->layout |= TEMPORAL_YEAR_SHORT;
    return true;
}

static bool read_compact(struct cursor *c, struct temporal *t, size_t digits)
{
    const char *d = c->at;
    set_parts(t, (d[0] - '0') * 1000 + (d[1] - '0') * 100 + (d[2] - '0') * 10 + (d[3] - '0'),
              (d[4] - '0') * 10 + (d[5] - '0'), (d[6] - '0') * 10 + (d[7] - '0'));
    t->orders = TEMPORAL_YMD;
    t->layout |= 4 | TEMPORAL_DATE;
    c->at += 8;
    bool joined = digits == 8 && take(c, 'T');
    if (digits == 8 && !joined)
        return true;
    if (c->end - c->at < 6)
        return false;
    for (int i = 0; i < 6; i++)
        if (!is_digit(c->at[i]))
            return false;
    t->hour = (c->at[0] - '0') * 10 + (c->at[1] - '0');
    t->minute = (c->at[2] - '0') * 10 + (c->at[3] - '0');
    t->second = (c->at[4] - '0') * 10 + (c->at[5] - '0');
    c->at += 6;
    t->layout |= TEMPORAL_TIME | TEMPORAL_SECONDS | TEMPORAL_COMPACT | (joined ? TEMPORAL_T : 0);
    return true;
}

static bool read_other_day(struct cursor *c, struct temporal *t)
{
    t->layout |= TEMPORAL_DATE;
    if (temporal_read_signs(c, t))
        return true;
    if (c->at < c->end && is_letter(*c->at))
        return read_month_first(c, t);
    const char *from = c->at;
    int first;
    int digits = temporal_take_number(c, &first);
    size_t length = (size_t)(c->at - from);
    if (length == 8 || length == 14) {
        c->at = from;
        return read_compact(c, t, length);
    }
    if (digits == 0)
        return false;
    take_ordinal(c, &t->layout);
    if (c->end - c->at > 2 && c->at[0] == '.' && c->at[1] == ' ') {
        t->layout |= TEMPORAL_ORDINAL;
        c->at++;
        if (c->end - c->at > 1 && is_digit(c->at[1])) {
            c->at++;
            return read_spaced_points(c, t, first, digits);
        }
    }
    uint32_t separator;
    if (!take_separator(c, &separator)) {
        if (digits != 2 || c->at == c->end || !is_letter(*c->at))
            return false;
        separator = 4; /* 03FEB2024 */
    }
    t->layout |= separator;
    return c->at < c->end && is_letter(*c->at) ? read_month_second(c, t, first, digits)
                                               : read_numbers(c, t, first, digits);
}

static bool day_exists(int year, int month, int day)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

void temporal_keep_orders(struct temporal *t)
{
    static const struct {
        uint8_t order, year, month, day;
    } orders[] = { { TEMPORAL_YMD, 0, 1, 2 }, { TEMPORAL_DMY, 2, 1, 0 }, { TEMPORAL_MDY, 2, 0, 1 } };
    for (size_t i = 0; i < 3; i++) {
        int year = t->parts[orders[i].year];
        if (t->layout & TEMPORAL_YEAR_SHORT)
            year += year < 69 ? 2000 : 1900;
        if ((t->orders & orders[i].order) && !day_exists(year, t->parts[orders[i].month], t->parts[orders[i].day]))
            t->orders &= (uint8_t)~orders[i].order;
    }
}

/* YYYY-MM-DD and with a time, which most are, without looking at anything else. */
static bool read_iso_day(struct cursor *c, struct temporal *t)
{
    const char *d = c->at;
    if (c->end - d < 10 || d[4] != '-' || d[7] != '-' || (c->end - d > 10 && is_digit(d[10])))
        return false;
    for (int i = 0; i < 10; i++)
        if (i != 4 && i != 7 && !is_digit(d[i]))
            return false;
    set_parts(t, (d[0] - '0') * 1000 + (d[1] - '0') * 100 + (d[2] - '0') * 10 + (d[3] - '0'),
              (d[5] - '0') * 10 + (d[6] - '0'), (d[8] - '0') * 10 + (d[9] - '0'));
    t->orders = TEMPORAL_YMD;
    t->layout = TEMPORAL_DATE;
    c->at += 10;
    return true;
}

bool temporal_read_day(struct cursor *c, struct temporal *t)
{
    if (read_iso_day(c, t))
        return true;
    take_weekday(c, &t->layout);
    return read_other_day(c, t);
}
