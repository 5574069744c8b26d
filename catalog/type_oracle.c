/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type_oracle.c - Oracle's types, as DBMS_METADATA and people spell them. Reading only.
 *
 * Its whole numbers are NUMBER(38), its DATE has a time of day down to the second, and lengths may say BYTE or CHAR.
 */
#include <string.h>

#include "base/text.h"
#include "catalog/type_dialect.h"

enum { WHOLE_DIGITS = 38, TIMESTAMP_USUAL = 6 };

static const struct type_row rows[] = {
    { "number", TYPE_DECIMAL },
    { "numeric", TYPE_DECIMAL },
    { "decimal", TYPE_DECIMAL },
    { "dec", TYPE_DECIMAL },
    { "integer", TYPE_DECIMAL },
    { "int", TYPE_DECIMAL },
    { "smallint", TYPE_DECIMAL },
    { "float", TYPE_DOUBLE },
    { "real", TYPE_DOUBLE },
    { "double precision", TYPE_DOUBLE },
    { "binary_float", TYPE_REAL },
    { "binary_double", TYPE_DOUBLE },
    { "char", TYPE_CHAR },
    { "character", TYPE_CHAR },
    { "nchar", TYPE_CHAR },
    { "national char", TYPE_CHAR },
    { "national character", TYPE_CHAR },
    { "varchar2", TYPE_VARCHAR },
    { "varchar", TYPE_VARCHAR },
    { "nvarchar2", TYPE_VARCHAR },
    { "char varying", TYPE_VARCHAR },
    { "character varying", TYPE_VARCHAR },
    { "national char varying", TYPE_VARCHAR },
    { "national character varying", TYPE_VARCHAR },
    { "nchar varying", TYPE_VARCHAR },
    { "clob", TYPE_TEXT },
    { "nclob", TYPE_TEXT },
    { "long", TYPE_TEXT },
    { "character large object", TYPE_TEXT },
    { "blob", TYPE_BINARY },
    { "bfile", TYPE_BINARY },
    { "raw", TYPE_BINARY },
    { "long raw", TYPE_BINARY },
    { "binary large object", TYPE_BINARY },
    { "date", TYPE_TIMESTAMP },
    { "timestamp", TYPE_TIMESTAMP },
    { "timestamp with time zone", TYPE_TIMESTAMP },
    { "timestamp with local time zone", TYPE_TIMESTAMP },
    { "interval day to second", TYPE_INTERVAL },
    { "interval year to month", TYPE_INTERVAL },
    { "boolean", TYPE_BOOLEAN },
    { "bool", TYPE_BOOLEAN },
    { "json", TYPE_JSON },
};

static void finish_number(struct type *type, const struct type_row *row, const struct type_words *words,
                          const char *native_type)
{
    bool star = strstr(native_type, "(*") != NULL, number = strcmp(row->words, "number") == 0;
    if (words->number_count > 0 && !words->odd)
        return;
    type->scale = 0;
    type->precision = star || !number ? WHOLE_DIGITS : 0; /* a bare NUMBER has no limit */
}

static struct type from_native(const char *native_type)
{
    struct type_words words;
    if (!type_words_read(native_type, &words))
        return (struct type){ .name = TYPE_OTHER };
    const struct type_row *row = type_row_find(rows, sizeof rows / sizeof *rows, words.words);
    if (row == NULL)
        return (struct type){ .name = TYPE_OTHER };
    if (words.number_count == 1 && (row->name == TYPE_CHAR || row->name == TYPE_VARCHAR))
        words.odd = false; /* (20 BYTE), (20 CHAR) */
    if (words.odd && row->name != TYPE_DECIMAL && row->name != TYPE_INTERVAL)
        return (struct type){ .name = TYPE_OTHER };
    struct type type = type_of_words(row->name, &words);
    if (type.name == TYPE_DECIMAL)
        finish_number(&type, row, &words, native_type);
    else if (type.name == TYPE_CHAR && type.length == 0)
        type.length = 1;
    else if (strcmp(row->words, "date") == 0)
        type.precision = 0;
    else if (type.name == TYPE_TIMESTAMP && type.precision < 0)
        type.precision = TIMESTAMP_USUAL;
    type.timezone = text_ends(row->words, "time zone");
    return type;
}

const struct type_dialect type_oracle = { .name = "oracle", .from_native = from_native };
