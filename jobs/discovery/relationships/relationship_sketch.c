/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/discovery/relationships/relationship_sketch.h"

#include <string.h>

#include "catalog/shape.h"

enum { DIGITS_MAX = 18 };

static uint64_t finish(uint64_t hash)
{
    hash ^= hash >> 33;
    hash *= 0xFF51AFD7ED558CCDu;
    hash ^= hash >> 33;
    hash *= 0xC4CEB9FE1A85EC53u;
    hash ^= hash >> 33;
    return hash != 0 ? hash : 1;
}

/* Blanks at the end are a CHAR's padding; zeros behind the point are a matter of taste. */
static size_t plain_size(const char *text, size_t size)
{
    bool whole;
    while (size > 1 && text[size - 1] == ' ')
        size--;
    if (size > 2 && memchr(text, '.', size) != NULL && memchr(text, 'e', size) == NULL &&
        memchr(text, 'E', size) == NULL && shape_is_number(text, size, &whole)) {
        while (text[size - 1] == '0')
            size--;
        size -= text[size - 1] == '.';
    }
    return size;
}

uint64_t sketch_hash(const char *text, size_t size)
{
    uint64_t hash = 1469598103934665603u;
    size = plain_size(text, size);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
    return finish(hash);
}

uint64_t sketch_mix(uint64_t left, uint64_t right)
{
    return finish(left * 0x9E3779B97F4A7C15u + right);
}

static bool in_level(uint64_t hash, unsigned level)
{
    return level == 0 || hash >> (64 - level) == 0;
}

static uint64_t *slot_of(uint64_t *slots, uint32_t slot_count, uint64_t hash)
{
    uint32_t i = (uint32_t)hash & (slot_count - 1);
    while (slots[i] != 0 && slots[i] != hash)
        i = (i + 1) & (slot_count - 1);
    return &slots[i];
}

/* Half full: twice the room, or when that is used up the next level. */
static void make_room(struct sketch *s, struct arena *arena)
{
    uint64_t *old = s->slots, kept[SKETCH_SLOTS_MAX];
    uint32_t old_count = s->slot_count, count = 0;
    memcpy(kept, old, old_count * sizeof *old);
    if (s->slot_count < SKETCH_SLOTS_MAX) {
        s->slot_count *= 2;
        s->slots = arena_array(arena, s->slot_count, sizeof *s->slots);
    } else {
        s->level++;
        memset(s->slots, 0, s->slot_count * sizeof *s->slots);
    }
    for (uint32_t i = 0; i < old_count; i++)
        if (kept[i] != 0 && in_level(kept[i], s->level)) {
            *slot_of(s->slots, s->slot_count, kept[i]) = kept[i];
            count++;
        }
    s->count = count;
}

void sketch_add_hash(struct sketch *s, struct arena *arena, uint64_t hash)
{
    if (!in_level(hash, s->level))
        return;
    if (s->slots == NULL) {
        s->slot_count = SKETCH_SLOTS_FIRST;
        s->slots = arena_array(arena, s->slot_count, sizeof *s->slots);
    }
    uint64_t *slot = slot_of(s->slots, s->slot_count, hash);
    if (*slot == hash) {
        s->doubled = true;
        return;
    }
    *slot = hash;
    s->count++;
    if (2 * s->count >= s->slot_count)
        make_room(s, arena);
}

static bool read_whole(const char *text, size_t size, int64_t *ret_value)
{
    size_t i = text[0] == '-';
    int64_t value = 0;
    size = plain_size(text, size);
    if (size <= i || size > DIGITS_MAX)
        return false;
    for (; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = 10 * value + (text[i] - '0');
    }
    *ret_value = text[0] == '-' ? -value : value;
    return true;
}

void sketch_add(struct sketch *s, struct arena *arena, const char *text, size_t size)
{
    int64_t value;
    s->rows++;
    if (text == NULL || size == 0) {
        s->nulls++; /* a text file writes NULL as nothing */
        return;
    }
    bool first = s->rows - s->nulls == 1;
    s->bytes += (int64_t)size;
    if ((first || s->numbers) && read_whole(text, size, &value)) {
        s->min = first || value < s->min ? value : s->min;
        s->max = first || value > s->max ? value : s->max;
        s->numbers = true;
    } else {
        s->numbers = false;
    }
    sketch_add_hash(s, arena, sketch_hash(text, size));
}

int64_t sketch_distinct(const struct sketch *s)
{
    return (int64_t)s->count << s->level;
}

void sketch_compare(const struct sketch *from, const struct sketch *to, uint32_t *ret_compared, uint32_t *ret_missing)
{
    unsigned level = from->level > to->level ? from->level : to->level;
    *ret_compared = *ret_missing = 0;
    for (uint32_t i = 0; i < from->slot_count; i++) {
        uint64_t hash = from->slots[i];
        if (hash == 0 || !in_level(hash, level))
            continue;
        ++*ret_compared;
        *ret_missing += to->slots == NULL || *slot_of(to->slots, to->slot_count, hash) == 0;
    }
}
