/* SPDX-License-Identifier: Apache-2.0 */
/*
 * graph_svg.c - the lineage graph as a picture: boxes with a table's name and its columns (keys first), curves from
 * who refers to who is referred to; found relationships are dashed, and paler the less sure they are. One file without
 * scripts or fonts of its own; colours follow a light or a dark page.
 */
#include <string.h>

#include "base/text.h"
#include "catalog/graph.h"

enum { HEAD_HEIGHT = 28, ROW_HEIGHT = 18, NAME_CHARS = 30, COLUMN_CHARS = 20, TYPE_CHARS = 12, BEND = 60, LOOP = 36 };

static const char style[] =
    "<style>"
    ".page{fill:#fff}.box{fill:#fff;stroke:#8a94a6}.head{fill:#24405c}.title{fill:#fff;font-weight:600}"
    ".name{fill:#1c2733}.type{fill:#66707f}.key{fill:#a86400;font-weight:600}.line{fill:none;stroke:#3f6fa0;"
    "stroke-width:1.5}.found{stroke-dasharray:5 4;stroke:#8a5a00}.tip{fill:#3f6fa0}"
    "text{font:12px system-ui,sans-serif}"
    "@media (prefers-color-scheme:dark){.page{fill:#12171d}.box{fill:#1b222b;stroke:#4b5666}.name{fill:#dfe5ec}"
    ".type{fill:#93a0b0}.key{fill:#e2a54a}.head{fill:#2f567c}.line{stroke:#6fa3d8}.found{stroke:#d9a45a}}"
    "</style>";

/* Text between tags, cut after so many characters; what XML forbids becomes '?'. */
static void svg_text(struct buffer *b, const char *text, size_t chars)
{
    size_t size = strlen(text);
    for (size_t at = 0, n = 0; at < size; n++) {
        size_t step = text_utf8_size(text + at, size - at);
        if (n == chars) {
            (void)buffer_text(b, "\xE2\x80\xA6");
            return;
        }
        bool none =
            step == 3 && (memcmp(text + at, "\xEF\xBF\xBE", 3) == 0 || memcmp(text + at, "\xEF\xBF\xBF", 3) == 0);
        if (step == 0 || none || (unsigned char)text[at] < ' ')
            (void)buffer_char(b, '?');
        else if (text[at] == '<')
            (void)buffer_text(b, "&lt;");
        else if (text[at] == '&')
            (void)buffer_text(b, "&amp;");
        else if (text[at] == '>') /* "]]>" may not stand in a text */
            (void)buffer_text(b, "&gt;");
        else
            (void)buffer_add(b, text + at, step);
        at += step > 0 ? step : 1;
    }
}

static void svg_column(struct buffer *b, const struct graph_node *node, const struct catalog_column *column, int row)
{
    int y = node->y + HEAD_HEIGHT + ROW_HEIGHT * row + ROW_HEIGHT - 4;
    (void)buffer_format(b, "<text class=\"%s\" x=\"%d\" y=\"%d\">",
                        catalog_names_have(&node->table->primary_key.columns, column->name) ? "key" : "name",
                        node->x + 10, y);
    svg_text(b, column->name, COLUMN_CHARS);
    (void)buffer_format(b, "</text><text class=\"type\" text-anchor=\"end\" x=\"%d\" y=\"%d\">",
                        node->x + node->width - 10, y);
    svg_text(b, type_text(column->type.name), TYPE_CHARS);
    (void)buffer_text(b, "</text>");
}

static void svg_node(struct buffer *b, const struct graph_node *node)
{
    const struct catalog_table *t = node->table;
    (void)buffer_format(b, "<g><rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>", node->x,
                        node->y, node->width, node->height);
    (void)buffer_format(b, "<path class=\"head\" d=\"M%d %dv-16q0-6 6-6h%dq6 0 6 6v16z\"/>", node->x, node->y + 22,
                        node->width - 12);
    (void)buffer_format(b, "<text class=\"title\" x=\"%d\" y=\"%d\">", node->x + 10, node->y + 16);
    svg_text(b, t->name, NAME_CHARS);
    (void)buffer_text(b, "</text>");
    int row = 0;
    for (int keys = 1; keys >= 0; keys--)
        for (size_t i = 0; i < t->column_count && row < GRAPH_COLUMNS_SHOWN; i++)
            if (catalog_names_have(&t->primary_key.columns, t->columns[i].name) == (keys == 1))
                svg_column(b, node, &t->columns[i], row++);
    if (t->column_count > GRAPH_COLUMNS_SHOWN)
        (void)buffer_format(b, "<text class=\"type\" x=\"%d\" y=\"%d\">and %zu more</text>", node->x + 10,
                            node->y + HEAD_HEIGHT + ROW_HEIGHT * row + ROW_HEIGHT - 4,
                            t->column_count - GRAPH_COLUMNS_SHOWN);
    (void)buffer_text(b, "</g>\n");
}

static void svg_edge(struct buffer *b, const struct graph *g, const struct graph_edge *e)
{
    const struct graph_node *from = &g->nodes[e->from], *to = &g->nodes[e->to];
    bool rightwards = to->x > from->x; /* against the layers */
    int x1 = rightwards ? from->x + from->width : from->x, y1 = from->y + HEAD_HEIGHT / 2;
    int x2 = rightwards ? to->x : to->x + to->width, y2 = to->y + HEAD_HEIGHT / 2;
    int out = rightwards ? BEND : from->x == to->x ? -LOOP : -BEND;
    if (e->from == e->to || from->x == to->x) { /* out and in on the same side */
        x1 = from->x;
        x2 = to->x;
        y2 += e->from == e->to ? HEAD_HEIGHT : 0;
    }
    int in = x1 == x2 || from->x == to->x ? out : -out;
    (void)buffer_format(b, "<path class=\"line%s\" opacity=\"%.2f\" d=\"M%d %dC%d %d %d %d %d %d\"><title>",
                        strcmp(e->relationship->origin, "declared") == 0 ? "" : " found",
                        0.25 + 0.75 * e->relationship->confidence, x1, y1, x1 + out, y1, x2 + in, y2, x2, y2);
    for (size_t k = 0; k < e->relationship->from_columns.count; k++) {
        (void)buffer_text(b, k > 0 ? ", " : "");
        svg_text(b, e->relationship->from_columns.items[k], NAME_CHARS);
    }
    (void)buffer_format(b, "</title></path><circle class=\"tip\" cx=\"%d\" cy=\"%d\" r=\"3\"/>\n", x2, y2);
}

void graph_write_svg(const struct graph *g, struct buffer *b)
{
    (void)buffer_format(b,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n",
                        g->width, g->height, g->width, g->height);
    (void)buffer_text(b, style);
    (void)buffer_text(b, "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n");
    for (size_t i = 0; i < g->edge_count; i++)
        svg_edge(b, g, &g->edges[i]);
    for (size_t i = 0; i < g->node_count; i++)
        svg_node(b, &g->nodes[i]);
    (void)buffer_text(b, "</svg>\n");
}
