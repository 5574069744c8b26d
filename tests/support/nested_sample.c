/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/nested_sample.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

enum { ARENA_MAX = 256 << 20, TEXT_MAX = 1 << 20 };

void nested_sample_open(struct nested_sample *s, enum nested_format format, const char *text, size_t size,
                        const struct nested_limits *limits)
{
    *s = (struct nested_sample){ .arena = arena_create(ARENA_MAX), .error = ERROR_NONE };
    s->in = input_of_memory(text, size);
    enum error_class class =
        nested_parse(s->arena, s->in, format, "doc", limits, NULL, &s->catalog, &s->rows, &s->error);
    assert_int_equal(class, s->error.class);
    assert_true((class == ERROR_OK) == (s->catalog != NULL));
}

void nested_sample_close(struct nested_sample *s)
{
    if (s->rows.face != NULL)
        s->rows.face->close(s->rows.self);
    input_close(s->in);
    arena_destroy(s->arena);
}

static bool is_link(const struct catalog_table *t, const char *column)
{
    for (size_t i = 0; i < t->foreign_key_count; i++)
        if (text_equal(t->foreign_keys[i].columns.items[0], column))
            return true;
    return false;
}

static const char *kept(struct nested_sample *s, struct buffer *b)
{
    const char *text = arena_text(s->arena, buffer_view(b));
    buffer_finish(b);
    return text;
}

const char *nested_sample_tables(struct nested_sample *s)
{
    struct buffer b;
    buffer_init(&b, TEXT_MAX);
    for (size_t i = 0; s->catalog != NULL && i < s->catalog->table_count; i++) {
        const struct catalog_table *t = &s->catalog->tables[i];
        buffer_text(&b, t->name);
        if (t->parent != NULL)
            buffer_format(&b, " < %s", t->parent);
        buffer_format(&b, " [%" PRId64 "]", t->rows);
        if (t->primary_key.columns.count > 0)
            buffer_format(&b, " #%s", t->primary_key.columns.items[0]);
        for (size_t c = 0; c < t->column_count; c++) {
            const struct catalog_column *column = &t->columns[c];
            bool ours = column->path != NULL && column->path[0] == '#';
            buffer_format(&b, "%s %s%s %s%s", c == 0 ? ":" : ",", column->name,
                          is_link(t, column->name) ? ">"
                          : ours                   ? "#"
                                                   : "",
                          type_text(column->type.name), column->nullable ? "?" : "");
        }
        buffer_char(&b, '\n');
    }
    return kept(s, &b);
}

struct rows_text {
    struct buffer b;
    bool names;
};

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    struct rows_text *text = context;
    if (text->names)
        buffer_format(&text->b, "%s: ", t->name);
    for (size_t i = 0; i < t->column_count; i++) {
        if (i > 0)
            buffer_char(&text->b, '|');
        if (values[i].text == NULL)
            buffer_char(&text->b, '-');
        else
            buffer_add(&text->b, values[i].text, values[i].size);
    }
    buffer_char(&text->b, '\n');
    return ERROR_OK;
}

const char *nested_sample_rows(struct nested_sample *s, const char *table, int64_t rows_max)
{
    struct rows_text text = { .names = table == NULL };
    struct rows_ask ask = { .rows_max = rows_max };
    if (table != NULL) {
        ask.only = catalog_table_find(s->catalog, "", table);
        assert_non_null(ask.only);
    }
    buffer_init(&text.b, TEXT_MAX);
    assert_int_equal(s->rows.face->read(s->rows.self, &ask, on_row, &text, &s->error), ERROR_OK);
    return kept(s, &text.b);
}

const char *nested_sample_diagnostics(struct nested_sample *s)
{
    struct buffer b;
    buffer_init(&b, TEXT_MAX);
    for (size_t i = 0; s->catalog != NULL && i < s->catalog->diagnostic_count; i++) {
        const struct catalog_diagnostic *d = &s->catalog->diagnostics[i];
        buffer_format(&b, "%s %d:%d %s\n", d->severity, d->line, d->column, d->message);
    }
    return kept(s, &b);
}

void nested_sample_expect(enum nested_format format, const char *text, const char *tables)
{
    struct nested_sample s;
    nested_sample_open(&s, format, text, strlen(text), NULL);
    assert_string_equal(s.error.message, "");
    assert_string_equal(nested_sample_tables(&s), tables);
    nested_sample_close(&s);
}

void nested_sample_expect_rows(enum nested_format format, const char *text, const char *table, const char *rows)
{
    struct nested_sample s;
    nested_sample_open(&s, format, text, strlen(text), NULL);
    assert_string_equal(s.error.message, "");
    assert_string_equal(nested_sample_rows(&s, table, 0), rows);
    nested_sample_close(&s);
}
