/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_mysql.c - MySQL's and MariaDB's types, as COLUMN_TYPE and people spell them. Reading only.
 *
 * tinyint(1) and bit(1) are what booleans are declared by; TIMESTAMP is a point in time, DATETIME a time of day
 * without a zone. Members of an enum are the reader's affair: it has the memory for them.
 */
#include <string.h>

#include "catalog/type_dialect.h"

enum { FLOAT_BITS_MAX = 24, DECIMAL_USUAL = 10, BYTE_BITS = 8 };

static const struct type_row rows[] = {
    { "tinyint", TYPE_SMALLINT },
    { "smallint", TYPE_SMALLINT },
    { "mediumint", TYPE_INTEGER },
    { "int", TYPE_INTEGER },
    { "integer", TYPE_INTEGER },
    { "bigint", TYPE_BIGINT },
    { "int1", TYPE_SMALLINT },
    { "int2", TYPE_SMALLINT },
    { "int3", TYPE_INTEGER },
    { "int4", TYPE_INTEGER },
    { "int8", TYPE_BIGINT },
    { "middleint", TYPE_INTEGER },
    { "serial", TYPE_BIGINT },
    { "bool", TYPE_BOOLEAN },
    { "boolean", TYPE_BOOLEAN },
    { "bit", TYPE_BINARY },
    { "decimal", TYPE_DECIMAL },
    { "dec", TYPE_DECIMAL },
    { "numeric", TYPE_DECIMAL },
    { "fixed", TYPE_DECIMAL },
    { "number", TYPE_DECIMAL },
    { "float", TYPE_REAL },
    { "float4", TYPE_REAL },
    { "double", TYPE_DOUBLE },
    { "double precision", TYPE_DOUBLE },
    { "float8", TYPE_DOUBLE },
    { "real", TYPE_DOUBLE },
    { "char", TYPE_CHAR },
    { "character", TYPE_CHAR },
    { "nchar", TYPE_CHAR },
    { "national char", TYPE_CHAR },
    { "national character", TYPE_CHAR },
    { "char byte", TYPE_BINARY },
    { "varchar", TYPE_VARCHAR },
    { "character varying", TYPE_VARCHAR },
    { "char varying", TYPE_VARCHAR },
    { "nvarchar", TYPE_VARCHAR },
    { "varchar2", TYPE_VARCHAR },
    { "national varchar", TYPE_VARCHAR },
    { "national character varying", TYPE_VARCHAR },
    { "tinytext", TYPE_TEXT },
    { "text", TYPE_TEXT },
    { "mediumtext", TYPE_TEXT },
    { "longtext", TYPE_TEXT },
    { "long", TYPE_TEXT },
    { "long varchar", TYPE_TEXT },
    { "binary", TYPE_BINARY },
    { "varbinary", TYPE_BINARY },
    { "tinyblob", TYPE_BINARY },
    { "blob", TYPE_BINARY },
    { "mediumblob", TYPE_BINARY },
    { "longblob", TYPE_BINARY },
    { "date", TYPE_DATE },
    { "time", TYPE_TIME },
    { "datetime", TYPE_TIMESTAMP },
    { "timestamp", TYPE_TIMESTAMP },
    { "year", TYPE_SMALLINT },
    { "json", TYPE_JSON },
    { "uuid", TYPE_UUID },
};

/* Lists of texts, whose brackets hold anything. */
static bool is_list(const char *native_type, const char *word)
{
    size_t size = strlen(word);
    if (strncasecmp(native_type, word, size) != 0)
        return false;
    native_type += size;
    native_type += strspn(native_type, " \t\r\n");
    return *native_type == '(' || *native_type == '\0';
}

/* What the length of bit, char and decimal means, and what it is when nothing is said. */
static void finish(struct type *type, const struct type_row *row, const struct type_words *words)
{
    bool given = words->number_count > 0 && !words->odd;
    long first = given ? words->numbers[0] : 1;
    if (strcmp(row->words, "bit") == 0) {
        type->name = first == 1 ? TYPE_BOOLEAN : TYPE_BINARY;
        type->length = first <= 1 ? 0 : (first + BYTE_BITS - 1) / BYTE_BITS;
    } else if (strcmp(row->words, "tinyint") == 0 && given && first == 1 && !type->is_unsigned) {
        type->name = TYPE_BOOLEAN;
    } else if (type->name == TYPE_DECIMAL && !given) {
        type->precision = DECIMAL_USUAL;
    } else if (type->name == TYPE_CHAR || strcmp(row->words, "binary") == 0) {
        type->length = first > 0 ? first : 1;
    } else if (strcmp(row->words, "float") == 0 && given && words->number_count == 1 && first > FLOAT_BITS_MAX) {
        type->name = TYPE_DOUBLE;
    } else if (strcmp(row->words, "year") == 0 || strcmp(row->words, "serial") == 0) {
        type->is_unsigned = true;
    } else if ((type->name == TYPE_TIME || type->name == TYPE_TIMESTAMP) && !given) {
        type->precision = 0;
    }
    type->timezone = strcmp(row->words, "timestamp") == 0;
}

static struct type from_native(const char *native_type)
{
    struct type_words words;
    if (is_list(native_type, "enum"))
        return (struct type){ .name = TYPE_ENUM };
    if (is_list(native_type, "set"))
        return (struct type){ .name = TYPE_TEXT };
    if (!type_words_read(native_type, &words))
        return (struct type){ .name = TYPE_OTHER };
    bool zerofill = type_words_drop(&words, "zerofill"); /* implies unsigned */
    bool is_unsigned = type_words_drop(&words, "unsigned") || zerofill;
    (void)type_words_drop(&words, "signed");
    const struct type_row *row = type_row_find(rows, sizeof rows / sizeof *rows, words.words);
    if (row == NULL || words.odd)
        return (struct type){ .name = TYPE_OTHER };
    struct type type = type_of_words(row->name, &words);
    type.is_unsigned = is_unsigned;
    finish(&type, row, &words);
    return type;
}

const struct type_dialect type_mysql = { .name = "mysql", .from_native = from_native };
