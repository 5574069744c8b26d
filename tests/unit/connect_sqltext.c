/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile names and values come out quoted or refused, for each dialect. */
#include "catalog/connect/sqltext.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char *shown(struct sqltext *s)
{
    const char *text;
    struct error e = ERROR_NONE;
    assert_int_equal(sqltext_view(s, &text, &e), ERROR_OK);
    return (char *)text;
}

static void refuses(struct sqltext *s, const char *code)
{
    const char *text = "untouched";
    struct error e = ERROR_NONE;
    assert_int_equal(sqltext_view(s, &text, &e), ERROR_INVALID);
    assert_string_equal(e.code, code);
    assert_string_equal(text, "untouched");
}

static void names_are_quoted(void **state)
{
    (void)state;
    static const struct {
        const char *name, *quoted;
    } cases[] = {
        { "Track", "\"Track\"" },
        { "a\"b", "\"a\"\"b\"" },
        { "\"; DROP TABLE x; --", "\"\"\"; DROP TABLE x; --\"" },
        { "back\\slash", "\"back\\slash\"" },
        { "it's", "\"it's\"" },
        { "select", "\"select\"" },
        { "two words\n", "\"two words\n\"" },
        { "blåbærgrød", "\"blåbærgrød\"" },
        { "\"\"", "\"\"\"\"\"\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sqltext s;
        sqltext_init(&s, i % 2 ? "sqlite" : "postgresql");
        sqltext_ident(&s, cases[i].name);
        assert_string_equal(shown(&s), cases[i].quoted);
        sqltext_finish(&s);
    }
}

static void bad_names_are_refused(void **state)
{
    (void)state;
    struct sqltext s;
    char name[65];
    memset(name, 'x', sizeof name);
    name[64] = '\0';

    sqltext_init(&s, "postgresql");
    sqltext_ident(&s, name + 1); /* 63 bytes */
    assert_int_equal(strlen(shown(&s)), 65);
    sqltext_ident(&s, name);
    refuses(&s, "name_too_long");
    sqltext_clear(&s);
    sqltext_ident(&s, "");
    refuses(&s, "bad_name");
    sqltext_clear(&s);
    sqltext_ident(&s, "cut \xc3");
    sqltext_ident(&s, "the first refusal sticks");
    refuses(&s, "bad_name");
    sqltext_finish(&s);

    sqltext_init(&s, "sqlite");
    sqltext_ident(&s, name);
    assert_int_equal(strlen(shown(&s)), 66);
    sqltext_finish(&s);
}

static void values_are_literals(void **state)
{
    (void)state;
    struct sqltext s;
    const struct connect_value values[] = {
        { .type = CONNECT_NULL },
        { .type = CONNECT_INTEGER, .integer = -7 },
        { .type = CONNECT_INTEGER, .integer = INT64_MIN },
        { .type = CONNECT_TEXT, .data = "O'Hara \\' --", .size = 12 },
        { .type = CONNECT_BINARY, .data = "\0\xff'", .size = 3 },
        { .type = CONNECT_REAL, .real = 0.1 },
    };
    sqltext_init(&s, "postgresql");
    sqltext_values(&s, values, 6);
    assert_string_equal(shown(&s), "NULL, -7, (-9223372036854775807 - 1), 'O''Hara \\'' --', '\\x00ff27'::bytea, "
                                   "'0.10000000000000001'::float8");
    sqltext_finish(&s);

    const struct connect_value infinite = { .type = CONNECT_REAL, .real = -INFINITY };
    sqltext_init(&s, "sqlite");
    sqltext_value(&s, &values[4]);
    sqltext_raw(&s, " ");
    sqltext_value(&s, &infinite);
    assert_string_equal(shown(&s), "x'00ff27' -9e999");
    sqltext_clear(&s);
    sqltext_literal(&s, "a\0b", 3);
    refuses(&s, "text_with_nul");
    sqltext_clear(&s);
    sqltext_literal(&s, "\xff", 1);
    refuses(&s, "bad_text");
    sqltext_finish(&s);
}

static void lists_are_qualified(void **state)
{
    (void)state;
    struct sqltext s;
    const char *items[] = { "a", "b\"" };
    const struct catalog_names names = { .items = items, .count = 2 };
    sqltext_init(&s, "postgresql");
    sqltext_table(&s, "my schema", "t");
    sqltext_raw(&s, " ");
    sqltext_table(&s, NULL, "t");
    sqltext_raw(&s, " ");
    sqltext_idents(&s, "x", &names);
    sqltext_raw(&s, " ");
    sqltext_idents(&s, NULL, &names);
    assert_string_equal(shown(&s), "\"my schema\".\"t\" \"t\" x.\"a\", x.\"b\"\"\" \"a\", \"b\"\"\"");
    sqltext_finish(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_quoted),
        cmocka_unit_test(bad_names_are_refused),
        cmocka_unit_test(values_are_literals),
        cmocka_unit_test(lists_are_qualified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
