/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile.h - what the rows of a column say: statistics, samples, personal data, quality, how to index it.
 *
 * Filled by jobs/discovery from whatever gave the rows (a live database, a file); a part nobody looked at is left as
 * catalog_profile_create() makes it and is not in the JSON form. Texts are UTF-8 in the catalog's arena. Samples, most
 * common values, min and max are masked before they come here when the column holds personal data. A profile without
 * rows may be that of many columns: it is replaced (profile_pool.h), not written to.
 */
#ifndef CATALOG_PROFILE_H
#define CATALOG_PROFILE_H

#include "catalog/catalog.h"
#include "catalog/read_json.h"

enum { PROFILE_SAMPLES_MAX = 50, PROFILE_COMMON_MAX = 100, PROFILE_CATEGORIES_MAX = 100 };

struct profile_evidence; /* jobs/discovery: what its parts tell each other about a column; never written */

struct profile_value {
    const char *value;
    int64_t rows;
};

struct catalog_profile {
    /* columns[].statistics */
    int64_t rows;                   /* looked at; -1: none of these figures is known */
    int64_t nulls, distinct;        /* -1: not known */
    bool estimated;                 /* from the server's own statistics or a sample: not counted */
    const char *min, *max;          /* as text, in the column's own order */
    int64_t length_min, length_max; /* characters; -1: not known */
    double length_mean;
    struct profile_value *common; /* most common values, most frequent first */
    size_t common_count;
    struct catalog_names samples;
    /* columns[].pii */
    const char *pii_class, *pii_evidence; /* "none", "name", "email", ...; NULL: nobody looked */
    double pii_confidence;
    const char *pii_sensitive; /* class "none", yet it says something about a person: "health", "income"; or NULL */
    /* columns[].quality, 0 to 1 each; -1: not known */
    double completeness, uniqueness, conformity, quality;
    /* columns[].indexing */
    const char *indexing, *indexing_reason;  /* "categorical", "vector", "skip" */
    const struct profile_evidence *evidence; /* NULL: no row was looked at, or the catalog was read from JSON */
};

extern const struct catalog_profile catalog_profile_unknown; /* nothing is known yet */
struct catalog_profile *catalog_profile_create(struct arena *arena);
/* As members of the column's object that is being written; begins each with a comma. */
void profile_write(const struct catalog_profile *p, struct buffer *b);
/* NULL when the column's object has none of its members. */
struct catalog_profile *profile_read(struct read_json *r, const struct read_json_at *at, const json_t *column);

#endif
