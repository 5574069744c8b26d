/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph_write.c - the lineage graph as JSON, as DOT (Graphviz) and as a Mermaid entity diagram. The picture itself is
 * graph_svg.c. Names are foreign text: each writer quotes by its language's rule.
 */
#include <ctype.h>
#include <string.h>

#include "catalog/graph.h"
#include "catalog/write_json.h"

/* "schema.table", or the table alone where there are no schemas. */
static const char *id_of(struct buffer *b, const struct catalog_table *t)
{
    buffer_clear(b);
    if (t->schema[0] != '\0')
        (void)buffer_format(b, "%s.", t->schema);
    (void)buffer_text(b, t->name);
    return buffer_view(b);
}

static void write_node(const struct graph_node *node, struct buffer *b, struct buffer *id)
{
    const struct catalog_table *t = node->table;
    write_json_open(b, NULL, '{');
    write_json_text(b, "id", id_of(id, t));
    write_json_text(b, "schema", t->schema);
    write_json_text(b, "table", t->name);
    write_json_integer(b, "x", node->x);
    write_json_integer(b, "y", node->y);
    write_json_integer(b, "width", node->width);
    write_json_integer(b, "height", node->height);
    write_json_integer(b, "layer", node->layer);
    write_json_integer(b, "columns", (int64_t)t->column_count);
    if (t->rows >= 0)
        write_json_integer(b, "rows", t->rows);
    write_json_true(b, "junction", t->junction);
    write_json_close(b, '}');
}

void graph_write_json(const struct graph *g, struct buffer *b, const char *key)
{
    struct buffer id;
    buffer_init(&id, 4 * CATALOG_NAME_MAX);
    write_json_open(b, key, '{');
    write_json_open(b, "nodes", '[');
    for (size_t i = 0; i < g->node_count; i++)
        write_node(&g->nodes[i], b, &id);
    write_json_close(b, ']');
    write_json_open(b, "edges", '[');
    for (size_t i = 0; i < g->edge_count; i++) {
        const struct graph_edge *e = &g->edges[i];
        const struct catalog_relationship *r = e->relationship;
        write_json_open(b, NULL, '{');
        write_json_text(b, "from", id_of(&id, g->nodes[e->from].table));
        write_json_text(b, "to", id_of(&id, g->nodes[e->to].table));
        write_json_names(b, "from_columns", &r->from_columns);
        write_json_names(b, "to_columns", &r->to_columns);
        write_json_text(b, "cardinality", r->cardinality);
        write_json_real(b, "confidence", r->confidence);
        write_json_text(b, "origin", r->origin);
        write_json_close(b, '}');
    }
    write_json_close(b, ']');
    write_json_integer(b, "width", g->width);
    write_json_integer(b, "height", g->height);
    write_json_close(b, '}');
    buffer_finish(&id);
}

/* DOT's quoted text: only the quote needs a backslash; a backslash before the end would swallow it. */
static void dot_text(struct buffer *b, const char *text)
{
    (void)buffer_char(b, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            (void)buffer_char(b, '\\');
        (void)buffer_char(b, (unsigned char)*text < ' ' ? ' ' : *text);
    }
    (void)buffer_char(b, '"');
}

void graph_write_dot(const struct graph *g, struct buffer *b)
{
    struct buffer id;
    buffer_init(&id, 4 * CATALOG_NAME_MAX);
    (void)buffer_text(b, "digraph lineage {\n  rankdir=RL;\n  node [shape=box, fontname=\"sans-serif\"];\n");
    for (size_t i = 0; i < g->node_count; i++) {
        (void)buffer_text(b, "  ");
        dot_text(b, id_of(&id, g->nodes[i].table));
        (void)buffer_text(b, ";\n");
    }
    for (size_t i = 0; i < g->edge_count; i++) {
        const struct graph_edge *e = &g->edges[i];
        const struct catalog_relationship *r = e->relationship;
        (void)buffer_text(b, "  ");
        dot_text(b, id_of(&id, g->nodes[e->from].table));
        (void)buffer_text(b, " -> ");
        dot_text(b, id_of(&id, g->nodes[e->to].table));
        (void)buffer_text(b, " [label=");
        buffer_clear(&id);
        for (size_t k = 0; k < r->from_columns.count; k++)
            (void)buffer_format(&id, "%s%s", k > 0 ? ", " : "", r->from_columns.items[k]);
        dot_text(b, buffer_view(&id));
        if (strcmp(r->origin, "declared") != 0)
            (void)buffer_text(b, ", style=dashed");
        (void)buffer_text(b, "];\n");
    }
    (void)buffer_text(b, "}\n");
    buffer_finish(&id);
}

/* A quoted Mermaid name: it knows no escapes, so that quotes and controls become what looks like them. */
static void mermaid_text(struct buffer *b, const char *text)
{
    (void)buffer_char(b, '"');
    for (; *text != '\0'; text++)
        (void)buffer_char(b, *text == '"' || *text == '\\' ? '\'' : (unsigned char)*text < ' ' ? ' ' : *text);
    (void)buffer_char(b, '"');
}

/* Types and columns must be one word of letters, digits and _ that begins with a letter. */
static void mermaid_word(struct buffer *b, const char *text)
{
    if (!isalpha((unsigned char)*text))
        (void)buffer_char(b, 'c');
    for (; *text != '\0'; text++)
        (void)buffer_char(b, isalnum((unsigned char)*text) || (unsigned char)*text >= 0x80 ? *text : '_');
}

static bool refers(const struct catalog_table *t, const char *column)
{
    for (size_t i = 0; i < t->foreign_key_count; i++)
        if (catalog_names_have(&t->foreign_keys[i].columns, column))
            return true;
    return false;
}

static void mermaid_table(struct buffer *b, const struct catalog_table *t, struct buffer *id)
{
    (void)buffer_text(b, "    ");
    mermaid_text(b, id_of(id, t));
    (void)buffer_text(b, " {\n");
    for (size_t i = 0; i < t->column_count; i++) {
        const struct catalog_column *column = &t->columns[i];
        bool key = catalog_names_have(&t->primary_key.columns, column->name), foreign = refers(t, column->name);
        (void)buffer_text(b, "        ");
        mermaid_word(b, type_text(column->type.name));
        (void)buffer_char(b, ' ');
        mermaid_word(b, column->name);
        (void)buffer_text(b, key && foreign ? " PK,FK\n" : key ? " PK\n" : foreign ? " FK\n" : "\n");
    }
    (void)buffer_text(b, "    }\n");
}

void graph_write_mermaid(const struct graph *g, struct buffer *b)
{
    struct buffer id;
    buffer_init(&id, 4 * CATALOG_NAME_MAX);
    (void)buffer_text(b, "erDiagram\n");
    for (size_t i = 0; i < g->node_count; i++)
        mermaid_table(b, g->nodes[i].table, &id);
    for (size_t i = 0; i < g->edge_count; i++) {
        const struct graph_edge *e = &g->edges[i];
        const struct catalog_relationship *r = e->relationship;
        bool one = r->cardinality != NULL && strcmp(r->cardinality, "one_to_one") == 0;
        (void)buffer_text(b, "    ");
        mermaid_text(b, id_of(&id, g->nodes[e->to].table));
        (void)buffer_format(b, " ||%so%s ", strcmp(r->origin, "declared") == 0 ? "--" : "..", one ? "|" : "{");
        mermaid_text(b, id_of(&id, g->nodes[e->from].table));
        (void)buffer_text(b, " : ");
        buffer_clear(&id);
        for (size_t k = 0; k < r->from_columns.count; k++)
            (void)buffer_format(&id, "%s%s", k > 0 ? ", " : "", r->from_columns.items[k]);
        mermaid_text(b, buffer_view(&id));
        (void)buffer_char(b, '\n');
    }
    buffer_finish(&id);
}
