/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_sqlite.c - what people declare in SQLite.
 *
 * SQLite takes any words as a type and enforces none (STRICT tables aside): the canonical type says what the author
 * meant, catalog/observed.h what is really there. Its REAL and FLOAT have eight bytes, hence double.
 */
#include <stdio.h>
#include <string.h>

#include "catalog/type_dialect.h"

static const struct type_row rows[] = {
    { "", TYPE_DYNAMIC },
    { "any", TYPE_DYNAMIC },
    { "integer", TYPE_INTEGER },
    { "int", TYPE_INTEGER },
    { "int4", TYPE_INTEGER },
    { "mediumint", TYPE_INTEGER },
    { "smallint", TYPE_SMALLINT },
    { "int2", TYPE_SMALLINT },
    { "tinyint", TYPE_SMALLINT },
    { "bigint", TYPE_BIGINT },
    { "big int", TYPE_BIGINT },
    { "int8", TYPE_BIGINT },
    { "long", TYPE_BIGINT },
    { "boolean", TYPE_BOOLEAN },
    { "bool", TYPE_BOOLEAN },
    { "real", TYPE_DOUBLE },
    { "float", TYPE_DOUBLE },
    { "double", TYPE_DOUBLE },
    { "double precision", TYPE_DOUBLE },
    { "numeric", TYPE_DECIMAL },
    { "decimal", TYPE_DECIMAL },
    { "dec", TYPE_DECIMAL },
    { "number", TYPE_DECIMAL },
    { "money", TYPE_DECIMAL },
    { "currency", TYPE_DECIMAL },
    { "char", TYPE_CHAR },
    { "character", TYPE_CHAR },
    { "nchar", TYPE_CHAR },
    { "native character", TYPE_CHAR },
    { "varchar", TYPE_VARCHAR },
    { "varchar2", TYPE_VARCHAR },
    { "nvarchar", TYPE_VARCHAR },
    { "nvarchar2", TYPE_VARCHAR },
    { "character varying", TYPE_VARCHAR },
    { "varying character", TYPE_VARCHAR },
    { "national varying character", TYPE_VARCHAR },
    { "text", TYPE_TEXT },
    { "string", TYPE_TEXT },
    { "clob", TYPE_TEXT },
    { "ntext", TYPE_TEXT },
    { "tinytext", TYPE_TEXT },
    { "mediumtext", TYPE_TEXT },
    { "longtext", TYPE_TEXT },
    { "blob", TYPE_BINARY },
    { "tinyblob", TYPE_BINARY },
    { "mediumblob", TYPE_BINARY },
    { "longblob", TYPE_BINARY },
    { "binary", TYPE_BINARY },
    { "varbinary", TYPE_BINARY },
    { "bytea", TYPE_BINARY },
    { "image", TYPE_BINARY },
    { "date", TYPE_DATE },
    { "time", TYPE_TIME },
    { "time without time zone", TYPE_TIME },
    { "datetime", TYPE_TIMESTAMP },
    { "datetime2", TYPE_TIMESTAMP },
    { "smalldatetime", TYPE_TIMESTAMP },
    { "timestamp", TYPE_TIMESTAMP },
    { "timestamp without time zone", TYPE_TIMESTAMP },
    { "timestamp with time zone", TYPE_TIMESTAMP },
    { "timestamptz", TYPE_TIMESTAMP },
    { "interval", TYPE_INTERVAL },
    { "json", TYPE_JSON },
    { "jsonb", TYPE_JSON },
    { "uuid", TYPE_UUID },
    { "guid", TYPE_UUID },
    { "uniqueidentifier", TYPE_UUID },
};

static struct type from_native(const char *native_type)
{
    struct type_words words;
    if (!type_words_read(native_type, &words))
        return (struct type){ .name = TYPE_OTHER };
    bool is_unsigned = type_words_drop(&words, "unsigned");
    const struct type_row *row = type_row_find(rows, sizeof rows / sizeof *rows, words.words);
    if (row == NULL || (words.words[0] == '\0' && is_unsigned))
        return (struct type){ .name = TYPE_OTHER };
    struct type type = type_of_words(row->name, &words);
    type.is_unsigned = is_unsigned;
    type.timezone = strcmp(row->words, "timestamptz") == 0 || strcmp(row->words, "timestamp with time zone") == 0;
    return type;
}

/* Declared words that keep the meaning and get the affinity that stores the values as they are. */
static const char *word_of(enum type_name name)
{
    switch (name) {
    case TYPE_BOOLEAN:
        return "BOOLEAN";
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        return "INTEGER";
    case TYPE_REAL:
    case TYPE_DOUBLE:
        return "REAL";
    case TYPE_BINARY:
        return "BLOB";
    case TYPE_DYNAMIC:
        return "";
    default:
        return "TEXT"; /* decimals too: NUMERIC affinity would round them to a double */
    }
}

static bool to_native(const struct type *type, const char *native_type, char *ret_text, size_t size,
                      const char **ret_loss)
{
    (void)native_type;
    if (type->name == TYPE_VARCHAR && type->length > 0)
        return snprintf(ret_text, size, "VARCHAR(%ld)", type->length) < (int)size;
    if (type->name == TYPE_BIGINT && type->is_unsigned)
        *ret_loss = "whole numbers above 9223372036854775807 don't fit";
    else if (type->name == TYPE_DECIMAL)
        *ret_loss = "decimals are kept as text";
    else if (type->name == TYPE_ENUM || type->name == TYPE_ARRAY || type->name == TYPE_OTHER)
        *ret_loss = "the type's rules are not enforced: values are kept as text";
    return snprintf(ret_text, size, "%s", word_of(type->name)) < (int)size;
}

const struct type_dialect type_sqlite = { .name = "sqlite", .from_native = from_native, .to_native = to_native };
