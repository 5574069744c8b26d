/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys are compared as what they mean: columns, and for a foreign key where it leads. A unique constraint may also be a
 * plain unique index; a partial or expression index is never one.
 */
#include "jobs/validation/constraints.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/text.h"

enum { LIST_SIZE = 256 };

static bool names_equal(const struct catalog_names *a, const struct catalog_names *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    }
    return true;
}

/* "a, b", cut when long: for messages and for the finding's column. */
static const char *list(const struct catalog_names *names, char ret_text[static LIST_SIZE])
{
    size_t used = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < names->count; i++) {
        size_t size = strlen(names->items[i]);
        if (used + size + 3 > LIST_SIZE)
            break;
        if (i > 0) {
            memcpy(ret_text + used, ", ", 2);
            used += 2;
        }
        memcpy(ret_text + used, names->items[i], size + 1);
        used += size;
    }
    return ret_text;
}

static bool has_unique(const struct catalog_table *t, const struct catalog_names *columns)
{
    if (names_equal(&t->primary_key.columns, columns))
        return true;
    for (size_t i = 0; i < t->unique_count; i++) {
        if (names_equal(&t->uniques[i].columns, columns))
            return true;
    }
    for (size_t i = 0; i < t->index_count; i++) {
        const struct catalog_index *index = &t->indexes[i];
        if (index->unique && !index->where && !index->expression && names_equal(&index->columns, columns))
            return true;
    }
    return false;
}

static const struct catalog_foreign_key *find_foreign_key(const struct catalog_table *t,
                                                          const struct catalog_foreign_key *wanted)
{
    for (size_t i = 0; i < t->foreign_key_count; i++) {
        const struct catalog_foreign_key *fk = &t->foreign_keys[i];
        if (names_equal(&fk->columns, &wanted->columns) && text_equal(fk->ref_table, wanted->ref_table) &&
            text_equal(fk->ref_schema, wanted->ref_schema) && names_equal(&fk->ref_columns, &wanted->ref_columns))
            return fk;
    }
    return NULL;
}

static void check_foreign_key(const struct catalog_table *expected, const struct catalog_table *actual,
                              const struct catalog_foreign_key *wanted, struct findings *findings,
                              struct constraints_count *count)
{
    char columns[LIST_SIZE];
    const struct catalog_foreign_key *fk = find_foreign_key(actual, wanted);
    list(&wanted->columns, columns);
    if (!fk)
        findings_add(findings, "foreign_key", expected->name, columns, NULL,
                     "table \"%s\": the foreign key of %s to \"%s\" is not in the target", expected->name, columns,
                     wanted->ref_table);
    else if (fk->not_valid && !wanted->not_valid)
        findings_add(findings, "foreign_key", expected->name, columns, NULL,
                     "table \"%s\": the foreign key of %s to \"%s\" is there, but never validated", expected->name,
                     columns, wanted->ref_table);
    count->foreign_keys += fk != NULL;
}

void constraints_check(const struct catalog_table *expected, const struct catalog_table *actual,
                       struct findings *findings, struct constraints_count *count)
{
    char columns[LIST_SIZE];
    const struct catalog_names *key = &expected->primary_key.columns;
    if (key->count > 0 && !names_equal(key, &actual->primary_key.columns))
        findings_add(findings, "primary_key", expected->name, list(key, columns), NULL,
                     "table \"%s\": the primary key (%s) is not in the target", expected->name, columns);
    else
        count->primary_keys += key->count > 0;

    for (size_t i = 0; i < expected->foreign_key_count; i++)
        check_foreign_key(expected, actual, &expected->foreign_keys[i], findings, count);

    for (size_t i = 0; i < expected->unique_count; i++) {
        const struct catalog_names *unique = &expected->uniques[i].columns;
        if (!has_unique(actual, unique))
            findings_add(findings, "unique", expected->name, list(unique, columns), NULL,
                         "table \"%s\": the unique key (%s) is not in the target", expected->name, columns);
    }
    for (size_t i = 0; i < expected->column_count; i++) {
        const struct catalog_column *column = &expected->columns[i];
        const struct catalog_column *found = catalog_column_find(actual, column->name);
        if (found && !column->nullable && found->nullable)
            findings_add(findings, "not_null", expected->name, column->name, NULL,
                         "table \"%s\", column \"%s\": NOT NULL is missing in the target", expected->name,
                         column->name);
    }
}

/* Is this key of the source the one that became `wanted`? By columns, as mapping renamed them. */
static bool same_key(const struct catalog_foreign_key *fk, const struct catalog_foreign_key *wanted,
                     const struct catalog_table *expected)
{
    if (fk->columns.count != wanted->columns.count)
        return false;
    for (size_t i = 0; i < fk->columns.count; i++) {
        const struct catalog_column *column = catalog_column_find(expected, wanted->columns.items[i]);
        if (!column || !text_equal(fk->columns.items[i], column->source_column ? column->source_column : column->name))
            return false;
    }
    return true;
}

static enum error_class count_allowed(struct connect *source, const struct catalog_table *from,
                                      const struct catalog_table *expected, const struct catalog_foreign_key *wanted,
                                      struct arena *arena, int64_t *ret_allowed, struct error *e)
{
    const char *samples;
    *ret_allowed = 0;
    for (size_t i = 0; wanted->not_valid && i < from->foreign_key_count; i++) {
        if (same_key(&from->foreign_keys[i], wanted, expected))
            return connect_orphans(source, arena, from, &from->foreign_keys[i], ret_allowed, &samples, e);
    }
    return ERROR_OK;
}

/* The first sample, joined like every key of a finding. */
static const char *first_sample(struct arena *arena, const char *samples)
{
    char key[LIST_SIZE];
    size_t at;
    json_t *part;
    json_auto_t *keys = json_loads(samples, 0, NULL);
    json_t *parts = json_array_get(keys, 0);
    struct catalog_names first = { .items = arena_array(arena, json_array_size(parts) + 1, sizeof *first.items) };
    json_array_foreach(parts, at, part)
    {
        first.items[first.count++] = json_is_string(part) ? json_string_value(part) : "NULL";
    }
    return arena_text(arena, list(&first, key));
}

enum error_class constraints_orphans(struct connect *source, const struct catalog_table *from, struct connect *target,
                                     const struct catalog_table *expected, struct arena *arena,
                                     struct findings *findings, struct error *e)
{
    for (size_t i = 0; i < expected->foreign_key_count; i++) {
        const struct catalog_foreign_key *fk = &expected->foreign_keys[i];
        const char *samples = "[]";
        char columns[LIST_SIZE];
        int64_t count = 0, allowed = 0;
        enum error_class class = connect_orphans(target, arena, expected, fk, &count, &samples, e);
        if (class == ERROR_OK)
            class = count_allowed(source, from, expected, fk, arena, &allowed, e);
        if (class != ERROR_OK)
            return class;
        if (count == allowed)
            continue;
        const char *key = first_sample(arena, samples);
        findings_add(findings, "orphan", expected->name, list(&fk->columns, columns), count > 0 ? key : NULL,
                     "table \"%s\", column %s: %" PRId64 " rows have no parent in \"%s\" (the source has %" PRId64
                     " such), the first has key %s",
                     expected->name, columns, count, fk->ref_table, allowed, key);
    }
    return ERROR_OK;
}
