/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_evidence.h - what a pass over a column's values leaves for those who judge it later: pii.c, quality.c.
 *
 * Hangs at catalog_profile.evidence, lives in the catalog's arena, never in JSON. Counts are of all rows looked at;
 * what is called `sampled` is of a fair sample of the values. Private to this folder.
 */
#ifndef JOBS_DISCOVERY_PROFILE_PROFILE_EVIDENCE_H
#define JOBS_DISCOVERY_PROFILE_PROFILE_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "jobs/discovery/values/pii_national.h"
#include "jobs/discovery/values/pii_value.h"

/* What a value is, by one quick look; every value but NULL is exactly one. */
enum profile_kind {
    PROFILE_EMPTY,   /* nothing or blanks */
    PROFILE_INTEGER, /* without a zero in front: what has one is a code */
    PROFILE_CODE,    /* digits with a zero in front */
    PROFILE_DECIMAL,
    PROFILE_DATE,
    PROFILE_DATETIME,
    PROFILE_TIME,
    PROFILE_BOOLEAN, /* true, false, yes, no */
    PROFILE_EMAIL,
    PROFILE_URL,
    PROFILE_UUID,
    PROFILE_TEXT,
    PROFILE_KINDS
};

enum { PROFILE_FORMATS = 32, PROFILE_FORMAT_MAX = 40, PROFILE_EXTREMES = 32 };

struct profile_format { /* "AA-9999": letters and digits of a value made one each */
    const char *form;
    int64_t rows;
};

/* Of a whole table; all its columns point to the same. */
struct profile_table {
    int64_t rows, rows_distinct; /* looked at; whole rows that differ, -1: not exactly known */
    int64_t keys_distinct;       /* values of a primary key of several columns that differ, -1: not known */
    bool whole;                  /* every row of the table was seen */
};

struct profile_evidence {
    const struct profile_table *table;
    int64_t values; /* not NULL */
    int64_t kinds[PROFILE_KINDS];
    int64_t padded, placeholders, unclean; /* blanks around; "N/A", "unknown", ...; control signs or bad UTF-8 */
    bool distinct_exact;
    /* numbers */
    double mean, deviation, quartile_low, quartile_high;  /* quartiles of the sample */
    double low[PROFILE_EXTREMES], high[PROFILE_EXTREMES]; /* the smallest and largest, outermost first */
    int64_t negatives, zeros;
    int extremes; /* how many of low and of high */
    /* days, as year * 10000 + month * 100 + day; 0: none */
    int day_min, day_max;
    int64_t days_before_1900, days_far; /* rows; far: the year is 2100 or later */
    /* formats, most frequent first; none when the values have too many */
    const struct profile_format *formats;
    int format_count;
    int64_t formats_rare; /* rows whose format found no place among them */
    /* the sample */
    int64_t sampled, sampled_distinct;
    int64_t shapes[PII_SHAPE_COUNT];
    int64_t nationals[PII_NATIONAL_COUNT];
    int year_low, year_middle, year_high; /* 10th, 50th, 90th of 100 years in order; 0: no dates */
    double length_mean;
    int64_t length_min, length_max; /* of the sample, in bytes */
};

/* Share of the sampled values that have the shape. */
static inline double profile_share(const struct profile_evidence *v, enum pii_shape shape)
{
    return v == NULL || v->sampled == 0 ? 0 : (double)v->shapes[shape] / (double)v->sampled;
}

#endif
