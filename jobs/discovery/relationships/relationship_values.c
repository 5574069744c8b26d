/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relationship_values.c - references that no name tells, found by values alone: col7 of t3 holds the keys of t1.
 *
 * The sketches of all keys are turned round, from a value to the keys that hold it. A column looks up its smallest
 * hashes there: a sketch drops the largest ones first, so what two sketches share shows in the smallest. What holds
 * nearly all of them is proposed, if finding the values there by chance would be a wonder; keys that count from 1
 * without gaps hold everything and prove nothing, and are never proposed.
 */
#include "jobs/discovery/relationships/relationship_values.h"

#include <stdlib.h>
#include <string.h>

enum { VALUES_MIN = 4, LOOKED_UP = 8, KEYS_OF_VALUE_MAX = 8, INDEX_MAX = 4 << 20 };
static const double BITS_MIN = 60;

static int compare_values(const void *left, const void *right)
{
    const struct related_value *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->key > b->key) - (a->key < b->key);
}

/* A whole primary key, or in a table that declares none the first column whose values are all different. */
static bool is_target(const struct related_model *m, const struct related_key *key)
{
    const struct related_table *t = &m->tables[key->table];
    if (key->kind == KEY_PRIMARY)
        return true;
    if (key->kind != KEY_UNIQUE || t->table->primary_key.columns.count > 0 || t->table->unique_count > 0)
        return false;
    for (unsigned i = 0; i < key->column; i++)
        if (t->columns[i].unique)
            return false;
    return true;
}

void related_values_make(const struct related_model *m, const struct rows_sketches *sketches,
                         struct related_values *ret_values)
{
    size_t count = 0, at = 0;
    *ret_values = (struct related_values){ 0 };
    for (size_t i = 0; i < m->key_count && count < INDEX_MAX; i++)
        if (is_target(m, &m->keys[i]))
            count += sketches->tables[m->keys[i].table][m->keys[i].column].count;
    if (count >= INDEX_MAX)
        return; /* too many keys to be told apart by their values */
    ret_values->items = arena_array(m->arena, count + 1, sizeof *ret_values->items);
    for (unsigned i = 0; i < m->key_count; i++) {
        const struct sketch *s = &sketches->tables[m->keys[i].table][m->keys[i].column];
        for (uint32_t k = 0; is_target(m, &m->keys[i]) && k < s->slot_count; k++)
            if (s->slots[k] != 0)
                ret_values->items[at++] = (struct related_value){ s->slots[k], i };
    }
    ret_values->count = at;
    if (at > 1)
        qsort(ret_values->items, at, sizeof *ret_values->items, compare_values);
}

/* The smallest hashes, in order; how many there are. */
static unsigned smallest(const struct sketch *s, uint64_t ret_hashes[static LOOKED_UP])
{
    unsigned count = 0;
    for (uint32_t i = 0; i < s->slot_count; i++) {
        uint64_t hash = s->slots[i];
        unsigned at = count;
        if (hash == 0)
            continue;
        while (at > 0 && ret_hashes[at - 1] > hash)
            at--;
        if (at == LOOKED_UP)
            continue;
        unsigned kept = count < LOOKED_UP ? count : LOOKED_UP - 1;
        memmove(ret_hashes + at + 1, ret_hashes + at, (kept - at) * sizeof *ret_hashes);
        ret_hashes[at] = hash;
        count = kept + 1;
    }
    return count;
}

static size_t first_of(const struct related_values *v, uint64_t hash)
{
    size_t low = 0, high = v->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (v->items[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void try_key(const struct related_model *m, const struct rows_sketches *sketches, unsigned table,
                    unsigned column, const struct related_key *key, struct related_list *list)
{
    const struct related_column *from = &m->tables[table].columns[column];
    struct related_candidate c = { .from_table = table, .to_table = key->table, .count = 1, .key = key };
    c.from[0] = column;
    c.to[0] = key->column;
    if ((key->table == table && key->column == column) ||
        !related_types_fit(from, &m->tables[key->table].columns[key->column]))
        return;
    const struct sketch *a = &sketches->tables[table][column], *b = &sketches->tables[key->table][key->column];
    if (from->unique && sketch_distinct(a) >= sketch_distinct(b))
        return; /* as well the other way round */
    related_match(m, &m->tables[table], from, key, &c.match);
    c.match.nameless = true;
    rows_compare(m, sketches, &c);
    c.seen->alone = c.seen->distinct >= VALUES_MIN && c.seen->distinct_missing == 0 && c.seen->surprise >= BITS_MIN;
    if (c.seen->alone)
        related_list_add(list, m->arena, &c);
}

void related_by_values(const struct related_model *m, const struct rows_sketches *sketches,
                       const struct related_values *v, unsigned table, unsigned column, struct related_list *list)
{
    const struct related_column *from = &m->tables[table].columns[column];
    uint64_t hashes[LOOKED_UP];
    unsigned found[LOOKED_UP * KEYS_OF_VALUE_MAX], count = 0;
    if (v->count == 0 || from->family == FAMILY_NONE || from->declared || from->primary || m->tables[table].copy ||
        sketch_distinct(&sketches->tables[table][column]) < VALUES_MIN)
        return;
    unsigned looked = smallest(&sketches->tables[table][column], hashes);
    for (unsigned i = 0; i < looked; i++) {
        size_t at = first_of(v, hashes[i]);
        for (unsigned k = 0; k < KEYS_OF_VALUE_MAX && at < v->count && v->items[at].hash == hashes[i]; k++, at++)
            found[count++] = v->items[at].key;
    }
    for (unsigned i = 0; i < count; i++) {
        unsigned same = 0;
        bool before = false;
        for (unsigned k = 0; k < count; k++) {
            same += found[k] == found[i];
            before = before || (k < i && found[k] == found[i]);
        }
        if (!before && 8 * same >= 7 * looked)
            try_key(m, sketches, table, column, &m->keys[found[i]], list);
    }
}
