/* SPDX-License-Identifier: Apache-2.0 */
/* pii_shape_date.c - a day in the notations that data files have. Which of day and month comes first does not matter
 * here: a value counts when one of the two readings is a day. */
#include "jobs/discovery/values/pii_shape.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct reader {
    const char *at, *end;
};

/* Up to 8 digits; the count of them, 0 when there is none or there are more. */
static int number(struct reader *r, int *ret_value)
{
    int count = 0;
    *ret_value = 0;
    for (; r->at < r->end && is_digit(*r->at); r->at++) {
        if (++count > 8)
            return 0;
        *ret_value = *ret_value * 10 + *r->at - '0';
    }
    return count;
}

static int month_name(struct reader *r)
{
    static const char *const names = "janfebmaraprmayjunjulaugsepoctnovdec"
                                     "jan feb mrzaprmaijunjulaugsepoktnovdez";
    char name[3];
    if (r->end - r->at < 3)
        return 0;
    for (int i = 0; i < 3; i++) {
        name[i] = (char)(r->at[i] | 0x20);
        if (name[i] < 'a' || name[i] > 'z')
            return 0;
    }
    int month = 0;
    for (int i = 0; i < 12 && month == 0; i++)
        if (memcmp(names + 3 * i, name, 3) == 0)
            month = i + 1;
    if (month == 0)
        month = memcmp(name, "mrz", 3) == 0   ? 3
                : memcmp(name, "mai", 3) == 0 ? 5
                : memcmp(name, "okt", 3) == 0 ? 10
                : memcmp(name, "dez", 3) == 0 ? 12
                                              : 0;
    while (month != 0 && r->at < r->end && ((*r->at | 0x20) >= 'a' && (*r->at | 0x20) <= 'z'))
        r->at++;
    return month;
}

static bool is_day(int year, int month, int day)
{
    if (year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= (month == 2 ? 28 + leap : 30 + ((month + month / 8) % 2));
}

static void skip(struct reader *r, const char *signs)
{
    while (r->at < r->end && *r->at != '\0' && strchr(signs, *r->at) != NULL)
        r->at++;
}

/* Nothing, or T or a blank and a time of day with whatever zone. */
static bool rest_is_time(struct reader *r, bool *ret_time)
{
    *ret_time = false;
    if (r->at == r->end)
        return true;
    if (*r->at != ' ' && *r->at != 'T')
        return false;
    r->at++;
    if (r->end - r->at < 4 || r->end - r->at > 30)
        return false;
    for (const char *at = r->at; at < r->end; at++) {
        if (!is_digit(*at) && (*at == '\0' || strchr(":. +-ZAPMapmUTCE", *at) == NULL))
            return false;
        *ret_time = *ret_time || (at - r->at < 8 && *at >= '1' && *at <= '9');
    }
    return is_digit(*r->at);
}

static int full_year(int year, int digits)
{
    return digits == 4 ? year : digits == 2 ? year + (year < 30 ? 2000 : 1900) : 0;
}

/* "Dec 31, 1999" */
static bool name_first(struct reader *r, struct pii_date *date)
{
    date->month = month_name(r);
    skip(r, " .");
    if (date->month == 0 || number(r, &date->day) == 0)
        return false;
    skip(r, ", ");
    return number(r, &date->year) == 4;
}

static bool digits_first(struct reader *r, struct pii_date *date)
{
    int first, second = 0, third, count = number(r, &first);
    if (count == 8) {
        *date = (struct pii_date){ .year = first / 10000, .month = first / 100 % 100, .day = first % 100 };
        return date->year >= 1800 && date->year <= 2100;
    }
    if (count == 0 || (count > 2 && count != 4) || r->at == r->end)
        return false;
    char separator = *r->at;
    if (strchr("-/. ", separator) == NULL || separator == '\0')
        return false;
    skip(r, separator == '.' ? ". " : separator == '-' ? "-" : separator == '/' ? "/" : " ");
    int name = r->at < r->end && !is_digit(*r->at) ? month_name(r) : 0;
    int second_count = name == 0 ? number(r, &second) : 2;
    if (second_count == 0 || second_count > 2 || r->at == r->end ||
        (*r->at != separator && *r->at != ' ' && *r->at != ','))
        return false;
    skip(r, name == 0 ? (char[]){ separator, separator == '.' ? ' ' : '\0', '\0' } : "-/. ,");
    int third_count = number(r, &third);
    if (count == 4) {
        *date = (struct pii_date){ .year = first, .month = name == 0 ? second : name, .day = third };
        return third_count >= 1 && third_count <= 2 && separator != ' ';
    }
    if (separator == ' ' && name == 0)
        return false;
    date->year = full_year(third, third_count);
    date->day = first;
    date->month = name == 0 ? second : name;
    if (name != 0 || separator == '.')
        return true;
    date->order = first > 12 ? PII_DATE_DAY_FIRST : second > 12 ? PII_DATE_MONTH_FIRST : PII_DATE_EITHER;
    if (date->order == PII_DATE_MONTH_FIRST) {
        date->day = second;
        date->month = first;
    }
    return true;
}

bool pii_shape_date(const char *text, size_t size, struct pii_date *ret_date)
{
    if (size < 6 || size > 40)
        return false;
    struct reader r = { .at = text, .end = text + size };
    struct pii_date date = { 0 };
    bool read = is_digit(*text) ? digits_first(&r, &date) : name_first(&r, &date);
    if (!read || !is_day(date.year, date.month, date.day) || !rest_is_time(&r, &date.time))
        return false;
    *ret_date = date;
    return true;
}
