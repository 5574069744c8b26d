/* SPDX-License-Identifier: Apache-2.0 */
/*
 * temporal.h - texts that are days, times of day or both, in the spellings people use. Where day and month can't be
 * told apart both orders are given: the column decides (value.h). Only days that exist. Pure. This room only.
 */
#ifndef CATALOG_PARSE_VALUE_TEMPORAL_H
#define CATALOG_PARSE_VALUE_TEMPORAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The layout of a text, in bits. A column's values must agree in TEMPORAL_DATE_BITS; "May" agrees with both kinds of
 * month. */
enum {
    TEMPORAL_SEPARATOR = 0x7, /* between parts of the day: index into "-/. ", 4 for none, or the two below */
    TEMPORAL_HAN = 5,         /* 2016年4月6日 */
    TEMPORAL_HANGUL = 6,      /* 2016년 4월 6일 */
    TEMPORAL_MONTH_SHORT = 0x8,
    TEMPORAL_MONTH_LONG = 0x10, /* neither: in digits; both: "May" */
    TEMPORAL_YEAR_SHORT = 0x20,
    TEMPORAL_WEEKDAY_SHORT = 0x40,
    TEMPORAL_WEEKDAY_LONG = 0x80,
    TEMPORAL_COMMA = 0x100,     /* before the year: "Feb 3, 2024" */
    TEMPORAL_ORDINAL = 0x200,   /* 3rd; 3. Februar; 3. 2. 2016 */
    TEMPORAL_NO_DAY = 0x400,    /* a month of a year */
    TEMPORAL_YEAR_LAST = 0x800, /* behind the time, as ctime() has it */
    TEMPORAL_DATE = 0x1000,
    TEMPORAL_WEEKDAY_COMMA = 0x2000,
    TEMPORAL_OF = 0x4000, /* 3 de mayo de 2016 */
    TEMPORAL_DATE_BITS = 0x7fff,
    TEMPORAL_TIME = 0x10000,
    TEMPORAL_T = 0x20000,    /* between day and time: T; else a blank */
    TEMPORAL_JOIN = 0x40000, /* ':' as in logs of web servers */
    TEMPORAL_SECONDS = 0x80000,
    TEMPORAL_FRACTION = 0x100000,
    TEMPORAL_HALF_DAY = 0x200000, /* AM, PM */
    TEMPORAL_ZONE_Z = 0x400000,
    TEMPORAL_ZONE_OFFSET = 0x800000,
    TEMPORAL_ZONE_NAME = 0x1000000,
    TEMPORAL_ZONE = TEMPORAL_ZONE_Z | TEMPORAL_ZONE_OFFSET | TEMPORAL_ZONE_NAME,
    TEMPORAL_COMPACT = 0x2000000,   /* 20240131T101500 */
    TEMPORAL_NO_MINUTE = 0x4000000, /* 9 pm */
};
/* Orders of the parts of a day. */
enum { TEMPORAL_YMD = 1, TEMPORAL_DMY = 2, TEMPORAL_MDY = 4, TEMPORAL_ORDERS = 7 };

struct temporal {
    uint32_t layout;
    uint8_t orders; /* that are possible; TEMPORAL_YMD when there is no day */
    int parts[3];   /* as they stand; a month that is a word is its number */
    int hour, minute, second, zone_minutes;
    bool hour_unpadded;
    char fraction[10]; /* digits, NUL-terminated, cut */
};

bool temporal_read(const char *text, size_t size, struct temporal *ret_temporal);
/* Is it a day as YYYYMMDD (8 digits) or with a time as YYYYMMDDHHMMSS (14)? Years 1900 to 2099. */
bool temporal_is_compact(const char *digits, size_t size);
/* ISO 8601 by that order; 0 when it does not fit. */
size_t temporal_spell(const struct temporal *t, unsigned order, char *ret_text, size_t room);
/* For strptime(); "" when it is ISO 8601. */
void temporal_format(uint32_t layout, unsigned order, char *ret_format, size_t room);

#endif
