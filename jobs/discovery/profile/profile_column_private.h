/* SPDX-License-Identifier: Apache-2.0 */
/* profile_column_private.h - the column in the making, for profile_column.c and profile_end.c. */
#ifndef JOBS_DISCOVERY_PROFILE_PROFILE_COLUMN_PRIVATE_H
#define JOBS_DISCOVERY_PROFILE_PROFILE_COLUMN_PRIVATE_H

#include "jobs/discovery/profile/profile_column.h"

struct profile_text {
    char text[96];
    size_t size;
    bool set;
};

struct profile_form {
    char form[PROFILE_FORMAT_MAX];
    size_t size;
    int64_t rows;
};

struct profile_column {
    bool binary, formats_off;
    size_t samples;
    int64_t rows, nulls, numbers, days, month_first, day_first, either;
    int64_t length_min, length_max, length_sum;
    double squares;
    struct profile_text number_min, number_max, text_min, text_max;
    int day_min[2], day_max[2]; /* day first, month first */
    struct profile_form *forms; /* owned; room doubles at each power of 2 */
    int format_count;
    struct sketch_distinct distinct;
    struct sketch_common common;
    struct sketch_sample sample;
    struct profile_evidence evidence;
};

void profile_text_set(struct profile_text *t, const char *text, size_t size); /* cut on a character */

#endif
