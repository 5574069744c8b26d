/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_finish.c - what needs the whole text: where foreign keys lead, what partitions take over, names as the columns
 * spell them, types of one's own; then the tables move into the catalog.
 */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "catalog/parse/ddl/ddl_script.h"
#include "catalog/parse/ddl/ddl_statement.h"
#include "catalog/spelling_mysql.h"

enum { CHAIN_MAX = 16, REFERENCES_MAX = 20000 };

/* Names of columns as their definitions spell them. */
static void spell(struct ddl *p, struct ddl_table *t, struct catalog_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct catalog_column *column = ddl_column_find(p, t, names->items[i]);
        if (column != NULL)
            names->items[i] = column->name;
    }
}

static bool same_names(const struct catalog_names *a, const struct catalog_names *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = ddl_same_text(a->items[i], b->items[i]);
    return same;
}

static void take_uniques(struct ddl *p, struct ddl_table *t, const struct ddl_table *whole)
{
    for (size_t i = 0; i < whole->table.unique_count; i++) {
        struct catalog_key key = whole->table.uniques[i];
        bool there = false;
        if (!ddl_work(p, t->table.unique_count + 1))
            return;
        for (size_t k = 0; !there && k < t->table.unique_count; k++)
            there = same_names(&t->table.uniques[k].columns, &key.columns);
        key.name = NULL; /* the server makes one up */
        if (!there && ddl_grows(p, t->table.unique_count, sizeof key))
            *catalog_unique_add(p->c, &t->table) = key;
    }
}

static void take_indexes(struct ddl *p, struct ddl_table *t, const struct ddl_table *whole)
{
    for (size_t i = 0; i < whole->table.index_count; i++) {
        struct catalog_index index = whole->table.indexes[i];
        bool there = false;
        if (!ddl_work(p, t->table.index_count + 1))
            return;
        for (size_t k = 0; !there && k < t->table.index_count; k++) {
            const struct catalog_index *own = &t->table.indexes[k];
            there = same_names(&own->columns, &index.columns) && own->unique == index.unique &&
                    text_equal(own->expression, index.expression) && text_equal(own->where, index.where) &&
                    text_equal(own->method, index.method) && same_names(&own->orders, &index.orders);
        }
        index.name = NULL;
        if (!there && ddl_grows(p, t->table.index_count, sizeof index))
            *catalog_index_add(p->c, &t->table) = index;
    }
}

/* A partition has the keys and indexes of the whole; foreign keys of the whole are said there, once. */
static void take_over(struct ddl *p, struct ddl_table *t)
{
    const struct ddl_table *parent = t->partition_of;
    for (size_t depth = 0; parent != NULL && depth < CHAIN_MAX; depth++, parent = parent->partition_of) {
        if (t->table.primary_key.columns.count == 0 && parent->table.primary_key.columns.count > 0) {
            t->table.primary_key.columns = parent->table.primary_key.columns;
            t->table.primary_key.deferrable = parent->table.primary_key.deferrable;
        }
        take_uniques(p, t, parent);
        take_indexes(p, t, parent);
    }
}

/* REFERENCES t means t's primary key. Where t is elsewhere, or has none, the names of the columns themselves are the
 * best guess; the servers whose texts may say so take the key as well. */
static void assume_columns(struct ddl *p, const struct ddl_table *target, struct catalog_foreign_key *key)
{
    bool strict = p->dialect == DDL_POSTGRESQL || p->dialect == DDL_MYSQL;
    if (target == NULL || (!strict && key->ref_columns.count != key->columns.count))
        key->ref_columns = key->columns;
}

/* false: it can't be said in a catalog. */
static bool finish_reference(struct ddl *p, struct ddl_table *t, struct ddl_reference *r)
{
    struct ddl_table *target = r->target;
    struct catalog_foreign_key *key = &r->key;
    if (target == NULL || target->dropped) {
        const char *schema = p->schema;
        p->schema = t->table.schema;
        target = ddl_table_find(p, &r->path);
        p->schema = schema;
    }
    if (key->on_delete == NULL)
        key->on_delete = "NO ACTION";
    if (key->on_update == NULL)
        key->on_update = "NO ACTION";
    if (p->dialect == DDL_MYSQL) {
        key->on_delete = spelling_mysql_action(key->on_delete);
        key->on_update = spelling_mysql_action(key->on_update);
    }
    if (target != NULL) {
        key->ref_schema = target->table.schema;
        key->ref_table = target->table.name;
        if (key->ref_columns.count > 0) {
            spell(p, target, &key->ref_columns);
        } else {
            key->ref_columns = target->table.primary_key.columns;
            assume_columns(p, target, key);
        }
    } else {
        key->ref_schema = r->path.schema.text != NULL ? r->path.schema.text : t->table.schema;
        key->ref_table = r->path.name.text;
        bool named = key->ref_columns.count > 0;
        if (!named)
            assume_columns(p, NULL, key);
        ddl_warn_place(p, r->line, r->column, "foreign key to %.80s, which is no table of this text%s", key->ref_table,
                       named ? "" : ": the columns of the same names are taken");
    }
    if (ddl_settle_names(p, t, &key->columns) && key->columns.count == key->ref_columns.count)
        return true;
    if (target == NULL)
        return false;
    ddl_warn_place(p, r->line > 0 ? r->line : t->line, r->line > 0 ? r->column : t->column,
                   "foreign key of %.80s to %.80s: it is not known which columns go together", t->table.name,
                   key->ref_table);
    return false;
}

static bool begins_with(const struct catalog_names *names, const struct catalog_names *begin)
{
    bool same = names->count >= begin->count;
    for (size_t i = 0; same && i < begin->count; i++)
        same = ddl_same_text(names->items[i], begin->items[i]);
    return same;
}

/* MySQL makes an index for a foreign key that has none to use. */
static void index_of_reference(struct ddl *p, struct ddl_table *t, const struct catalog_foreign_key *key)
{
    const struct catalog_table *table = &t->table;
    if (!ddl_work(p, table->unique_count + table->index_count + 1))
        return;
    bool there = begins_with(&table->primary_key.columns, &key->columns);
    for (size_t i = 0; !there && i < table->unique_count; i++)
        there = begins_with(&table->uniques[i].columns, &key->columns);
    for (size_t i = 0; !there && i < table->index_count; i++)
        there = table->indexes[i].expression == NULL && begins_with(&table->indexes[i].columns, &key->columns);
    if (there || !ddl_grows(p, table->index_count, sizeof *table->indexes))
        return;
    struct catalog_index *index = catalog_index_add(p->c, &t->table);
    index->name = key->name != NULL ? key->name : key->columns.items[0];
    index->columns = key->columns;
}

static void finish_references(struct ddl *p, struct ddl_table *t)
{
    size_t count = t->reference_count, capacity = 4, kept = 0;
    if (count == 0)
        return;
    while (capacity < count)
        capacity *= 2;
    if (capacity * sizeof *t->table.foreign_keys >= arena_room(p->arena)) {
        (void)ddl_fail(p, ERROR_TOO_LARGE, "the schema does not fit into the memory that is allowed for it");
        return;
    }
    t->table.foreign_keys = arena_array(p->arena, capacity, sizeof *t->table.foreign_keys);
    for (size_t i = 0; i < count && p->failed == ERROR_OK; i++) {
        bool fits = finish_reference(p, t, &t->references[i]) && kept < REFERENCES_MAX;
        if (fits && !t->no_foreign_keys)
            t->table.foreign_keys[kept++] = t->references[i].key;
        else
            ddl_extra(p, t, "foreign key", t->references[i].key.ref_table, strlen(t->references[i].key.ref_table));
    }
    t->table.foreign_key_count = kept;
    for (size_t i = 0; p->dialect == DDL_MYSQL && i < kept && p->failed == ERROR_OK; i++)
        index_of_reference(p, t, &t->table.foreign_keys[i]);
    if (t->no_foreign_keys)
        ddl_warn_place(p, t->line, t->column, "%.80s: its engine takes foreign keys and forgets them", t->table.name);
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
            column->type = (struct type){ .name = TYPE_ENUM, .precision = -1, .element = members_of(p, type) };
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
    take_over(p, t);
    p->table_said = t->table.name;
    p->script = t->script;
    if (p->dialect == DDL_MYSQL)
        ddl_mysql_finish(p, t);
    ddl_settle(p, t);
    for (size_t i = 0; i < t->table.column_count && p->c->type_count > 0; i++)
        if (t->table.columns[i].type.name == TYPE_OTHER)
            finish_type(p, &t->table.columns[i]);
}

#define KEEP_NAMED(list, count)                 \
    do {                                        \
        size_t kept_ = 0;                       \
        for (size_t i_ = 0; i_ < (count); i_++) \
            if ((list)[i_].name != NULL)        \
                (list)[kept_++] = (list)[i_];   \
        (count) = kept_;                        \
    } while (0)

/* A table of the session alone is no part of what the database holds afterwards. */
static void leave_temporary(struct ddl *p, struct ddl_table *t)
{
    const char *name = t->table.name;
    if (t->dropped || t->table.kind == NULL || strcmp(t->table.kind, "temporary") != 0)
        return;
    t->dropped = true;
    p->script = t->script;
    ddl_extra(p, NULL, "temporary table", name, strlen(name));
    ddl_warn_place(p, 0, 0, "table %.200s is temporary: it is left out, since it ends with its session", name);
}

static void move_tables(struct ddl *p)
{
    size_t live = 0, capacity = 4;
    for (size_t i = 0; i < p->table_count && p->failed == ERROR_OK; i++)
        leave_temporary(p, p->tables[i]);
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
            p->script = p->tables[i]->script;
            finish_references(p, p->tables[i]);
        }
    p->table_said = NULL;
    ddl_scripts_end(p);
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
