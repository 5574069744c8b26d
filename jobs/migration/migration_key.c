/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key as a JSON array, exact for every value: integers and text as they are, reals as {"real": "0.1"} in the digits
 * that read back as the same double, bytes as {"hex": "00ff"}.
 */
#include "jobs/migration/migration.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static json_t *bytes_to_json(const char *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    mem_auto char *hex = mem_alloc(2 * size + 1);
    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[(unsigned char)data[i] >> 4];
        hex[2 * i + 1] = digits[(unsigned char)data[i] & 15];
    }
    hex[2 * size] = '\0';
    return json_pack("{s:s}", "hex", hex);
}

static json_t *value_to_json(const struct connect_value *value)
{
    char real[CONNECT_REAL_SIZE];
    switch (value->type) {
    case CONNECT_INTEGER:
        return json_integer(value->integer);
    case CONNECT_REAL:
        connect_real_text(value->real, real);
        return json_pack("{s:s}", "real", real);
    case CONNECT_TEXT:
        return json_stringn(value->data, value->size);
    case CONNECT_BINARY:
        return bytes_to_json(value->data, value->size);
    default:
        return NULL;
    }
}

json_t *migration_key_to_json(const struct connect_value *values, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = value_to_json(&values[i]);
        if (!item || json_array_append_new(array, item) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool bytes_from_json(struct arena *arena, const char *hex, struct connect_value *ret_value)
{
    size_t size = strlen(hex) / 2;
    char *data = arena_alloc(arena, size + 1);
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        data[i] = (char)(high << 4 | low);
    }
    *ret_value = (struct connect_value){ .type = CONNECT_BINARY, .data = data, .size = size };
    return strlen(hex) % 2 == 0;
}

static bool value_from_json(struct arena *arena, const json_t *json, struct connect_value *ret_value)
{
    const char *real = json_string_value(json_object_get(json, "real"));
    const char *hex = json_string_value(json_object_get(json, "hex"));
    char *end;
    if (json_is_integer(json)) {
        *ret_value = (struct connect_value){ .type = CONNECT_INTEGER, .integer = json_integer_value(json) };
    } else if (json_is_string(json)) {
        size_t size = json_string_length(json);
        const char *data = arena_text_n(arena, json_string_value(json), size);
        *ret_value = (struct connect_value){ .type = CONNECT_TEXT, .data = data, .size = size };
    } else if (real) {
        *ret_value = (struct connect_value){ .type = CONNECT_REAL, .real = strtod(real, &end) };
        return end != real && *end == '\0';
    } else {
        return hex && bytes_from_json(arena, hex, ret_value);
    }
    return true;
}

enum error_class migration_key_from_json(struct arena *arena, const json_t *json, size_t count,
                                         struct connect_value **ret_values, struct error *e)
{
    if (!json || json_is_null(json)) {
        *ret_values = NULL;
        return ERROR_OK;
    }
    if (count == 0 || json_array_size(json) != count)
        return error_code(e, ERROR_INVALID, "bad_key", "a bound has %zu values, the table's key has %zu columns",
                          json_array_size(json), count);
    struct connect_value *values = arena_array(arena, count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        if (!value_from_json(arena, json_array_get(json, i), &values[i]))
            return error_code(e, ERROR_INVALID, "bad_key",
                              "value %zu of a bound is neither a number, text, "
                              "{\"real\"} nor {\"hex\"}",
                              i + 1);
    }
    *ret_values = values;
    return ERROR_OK;
}
