/* SPDX-License-Identifier: Apache-2.0 */
/* schema_table.c - tables of a schema file: made, told apart, given to the catalog. */
#include "catalog/parse/schema/schema_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "catalog/parse/nested/outline.h"

enum {
    TABLES_MAX = 20000,
    INDEX_FROM = 16,
    COLUMNS_MAX = 500000,
    TABLE_COLUMNS_MAX = CATALOG_COLUMNS_MAX,
    DIAGNOSTICS_MAX = 200
};

static bool over(struct schema_work *w, const char *what, size_t count, size_t max)
{
    if (w->class == ERROR_OK && (count >= max || arena_room(w->arena) < 16 * 1024 * 1024))
        w->class =
            error_code(w->error, ERROR_TOO_LARGE, "schema_too_large", "the schema makes more than %zu %s", count, what);
    return w->class != ERROR_OK;
}

struct schema_table *schema_table_add(struct schema_work *w, struct schema_table *parent, const char *name)
{
    if (over(w, "tables", w->table_count, TABLES_MAX))
        return NULL;
    struct schema_table *t = arena_alloc(w->arena, sizeof *t);
    t->parent = parent;
    t->name = layout_names_take(w->names, name[0] != '\0' ? name : "_");
    t->names = layout_names_create(w->arena);
    *(w->last != NULL ? &w->last->next : &w->first) = t;
    w->last = t;
    w->table_count++;
    return t;
}

/* Where it is, or would be. */
static struct schema_column **place_of(const struct schema_table *t, const char *name)
{
    size_t at = outline_hash(name, strlen(name)) & (t->index_size - 1);
    while (t->index[at] != NULL && strcmp(t->index[at]->column.name, name) != 0)
        at = (at + 1) & (t->index_size - 1);
    return &t->index[at];
}

/* At most half full. */
static void index_add(struct arena *arena, struct schema_table *t, struct schema_column *c)
{
    if (t->column_count < INDEX_FROM)
        return;
    if (t->column_count * 2 < t->index_size) {
        *place_of(t, c->column.name) = c;
        return;
    }
    t->index_size = t->index_size == 0 ? 4 * INDEX_FROM : t->index_size * 2;
    t->index = arena_array(arena, t->index_size, sizeof(struct schema_column *));
    for (c = t->first; c != NULL; c = c->next)
        *place_of(t, c->column.name) = c;
}

struct schema_column *schema_column_add(struct schema_work *w, struct schema_table *t, const char *name,
                                        struct type type, bool nullable, const char *path)
{
    if (over(w, "columns", w->column_count, COLUMNS_MAX) ||
        over(w, "columns of one table", t->column_count, TABLE_COLUMNS_MAX))
        return NULL;
    struct schema_column *c = arena_alloc(w->arena, sizeof *c);
    c->column.name = layout_names_take(t->names, name[0] != '\0' ? name : "_");
    c->column.type = type;
    c->column.nullable = nullable;
    c->column.path = path;
    *(t->last != NULL ? &t->last->next : &t->first) = c;
    t->last = c;
    t->column_count++;
    w->column_count++;
    index_add(w->arena, t, c);
    return c;
}

struct schema_column *schema_column_find(const struct schema_table *t, const char *name)
{
    if (t->index != NULL)
        return *place_of(t, name);
    struct schema_column *c = t->first;
    while (c != NULL && strcmp(c->column.name, name) != 0)
        c = c->next;
    return c;
}

void schema_table_guess_key(struct schema_table *t)
{
    int best = 3;
    for (const struct schema_column *c = t->first; c != NULL && t->key == NULL; c = c->next) {
        int rank = c->refers == NULL && !c->column.nullable ? nested_name_key_rank(c->column.name, t->name) : 0;
        if (rank > best)
            t->key = c->column.name;
    }
}

void schema_table_place(struct schema_work *w, struct schema_table *t, bool dictionary)
{
    struct type integer = { .name = TYPE_INTEGER }, string = { .name = TYPE_STRING };
    schema_table_guess_key(t->parent);
    if (t->parent->key != NULL) {
        const struct schema_column *key = schema_column_find(t->parent, t->parent->key);
        char one[NESTED_NAME_SIZE];
        nested_name_singular(t->parent->name, one);
        const char *name = nested_name_is_one_word(t->parent->key)
                               ? arena_format(w->arena, "%s_%.700s", one, t->parent->key)
                               : t->parent->key;
        struct schema_column *link = schema_column_add(w, t, name, key->column.type, false, "#parent");
        t->link = link != NULL ? link->column.name : NULL;
    }
    schema_column_add(w, t, dictionary ? "key" : "position", dictionary ? string : integer, false,
                      dictionary ? "#key" : "#position");
}

void schema_table_say(struct schema_work *w, const struct schema_table *t, const char *format, ...)
{
    char text[512];
    va_list args;
    if (w->catalog->diagnostic_count >= DIAGNOSTICS_MAX)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct catalog_diagnostic *d = catalog_diagnostic_add(w->catalog, "warning", text);
    d->table = t != NULL ? t->name : NULL;
}

/* ---- into the catalog ---- */

static void give_reference(struct catalog *c, struct catalog_table *to, const struct schema_table *t,
                           const struct schema_column *from)
{
    if (!from->many && from->refers->key != NULL) {
        struct catalog_foreign_key *key = catalog_foreign_key_add(c, to);
        key->ref_schema = "";
        key->ref_table = from->refers->name;
        key->orphans = -1;
        catalog_name_add(c, &key->columns, from->column.name);
        catalog_name_add(c, &key->ref_columns, from->refers->key);
        return;
    }
    struct catalog_relationship *r = catalog_relationship_add(c);
    r->from_schema = r->to_schema = "";
    r->from_table = t->name;
    r->to_table = from->refers->name;
    r->cardinality = from->many ? "one_to_many" : "many_to_one";
    r->confidence = 1;
    r->origin = "declared";
    r->evidence = from->why;
    catalog_name_add(c, &r->from_columns, from->column.name);
    if (from->refers->key != NULL)
        catalog_name_add(c, &r->to_columns, from->refers->key);
}

static void give_key(struct catalog *c, struct catalog_table *to, const struct schema_key *k)
{
    if (k->refers == NULL) {
        struct catalog_key *key = catalog_unique_add(c, to);
        key->name = k->name;
        key->columns = k->columns;
        return;
    }
    struct catalog_foreign_key *key = catalog_foreign_key_add(c, to);
    key->name = k->name;
    key->columns = k->columns;
    key->ref_schema = "";
    key->ref_table = k->refers->name;
    key->ref_columns = k->ref_columns;
    key->orphans = -1;
}

static void give_table(struct catalog *c, const struct schema_table *t)
{
    struct catalog_table *to = catalog_table_add(c, "", t->name);
    to->comment = t->comment;
    to->rows = -1;
    to->inherits = t->inherits;
    to->parent = t->parent != NULL ? t->parent->name : NULL;
    if (t->key != NULL)
        catalog_name_add(c, &to->primary_key.columns, t->key);
    if (t->link != NULL && t->parent->key != NULL) {
        struct catalog_foreign_key *key = catalog_foreign_key_add(c, to);
        key->ref_schema = "";
        key->ref_table = t->parent->name;
        key->orphans = -1;
        catalog_name_add(c, &key->columns, t->link);
        catalog_name_add(c, &key->ref_columns, t->parent->key);
    }
    for (const struct schema_key *k = t->keys; k != NULL; k = k->next)
        give_key(c, to, k);
    for (const struct schema_column *from = t->first; from != NULL; from = from->next) {
        struct catalog_column *column = catalog_column_add(c, to, from->column.name);
        *column = from->column;
        if (from->refers != NULL)
            give_reference(c, to, t, from);
        if (from->check != NULL)
            catalog_check_add(c, to)->expression = from->check;
    }
}

void schema_tables_give(struct schema_work *w)
{
    for (struct schema_table *t = w->first; t != NULL; t = t->next)
        schema_table_guess_key(t);
    for (const struct schema_table *t = w->first; t != NULL; t = t->next)
        give_table(w->catalog, t);
}
