/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choose.h - the type a column gets in the target. Pure; private to this folder.
 *
 * Where the values were observed (SQLite), a type is only chosen when it has a place for each of them; otherwise the
 * column falls back to what the values are, with a warning that counts. Where they were not, the declared type is true.
 */
#ifndef JOBS_MAPPING_CHOOSE_H
#define JOBS_MAPPING_CHOOSE_H

#include "catalog/catalog.h"
#include "catalog/observed.h"

enum { CHOOSE_NATIVE_SIZE = 256, CHOOSE_WARNINGS_MAX = 4 };

struct choice {
    struct type type;
    char native[CHOOSE_NATIVE_SIZE];           /* as the target spells it */
    bool cast;                                 /* values change their representation on the way */
    const char *warnings[CHOOSE_WARNINGS_MAX]; /* in the arena */
    size_t warning_count;
};

void choice_warn(struct arena *arena, struct choice *choice, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* is_key: the column is part of a primary key or unique one, so equal values must not arise on the way. */
struct choice choose_type(struct arena *arena, const char *source_dialect, const char *target_dialect,
                          const struct catalog_column *column, bool is_key);

/* What fits all the values of these counts, whatever was declared; for columns that a foreign key ties together. */
struct choice choose_for_values(struct arena *arena, const char *target_dialect, const struct catalog_observed *o);

/* Two storage classes in one column that could become equal as text or bytes. */
bool choose_is_mixed(const struct catalog_observed *o);

#endif
