/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog.c - building the model and finding in it; its order is catalog_sort.c.
 *
 * Lists grow in the arena by doubling: an old block stays until the arena goes, which costs at most as much again and
 * spares every list a capacity field; columns, which are most of a catalog, have one and may fit exactly. Found by
 * name: binary search once catalog_sort() ran, a walk before that.
 */
#include "catalog/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "catalog/catalog_order.h"

/* Room for one more item after `count`; a new block whenever count reaches 0, 4, 8, 16, ... */
static void *grow(struct arena *arena, void *items, size_t count, size_t size)
{
    if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
        return items;
    void *bigger = arena_array(arena, count == 0 ? 4 : count * 2, size);
    if (count > 0)
        memcpy(bigger, items, count * size);
    return bigger;
}

#define GROW(c, list, count) ((list) = grow((c)->arena, (list), (count), sizeof *(list)), &(list)[(count)++])

struct catalog *catalog_create(struct arena *arena, const char *dialect, const char *name)
{
    struct catalog *c = arena_alloc(arena, sizeof *c);
    c->arena = arena;
    c->dialect = arena_text(arena, dialect);
    c->name = arena_text(arena, name);
    return c;
}

struct catalog_table *catalog_table_add(struct catalog *c, const char *schema, const char *name)
{
    struct catalog_table *t = GROW(c, c->tables, c->table_count);
    *t = (struct catalog_table){ .schema = arena_text(c->arena, schema),
                                 .name = arena_text(c->arena, name),
                                 .rows = -1,
                                 .size_bytes = -1,
                                 .quality = -1 };
    c->sorted = false;
    return t;
}

struct catalog_column *catalog_column_add(struct catalog *c, struct catalog_table *t, const char *name)
{
    if (t->column_count >= t->column_capacity) {
        struct catalog_column *before = t->columns;
        t->column_capacity = t->column_count < 4 ? 4 : t->column_count * 2;
        t->columns = arena_array(c->arena, t->column_capacity, sizeof *t->columns);
        if (t->column_count > 0)
            memcpy(t->columns, before, t->column_count * sizeof *before);
    }
    struct catalog_column *column = &t->columns[t->column_count++];
    *column = (struct catalog_column){ .name = arena_text(c->arena, name), .nullable = true };
    return column;
}

struct catalog_key *catalog_unique_add(struct catalog *c, struct catalog_table *t)
{
    struct catalog_key *key = GROW(c, t->uniques, t->unique_count);
    *key = (struct catalog_key){ 0 };
    return key;
}

struct catalog_foreign_key *catalog_foreign_key_add(struct catalog *c, struct catalog_table *t)
{
    struct catalog_foreign_key *fk = GROW(c, t->foreign_keys, t->foreign_key_count);
    *fk = (struct catalog_foreign_key){ .orphans = -1 };
    return fk;
}

struct catalog_index *catalog_index_add(struct catalog *c, struct catalog_table *t)
{
    struct catalog_index *index = GROW(c, t->indexes, t->index_count);
    *index = (struct catalog_index){ 0 };
    return index;
}

struct catalog_check *catalog_check_add(struct catalog *c, struct catalog_table *t)
{
    struct catalog_check *check = GROW(c, t->checks, t->check_count);
    *check = (struct catalog_check){ 0 };
    return check;
}

struct catalog_extra *catalog_extra_add(struct catalog *c, struct catalog_table *t)
{
    struct catalog_extra *extra = t != NULL ? GROW(c, t->extras, t->extra_count) : GROW(c, c->extras, c->extra_count);
    *extra = (struct catalog_extra){ 0 };
    return extra;
}

struct catalog_finding *catalog_finding_add(struct catalog *c, struct catalog_table *t)
{
    struct catalog_finding *finding = GROW(c, t->findings, t->finding_count);
    *finding = (struct catalog_finding){ .rows = -1 };
    return finding;
}

struct catalog_view *catalog_view_add(struct catalog *c, const char *schema, const char *name)
{
    struct catalog_view *v = GROW(c, c->views, c->view_count);
    *v = (struct catalog_view){ .schema = arena_text(c->arena, schema), .name = arena_text(c->arena, name) };
    return v;
}

struct catalog_column *catalog_view_column_add(struct catalog *c, struct catalog_view *v, const char *name)
{
    struct catalog_column *column = GROW(c, v->columns, v->column_count);
    *column = (struct catalog_column){ .name = arena_text(c->arena, name), .nullable = true };
    return column;
}

struct catalog_sequence *catalog_sequence_add(struct catalog *c, const char *schema, const char *name)
{
    struct catalog_sequence *s = GROW(c, c->sequences, c->sequence_count);
    *s = (struct catalog_sequence){ .schema = arena_text(c->arena, schema), .name = arena_text(c->arena, name) };
    return s;
}

struct catalog_named_type *catalog_type_add(struct catalog *c, const char *schema, const char *name)
{
    struct catalog_named_type *t = GROW(c, c->types, c->type_count);
    *t = (struct catalog_named_type){ .schema = arena_text(c->arena, schema), .name = arena_text(c->arena, name) };
    return t;
}

struct catalog_names *catalog_cycle_add(struct catalog *c)
{
    struct catalog_names *cycle = GROW(c, c->cycles, c->cycle_count);
    *cycle = (struct catalog_names){ 0 };
    return cycle;
}

struct catalog_relationship *catalog_relationship_add(struct catalog *c)
{
    struct catalog_relationship *r = GROW(c, c->relationships, c->relationship_count);
    *r = (struct catalog_relationship){ 0 };
    return r;
}

const char *catalog_clean_text_n(struct arena *arena, const char *text, size_t size)
{
    char *clean = arena_text_n(arena, text, size);
    for (size_t at = text_utf8_ascii(clean, size); at < size; at += text_utf8_ascii(clean + at, size - at)) {
        size_t step = text_utf8_size(clean + at, size - at);
        if (step == 0)
            clean[at] = '?';
        at += step > 0 ? step : 1;
    }
    return clean;
}

const char *catalog_clean_text(struct arena *arena, const char *text)
{
    return catalog_clean_text_n(arena, text, strlen(text));
}

struct catalog_diagnostic *catalog_diagnostic_add(struct catalog *c, const char *severity, const char *message)
{
    struct catalog_diagnostic *d = GROW(c, c->diagnostics, c->diagnostic_count);
    *d = (struct catalog_diagnostic){ .severity = arena_text(c->arena, severity),
                                      .message = catalog_clean_text(c->arena, message) };
    return d;
}

void catalog_name_add(struct catalog *c, struct catalog_names *names, const char *name)
{
    const char **item = GROW(c, names->items, names->count);
    *item = arena_text(c->arena, name);
}

struct catalog_table *catalog_table_find(const struct catalog *c, const char *schema, const char *name)
{
    struct catalog_table wanted = { .schema = schema, .name = name };
    if (c->sorted && c->table_count > 0)
        return bsearch(&wanted, c->tables, c->table_count, sizeof *c->tables, catalog_compare_tables);
    for (size_t i = 0; i < c->table_count; i++)
        if (catalog_compare_tables(&wanted, &c->tables[i]) == 0)
            return &c->tables[i];
    return NULL;
}

struct catalog_column *catalog_column_find(const struct catalog_table *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return &t->columns[i];
    return NULL;
}

bool catalog_names_equal(const struct catalog_names *a, const struct catalog_names *b)
{
    return catalog_compare_names(a, b) == 0;
}

bool catalog_names_have(const struct catalog_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->items[i], name) == 0)
            return true;
    return false;
}
