/* SPDX-License-Identifier: Apache-2.0 */
/*
 * type.h - canonical column types, and their spelling in each dialect.
 *
 * Reading: native text -> canonical type. Writing: canonical type -> native text of the target, with what is lost on
 * the way in words. A type nobody knows is TYPE_OTHER and keeps its native text; nothing is guessed in silence.
 */
#ifndef CATALOG_TYPE_H
#define CATALOG_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#define TYPE_NAMES(X)                                                                                                \
    X(TYPE_OTHER, "other")                                                                                           \
    X(TYPE_BOOLEAN, "boolean")                                                                                       \
    X(TYPE_SMALLINT, "smallint")                                                                                     \
    X(TYPE_INTEGER, "integer")                                                                                       \
    X(TYPE_BIGINT, "bigint")                                                                                         \
    X(TYPE_DECIMAL, "decimal") /* exact: precision, scale; precision 0 = without limit */                            \
    X(TYPE_REAL, "real")                                                                                             \
    X(TYPE_DOUBLE, "double")                                                                                         \
    X(TYPE_CHAR, "char")                                                                                             \
    X(TYPE_VARCHAR, "varchar")                                                                                       \
    X(TYPE_TEXT, "text")                                                                                             \
    X(TYPE_BINARY, "binary")                                                                                         \
    X(TYPE_DATE, "date")                                                                                             \
    X(TYPE_TIME, "time")                                                                                             \
    X(TYPE_TIMESTAMP, "timestamp")                                                                                   \
    X(TYPE_INTERVAL, "interval")                                                                                     \
    X(TYPE_JSON, "json")                                                                                             \
    X(TYPE_UUID, "uuid")                                                                                             \
    X(TYPE_ENUM, "enum")                                                                                             \
    X(TYPE_ARRAY, "array")                                                                                           \
    X(TYPE_DYNAMIC, "dynamic") /* SQLite column without a type */                                                    \
    X(TYPE_NUMBER, "number")   /* data files, whose values have no width: integer, date, time, boolean, array and */ \
    X(TYPE_STRING, "string")   /* these four */                                                                      \
    X(TYPE_DATETIME, "datetime")                                                                                     \
    X(TYPE_OBJECT, "object")

enum type_name {
#define X(id, text) id,
    TYPE_NAMES(X)
#undef X
};

struct type {
    enum type_name name;
    int precision, scale; /* of decimal; precision also of time and timestamp fractions (-1: not given) */
    bool timezone, is_unsigned;
    long length;         /* characters or bytes; 0: no limit */
    const char *element; /* of array: its whole native text, "integer[]" (not owned); enum members as JSON array text */
};

const char *type_text(enum type_name name);
bool type_from_text(const char *text, enum type_name *ret_name);

/* dialect: "sqlite", "postgresql", "mysql", "oracle", "sqlserver" (the last three: reading only). Never fails:
 * TYPE_OTHER for the unknown. */
struct type type_from_native(const char *dialect, const char *native_type);

/* Spelling of `type` in the target's dialect into ret_text; native_type: the source's spelling, for TYPE_OTHER.
 * *ret_loss is NULL when nothing is lost, else a constant text that says what ("time zone is dropped"). false: no
 * spelling. */
bool type_to_native(const char *dialect, const struct type *type, const char *native_type, char *ret_text, size_t size,
                    const char **ret_loss);

#endif
