/* SPDX-License-Identifier: Apache-2.0 */
/*
 * numbering.h - the different names among many: what is worked out from a name is worked out once, however many bear
 * it.
 *
 * A thousand tables have "id" and "created_at" a thousand times. Numbers count from 0 in the order in which names come,
 * so that whoever keeps something for each name keeps it in an array. Texts are not copied: they outlive the numbering.
 */
#ifndef CATALOG_NUMBERING_H
#define CATALOG_NUMBERING_H

#include <stddef.h>
#include <stdint.h>

struct numbering {
    struct numbering_slot *slots;
    size_t slot_count, count; /* count: of different names so far */
    uint64_t seed;            /* nobody can prepare names that meet in one slot */
};

void numbering_init(struct numbering *n);
void numbering_finish(struct numbering *n);
size_t numbering_add(struct numbering *n, const char *name);        /* its number; a new one is count - 1 */
size_t numbering_find(const struct numbering *n, const char *name); /* SIZE_MAX: it was never added */

#endif
