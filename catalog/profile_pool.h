/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_pool.h - one profile for all columns of which the same is known.
 *
 * Where no row was looked at, a name and a type say little, and they say the same of thousands of columns. Such a
 * profile is never written to: whoever knows more of a column gives it another one (profile_pool_give()), and whoever
 * reads rows makes one of its own.
 */
#ifndef CATALOG_PROFILE_POOL_H
#define CATALOG_PROFILE_POOL_H

#include "catalog/profile.h"

struct profile_pool {
    struct arena *arena; /* of the profiles */
    const struct catalog_profile **slots;
    size_t slot_count, count;
};

void profile_pool_init(struct profile_pool *pool, struct arena *arena);
void profile_pool_finish(struct profile_pool *pool); /* the profiles stay */
/* What is known of a column now. With rows it is the column's own and is kept as it is; without, it is shared. Texts
 * are compared by address: the same literal, the same text. */
void profile_pool_give(struct profile_pool *pool, struct catalog_column *column, const struct catalog_profile *known);

#endif
