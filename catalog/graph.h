/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph.h - the lineage graph of a catalog: a node a table, an edge a relationship, laid out in layers from left (who
 * is referred to) to right (who refers), after Sugiyama, Tagawa and Toda (1981): circles are cut, layers are longest
 * paths, the order in a layer is settled by a few sweeps of barycentres. Tables without an edge stand in a grid below.
 *
 * The same catalog gives the same picture. Sizes and places are pixels. Time is O((tables + relationships) log tables).
 */
#ifndef CATALOG_GRAPH_H
#define CATALOG_GRAPH_H

#include "base/buffer.h"
#include "catalog/catalog.h"

struct graph_node {
    const struct catalog_table *table;
    unsigned layer, place;   /* place in the layer, from the top */
    int x, y, width, height; /* of the box, from its upper left corner */
    size_t degree;           /* edges at it, circles to itself aside */
};

struct graph_edge {
    size_t from, to; /* nodes: from refers to to */
    const struct catalog_relationship *relationship;
    bool against; /* runs against the layers: part of a circle */
};

struct graph {
    struct graph_node *nodes; /* in the catalog's order of tables */
    size_t node_count;
    struct graph_edge *edges;
    size_t edge_count;
    unsigned layers;
    int width, height;
};

enum { GRAPH_COLUMNS_SHOWN = 12 }; /* of a table in the picture; keys first */

/* c must be sorted. Relationships below confidence_min, or with a table that is not there, are left out. */
struct graph *graph_create(struct arena *arena, const struct catalog *c, double confidence_min);

/* {"nodes":[{"id","schema","table","x","y","width","height","layer","columns","rows"}],
 *  "edges":[{"from","to","from_columns","to_columns","cardinality","confidence","origin"}],"width","height"} */
void graph_write_json(const struct graph *g, struct buffer *b, const char *key); /* as member `key`, NULL: alone */
void graph_write_dot(const struct graph *g, struct buffer *b);
void graph_write_mermaid(const struct graph *g, struct buffer *b); /* erDiagram */
void graph_write_svg(const struct graph *g, struct buffer *b);

#endif
