/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"

enum { ARGS_FILE_MAX = 64 << 20 }; /* the gateway has its own, lower limit */

static enum error_class read_file(FILE *f, const char *name, char **ret_text, struct error *e)
{
    struct buffer text;
    char part[4096];
    size_t size;
    bool fits = true;
    buffer_init(&text, ARGS_FILE_MAX);
    while (fits && (size = fread(part, 1, sizeof part, f)) > 0)
        fits = buffer_add(&text, part, size);
    bool whole = !ferror(f) && (text.size == 0 || memchr(text.data, '\0', text.size) == NULL);
    if (fits && whole)
        *ret_text = buffer_take(&text);
    buffer_finish(&text);
    return !fits    ? error_code(e, ERROR_TOO_LARGE, "args_too_large", "%s is over %d bytes", name, ARGS_FILE_MAX)
           : !whole ? error_code(e, ERROR_INVALID, "file_unreadable", "%s can't be read as text", name)
                    : ERROR_OK;
}

/* The text that "-" (standard input) or "@FILE" stands for, else the argument itself. free(). */
enum error_class input_text(const char *given, char **ret_text, struct error *e)
{
    if (strcmp(given, "-") == 0)
        return read_file(stdin, "standard input", ret_text, e);
    if (given[0] != '@') {
        *ret_text = mem_text(given);
        return ERROR_OK;
    }
    FILE *f = fopen(given + 1, "re");
    if (f == NULL)
        return error_code(e, ERROR_NOT_FOUND, "file_not_found", "can't open %s: %m", given + 1);
    (void)read_file(f, given + 1, ret_text, e);
    (void)fclose(f);
    return e->class;
}

/* JSON text, @FILE, or - for standard input. */
enum error_class input_json(const char *given, json_t **ret_json, struct error *e)
{
    json_error_t where;
    char *text = NULL;
    if (input_text(given != NULL ? given : "{}", &text, e) != ERROR_OK)
        return e->class;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    free(text);
    if (json == NULL)
        return error_code(e, ERROR_INVALID, "invalid_json", "what was given is not JSON: line %d column %d: %s",
                          where.line, where.column, where.text);
    *ret_json = json;
    return ERROR_OK;
}

void input_set_text(json_t *body, const char *member, const char *text)
{
    if (text != NULL)
        (void)json_object_set_new(body, member, json_string(text));
}

enum error_class input_set_number(const struct context *context, json_t *body, const char *option, const char *member,
                                  int64_t max, struct error *e)
{
    int64_t value;
    if (command_number(context, option, 1, max, 0, &value, e) != ERROR_OK)
        return e->class;
    if (value > 0)
        (void)json_object_set_new(body, member, json_integer(value));
    return ERROR_OK;
}

json_t *input_list(const char *text, char separator)
{
    json_t *list = json_array();
    if (strcmp(text, "none") == 0)
        return list;
    while (*text) {
        const char *end = strchr(text, separator);
        size_t size = end ? (size_t)(end - text) : strlen(text);
        (void)json_array_append_new(list, json_stringn(text, size));
        text += size + (end != NULL);
    }
    return list;
}

void input_set_list(json_t *body, const char *member, const char *text)
{
    if (text != NULL)
        (void)json_object_set_new(body, member, input_list(text, ','));
}
