/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_sqlserver.c - SQL Server's types, with or without brackets. Reading only.
 *
 * What has no length has one character, (max) has no limit; TIMESTAMP is a row's version, not a time.
 */
#include <string.h>

#include "catalog/type_dialect.h"

enum { FLOAT_BITS_MAX = 24, DECIMAL_USUAL = 18, SYSNAME_SIZE = 128, VERSION_SIZE = 8, FRACTION_MAX = 7 };

static const struct type_row rows[] = {
    { "bit", TYPE_BOOLEAN },
    { "tinyint", TYPE_SMALLINT },
    { "smallint", TYPE_SMALLINT },
    { "int", TYPE_INTEGER },
    { "integer", TYPE_INTEGER },
    { "bigint", TYPE_BIGINT },
    { "decimal", TYPE_DECIMAL },
    { "dec", TYPE_DECIMAL },
    { "numeric", TYPE_DECIMAL },
    { "money", TYPE_DECIMAL },
    { "smallmoney", TYPE_DECIMAL },
    { "real", TYPE_REAL },
    { "float", TYPE_DOUBLE },
    { "double precision", TYPE_DOUBLE },
    { "char", TYPE_CHAR },
    { "character", TYPE_CHAR },
    { "nchar", TYPE_CHAR },
    { "national char", TYPE_CHAR },
    { "national character", TYPE_CHAR },
    { "varchar", TYPE_VARCHAR },
    { "nvarchar", TYPE_VARCHAR },
    { "char varying", TYPE_VARCHAR },
    { "character varying", TYPE_VARCHAR },
    { "national char varying", TYPE_VARCHAR },
    { "national character varying", TYPE_VARCHAR },
    { "sysname", TYPE_VARCHAR },
    { "text", TYPE_TEXT },
    { "ntext", TYPE_TEXT },
    { "binary", TYPE_BINARY },
    { "varbinary", TYPE_BINARY },
    { "binary varying", TYPE_BINARY },
    { "image", TYPE_BINARY },
    { "rowversion", TYPE_BINARY },
    { "timestamp", TYPE_BINARY },
    { "date", TYPE_DATE },
    { "time", TYPE_TIME },
    { "datetime", TYPE_TIMESTAMP },
    { "datetime2", TYPE_TIMESTAMP },
    { "smalldatetime", TYPE_TIMESTAMP },
    { "datetimeoffset", TYPE_TIMESTAMP },
    { "uniqueidentifier", TYPE_UUID },
    { "json", TYPE_JSON },
};

static void finish_decimal(struct type *type, const char *word, bool given)
{
    if (strcmp(word, "money") == 0)
        *type = (struct type){ .name = TYPE_DECIMAL, .precision = 19, .scale = 4 };
    else if (strcmp(word, "smallmoney") == 0)
        *type = (struct type){ .name = TYPE_DECIMAL, .precision = 10, .scale = 4 };
    else if (!given)
        type->precision = DECIMAL_USUAL;
}

static void finish_time(struct type *type, const char *word, bool given)
{
    type->timezone = strcmp(word, "datetimeoffset") == 0;
    if (strcmp(word, "datetime") == 0)
        type->precision = 3;
    else if (strcmp(word, "smalldatetime") == 0)
        type->precision = 0;
    else if (!given)
        type->precision = FRACTION_MAX;
}

static void finish_length(struct type *type, const char *word, bool given, bool max)
{
    if (strcmp(word, "rowversion") == 0 || strcmp(word, "timestamp") == 0)
        type->length = VERSION_SIZE;
    else if (strcmp(word, "sysname") == 0)
        type->length = SYSNAME_SIZE;
    else if (max && type->name == TYPE_VARCHAR)
        *type = (struct type){ .name = TYPE_TEXT };
    else if (!given && !max && strcmp(word, "image") != 0)
        type->length = 1;
}

/* "[dbo].[int]" is a type of one's own; "[int]" is int. */
static const char *without_brackets(const char *native_type, char *text, size_t size)
{
    size_t used = 0;
    if (strlen(native_type) >= size)
        return native_type;
    for (; *native_type != '\0'; native_type++)
        if (*native_type != '[' && *native_type != ']')
            text[used++] = *native_type;
    text[used] = '\0';
    return strncasecmp(text, "sys.", 4) == 0 ? text + 4 : text;
}

static struct type from_native(const char *native_type)
{
    struct type_words words;
    char text[128];
    native_type = without_brackets(native_type, text, sizeof text);
    if (!type_words_read(native_type, &words))
        return (struct type){ .name = TYPE_OTHER };
    bool max = strcasestr(native_type, "max") != NULL && words.odd && words.number_count == 0;
    const struct type_row *row = type_row_find(rows, sizeof rows / sizeof *rows, words.words);
    if (row == NULL || (words.odd && !max))
        return (struct type){ .name = TYPE_OTHER };
    bool given = words.number_count > 0 && !words.odd;
    struct type type = type_of_words(row->name, &words);
    if (type.name == TYPE_DECIMAL)
        finish_decimal(&type, row->words, given);
    else if (type.name == TYPE_TIME || type.name == TYPE_TIMESTAMP)
        finish_time(&type, row->words, given);
    else if (type.name == TYPE_CHAR || type.name == TYPE_VARCHAR || type.name == TYPE_BINARY)
        finish_length(&type, row->words, given, max);
    else if (type.name == TYPE_DOUBLE && given && words.numbers[0] <= FLOAT_BITS_MAX)
        type.name = TYPE_REAL;
    type.is_unsigned = strcmp(row->words, "tinyint") == 0;
    return type;
}

const struct type_dialect type_sqlserver = { .name = "sqlserver", .from_native = from_native };
