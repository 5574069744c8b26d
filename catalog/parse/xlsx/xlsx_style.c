/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/parse/xlsx/xlsx_style.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalog/parse/xlsx/xlsx_xml.h"

/* Days before 1970 of day 0, by the two counts there are. The first believes in a 29 February 1900, day 60. */
enum { DAYS_1900 = 25569, DAYS_1904 = 24107, DAY_LEAP = 60, DAYS_MAX = 2958466, SECONDS = 86400 };

static void XMLCALL no_doctype(void *parser, const char *name, const char *system, const char *public, int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    XML_StopParser(parser, XML_FALSE);
}

XML_Parser xlsx_xml_create(void *context)
{
    XML_Parser p = XML_ParserCreate(NULL);
    if (p == NULL)
        abort();
    XML_SetUserData(p, context);
    XML_UseParserAsHandlerArg(p);
    XML_SetStartDoctypeDeclHandler(p, no_doctype);
    return p;
}

enum xlsx_style xlsx_style_of_number(long id)
{
    if (id == 22)
        return XLSX_DATETIME;
    if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47) || (id >= 32 && id <= 35))
        return XLSX_TIME;
    return (id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58) ? XLSX_DATE
                                                                                                  : XLSX_PLAIN;
}

/* Letters outside quotes and brackets: y, d are of days; h, s of times; m is of what stands beside it. */
enum xlsx_style xlsx_style_of_code(const char *code)
{
    bool day = false, time = false, month = false;
    for (const char *at = code; *at != '\0' && *at != ';'; at++) {
        if (*at == '\\' && at[1] != '\0') {
            at++;
        } else if (*at == '"' || *at == '[') {
            char close = *at == '"' ? '"' : ']';
            bool elapsed = *at == '[' && strchr("hms", tolower((unsigned char)at[1])) != NULL && at[1] != '\0';
            time |= elapsed && (at[2] == ']' || tolower((unsigned char)at[2]) == tolower((unsigned char)at[1]));
            const char *end = strchr(at + 1, close);
            if (end == NULL)
                break;
            at = end;
        } else {
            char letter = (char)tolower((unsigned char)*at);
            if (letter == 'e' || letter == 'g') /* 0.00E+00, General */
                return XLSX_PLAIN;
            day |= letter == 'y' || letter == 'd';
            time |= letter == 'h' || letter == 's';
            month |= letter == 'm';
        }
    }
    if (day || (month && !time))
        return time ? XLSX_DATETIME : XLSX_DATE;
    return time ? XLSX_TIME : XLSX_PLAIN;
}

/* The day of the proleptic calendar that is so many days after 1970-01-01. */
static void day_of(int64_t days, int *ret_year, unsigned *ret_month, unsigned *ret_day)
{
    days += 719468;
    int64_t era = days / 146097;
    unsigned of_era = (unsigned)(days - era * 146097);
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned shifted = (5 * of_year + 2) / 153;
    *ret_day = of_year - (153 * shifted + 2) / 5 + 1;
    *ret_month = shifted < 10 ? shifted + 3 : shifted - 9;
    *ret_year = (int)(year + era * 400 + (*ret_month <= 2));
}

size_t xlsx_style_spell(enum xlsx_style style, bool from_1904, const char *number, char *ret_text, size_t room)
{
    char *end;
    double value = strtod(number, &end);
    if (end == number || *end != '\0' || !(value >= 0) || value >= DAYS_MAX)
        return 0;
    int64_t days = (int64_t)floor(value), seconds = (int64_t)floor((value - (double)days) * SECONDS + 0.5);
    if (seconds == SECONDS)
        days++, seconds = 0;
    char time[16];
    (void)snprintf(time, sizeof time, "%02u:%02u:%02u", (unsigned)(seconds / 3600) % 24, (unsigned)(seconds / 60) % 60,
                   (unsigned)seconds % 60);
    if (style == XLSX_TIME && days == 0)
        return (size_t)snprintf(ret_text, room, "%s", time);
    if (style == XLSX_TIME)
        return 0; /* a duration of days stays a number */
    int year;
    unsigned month, day;
    int64_t from = from_1904 ? -DAYS_1904 : days < DAY_LEAP ? 1 - DAYS_1900 : -DAYS_1900;
    day_of(days + from, &year, &month, &day);
    bool with_time = style == XLSX_DATETIME || seconds != 0;
    return (size_t)snprintf(ret_text, room, "%04d-%02u-%02u%s%s", year, month, day, with_time ? " " : "",
                            with_time ? time : "");
}
