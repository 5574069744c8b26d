/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complexity.h - one number for "how hard is this schema to understand and to move", 0 (a table) to 10.
 *
 * A sum of parts; each part is its weight times how far the schema is towards `much`, at most all of it:
 *
 *   part           weight  measured by                                                        much
 *   size             2.0   log10(1 + tables)                                                  log10(1001): 1,000 tables
 *   width            1.0   columns a table                                                    40
 *   relationships    2.0   relationships a table                                              2
 *   depth            1.5   layers of the lineage graph above the first                        8
 *   cycles           1.0   circles of foreign keys                                            3
 *   keys             0.5   share of primary keys over several columns                         1
 *   types            1.0   different native types                                             25
 *   logic            1.0   checks, generated columns, views, partial or expression indexes
 *                          and extras (triggers, storage, ...), a table                       2
 */
#ifndef CATALOG_COMPLEXITY_H
#define CATALOG_COMPLEXITY_H

#include "catalog/graph.h"

enum { COMPLEXITY_PARTS = 8 };

struct complexity {
    double score; /* one digit after the point */
    struct {
        const char *name;
        double weight, value, much;
    } parts[COMPLEXITY_PARTS];
};

struct complexity complexity_of(const struct catalog *c, const struct graph *g);
/* {"score","parts":[{"name","value","points"}]} as member `key`. */
void complexity_write(const struct complexity *x, struct buffer *b, const char *key);

#endif
