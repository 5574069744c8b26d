/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_sort.c - the model's one order: the same things read in another order become the same bytes. Columns, enum
 * members and the tables of a cycle keep the order they came in, because it says something.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog/catalog_order.h"

/* NULL before any text. */
static int compare_text(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

static int compare_two(const char *a, const char *b, const char *second_a, const char *second_b)
{
    int order = compare_text(a, b);
    return order != 0 ? order : compare_text(second_a, second_b);
}

int catalog_compare_names(const struct catalog_names *a, const struct catalog_names *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        int order = strcmp(a->items[i], b->items[i]);
        if (order != 0)
            return order;
    }
    return (a->count > b->count) - (a->count < b->count);
}

int catalog_compare_tables(const void *left, const void *right)
{
    const struct catalog_table *a = left, *b = right;
    return compare_two(a->schema, b->schema, a->name, b->name);
}

static int compare_views(const void *left, const void *right)
{
    const struct catalog_view *a = left, *b = right;
    return compare_two(a->schema, b->schema, a->name, b->name);
}

static int compare_sequences(const void *left, const void *right)
{
    const struct catalog_sequence *a = left, *b = right;
    return compare_two(a->schema, b->schema, a->name, b->name);
}

static int compare_types(const void *left, const void *right)
{
    const struct catalog_named_type *a = left, *b = right;
    return compare_two(a->schema, b->schema, a->name, b->name);
}

static int compare_keys(const void *left, const void *right)
{
    const struct catalog_key *a = left, *b = right;
    int order = compare_text(a->name, b->name);
    return order != 0 ? order : catalog_compare_names(&a->columns, &b->columns);
}

static int compare_foreign_keys(const void *left, const void *right)
{
    const struct catalog_foreign_key *a = left, *b = right;
    int order = compare_text(a->name, b->name);
    order = order != 0 ? order : catalog_compare_names(&a->columns, &b->columns);
    order = order != 0 ? order : compare_two(a->ref_schema, b->ref_schema, a->ref_table, b->ref_table);
    return order != 0 ? order : catalog_compare_names(&a->ref_columns, &b->ref_columns);
}

static int compare_indexes(const void *left, const void *right)
{
    const struct catalog_index *a = left, *b = right;
    int order = compare_text(a->name, b->name);
    order = order != 0 ? order : catalog_compare_names(&a->columns, &b->columns);
    return order != 0 ? order : compare_two(a->where, b->where, a->expression, b->expression);
}

static int compare_checks(const void *left, const void *right)
{
    const struct catalog_check *a = left, *b = right;
    return compare_two(a->name, b->name, a->expression, b->expression);
}

static int compare_extras(const void *left, const void *right)
{
    const struct catalog_extra *a = left, *b = right;
    return compare_two(a->what, b->what, a->text, b->text);
}

static int compare_findings(const void *left, const void *right)
{
    const struct catalog_finding *a = left, *b = right;
    int order = compare_two(a->column, b->column, a->check, b->check);
    return order != 0 ? order : compare_text(a->message, b->message);
}

static int compare_relationships(const void *left, const void *right)
{
    const struct catalog_relationship *a = left, *b = right;
    int order = compare_two(a->from_schema, b->from_schema, a->from_table, b->from_table);
    order = order != 0 ? order : catalog_compare_names(&a->from_columns, &b->from_columns);
    order = order != 0 ? order : compare_two(a->to_schema, b->to_schema, a->to_table, b->to_table);
    return order != 0 ? order : catalog_compare_names(&a->to_columns, &b->to_columns);
}

static int compare_cycles(const void *left, const void *right)
{
    return catalog_compare_names(left, right);
}

/* Those of a parsed file stay in the order of its lines. */
static int compare_diagnostics(const void *left, const void *right)
{
    const struct catalog_diagnostic *a = left, *b = right;
    int order = (a->line > b->line) - (a->line < b->line);
    order = order != 0 ? order : (a->column > b->column) - (a->column < b->column);
    return order != 0 ? order : compare_two(a->table, b->table, a->message, b->message);
}

static void sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 1)
        qsort(items, count, size, compare);
}

#define SORT(list, count, compare) sort((list), (count), sizeof *(list), (compare))

void catalog_sort(struct catalog *c)
{
    SORT(c->tables, c->table_count, catalog_compare_tables);
    for (size_t i = 0; i < c->table_count; i++) {
        struct catalog_table *t = &c->tables[i];
        SORT(t->uniques, t->unique_count, compare_keys);
        SORT(t->foreign_keys, t->foreign_key_count, compare_foreign_keys);
        SORT(t->indexes, t->index_count, compare_indexes);
        SORT(t->checks, t->check_count, compare_checks);
        SORT(t->extras, t->extra_count, compare_extras);
        SORT(t->findings, t->finding_count, compare_findings);
    }
    SORT(c->views, c->view_count, compare_views);
    SORT(c->sequences, c->sequence_count, compare_sequences);
    SORT(c->types, c->type_count, compare_types);
    SORT(c->extras, c->extra_count, compare_extras);
    SORT(c->relationships, c->relationship_count, compare_relationships);
    SORT(c->cycles, c->cycle_count, compare_cycles);
    SORT(c->diagnostics, c->diagnostic_count, compare_diagnostics);
    c->sorted = true;
}
