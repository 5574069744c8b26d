/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph.c - nodes, edges, and where they stand. Everything is arrays in the arena; no step recurses, so that a chain of
 * 100,000 tables is a long picture and nothing worse.
 */
#include "catalog/graph.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BOX_WIDTH = 240,
    HEAD_HEIGHT = 28,
    ROW_HEIGHT = 18,
    GAP_X = 120,
    GAP_Y = 32,
    MARGIN = 40,
    SWEEPS = 6,
};

/* Edges sorted by one of their ends: those of node n are at[first[n]] .. at[first[n + 1] - 1]. */
struct ends {
    size_t *first, *at;
};

struct layout {
    struct arena *arena;
    struct graph *g;
    struct ends out, in; /* by from and by to, as the layers see them: `against` edges are turned round */
};

/* In the direction of the layers. */
static size_t left_of(const struct graph_edge *e)
{
    return e->against ? e->from : e->to;
}

static size_t right_of(const struct graph_edge *e)
{
    return e->against ? e->to : e->from;
}

static struct ends index_ends(struct layout *l, size_t (*end)(const struct graph_edge *))
{
    const struct graph *g = l->g;
    struct ends ends = { .first = arena_array(l->arena, g->node_count + 2, sizeof(size_t)),
                         .at = arena_array(l->arena, g->edge_count + 1, sizeof(size_t)) };
    for (size_t i = 0; i < g->edge_count; i++)
        ends.first[end(&g->edges[i]) + 2]++;
    for (size_t n = 2; n < g->node_count + 2; n++)
        ends.first[n] += ends.first[n - 1];
    for (size_t i = 0; i < g->edge_count; i++) /* first[n + 1] walks from n's begin to its end */
        ends.at[ends.first[end(&g->edges[i]) + 1]++] = i;
    return ends;
}

static size_t node_of(const struct catalog *c, const char *schema, const char *name)
{
    const struct catalog_table *t = catalog_table_find(c, schema, name);
    return t != NULL ? (size_t)(t - c->tables) : SIZE_MAX;
}

static void fill(struct graph *g, const struct catalog *c, struct arena *arena, double confidence_min)
{
    g->nodes = arena_array(arena, c->table_count + 1, sizeof *g->nodes);
    g->node_count = c->table_count;
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        size_t shown = t->column_count < GRAPH_COLUMNS_SHOWN ? t->column_count : GRAPH_COLUMNS_SHOWN + 1;
        g->nodes[i] = (struct graph_node){ .table = t,
                                           .width = BOX_WIDTH,
                                           .height = HEAD_HEIGHT + ROW_HEIGHT * (int)shown + ROW_HEIGHT / 3 };
    }
    g->edges = arena_array(arena, c->relationship_count + 1, sizeof *g->edges);
    for (size_t i = 0; i < c->relationship_count; i++) {
        const struct catalog_relationship *r = &c->relationships[i];
        size_t from = node_of(c, r->from_schema, r->from_table), to = node_of(c, r->to_schema, r->to_table);
        if (r->confidence < confidence_min || from == SIZE_MAX || to == SIZE_MAX)
            continue;
        g->edges[g->edge_count++] = (struct graph_edge){ .from = from, .to = to, .relationship = r };
        if (from != to) {
            g->nodes[from].degree++;
            g->nodes[to].degree++;
        }
    }
}

/* Depth first from every node; an edge that leads back to where we are coming from closes a circle. */
static void cut_circles(struct layout *l)
{
    struct graph *g = l->g;
    enum { NEW, OPEN, DONE };
    char *state = arena_array(l->arena, g->node_count + 1, 1);
    size_t *stack = arena_array(l->arena, g->node_count + 1, sizeof *stack);
    size_t *next = arena_array(l->arena, g->node_count + 1, sizeof *next);
    for (size_t root = 0; root < g->node_count; root++) {
        size_t depth = 0;
        if (state[root] == NEW)
            stack[depth++] = root;
        while (depth > 0) {
            size_t n = stack[depth - 1];
            if (state[n] == NEW) {
                state[n] = OPEN;
                next[n] = l->out.first[n];
            }
            if (next[n] == l->out.first[n + 1]) {
                state[n] = DONE;
                depth--;
                continue;
            }
            struct graph_edge *e = &g->edges[l->out.at[next[n]++]];
            if (e->to == n)
                continue;
            if (state[e->to] == OPEN)
                e->against = true;
            else if (state[e->to] == NEW)
                stack[depth++] = e->to;
        }
    }
}

/* Who refers to nobody needs no place at the far left: next to the first that refers to it, its line is short. */
static void pull_right(struct layout *l, size_t n)
{
    struct graph_node *node = &l->g->nodes[n];
    unsigned nearest = UINT_MAX;
    if (node->layer > 0)
        return;
    for (size_t k = l->in.first[n]; k < l->in.first[n + 1]; k++) {
        size_t right = right_of(&l->g->edges[l->in.at[k]]);
        if (right != n && l->g->nodes[right].layer < nearest)
            nearest = l->g->nodes[right].layer;
    }
    if (nearest != UINT_MAX)
        node->layer = nearest - 1;
}

/* A table stands one layer right of the rightmost one that it refers to. */
static void assign_layers(struct layout *l)
{
    struct graph *g = l->g;
    size_t *waits = arena_array(l->arena, g->node_count + 1, sizeof *waits);
    size_t *ready = arena_array(l->arena, g->node_count + 1, sizeof *ready);
    size_t head = 0, tail = 0;
    for (size_t i = 0; i < g->edge_count; i++)
        waits[right_of(&g->edges[i])] += g->edges[i].from != g->edges[i].to;
    for (size_t n = 0; n < g->node_count; n++)
        if (waits[n] == 0)
            ready[tail++] = n;
    while (head < tail) {
        size_t n = ready[head++];
        for (size_t k = l->in.first[n]; k < l->in.first[n + 1]; k++) {
            const struct graph_edge *e = &g->edges[l->in.at[k]];
            size_t right = right_of(e);
            if (e->from == e->to)
                continue;
            if (g->nodes[right].layer < g->nodes[n].layer + 1)
                g->nodes[right].layer = g->nodes[n].layer + 1;
            if (--waits[right] == 0)
                ready[tail++] = right;
        }
    }
    for (size_t n = 0; n < g->node_count; n++)
        pull_right(l, n);
    for (size_t n = 0; n < g->node_count; n++)
        if (g->nodes[n].degree > 0 && g->nodes[n].layer >= g->layers)
            g->layers = g->nodes[n].layer + 1;
}

struct seat {
    double weight; /* where its neighbours would like it to be */
    size_t node;
};

static int compare_seats(const void *left, const void *right)
{
    const struct seat *a = left, *b = right;
    int order = (a->weight > b->weight) - (a->weight < b->weight);
    return order != 0 ? order : (a->node > b->node) - (a->node < b->node);
}

/* The mean place of the neighbours on one side; without any it stays where it is. */
static double barycentre(const struct layout *l, size_t n, bool to_the_left)
{
    const struct ends *ends = to_the_left ? &l->out : &l->in;
    double sum = 0;
    size_t count = 0;
    for (size_t k = ends->first[n]; k < ends->first[n + 1]; k++) {
        const struct graph_edge *e = &l->g->edges[ends->at[k]];
        size_t other = to_the_left ? left_of(e) : right_of(e);
        if (other == n)
            continue;
        sum += l->g->nodes[other].place;
        count++;
    }
    return count > 0 ? sum / (double)count : l->g->nodes[n].place;
}

/* seats[first[i]] .. seats[first[i + 1]] are layer i, from the top. */
static void order_layers(struct layout *l, struct seat *seats, const size_t *first)
{
    struct graph *g = l->g;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        bool rightwards = sweep % 2 == 0;
        for (unsigned step = 0; step < g->layers; step++) {
            unsigned layer = rightwards ? step : g->layers - 1 - step;
            size_t count = first[layer + 1] - first[layer];
            struct seat *row = seats + first[layer];
            for (size_t i = 0; i < count; i++)
                row[i].weight = barycentre(l, row[i].node, rightwards);
            if (count > 1)
                qsort(row, count, sizeof *row, compare_seats);
            for (size_t i = 0; i < count; i++)
                g->nodes[row[i].node].place = (unsigned)i;
        }
    }
}

static int height_of(const struct graph *g, const struct seat *seats, size_t count)
{
    int height = 0;
    for (size_t i = 0; i < count; i++)
        height += g->nodes[seats[i].node].height + GAP_Y;
    return height;
}

static void place_layer(struct graph *g, const struct seat *seats, size_t count, int x, int y)
{
    for (size_t i = 0; i < count; i++) {
        struct graph_node *node = &g->nodes[seats[i].node];
        node->x = x;
        node->y = y;
        y += node->height + GAP_Y;
    }
}

/* Each layer a column, centred beside the tallest. Returns where the picture of the layers ends below. */
static int place_layers(struct layout *l)
{
    struct graph *g = l->g;
    size_t *first = arena_array(l->arena, g->layers + 2, sizeof *first);
    struct seat *seats = arena_array(l->arena, g->node_count + 1, sizeof *seats);
    size_t *used = arena_array(l->arena, g->layers + 2, sizeof *used);
    for (size_t n = 0; n < g->node_count; n++)
        if (g->nodes[n].degree > 0)
            first[g->nodes[n].layer + 1]++;
    for (unsigned i = 0; i < g->layers; i++)
        first[i + 1] += first[i];
    for (size_t n = 0; n < g->node_count; n++) {
        struct graph_node *node = &g->nodes[n];
        if (node->degree == 0)
            continue;
        node->place = (unsigned)used[node->layer];
        seats[first[node->layer] + used[node->layer]++].node = n;
    }
    order_layers(l, seats, first);
    int tallest = 0;
    for (unsigned i = 0; i < g->layers; i++) {
        int height = height_of(g, seats + first[i], first[i + 1] - first[i]);
        tallest = tallest > height ? tallest : height;
    }
    for (unsigned i = 0; i < g->layers; i++) {
        size_t count = first[i + 1] - first[i];
        int above = (tallest - height_of(g, seats + first[i], count)) / 2;
        place_layer(g, seats + first[i], count, MARGIN + (int)i * (BOX_WIDTH + GAP_X), MARGIN + above);
    }
    return tallest;
}

/* Tables without an edge, in rows as wide as the layers or about as wide as high. */
static void place_lonely(struct graph *g, int top)
{
    size_t lonely = 0;
    for (size_t n = 0; n < g->node_count; n++)
        lonely += g->nodes[n].degree == 0;
    size_t across = (size_t)ceil(sqrt((double)lonely));
    across = across < g->layers ? g->layers : across;
    int y = MARGIN + top, tallest = 0;
    size_t column = 0;
    for (size_t n = 0; n < g->node_count; n++) {
        struct graph_node *node = &g->nodes[n];
        if (node->degree > 0)
            continue;
        if (column == across) {
            column = 0;
            y += tallest + GAP_Y;
            tallest = 0;
        }
        node->x = MARGIN + (int)column++ * (BOX_WIDTH + GAP_X);
        node->y = y;
        tallest = tallest > node->height ? tallest : node->height;
    }
}

struct graph *graph_create(struct arena *arena, const struct catalog *c, double confidence_min)
{
    struct layout l = { .arena = arena, .g = arena_alloc(arena, sizeof(struct graph)) };
    fill(l.g, c, arena, confidence_min);
    l.out = index_ends(&l, right_of);
    cut_circles(&l);
    l.out = index_ends(&l, right_of);
    l.in = index_ends(&l, left_of);
    assign_layers(&l);
    place_lonely(l.g, place_layers(&l));
    for (size_t n = 0; n < l.g->node_count; n++) {
        const struct graph_node *node = &l.g->nodes[n];
        int right = node->x + node->width + MARGIN, below = node->y + node->height + MARGIN;
        l.g->width = right > l.g->width ? right : l.g->width;
        l.g->height = below > l.g->height ? below : l.g->height;
    }
    return l.g;
}
