/* SPDX-License-Identifier: Apache-2.0 */
/* unique.c - a set of hashes that doubles. Two values of one hash only make a key look like none. */
#include "catalog/parse/nested/unique.h"

#include <stdlib.h>

#include "base/mem.h"

enum { SLOTS_FIRST = 64 };

void unique_init(struct unique *u)
{
    *u = (struct unique){ .rising = true, .last = INT64_MIN };
}

void unique_finish(struct unique *u)
{
    free(u->slots);
    u->slots = NULL;
    u->capacity = 0;
}

static uint64_t hash_of(const char *text, size_t size)
{
    uint64_t hash = 14695981039346656037ULL;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211ULL;
    hash ^= hash >> 32;
    hash *= 0x9E3779B97F4A7C15ULL;
    hash ^= hash >> 29;
    return hash != 0 ? hash : 1;
}

/* Whole numbers of up to 18 digits. */
static bool rises(struct unique *u, const char *text, size_t size)
{
    bool minus = size > 0 && text[0] == '-';
    if (size - minus == 0 || size - minus > 18)
        return false;
    int64_t value = 0;
    for (size_t i = minus; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    value = minus ? -value : value;
    bool higher = value > u->last;
    u->last = value;
    return higher;
}

static void lose(struct unique *u)
{
    unique_finish(u);
    u->lost = true;
}

static void put(struct unique *u, uint64_t hash)
{
    size_t at = (size_t)hash & (u->capacity - 1);
    while (u->slots[at] != 0 && u->slots[at] != hash)
        at = (at + 1) & (u->capacity - 1);
    if (u->slots[at] == hash)
        u->lost = true;
    u->slots[at] = hash;
    u->count++;
}

static void grow(struct unique *u)
{
    uint64_t *old = u->slots;
    size_t old_capacity = u->capacity;
    u->capacity = old_capacity == 0 ? SLOTS_FIRST : old_capacity * 2;
    u->slots = mem_zero(u->capacity, sizeof *u->slots);
    u->count = 0;
    for (size_t i = 0; i < old_capacity; i++)
        if (old[i] != 0)
            put(u, old[i]);
    free(old);
}

size_t unique_add(struct unique *u, const char *text, size_t size, size_t bytes_left)
{
    if (u->lost)
        return 0;
    u->rising = u->rising && rises(u, text, size);
    bool full = u->slots == NULL && u->count > 0; /* only the order is watched any more */
    if (!full && u->count * 2 >= u->capacity) {
        size_t more = (u->capacity == 0 ? SLOTS_FIRST : u->capacity) * sizeof *u->slots;
        if (u->count >= UNIQUE_VALUES_MAX || more > bytes_left) {
            if (!u->rising) {
                lose(u);
                return 0;
            }
            unique_finish(u);
            u->count++;
            return 0;
        }
        grow(u);
        put(u, hash_of(text, size));
        if (u->lost)
            lose(u);
        return more;
    }
    if (full && !u->rising) {
        lose(u);
    } else if (!full) {
        put(u, hash_of(text, size));
        if (u->lost)
            lose(u);
    }
    return 0;
}

void unique_merge(struct unique *u, struct unique *other)
{
    if (u->lost || other->lost || (u->count > 0 && u->slots == NULL) || (other->count > 0 && other->slots == NULL)) {
        if (other->count > 0 || other->lost)
            lose(u);
        return;
    }
    u->rising = false;
    for (size_t i = 0; i < other->capacity && !u->lost; i++) {
        if (other->slots[i] == 0)
            continue;
        if (u->count * 2 >= u->capacity)
            grow(u);
        put(u, other->slots[i]);
    }
    if (u->lost || u->count > UNIQUE_VALUES_MAX)
        lose(u);
}

bool unique_holds(const struct unique *u)
{
    return !u->lost && u->count > 0;
}
