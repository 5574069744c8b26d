/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_read.c - the model back from its JSON form, which may come from anybody.
 *
 * Happy path: each function reads one object top-down with read_json.h and adds it. Failure modes: wrong shapes, limits
 * and names that contradict (a key over a column that is not there, a table twice) end in ERROR_INVALID with the JSON
 * pointer; a document too large for the arena in ERROR_TOO_LARGE. Unknown fields are passed over.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "catalog/catalog.h"
#include "catalog/observed.h"
#include "catalog/profile.h"
#include "catalog/read_json.h"

enum { KEY_COLUMNS_MAX = 2000, LIST_MAX = 20000, NUMBER_MAX = 2000000000 };

/* Reads one item of a list; t is NULL for the catalog's own lists. */
typedef void read_item(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                       struct catalog_table *t);

/* Calls `item` for each object of the array `key`. */
static void read_list(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                      size_t max, read_item *item, struct catalog *c, struct catalog_table *t)
{
    struct read_json_at list = { .up = at, .key = key };
    const json_t *array = read_json_array(r, at, object, key, max);
    for (size_t i = 0; r->class == ERROR_OK && i < json_array_size(array); i++) {
        struct read_json_at here = { .up = &list, .index = i };
        if (!json_is_object(json_array_get(array, i)))
            read_json_wrong(r, &here, NULL, "must be an object");
        else if (read_json_room(r, &here, 2 * sizeof(struct catalog_table) * (i + 8)))
            item(r, &here, json_array_get(array, i), c, t);
    }
}

/* With a table every name must be one of its columns. */
static void read_names(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                       struct catalog *c, const struct catalog_table *t, struct catalog_names *names)
{
    struct read_json_at list = { .up = at, .key = key };
    const json_t *array = read_json_array(r, at, object, key, KEY_COLUMNS_MAX);
    for (size_t i = 0; r->class == ERROR_OK && i < json_array_size(array); i++) {
        struct read_json_at here = { .up = &list, .index = i };
        const json_t *value = json_array_get(array, i);
        const char *name = json_string_value(value);
        if (name == NULL || strlen(name) != json_string_length(value) || strlen(name) > CATALOG_NAME_MAX)
            read_json_wrong(r, &here, NULL, "must be a name");
        else if (t != NULL && catalog_column_find(t, name) == NULL)
            read_json_wrong(r, &here, NULL, "is no column of the table");
        else if (read_json_room(r, &here, strlen(name)))
            catalog_name_add(c, names, name);
    }
}

static void read_type(struct read_json *r, const struct read_json_at *at, const json_t *object, struct type *type)
{
    const char *text = read_json_text(r, at, object, "type", true, READ_JSON_NAME_MAX);
    if (r->class == ERROR_OK && !type_from_text(text, &type->name))
        read_json_wrong(r, at, "type", "is no type this version knows");
    bool fraction = type->name == TYPE_TIME || type->name == TYPE_TIMESTAMP;
    type->length = (long)read_json_integer(r, at, object, "length", 0, 0, NUMBER_MAX);
    type->precision = (int)read_json_integer(r, at, object, "precision", fraction ? -1 : 0, 0, NUMBER_MAX);
    type->scale = (int)read_json_integer(r, at, object, "scale", 0, -NUMBER_MAX, NUMBER_MAX);
    type->timezone = read_json_boolean(r, at, object, "timezone", false);
    type->is_unsigned = read_json_boolean(r, at, object, "unsigned", false);
    type->element = read_json_text(r, at, object, "element", false, READ_JSON_TEXT_MAX);
}

/* "" stands for a source without schemas. */
static const char *read_schema(struct read_json *r, const struct read_json_at *at, const json_t *item, const char *key)
{
    const char *schema = read_json_text(r, at, item, key, false, CATALOG_NAME_MAX);
    return schema != NULL ? schema : "";
}

static void fill_column(struct read_json *r, const struct read_json_at *at, const json_t *item,
                        struct catalog_column *column)
{
    read_type(r, at, item, &column->type);
    column->native_type = read_json_text(r, at, item, "native_type", false, READ_JSON_TEXT_MAX);
    column->nullable = read_json_boolean(r, at, item, "nullable", true);
    column->default_text = read_json_text(r, at, item, "default", false, READ_JSON_TEXT_MAX);
    column->generated = read_json_text(r, at, item, "generated", false, READ_JSON_TEXT_MAX);
    column->generated_stored = read_json_boolean(r, at, item, "generated_stored", false);
    column->identity = read_json_boolean(r, at, item, "identity", false);
    column->identity_always = read_json_boolean(r, at, item, "identity_always", false);
    column->on_update = read_json_text(r, at, item, "on_update", false, READ_JSON_TEXT_MAX);
    column->path = read_json_text(r, at, item, "path", false, READ_JSON_TEXT_MAX);
    column->collation = read_json_text(r, at, item, "collation", false, CATALOG_NAME_MAX);
    column->comment = read_json_text(r, at, item, "comment", false, READ_JSON_TEXT_MAX);
    column->target_type = read_json_text(r, at, item, "target_type", false, READ_JSON_TEXT_MAX);
    column->source_column = read_json_text(r, at, item, "source_column", false, CATALOG_NAME_MAX);
    const json_t *observed = json_object_get(item, "observed");
    struct read_json_at below = { .up = at, .key = "observed" };
    if (observed != NULL && !json_is_null(observed))
        column->observed = observed_read(r, &below, observed);
    column->profile = profile_read(r, at, item);
}

static void read_column(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                        struct catalog_table *t)
{
    fill_column(r, at, item, catalog_column_add(c, t, read_json_text(r, at, item, "name", true, CATALOG_NAME_MAX)));
}

static void read_foreign_key(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                             struct catalog_table *t)
{
    struct catalog_foreign_key *fk = catalog_foreign_key_add(c, t);
    fk->name = read_json_text(r, at, item, "name", false, CATALOG_NAME_MAX);
    read_names(r, at, item, "columns", c, t, &fk->columns);
    fk->ref_schema = read_schema(r, at, item, "ref_schema");
    fk->ref_table = read_json_text(r, at, item, "ref_table", true, CATALOG_NAME_MAX);
    read_names(r, at, item, "ref_columns", c, NULL, &fk->ref_columns);
    fk->on_delete = read_json_text(r, at, item, "on_delete", false, CATALOG_NAME_MAX);
    fk->on_update = read_json_text(r, at, item, "on_update", false, CATALOG_NAME_MAX);
    fk->match = read_json_text(r, at, item, "match", false, CATALOG_NAME_MAX);
    fk->deferrable = read_json_boolean(r, at, item, "deferrable", false);
    fk->initially_deferred = read_json_boolean(r, at, item, "initially_deferred", false);
    fk->orphans = read_json_integer(r, at, item, "orphans", -1, 0, INT64_MAX);
    fk->not_valid = read_json_boolean(r, at, item, "not_valid", false);
    if (fk->columns.count == 0 || fk->columns.count != fk->ref_columns.count)
        read_json_wrong(r, at, "columns", "must be as many as ref_columns, and at least one");
}

static void read_unique(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                        struct catalog_table *t)
{
    struct catalog_key *key = catalog_unique_add(c, t);
    key->name = read_json_text(r, at, item, "name", false, CATALOG_NAME_MAX);
    read_names(r, at, item, "columns", c, t, &key->columns);
    key->deferrable = read_json_boolean(r, at, item, "deferrable", false);
    if (key->columns.count == 0)
        read_json_wrong(r, at, "columns", "must not be empty");
}

static void read_index(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                       struct catalog_table *t)
{
    struct catalog_index *index = catalog_index_add(c, t);
    index->name = read_json_text(r, at, item, "name", false, CATALOG_NAME_MAX);
    read_names(r, at, item, "columns", c, t, &index->columns);
    read_names(r, at, item, "orders", c, NULL, &index->orders);
    read_names(r, at, item, "include", c, t, &index->include);
    index->method = read_json_text(r, at, item, "method", false, CATALOG_NAME_MAX);
    index->unique = read_json_boolean(r, at, item, "unique", false);
    index->where = read_json_text(r, at, item, "where", false, READ_JSON_TEXT_MAX);
    index->expression = read_json_text(r, at, item, "expression", false, READ_JSON_TEXT_MAX);
}

static void read_check(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                       struct catalog_table *t)
{
    struct catalog_check *check = catalog_check_add(c, t);
    check->name = read_json_text(r, at, item, "name", false, CATALOG_NAME_MAX);
    check->expression = read_json_text(r, at, item, "expression", true, READ_JSON_TEXT_MAX);
}

static void read_extra(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                       struct catalog_table *t)
{
    struct catalog_extra *extra = catalog_extra_add(c, t);
    extra->what = read_json_text(r, at, item, "what", true, CATALOG_NAME_MAX);
    extra->text = read_json_text(r, at, item, "text", false, READ_JSON_TEXT_MAX);
}

static void read_finding(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                         struct catalog_table *t)
{
    struct catalog_finding *finding = catalog_finding_add(c, t);
    finding->check = read_json_text(r, at, item, "check", true, CATALOG_NAME_MAX);
    finding->severity = read_json_text(r, at, item, "severity", true, CATALOG_NAME_MAX);
    finding->column = read_json_text(r, at, item, "column", false, CATALOG_NAME_MAX);
    finding->message = read_json_text(r, at, item, "message", true, READ_JSON_TEXT_MAX);
    finding->rows = read_json_integer(r, at, item, "rows", -1, 0, INT64_MAX);
}

/* The object `key`, if there is one. */
static const json_t *read_part(struct read_json *r, const struct read_json_at *at, const json_t *item, const char *key)
{
    const json_t *part = json_object_get(item, key);
    if (part == NULL || json_is_null(part) || r->class != ERROR_OK)
        return NULL;
    if (json_is_object(part))
        return part;
    read_json_wrong(r, at, key, "must be an object");
    return NULL;
}

static void read_quality(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                         struct catalog_table *t)
{
    struct read_json_at below = { .up = at, .key = "quality" };
    const json_t *quality = read_part(r, at, item, "quality");
    if (quality == NULL)
        return;
    t->quality = read_json_real(r, &below, quality, "score", 0, 1);
    read_list(r, &below, quality, "findings", LIST_MAX, read_finding, c, t);
}

static void read_partition(struct read_json *r, const struct read_json_at *at, const json_t *item,
                           struct catalog_table *t)
{
    struct read_json_at below = { .up = at, .key = "partition" };
    const json_t *partition = read_part(r, at, item, "partition");
    if (partition == NULL)
        return;
    t->partition = arena_alloc(r->arena, sizeof *t->partition);
    t->partition->method = read_json_text(r, &below, partition, "method", false, CATALOG_NAME_MAX);
    t->partition->key = read_json_text(r, &below, partition, "key", false, READ_JSON_TEXT_MAX);
    t->partition->of_schema = read_json_text(r, &below, partition, "of_schema", false, CATALOG_NAME_MAX);
    t->partition->of_table = read_json_text(r, &below, partition, "of_table", false, CATALOG_NAME_MAX);
    t->partition->bounds = read_json_text(r, &below, partition, "bounds", false, READ_JSON_TEXT_MAX);
}

static int compare_column_names(const void *a, const void *b)
{
    const struct catalog_column *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static void columns_unique(struct read_json *r, const struct read_json_at *at, const struct catalog_table *t)
{
    if (r->class != ERROR_OK || t->column_count < 2)
        return;
    const struct catalog_column **order = arena_array(r->arena, t->column_count, sizeof(struct catalog_column *));
    for (size_t i = 0; i < t->column_count; i++)
        order[i] = &t->columns[i];
    qsort(order, t->column_count, sizeof(struct catalog_column *), compare_column_names);
    for (size_t i = 1; i < t->column_count; i++)
        if (strcmp(order[i - 1]->name, order[i]->name) == 0)
            read_json_wrong(r, at, "columns", "holds a name twice");
}

static void read_table(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                       struct catalog_table *none)
{
    assert(none == NULL);
    const char *schema = read_schema(r, at, item, "schema");
    struct catalog_table *t = catalog_table_add(c, schema, read_json_text(r, at, item, "name", true, CATALOG_NAME_MAX));
    t->comment = read_json_text(r, at, item, "comment", false, READ_JSON_TEXT_MAX);
    t->kind = read_json_text(r, at, item, "kind", false, CATALOG_NAME_MAX);
    t->size_bytes = read_json_integer(r, at, item, "size_bytes", -1, 0, INT64_MAX);
    t->junction = read_json_boolean(r, at, item, "junction", false);
    t->parent = read_json_text(r, at, item, "parent", false, CATALOG_NAME_MAX);
    t->document = read_json_text(r, at, item, "document", false, READ_JSON_TEXT_MAX);
    t->rows = read_json_integer(r, at, item, "rows", -1, 0, INT64_MAX);
    t->rows_exact = read_json_boolean(r, at, item, "rows_exact", false);
    t->sampled = read_json_integer(r, at, item, "sampled", 0, 0, INT64_MAX);
    read_list(r, at, item, "columns", CATALOG_COLUMNS_MAX, read_column, c, t);
    columns_unique(r, at, t);
    read_names(r, at, item, "primary_key", c, t, &t->primary_key.columns);
    t->primary_key.deferrable = read_json_boolean(r, at, item, "primary_key_deferrable", false);
    t->primary_key.name = read_json_text(r, at, item, "primary_key_name", false, CATALOG_NAME_MAX);
    read_list(r, at, item, "foreign_keys", LIST_MAX, read_foreign_key, c, t);
    read_list(r, at, item, "uniques", LIST_MAX, read_unique, c, t);
    read_list(r, at, item, "indexes", LIST_MAX, read_index, c, t);
    read_list(r, at, item, "checks", LIST_MAX, read_check, c, t);
    read_list(r, at, item, "extras", LIST_MAX, read_extra, c, t);
    read_names(r, at, item, "inherits", c, NULL, &t->inherits);
    read_partition(r, at, item, t);
    read_quality(r, at, item, c, t);
    struct read_json_at below = { .up = at, .key = "source" };
    const json_t *source = read_part(r, at, item, "source");
    if (source != NULL) {
        t->source_schema = read_schema(r, &below, source, "schema");
        t->source_table = read_json_text(r, &below, source, "table", true, CATALOG_NAME_MAX);
    }
}

static void read_view_column(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                             struct catalog_table *none)
{
    assert(none == NULL);
    const char *name = read_json_text(r, at, item, "name", true, CATALOG_NAME_MAX);
    fill_column(r, at, item, catalog_view_column_add(c, &c->views[c->view_count - 1], name));
}

static void read_view(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                      struct catalog_table *none)
{
    assert(none == NULL);
    const char *schema = read_schema(r, at, item, "schema");
    struct catalog_view *v = catalog_view_add(c, schema, read_json_text(r, at, item, "name", true, CATALOG_NAME_MAX));
    v->comment = read_json_text(r, at, item, "comment", false, READ_JSON_TEXT_MAX);
    v->definition = read_json_text(r, at, item, "definition", false, READ_JSON_TEXT_MAX);
    v->materialized = read_json_boolean(r, at, item, "materialized", false);
    read_list(r, at, item, "columns", CATALOG_COLUMNS_MAX, read_view_column, c, NULL);
}

static void read_sequence(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                          struct catalog_table *none)
{
    assert(none == NULL);
    const char *schema = read_schema(r, at, item, "schema");
    struct catalog_sequence *s =
        catalog_sequence_add(c, schema, read_json_text(r, at, item, "name", true, CATALOG_NAME_MAX));
    s->native_type = read_json_text(r, at, item, "native_type", false, CATALOG_NAME_MAX);
    s->start = read_json_text(r, at, item, "start", false, CATALOG_NAME_MAX);
    s->increment = read_json_text(r, at, item, "increment", false, CATALOG_NAME_MAX);
    s->min = read_json_text(r, at, item, "min", false, CATALOG_NAME_MAX);
    s->max = read_json_text(r, at, item, "max", false, CATALOG_NAME_MAX);
    s->cycle = read_json_boolean(r, at, item, "cycle", false);
    s->owner_schema = read_json_text(r, at, item, "owner_schema", false, CATALOG_NAME_MAX);
    s->owner_table = read_json_text(r, at, item, "owner_table", false, CATALOG_NAME_MAX);
    s->owner_column = read_json_text(r, at, item, "owner_column", false, CATALOG_NAME_MAX);
}

static void read_named_type(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                            struct catalog_table *none)
{
    assert(none == NULL);
    const char *schema = read_schema(r, at, item, "schema");
    struct catalog_named_type *t =
        catalog_type_add(c, schema, read_json_text(r, at, item, "name", true, CATALOG_NAME_MAX));
    t->kind = read_json_text(r, at, item, "kind", true, CATALOG_NAME_MAX);
    t->comment = read_json_text(r, at, item, "comment", false, READ_JSON_TEXT_MAX);
    read_json_texts(r, at, item, "members", LIST_MAX, &t->members.items, &t->members.count);
    t->base = read_json_text(r, at, item, "base", false, READ_JSON_TEXT_MAX);
    t->check = read_json_text(r, at, item, "check", false, READ_JSON_TEXT_MAX);
    t->default_text = read_json_text(r, at, item, "default", false, READ_JSON_TEXT_MAX);
    t->not_null = read_json_boolean(r, at, item, "not_null", false);
}

static void read_cycle(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                       struct catalog_table *none)
{
    assert(none == NULL);
    struct catalog_names *cycle = catalog_cycle_add(c);
    read_json_texts(r, at, item, "tables", LIST_MAX, &cycle->items, &cycle->count);
}

static void read_relationship(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                              struct catalog_table *none)
{
    assert(none == NULL);
    struct catalog_relationship *relationship = catalog_relationship_add(c);
    relationship->from_schema = read_schema(r, at, item, "from_schema");
    relationship->from_table = read_json_text(r, at, item, "from_table", true, CATALOG_NAME_MAX);
    read_names(r, at, item, "from_columns", c, NULL, &relationship->from_columns);
    relationship->to_schema = read_schema(r, at, item, "to_schema");
    relationship->to_table = read_json_text(r, at, item, "to_table", true, CATALOG_NAME_MAX);
    read_names(r, at, item, "to_columns", c, NULL, &relationship->to_columns);
    relationship->cardinality = read_json_text(r, at, item, "cardinality", true, CATALOG_NAME_MAX);
    relationship->confidence = read_json_real(r, at, item, "confidence", 0, 1);
    relationship->origin = read_json_text(r, at, item, "origin", true, CATALOG_NAME_MAX);
    relationship->evidence = read_json_text(r, at, item, "evidence", false, READ_JSON_TEXT_MAX);
}

static void read_diagnostic(struct read_json *r, const struct read_json_at *at, const json_t *item, struct catalog *c,
                            struct catalog_table *none)
{
    assert(none == NULL);
    const char *severity = read_json_text(r, at, item, "severity", true, CATALOG_NAME_MAX);
    struct catalog_diagnostic *d =
        catalog_diagnostic_add(c, severity, read_json_text(r, at, item, "message", true, READ_JSON_TEXT_MAX));
    d->table = read_json_text(r, at, item, "table", false, CATALOG_NAME_MAX);
    d->line = (int)read_json_integer(r, at, item, "line", 0, 0, NUMBER_MAX);
    d->column = (int)read_json_integer(r, at, item, "column", 0, 0, NUMBER_MAX);
}

enum error_class catalog_from_json(struct arena *arena, const json_t *json, struct catalog **ret_catalog,
                                   struct error *e)
{
    struct read_json r = { .arena = arena, .error = e };
    if (!json_is_object(json))
        return error_set(e, ERROR_INVALID, "a catalog must be a JSON object");
    if (read_json_integer(&r, NULL, json, "format", 1, 0, INT64_MAX) != 1)
        read_json_wrong(&r, NULL, "format", "must be 1: another version of the program wrote this catalog");
    const char *dialect = read_json_text(&r, NULL, json, "dialect", true, CATALOG_NAME_MAX);
    const char *name = read_json_text(&r, NULL, json, "name", true, CATALOG_NAME_MAX);
    if (r.class != ERROR_OK)
        return r.class;
    struct catalog *c = catalog_create(arena, dialect, name);
    read_list(&r, NULL, json, "tables", CATALOG_TABLES_MAX, read_table, c, NULL);
    read_list(&r, NULL, json, "views", CATALOG_TABLES_MAX, read_view, c, NULL);
    read_list(&r, NULL, json, "sequences", CATALOG_TABLES_MAX, read_sequence, c, NULL);
    read_list(&r, NULL, json, "types", CATALOG_TABLES_MAX, read_named_type, c, NULL);
    read_list(&r, NULL, json, "extras", CATALOG_TABLES_MAX, read_extra, c, NULL);
    read_list(&r, NULL, json, "cycles", CATALOG_TABLES_MAX, read_cycle, c, NULL);
    read_list(&r, NULL, json, "relationships", CATALOG_TABLES_MAX, read_relationship, c, NULL);
    read_list(&r, NULL, json, "diagnostics", CATALOG_TABLES_MAX, read_diagnostic, c, NULL);
    if (r.class != ERROR_OK)
        return r.class;
    catalog_sort(c);
    for (size_t i = 1; i < c->table_count; i++)
        if (strcmp(c->tables[i - 1].schema, c->tables[i].schema) == 0 &&
            strcmp(c->tables[i - 1].name, c->tables[i].name) == 0)
            return error_set(e, ERROR_INVALID, "/tables holds \"%.200s\" twice", c->tables[i].name);
    *ret_catalog = c;
    return ERROR_OK;
}
