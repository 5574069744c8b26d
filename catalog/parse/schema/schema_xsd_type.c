/* SPDX-License-Identifier: Apache-2.0 */
/* schema_xsd_type.c - the simple types of XSD, and what restrictions make of them. */
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "catalog/parse/schema/schema_xsd.h"

enum { FOLLOW_MAX = 16, ENUM_TEXT_MAX = 64 * 1024 };

static struct type built_in(const char *name)
{
    static const struct {
        const char *name;
        enum type_name type;
        bool is_unsigned;
    } types[] = {
        { "boolean", TYPE_BOOLEAN, false },
        { "byte", TYPE_SMALLINT, false },
        { "short", TYPE_SMALLINT, false },
        { "int", TYPE_INTEGER, false },
        { "long", TYPE_BIGINT, false },
        { "integer", TYPE_INTEGER, false },
        { "unsignedByte", TYPE_SMALLINT, true },
        { "unsignedShort", TYPE_INTEGER, true },
        { "unsignedInt", TYPE_INTEGER, true },
        { "unsignedLong", TYPE_BIGINT, true },
        { "positiveInteger", TYPE_INTEGER, true },
        { "nonNegativeInteger", TYPE_INTEGER, true },
        { "negativeInteger", TYPE_INTEGER, false },
        { "nonPositiveInteger", TYPE_INTEGER, false },
        { "decimal", TYPE_DECIMAL, false },
        { "float", TYPE_REAL, false },
        { "double", TYPE_DOUBLE, false },
        { "date", TYPE_DATE, false },
        { "dateTime", TYPE_DATETIME, false },
        { "dateTimeStamp", TYPE_DATETIME, false },
        { "time", TYPE_TIME, false },
        { "duration", TYPE_INTERVAL, false },
        { "gYear", TYPE_INTEGER, false },
        { "base64Binary", TYPE_BINARY, false },
        { "hexBinary", TYPE_BINARY, false },
        { "NMTOKENS", TYPE_ARRAY, false },
        { "IDREFS", TYPE_ARRAY, false },
    };
    struct type type = { .name = TYPE_STRING };
    for (size_t i = 0; name != NULL && i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, name) == 0)
            type = (struct type){ .name = types[i].type, .is_unsigned = types[i].is_unsigned };
    if (type.name == TYPE_DATETIME || type.name == TYPE_TIME)
        type.precision = -1;
    type.timezone = text_equal(name, "dateTimeStamp");
    return type;
}

static const char *members_of(struct xsd_reader *r, const struct schema_tree *restriction)
{
    struct buffer b;
    buffer_init(&b, ENUM_TEXT_MAX);
    for (const struct schema_tree *m = restriction->first; m != NULL; m = m->next) {
        const char *value = strcmp(m->name, "enumeration") == 0 ? schema_tree_text(m, "@value") : NULL;
        if (value == NULL)
            continue;
        buffer_char(&b, b.size == 0 ? '[' : ',');
        buffer_json_string(&b, value, strlen(value));
    }
    bool any = b.size > 0;
    buffer_char(&b, ']');
    const char *text = any && !b.overflow ? arena_text(r->w->arena, b.data) : NULL;
    buffer_finish(&b);
    return text;
}

static bool facet(const struct schema_tree *restriction, const char *name, int64_t *ret_number)
{
    const char *value = schema_tree_text(schema_tree_get(restriction, name), "@value");
    return value != NULL && text_to_int64(value, 0, INT32_MAX, ret_number);
}

static void restrict_type(struct xsd_reader *r, struct xsd_scalar *s, const struct schema_tree *restriction)
{
    static const char *const lower[] = { "minInclusive", "minExclusive" }, *const upper[] = { "maxInclusive",
                                                                                              "maxExclusive" };
    static const char *const lower_sign[] = { ">=", ">" }, *const upper_sign[] = { "<=", "<" };
    int64_t number;
    const char *members = members_of(r, restriction);
    if (members != NULL && s->type.name == TYPE_STRING)
        s->type = (struct type){ .name = TYPE_ENUM, .element = members };
    bool text = s->type.name == TYPE_STRING || s->type.name == TYPE_VARCHAR;
    if (text && (facet(restriction, "maxLength", &number) || facet(restriction, "length", &number)) && number > 0)
        s->type = (struct type){ .name = TYPE_VARCHAR, .length = (long)number };
    if (s->type.name == TYPE_DECIMAL && facet(restriction, "totalDigits", &number))
        s->type.precision = (int)number;
    if (s->type.name == TYPE_DECIMAL && facet(restriction, "fractionDigits", &number))
        s->type.scale = (int)number;
    for (int i = 0; i < 2 && !text; i++) {
        const char *min = schema_tree_text(schema_tree_get(restriction, lower[i]), "@value");
        const char *max = schema_tree_text(schema_tree_get(restriction, upper[i]), "@value");
        if (min != NULL) {
            s->min = min;
            s->min_sign = lower_sign[i];
        }
        if (max != NULL) {
            s->max = max;
            s->max_sign = upper_sign[i];
        }
    }
}

const char *schema_xsd_local(const char *name)
{
    const char *colon = name != NULL ? strchr(name, ':') : NULL;
    return colon != NULL ? colon + 1 : name;
}

struct xsd_scalar schema_xsd_scalar(struct xsd_reader *r, const char *name, const struct schema_tree *inline_type)
{
    const struct schema_tree *chain[FOLLOW_MAX];
    size_t count = 0;
    const struct schema_tree *simple = inline_type;
    struct xsd_scalar s = { .type = { .name = TYPE_STRING } };
    s.native = schema_xsd_local(name);
    if (simple == NULL && name != NULL)
        simple = schema_tree_get(r->simple_types, schema_xsd_local(name));
    while (simple != NULL && count < FOLLOW_MAX) {
        const struct schema_tree *restriction = schema_tree_get(simple, "restriction");
        if (schema_tree_get(simple, "list") != NULL) {
            s.type.name = TYPE_ARRAY;
            s.type.element = "string[]";
            break;
        }
        if (restriction == NULL || restriction->what != SCHEMA_OBJECT)
            break; /* a union: any text */
        chain[count++] = restriction;
        name = schema_xsd_local(schema_tree_text(restriction, "@base"));
        if (s.native == NULL)
            s.native = name;
        const struct schema_tree *base = schema_tree_get(restriction, "simpleType");
        const struct schema_tree *next =
            base != NULL ? base : schema_tree_get(r->simple_types, name != NULL ? name : "");
        s.type = next == NULL ? built_in(name) : s.type;
        simple = next != simple ? next : NULL;
    }
    if (count == 0 && s.type.name != TYPE_ARRAY && simple == NULL)
        s.type = built_in(schema_xsd_local(name));
    while (count > 0)
        restrict_type(r, &s, chain[--count]);
    return s;
}
