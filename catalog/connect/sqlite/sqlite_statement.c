/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite_statement.c - one statement of a session and the values that go in and come out. */
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text.h"
#include "catalog/connect/sqlite/sqlite.h"

enum { JSON_TEXT_MAX = 200, JSON_MAX = 4096 };

enum error_class sqlite_prepare(struct sqlite *s, sqlite3_stmt **ret_statement, struct error *e)
{
    const char *sql;
    enum error_class class = sqltext_view(&s->sql, &sql, e);
    if (class != ERROR_OK)
        return class;
    s->until_ms = s->timeout_s > 0 ? clock_monotonic_ms() + (int64_t)s->timeout_s * 1000 : 0;
    int code = sqlite3_prepare_v2(s->db, sql, -1, ret_statement, NULL);
    return code == SQLITE_OK ? ERROR_OK : sqlite_error(s, code, e);
}

enum error_class sqlite_bind(struct sqlite *s, sqlite3_stmt *statement, int index, const struct connect_value *value,
                             struct error *e)
{
    int code = SQLITE_OK;
    switch (value->type) {
    case CONNECT_NULL:
        code = sqlite3_bind_null(statement, index);
        break;
    case CONNECT_INTEGER:
        code = sqlite3_bind_int64(statement, index, value->integer);
        break;
    case CONNECT_REAL:
        code = sqlite3_bind_double(statement, index, value->real);
        break;
    case CONNECT_TEXT:
        code = sqlite3_bind_text64(statement, index, value->data != NULL ? value->data : "", value->size, SQLITE_STATIC,
                                   SQLITE_UTF8);
        break;
    case CONNECT_BINARY:
        code =
            sqlite3_bind_blob64(statement, index, value->data != NULL ? value->data : "", value->size, SQLITE_STATIC);
        break;
    }
    return code == SQLITE_OK ? ERROR_OK : sqlite_error(s, code, e);
}

struct connect_value sqlite_value(sqlite3_stmt *statement, int index)
{
    struct connect_value value = { .type = CONNECT_NULL };
    switch (sqlite3_column_type(statement, index)) {
    case SQLITE_INTEGER:
        value.type = CONNECT_INTEGER;
        value.integer = sqlite3_column_int64(statement, index);
        break;
    case SQLITE_FLOAT:
        value.type = CONNECT_REAL;
        value.real = sqlite3_column_double(statement, index);
        break;
    case SQLITE_TEXT:
        value.type = CONNECT_TEXT;
        value.data = (const char *)sqlite3_column_text(statement, index);
        value.size = (size_t)sqlite3_column_bytes(statement, index);
        break;
    case SQLITE_BLOB:
        value.type = CONNECT_BINARY;
        value.data = sqlite3_column_blob(statement, index);
        value.size = (size_t)sqlite3_column_bytes(statement, index);
        break;
    default:
        break;
    }
    if (value.data == NULL) /* an empty blob has no address */
        value.data = "";
    return value;
}

bool sqlite_text_clean(const struct connect_value *text)
{
    return memchr(text->data, '\0', text->size) == NULL && text_utf8_valid(text->data, text->size);
}

struct connect_value sqlite_value_keep(struct arena *arena, const struct connect_value *value)
{
    struct connect_value kept = *value;
    if (value->type == CONNECT_TEXT || value->type == CONNECT_BINARY)
        kept.data = arena_text_n(arena, value->data, value->size);
    return kept;
}

static void json_value(struct buffer *b, const struct connect_value *value)
{
    char real[CONNECT_REAL_SIZE];
    size_t size = value->size < JSON_TEXT_MAX ? value->size : JSON_TEXT_MAX;
    switch (value->type) {
    case CONNECT_NULL:
        (void)buffer_text(b, "null");
        break;
    case CONNECT_INTEGER:
        (void)buffer_format(b, "%lld", (long long)value->integer);
        break;
    case CONNECT_REAL:
        connect_real_text(value->real, real);
        (void)buffer_json_string(b, real, strlen(real));
        break;
    case CONNECT_TEXT:
        while (size > 0 && size < value->size && ((unsigned char)value->data[size] & 0xC0) == 0x80)
            size--; /* cut between characters */
        (void)buffer_json_string(b, value->data, size);
        break;
    case CONNECT_BINARY:
        (void)buffer_text(b, "\"\\\\x");
        for (size_t i = 0; i < size; i++)
            (void)buffer_format(b, "%02x", (unsigned char)value->data[i]);
        (void)buffer_char(b, '"');
        break;
    }
}

const char *sqlite_values_json(struct arena *arena, const struct connect_value *values, size_t count)
{
    struct buffer b;
    buffer_init(&b, JSON_MAX);
    (void)buffer_char(&b, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            (void)buffer_text(&b, ", ");
        json_value(&b, &values[i]);
    }
    (void)buffer_char(&b, ']');
    const char *text = b.overflow ? "[]" : arena_text_n(arena, buffer_view(&b), b.size);
    buffer_finish(&b);
    return text;
}

bool sqlite_name_usable(const char *name)
{
    size_t size = name != NULL ? strlen(name) : 0;
    return size > 0 && size <= CATALOG_NAME_MAX && text_utf8_valid(name, size);
}
