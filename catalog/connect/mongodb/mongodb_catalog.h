/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_catalog.h - a catalog that is being made: what mongodb_catalog.c shares with mongodb_collection.c, _index.c,
 * _validator.c and _link.c. `first` is always the place in the catalog of a collection's own table; those below it
 * follow until the next collection is read.
 */
#ifndef CATALOG_CONNECT_MONGODB_MONGODB_CATALOG_H
#define CATALOG_CONNECT_MONGODB_MONGODB_CATALOG_H

#include "catalog/connect/mongodb/mongodb.h"

struct mongodb_link { /* a DBRef that was seen */
    const char *schema, *collection, *path, *to_schema, *to_collection;
    bool several; /* it leads to more than one collection */
};
struct mongodb_reading { /* one catalog that is being made */
    struct mongodb *session;
    struct catalog *catalog;
    struct mongodb_link *links; /* owned */
    size_t link_count, link_capacity;
    const char **names; /* that tables of this database have or will have: a set, NULL is free; owned */
    size_t name_count, name_capacity;
    int64_t sampled; /* collections of which only a sample was seen */
};
void mongodb_name_add(struct mongodb_reading *r, const char *name);
bool mongodb_name_taken(void *reading, const char *name);
/* Reads one collection of listCollections' answer into the catalog. */
enum error_class mongodb_collection_read(struct mongodb_reading *r, struct mongodb_collection *from, const bson_t *info,
                                         struct error *e);
void mongodb_say(struct mongodb_reading *r, const char *severity, const char *table, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* `first`: where in the catalog the collection's own table stands; those below it follow. */
enum error_class mongodb_index_read(struct mongodb_reading *r, const struct mongodb_collection *from, size_t first,
                                    struct error *e);
void mongodb_validator_read(struct mongodb_reading *r, const bson_t *options, size_t first);
void mongodb_link_see(void *reading, const struct mongodb_collection *from, const struct mongodb_reference *reference);
void mongodb_link_make(struct mongodb_reading *r); /* once the catalog is sorted */

#endif
