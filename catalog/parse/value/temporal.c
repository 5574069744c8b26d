/* SPDX-License-Identifier: Apache-2.0 */
/*
 * temporal.c - reads a text top-down: weekday, day in one of its forms, what joins it to a time of day, the time, a
 * zone. Days are read in temporal_day.c, words known in temporal_words.c. Anything left over, or a day
 * that does not exist in any order, and it is none.
 */
#include "catalog/parse/value/temporal.h"

#include <string.h>

#include "catalog/parse/value/temporal_read.h"
#include "catalog/parse/value/temporal_words.h"

static bool take_offset(struct cursor *c, int *ret_minutes)
{
    int sign = *c->at == '-' ? -1 : 1, hours, minutes = 0;
    c->at++;
    const char *from = c->at;
    int digits = temporal_take_number(c, &hours);
    if (digits == 4) {
        minutes = hours % 100;
        hours /= 100;
    } else if (digits != 2 || (take(c, ':') && temporal_take_number(c, &minutes) != 2)) {
        return false;
    }
    *ret_minutes = sign * (hours * 60 + minutes);
    return c->at > from && hours <= 15 && minutes < 60;
}

static bool read_zone(struct cursor *c, struct temporal *t)
{
    bool blank = take_blanks(c);
    if (c->at == c->end)
        return !blank;
    if (*c->at == '+' || *c->at == '-') {
        t->layout |= TEMPORAL_ZONE_OFFSET;
        return take_offset(c, &t->zone_minutes);
    }
    size_t size = word_size(c);
    if (size == 0)
        return (t->layout & TEMPORAL_YEAR_LAST) != 0;
    if (size == 1 && (*c->at == 'Z' || *c->at == 'z'))
        t->layout |= TEMPORAL_ZONE_Z;
    else if (temporal_words_zone(c->at, size, &t->zone_minutes))
        t->layout |= TEMPORAL_ZONE_NAME;
    else
        return false;
    c->at += size;
    return true;
}

static bool read_half_day(struct cursor *c, struct temporal *t)
{
    struct cursor here = *c;
    take_blanks(&here);
    char half = here.at < here.end ? (char)(*here.at | 0x20) : 0;
    if (half != 'a' && half != 'p')
        return true;
    here.at++;
    if (take(&here, '.'))
        take_blanks(&here); /* a. m. */
    if (here.at == here.end || (*here.at | 0x20) != 'm')
        return true;
    here.at++;
    (void)take(&here, '.');
    if (word_size(&here) > 0)
        return true;
    if (t->hour < 1 || t->hour > 12)
        return false;
    t->hour = t->hour % 12 + (half == 'p' ? 12 : 0);
    t->layout |= TEMPORAL_HALF_DAY;
    *c = here;
    return true;
}

static bool read_time(struct cursor *c, struct temporal *t)
{
    int digits = temporal_take_number(c, &t->hour);
    if (digits != 1 && digits != 2)
        return false;
    t->hour_unpadded = digits == 1;
    if (!take(c, ':')) {
        t->layout |= TEMPORAL_TIME | TEMPORAL_NO_MINUTE;
        return read_half_day(c, t) && (t->layout & TEMPORAL_HALF_DAY) && read_zone(c, t);
    }
    if (temporal_take_number(c, &t->minute) != 2)
        return false;
    t->layout |= TEMPORAL_TIME;
    if (take(c, ':')) {
        t->layout |= TEMPORAL_SECONDS;
        if (temporal_take_number(c, &t->second) != 2)
            return false;
        if (c->end - c->at > 1 && (*c->at == '.' || *c->at == ',') && is_digit(c->at[1])) {
            t->layout |= TEMPORAL_FRACTION;
            size_t count = 0;
            for (c->at++; c->at < c->end && is_digit(*c->at); c->at++)
                if (count < sizeof t->fraction - 1)
                    t->fraction[count++] = *c->at;
        }
    }
    return read_half_day(c, t) && read_zone(c, t);
}

static bool read_year_last(struct cursor *c, struct temporal *t)
{
    take_blanks(c);
    return temporal_take_number(c, &t->parts[2]) == 4;
}

/* Between day and time: T, blanks, a comma and a blank, the colon of web servers. */
static bool read_join(struct cursor *c, struct temporal *t)
{
    if (t->layout & TEMPORAL_YEAR_LAST)
        return true;
    if (take(c, 'T') || take(c, 't')) {
        t->layout |= TEMPORAL_T;
        return true;
    }
    if ((t->layout & TEMPORAL_MONTH_SHORT) && take(c, ':')) {
        t->layout |= TEMPORAL_JOIN;
        return true;
    }
    bool signs = (t->layout & TEMPORAL_SEPARATOR) >= TEMPORAL_HAN;
    (void)take(c, ',');
    return take_blanks(c) || (signs && c->at < c->end && is_digit(*c->at));
}

static bool has_time_first(const struct cursor *c)
{
    const char *at = c->at;
    for (int digits = 0; digits < 2 && at < c->end && is_digit(*at); digits++)
        at++;
    if (at == c->at || at == c->end)
        return false;
    if (*at == ':')
        return true;
    while (at < c->end && *at == ' ')
        at++;
    return c->end - at >= 2 && memchr("aApP", *at, 4) != NULL && memchr("mM.", at[1], 3) != NULL; /* 9 pm */
}

/* A word alone is none, and most texts are words: nothing else is looked at. */
static bool has_digit(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (is_digit(text[i]))
            return true;
    return false;
}

bool temporal_read(const char *text, size_t size, struct temporal *ret_temporal)
{
    struct cursor c = { text, text + size };
    struct temporal t = { .orders = TEMPORAL_YMD };
    if (size < 3 || size > 64 || !has_digit(text, size))
        return false;
    if (has_time_first(&c)) {
        if (!read_time(&c, &t))
            return false;
    } else {
        if (!temporal_read_day(&c, &t))
            return false;
        if (c.at < c.end && (t.layout & TEMPORAL_NO_DAY))
            return false;
        if (c.at < c.end &&
            !((t.layout & TEMPORAL_COMPACT) ? read_zone(&c, &t) : read_join(&c, &t) && read_time(&c, &t)))
            return false;
        if ((t.layout & TEMPORAL_YEAR_LAST) && !read_year_last(&c, &t))
            return false;
        temporal_keep_orders(&t);
    }
    if (c.at < c.end || t.orders == 0 || t.hour > 23 || t.minute > 59 || t.second > 60)
        return false;
    *ret_temporal = t;
    return true;
}

bool temporal_is_compact(const char *digits, size_t size)
{
    struct cursor c = { digits, digits + size };
    struct temporal t = { .orders = TEMPORAL_YMD };
    if (size != 8 && size != 14)
        return false;
    if (!((digits[0] == '1' && digits[1] == '9') || (digits[0] == '2' && digits[1] == '0')))
        return false;
    if (!temporal_read_day(&c, &t))
        return false;
    temporal_keep_orders(&t);
    return t.orders != 0 && t.hour < 24 && t.minute < 60 && t.second < 60;
}
