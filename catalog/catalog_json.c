/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog_json.c - the model as JSON. Fields that say nothing (no default, no comment, no precision) are left out, so
 * that the same catalog gives the same bytes and a reader sees what matters. The way back is catalog_read.c; the form
 * is docs/reference/catalog.md.
 */
#include <assert.h>

#include "catalog/catalog.h"
#include "catalog/observed.h"

/* json_string() refuses bad UTF-8: whoever filled the catalog lets none in. */
static void put_text(json_t *object, const char *key, const char *text)
{
    if (text == NULL)
        return;
    json_t *value = json_string(text);
    assert(value != NULL);
    json_object_set_new(object, key, value);
}

static void put_integer(json_t *object, const char *key, int64_t value)
{
    json_object_set_new(object, key, json_integer(value));
}

static void put_true(json_t *object, const char *key, bool value)
{
    if (value)
        json_object_set_new(object, key, json_true());
}

static void put_names(json_t *object, const char *key, const struct catalog_names *names)
{
    json_t *array = json_array();
    for (size_t i = 0; i < names->count; i++) {
        json_t *value = json_string(names->items[i]);
        assert(value != NULL);
        json_array_append_new(array, value);
    }
    json_object_set_new(object, key, array);
}

static void put_type(json_t *object, const struct type *type)
{
    put_text(object, "type", type_text(type->name));
    if (type->length > 0)
        put_integer(object, "length", type->length);
    bool fraction = type->name == TYPE_TIME || type->name == TYPE_TIMESTAMP;
    if (fraction ? type->precision >= 0 : type->precision > 0)
        put_integer(object, "precision", type->precision);
    if (type->scale != 0)
        put_integer(object, "scale", type->scale);
    put_true(object, "timezone", type->timezone);
    put_true(object, "unsigned", type->is_unsigned);
    put_text(object, "element", type->element);
}

static json_t *column_json(const struct catalog_column *column)
{
    json_t *object = json_object();
    put_text(object, "name", column->name);
    put_type(object, &column->type);
    put_text(object, "native_type", column->native_type);
    json_object_set_new(object, "nullable", json_boolean(column->nullable));
    put_text(object, "default", column->default_text);
    put_text(object, "generated", column->generated);
    put_true(object, "identity", column->identity);
    put_text(object, "collation", column->collation);
    put_text(object, "comment", column->comment);
    if (column->observed != NULL)
        json_object_set_new(object, "observed", observed_to_json(column->observed));
    put_text(object, "target_type", column->target_type);
    put_text(object, "source_column", column->source_column);
    return object;
}

static json_t *key_json(const struct catalog_key *key)
{
    json_t *object = json_object();
    put_text(object, "name", key->name);
    put_names(object, "columns", &key->columns);
    return object;
}

static json_t *foreign_key_json(const struct catalog_foreign_key *fk)
{
    json_t *object = json_object();
    put_text(object, "name", fk->name);
    put_names(object, "columns", &fk->columns);
    put_text(object, "ref_schema", fk->ref_schema);
    put_text(object, "ref_table", fk->ref_table);
    put_names(object, "ref_columns", &fk->ref_columns);
    put_text(object, "on_delete", fk->on_delete);
    put_text(object, "on_update", fk->on_update);
    if (fk->orphans >= 0)
        put_integer(object, "orphans", fk->orphans);
    put_true(object, "not_valid", fk->not_valid);
    return object;
}

static json_t *index_json(const struct catalog_index *index)
{
    json_t *object = json_object();
    put_text(object, "name", index->name);
    put_names(object, "columns", &index->columns);
    json_object_set_new(object, "unique", json_boolean(index->unique));
    put_text(object, "where", index->where);
    put_text(object, "expression", index->expression);
    return object;
}

static json_t *check_json(const struct catalog_check *check)
{
    json_t *object = json_object();
    put_text(object, "name", check->name);
    put_text(object, "expression", check->expression);
    return object;
}

static void put_keys(json_t *object, const struct catalog_table *t)
{
    put_names(object, "primary_key", &t->primary_key.columns);
    put_text(object, "primary_key_name", t->primary_key.name);
    json_t *array = json_array();
    for (size_t i = 0; i < t->foreign_key_count; i++)
        json_array_append_new(array, foreign_key_json(&t->foreign_keys[i]));
    json_object_set_new(object, "foreign_keys", array);
    array = json_array();
    for (size_t i = 0; i < t->unique_count; i++)
        json_array_append_new(array, key_json(&t->uniques[i]));
    json_object_set_new(object, "uniques", array);
    array = json_array();
    for (size_t i = 0; i < t->index_count; i++)
        json_array_append_new(array, index_json(&t->indexes[i]));
    json_object_set_new(object, "indexes", array);
    array = json_array();
    for (size_t i = 0; i < t->check_count; i++)
        json_array_append_new(array, check_json(&t->checks[i]));
    json_object_set_new(object, "checks", array);
}

static json_t *table_json(const struct catalog_table *t)
{
    json_t *object = json_object();
    put_text(object, "schema", t->schema);
    put_text(object, "name", t->name);
    put_text(object, "comment", t->comment);
    if (t->rows >= 0) {
        put_integer(object, "rows", t->rows);
        json_object_set_new(object, "rows_exact", json_boolean(t->rows_exact));
    }
    json_t *columns = json_array();
    for (size_t i = 0; i < t->column_count; i++)
        json_array_append_new(columns, column_json(&t->columns[i]));
    json_object_set_new(object, "columns", columns);
    put_keys(object, t);
    if (t->source_table != NULL) {
        json_t *source = json_object();
        put_text(source, "schema", t->source_schema);
        put_text(source, "table", t->source_table);
        json_object_set_new(object, "source", source);
    }
    return object;
}

static json_t *relationship_json(const struct catalog_relationship *r)
{
    json_t *object = json_object();
    put_text(object, "from_schema", r->from_schema);
    put_text(object, "from_table", r->from_table);
    put_names(object, "from_columns", &r->from_columns);
    put_text(object, "to_schema", r->to_schema);
    put_text(object, "to_table", r->to_table);
    put_names(object, "to_columns", &r->to_columns);
    put_text(object, "cardinality", r->cardinality);
    json_object_set_new(object, "confidence", json_real(r->confidence));
    put_text(object, "origin", r->origin);
    put_text(object, "evidence", r->evidence);
    return object;
}

static json_t *diagnostic_json(const struct catalog_diagnostic *d)
{
    json_t *object = json_object();
    put_text(object, "severity", d->severity);
    put_text(object, "message", d->message);
    put_text(object, "table", d->table);
    if (d->line > 0)
        put_integer(object, "line", d->line);
    if (d->column > 0)
        put_integer(object, "column", d->column);
    return object;
}

json_t *catalog_to_json(const struct catalog *c)
{
    json_t *object = json_object();
    put_integer(object, "format", 1);
    put_text(object, "dialect", c->dialect);
    put_text(object, "name", c->name);
    json_t *array = json_array();
    for (size_t i = 0; i < c->table_count; i++)
        json_array_append_new(array, table_json(&c->tables[i]));
    json_object_set_new(object, "tables", array);
    array = json_array();
    for (size_t i = 0; i < c->relationship_count; i++)
        json_array_append_new(array, relationship_json(&c->relationships[i]));
    json_object_set_new(object, "relationships", array);
    array = json_array();
    for (size_t i = 0; i < c->diagnostic_count; i++)
        json_array_append_new(array, diagnostic_json(&c->diagnostics[i]));
    json_object_set_new(object, "diagnostics", array);
    return object;
}
