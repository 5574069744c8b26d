/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/schema_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA_MAX = 512 << 20, TEXT_MAX = 1 << 20 };

void schema_sample_open(struct nested_sample *s, enum schema_format format, const char *text, size_t size)
{
    *s = (struct nested_sample){ .arena = arena_create(ARENA_MAX), .error = ERROR_NONE };
    enum error_class class = schema_file_parse(s->arena, text, size, format, "doc", &s->catalog, &s->error);
    assert_int_equal(class, s->error.class);
    assert_true((class == ERROR_OK) == (s->catalog != NULL));
}

const char *schema_sample_relationships(struct nested_sample *s)
{
    struct buffer b;
    buffer_init(&b, TEXT_MAX);
    for (size_t i = 0; i < s->catalog->relationship_count; i++) {
        const struct catalog_relationship *r = &s->catalog->relationships[i];
        buffer_format(&b, "%s.%s -> %s (%s)\n", r->from_table, r->from_columns.items[0], r->to_table, r->cardinality);
    }
    const char *text = arena_text(s->arena, buffer_view(&b));
    buffer_finish(&b);
    return text;
}

void schema_sample_expect(enum schema_format format, const char *text, const char *expected)
{
    struct nested_sample s;
    schema_sample_open(&s, format, text, strlen(text));
    assert_string_equal(s.error.message, "");
    const char *tables = nested_sample_tables(&s);
    assert_string_equal(arena_format(s.arena, "%s%s", tables, schema_sample_relationships(&s)), expected);
    nested_sample_close(&s);
}
