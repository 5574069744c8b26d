/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target_types.c - a type for each column, alike where a foreign key ties columns together.
 *
 * Columns tied by foreign keys form groups. A group whose columns got different types takes the one type that all of
 * its values fit, or the target could not make the key.
 */
#include <string.h>

#include "jobs/mapping/target.h"

/* Columns numbered through all tables; leader is the union-find parent. */
struct groups {
    struct target *target;
    size_t *first;  /* number of the first column of each table */
    size_t *leader; /* of each column */
    size_t count;
};

static bool in_key(const struct catalog_table *t, const char *column)
{
    for (size_t i = 0; i < t->primary_key.columns.count; i++)
        if (strcmp(t->primary_key.columns.items[i], column) == 0)
            return true;
    for (size_t u = 0; u < t->unique_count; u++)
        for (size_t i = 0; i < t->uniques[u].columns.count; i++)
            if (strcmp(t->uniques[u].columns.items[i], column) == 0)
                return true;
    for (size_t u = 0; u < t->index_count; u++)
        for (size_t i = 0; t->indexes[u].unique && i < t->indexes[u].columns.count; i++)
            if (strcmp(t->indexes[u].columns.items[i], column) == 0)
                return true;
    return false;
}

static size_t leader_of(struct groups *g, size_t number)
{
    while (g->leader[number] != number) {
        g->leader[number] = g->leader[g->leader[number]];
        number = g->leader[number];
    }
    return number;
}

static void tie(struct groups *g, size_t table, const struct catalog_foreign_key *fk)
{
    const struct catalog *source = g->target->source;
    const struct catalog_table *parent = catalog_table_find(source, fk->ref_schema, fk->ref_table);
    for (size_t i = 0; parent != NULL && i < fk->columns.count; i++) {
        const struct catalog_column *from = catalog_column_find(&source->tables[table], fk->columns.items[i]),
                                    *to = catalog_column_find(parent, fk->ref_columns.items[i]);
        if (from == NULL || to == NULL)
            continue;
        size_t a = leader_of(g, g->first[table] + (size_t)(from - source->tables[table].columns));
        size_t b = leader_of(g, g->first[parent - source->tables] + (size_t)(to - parent->columns));
        g->leader[a > b ? a : b] = a > b ? b : a;
    }
}

/* What a group agreed on; one for each leader. */
struct agreement {
    const struct choice *first;
    struct catalog_observed sum;
    bool differs, unseen; /* unseen: a column without counts, hence with a true type */
};

static bool same_type(const struct type *a, const struct type *b)
{
    bool texts = (a->name == TYPE_VARCHAR || a->name == TYPE_TEXT) && (b->name == TYPE_VARCHAR || b->name == TYPE_TEXT);
    return texts || a->name == b->name;
}

static void agree(struct groups *g, struct agreement *agreements)
{
    const struct catalog *source = g->target->source;
    for (size_t t = 0; t < source->table_count; t++) {
        for (size_t i = 0; i < source->tables[t].column_count; i++) {
            struct agreement *a = &agreements[leader_of(g, g->first[t] + i)];
            const struct catalog_observed *o = source->tables[t].columns[i].observed;
            const struct choice *choice = &g->target->tables[t].choices[i];
            if (a->first == NULL)
                a->first = choice;
            a->differs |= !same_type(&a->first->type, &choice->type);
            a->unseen |= o == NULL;
            if (o != NULL)
                observed_add(&a->sum, o);
        }
    }
}

static void settle(struct groups *g, const struct agreement *agreements)
{
    const struct catalog *source = g->target->source;
    struct arena *arena = g->target->catalog->arena;
    for (size_t t = 0; t < source->table_count; t++) {
        for (size_t i = 0; i < source->tables[t].column_count; i++) {
            const struct agreement *a = &agreements[leader_of(g, g->first[t] + i)];
            struct choice *choice = &g->target->tables[t].choices[i];
            if (!a->differs || a->unseen)
                continue;
            struct choice common = choose_for_values(arena, g->target->catalog->dialect, &a->sum);
            if (!same_type(&common.type, &choice->type))
                choice_warn(arena, &common,
                            "a foreign key ties it to columns of other types: all of them become %.100s",
                            common.native);
            common.cast = true;
            *choice = common;
        }
    }
}

void target_types(struct target *target)
{
    const struct catalog *source = target->source;
    struct arena *arena = target->catalog->arena;
    struct groups g = { .target = target };
    g.first = arena_array(arena, source->table_count + 1, sizeof *g.first);
    for (size_t t = 0; t < source->table_count; t++) {
        const struct catalog_table *from = &source->tables[t];
        g.first[t] = g.count;
        g.count += from->column_count;
        target->tables[t].choices = arena_array(arena, from->column_count + 1, sizeof(struct choice));
        for (size_t i = 0; i < from->column_count; i++)
            target->tables[t].choices[i] = choose_type(arena, source->dialect, target->catalog->dialect,
                                                       &from->columns[i], in_key(from, from->columns[i].name));
    }
    g.leader = arena_array(arena, g.count + 1, sizeof *g.leader);
    for (size_t i = 0; i < g.count; i++)
        g.leader[i] = i;
    for (size_t t = 0; t < source->table_count; t++)
        for (size_t k = 0; k < source->tables[t].foreign_key_count; k++)
            tie(&g, t, &source->tables[t].foreign_keys[k]);
    struct agreement *agreements = arena_array(arena, g.count + 1, sizeof *agreements);
    agree(&g, agreements);
    settle(&g, agreements);
}
