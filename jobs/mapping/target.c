/* SPDX-License-Identifier: Apache-2.0 */
#include "jobs/mapping/target.h"

#include <stdio.h>
#include <string.h>

#include "jobs/mapping/default.h"
#include "jobs/mapping/names.h"

enum { POSTGRESQL_COLUMNS_MAX = 1600, BYTES_A_COLUMN = 2048, BYTES_A_TABLE = 4096 };

static bool same_dialect(const struct target *target)
{
    return strcmp(target->source->dialect, target->catalog->dialect) == 0;
}

static void map_default(struct target *target, const struct catalog_column *from, struct catalog_column *to,
                        struct choice *choice)
{
    struct arena *arena = target->catalog->arena;
    bool none = false;
    if (from->default_text == NULL || from->generated != NULL)
        return;
    if (same_dialect(target) && strstr(from->default_text, "nextval(") != NULL) {
        to->identity = none = true; /* a sequence of the source; the target gets its own */
    } else if (same_dialect(target)) {
        to->default_text = from->default_text;
    }
    if (strcmp(target->source->dialect, "sqlite") == 0)
        to->default_text = default_to_postgresql(arena, from->default_text, &choice->type, &none);
    if (to->default_text == NULL && !none)
        choice_warn(arena, choice, "its default %.200s is left out: it does not mean the same in the target",
                    from->default_text);
}

static void map_identity(struct target *target, const struct catalog_column *from, struct catalog_column *to,
                         struct choice *choice)
{
    enum type_name name = choice->type.name;
    bool whole = name == TYPE_SMALLINT || name == TYPE_INTEGER || name == TYPE_BIGINT;
    bool full = from->observed != NULL && from->observed->integers > 0 && from->observed->integer_max == INT64_MAX;
    to->identity = from->identity && whole && !full;
    if (from->identity && !to->identity)
        choice_warn(target->catalog->arena, choice, "it no longer counts up by itself: its values are %s",
                    whole ? "at their largest" : "no whole numbers");
}

static void map_column(struct target *target, struct catalog_table *t, const struct catalog_column *from,
                       struct choice *choice, struct names *names)
{
    struct arena *arena = target->catalog->arena;
    const char *name = names_take(names, arena, from->name);
    struct catalog_column *to = catalog_column_add(target->catalog, t, name);
    to->type = choice->type;
    to->native_type = to->target_type = arena_text(arena, choice->native);
    to->nullable = from->nullable;
    to->comment = from->comment;
    to->source_column = from->name;
    if (strcmp(name, from->name) != 0)
        choice_warn(arena, choice, "its name becomes \"%.63s\": the target does not take the source's", name);
    if (!from->nullable && from->observed != NULL && from->observed->nulls > 0) {
        to->nullable = true;
        choice_warn(arena, choice, "declared NOT NULL, but %lld values are NULL: the target allows NULL",
                    (long long)from->observed->nulls);
    }
    if (from->generated != NULL && same_dialect(target))
        to->generated = from->generated;
    else if (from->generated != NULL)
        choice_warn(arena, choice, "it is computed in the source (%.200s); the target gets its values as plain data",
                    from->generated);
    if (from->collation != NULL && same_dialect(target))
        to->collation = from->collation;
    else if (from->collation != NULL)
        choice_warn(arena, choice, "its collation %.60s is left out: the target compares and sorts in another way",
                    from->collation);
    map_identity(target, from, to, choice);
    map_default(target, from, to, choice);
}

static enum error_class map_table(struct target *target, size_t number, const char *schema, struct names *names,
                                  struct error *e)
{
    const struct catalog_table *from = target->tables[number].source;
    if (from->column_count > POSTGRESQL_COLUMNS_MAX)
        return error_code(e, ERROR_REFUSED, "too_many_columns",
                          "table \"%.200s\" has %zu columns; PostgreSQL allows %d: split it in the source", from->name,
                          from->column_count, POSTGRESQL_COLUMNS_MAX);
    const char *name = names_take(names, target->catalog->arena, from->name);
    struct catalog_table *t = catalog_table_add(target->catalog, schema, name);
    target->tables[number].target = target->catalog->table_count - 1;
    t->comment = from->comment;
    t->source_schema = from->schema;
    t->source_table = from->name;
    if (strcmp(name, from->name) != 0)
        target_warn(target, t, "the name of table \"%.300s\" becomes \"%.63s\": the target does not take the source's",
                    from->name, name);
    struct names columns;
    names_init(&columns);
    for (size_t i = 0; i < from->column_count; i++)
        map_column(target, t, &from->columns[i], &target->tables[number].choices[i], &columns);
    names_finish(&columns);
    for (size_t i = 0; i < from->check_count; i++) {
        if (same_dialect(target))
            *catalog_check_add(target->catalog, t) = from->checks[i];
        else
            target_warn(target, t, "CHECK (%.300s) is left out: it is written for the source",
                        from->checks[i].expression);
    }
    return ERROR_OK;
}

static size_t columns_of(const struct catalog *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->table_count; i++)
        count += c->tables[i].column_count;
    return count;
}

enum error_class target_make(struct arena *arena, const struct catalog *source, const char *schema,
                             struct target *ret_target, struct error *e)
{
    if (columns_of(source) * BYTES_A_COLUMN + source->table_count * BYTES_A_TABLE > arena_room(arena))
        return error_code(e, ERROR_TOO_LARGE, "catalog_too_large",
                          "%zu tables with %zu columns are too many to map at once", source->table_count,
                          columns_of(source));
    struct target target = { .source = source, .catalog = catalog_create(arena, "postgresql", source->name) };
    target.tables = arena_array(arena, source->table_count + 1, sizeof *target.tables);
    for (size_t i = 0; i < source->table_count; i++)
        target.tables[i].source = &source->tables[i];
    target_types(&target);

    /* All tables of a SQLite file go into one schema; elsewhere a schema given for all may bring equal names together,
     * which then get a number. */
    bool sqlite = strcmp(source->dialect, "sqlite") == 0;
    struct names names;
    names_init(&names);
    enum error_class class = ERROR_OK;
    for (size_t i = 0; class == ERROR_OK && i < source->table_count; i++) {
        const char *own = sqlite ? "public" : source->tables[i].schema;
        if (schema == NULL && i > 0 && strcmp(source->tables[i - 1].schema, source->tables[i].schema) != 0) {
            names_finish(&names);
            names_init(&names);
        }
        class = map_table(&target, i, schema != NULL ? schema : own, &names, e);
    }
    names_finish(&names);
    if (class != ERROR_OK)
        return class;
    target_keys(&target);
    *ret_target = target;
    return ERROR_OK;
}
