/* SPDX-License-Identifier: Apache-2.0 */
/* schema_json_type.c - what a scalar schema says of a column: type, format, enum, limits. */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "catalog/parse/schema/schema_json.h"

enum { ENUM_TEXT_MAX = 64 * 1024 };

static bool holds(const struct schema_tree *type, const char *word)
{
    if (type == NULL)
        return false;
    if (type->what == SCHEMA_SCALAR)
        return strcmp(type->text, word) == 0;
    for (const struct schema_tree *item = type->first; item != NULL; item = item->next)
        if (item->what == SCHEMA_SCALAR && strcmp(item->text, word) == 0)
            return true;
    return false;
}

bool schema_json_is(const struct schema_tree *s, const char *type)
{
    return holds(schema_tree_get(s, "type"), type);
}

bool schema_json_may_be_null(const struct schema_tree *s)
{
    if (schema_json_is(s, "null") || schema_tree_is_true(s, "nullable") || schema_tree_is_true(s, "x-nullable"))
        return true;
    const struct schema_tree *members = schema_tree_get(s, "enum");
    for (const struct schema_tree *m = members != NULL ? members->first : NULL; m != NULL; m = m->next)
        if (m->what == SCHEMA_SCALAR && m->kind == DOCUMENT_NULL)
            return true;
    return false;
}

/* Members that are texts, as JSON array text; NULL: there are others, or none. */
static const char *enum_of(struct schema_work *w, const struct schema_tree *s)
{
    const struct schema_tree *one = schema_tree_get(s, "const"), *members = schema_tree_get(s, "enum");
    const struct schema_tree *m = members != NULL ? members->first : one;
    struct buffer b;
    buffer_init(&b, ENUM_TEXT_MAX);
    size_t count = 0;
    bool fine = m != NULL;
    for (; fine && m != NULL; m = members != NULL ? m->next : NULL) {
        if (m->what == SCHEMA_SCALAR && m->kind == DOCUMENT_NULL)
            continue;
        fine = m->what == SCHEMA_SCALAR && (m->kind == DOCUMENT_STRING || m->kind == DOCUMENT_WORD);
        buffer_char(&b, count++ == 0 ? '[' : ',');
        if (fine)
            buffer_json_string(&b, m->text, strlen(m->text));
    }
    buffer_char(&b, ']');
    const char *text = fine && count > 0 && !b.overflow ? arena_text(w->arena, b.data) : NULL;
    buffer_finish(&b);
    return text;
}

static struct type string_type(const struct schema_tree *s)
{
    static const struct {
        const char *format;
        enum type_name type;
    } formats[] = { { "date", TYPE_DATE },         { "date-time", TYPE_DATETIME }, { "time", TYPE_TIME },
                    { "duration", TYPE_INTERVAL }, { "uuid", TYPE_UUID },          { "byte", TYPE_BINARY },
                    { "binary", TYPE_BINARY },     { "int64", TYPE_BIGINT },       { "decimal", TYPE_DECIMAL } };
    struct type type = { .name = TYPE_STRING };
    const char *format = schema_tree_text(s, "format"), *max = schema_tree_text(s, "maxLength");
    for (size_t i = 0; format != NULL && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(format, formats[i].format) == 0)
            type.name = formats[i].type;
    int64_t length;
    if (type.name == TYPE_STRING && max != NULL && text_to_int64(max, 1, INT32_MAX, &length))
        type = (struct type){ .name = TYPE_VARCHAR, .length = (long)length };
    if (type.name == TYPE_DATETIME || type.name == TYPE_TIME)
        type.precision = -1;
    type.timezone = type.name == TYPE_DATETIME;
    return type;
}

struct type schema_json_type(struct schema_work *w, const struct schema_tree *s, const char **ret_native)
{
    const char *format = schema_tree_text(s, "format");
    bool integer = schema_json_is(s, "integer"), number = schema_json_is(s, "number");
    bool boolean = schema_json_is(s, "boolean"), string = schema_json_is(s, "string");
    const char *members = enum_of(w, s);
    const char *word = string ? "string" : number ? "number" : integer ? "integer" : boolean ? "boolean" : NULL;
    if (word == NULL && (members != NULL || format != NULL || schema_tree_get(s, "pattern") != NULL ||
                         schema_tree_get(s, "maxLength") != NULL))
        word = "string";
    *ret_native = word == NULL ? NULL : format != NULL ? arena_format(w->arena, "%s(%.100s)", word, format) : word;
    if (members != NULL && !number && !integer && !boolean)
        return (struct type){ .name = TYPE_ENUM, .element = members };
    if (word == NULL)
        return (struct type){ .name = TYPE_OTHER };
    if (string + (number || integer) + boolean > 1)
        return (struct type){ .name = TYPE_STRING };
    if (boolean)
        return (struct type){ .name = TYPE_BOOLEAN };
    if (number)
        return (struct type){ .name = text_equal(format, "float")    ? TYPE_REAL
                                      : text_equal(format, "double") ? TYPE_DOUBLE
                                                                     : TYPE_NUMBER };
    if (integer)
        return (struct type){ .name = text_equal(format, "int64") ? TYPE_BIGINT : TYPE_INTEGER };
    return string_type(s);
}

/* Draft 4 has exclusiveMinimum: true beside minimum, later ones a number. */
const char *schema_json_check(struct schema_work *w, const struct schema_tree *s, const char *column)
{
    static const struct {
        const char *key, *exclusive, *sign, *exclusive_sign;
    } limits[] = { { "minimum", "exclusiveMinimum", ">=", ">" }, { "maximum", "exclusiveMaximum", "<=", "<" } };
    const char *check = NULL;
    for (size_t i = 0; i < 2; i++) {
        const struct schema_tree *own = schema_tree_get(s, limits[i].key),
                                 *tight = schema_tree_get(s, limits[i].exclusive);
        bool number = tight != NULL && tight->what == SCHEMA_SCALAR && tight->kind == DOCUMENT_NUMBER;
        if (!number && (own == NULL || own->what != SCHEMA_SCALAR || own->kind != DOCUMENT_NUMBER))
            continue;
        bool exclusive = number || schema_tree_is_true(s, limits[i].exclusive);
        const char *one =
            arena_format(w->arena, "%s %s %.100s", column, exclusive ? limits[i].exclusive_sign : limits[i].sign,
                         number ? tight->text : own->text);
        check = check != NULL ? arena_format(w->arena, "%s AND %s", check, one) : one;
    }
    return check;
}
