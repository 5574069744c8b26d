/* SPDX-License-Identifier: Apache-2.0 */
/* type_postgresql.c - PostgreSQL's types, as format_type() and people spell them. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "catalog/type_dialect.h"

enum { DECIMAL_PRECISION_MAX = 1000, LENGTH_MAX = 10485760, FRACTION_MAX = 6, REAL_BITS_MAX = 24 };

static const struct type_row rows[] = {
    { "boolean", TYPE_BOOLEAN },
    { "bool", TYPE_BOOLEAN },
    { "smallint", TYPE_SMALLINT },
    { "int2", TYPE_SMALLINT },
    { "smallserial", TYPE_SMALLINT },
    { "integer", TYPE_INTEGER },
    { "int", TYPE_INTEGER },
    { "int4", TYPE_INTEGER },
    { "serial", TYPE_INTEGER },
    { "serial4", TYPE_INTEGER },
    { "serial2", TYPE_SMALLINT },
    { "bigint", TYPE_BIGINT },
    { "int8", TYPE_BIGINT },
    { "bigserial", TYPE_BIGINT },
    { "serial8", TYPE_BIGINT },
    { "numeric", TYPE_DECIMAL },
    { "decimal", TYPE_DECIMAL },
    { "real", TYPE_REAL },
    { "float4", TYPE_REAL },
    { "double precision", TYPE_DOUBLE },
    { "float8", TYPE_DOUBLE },
    { "float", TYPE_DOUBLE },
    { "character", TYPE_CHAR },
    { "char", TYPE_CHAR },
    { "bpchar", TYPE_CHAR },
    { "character varying", TYPE_VARCHAR },
    { "varchar", TYPE_VARCHAR },
    { "text", TYPE_TEXT },
    { "bytea", TYPE_BINARY },
    { "date", TYPE_DATE },
    { "time", TYPE_TIME },
    { "time without time zone", TYPE_TIME },
    { "time with time zone", TYPE_TIME },
    { "timetz", TYPE_TIME },
    { "timestamp", TYPE_TIMESTAMP },
    { "timestamp without time zone", TYPE_TIMESTAMP },
    { "timestamp with time zone", TYPE_TIMESTAMP },
    { "timestamptz", TYPE_TIMESTAMP },
    { "interval", TYPE_INTERVAL },
    { "json", TYPE_JSON },
    { "jsonb", TYPE_JSON },
    { "uuid", TYPE_UUID },
};

static struct type from_native(const char *native_type)
{
    struct type_words words;
    if (text_ends(native_type, "[]"))
        return (struct type){ .name = TYPE_ARRAY, .element = native_type };
    if (!type_words_read(native_type, &words))
        return (struct type){ .name = TYPE_OTHER };
    const struct type_row *row = type_row_find(rows, sizeof rows / sizeof *rows, words.words);
    if (row == NULL || words.odd)
        return (struct type){ .name = TYPE_OTHER };
    struct type type = type_of_words(row->name, &words);
    type.timezone = text_ends(row->words, "with time zone") || text_ends(row->words, "tz");
    if (strcmp(row->words, "float") == 0 && words.number_count == 1 && words.numbers[0] <= REAL_BITS_MAX)
        type.name = TYPE_REAL;
    if (row->name == TYPE_CHAR && type.length == 0 && strcmp(row->words, "bpchar") != 0)
        type.length = 1;
    return type;
}

static const char *word_of(enum type_name name)
{
    static const char *const words[] = {
        [TYPE_BOOLEAN] = "boolean",
        [TYPE_SMALLINT] = "smallint",
        [TYPE_INTEGER] = "integer",
        [TYPE_BIGINT] = "bigint",
        [TYPE_DECIMAL] = "numeric",
        [TYPE_REAL] = "real",
        [TYPE_DOUBLE] = "double precision",
        [TYPE_CHAR] = "char",
        [TYPE_VARCHAR] = "varchar",
        [TYPE_TEXT] = "text",
        [TYPE_BINARY] = "bytea",
        [TYPE_DATE] = "date",
        [TYPE_TIME] = "time",
        [TYPE_TIMESTAMP] = "timestamp",
        [TYPE_INTERVAL] = "interval",
        [TYPE_JSON] = "json",
        [TYPE_UUID] = "uuid",
        [TYPE_ENUM] = "text",
        [TYPE_DYNAMIC] = "text",
    };
    return (size_t)name < sizeof words / sizeof *words ? words[name] : NULL;
}

static void spell_decimal(const struct type *type, char *ret_text, size_t size, const char **ret_loss)
{
    if (type->precision > DECIMAL_PRECISION_MAX || type->scale < 0 || type->scale > type->precision) {
        *ret_loss = "precision and scale are not enforced";
        (void)snprintf(ret_text, size, "numeric");
    } else if (type->precision > 0) {
        (void)snprintf(ret_text, size, "numeric(%d,%d)", type->precision, type->scale);
    } else {
        (void)snprintf(ret_text, size, "numeric");
    }
}

static void spell_text(const struct type *type, char *ret_text, size_t size, const char **ret_loss)
{
    if (type->length > LENGTH_MAX)
        *ret_loss = "the length limit is not enforced";
    if (type->length > 0 && type->length <= LENGTH_MAX)
        (void)snprintf(ret_text, size, "%s(%ld)", word_of(type->name), type->length);
    else
        (void)snprintf(ret_text, size, "%s", type->name == TYPE_VARCHAR ? "varchar" : "text");
}

static void spell_time(const struct type *type, char *ret_text, size_t size, const char **ret_loss)
{
    int precision = type->precision > FRACTION_MAX ? FRACTION_MAX : type->precision;
    if (type->precision > FRACTION_MAX)
        *ret_loss = "fractions of a second below a microsecond are dropped";
    char digits[16] = "";
    if (precision >= 0)
        (void)snprintf(digits, sizeof digits, "(%d)", precision);
    (void)snprintf(ret_text, size, "%s%s%s", word_of(type->name), digits, type->timezone ? " with time zone" : "");
}

/* Whole numbers without a sign need the next larger type. */
static const char *word_unsigned(enum type_name name)
{
    return name == TYPE_SMALLINT ? "integer" : name == TYPE_INTEGER ? "bigint" : "numeric(20,0)";
}

static bool to_native(const struct type *type, const char *native_type, char *ret_text, size_t size,
                      const char **ret_loss)
{
    (void)native_type;
    char text[128] = "";
    switch (type->name) {
    case TYPE_OTHER:
        return false;
    case TYPE_ARRAY:
        if (type->element == NULL || !text_ends(type->element, "[]"))
            return false;
        return text_copy(ret_text, size, type->element);
    case TYPE_DECIMAL:
        spell_decimal(type, text, sizeof text, ret_loss);
        break;
    case TYPE_CHAR:
    case TYPE_VARCHAR:
        spell_text(type, text, sizeof text, ret_loss);
        break;
    case TYPE_TIME:
    case TYPE_TIMESTAMP:
        spell_time(type, text, sizeof text, ret_loss);
        break;
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        (void)text_copy(text, sizeof text, type->is_unsigned ? word_unsigned(type->name) : word_of(type->name));
        break;
    default:
        (void)text_copy(text, sizeof text, word_of(type->name));
        if (type->name == TYPE_ENUM)
            *ret_loss = "the list of allowed values is not enforced";
        else if (type->name == TYPE_BINARY && type->length > 0)
            *ret_loss = "the length limit is not enforced";
        else if (type->name == TYPE_DYNAMIC)
            *ret_loss = "values of any type become text";
        break;
    }
    return text_copy(ret_text, size, text);
}

const struct type_dialect type_postgresql = { .name = "postgresql",
                                              .from_native = from_native,
                                              .to_native = to_native };
