/* SPDX-License-Identifier: Apache-2.0 */
/* pii_map.c - open addressing, at most half full. */
#include "jobs/discovery/values/pii_map.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST = 1024 };

void pii_map_init(struct pii_map *map)
{
    *map = (struct pii_map){ 0 };
}

void pii_map_finish(struct pii_map *map)
{
    free(map->slots);
    map->slots = NULL;
    map->capacity = map->count = 0;
}

static struct pii_map_slot *place(const struct pii_map *map, const char *word, size_t size)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)word[i]) * 16777619u;
    size_t at = (hash ^ hash >> 15) & (map->capacity - 1);
    while (map->slots[at].word != NULL && (map->slots[at].size != size || memcmp(map->slots[at].word, word, size) != 0))
        at = (at + 1) & (map->capacity - 1);
    return &map->slots[at];
}

static void grow(struct pii_map *map)
{
    struct pii_map old = *map;
    map->capacity = old.capacity == 0 ? FIRST : old.capacity * 2;
    map->slots = mem_zero(map->capacity, sizeof *map->slots);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].word != NULL)
            *place(map, old.slots[i].word, old.slots[i].size) = old.slots[i];
    free(old.slots);
}

void pii_map_add(struct pii_map *map, const char *word, size_t size, uint32_t bits)
{
    if ((map->count + 1) * 2 > map->capacity)
        grow(map);
    struct pii_map_slot *slot = place(map, word, size);
    map->count += slot->word == NULL;
    slot->word = word;
    slot->size = (uint32_t)size;
    slot->bits |= bits;
}

void pii_map_add_line(struct pii_map *map, const char *line, char separator, uint32_t bits)
{
    while (*line != '\0') {
        const char *end = strchr(line, separator);
        size_t size = end == NULL ? strlen(line) : (size_t)(end - line);
        if (size > 0)
            pii_map_add(map, line, size, bits);
        line += size + (end != NULL);
    }
}

uint32_t pii_map_find(const struct pii_map *map, const char *word, size_t size)
{
    return size == 0 || map->capacity == 0 ? 0 : place(map, word, size)->bits;
}
