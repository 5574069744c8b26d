/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quality.h - what is wrong with the rows: findings with how many rows they hit, and a score for each column and table.
 * README.md has the checks and the formula. Private to this folder.
 *
 * After profile_tables() and pii_find(): judges what the pass left, reads no row again, save that a source that can
 * compare by itself (rows_face.contains) is asked for orphans of declared keys nobody counted. No finding shows a value
 * of a person.
 */
#ifndef JOBS_DISCOVERY_QUALITY_QUALITY_H
#define JOBS_DISCOVERY_QUALITY_QUALITY_H

#include "catalog/catalog.h"
#include "catalog/rows.h"
#include "jobs/discovery/watch.h"

enum { QUALITY_FINDINGS_MAX = 200, QUALITY_STALE_DAYS = 365 };

struct quality_options {
    int64_t now_s; /* seconds since 1970, for staleness; 0: the newest day of the catalog stands for today, so
                      that the same rows give the same findings */
    const struct rows_source *rows; /* NULL: orphans stay uncounted where nobody counted them */
    int64_t orphan_rows;            /* a table of more rows is not searched for orphans */
    const struct watch *watch;
};

/* options NULL: none of it. */
enum error_class quality_judge(struct catalog *c, const struct quality_options *options, struct error *e);

#endif
