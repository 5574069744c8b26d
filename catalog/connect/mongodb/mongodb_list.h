/* SPDX-License-Identifier: Apache-2.0 */
/* mongodb_list.h - which databases there are, and which collections. For mongodb_catalog.c and mongodb_probe.c. */
#ifndef CATALOG_CONNECT_MONGODB_MONGODB_LIST_H
#define CATALOG_CONNECT_MONGODB_MONGODB_LIST_H

#include "catalog/connect/mongodb/mongodb.h"

struct mongodb_listing {
    struct mongodb *session;
    const char *database;
    struct mongodb_info {
        bson_t *document;            /* of listCollections; owned */
        bool wanted;                 /* else it is not read, and only its name is taken */
    } * infos;                       /* owned, by name; none of the server's own */
    size_t count, capacity, unclean; /* unclean: names that no server allows */
    bool bare;                       /* names only: what they are is not known */
};
/* mongodb_listing_finish() also after an error. */
enum error_class mongodb_list(struct mongodb *m, const char *database, struct mongodb_listing *ret, struct error *e);
void mongodb_listing_finish(struct mongodb_listing *listing);
/* Those of the user: not the server's own. In the session's arena, sorted. */
enum error_class mongodb_list_databases(struct mongodb *m, struct catalog_names *ret_names, struct error *e);

#endif
