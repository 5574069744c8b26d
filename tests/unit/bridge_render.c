/* SPDX-License-Identifier: Apache-2.0 */
/* bridge_render.c - templates through the C side: shapes, errors with file and line, limits, hostile text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bridge/bridge.h"

static void assert_renders(const char *templates, const char *name, const char *context, const char *expected)
{
    char *text = NULL;
    int result = bridge_render(templates, name, context, &text);
    if (result != 0)
        fail_msg("%s", text);
    assert_string_equal(text, expected);
    bridge_text_free(text);
}

/* The message must begin with `start` and hold `part`. */
static void assert_refused(const char *templates, const char *name, const char *context, const char *start,
                           const char *part)
{
    char *text = NULL;
    assert_int_not_equal(bridge_render(templates, name, context, &text), 0);
    if (strncmp(text, start, strlen(start)) != 0 || !strstr(text, part))
        fail_msg("\"%s\" has not \"%s\" first and \"%s\"", text, start, part);
    bridge_text_free(text);
}

static void test_shapes(void **state)
{
    (void)state;
    assert_renders("{\"m.j2\": \"{% macro cell(x) %}<{{ x }}>{% endmacro %}\","
                   " \"head.j2\": \"-- {{ title }}\\n\","
                   " \"t.j2\": \"{% import \\\"m.j2\\\" as m %}\\n{% include \\\"head.j2\\\" %}\\n"
                   "{% for r in rows %}\\n{{ m.cell(r) }}{{ \\\",\\\" if not loop.last }}\\n{% endfor %}\\n\"}",
                   "t.j2", "{\"title\": \"T\", \"rows\": [1, \"b\"]}", "-- T\n<1>,\n<b>\n");
    assert_renders("{\"t.j2\": \"{{ n|snake_case }} {{ n|pascal_case }} {{ n|plural|kebab_case }}\"}", "t.j2",
                   "{\"n\": \"OrderLine\"}", "order_line OrderLine order-lines");
}

static void test_errors_name_file_and_line(void **state)
{
    (void)state;
    const char *templates = "{\"a.j2\": \"x\\n{% include \\\"b.j2\\\" %}\", \"b.j2\": \"\\n\\n{{ nothing }}\"}";
    assert_refused(templates, "a.j2", "{}", "b.j2:3: undefined", "from a.j2:2");
    assert_refused("{\"t.j2\": \"\\n{% if %}\"}", "t.j2", "{}", "t.j2:2: syntax", "");
    assert_refused("{\"t.j2\": \"{{ x|pg_ident }}\"}", "t.j2", "{\"x\": \"\"}", "t.j2:1: ", "pg_ident");
    assert_refused("{}", "t.j2", "{}", "no template", "t.j2");
    assert_refused("{\"t.j2\": \"\"}", "t.j2", "[]", "", "object");
    assert_refused("nonsense", "t.j2", "{}", "", "templates");
}

static void test_loops_that_multiply_end(void **state)
{
    (void)state;
    const char *templates = "{\"t.j2\": \"{% for a in range(100000) %}{% for b in range(100000) %}x"
                            "{% endfor %}{% endfor %}\","
                            " \"self.j2\": \"{% include \\\"self.j2\\\" %}\"}";
    assert_refused(templates, "t.j2", "{}", "t.j2:1: ", "too many steps");
    assert_refused(templates, "self.j2", "{}", "self.j2:1: ", "");
}

static void test_hostile_text_stays_text(void **state)
{
    (void)state;
    const char *context = "{\"x\": \"\\\"; DROP TABLE t; -- it's \\\\ {{ 7*7 }}\"}";
    assert_renders("{\"t.j2\": \"{{ x|pg_ident }}\"}", "t.j2", context, "\"\"\"; DROP TABLE t; -- it's \\ {{ 7*7 }}\"");
    assert_renders("{\"t.j2\": \"{{ x|pg_literal }}\"}", "t.j2", context,
                   " E'\"; DROP TABLE t; -- it''s \\\\ {{ 7*7 }}'");
    assert_renders("{\"t.j2\": \"{{ x|py_string }}\"}", "t.j2", context,
                   "\"\\\"; DROP TABLE t; -- it's \\\\ {{ 7*7 }}\"");
    assert_renders("{\"t.j2\": \"{{ x|py_ident }}\"}", "t.j2", "{\"x\": \"a); import os\"}", "a___import_os");
    assert_refused("{\"t.j2\": \"{{ x }}\"}", "t.j2", "{\"x\": \"a\\u0000b\"}", "t.j2: ", "NUL");
    assert_refused("{\"t.j2\": \"\"}", "\xff", "{}", "the template's name", "UTF-8");
    assert_refused("{\"t.j2\": \"\"}", "t.j2", NULL, "the template's context", "missing");
    assert_refused("{\"t.j2\": \"{% include \\\"/etc/passwd\\\" %}\"}", "t.j2", "{}", "t.j2:1: ", "not found");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_errors_name_file_and_line),
        cmocka_unit_test(test_loops_that_multiply_end),
        cmocka_unit_test(test_hostile_text_stays_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
