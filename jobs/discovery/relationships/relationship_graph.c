/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_graph.c - circles and junctions.
 *
 * A circle is a strongly connected component of two tables or more (a table that refers to itself is a hierarchy, not
 * a circle), found by Tarjan's method with a stack of its own, since the depth is the input's. A junction refers to two
 * rows of other tables or more, its references are its primary key or a unique constraint or all it has, and little
 * else is in it.
 */
#include "jobs/discovery/relationships/relationship_graph.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/numbering.h"
#include "jobs/discovery/relationships/relationship_model.h"

enum { OWN_COLUMNS_MAX = 3 }; /* of a junction: a date, a position, a surrogate key */
static const double BELIEVED = 0.5;

struct edge {
    unsigned from, to;
};

struct walk {
    const struct edge *edges;
    size_t *first; /* of a table's edges; first[count] is the end */
    size_t *next;  /* edge to follow next */
    unsigned *order, *low, *stack, *path;
    bool *on_stack;
    size_t stack_count, path_count;
    unsigned counter;
};

static int compare_edges(const void *left, const void *right)
{
    const struct edge *a = left, *b = right;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return (a->to > b->to) - (a->to < b->to);
}

static int compare_numbers(const void *left, const void *right)
{
    const unsigned *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

static void add_cycle(struct catalog *c, unsigned *tables, size_t count)
{
    if (count < 2)
        return;
    struct catalog_names *cycle = catalog_cycle_add(c);
    qsort(tables, count, sizeof *tables, compare_numbers);
    for (size_t i = 0; i < count; i++) {
        const struct catalog_table *t = &c->tables[tables[i]];
        const char *name =
            t->schema != NULL && t->schema[0] != '\0' ? arena_format(c->arena, "%s.%s", t->schema, t->name) : t->name;
        catalog_name_add(c, cycle, name);
    }
}

static void enter(struct walk *w, unsigned table)
{
    w->order[table] = w->low[table] = ++w->counter;
    w->next[table] = w->first[table];
    w->stack[w->stack_count++] = w->path[w->path_count++] = table;
    w->on_stack[table] = true;
}

static void walk_from(struct walk *w, struct catalog *c, unsigned start)
{
    enter(w, start);
    while (w->path_count > 0) {
        unsigned at = w->path[w->path_count - 1];
        if (w->next[at] < w->first[at + 1]) {
            unsigned to = w->edges[w->next[at]++].to;
            if (w->order[to] == 0)
                enter(w, to);
            else if (w->on_stack[to] && w->order[to] < w->low[at])
                w->low[at] = w->order[to];
            continue;
        }
        w->path_count--;
        if (w->path_count > 0 && w->low[at] < w->low[w->path[w->path_count - 1]])
            w->low[w->path[w->path_count - 1]] = w->low[at];
        if (w->low[at] != w->order[at])
            continue;
        size_t first = w->stack_count;
        do
            w->on_stack[w->stack[--first]] = false;
        while (w->stack[first] != at);
        add_cycle(c, w->stack + first, w->stack_count - first);
        w->stack_count = first;
    }
}

static void find_cycles(struct catalog *c, struct arena *scratch, struct edge *edges, size_t count)
{
    size_t tables = c->table_count;
    struct walk w = { .edges = edges,
                      .first = arena_array(scratch, tables + 2, sizeof *w.first),
                      .next = arena_array(scratch, tables + 1, sizeof *w.next),
                      .order = arena_array(scratch, tables + 1, sizeof *w.order),
                      .low = arena_array(scratch, tables + 1, sizeof *w.low),
                      .stack = arena_array(scratch, tables + 1, sizeof *w.stack),
                      .path = arena_array(scratch, tables + 1, sizeof *w.path),
                      .on_stack = arena_array(scratch, tables + 1, sizeof *w.on_stack) };
    if (count > 1)
        qsort(edges, count, sizeof *edges, compare_edges);
    for (size_t i = 0; i < count; i++)
        w.first[edges[i].from + 1]++;
    for (size_t i = 0; i < tables; i++)
        w.first[i + 1] += w.first[i];
    for (unsigned i = 0; i < tables; i++)
        if (w.order[i] == 0)
            walk_from(&w, c, i);
}

/* What is known of the tables' references once the list was walked. */
struct ties {
    unsigned *counts;             /* of each table: references to other tables */
    struct numbering names;       /* of columns */
    struct related_index columns; /* table -> names of the columns that refer */
};

static bool all_tied(const struct ties *ties, unsigned table, const struct catalog_names *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        size_t number = numbering_find(&ties->names, columns->items[i]);
        if (number == SIZE_MAX || !related_index_has(&ties->columns, table, (unsigned)number))
            return false;
    }
    return columns->count > 1;
}

static bool is_junction(const struct catalog_table *t, const struct ties *ties, unsigned table)
{
    size_t tied;
    related_index_find(&ties->columns, table, &tied);
    if (ties->counts[table] < 2 || t->column_count > tied + OWN_COLUMNS_MAX)
        return false;
    if (t->column_count == tied || all_tied(ties, table, &t->primary_key.columns))
        return true;
    for (size_t i = 0; i < t->unique_count; i++)
        if (all_tied(ties, table, &t->uniques[i].columns))
            return true;
    return false;
}

void related_graph(struct catalog *c, struct arena *scratch)
{
    struct edge *edges = arena_array(scratch, c->relationship_count + 1, sizeof *edges);
    struct ties ties = { .counts = arena_array(scratch, c->table_count + 1, sizeof *ties.counts) };
    size_t count = 0;
    numbering_init(&ties.names);
    for (size_t i = 0; i < c->relationship_count; i++) {
        const struct catalog_relationship *r = &c->relationships[i];
        const struct catalog_table *from = catalog_table_find(c, r->from_schema, r->from_table);
        const struct catalog_table *to = catalog_table_find(c, r->to_schema, r->to_table);
        if (from == NULL || to == NULL || from == to || r->confidence < BELIEVED)
            continue;
        struct edge edge = { (unsigned)(from - c->tables), (unsigned)(to - c->tables) };
        edges[count++] = edge;
        ties.counts[edge.from]++;
        for (size_t k = 0; k < r->from_columns.count; k++)
            related_index_add(&ties.columns, scratch, edge.from,
                              (unsigned)numbering_add(&ties.names, r->from_columns.items[k]));
    }
    related_index_sort(&ties.columns);
    for (unsigned i = 0; i < c->table_count; i++)
        c->tables[i].junction = is_junction(&c->tables[i], &ties, i);
    numbering_finish(&ties.names);
    find_cycles(c, scratch, edges, count);
}
