/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/moment.h"

#include <string.h>
#include <time.h>

/* count digits at *at; moves it behind them and the character `after` (0: none). */
static bool digits(const char **at, int count, char after, int min, int max, int *ret_value)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    if (value < min || value > max || (after && *(*at)++ != after))
        return false;
    *ret_value = value;
    return true;
}

/* ".5": up to 9 digits, of which the first three count. */
static bool fraction(const char **at, int *ret_ms)
{
    int scale = 100, count = 0;
    *ret_ms = 0;
    if (**at != '.')
        return true;
    for ((*at)++; **at >= '0' && **at <= '9'; (*at)++, scale /= 10, count++)
        *ret_ms += (**at - '0') * scale;
    return count >= 1 && count <= 9;
}

static bool zone(const char *at, int *ret_minutes)
{
    int hours, minutes;
    *ret_minutes = 0;
    if (strcmp(at, "Z") == 0 || strcmp(at, "z") == 0)
        return true;
    char sign = *at;
    if ((sign != '+' && sign != '-') || (at++, !digits(&at, 2, ':', 0, 18, &hours)) ||
        !digits(&at, 2, 0, 0, 59, &minutes) || *at)
        return false;
    *ret_minutes = (hours * 60 + minutes) * (sign == '-' ? -1 : 1);
    return true;
}

bool moment_parse(const char *text, int64_t *ret_unix_ms)
{
    struct tm tm = { 0 };
    int year, ms, minutes;
    const char *at = text;
    if (!digits(&at, 4, '-', 1970, 9999, &year) || !digits(&at, 2, '-', 1, 12, &tm.tm_mon) ||
        !digits(&at, 2, 0, 1, 31, &tm.tm_mday) || (*at != 'T' && *at != 't' && *at != ' '))
        return false;
    at++;
    if (!digits(&at, 2, ':', 0, 23, &tm.tm_hour) || !digits(&at, 2, ':', 0, 59, &tm.tm_min) ||
        !digits(&at, 2, 0, 0, 59, &tm.tm_sec) || !fraction(&at, &ms) || !zone(at, &minutes))
        return false;
    tm.tm_year = year - 1900;
    tm.tm_mon -= 1;
    int month = tm.tm_mon, day = tm.tm_mday;
    int64_t seconds = timegm(&tm);
    if (tm.tm_mon != month || tm.tm_mday != day) /* the 31st of February */
        return false;
    seconds -= minutes * 60;
    if (seconds < 0)
        return false;
    *ret_unix_ms = seconds * 1000 + ms;
    return true;
}
