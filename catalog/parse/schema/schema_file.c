/* SPDX-License-Identifier: Apache-2.0 */
/* schema_file.c - the door for schema files: text to tree, tree to tables, tables to catalog. */
#include "catalog/parse/schema/schema_file.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "catalog/parse/schema/schema_table.h"

/* OpenAPI and JSON Schema are also written as YAML. */
static enum nested_format text_format(const char *text, size_t size, enum schema_format format)
{
    if (format == SCHEMA_XSD)
        return NESTED_XML;
    size_t at = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (at < size && isspace((unsigned char)text[at]))
        at++;
    return at < size && (text[at] == '{' || text[at] == '[') ? NESTED_JSON : NESTED_YAML;
}

static const char *title_of(struct arena *arena, const char *name)
{
    char title[NESTED_NAME_SIZE];
    nested_name_of_file(name, title);
    char *dot = strrchr(title, '.');
    if (dot != NULL && dot != title && (strcmp(dot, ".schema") == 0 || strcmp(dot, ".xsd") == 0))
        *dot = '\0';
    return arena_text(arena, title);
}

enum error_class schema_file_parse(struct arena *arena, const char *text, size_t size, enum schema_format format,
                                   const char *name, struct catalog **ret_catalog, struct error *e)
{
    struct schema_tree *root = NULL;
    struct document_end end;
    if (size > SCHEMA_FILE_MAX)
        return error_code(e, ERROR_TOO_LARGE, "schema_too_large", "a schema of more than %d MB", SCHEMA_FILE_MAX >> 20);
    enum error_class class = schema_tree_read(arena, text, size, text_format(text, size, format), &root, &end, e);
    if (class != ERROR_OK)
        return class;
    struct catalog *c = catalog_create(arena,
                                       format == SCHEMA_XSD       ? "xsd"
                                       : format == SCHEMA_OPENAPI ? "openapi"
                                                                  : "json-schema",
                                       arena_text(arena, name));
    struct schema_work w = { .arena = arena, .catalog = c, .error = e, .names = layout_names_create(arena) };
    if (end.broken) {
        struct catalog_diagnostic *d = catalog_diagnostic_add(c, "error", end.message);
        d->line = end.line < INT32_MAX ? (int)end.line : 0;
        d->column = end.column < INT32_MAX ? (int)end.column : 0;
    }
    if (format == SCHEMA_XSD)
        schema_xsd_read(&w, root);
    else
        schema_json_read(&w, root, title_of(arena, name));
    if (w.class != ERROR_OK)
        return w.class;
    schema_tables_give(&w);
    if (c->table_count == 0)
        catalog_diagnostic_add(c, "warning", "the schema describes no object: there is no table");
    catalog_sort(c);
    *ret_catalog = c;
    return ERROR_OK;
}
