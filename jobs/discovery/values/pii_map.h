/* SPDX-License-Identifier: Apache-2.0 */
/* pii_map.h - words to bits: a hash table over constant texts, which it does not own. Private to this folder. */
#ifndef JOBS_DISCOVERY_VALUES_PII_MAP_H
#define JOBS_DISCOVERY_VALUES_PII_MAP_H

#include <stddef.h>
#include <stdint.h>

struct pii_map_slot {
    const char *word; /* not terminated; NULL: free */
    uint32_t size, bits;
};

struct pii_map {
    struct pii_map_slot *slots; /* owned */
    size_t capacity, count;
};

void pii_map_init(struct pii_map *map);
void pii_map_finish(struct pii_map *map);
/* Joins the bits with those the word has. */
void pii_map_add(struct pii_map *map, const char *word, size_t size, uint32_t bits);
/* Every word of the line, parted by the separator. */
void pii_map_add_line(struct pii_map *map, const char *line, char separator, uint32_t bits);
uint32_t pii_map_find(const struct pii_map *map, const char *word, size_t size); /* 0: not there */

#endif
