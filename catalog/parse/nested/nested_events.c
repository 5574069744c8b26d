/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nested_events.c - the door for events: an outline and a layout for each source, as nested.c has for a text. What the
 * outline counted is given up once the tables are made, so that many sources can be kept for their rows.
 */
#include "catalog/parse/nested/nested_events.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalog/parse/nested/nested_catalog.h"
#include "catalog/parse/nested/nested_rows.h"

enum { WORK_MAX = 512 << 20 };

struct nested_tables {
    struct nested_limits limits;
    struct outline outline;
    struct layout layout;
    struct arena *work;
    struct nested_rows rows;
};

/* A row on its way to columns in another order. */
struct passing {
    const struct catalog_table *table;
    int *from; /* for each column of the table: of the row, -1: not known */
    struct rows_value *values;
    rows_sink *sink;
    void *context;
};

struct nested_tables *nested_tables_destroy(struct nested_tables *n)
{
    if (n == NULL)
        return NULL;
    outline_finish(&n->outline);
    arena_destroy(n->work);
    free(n);
    return NULL;
}

static enum error_class make(struct nested_tables *n, struct catalog *c, const char *schema, const char *name,
                             struct error *e)
{
    struct document_end end;
    enum error_class class = outline_read(&n->outline, &n->rows.document, &end, e);
    if (class != ERROR_OK)
        return class;
    outline_settle(&n->outline);
    class = layout_make(&n->layout, &n->outline, n->work, arena_text(n->work, name), e);
    if (class == ERROR_OK && arena_room(c->arena) / 2 < arena_used(n->work))
        class = error_code(e, ERROR_TOO_LARGE, "catalog_too_large", "the tables do not fit into the catalog's memory");
    if (class == ERROR_OK)
        nested_catalog_add(c, schema, &n->layout, &end);
    return class;
}

enum error_class nested_tables(struct catalog *c, const char *schema, const char *name,
                               const struct nested_events *events, const struct nested_limits *limits,
                               struct nested_tables **ret_tables, struct error *e)
{
    struct nested_tables *n = mem_zero(1, sizeof *n);
    n->limits = *limits;
    n->work = arena_create(WORK_MAX);
    n->layout.events = events;
    n->rows = (struct nested_rows){ .layout = &n->layout, .format = NESTED_EVENTS };
    n->rows.document = (struct document_ask){ .events = events, .limits = &n->limits };
    outline_init(&n->outline, NESTED_EVENTS, &n->limits);
    enum error_class class = make(n, c, schema, name, e);
    if (class != ERROR_OK) {
        nested_tables_destroy(n);
        return class;
    }
    outline_forget(&n->outline);
    n->layout.events = NULL; /* only borrowed */
    *ret_tables = n;
    return ERROR_OK;
}

static struct layout_table *find(const struct nested_tables *n, const char *name)
{
    struct layout_table *t = n->layout.first;
    while (t != NULL && strcmp(t->name, name) != 0)
        t = t->next;
    return t;
}

bool nested_tables_have(const struct nested_tables *n, const char *name)
{
    return find(n, name) != NULL;
}

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    struct passing *p = context;
    for (size_t i = 0; i < t->column_count; i++)
        p->values[i] = p->from[i] >= 0 ? values[p->from[i]] : (struct rows_value){ .text = NULL };
    return p->sink(p->context, t, p->values, e);
}

static void match_columns(struct passing *p, const struct layout_table *from)
{
    const struct catalog_table *t = p->table;
    for (size_t i = 0, at = 0; i < t->column_count; i++) { /* nearly always in the same order */
        p->from[i] = -1;
        for (size_t tried = 0; tried < from->column_count && p->from[i] < 0; tried++, at++) {
            at = at < from->column_count ? at : 0;
            if (strcmp(from->columns[at].name, t->columns[i].name) == 0)
                p->from[i] = (int)at;
        }
    }
}

enum error_class nested_tables_read(struct nested_tables *n, const struct nested_events *events,
                                    const struct catalog_table *t, int64_t rows_max, bool spread, rows_sink *sink,
                                    void *context, struct error *e)
{
    struct layout_table *from = find(n, t->name);
    if (from == NULL)
        return error_code(e, ERROR_NOT_FOUND, "table_not_found", "table %.200s is not known: read the catalog again",
                          t->name);
    struct passing p = { .table = t, .sink = sink, .context = context };
    const struct rows_ask ask = { .only = t, .rows_max = rows_max };
    p.from = mem_zero(t->column_count + 1, sizeof *p.from);
    p.values = mem_zero(t->column_count + 1, sizeof *p.values);
    match_columns(&p, from);
    for (struct layout_table *other = n->layout.first; other != NULL; other = other->next)
        other->table = other == from ? (struct catalog_table *)t : NULL; /* only looked at */
    n->rows.document.events = events;
    n->rows.first = !spread;
    enum error_class class = nested_rows_read(&n->rows, &ask, on_row, &p, e);
    n->rows.document.events = NULL;
    free(p.from);
    free(p.values);
    return class;
}
