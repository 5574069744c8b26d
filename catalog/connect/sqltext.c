/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names in double quotes, quotes doubled: all dialects agree, but for Oracle, whose names have none. Text in single
 * quotes, quotes doubled; a backslash is an ordinary character, since PostgreSQL sessions are opened with
 * standard_conforming_strings on, but for MySQL, where it is doubled. Bytes as bytea hex or as a blob literal. Reals
 * with 17 digits, so that they read back as the same double.
 */
#include "catalog/connect/sqltext.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

void sqltext_init(struct sqltext *s, const char *dialect)
{
    *s = (struct sqltext){ .dialect = dialect, .refusal = ERROR_NONE };
    buffer_init(&s->text, SQLTEXT_MAX);
}

void sqltext_finish(struct sqltext *s)
{
    buffer_finish(&s->text);
}

void sqltext_clear(struct sqltext *s)
{
    buffer_clear(&s->text);
    s->refusal = ERROR_NONE;
}

static bool refused(const struct sqltext *s)
{
    return s->refusal.class != ERROR_OK;
}

static bool is(const struct sqltext *s, const char *dialect)
{
    return strcmp(s->dialect, dialect) == 0;
}

static bool is_postgresql(const struct sqltext *s)
{
    return is(s, "postgresql");
}

void sqltext_raw(struct sqltext *s, const char *text)
{
    if (!refused(s))
        buffer_text(&s->text, text);
}

/* Whose sessions take a backslash in a text for the beginning of an escape. */
static bool escapes(const struct sqltext *s)
{
    return is(s, "mysql");
}

/* What stands between quotes. */
static void add_quoted(struct sqltext *s, char quote, const char *data, size_t size)
{
    buffer_char(&s->text, quote);
    for (const char *end = data + size; data < end;) {
        const char *found = memchr(data, quote, (size_t)(end - data));
        size_t run = found ? (size_t)(found - data) + 1 : (size_t)(end - data);
        buffer_add(&s->text, data, run);
        if (found)
            buffer_char(&s->text, quote);
        data += run;
    }
    buffer_char(&s->text, quote);
}

static void add_escaped(struct sqltext *s, const char *data, size_t size)
{
    buffer_char(&s->text, '\'');
    for (const char *end = data + size; data < end; data++) {
        if (*data == '\'' || *data == '\\')
            buffer_char(&s->text, *data);
        buffer_char(&s->text, *data);
    }
    buffer_char(&s->text, '\'');
}

void sqltext_ident(struct sqltext *s, const char *name)
{
    size_t size = strlen(name);
    if (refused(s))
        return;
    if (size == 0)
        error_code(&s->refusal, ERROR_INVALID, "bad_name", "a table or column has an empty name: %s refuses it",
                   s->dialect);
    else if (!text_utf8_valid(name, size))
        error_code(&s->refusal, ERROR_INVALID, "bad_name", "a table or column name is not valid UTF-8 (%zu bytes)",
                   size);
    else if (is_postgresql(s) && size > SQLTEXT_POSTGRESQL_NAME_MAX)
        error_code(&s->refusal, ERROR_INVALID, "name_too_long",
                   "the name \"%.200s\" has %zu bytes; PostgreSQL allows %d and would cut it: rename it", name, size,
                   (int)SQLTEXT_POSTGRESQL_NAME_MAX);
    else if (is(s, "oracle") && memchr(name, '"', size)) /* there is no way to write it: two quotes end a name there */
        error_code(&s->refusal, ERROR_INVALID, "bad_name",
                   "a table or column name has a double quote: Oracle has none");
    else
        add_quoted(s, '"', name, size);
}

void sqltext_table(struct sqltext *s, const char *schema, const char *name)
{
    if (schema && *schema) {
        sqltext_ident(s, schema);
        sqltext_raw(s, ".");
    }
    sqltext_ident(s, name);
}

void sqltext_idents(struct sqltext *s, const char *qualifier, const struct catalog_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (i > 0)
            sqltext_raw(s, ", ");
        if (qualifier) {
            sqltext_raw(s, qualifier);
            sqltext_raw(s, ".");
        }
        sqltext_ident(s, names->items[i]);
    }
}

void sqltext_literal(struct sqltext *s, const char *data, size_t size)
{
    if (refused(s))
        return;
    if (size > 0 && memchr(data, '\0', size))
        error_code(&s->refusal, ERROR_INVALID, "text_with_nul", "a text value holds a NUL byte: %s can't take it",
                   s->dialect);
    else if (!text_utf8_valid(data, size))
        error_code(&s->refusal, ERROR_INVALID, "bad_text", "a text value is not valid UTF-8 (%zu bytes)", size);
    else {
        sqltext_raw(s, is(s, "sqlserver") ? "N" : ""); /* else it goes through a code page */
        if (escapes(s))
            add_escaped(s, data, size);
        else
            add_quoted(s, '\'', data, size);
    }
}

void sqltext_integer(struct sqltext *s, int64_t value)
{
    if (refused(s))
        return;
    if (value == INT64_MIN) /* its digits alone overflow before the sign is read */
        sqltext_raw(s, "(-9223372036854775807 - 1)");
    else
        buffer_format(&s->text, "%" PRId64, value);
}

static void add_real(struct sqltext *s, double value)
{
    if (is_postgresql(s))
        buffer_format(&s->text, "'%.17g'::float8", value); /* also takes inf and nan */
    else if (is(s, "oracle") && !isfinite(value))
        buffer_text(&s->text, isnan(value) ? "BINARY_DOUBLE_NAN"
                              : value > 0  ? "BINARY_DOUBLE_INFINITY"
                                           : "-BINARY_DOUBLE_INFINITY");
    else if (isinf(value))
        buffer_text(&s->text, value > 0 ? "9e999" : "-9e999");
    else
        buffer_format(&s->text, "%.17e", value); /* with an exponent, so that it stays a real */
}

static void add_bytes(struct sqltext *s, const char *data, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    static const char *const forms[][3] = { { "postgresql", "'\\x", "'::bytea" },
                                            { "sqlserver", "0x", "" },
                                            { "oracle", "HEXTORAW('", "')" } };
    const char *before = "x'", *after = "'";
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (is(s, forms[i][0])) {
            before = forms[i][1];
            after = forms[i][2];
        }
    buffer_text(&s->text, before);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)data[i];
        char pair[2] = { digits[byte >> 4], digits[byte & 15] };
        buffer_add(&s->text, pair, sizeof pair);
    }
    buffer_text(&s->text, after);
}

void sqltext_value(struct sqltext *s, const struct connect_value *value)
{
    if (refused(s))
        return;
    switch (value->type) {
    case CONNECT_NULL:
        buffer_text(&s->text, "NULL");
        break;
    case CONNECT_INTEGER:
        sqltext_integer(s, value->integer);
        break;
    case CONNECT_REAL:
        add_real(s, value->real);
        break;
    case CONNECT_TEXT:
        sqltext_literal(s, value->data, value->size);
        break;
    case CONNECT_BINARY:
        add_bytes(s, value->data, value->size);
        break;
    }
}

void sqltext_values(struct sqltext *s, const struct connect_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            sqltext_raw(s, ", ");
        sqltext_value(s, &values[i]);
    }
}

enum error_class sqltext_view(struct sqltext *s, const char **ret_text, struct error *e)
{
    if (refused(s)) {
        if (e)
            *e = s->refusal;
        return s->refusal.class;
    }
    if (s->text.overflow)
        return error_code(e, ERROR_TOO_LARGE, "statement_too_large", "a statement is over the limit of %d MB",
                          (int)(SQLTEXT_MAX >> 20));
    *ret_text = buffer_view(&s->text);
    return ERROR_OK;
}
