/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mongodb_validator.c - what a collection's validator says beyond its documents.
 *
 * A $jsonSchema is read by catalog/parse/schema, its bsonType put into the words of JSON Schema before: members that it
 * does not require may be missing, whatever the sample had; texts with an enum are one; limits are checks; descriptions
 * comments; members that no document has shown become columns. Of a validator that is off, only warns, or leaves old
 * documents alone, nothing is believed but descriptions and names. Any other validator is a check, as the server
 * spells it.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "catalog/connect/mongodb/mongodb_catalog.h"
#include "catalog/parse/schema/schema_file.h"

enum { DEPTH_MAX = 64, SCRATCH_MAX = 256 << 20 };

/* schema: what catalog/parse/schema says of such a member. */
static const struct word {
    const char *bson, *json, *format, *schema;
    struct type type;
} words[] = {
    { "objectId", "string", "objectId", "string(objectId)", { .name = TYPE_CHAR, .length = 24 } },
    { "int", "integer", NULL, "integer", { .name = TYPE_INTEGER } },
    { "long", "integer", "int64", "integer(int64)", { .name = TYPE_BIGINT } },
    { "double", "number", "double", "number(double)", { .name = TYPE_DOUBLE } },
    { "decimal", "string", "decimal", "string(decimal)", { .name = TYPE_DECIMAL } },
    { "string", "string", NULL, "string", { .name = TYPE_TEXT } },
    { "bool", "boolean", NULL, "boolean", { .name = TYPE_BOOLEAN } },
    { "date",
      "string",
      "date-time",
      "string(date-time)",
      { .name = TYPE_TIMESTAMP, .precision = 3, .timezone = true } },
    { "binData", "string", "binary", "string(binary)", { .name = TYPE_BINARY } },
    { "timestamp", "string", "timestamp", "string(timestamp)", { .name = TYPE_TIMESTAMP, .timezone = true } },
    { "regex", "string", "regex", "string(regex)", { .name = TYPE_TEXT } },
    { "javascript", "string", "javascript", "string(javascript)", { .name = TYPE_TEXT } },
    { "number", "number", NULL, "number", { .name = TYPE_DOUBLE } },
    { "object", "object", NULL, "object", { .name = TYPE_OBJECT } },
    { "array", "array", NULL, "array", { .name = TYPE_ARRAY } },
    { "null", "null", NULL, "null", { .name = TYPE_OTHER } },
};

static const struct word *word_of(const char *bson)
{
    for (size_t i = 0; bson != NULL && i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].bson, bson) == 0)
            return &words[i];
    return NULL;
}

/* bsonType as type and format. */
static void translate(json_t *schema, unsigned depth)
{
    const char *key;
    json_t *inside;
    size_t i;
    if (depth > DEPTH_MAX)
        return;
    if (json_is_array(schema))
        json_array_foreach(schema, i, inside) translate(inside, depth + 1);
    if (!json_is_object(schema))
        return;
    json_object_foreach(schema, key, inside) translate(inside, depth + 1);
    json_t *named = json_object_get(schema, "bsonType");
    if (json_is_string(named)) {
        const struct word *word = word_of(json_string_value(named));
        if (word == NULL)
            return;
        json_object_set_new(schema, "type", json_string(word->json));
        if (word->format != NULL)
            json_object_set_new(schema, "format", json_string(word->format));
    } else if (json_is_array(named)) {
        json_t *types = json_array();
        json_array_foreach(named, i, inside)
        {
            const struct word *word = word_of(json_string_value(inside));
            if (word != NULL)
                json_array_append_new(types, json_string(word->json));
            if (word != NULL && word->format != NULL && json_array_size(named) <= 2)
                json_object_set_new(schema, "format", json_string(word->format));
        }
        json_object_set_new(schema, "type", types);
    }
}

struct applying {
    struct mongodb_reading *reading;
    size_t first; /* tables of the collection */
    bool strict;  /* every document that is there keeps to it */
    size_t missing;
};

/* In MongoDB's words. */
static void take_type(struct catalog *c, struct catalog_column *to, const struct catalog_column *said)
{
    to->type = said->type;
    to->native_type = said->native_type != NULL ? arena_text(c->arena, said->native_type) : NULL;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(words[i].schema, said->native_type) && said->type.name != TYPE_ENUM) {
            to->type = words[i].type;
            to->native_type = words[i].bson;
        }
    if (to->type.name == TYPE_ENUM)
        to->native_type = "string";
    to->type.element = said->type.element != NULL ? arena_text(c->arena, said->type.element) : NULL;
}

static struct catalog_column *column_at(const struct applying *a, const char *path, struct catalog_table **ret_table)
{
    const struct catalog *c = a->reading->catalog;
    for (size_t i = a->first; i < c->table_count; i++)
        for (size_t k = 0; k < c->tables[i].column_count; k++)
            if (text_equal(c->tables[i].columns[k].path, path)) {
                *ret_table = &c->tables[i];
                return &c->tables[i].columns[k];
            }
    return NULL;
}

static void apply_column(struct applying *a, const struct catalog_column *said, bool own)
{
    struct catalog *c = a->reading->catalog;
    const char *path = said->path != NULL && said->path[0] == '/' ? strchr(said->path + 1, '/') : NULL;
    struct catalog_table *t = &c->tables[a->first];
    if (path == NULL) /* the table itself, or made by us */
        return;
    struct catalog_column *column = column_at(a, path, &t);
    if (column == NULL &&
        (!own || catalog_column_find(t, said->name) != NULL || t->column_count >= CATALOG_COLUMNS_MAX)) {
        a->missing++;
        return;
    }
    if (column == NULL) {
        column = catalog_column_add(c, t, arena_text(c->arena, said->name));
        column->path = arena_text(c->arena, path);
        column->nullable = t->rows > 0 || said->nullable || !a->strict;
        take_type(c, column, said);
    } else if (column->type.name == TYPE_OTHER) {
        take_type(c, column, said);
    } else if (a->strict && said->type.name == TYPE_ENUM && column->type.name == TYPE_TEXT &&
               text_equal(column->native_type, "string")) {
        take_type(c, column, said);
    }
    if (a->strict && said->nullable && !catalog_names_have(&t->primary_key.columns, column->name))
        column->nullable = true;
    if (column->comment == NULL && said->comment != NULL)
        column->comment = arena_text(c->arena, said->comment);
}

static void apply(struct applying *a, const struct catalog *said, const char *root)
{
    struct catalog *c = a->reading->catalog;
    for (size_t i = 0; i < said->table_count; i++) {
        const struct catalog_table *from = &said->tables[i];
        bool own = from->parent == NULL && strcmp(from->name, root) == 0;
        for (size_t k = 0; k < from->column_count; k++)
            apply_column(a, &from->columns[k], own);
        for (size_t k = 0; own && a->strict && k < from->check_count; k++)
            catalog_check_add(c, &c->tables[a->first])->expression = arena_text(c->arena, from->checks[k].expression);
    }
    if (a->missing > 0)
        mongodb_say(a->reading, "warning", c->tables[a->first].name,
                    "its validator has %zu members below lists or objects that no document seen has", a->missing);
}

static void read_schema(struct applying *a, const char *text)
{
    struct mongodb_reading *r = a->reading;
    const char *name = r->catalog->tables[a->first].name;
    json_auto_t *schema = json_loads(text, 0, NULL);
    struct arena *scratch = arena_create(SCRATCH_MAX);
    struct catalog *said = NULL;
    struct error e = ERROR_NONE;
    translate(schema, 0);
    if (json_is_object(schema)) {
        (void)json_object_del(schema, "title"); /* the table is called as the collection is */
        json_object_set_new(schema, "type", json_string("object"));
    }
    mem_auto char *plain = json_is_object(schema) ? json_dumps(schema, JSON_COMPACT) : NULL;
    if (plain == NULL)
        mongodb_say(r, "warning", name, "its validator is no JSON Schema");
    else if (schema_file_parse(scratch, plain, strlen(plain), SCHEMA_JSON, name, &said, &e) != ERROR_OK)
        mongodb_say(r, "warning", name, "its validator could not be read: %.800s", e.message);
    else
        apply(a, said, name);
    arena_destroy(scratch);
}

void mongodb_validator_read(struct mongodb_reading *r, const bson_t *options, size_t first)
{
    const struct mongodb_api *api = r->session->api;
    struct catalog *c = r->catalog;
    bson_t validator, schema;
    bson_iter_t at;
    if (!mongodb_inside(api, options, "validator", &validator) || !api->do_bson_iter_init(&at, &validator) ||
        !api->do_bson_iter_next(&at))
        return;
    const char *level = mongodb_text(api, options, "validationLevel");
    const char *action = mongodb_text(api, options, "validationAction");
    const char *text = mongodb_json(api, c->arena, &validator, false);
    if (text == NULL) {
        mongodb_say(r, "warning", c->tables[first].name, "its validator is too large to be read");
        return;
    }
    struct catalog_extra *extra = catalog_extra_add(c, &c->tables[first]);
    extra->what = "validator";
    extra->text =
        arena_format(c->arena, "%s, %s: %s", level != NULL ? level : "strict", action != NULL ? action : "error", text);
    struct applying a = { .reading = r, .first = first };
    a.strict = (level == NULL || strcmp(level, "strict") == 0) && (action == NULL || strcmp(action, "error") == 0);
    if (mongodb_inside(api, &validator, "$jsonSchema", &schema)) {
        const char *inner = mongodb_json(api, c->arena, &schema, false);
        if (inner != NULL)
            read_schema(&a, inner);
    } else if (a.strict) {
        *catalog_check_add(c, &c->tables[first]) = (struct catalog_check){ .name = "validator", .expression = text };
    }
}
