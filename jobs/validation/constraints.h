/* SPDX-License-Identifier: Apache-2.0 */
/* constraints.h - are the keys of the mapping's target catalog there, and do foreign keys hold? */
#ifndef JOBS_VALIDATION_CONSTRAINTS_H
#define JOBS_VALIDATION_CONSTRAINTS_H

#include "catalog/catalog.h"
#include "catalog/connect/connect.h"
#include "jobs/validation/findings.h"

struct constraints_count {
    int64_t primary_keys, foreign_keys;
};

/* Compares by columns: names are free. Counts what is there into *count. */
void constraints_check(const struct catalog_table *expected, const struct catalog_table *actual,
                       struct findings *findings, struct constraints_count *count);

/* Rows of the target whose foreign keys lead nowhere, also when the constraint is missing. A key that mapping marked
 * not valid may have as many as the source has: counted there, in table `from`. */
enum error_class constraints_orphans(struct connect *source, const struct catalog_table *from, struct connect *target,
                                     const struct catalog_table *expected, struct arena *arena,
                                     struct findings *findings, struct error *e);

#endif
