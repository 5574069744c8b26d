/* SPDX-License-Identifier: Apache-2.0 */
/* numbering.c - open addressing, at most half full; the hash is kept beside the text, so that few texts are compared.
 */
#include "catalog/numbering.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/mem.h"
#include "base/random.h"

enum { SLOTS_FIRST = 256 };

struct numbering_slot {
    const char *name; /* NULL: free */
    uint64_t hash;
    size_t number;
};

void numbering_init(struct numbering *n)
{
    *n = (struct numbering){ .seed = random_u64() };
}

void numbering_finish(struct numbering *n)
{
    free(n->slots);
    *n = (struct numbering){ 0 };
}

/* Where the name is, or would be. */
static struct numbering_slot *slot_of(const struct numbering *n, const char *name, uint64_t hash)
{
    struct numbering_slot *slot = &n->slots[hash & (n->slot_count - 1)];
    while (slot->name != NULL && (slot->hash != hash || strcmp(slot->name, name) != 0))
        slot = slot + 1 < n->slots + n->slot_count ? slot + 1 : n->slots;
    return slot;
}

static void grow(struct numbering *n)
{
    struct numbering_slot *old = n->slots;
    size_t old_count = n->slot_count;
    n->slot_count = old_count == 0 ? SLOTS_FIRST : 2 * old_count;
    n->slots = mem_zero(n->slot_count, sizeof *n->slots);
    for (size_t i = 0; i < old_count; i++)
        if (old[i].name != NULL)
            *slot_of(n, old[i].name, old[i].hash) = old[i];
    free(old);
}

size_t numbering_add(struct numbering *n, const char *name)
{
    uint64_t hash = XXH3_64bits_withSeed(name, strlen(name), n->seed);
    if (2 * (n->count + 1) > n->slot_count)
        grow(n);
    struct numbering_slot *slot = slot_of(n, name, hash);
    if (slot->name == NULL)
        *slot = (struct numbering_slot){ .name = name, .hash = hash, .number = n->count++ };
    return slot->number;
}

size_t numbering_find(const struct numbering *n, const char *name)
{
    if (n->count == 0)
        return SIZE_MAX;
    const struct numbering_slot *slot = slot_of(n, name, XXH3_64bits_withSeed(name, strlen(name), n->seed));
    return slot->name != NULL ? slot->number : SIZE_MAX;
}
