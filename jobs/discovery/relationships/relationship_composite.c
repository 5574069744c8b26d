/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_composite.c - references of several columns: a table that has all columns of another one's primary key
 * or unique constraint, under the same names.
 *
 * Only tables that have the rarest of the names are looked at. What speaks for such a reference is said here as well.
 */
#include <stdlib.h>
#include <string.h>

#include "jobs/discovery/relationships/relationship_candidates.h"

enum { TABLES_MAX = 100 }; /* names that more tables have together (tenant_id, id) say nothing */

static int find_column(const struct related_table *t, unsigned named)
{
    for (size_t i = 0; i < t->table->column_count; i++)
        if (t->columns[i].named == named)
            return (int)i;
    return -1;
}

/* false when it is not to be had: a column is missing, or a type does not fit. */
static bool lay_columns(const struct related_model *m, struct related_candidate *c)
{
    const struct related_table *from = &m->tables[c->from_table], *to = &m->tables[c->to_table];
    bool declared = true;
    for (unsigned i = 0; i < c->count; i++) {
        const struct related_column *target = &to->columns[c->to[i]];
        int column = find_column(from, target->named);
        if (column < 0 || !related_types_fit(&from->columns[column], target))
            return false;
        c->from[i] = (unsigned)column;
        declared = declared && from->columns[column].declared;
    }
    return !declared;
}

static void try_key(const struct related_model *m, unsigned table, const struct catalog_names *key,
                    struct related_list *list)
{
    const struct related_table *to = &m->tables[table];
    struct related_candidate c = { .to_table = table, .count = (unsigned)key->count };
    const struct related_pair *rarest = NULL;
    size_t rarest_count = 0;
    if (key->count < 2 || key->count > COMPOSITE_COLUMNS_MAX)
        return;
    for (size_t i = 0; i < key->count; i++) {
        const struct catalog_column *column = catalog_column_find(to->table, key->items[i]);
        if (column == NULL)
            return;
        size_t count;
        c.to[i] = (unsigned)(column - to->table->columns);
        const struct related_pair *pairs = related_index_find(&m->columns_named, to->columns[c.to[i]].named, &count);
        if (rarest == NULL || count < rarest_count) {
            rarest = pairs;
            rarest_count = count;
        }
    }
    for (size_t i = 0; rarest_count <= TABLES_MAX && i < rarest_count; i++) {
        c.from_table = rarest[i].to;
        if (c.from_table != table && !m->tables[c.from_table].copy && lay_columns(m, &c))
            related_list_add(list, m->arena, &c);
    }
}

static int compare(const void *left, const void *right)
{
    const struct related_candidate *a = left, *b = right;
    if (a->from_table != b->from_table)
        return a->from_table < b->from_table ? -1 : 1;
    if (a->count != b->count)
        return a->count < b->count ? -1 : 1;
    int order = memcmp(a->from, b->from, a->count * sizeof *a->from);
    return order != 0 ? order : (a->to_table > b->to_table) - (a->to_table < b->to_table);
}

void related_composites(const struct related_model *m, struct related_list *list)
{
    for (size_t i = 0; i < m->catalog->table_count; i++) {
        const struct catalog_table *t = m->tables[i].table;
        if (m->tables[i].copy)
            continue;
        try_key(m, (unsigned)i, &t->primary_key.columns, list);
        for (size_t k = 0; k < t->unique_count; k++)
            try_key(m, (unsigned)i, &t->uniques[k].columns, list);
    }
    if (list->count > 1)
        qsort(list->items, list->count, sizeof *list->items, compare);
}

/* Some other table has the name of this column, or a key named so: it refers by itself. */
static bool refers_alone(const struct related_model *m, const struct related_candidate *c,
                         const struct related_column *column)
{
    char text[WORDS_SIZE], name[WORDS_SIZE];
    size_t count;
    const struct related_pair *pairs = related_index_find(&m->keys_named, column->named, &count);
    for (size_t i = 0; i < count; i++)
        if (m->keys[pairs[i].to].kind < KEY_PART && m->keys[pairs[i].to].table != c->to_table &&
            m->keys[pairs[i].to].table != c->from_table)
            return true;
    if ((column->name.key == KEY_WORD_NONE && column->family != FAMILY_NUMBER) ||
        !phrase_join(&m->words, &column->name, 0, column->name.count, text))
        return false;
    unsigned named = vocabulary_find(&m->names, text);
    pairs = related_index_find(&m->tables_run, named, &count);
    for (size_t i = 0; named != 0 && i < count; i++) {
        const struct related_table *t = &m->tables[pairs[i].to];
        if (pairs[i].to != c->to_table && t->keys_count > 0 &&
            phrase_join(&m->words, &t->name, 0, t->name.count, name) && strcmp(name, text) == 0 &&
            m->keys[t->keys_first].kind < KEY_PART)
            return true;
    }
    return false;
}

/* Several columns: what the table is called, whether one column has its name, what each does alone. */
void related_composite_features(const struct related_model *m, struct related_candidate *c)
{
    const struct related_table *from = &m->tables[c->from_table], *to = &m->tables[c->to_table];
    const struct catalog_names *primary = &to->table->primary_key.columns;
    bool stem = false, whole = to->name.count > 0, each = true, to_primary = primary->count == c->count,
         from_primary = true, in_primary = true;
    for (unsigned i = 0; i < c->count; i++) {
        const struct phrase *name = &from->columns[c->from[i]].name;
        for (unsigned k = 0; k < name->count; k++)
            stem = stem || related_has_word(&to->name, name->words[k]);
        each = each && refers_alone(m, c, &from->columns[c->from[i]]);
        in_primary = in_primary && from->columns[c->from[i]].in_primary;
        to_primary = to_primary && to->columns[c->to[i]].in_primary;
    }
    for (unsigned k = 0; k < to->name.count; k++) {
        bool has = false;
        for (unsigned i = 0; i < c->count; i++)
            has = has || related_has_word(&from->columns[c->from[i]].name, to->name.words[k]);
        whole = whole && has;
    }
    from_primary = in_primary && from->table->primary_key.columns.count == c->count;
    related_set(c, FEATURE_COMPOSITE, true);
    related_set(c, FEATURE_COMPOSITE_PRIMARY, to_primary);
    related_set(c, FEATURE_COMPOSITE_STEM, stem);
    related_set(c, FEATURE_COMPOSITE_WHOLE, whole);
    related_set(c, FEATURE_COMPOSITE_MORE, c->count > 2);
    related_set(c, FEATURE_COMPOSITE_EACH, each);
    related_set(c, FEATURE_COMPOSITE_MIRROR, to_primary && from_primary);
    related_set(c, FEATURE_FROM_IN_PRIMARY, in_primary && !from_primary);
}
