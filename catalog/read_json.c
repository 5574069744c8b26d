/* SPDX-License-Identifier: Apache-2.0 */
#include "catalog/read_json.h"

#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

/* ~ and / of a key are escaped as RFC 6901 says. */
static void pointer_key(struct buffer *b, const char *key)
{
    (void)buffer_char(b, '/');
    for (; *key != '\0'; key++) {
        if (*key == '~')
            (void)buffer_text(b, "~0");
        else if (*key == '/')
            (void)buffer_text(b, "~1");
        else
            (void)buffer_char(b, *key);
    }
}

static void pointer_add(struct buffer *b, const struct read_json_at *at)
{
    if (at == NULL)
        return;
    pointer_add(b, at->up);
    if (at->key != NULL)
        pointer_key(b, at->key);
    else
        (void)buffer_format(b, "/%zu", at->index);
}

static void wrong(struct read_json *r, enum error_class class, const struct read_json_at *at, const char *key,
                  const char *what)
{
    if (r->class != ERROR_OK)
        return;
    struct buffer pointer;
    buffer_init(&pointer, 512);
    pointer_add(&pointer, at);
    if (key != NULL)
        pointer_key(&pointer, key);
    r->class = error_set(r->error, class, "%s %s", pointer.size > 0 ? buffer_view(&pointer) : "the document", what);
    buffer_finish(&pointer);
}

void read_json_wrong(struct read_json *r, const struct read_json_at *at, const char *key, const char *what)
{
    wrong(r, ERROR_INVALID, at, key, what);
}

bool read_json_room(struct read_json *r, const struct read_json_at *at, size_t size)
{
    size_t need;
    if (__builtin_add_overflow(size, (size_t)1 << 20, &need) || need > arena_room(r->arena))
        wrong(r, ERROR_TOO_LARGE, at, NULL, "is where the document becomes too large for the memory it may use");
    return r->class == ERROR_OK;
}

const char *read_json_text(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                           bool required, size_t max)
{
    if (r->class != ERROR_OK)
        return required ? "" : NULL;
    const json_t *value = json_object_get(object, key);
    if (!required && (value == NULL || json_is_null(value)))
        return NULL;
    const char *text = json_string_value(value);
    size_t size = json_string_length(value);
    if (text == NULL)
        read_json_wrong(r, at, key, "must be a text");
    else if (strlen(text) != size)
        read_json_wrong(r, at, key, "must not hold a NUL character");
    else if (required && size == 0)
        read_json_wrong(r, at, key, "must not be empty");
    else if (size > max)
        read_json_wrong(r, at, key, "is longer than allowed");
    else if (read_json_room(r, at, size))
        return arena_text_n(r->arena, text, size);
    return required ? "" : NULL;
}

int64_t read_json_integer(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                          int64_t absent, int64_t min, int64_t max)
{
    const json_t *value = json_object_get(object, key);
    if (r->class != ERROR_OK || value == NULL || json_is_null(value))
        return absent;
    if (!json_is_integer(value)) {
        read_json_wrong(r, at, key, "must be a whole number");
        return absent;
    }
    if (json_integer_value(value) < min || json_integer_value(value) > max) {
        read_json_wrong(r, at, key, "is out of its range");
        return absent;
    }
    return json_integer_value(value);
}

bool read_json_boolean(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                       bool absent)
{
    const json_t *value = json_object_get(object, key);
    if (r->class != ERROR_OK || value == NULL || json_is_null(value))
        return absent;
    if (!json_is_boolean(value))
        read_json_wrong(r, at, key, "must be true or false");
    return json_is_true(value);
}

double read_json_real(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                      double min, double max)
{
    const json_t *value = json_object_get(object, key);
    if (r->class != ERROR_OK)
        return min;
    double number = json_number_value(value);
    if (!json_is_number(value))
        read_json_wrong(r, at, key, "must be a number");
    else if (!(number >= min && number <= max))
        read_json_wrong(r, at, key, "is out of its range");
    else
        return number;
    return min;
}

const json_t *read_json_array(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                              size_t max)
{
    const json_t *value = json_object_get(object, key);
    if (r->class != ERROR_OK || value == NULL || json_is_null(value))
        return NULL;
    if (!json_is_array(value))
        read_json_wrong(r, at, key, "must be an array");
    else if (json_array_size(value) > max)
        read_json_wrong(r, at, key, "has more items than allowed");
    else
        return value;
    return NULL;
}

void read_json_texts(struct read_json *r, const struct read_json_at *at, const json_t *object, const char *key,
                     size_t max, const char ***ret_items, size_t *ret_count)
{
    struct read_json_at list = { .up = at, .key = key };
    const json_t *array = read_json_array(r, at, object, key, max);
    size_t count = json_array_size(array);
    *ret_items = NULL;
    *ret_count = 0;
    if (count == 0 || !read_json_room(r, &list, count * sizeof **ret_items))
        return;
    *ret_items = arena_array(r->arena, count, sizeof **ret_items);
    for (size_t i = 0; r->class == ERROR_OK && i < count; i++) {
        struct read_json_at here = { .up = &list, .index = i };
        const json_t *value = json_array_get(array, i);
        const char *text = json_string_value(value);
        size_t size = json_string_length(value);
        if (text == NULL || strlen(text) != size || size > READ_JSON_TEXT_MAX)
            read_json_wrong(r, &here, NULL, "must be a text without NUL characters and not too long");
        else if (read_json_room(r, &here, size))
            (*ret_items)[(*ret_count)++] = arena_text_n(r->arena, text, size);
    }
}
