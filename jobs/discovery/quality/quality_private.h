/* SPDX-License-Identifier: Apache-2.0 */
/* quality_private.h - one table while it is judged, for the files quality*.c. */
#ifndef JOBS_DISCOVERY_QUALITY_QUALITY_PRIVATE_H
#define JOBS_DISCOVERY_QUALITY_QUALITY_PRIVATE_H

#include "catalog/catalog.h"
#include "catalog/profile.h"
#include "jobs/discovery/profile/profile_evidence.h"

struct quality_table {
    struct catalog *catalog;
    struct catalog_table *table;
    int today;        /* as year * 10000 + month * 100 + day; 0: not known */
    int64_t rows_hit; /* of the column at hand, by findings that are neither of completeness nor of format */
};

/* printf's; column NULL: of the table. Nothing above QUALITY_FINDINGS_MAX. */
void quality_find(struct quality_table *q, const char *check, const char *severity, const struct catalog_column *column,
                  int64_t rows, const char *format, ...) __attribute__((format(printf, 6, 7)));

bool quality_is_key(const struct catalog_table *t, const char *column); /* primary or unique, alone */
bool quality_refers(const struct catalog_table *t, const char *column);
bool quality_is_person(const struct catalog_column *column);
bool quality_has_word(const char *name, const char *const *words); /* NULL-terminated */
int quality_days_between(int from, int upto);                      /* of days written as above */

/* Each adds findings and gives a share of 0 to 1. */
double quality_completeness(struct quality_table *q, const struct catalog_column *column);
double quality_uniqueness(struct quality_table *q, const struct catalog_column *column);
double quality_conformity(struct quality_table *q, const struct catalog_column *column);
/* quality_range.c; they add to rows_hit. */
void quality_range(struct quality_table *q, const struct catalog_column *column);
void quality_outliers(struct quality_table *q, const struct catalog_column *column);
void quality_staleness(struct quality_table *q);

#endif
