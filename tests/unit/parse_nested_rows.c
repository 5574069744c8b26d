/* SPDX-License-Identifier: Apache-2.0 */
/* parse_nested_rows.c - the rows of a nested document: every value in its place, each reading the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "tests/support/nested_sample.h"

static void test_json(void **state)
{
    (void)state;
    static const char text[] = "[{\"id\":\"a\",\"n\":1.50,\"big\":12345678901234567890123,\"l\":[{\"v\":\"x\\ny\"},"
                               "{\"v\":null}]}, {\"id\":\"b\",\"s\":\"\",\"l\":[]}]";
    struct nested_sample s;
    nested_sample_open(&s, NESTED_JSON, text, strlen(text), NULL);
    for (int i = 0; i < 2; i++)
        assert_string_equal(nested_sample_rows(&s, NULL, 0), "l: a|1|x\ny\nl: a|2|-\n"
                                                             "doc: a|1.50|12345678901234567890123|[...]|-\n"
                                                             "doc: b|-|-|[]|\n");
    assert_string_equal(nested_sample_rows(&s, "l", 1), "a|2|-\n"); /* one of two, from all over */
    assert_string_equal(nested_sample_rows(&s, NULL, 1), "l: a|2|-\ndoc: b|-|-|[]|\n");
    nested_sample_close(&s);
}

static void test_lists(void **state)
{
    (void)state;
    nested_sample_expect_rows(NESTED_JSON, "[{\"l\":[1,null,\"a\\\"b\",true,2.0]},{\"l\":[[1,2],[3]]}]", "doc",
                              "[1,null,\"a\\\"b\",true,2.0]|1\n[...]|2\n");
    nested_sample_expect_rows(NESTED_JSON, "[{\"l\":[[1,2],[3]]},{\"l\":[4]}]", "l",
                              "1|1|1|1\n1|1|2|2\n1|2|1|3\n2|1|-|4\n");
    nested_sample_expect_rows(NESTED_XML, "<r><e><t>a</t><t>b &amp; c</t></e><e/><e><t>d</t></e></r>", "e",
                              "[\"a\",\"b & c\"]|1\n[\"d\"]|2\n");
    nested_sample_expect_rows(NESTED_XML, "<r><e><ts><t>a</t><t>b</t></ts></e><e><ts><t>c</t></ts></e></r>", "e",
                              "[\"a\",\"b\"]|1\n[\"c\"]|2\n");
}

static void test_dictionaries(void **state)
{
    (void)state;
    nested_sample_expect_rows(NESTED_JSON,
                              "{\"u\":{\"10\":{\"n\":\"a\",\"l\":[1]},\"20\":{\"n\":\"b\",\"l\":[]},\"30\":null}}",
                              NULL, "l: 10|1|1\nu: 10|a|[1]\nu: 20|b|[]\nu: 30|-|-\n");
    nested_sample_expect_rows(NESTED_JSON, "{\"x\":0,\"y\":{\"2001\":[{\"a\":1},{\"a\":2}],\"2002\":[{\"a\":3}]}}", "y",
                              "1|2001|1|1\n1|2001|2|2\n1|2002|1|3\n");
}

static void test_recursion(void **state)
{
    (void)state;
    nested_sample_expect_rows(NESTED_JSON,
                              "[{\"id\":1,\"sub\":[{\"id\":2,\"sub\":[{\"id\":3},{\"id\":4}]},{\"id\":5,\"sub\":[]}]}]",
                              "sub", "-|2|1|3|-\n-|2|2|4|-\n1|-|1|2|[...]\n1|-|2|5|[]\n");
    nested_sample_expect_rows(NESTED_XML,
                              "<t><c id='1'><c id='2'><c id='3'/><c id='4'/></c><c id='5'/></c><c id='6'/></t>", "c",
                              "2|1|3|-\n2|2|4|-\n1|1|2|[...]\n1|2|5|-\n-|1|1|[...]\n-|2|6|-\n");
}

static void test_xml(void **state)
{
    (void)state;
    static const char text[] =
        "<?xml version='1.0' encoding='ISO-8859-1'?><!-- c --><x:ships xmlns:x='urn:s' "
        "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
        "<x:ship x:id='1'>\n <name>J\xF6rg</name>\n <price currency='EUR'> 9.99 </price><left xsi:nil='true'/></x:ship>"
        "<x:ship x:id='2'><name><![CDATA[<b>]]></name><price currency='USD'>5</price>text</x:ship></x:ships>";
    struct nested_sample s;
    nested_sample_open(&s, NESTED_XML, text, strlen(text), NULL);
    assert_string_equal(nested_sample_tables(&s), "ships [2] #id: id integer, name string, price number, "
                                                  "price_currency string, left string?, value string?\n");
    assert_string_equal(catalog_column_find(&s.catalog->tables[0], "id")->path, "/x:ships/x:ship/@x:id");
    assert_string_equal(nested_sample_rows(&s, "ships", 0), "1|J\xC3\xB6rg|9.99|EUR|-|-\n2|<b>|5|USD|-|text\n");
    nested_sample_close(&s);
}

static void test_yaml(void **state)
{
    (void)state;
    nested_sample_expect(NESTED_YAML,
                         "- {c: no, b: yes, q: 'no', z: 02134, n: 1_0}\n- {c: se, b: no, q: x, z: 10001, n: 2}\n",
                         "doc [2]: c string, b boolean, q string, z string, n string\n");
    /* Anchors, aliases, merges: own keys go before, the first of several merges goes before the others. */
    nested_sample_expect_rows(
        NESTED_YAML, "- &a {x: 1, y: 1, l: [1, 2]}\n- &b\n  <<: *a\n  x: 2\n- <<: [*b, *a]\n  y: 3\n- *a\n", NULL,
        "l: 1|1|1\nl: 1|2|2\ndoc: 1|1|[1,2]|1\nl: 2|1|1\nl: 2|2|2\ndoc: 2|1|[1,2]|2\n"
        "l: 3|1|1\nl: 3|2|2\ndoc: 2|3|[1,2]|3\nl: 4|1|1\nl: 4|2|2\ndoc: 1|1|[1,2]|4\n");
    nested_sample_expect_rows(NESTED_YAML, "- a: !!str 5\n  b: !!int 7\n  c: !own d\n  e: |\n    x\n    y\n", "doc",
                              "5|7|d|x\ny\n\n");
}

/* Names of any bytes, and no UTF-8. */
static void test_hostile_names(void **state)
{
    (void)state;
    static const char text[] = "[{\"\":1,\"a\\u0000b\":2,\"\xFF\":3,\"/~\":4,\"#parent\":5,\"x\":\"\xC3\"}]";
    struct nested_sample s;
    nested_sample_open(&s, NESTED_JSON, text, strlen(text), NULL);
    assert_string_equal(nested_sample_rows(&s, "doc", 0), "1|2|3|4|5|\xC3\n");
    assert_string_equal(s.catalog->tables[0].columns[1].name, "a?b");
    assert_string_equal(s.catalog->tables[0].columns[3].path, "/~1~0");
    json_t *json = catalog_to_json(s.catalog);
    assert_non_null(json);
    json_decref(json);
    nested_sample_close(&s);
}

static void test_broken(void **state)
{
    (void)state;
    struct nested_sample s;
    static const char cut[] = "[{\"id\":1,\"l\":[1]},{\"id\":2,\"l\":[5";
    nested_sample_open(&s, NESTED_JSON, cut, strlen(cut), NULL);
    assert_string_equal(nested_sample_tables(&s), "doc [1] #id: id integer, l array\n"
                                                  "l < doc [2]: doc_id> integer, position# integer, value integer\n");
    assert_string_equal(nested_sample_diagnostics(&s),
                        "error 1:33 no JSON: parse error: premature EOF; what stands before it was read\n");
    assert_string_equal(nested_sample_rows(&s, "doc", 0), "1|[1]\n");
    nested_sample_close(&s);

    static const char lines[] = "{\"id\":1}\n{\"id\":2\nnothing\n{\"id\":\n{\"id\":4}\n";
    nested_sample_open(&s, NESTED_NDJSON, lines, strlen(lines), NULL);
    assert_string_equal(nested_sample_rows(&s, "doc", 0), "1\n4\n");
    assert_string_equal(nested_sample_diagnostics(&s),
                        "warning 2:8 3 lines are left out; the first: the value does not end on its line\n");
    nested_sample_close(&s);

    nested_sample_open(&s, NESTED_XML, "<a><b><c>1</c></b>", 18, NULL);
    assert_string_equal(nested_sample_diagnostics(&s),
                        "error 1:19 no XML: no element found; what stands before it was read\n");
    nested_sample_close(&s);

    nested_sample_open(&s, NESTED_YAML, "- a: 1\n- b: [\n", 14, NULL);
    assert_non_null(strstr(nested_sample_diagnostics(&s), "error 3:1 no YAML: "));
    nested_sample_close(&s);

    static const char *const nothing[] = { "no json", "{", "\xFF\xFE[\x00", "<a", "{a" };
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        nested_sample_open(&s, i == 3 ? NESTED_XML : NESTED_JSON, nothing[i], i == 2 ? 4 : strlen(nothing[i]), NULL);
        assert_int_equal(s.error.class, ERROR_INVALID);
        assert_true(s.error.message[0] != '\0');
        nested_sample_close(&s);
    }
}

/* A sink that has enough, and one that fails. */
static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)t, (void)values;
    int *left = context;
    if (--*left < -1)
        return (int)error_set(e, ERROR_REFUSED, "too many");
    return *left == 0 ? ROWS_ENOUGH : ERROR_OK;
}

static void test_sinks(void **state)
{
    (void)state;
    static const char text[] = "[{\"a\":1},{\"a\":2},{\"a\":3},{\"a\":4}]";
    struct nested_sample s;
    struct rows_ask ask = { .only = NULL };
    nested_sample_open(&s, NESTED_JSON, text, strlen(text), NULL);
    int left = 2;
    assert_int_equal(s.rows.face->read(s.rows.self, &ask, on_row, &left, &s.error), ERROR_OK);
    assert_int_equal(left, 0);
    left = -1;
    assert_int_equal(s.rows.face->read(s.rows.self, &ask, on_row, &left, &s.error), ERROR_REFUSED);
    assert_string_equal(s.error.message, "too many");
    nested_sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),      cmocka_unit_test(test_lists),         cmocka_unit_test(test_dictionaries),
        cmocka_unit_test(test_recursion), cmocka_unit_test(test_xml),           cmocka_unit_test(test_yaml),
        cmocka_unit_test(test_broken),    cmocka_unit_test(test_hostile_names), cmocka_unit_test(test_sinks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
