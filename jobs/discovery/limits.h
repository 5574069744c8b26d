/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits.h - what discovery may cost a source: how many rows it looks at, what it counts, how long it waits.
 *
 * An argument of the job (or an option of `argosy discover`) beats the worker's settings, and these beat what is
 * written here. Pure.
 */
#ifndef JOBS_DISCOVERY_LIMITS_H
#define JOBS_DISCOVERY_LIMITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct discover_limits {
    int64_t sample_rows;         /* looked at in each table; relations look at LIMITS_RELATE times as many */
    int64_t sample_bytes;        /* of the rows of one table that are looked at */
    int64_t count_rows_max;      /* a table of more rows is neither counted nor read whole: estimates stand, marked */
    int64_t inclusion_rows;      /* of a table that may refer to another, compared with its keys */
    int64_t statement_timeout_s; /* 0: none */
    bool scan_limited;           /* SQLite: count_rows_max was asked for, so it holds for the look at all values too */
};

enum { LIMITS_RELATE = 10 };

/* X(name, default, least, most) */
#define DISCOVER_LIMITS(X)                          \
    X(sample_rows, 10000, 1, 10000000)              \
    X(sample_bytes, 67108864, 65536, 1099511627776) \
    X(count_rows_max, 1000000, 0, INT64_C(1) << 53) \
    X(inclusion_rows, 100000, 0, 1000000000)        \
    X(statement_timeout_s, 300, 0, 86400)

struct discover_limits discover_limits_default(void);
/* Members of an object that bear those names; others, and a NULL object, change nothing. */
void discover_limits_read(struct discover_limits *limits, const json_t *object);

#endif
