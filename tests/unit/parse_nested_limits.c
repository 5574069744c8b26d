/* SPDX-License-Identifier: Apache-2.0 */
/* parse_nested_limits.c - what is too deep, too many or a bomb ends with one clear error, quickly and in little
 * memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "tests/support/nested_sample.h"

enum { TEXT_MAX = 256 << 20 };

static struct buffer text;

static int setup(void **state)
{
    (void)state;
    buffer_init(&text, TEXT_MAX);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buffer_finish(&text);
    return 0;
}

static void add_times(const char *part, int times)
{
    for (int i = 0; i < times; i++)
        buffer_text(&text, part);
}

/* code NULL: it is read. */
static void expect(enum nested_format format, const struct nested_limits *limits, const char *code)
{
    struct nested_sample s;
    nested_sample_open(&s, format, text.data, text.size, limits);
    assert_string_equal(s.error.code, code != NULL ? code : "");
    if (code != NULL)
        assert_int_equal(s.error.class, ERROR_TOO_LARGE);
    nested_sample_close(&s);
    buffer_clear(&text);
}

static void test_depth(void **state)
{
    (void)state;
    add_times("[", 10000);
    expect(NESTED_JSON, NULL, "too_deep");
    add_times("{\"a\":", 10000);
    expect(NESTED_NDJSON, NULL, "too_deep");
    add_times("[", 10000);
    expect(NESTED_YAML, NULL, "too_deep");
    add_times("- ", 10000);
    expect(NESTED_YAML, NULL, "too_deep");
    add_times("<a>", 10000);
    expect(NESTED_XML, NULL, "too_deep");
    /* What is allowed is read, however it is made. */
    add_times("{\"a\":", 999);
    buffer_text(&text, "{\"b\":1}");
    add_times("}", 999);
    expect(NESTED_JSON, NULL, NULL);
    add_times("[", 1000);
    add_times("]", 1000);
    expect(NESTED_JSON, NULL, NULL);
    add_times("[{\"a\":[{\"b\":", 250);
    buffer_text(&text, "1");
    add_times("}]}]", 250);
    expect(NESTED_JSON, NULL, NULL);
    add_times("<a><b><a><b/><b/></a>", 300);
    add_times("</b></a>", 300);
    expect(NESTED_XML, NULL, NULL);
}

static void test_columns(void **state)
{
    (void)state;
    /* 100,000 columns of two kinds: no dictionary, so it is refused before they fill the memory. */
    buffer_text(&text, "[{\"first\":{\"a\":1}");
    for (int i = 0; i < 100000; i++)
        buffer_format(&text, ",\"column_%d\":%s", i, i % 2 ? "1" : "\"a\"");
    buffer_text(&text, "}]");
    expect(NESTED_JSON, NULL, "too_many_columns");
    for (int i = 0; i < 1000; i++)
        buffer_format(&text, "{\"x%d\":{\"p%d\":%d,\"q%d\":[{\"r%d\":1}]}}\n", i, i, i, i, i);
    struct nested_limits limits = nested_limits_default();
    limits.places_max = 3000;
    expect(NESTED_JSON, &limits, "too_many_places");
    limits = nested_limits_default();
    limits.tables_max = 3;
    buffer_text(&text, "{\"a\":[1],\"b\":[{\"c\":[{\"d\":[1]}]}]}");
    expect(NESTED_JSON, &limits, "too_many_tables");
    buffer_text(&text, "{\"");
    add_times("long", 500);
    buffer_text(&text, "\":1}");
    expect(NESTED_JSON, NULL, "name_too_long");
}

/* Keys that are data cost nothing, however many. */
static void test_many_keys(void **state)
{
    (void)state;
    struct nested_sample s;
    buffer_text(&text, "{\"users\":{\"u0\":{\"n\":1,\"tags\":{\"t\":true}}");
    for (int i = 1; i < 300000; i++)
        buffer_format(&text, ",\"u%d\":{\"n\":%d,\"tags\":{\"t\":false}}", i, i);
    buffer_text(&text, "}}");
    nested_sample_open(&s, NESTED_JSON, text.data, text.size, NULL);
    assert_string_equal(nested_sample_tables(&s),
                        "users [300000] #key: key# string, n integer, tags object, tags_t boolean\n");
    nested_sample_close(&s);
}

static void test_long_values(void **state)
{
    (void)state;
    struct nested_limits limits = nested_limits_default();
    limits.value_max = 1 << 20;
    static const struct {
        enum nested_format format;
        const char *before;
    } cases[] = { { NESTED_JSON, "[{\"a\":\"" }, { NESTED_JSON, "[{\"a\":1" }, { NESTED_JSON, "{\"" },
                  { NESTED_JSON, "[1,/*" },      { NESTED_YAML, "- a: b" },    { NESTED_YAML, "a: 1\n#" },
                  { NESTED_XML, "<a><b>x</b>" }, { NESTED_XML, "<a><b c='" },  { NESTED_XML, "<a><!--" } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buffer_text(&text, cases[i].before);
        add_times("1111111111111111", 1 << 18);
        expect(cases[i].format, &limits, "value_too_long");
    }
}

/* Ten levels, each ten times the one before. */
static void test_bombs(void **state)
{
    (void)state;
    buffer_text(&text, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
        buffer_format(&text, "a%d: &a%d [", i, i);
        for (int n = 0; n < 10; n++)
            buffer_format(&text, "%s*a%d", n > 0 ? "," : "", i - 1);
        buffer_text(&text, "]\n");
    }
    expect(NESTED_YAML, NULL, "aliases_too_large");
    buffer_text(&text, "a0: &a0 {k: 1}\n");
    for (int i = 1; i < 40; i++)
        buffer_format(&text, "a%d: &a%d {<<: [*a%d, *a%d]}\n", i, i, i - 1, i - 1);
    expect(NESTED_YAML, NULL, "aliases_too_large");

    buffer_text(&text, "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY l0 'lolololololololololololololololololololol'>");
    for (int i = 1; i < 12; i++) {
        buffer_format(&text, "<!ENTITY l%d '", i);
        for (int n = 0; n < 10; n++)
            buffer_format(&text, "&l%d;", i - 1);
        buffer_text(&text, "'>");
    }
    buffer_text(&text, "]><a><b>&l11;</b></a>");
    expect(NESTED_XML, NULL, "entities_too_large");
    /* A chain that would be followed by recursion. */
    buffer_text(&text, "<!DOCTYPE a [<!ENTITY e0 'x'>");
    for (int i = 1; i < 100000; i++)
        buffer_format(&text, "<!ENTITY e%d '&e%d;'>", i, i - 1);
    buffer_text(&text, "]><a>&e99999;</a>");
    expect(NESTED_XML, NULL, "too_many_entities");
}

static void test_aliases(void **state)
{
    (void)state;
    struct nested_sample s;
    static const char circle[] = "- &a {x: [*a]}\n", missing[] = "- *a\n", key[] = "? [a]\n: 1\n";
    nested_sample_open(&s, NESTED_YAML, circle, sizeof circle - 1, NULL);
    assert_string_equal(s.error.message, "line 1: *a stands inside the value that it stands for");
    nested_sample_close(&s);
    nested_sample_open(&s, NESTED_YAML, missing, sizeof missing - 1, NULL);
    assert_string_equal(s.error.message, "line 1: no anchor is named a");
    nested_sample_close(&s);
    nested_sample_open(&s, NESTED_YAML, key, sizeof key - 1, NULL);
    assert_string_equal(s.error.message, "line 1: a key that is itself an object or a list");
    nested_sample_close(&s);
    /* An anchor that is too large to keep hurts only who refers to it. */
    struct nested_limits limits = nested_limits_default();
    limits.alias_bytes_max = 1000;
    buffer_text(&text, "- &a [");
    add_times("12345678,", 100);
    buffer_text(&text, "1]\n- &b [1]\n- *b\n");
    expect(NESTED_YAML, &limits, NULL);
    buffer_text(&text, "- &a [");
    add_times("12345678,", 100);
    buffer_text(&text, "1]\n- *a\n");
    expect(NESTED_YAML, &limits, "anchor_too_large");
}

/* Nothing outside the document is ever looked at. */
static void test_external_entities(void **state)
{
    (void)state;
    nested_sample_expect_rows(NESTED_XML,
                              "<!DOCTYPE a SYSTEM 'file:///etc/passwd' [<!ENTITY x SYSTEM 'file:///etc/passwd'>"
                              "<!ENTITY in 'fine'>]><a><b><c>1</c><d>&x;</d></b><b><c>2</c><d>&in;</d></b></a>",
                              "b", "1|-\n2|fine\n");
}

static bool on_cancelled(void *context)
{
    return ++*(int *)context > 3;
}

static void test_cancel(void **state)
{
    (void)state;
    int asked = 0;
    struct nested_watch watch = { .cancelled = on_cancelled, .context = &asked };
    buffer_text(&text, "[0");
    add_times(",{\"a\":1}", 100000);
    struct arena *arena = arena_create(64 << 20);
    struct input *in = input_of_memory(text.data, text.size);
    struct catalog *catalog = NULL;
    struct error e = ERROR_NONE;
    assert_int_equal(nested_parse(arena, in, NESTED_JSON, "doc", NULL, &watch, &catalog, NULL, &e), ERROR_CANCELLED);
    assert_int_equal(asked, 4);
    input_close(in);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(test_long_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bombs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_aliases, setup, teardown),
        cmocka_unit_test(test_external_entities),
        cmocka_unit_test_setup_teardown(test_cancel, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
