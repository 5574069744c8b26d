/* SPDX-License-Identifier: Apache-2.0 */
/* profile_pool.c - open addressing over the profiles' bytes; two that differ in nothing but padding are only kept
 * twice. */
#include "catalog/profile_pool.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"

enum { SLOTS_FIRST = 256 };

void profile_pool_init(struct profile_pool *pool, struct arena *arena)
{
    *pool = (struct profile_pool){ .arena = arena };
}

void profile_pool_finish(struct profile_pool *pool)
{
    free(pool->slots);
    *pool = (struct profile_pool){ 0 };
}

static const struct catalog_profile **slot_of(const struct profile_pool *pool, const struct catalog_profile *wanted)
{
    size_t at = XXH3_64bits(wanted, sizeof *wanted) & (pool->slot_count - 1);
    while (pool->slots[at] != NULL && memcmp(pool->slots[at], wanted, sizeof *wanted) != 0)
        at = (at + 1) & (pool->slot_count - 1);
    return &pool->slots[at];
}

static void grow(struct profile_pool *pool)
{
    const struct catalog_profile **old = pool->slots;
    size_t old_count = pool->slot_count;
    pool->slot_count = old_count == 0 ? SLOTS_FIRST : 2 * old_count;
    pool->slots = mem_zero(pool->slot_count, sizeof *pool->slots);
    for (size_t i = 0; i < old_count; i++)
        if (old[i] != NULL)
            *slot_of(pool, old[i]) = old[i];
    free(old);
}

void profile_pool_give(struct profile_pool *pool, struct catalog_column *column, const struct catalog_profile *known)
{
    if (column->profile != NULL && column->profile->rows >= 0) {
        *column->profile = *known;
        return;
    }
    if (2 * (pool->count + 1) > pool->slot_count)
        grow(pool);
    const struct catalog_profile **slot = slot_of(pool, known);
    if (*slot == NULL) {
        struct catalog_profile *kept = arena_alloc(pool->arena, sizeof *kept);
        memcpy(kept, known, sizeof *kept);
        *slot = kept;
        pool->count++;
    }
    column->profile = (struct catalog_profile *)*slot;
}
