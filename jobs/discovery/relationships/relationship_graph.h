/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_graph.h - what the relationships of a catalog show together: tables that refer to one another in a
 * circle, tables that only tie others together. Private to this folder.
 */
#ifndef JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_GRAPH_H
#define JOBS_DISCOVERY_RELATIONSHIPS_RELATIONSHIP_GRAPH_H

#include "catalog/catalog.h"

/* Fills c->cycles and table.junction from c->relationships. scratch: memory until it returns. */
void related_graph(struct catalog *c, struct arena *scratch);

#endif
