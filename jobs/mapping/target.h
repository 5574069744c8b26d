/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.h - the catalog of a new PostgreSQL target, made from a source's. Private to this folder.
 *
 * columns: which target column each source column became and why, for the result's list. Dropped or changed keys and
 * indexes are diagnostics of the target catalog.
 */
#ifndef JOBS_MAPPING_TARGET_H
#define JOBS_MAPPING_TARGET_H

#include "catalog/catalog.h"
#include "jobs/mapping/choose.h"

/* One table on its way; target is a table of the target catalog, choices has one item a column. */
struct target_table {
    const struct catalog_table *source;
    size_t target; /* its place in the target catalog before that is sorted */
    struct choice *choices;
};

struct target {
    const struct catalog *source;
    struct catalog *catalog;     /* the target's; unsorted */
    struct target_table *tables; /* one for each table of the source, in its order */
};

/* schema NULL: the source's own, or public where the source has none. ERROR_REFUSED for what no target can hold. */
enum error_class target_make(struct arena *arena, const struct catalog *source, const char *schema,
                             struct target *ret_target, struct error *e);

/* target_keys.c: primary keys, uniques, indexes and foreign keys of all tables. */
void target_keys(struct target *target);
/* target_types.c: choices for each column, alike on both sides of a foreign key. */
void target_types(struct target *target);

static inline struct catalog_table *target_table_of(const struct target *target, size_t number)
{
    return &target->catalog->tables[target->tables[number].target];
}

void target_warn(struct target *target, const struct catalog_table *t, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
