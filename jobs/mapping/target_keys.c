/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target_keys.c - keys and indexes of the target, as far as its rules and the rows that are there allow.
 *
 * A key that the data would break is not made to fail later: a primary key over NULLs becomes unique, a unique one
 * whose values may become equal on the way becomes an index, a foreign key with orphans is NOT VALID, and each is a
 * warning.
 */
#include <string.h>

#include "jobs/mapping/names.h"
#include "jobs/mapping/target.h"

enum { KEY_COLUMNS_MAX = 32, KEY_BYTES_MAX = 2600 /* of 2704 that fit into an entry of a btree */ };

struct keys {
    struct target *target;
    size_t number; /* of the table */
    const struct catalog_table *from;
    struct catalog_table *to;
    struct names *names; /* of the schema: tables, indexes, primary and unique keys share one space */
    bool same_dialect;
};

static const char *column_in_target(const struct catalog_table *from, const struct catalog_table *to, const char *name)
{
    const struct catalog_column *column = catalog_column_find(from, name);
    return column != NULL ? to->columns[column - from->columns].name : name;
}

static struct catalog_names names_in_target(struct catalog *c, const struct catalog_table *from,
                                            const struct catalog_table *to, const struct catalog_names *names)
{
    struct catalog_names result = { 0 };
    for (size_t i = 0; i < names->count; i++)
        catalog_name_add(c, &result, column_in_target(from, to, names->items[i]));
    return result;
}

/* What the rows that are there forbid. */
struct verdict {
    bool nulls, mixed, too_large;
};

static struct verdict judge(const struct keys *k, const struct catalog_names *columns)
{
    struct verdict v = { .too_large = columns->count > KEY_COLUMNS_MAX };
    int64_t bytes = 0;
    for (size_t i = 0; i < columns->count; i++) {
        const struct catalog_column *column = catalog_column_find(k->from, columns->items[i]);
        const struct catalog_observed *o = column != NULL ? column->observed : NULL;
        if (o == NULL)
            continue;
        int64_t text = o->texts > 0 ? o->text_bytes_max : 0, blob = o->blobs > 0 ? o->blob_bytes_max : 0;
        bytes += (text > blob ? text : blob) + 8;
        v.nulls |= o->nulls > 0;
        v.mixed |= choose_is_mixed(o) && !(o->texts == o->texts_boolean && o->blobs == 0 && o->reals == 0);
        enum type_name name = k->target->tables[k->number].choices[column - k->from->columns].type.name;
        v.too_large |= name == TYPE_JSON; /* has no order at all */
    }
    v.too_large |= bytes > KEY_BYTES_MAX;
    return v;
}

static const char *taken_name(struct keys *k, const char *name)
{
    return name != NULL ? names_take(k->names, k->target->catalog->arena, name) : NULL;
}

static void add_index(struct keys *k, const char *name, const struct catalog_names *columns, bool unique)
{
    struct catalog_index *index = catalog_index_add(k->target->catalog, k->to);
    index->columns = names_in_target(k->target->catalog, k->from, k->to, columns);
    if (name == NULL)
        name = arena_format(k->target->catalog->arena, "%.100s_%.100s_idx", k->to->name, index->columns.items[0]);
    index->name = taken_name(k, name);
    index->unique = unique;
}

static void add_unique(struct keys *k, const char *name, const struct catalog_names *columns)
{
    struct verdict v = judge(k, columns);
    if (v.too_large) {
        target_warn(k->target, k->to,
                    "the unique key over \"%.200s\" is left out: its values are too large for an index",
                    columns->items[0]);
    } else if (v.mixed) {
        target_warn(k->target, k->to,
                    "the unique key over \"%.200s\" becomes an index: values of several types may become equal",
                    columns->items[0]);
        add_index(k, name, columns, false);
    } else {
        struct catalog_key *key = catalog_unique_add(k->target->catalog, k->to);
        key->columns = names_in_target(k->target->catalog, k->from, k->to, columns);
        key->name = taken_name(k, name);
    }
}

static void map_primary_key(struct keys *k)
{
    const struct catalog_key *key = &k->from->primary_key;
    struct verdict v = judge(k, &key->columns);
    if (key->columns.count == 0)
        return;
    if (v.nulls || v.mixed || v.too_large) {
        target_warn(k->target, k->to, "the primary key over \"%.200s\" is not made one: %s", key->columns.items[0],
                    v.nulls   ? "it holds NULL"
                    : v.mixed ? "values of several types may become equal"
                              : "its values are too large for an index");
        add_unique(k, key->name, &key->columns);
        return;
    }
    k->to->primary_key.columns = names_in_target(k->target->catalog, k->from, k->to, &key->columns);
    k->to->primary_key.name = taken_name(k, key->name);
    for (size_t i = 0; i < k->to->primary_key.columns.count; i++)
        catalog_column_find(k->to, k->to->primary_key.columns.items[i])->nullable = false;
}

static void map_index(struct keys *k, const struct catalog_index *index)
{
    bool plain = index->where == NULL && index->expression == NULL;
    struct verdict v = judge(k, &index->columns);
    if (k->same_dialect && !plain) {
        *catalog_index_add(k->target->catalog, k->to) = *index;
    } else if (!plain || index->columns.count == 0) {
        target_warn(k->target, k->to, "index \"%.200s\" is left out: its %s is written for the source%s",
                    index->name != NULL ? index->name : "", index->where != NULL ? "condition" : "expression",
                    index->unique ? "; what it kept unique may repeat in the target" : "");
    } else if (v.too_large) {
        target_warn(k->target, k->to, "index \"%.200s\" is left out: the values are too large for an index",
                    index->name != NULL ? index->name : "");
    } else {
        if (index->unique && v.mixed)
            target_warn(k->target, k->to,
                        "index \"%.200s\" is not unique any more: values of several types may become equal",
                        index->name != NULL ? index->name : "");
        add_index(k, index->name, &index->columns, index->unique && !v.mixed);
    }
}

static bool same_set(const struct catalog_names *a, const struct catalog_names *b)
{
    for (size_t i = 0; i < a->count; i++) {
        bool found = false;
        for (size_t j = 0; j < b->count; j++)
            found |= strcmp(a->items[i], b->items[j]) == 0;
        if (!found)
            return false;
    }
    return a->count == b->count && a->count > 0;
}

/* Only what is unique in the target can be referred to. */
static bool is_unique(const struct catalog_table *t, const struct catalog_names *columns)
{
    if (same_set(columns, &t->primary_key.columns))
        return true;
    for (size_t i = 0; i < t->unique_count; i++)
        if (same_set(columns, &t->uniques[i].columns))
            return true;
    for (size_t i = 0; i < t->index_count; i++)
        if (t->indexes[i].unique && t->indexes[i].where == NULL && t->indexes[i].expression == NULL &&
            same_set(columns, &t->indexes[i].columns))
            return true;
    return false;
}

static void map_foreign_key(struct keys *k, const struct catalog_foreign_key *fk, struct names *names)
{
    struct target *target = k->target;
    const struct catalog_table *parent = catalog_table_find(target->source, fk->ref_schema, fk->ref_table);
    if (parent == NULL) {
        target_warn(target, k->to, "the foreign key over \"%.200s\" is left out: table \"%.200s\" is not migrated",
                    fk->columns.items[0], fk->ref_table);
        return;
    }
    const struct catalog_table *to = target_table_of(target, (size_t)(parent - target->source->tables));
    struct catalog_names columns = names_in_target(target->catalog, parent, to, &fk->ref_columns);
    if (!is_unique(to, &columns)) {
        target_warn(target, k->to,
                    "the foreign key over \"%.200s\" is left out: \"%.200s\" of \"%.200s\" is not unique",
                    fk->columns.items[0], columns.items[0], to->name);
        return;
    }
    struct catalog_foreign_key *made = catalog_foreign_key_add(target->catalog, k->to);
    made->name = fk->name != NULL ? names_take(names, target->catalog->arena, fk->name) : NULL;
    made->columns = names_in_target(target->catalog, k->from, k->to, &fk->columns);
    made->ref_schema = to->schema;
    made->ref_table = to->name;
    made->ref_columns = columns;
    made->on_delete = fk->on_delete;
    made->on_update = fk->on_update;
    made->not_valid = fk->orphans > 0;
    if (fk->orphans > 0)
        target_warn(
            target, k->to,
            "%lld rows have no parent in \"%.200s\": the foreign key over \"%.200s\" holds for new rows only (NOT "
            "VALID)",
            (long long)fk->orphans, to->name, fk->columns.items[0]);
}

static void map_unique_and_indexes(struct keys *k)
{
    map_primary_key(k);
    for (size_t i = 0; i < k->from->unique_count; i++)
        add_unique(k, k->from->uniques[i].name, &k->from->uniques[i].columns);
    for (size_t i = 0; i < k->from->index_count; i++)
        map_index(k, &k->from->indexes[i]);
}

void target_keys(struct target *target)
{
    struct names names;
    struct keys k = { .target = target, .names = &names };
    k.same_dialect = strcmp(target->source->dialect, target->catalog->dialect) == 0;
    names_init(&names);
    for (size_t i = 0; i < target->catalog->table_count; i++)
        (void)names_take(&names, target->catalog->arena, target->catalog->tables[i].name);
    for (k.number = 0; k.number < target->source->table_count; k.number++) {
        k.from = target->tables[k.number].source;
        k.to = target_table_of(target, k.number);
        map_unique_and_indexes(&k);
    }
    names_finish(&names);
    /* afterwards, when it is known what is unique */
    for (k.number = 0; k.number < target->source->table_count; k.number++) {
        k.from = target->tables[k.number].source;
        k.to = target_table_of(target, k.number);
        names_init(&names); /* names of foreign keys only meet within their table */
        for (size_t i = 0; i < k.from->foreign_key_count; i++)
            map_foreign_key(&k, &k.from->foreign_keys[i], &names);
        names_finish(&names);
    }
}
