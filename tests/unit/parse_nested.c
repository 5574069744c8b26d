/* SPDX-License-Identifier: Apache-2.0 */
/* parse_nested.c - which tables, columns, types and keys a nested document becomes: a test for each rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/nested_sample.h"

#define SHIPS                                                                     \
    "< owners [3] #ShipId: OwnerId> integer, position# integer, ShipId integer, " \
    "Name string, Built date?, holds array\n"
#define HOLDS "< ships [4]: ShipId> integer, position# integer, Cargo string, Tons number\n"

/* The same records in three formats. */
static void test_formats_agree(void **state)
{
    (void)state;
    nested_sample_expect(
        NESTED_JSON,
        "[{\"OwnerId\": 1, \"ships\": [{\"ShipId\": 10, \"Name\": \"Ann\", \"Built\": \"1999-02-03\", \"holds\": "
        "[{\"Cargo\": \"tea\", \"Tons\": 2.5}, {\"Cargo\": \"tin\", \"Tons\": 3}]}, {\"ShipId\": 11, \"Name\": "
        "\"Bo\", \"holds\": [{\"Cargo\": \"rum\", \"Tons\": 1}]}]},\n"
        "{\"OwnerId\": 2, \"ships\": [{\"ShipId\": 12, \"Name\": \"Cy\", \"Built\": null, \"holds\": [{\"Cargo\": "
        "\"silk\", \"Tons\": 9}]}]}]",
        "doc [2] #OwnerId: OwnerId integer, ships array\nholds " HOLDS
        "ships < doc [3] #ShipId: OwnerId> integer, position# integer, ShipId integer, Name string, Built date?, "
        "holds array\n");
    nested_sample_expect(NESTED_YAML,
                         "owners:\n"
                         "- OwnerId: 1\n  ships:\n  - ShipId: 10\n    Name: Ann\n    Built: 1999-02-03\n    holds:\n"
                         "    - {Cargo: tea, Tons: 2.5}\n    - {Cargo: tin, Tons: 3}\n"
                         "  - ShipId: 11\n    Name: Bo\n    holds: [{Cargo: rum, Tons: 1}]\n"
                         "- OwnerId: 2\n  ships:\n  - {ShipId: 12, Name: Cy, Built: ~, holds: [{Cargo: silk, Tons: "
                         "9}]}\n",
                         "holds " HOLDS "owners [2] #OwnerId: OwnerId integer, ships array\nships " SHIPS);
    nested_sample_expect(
        NESTED_XML,
        "<owners><owner><OwnerId>1</OwnerId><ships><ShipId>10</ShipId><Name>Ann</Name><Built>1999-02-03</Built>"
        "<holds><Cargo>tea</Cargo><Tons>2.5</Tons></holds><holds><Cargo>tin</Cargo><Tons>3</Tons></holds></ships>"
        "<ships><ShipId>11</ShipId><Name>Bo</Name><holds><Cargo>rum</Cargo><Tons>1</Tons></holds></ships></owner>"
        "<owner><OwnerId>2</OwnerId><ships><ShipId>12</ShipId><Name>Cy</Name><Built/>"
        "<holds><Cargo>silk</Cargo><Tons>9</Tons></holds></ships></owner></owners>",
        "holds " HOLDS "owners [2] #OwnerId: OwnerId integer, ships array\nships " SHIPS);
}

static void test_objects_become_prefixed_columns(void **state)
{
    (void)state;
    nested_sample_expect(NESTED_JSON, "[{\"id\":1,\"at\":{\"port\":\"X\",\"pos\":{\"lat\":1.5}}},{\"id\":2}]",
                         "doc [2] #id: id integer, at object?, at_port string?, at_pos object?, at_pos_lat number?\n");
    /* A name that is there already. */
    nested_sample_expect(NESTED_JSON, "{\"a_b\":1,\"a\":{\"b\":2}}", "doc [1]: a_b integer, a object, a_b_2 integer\n");
}

static void test_lists_of_scalars(void **state)
{
    (void)state;
    nested_sample_expect(NESTED_JSON, "[{\"id\":1,\"tags\":[\"a\",null]},{\"id\":2,\"tags\":[]}]",
                         "doc [2] #id: id integer, tags array\n"
                         "tags < doc [2]: doc_id> integer, position# integer, value string?\n");
    nested_sample_expect(NESTED_JSON, "[[1,2],[3]]",
                         "doc [3]: position# integer, position_2# integer?, value integer\n");
    nested_sample_expect(NESTED_JSON, "[{\"none\":[]}]", "doc [1]: none array\n");
}

static void test_numbers_instead_of_missing_keys(void **state)
{
    (void)state;
    /* No id; not unique; behind the list that needs it. */
    nested_sample_expect(NESTED_JSON, "[{\"n\":1,\"l\":[{\"v\":1}]}]",
                         "doc [1] #row_id: n integer, l array, row_id# integer\n"
                         "l < doc [1]: doc_row_id> integer, position# integer, v integer\n");
    nested_sample_expect(NESTED_JSON, "[{\"id\":1,\"l\":[{\"v\":1}]},{\"id\":1,\"l\":[]}]",
                         "doc [2] #row_id: id integer, l array, row_id# integer\n"
                         "l < doc [1]: doc_row_id> integer, position# integer, v integer\n");
    nested_sample_expect(NESTED_JSON, "[{\"l\":[{\"v\":1}],\"id\":1}]",
                         "doc [1] #row_id: l array, id integer, row_id# integer\n"
                         "l < doc [1]: doc_row_id> integer, position# integer, v integer\n");
}

static void test_roots(void **state)
{
    (void)state;
    /* A wrapper and an envelope. */
    nested_sample_expect(NESTED_JSON, "{\"ships\":[{\"a\":1}]}", "ships [1]: a integer\n");
    nested_sample_expect(NESTED_JSON, "{\"data\":{\"ships\":[{\"a\":1}],\"ports\":[{\"b\":1}]}}",
                         "ports [1]: b integer\nships [1]: a integer\n");
    nested_sample_expect(NESTED_JSON, "{\"total\":2,\"ships\":[{\"a\":1}]}",
                         "doc [1] #row_id: total integer, ships array, row_id# integer\n"
                         "ships < doc [1]: doc_row_id> integer, position# integer, a integer\n");
    nested_sample_expect(NESTED_JSON, "{\"items\":[{\"a\":1}]}", "doc [1]: a integer\n");
    nested_sample_expect(NESTED_JSON, "{\"n\":1,\"docs\":[{\"a\":1}]}",
                         "doc_document [1] #row_id: n integer, docs array, row_id# integer\n"
                         "docs < doc_document [1]: doc_document_row_id> integer, position# integer, a integer\n");
    /* A table has a column: objects that hold nothing make none. */
    nested_sample_expect(NESTED_JSON, "[{},{}]", "");
    nested_sample_expect(NESTED_JSON, "{\"ships\":[{}]}", "");
    nested_sample_expect(NESTED_YAML, "- <<:\n", "");
    /* Values one after the other. */
    nested_sample_expect(NESTED_JSON, "{\"a\":1}\n{\"a\":2}", "doc [2]: a integer\n");
    nested_sample_expect(NESTED_NDJSON, "{\"a\":1}\n\n{\"a\":2}", "doc [2]: a integer\n");
    nested_sample_expect(NESTED_YAML, "a: 1\n---\na: 2\n", "doc [2]: a integer\n");
}

static void test_dictionaries(void **state)
{
    (void)state;
    nested_sample_expect(NESTED_JSON, "{\"t\":1,\"by_year\":{\"1999\":{\"n\":1},\"2001\":{\"n\":2,\"m\":1}}}",
                         "by_year < doc [2] #key: doc_row_id> integer, key# integer, n integer, m integer?\n"
                         "doc [1] #row_id: t integer, by_year object, row_id# integer\n");
    nested_sample_expect(NESTED_JSON, "{\"rates\":{\"2020-01-01\":1.5,\"2020-02-01\":1,\"2020-03-01\":2}}",
                         "rates [3] #key: key# date, value number\n");
    /* Two addresses are no dictionary, and neither are columns named after years. */
    nested_sample_expect(NESTED_JSON, "[{\"home\":{\"a\":1},\"work\":{\"a\":2}}]",
                         "doc [1]: home object, home_a integer, work object, work_a integer\n");
    nested_sample_expect(NESTED_JSON, "[{\"1999\":1,\"2000\":2,\"2001\":3},{\"1999\":1,\"2000\":2,\"2001\":3}]",
                         "doc [2]: 1999 integer, 2000 integer, 2001 integer\n");
}

static void test_recursion(void **state)
{
    (void)state;
    nested_sample_expect(NESTED_JSON,
                         "[{\"name\":\"a\",\"sub\":[{\"name\":\"b\",\"sub\":[{\"name\":\"c\",\"sub\":[]}]}]}]",
                         "doc [1] #row_id: name string, sub array, row_id# integer\n"
                         "sub < doc [2] #row_id: doc_row_id> integer?, parent_row_id> integer?, position# integer, "
                         "name string, sub array, row_id# integer\n");
}

static void test_types(void **state)
{
    (void)state;
    nested_sample_expect(NESTED_JSON,
                         "[{\"i\":1,\"n\":1.0,\"b\":true,\"s\":\"7\",\"d\":\"2020-01-31\",\"t\":\"10:15:00\","
                         "\"z\":\"2020-01-31T10:15:00Z\",\"x\":null,\"m\":1}, {\"i\":-2,\"n\":1,\"b\":false,"
                         "\"s\":\"8\",\"d\":\"2021-01-31\",\"t\":\"11:15:00\",\"z\":\"2020-02-29T10:15:00Z\","
                         "\"x\":null,\"m\":\"a\"}]",
                         "doc [2]: i integer, n number, b boolean, s string, d date, t time, z datetime, x string?, "
                         "m string\n");
    /* XML has no types: everything is looked into; a code stays a code. */
    nested_sample_expect(NESTED_XML,
                         "<r><e><i>1</i><n>1.5</n><b>true</b><zip>02134</zip></e>"
                         "<e><i>2</i><n>2</n><b>false</b><zip>10001</zip></e></r>",
                         "e [2]: i integer, n number, b boolean, zip string\n");
}

static void test_mixed_types_are_said(void **state)
{
    (void)state;
    static const char text[] = "[{\"v\":1},{\"v\":\"a\"},{\"v\":true}]";
    struct nested_sample s;
    nested_sample_open(&s, NESTED_JSON, text, strlen(text), NULL);
    assert_string_equal(nested_sample_tables(&s), "doc [3]: v string\n");
    assert_string_equal(nested_sample_diagnostics(&s),
                        "warning 0:0 column v holds number|string|boolean: read as string\n");
    nested_sample_close(&s);
    /* One where others have a list; an object where others have a scalar. */
    nested_sample_expect_rows(NESTED_JSON, "[{\"l\":[1,2]},{\"l\":3}]", "l", "1|1|1\n1|2|2\n2|1|3\n");
    nested_sample_expect_rows(NESTED_JSON, "[{\"w\":{\"x\":1}},{\"w\":5}]", "doc", "{...}|1\n5|-\n");
}

static void test_tables_of_one_name(void **state)
{
    (void)state;
    nested_sample_expect(NESTED_JSON, "{\"a\":[{\"id\":1,\"l\":[{\"v\":1}]}],\"b\":[{\"id\":1,\"l\":[{\"v\":1}]}]}",
                         "a [1] #id: id integer, l array\n"
                         "a_l < a [1]: a_id> integer, position# integer, v integer\n"
                         "b [1] #id: id integer, l array\n"
                         "b_l < b [1]: b_id> integer, position# integer, v integer\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats_agree),
        cmocka_unit_test(test_objects_become_prefixed_columns),
        cmocka_unit_test(test_lists_of_scalars),
        cmocka_unit_test(test_numbers_instead_of_missing_keys),
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_dictionaries),
        cmocka_unit_test(test_recursion),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_mixed_types_are_said),
        cmocka_unit_test(test_tables_of_one_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
