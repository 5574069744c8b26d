/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_finish.c - what needs the whole text: where foreign keys lead, what partitions take over, names as the columns
 * spell them, types of one's own; then the tables move into the catalog.
 */
#include <string.h>

#include "base/buffer.h"
#include "catalog/parse/ddl_statement.h"

enum { CHAIN_MAX = 16 };

/* Names of columns as their definitions spell them. */
static void spell(struct ddl *p, struct ddl_table *t, struct catalog_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct catalog_column *column = ddl_column_find(p, t, names->items[i]);
        if (column != NULL)
            names->items[i] = column->name;
    }
}

/* A key's columns are never NULL; SQLite is laxer. */
static void finish_primary_key(struct ddl *p, struct ddl_table *t)
{
    const struct catalog_names *names = &t->table.primary_key.columns;
    spell(p, t, &t->table.primary_key.columns);
    for (size_t i = 0; i < names->count; i++) {
        struct catalog_column *column = ddl_column_find(p, t, names->items[i]);
        if (column == NULL)
            continue;
        bool rowid =
            names->count == 1 && column->native_type != NULL && strcasecmp(column->native_type, "integer") == 0;
        if (p->dialect != DDL_SQLITE || rowid || t->without_rowid)
            column->nullable = false;
    }
}

/* A partition has the key of the whole; foreign keys of the whole are said there, once. */
static void take_over(struct ddl_table *t)
{
    const struct ddl_table *parent = t->partition_of;
    for (size_t depth = 0; parent != NULL && depth < CHAIN_MAX; depth++, parent = parent->partition_of) {
        if (t->table.primary_key.columns.count == 0 && parent->table.primary_key.columns.count > 0) {
            t->table.primary_key.columns = parent->table.primary_key.columns;
            t->table.primary_key.deferrable = parent->table.primary_key.deferrable;
        }
    }
}

static void finish_reference(struct ddl *p, struct ddl_table *t, struct ddl_reference *r)
{
    struct ddl_table *target = r->target;
    if (target == NULL || target->dropped) {
        const char *schema = p->schema;
        p->schema = t->table.schema;
        target = ddl_table_find(p, &r->path);
        p->schema = schema;
    }
    if (r->key.on_delete == NULL)
        r->key.on_delete = "NO ACTION";
    if (r->key.on_update == NULL)
        r->key.on_update = "NO ACTION";
    spell(p, t, &r->key.columns);
    if (target == NULL) {
        r->key.ref_schema = r->path.schema.text != NULL ? r->path.schema.text : t->table.schema;
        r->key.ref_table = r->path.name.text;
        ddl_warn_place(p, r->line, r->column, "foreign key to %.80s, which is no table of this text",
                       r->path.name.text);
        return;
    }
    r->key.ref_schema = target->table.schema;
    r->key.ref_table = target->table.name;
    if (r->key.ref_columns.count == 0)
        r->key.ref_columns = target->table.primary_key.columns;
    else
        spell(p, target, &r->key.ref_columns);
    if (r->key.ref_columns.count == 0)
        ddl_warn_place(p, r->line, r->column, "foreign key to %.80s, which has no primary key", target->table.name);
}

static void finish_references(struct ddl *p, struct ddl_table *t)
{
    size_t count = t->reference_count, capacity = 4;
    for (size_t i = 0; i < count; i++)
        finish_reference(p, t, &t->references[i]);
    if (count > 0 && t->no_foreign_keys) {
        for (size_t i = 0; i < count && ddl_room(p); i++)
            ddl_extra(p, t, "foreign key", t->references[i].key.ref_table, strlen(t->references[i].key.ref_table));
        p->table_said = t->table.name;
        ddl_warn_place(p, 0, 0, "%.80s: its engine takes foreign keys and forgets them", t->table.name);
        return;
    }
    if (count == 0)
        return;
    while (capacity < count)
        capacity *= 2;
    if (capacity * sizeof *t->table.foreign_keys >= arena_room(p->arena)) {
        (void)ddl_fail(p, ERROR_TOO_LARGE, "the schema does not fit into the memory that is allowed for it");
        return;
    }
    t->table.foreign_keys = arena_array(p->arena, capacity, sizeof *t->table.foreign_keys);
    for (size_t i = 0; i < count; i++)
        t->table.foreign_keys[i] = t->references[i].key;
    t->table.foreign_key_count = count;
}

/* Members of an enum as the JSON text that a type names them by. */
static const char *members_of(struct ddl *p, const struct catalog_named_type *type)
{
    struct buffer b;
    buffer_init(&b, p->limits.expression_max);
    buffer_char(&b, '[');
    for (size_t i = 0; i < type->members.count; i++) {
        if (i > 0)
            buffer_char(&b, ',');
        buffer_json_string(&b, type->members.items[i], strlen(type->members.items[i]));
    }
    buffer_char(&b, ']');
    const char *kept = b.overflow ? NULL : ddl_keep(p, buffer_view(&b), b.size);
    buffer_finish(&b);
    return kept;
}

static void finish_type(struct ddl *p, struct catalog_column *column)
{
    const char *native = column->native_type, *dot = native != NULL ? strrchr(native, '.') : NULL;
    if (native == NULL)
        return;
    struct ddl_path path = { .name = { .text = dot != NULL ? dot + 1 : native } };
    size_t index = ddl_object_find(p, DDL_TYPE, &path);
    for (size_t depth = 0; index != SIZE_MAX && depth < CHAIN_MAX; depth++) {
        const struct catalog_named_type *type = &p->c->types[index];
        if (strcmp(type->kind, "enum") == 0) {
            column->type = (struct type){ .name = TYPE_ENUM, .element = members_of(p, type) };
            return;
        }
        if (strcmp(type->kind, "domain") != 0 || type->base == NULL)
            return;
        column->type = type_from_native(ddl_dialect_text(p->dialect), type->base);
        if (column->type.name != TYPE_OTHER)
            return;
        dot = strrchr(type->base, '.');
        path.name.text = dot != NULL ? dot + 1 : type->base;
        index = ddl_object_find(p, DDL_TYPE, &path);
    }
}

static void finish_table(struct ddl *p, struct ddl_table *t)
{
    take_over(t);
    finish_primary_key(p, t);
    for (size_t i = 0; i < t->table.unique_count; i++)
        spell(p, t, &t->table.uniques[i].columns);
    for (size_t i = 0; i < t->table.index_count; i++) {
        spell(p, t, &t->table.indexes[i].columns);
        spell(p, t, &t->table.indexes[i].include);
    }
    for (size_t i = 0; i < t->table.column_count && p->c->type_count > 0; i++)
        if (t->table.columns[i].type.name == TYPE_OTHER)
            finish_type(p, &t->table.columns[i]);
    p->table_said = t->table.name;
}

#define KEEP_NAMED(list, count)                 \
    do {                                        \
        size_t kept_ = 0;                       \
        for (size_t i_ = 0; i_ < (count); i_++) \
            if ((list)[i_].name != NULL)        \
                (list)[kept_++] = (list)[i_];   \
        (count) = kept_;                        \
    } while (0)

static void move_tables(struct ddl *p)
{
    size_t live = 0, capacity = 4;
    for (size_t i = 0; i < p->table_count; i++)
        live += !p->tables[i]->dropped;
    while (capacity < live)
        capacity *= 2;
    if (live == 0)
        return;
    if (capacity * sizeof *p->c->tables >= arena_room(p->arena)) {
        (void)ddl_fail(p, ERROR_TOO_LARGE, "the schema does not fit into the memory that is allowed for it");
        return;
    }
    p->c->tables = arena_array(p->arena, capacity, sizeof *p->c->tables);
    for (size_t i = 0; i < p->table_count; i++)
        if (!p->tables[i]->dropped)
            p->c->tables[p->c->table_count++] = p->tables[i]->table;
}

void ddl_finish(struct ddl *p)
{
    for (size_t i = 0; i < p->table_count && p->failed == ERROR_OK; i++)
        if (!p->tables[i]->dropped)
            finish_table(p, p->tables[i]);
    for (size_t i = 0; i < p->table_count && p->failed == ERROR_OK; i++) /* all primary keys are known now */
        if (!p->tables[i]->dropped) {
            p->table_said = p->tables[i]->table.name;
            finish_references(p, p->tables[i]);
        }
    p->table_said = NULL;
    ddl_left_out_say(p);
    KEEP_NAMED(p->c->views, p->c->view_count);
    KEEP_NAMED(p->c->sequences, p->c->sequence_count);
    KEEP_NAMED(p->c->types, p->c->type_count);
    move_tables(p);
    if (p->failed == ERROR_OK && p->diagnostics > p->limits.diagnostics_max && ddl_room(p)) {
        char *text =
            arena_format(p->arena, "%zu more diagnostics are left out", p->diagnostics - p->limits.diagnostics_max);
        (void)catalog_diagnostic_add(p->c, "warning", text);
    }
    if (p->failed == ERROR_OK)
        catalog_sort(p->c);
}
