/* SPDX-License-Identifier: Apache-2.0 */
/* complexity.c - the formula of complexity.h. */
#include "catalog/complexity.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/write_json.h"

static int compare_texts(const void *left, const void *right)
{
    const char *const *a = left, *const *b = right;
    return strcmp(*a, *b);
}

static size_t native_types(const struct catalog *c, size_t columns)
{
    const char **all = arena_array(c->arena, columns + 1, sizeof *all);
    size_t count = 0, different = 0;
    for (size_t t = 0; t < c->table_count; t++)
        for (size_t i = 0; i < c->tables[t].column_count; i++)
            if (c->tables[t].columns[i].native_type != NULL)
                all[count++] = c->tables[t].columns[i].native_type;
    if (count > 1)
        qsort(all, count, sizeof *all, compare_texts);
    for (size_t i = 0; i < count; i++)
        different += i == 0 || strcmp(all[i - 1], all[i]) != 0;
    return different;
}

/* What a table has beyond columns and keys. */
static size_t logic_of(const struct catalog_table *t)
{
    size_t logic = t->check_count + t->extra_count;
    for (size_t i = 0; i < t->column_count; i++)
        logic += t->columns[i].generated != NULL;
    for (size_t i = 0; i < t->index_count; i++)
        logic += t->indexes[i].where != NULL || t->indexes[i].expression != NULL;
    return logic;
}

struct complexity complexity_of(const struct catalog *c, const struct graph *g)
{
    size_t columns = 0, keys = 0, composite = 0, logic = c->view_count + c->extra_count;
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        columns += t->column_count;
        keys += t->primary_key.columns.count > 0;
        composite += t->primary_key.columns.count > 1;
        logic += logic_of(t);
    }
    double tables = c->table_count > 0 ? (double)c->table_count : 1;
    struct complexity x = { .parts = {
                                { "size", 2.0, log10(1 + (double)c->table_count), log10(1001) },
                                { "width", 1.0, (double)columns / tables, 40 },
                                { "relationships", 2.0, (double)g->edge_count / tables, 2 },
                                { "depth", 1.5, g->layers > 0 ? g->layers - 1 : 0, 8 },
                                { "cycles", 1.0, (double)c->cycle_count, 3 },
                                { "keys", 0.5, keys > 0 ? (double)composite / (double)keys : 0, 1 },
                                { "types", 1.0, (double)native_types(c, columns), 25 },
                                { "logic", 1.0, (double)logic / tables, 2 },
                            } };
    for (size_t i = 0; i < COMPLEXITY_PARTS; i++)
        x.score += x.parts[i].weight * fmin(1, x.parts[i].value / x.parts[i].much);
    x.score = round(x.score * 10) / 10;
    return x;
}

void complexity_write(const struct complexity *x, struct buffer *b, const char *key)
{
    write_json_open(b, key, '{');
    write_json_real(b, "score", x->score);
    write_json_open(b, "parts", '[');
    for (size_t i = 0; i < COMPLEXITY_PARTS; i++) {
        double points = x->parts[i].weight * fmin(1, x->parts[i].value / x->parts[i].much);
        write_json_open(b, NULL, '{');
        write_json_text(b, "name", x->parts[i].name);
        write_json_real(b, "value", round(x->parts[i].value * 1000) / 1000);
        write_json_real(b, "points", round(points * 1000) / 1000);
        write_json_close(b, '}');
    }
    write_json_close(b, ']');
    write_json_close(b, '}');
}
