/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog.c - building, finding and ordering the model.
 *
 * Lists grow in the arena by doubling: an old block stays until the arena goes, which costs at most as much again and
 * spares every list a capacity field. Found by name: binary search once catalog_sort() ran, a walk before that.
 */
#include "catalog/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

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
                                 .rows = -1 };
    c->sorted = false;
    return t;
}

struct catalog_column *catalog_column_add(struct catalog *c, struct catalog_table *t, const char *name)
{
    struct catalog_column *column = GROW(c, t->columns, t->column_count);
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

struct catalog_relationship *catalog_relationship_add(struct catalog *c)
{
    struct catalog_relationship *r = GROW(c, c->relationships, c->relationship_count);
    *r = (struct catalog_relationship){ 0 };
    return r;
}

const char *catalog_clean_text(struct arena *arena, const char *text)
{
    size_t size = strlen(text);
    char *clean = arena_text_n(arena, text, size);
    for (size_t at = 0; at < size;) {
        size_t step = text_utf8_size(clean + at, size - at);
        if (step == 0)
            clean[at] = '?';
        at += step > 0 ? step : 1;
    }
    return clean;
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

/* NULL before any text. */
static int compare_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int compare_names(const struct catalog_names *a, const struct catalog_names *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        int order = strcmp(a->items[i], b->items[i]);
        if (order != 0)
            return order;
    }
    return (a->count > b->count) - (a->count < b->count);
}

static int compare_tables(const void *left, const void *right)
{
    const struct catalog_table *a = left, *b = right;
    int order = compare_text(a->schema, b->schema);
    return order != 0 ? order : compare_text(a->name, b->name);
}

static int compare_keys(const void *left, const void *right)
{
    const struct catalog_key *a = left, *b = right;
    int order = compare_text(a->name, b->name);
    return order != 0 ? order : compare_names(&a->columns, &b->columns);
}

static int compare_foreign_keys(const void *left, const void *right)
{
    const struct catalog_foreign_key *a = left, *b = right;
    int order = compare_text(a->name, b->name);
    order = order != 0 ? order : compare_names(&a->columns, &b->columns);
    order = order != 0 ? order : compare_text(a->ref_schema, b->ref_schema);
    order = order != 0 ? order : compare_text(a->ref_table, b->ref_table);
    return order != 0 ? order : compare_names(&a->ref_columns, &b->ref_columns);
}

static int compare_indexes(const void *left, const void *right)
{
    const struct catalog_index *a = left, *b = right;
    int order = compare_text(a->name, b->name);
    order = order != 0 ? order : compare_names(&a->columns, &b->columns);
    order = order != 0 ? order : compare_text(a->where, b->where);
    return order != 0 ? order : compare_text(a->expression, b->expression);
}

static int compare_checks(const void *left, const void *right)
{
    const struct catalog_check *a = left, *b = right;
    int order = compare_text(a->name, b->name);
    return order != 0 ? order : compare_text(a->expression, b->expression);
}

static int compare_relationships(const void *left, const void *right)
{
    const struct catalog_relationship *a = left, *b = right;
    int order = compare_text(a->from_schema, b->from_schema);
    order = order != 0 ? order : compare_text(a->from_table, b->from_table);
    order = order != 0 ? order : compare_names(&a->from_columns, &b->from_columns);
    order = order != 0 ? order : compare_text(a->to_schema, b->to_schema);
    order = order != 0 ? order : compare_text(a->to_table, b->to_table);
    return order != 0 ? order : compare_names(&a->to_columns, &b->to_columns);
}

static int compare_diagnostics(const void *left, const void *right)
{
    const struct catalog_diagnostic *a = left, *b = right;
    int order = compare_text(a->table, b->table);
    return order != 0 ? order : compare_text(a->message, b->message);
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

void catalog_sort(struct catalog *c)
{
    sort(c->tables, c->table_count, sizeof *c->tables, compare_tables);
    for (size_t i = 0; i < c->table_count; i++) {
        struct catalog_table *t = &c->tables[i];
        sort(t->uniques, t->unique_count, sizeof *t->uniques, compare_keys);
        sort(t->foreign_keys, t->foreign_key_count, sizeof *t->foreign_keys, compare_foreign_keys);
        sort(t->indexes, t->index_count, sizeof *t->indexes, compare_indexes);
        sort(t->checks, t->check_count, sizeof *t->checks, compare_checks);
    }
    sort(c->relationships, c->relationship_count, sizeof *c->relationships, compare_relationships);
    sort(c->diagnostics, c->diagnostic_count, sizeof *c->diagnostics, compare_diagnostics);
    c->sorted = true;
}

struct catalog_table *catalog_table_find(const struct catalog *c, const char *schema, const char *name)
{
    struct catalog_table wanted = { .schema = schema, .name = name };
    if (c->sorted && c->table_count > 0)
        return bsearch(&wanted, c->tables, c->table_count, sizeof *c->tables, compare_tables);
    for (size_t i = 0; i < c->table_count; i++)
        if (compare_tables(&wanted, &c->tables[i]) == 0)
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
    return compare_names(a, b) == 0;
}
