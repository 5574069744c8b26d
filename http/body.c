/* SPDX-License-Identifier: Apache-2.0 */
/* body.c - depth is measured before jansson recurses into it. */
#include "http/body.h"

#include <stdbool.h>

unsigned body_depth(const char *text, size_t size)
{
    unsigned depth = 0, deepest = 0;
    bool inside = false;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (inside) {
            if (c == '\\')
                i++;
            else if (c == '"')
                inside = false;
        } else if (c == '"') {
            inside = true;
        } else if (c == '[' || c == '{') {
            if (++depth > deepest)
                deepest = depth;
        } else if ((c == ']' || c == '}') && depth > 0) {
            depth--;
        }
    }
    return deepest;
}

enum error_class body_parse(const char *text, size_t size, unsigned depth_max, json_t **ret_body, struct error *e)
{
    if (size == 0)
        return error_code(e, ERROR_INVALID, "invalid_json", "The body is empty: send a JSON object.");
    if (body_depth(text, size) > depth_max)
        return error_code(e, ERROR_INVALID, "invalid_json", "The body is nested deeper than %u levels.", depth_max);
    json_error_t where;
    json_t *body = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    if (!body)
        return error_code(e, ERROR_INVALID, "invalid_json", "The body is not valid JSON: line %d, column %d: %s.",
                          where.line, where.column, where.text);
    if (!json_is_object(body)) {
        json_decref(body);
        return error_code(e, ERROR_INVALID, "invalid_json", "The body must be a JSON object.");
    }
    *ret_body = body;
    return ERROR_OK;
}
