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
    if (take(c, ','))
        *layout |= TEMPORAL_WEEKDAY_COMMA;
    take_blanks(c);
}

/* 1st 2nd 3rd 4th */
static void take_ordinal(struct cursor *c, uint32_t *layout)
{
    size_t size = word_size(c);
    if (size == 2 && (memcmp(c->at, "st", 2) == 0 || memcmp(c->at, "nd", 2) == 0 || memcmp(c->at, "rd", 2) == 0 ||
                      memcmp(c->at, "th", 2) == 0)) {
        c->at += 2;
        *layout |= TEMPORAL_ORDINAL;
    }
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
    int digits = temporal_take_number(c, &day);
    t->orders = TEMPORAL_MDY;
    if (digits == 4) {
        t->layout |= TEMPORAL_NO_DAY;
        set_parts(t, month, 1, day);
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
    if (!take_year(c, t, &year))
        return false;
    set_parts(t, month, day, year);
    return true;
}

/* 3 Feb 2024, 03-Feb-24, 3rd February 2024, 2024-Feb-03: the number is read */
static bool read_month_second(struct cursor *c, struct temporal *t, int first, int digits)
{
    int month, last;
    uint32_t separator = t->layout & TEMPORAL_SEPARATOR;
    if (!take_month(c, &month, &t->layout))
        return false;
    if (take(c, ','))
        t->layout |= TEMPORAL_COMMA;
    uint32_t again;
    if (!take_separator(c, &again) || again != separator)
        return false;
    if (digits == 4) {
        t->orders = TEMPORAL_YMD;
        int day_digits = temporal_take_number(c, &last);
        set_parts(t, first, month, last);
        return day_digits == 1 || day_digits == 2;
    }
    t->orders = TEMPORAL_DMY;
    if (digits > 2 || !take_year(c, t, &last))
        return false;
    set_parts(t, first, month, last);
    return true;
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
    }
    uint32_t separator;
    if (!take_separator(c, &separator))
        return false;
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
