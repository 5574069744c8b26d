/* SPDX-License-Identifier: Apache-2.0 */
/* parse_schema_json.c - JSON Schema of several drafts and OpenAPI as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "tests/support/schema_sample.h"

static void test_json_schema(void **state)
{
    (void)state;
    schema_sample_expect(
        SCHEMA_JSON,
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"Ship\",\"type\":\"object\","
        "\"required\":[\"id\",\"name\",\"owner\"],\"properties\":{\"id\":{\"type\":\"integer\"},"
        "\"name\":{\"type\":\"string\",\"maxLength\":40},\"built\":{\"type\":\"string\",\"format\":\"date\"},"
        "\"kind\":{\"enum\":[\"brig\",\"sloop\"]},\"tons\":{\"type\":[\"number\",\"null\"],\"minimum\":0},"
        "\"owner\":{\"$ref\":\"#/$defs/Owner\"},\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}},"
        "\"holds\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"cargo\":{\"type\":\"string\"}}}"
        "},"
        "\"home\":{\"type\":\"object\",\"properties\":{\"port\":{\"type\":\"string\"}},\"required\":[\"port\"]},"
        "\"logs\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/Log\"}}},"
        "\"$defs\":{\"Owner\":{\"type\":\"object\",\"required\":[\"code\"],\"properties\":{\"ownerId\":{\"type\":"
        "\"string\",\"format\":\"uuid\"}},\"allOf\":[{\"required\":[\"ownerId\"]}]},\"Log\":{\"properties\":{\"text\":{"
        "\"type\":\"string\"}}}}}",
        "Log [-1]: text string?\n"
        "Owner [-1]: ownerId uuid?\n"
        "Ship [-1] #id: id integer, name varchar, built date?, kind enum?, tons number?, owner object, tags array?, "
        "holds array?, home object?, home_port string?, logs array?\n"
        "holds < Ship [-1]: ship_id> integer, position# integer, cargo string?\n"
        "Ship.logs -> Log (one_to_many)\nShip.owner -> Owner (many_to_one)\n");
}

/* References in circles, to the root, to anchors, outside and nowhere. */
static void test_references(void **state)
{
    (void)state;
    static const char text[] =
        "{\"title\":\"Node\",\"type\":\"object\",\"required\":[\"id\"],\"properties\":{\"id\":{\"type\":\"integer\"},"
        "\"up\":{\"$ref\":\"#\"},\"below\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}},"
        "\"a\":{\"$ref\":\"#here\"},\"b\":{\"$ref\":\"other.json#/x\"},\"c\":{\"$ref\":\"#/definitions/none\"},"
        "\"d\":{\"$ref\":\"#/definitions/d\"}},\"definitions\":{\"here\":{\"$anchor\":\"here\",\"type\":\"boolean\"},"
        "\"d\":{\"$ref\":\"#/definitions/d\"}}}";
    struct nested_sample s;
    schema_sample_open(&s, SCHEMA_JSON, text, strlen(text));
    assert_string_equal(
        nested_sample_tables(&s),
        "Node [-1] #id: id integer, up> object?, below array?, a boolean?, b other?, c other?, d other?\n");
    assert_string_equal(schema_sample_relationships(&s), "Node.below -> Node (one_to_many)\n");
    assert_non_null(strstr(nested_sample_diagnostics(&s), "other.json#/x leads nowhere in this file"));
    assert_non_null(strstr(nested_sample_diagnostics(&s), "#/definitions/none leads nowhere in this file"));
    nested_sample_close(&s);
}

static void test_combined(void **state)
{
    (void)state;
    schema_sample_expect(
        SCHEMA_JSON,
        "{\"definitions\":{\"Base\":{\"type\":\"object\",\"required\":[\"id\"],\"properties\":{\"id\":{"
        "\"type\":\"integer\"}}},\"Sub\":{\"allOf\":[{\"$ref\":\"#/definitions/Base\"},{\"properties\":{"
        "\"a\":{\"type\":\"string\"}},\"required\":[\"a\"]}]},\"Any\":{\"oneOf\":[{\"type\":\"object\","
        "\"properties\":{\"x\":{\"type\":\"string\"}},\"required\":[\"x\"]},{\"$ref\":"
        "\"#/definitions/Base\"}]},\"Maybe\":{\"type\":\"object\",\"required\":[\"m\"],\"properties\":{"
        "\"m\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}]}}}}}",
        "Any [-1]: x string?, id integer?\nBase [-1] #id: id integer\nMaybe [-1]: m integer?\n"
        "Sub [-1] #id: id integer, a string\n");
}

static void test_openapi(void **state)
{
    (void)state;
    schema_sample_expect(SCHEMA_OPENAPI,
                         "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"
                         "    Pet:\n      type: object\n      required: [id, owner]\n      properties:\n"
                         "        id: {type: integer, format: int64}\n"
                         "        status: {$ref: '#/components/schemas/Status'}\n"
                         "        owner:\n          allOf: [{$ref: '#/components/schemas/Person'}]\n"
                         "          nullable: true\n"
                         "        born: {type: string, format: date-time, nullable: true}\n"
                         "        scores: {type: object, additionalProperties: {type: number, format: double}}\n"
                         "    Person:\n      type: object\n      required: [id]\n      properties:\n"
                         "        id: {type: string}\n"
                         "    Status: {type: string, enum: [new, sold]}\n",
                         "Person [-1] #id: id string\n"
                         "Pet [-1] #id: id bigint, status enum?, owner> object?, born datetime?, scores object?\n"
                         "scores < Pet [-1]: pet_id> bigint, key# string, value double\n");
    schema_sample_expect(SCHEMA_OPENAPI,
                         "{\"swagger\":\"2.0\",\"definitions\":{\"A\":{\"type\":\"object\",\"properties\":{\"b\":{"
                         "\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/B\"}}}},\"B\":{\"type\":\"object\","
                         "\"properties\":{\"code\":{\"type\":\"string\"}}}}}",
                         "A [-1]: b array?\nB [-1]: code string?\nA.b -> B (one_to_many)\n");
}

/* Parts of parts, each twice; a pointer through lists; nesting; an empty one. */
static void test_hostile(void **state)
{
    (void)state;
    struct nested_sample s;
    struct buffer b;
    buffer_init(&b, 1 << 20);
    buffer_text(&b, "{\"definitions\":{\"d0\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\"}}}");
    for (int i = 1; i < 40; i++)
        buffer_format(&b, ",\"d%d\":{\"allOf\":[{\"$ref\":\"#/definitions/d%d\"},{\"$ref\":\"#/definitions/d%d\"}]}", i,
                      i - 1, i - 1);
    buffer_text(&b, "}}");
    schema_sample_open(&s, SCHEMA_JSON, b.data, b.size);
    assert_string_equal(s.error.code, "schema_too_large");
    nested_sample_close(&s);
    buffer_clear(&b);
    for (int i = 0; i < 10000; i++)
        buffer_text(&b, "{\"properties\":{\"a\":");
    schema_sample_open(&s, SCHEMA_JSON, b.data, b.size);
    assert_string_equal(s.error.code, "too_deep");
    nested_sample_close(&s);
    buffer_finish(&b);
    schema_sample_open(&s, SCHEMA_JSON, "[1]", 3);
    assert_string_equal(nested_sample_diagnostics(&s),
                        "warning 0:0 the schema describes no object: there is no table\n");
    nested_sample_close(&s);
    schema_sample_open(&s, SCHEMA_JSON, "", 0);
    assert_int_equal(s.error.class, ERROR_INVALID);
    nested_sample_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_schema), cmocka_unit_test(test_references), cmocka_unit_test(test_combined),
        cmocka_unit_test(test_openapi),     cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
