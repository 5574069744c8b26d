/* SPDX-License-Identifier: Apache-2.0 */
/* temporal_spell.c - a day or time as ISO 8601, and the format that its column has. */
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "catalog/parse/value/temporal.h"
#include "catalog/parse/value/temporal_words.h"

static void spell_day(const struct temporal *t, unsigned order, char ret_text[static 16])
{
    int year = order == TEMPORAL_YMD ? t->parts[0] : t->parts[2];
    int month = order == TEMPORAL_MDY ? t->parts[0] : t->parts[1];
    int day = order == TEMPORAL_YMD ? t->parts[2] : order == TEMPORAL_DMY ? t->parts[0] : t->parts[1];
    if (t->layout & TEMPORAL_YEAR_SHORT)
        year += year < 69 ? 2000 : 1900;
    (void)snprintf(ret_text, 16, "%04u-%02u-%02u", (unsigned)year % 10000U, (unsigned)month % 100U,
                   (unsigned)day % 100U);
}

size_t temporal_spell(const struct temporal *t, unsigned order, char *ret_text, size_t room)
{
    char day[16] = "", time[32] = "", zone[8] = "";
    if (!(t->orders & order))
        return 0;
    if (t->layout & TEMPORAL_DATE)
        spell_day(t, order, day);
    if (t->layout & TEMPORAL_TIME)
        (void)snprintf(time, sizeof time, "%s%02u:%02u:%02u%s%s", *day != '\0' ? " " : "", (unsigned)t->hour % 100U,
                       (unsigned)t->minute % 100U, (unsigned)t->second % 100U, *t->fraction != '\0' ? "." : "",
                       t->fraction);
    unsigned minutes = (unsigned)(t->zone_minutes < 0 ? -t->zone_minutes : t->zone_minutes) % 1440U;
    if (t->layout & TEMPORAL_ZONE)
        (void)snprintf(zone, sizeof zone, "%c%02u:%02u", t->zone_minutes < 0 ? '-' : '+', minutes / 60, minutes % 60);
    int size = snprintf(ret_text, room, "%s%s%s", day, time, zone);
    return size > 0 && (size_t)size < room ? (size_t)size : 0;
}

static const char *month_word(uint32_t layout)
{
    if (layout & TEMPORAL_MONTH_LONG)
        return layout & TEMPORAL_MONTH_SHORT ? "%b" : "%B";
    return layout & TEMPORAL_MONTH_SHORT ? "%b" : "%m";
}

/* 2016年4月6日 */
static void format_signs(struct buffer *b, uint32_t layout)
{
    bool han = (layout & TEMPORAL_SEPARATOR) == TEMPORAL_HAN;
    buffer_text(b, han ? "%Y年%m月" : "%Y년 %m월");
    if (!(layout & TEMPORAL_NO_DAY))
        buffer_text(b, han ? "%d日" : " %d일");
}

static void format_day(struct buffer *b, uint32_t layout, unsigned order)
{
    static const char *const separators[] = { "-", "/", ".", " ", "", "", "", "" };
    const char *separator = separators[layout & TEMPORAL_SEPARATOR];
    if ((layout & TEMPORAL_SEPARATOR) >= TEMPORAL_HAN) {
        format_signs(b, layout);
        return;
    }
    if ((layout & TEMPORAL_SEPARATOR) == 2 && (layout & TEMPORAL_ORDINAL))
        separator = ". ";
    if (layout & TEMPORAL_OF)
        separator = " de ";
    const char *year = layout & TEMPORAL_YEAR_SHORT ? "%y" : "%Y", *month = month_word(layout);
    bool point = (layout & TEMPORAL_ORDINAL) && (layout & TEMPORAL_SEPARATOR) == 3 && !(layout & TEMPORAL_OF);
    const char *day = point && order == TEMPORAL_DMY ? "%d." : "%d";
    const char *comma = layout & TEMPORAL_COMMA ? "," : "";
    if (layout & (TEMPORAL_WEEKDAY_LONG | TEMPORAL_WEEKDAY_SHORT))
        buffer_format(b, "%s%s ", layout & TEMPORAL_WEEKDAY_LONG ? "%A" : "%a",
                      layout & TEMPORAL_WEEKDAY_COMMA ? "," : "");
    if ((layout & TEMPORAL_NO_DAY) && order == TEMPORAL_YMD)
        buffer_format(b, "%s%s%s", year, separator, month);
    else if (layout & TEMPORAL_NO_DAY)
        buffer_format(b, "%s%s%s", month, separator, year);
    else if (layout & TEMPORAL_YEAR_LAST)
        buffer_format(b, "%s%s%s", month, separator, day);
    else if (order == TEMPORAL_YMD)
        buffer_format(b, "%s%s%s%s%s", year, separator, month, separator, day);
    else if (order == TEMPORAL_DMY)
        buffer_format(b, "%s%s%s%s%s%s", day, separator, month, comma, separator, year);
    else
        buffer_format(b, "%s%s%s%s%s%s", month, separator, day, comma, separator, year);
}

static void format_time(struct buffer *b, uint32_t layout)
{
    const char *colon = layout & TEMPORAL_COMPACT ? "" : ":";
    buffer_text(b, layout & TEMPORAL_HALF_DAY ? "%I" : "%H");
    if (!(layout & TEMPORAL_NO_MINUTE))
        buffer_format(b, "%s%%M", colon);
    if (layout & TEMPORAL_SECONDS)
        buffer_format(b, "%s%%S%s", colon, layout & TEMPORAL_FRACTION ? ".%f" : "");
    if (layout & TEMPORAL_HALF_DAY)
        buffer_text(b, layout & TEMPORAL_NO_MINUTE ? "%p" : " %p");
    if (layout & TEMPORAL_ZONE_NAME)
        buffer_text(b, " %Z");
    else if (layout & TEMPORAL_ZONE)
        buffer_text(b, "%z");
}

static bool is_iso(uint32_t layout, unsigned order)
{
    uint32_t odd = TEMPORAL_HALF_DAY | TEMPORAL_ZONE_NAME | TEMPORAL_COMPACT | TEMPORAL_JOIN;
    if (layout & odd)
        return false;
    return !(layout & TEMPORAL_DATE) || ((layout & TEMPORAL_DATE_BITS) == TEMPORAL_DATE && order == TEMPORAL_YMD);
}

void temporal_format(uint32_t layout, unsigned order, char *ret_format, size_t room)
{
    struct buffer b;
    *ret_format = '\0';
    if (is_iso(layout, order))
        return;
    buffer_init(&b, room - 1);
    if (layout & TEMPORAL_DATE)
        format_day(&b, layout, order);
    if ((layout & TEMPORAL_DATE) && (layout & TEMPORAL_TIME))
        buffer_text(&b, layout & TEMPORAL_T         ? "T"
                        : layout & TEMPORAL_JOIN    ? ":"
                        : layout & TEMPORAL_COMPACT ? ""
                                                    : " ");
    if (layout & TEMPORAL_TIME)
        format_time(&b, layout);
    if (layout & TEMPORAL_YEAR_LAST)
        buffer_text(&b, " %Y");
    memcpy(ret_format, buffer_view(&b), b.size + 1);
    buffer_finish(&b);
}
