/* SPDX-License-Identifier: Apache-2.0 */
/*
 * diff.c - tables, views, sequences and named types of two catalogs; columns are diff_column.c, keys diff_key.c,
 * the list of changes diff_item.c.
 *
 * Lists of one kind are merged in their order. Renamed tables are looked for among what the merge left over, by the
 * columns they share; at most PAIRS_MAX pairs are compared, beyond that only tables with the same columns are.
 */
#include "catalog/diff.h"

#include <string.h>

#include "base/text.h"

enum { PAIRS_MAX = 1000000 };
static const double alike_min = 0.6; /* share of columns by which two tables are taken for one that was renamed */

/* A table that found no partner, with its columns by name. */
struct left_over {
    const struct catalog_table *table;
    const struct catalog_column **columns;
    const struct left_over *partner;
    double likeness;
};

/* Columns with one name and type, of all that either has. */
static double tables_likeness(const struct left_over *a, const struct left_over *b)
{
    size_t i = 0, k = 0, shared = 0;
    while (i < a->table->column_count && k < b->table->column_count) {
        int order = strcmp(a->columns[i]->name, b->columns[k]->name);
        if (order == 0)
            shared += a->columns[i]->type.name == b->columns[k]->type.name;
        i += order <= 0;
        k += order >= 0;
    }
    size_t all = a->table->column_count + b->table->column_count - shared;
    return all > 0 ? (double)shared / (double)all : 0;
}

static void find_renamed(struct left_over *dropped, size_t dropped_count, struct left_over *added, size_t added_count)
{
    bool many = added_count > 0 && dropped_count > PAIRS_MAX / added_count;
    for (size_t i = 0; i < dropped_count; i++) {
        struct left_over *best = NULL;
        double best_likeness = many ? 1 : alike_min;
        size_t upto = many ? PAIRS_MAX / dropped_count : added_count;
        for (size_t k = 0; k < upto; k++) {
            double likeness = tables_likeness(&dropped[i], &added[k]);
            if (added[k].partner == NULL && likeness >= best_likeness &&
                (best == NULL || likeness > best_likeness || /* as like: the one whose name is */
                 diff_names_likeness(dropped[i].table->name, added[k].table->name) >
                     diff_names_likeness(dropped[i].table->name, best->table->name))) {
                best = &added[k];
                best_likeness = likeness;
            }
        }
        if (best == NULL || dropped[i].table->column_count < 2)
            continue;
        best->partner = &dropped[i];
        dropped[i].partner = best;
        dropped[i].likeness = best_likeness;
    }
}

static void diff_table(struct diff *d, const struct catalog_table *from, const struct catalog_table *to)
{
    diff_columns(d, from, to);
    diff_keys(d, from, to);
}

static void tell_left_over(struct diff *d, struct left_over *dropped, size_t dropped_count, struct left_over *added,
                           size_t added_count)
{
    find_renamed(dropped, dropped_count, added, added_count);
    for (size_t i = 0; i < dropped_count; i++) {
        const struct catalog_table *t = dropped[i].table;
        if (dropped[i].partner == NULL) {
            diff_breaks(d, diff_add(d, "dropped", "table", t, NULL), "who reads or writes it finds no table");
            continue;
        }
        struct diff_item *item = diff_add(d, "renamed", "table", dropped[i].partner->table, NULL);
        item->from = t->name;
        item->to = item->table;
        item->likeness = dropped[i].likeness;
        diff_breaks(d, item, "the old name is gone");
        diff_table(d, t, dropped[i].partner->table);
    }
    for (size_t k = 0; k < added_count; k++)
        if (added[k].partner == NULL)
            (void)diff_add(d, "added", "table", added[k].table, NULL);
}

#define ONE_SCHEMA(list, count) ((count) == 0 || strcmp((list)[0].schema, (list)[(count)-1].schema) == 0)

/* Each list is sorted by schema. */
static bool one_schema(const struct catalog *c)
{
    return ONE_SCHEMA(c->tables, c->table_count) && ONE_SCHEMA(c->views, c->view_count) &&
           ONE_SCHEMA(c->sequences, c->sequence_count) && ONE_SCHEMA(c->types, c->type_count);
}

static void diff_tables(struct diff *d, const struct catalog *from, const struct catalog *to)
{
    struct left_over *dropped = arena_array(d->arena, from->table_count + 1, sizeof *dropped);
    struct left_over *added = arena_array(d->arena, to->table_count + 1, sizeof *added);
    size_t dropped_count = 0, added_count = 0, i = 0, k = 0;
    while (i < from->table_count || k < to->table_count) {
        const struct catalog_table *a = i < from->table_count ? &from->tables[i] : NULL;
        const struct catalog_table *b = k < to->table_count ? &to->tables[k] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : d->by_name ? 0 : strcmp(a->schema, b->schema);
        if (order == 0)
            order = strcmp(a->name, b->name);
        if (order == 0)
            diff_table(d, a, b);
        else if (order < 0)
            dropped[dropped_count++] = (struct left_over){ .table = a, .columns = diff_sorted(d->arena, a) };
        else
            added[added_count++] = (struct left_over){ .table = b, .columns = diff_sorted(d->arena, b) };
        i += order <= 0;
        k += order >= 0;
    }
    tell_left_over(d, dropped, dropped_count, added, added_count);
}

static int compare_two(const struct diff *d, const char *schema_a, const char *a, const char *schema_b, const char *b)
{
    int order = d->by_name ? 0 : strcmp(schema_a, schema_b);
    return order != 0 ? order : strcmp(a, b);
}

static struct diff_item *beside(struct diff *d, const char *change, const char *what, const char *schema,
                                const char *name)
{
    struct diff_item *item = diff_add(d, change, what, NULL, name);
    item->schema = schema;
    return item;
}

static void diff_views(struct diff *d, const struct catalog *from, const struct catalog *to)
{
    size_t i = 0, k = 0;
    while (i < from->view_count || k < to->view_count) {
        const struct catalog_view *a = i < from->view_count ? &from->views[i] : NULL;
        const struct catalog_view *b = k < to->view_count ? &to->views[k] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : compare_two(d, a->schema, a->name, b->schema, b->name);
        if (order < 0)
            diff_breaks(d, beside(d, "dropped", "view", a->schema, a->name), "who reads it finds no view");
        else if (order > 0)
            (void)beside(d, "added", "view", b->schema, b->name);
        else if (!text_equal(a->definition, b->definition)) {
            struct diff_item *item = beside(d, "changed", "view", a->schema, a->name);
            item->from = a->definition;
            item->to = b->definition;
        }
        i += order <= 0;
        k += order >= 0;
    }
}

static void diff_sequences(struct diff *d, const struct catalog *from, const struct catalog *to)
{
    size_t i = 0, k = 0;
    while (i < from->sequence_count || k < to->sequence_count) {
        const struct catalog_sequence *a = i < from->sequence_count ? &from->sequences[i] : NULL;
        const struct catalog_sequence *b = k < to->sequence_count ? &to->sequences[k] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : compare_two(d, a->schema, a->name, b->schema, b->name);
        if (order < 0)
            diff_breaks(d, beside(d, "dropped", "sequence", a->schema, a->name), "who asks it for numbers fails");
        else if (order > 0)
            (void)beside(d, "added", "sequence", b->schema, b->name);
        i += order <= 0;
        k += order >= 0;
    }
}

static bool has_member(const struct catalog_named_type *t, const char *member)
{
    for (size_t i = 0; i < t->members.count; i++)
        if (strcmp(t->members.items[i], member) == 0)
            return true;
    return false;
}

static void diff_members(struct diff *d, const struct catalog_named_type *from, const struct catalog_named_type *to)
{
    for (size_t i = 0; i < from->members.count; i++) {
        if (has_member(to, from->members.items[i]))
            continue;
        struct diff_item *item = beside(d, "dropped", "member", from->schema, from->name);
        item->from = from->members.items[i];
        diff_breaks(d, item, "the value is refused now");
    }
    for (size_t i = 0; i < to->members.count; i++)
        if (!has_member(from, to->members.items[i]))
            beside(d, "added", "member", to->schema, to->name)->to = to->members.items[i];
    if (text_equal(from->base, to->base) && text_equal(from->check, to->check) && from->not_null == to->not_null)
        return;
    struct diff_item *item = beside(d, "changed", "named_type", to->schema, to->name);
    item->from = from->base;
    item->to = to->base;
    diff_breaks(d, item, "its columns take other values now");
}

static void diff_types(struct diff *d, const struct catalog *from, const struct catalog *to)
{
    size_t i = 0, k = 0;
    while (i < from->type_count || k < to->type_count) {
        const struct catalog_named_type *a = i < from->type_count ? &from->types[i] : NULL;
        const struct catalog_named_type *b = k < to->type_count ? &to->types[k] : NULL;
        int order = a == NULL ? 1 : b == NULL ? -1 : compare_two(d, a->schema, a->name, b->schema, b->name);
        if (order < 0)
            diff_breaks(d, beside(d, "dropped", "named_type", a->schema, a->name), "who names it fails");
        else if (order > 0)
            (void)beside(d, "added", "named_type", b->schema, b->name);
        else
            diff_members(d, a, b);
        i += order <= 0;
        k += order >= 0;
    }
}

struct diff *diff_create(struct arena *arena, const struct catalog *from, const struct catalog *to)
{
    struct diff *d = arena_alloc(arena, sizeof *d);
    d->arena = arena;
    d->by_name = one_schema(from) && one_schema(to);
    diff_tables(d, from, to);
    diff_types(d, from, to);
    diff_views(d, from, to);
    diff_sequences(d, from, to);
    return d;
}
