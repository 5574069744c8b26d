/* SPDX-License-Identifier: Apache-2.0 */
/* difference.h - which rows differ, once the tallies of both sides say that some do: names column and key. */
#ifndef JOBS_VALIDATION_DIFFERENCE_H
#define JOBS_VALIDATION_DIFFERENCE_H

#include "jobs/validation/findings.h"
#include "jobs/validation/tally.h"

/* One table of both sides: the same columns in the same order. */
struct difference_side {
    struct connect *connect;
    const struct catalog_table *table;
    const struct tally *tally;
};

/* Reads both sides once more, only the buckets that differ (as many as memory allows), and adds the first
 * DIFFERENCE_SHOWN rows by key to the findings. */
enum { DIFFERENCE_SHOWN = 10 };
enum error_class difference_find(struct job *job, const struct difference_side *source,
                                 const struct difference_side *target, const struct tally_shape *shape,
                                 struct findings *findings, struct error *e);

#endif
