/* SPDX-License-Identifier: Apache-2.0 */
/* bridge_schema.c - JSON Schema through the C side: valid, invalid, garbage, depth, refused schemas, who frees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "bridge/bridge.h"

static const char SCHEMA[] =
    "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"type\": \"object\", \"required\": [\"source\"],"
    " \"additionalProperties\": false, \"x-argosy\": {\"version\": 1}, \"properties\": {"
    "  \"source\": {\"type\": \"string\", \"pattern\": \"^[0-9a-f-]{36}$\"},"
    "  \"step\": {\"enum\": [\"ddl\", \"rows\", \"keys\"]},"
    "  \"child\": {\"$ref\": \"#/$defs/tree\"}},"
    " \"$defs\": {\"tree\": {\"properties\": {\"child\": {\"$ref\": \"#/$defs/tree\"}}}}}";

static struct bridge_schema *compile(const char *text)
{
    struct bridge_schema *schema = NULL;
    char *message = NULL;
    if (bridge_schema_compile(text, &schema, &message) != 0)
        fail_msg("%s", message);
    assert_null(message);
    return schema;
}

static int check(const struct bridge_schema *schema, const char *instance, char **ret_text)
{
    return bridge_schema_check(schema, instance, strlen(instance), ret_text);
}

static const char *error_field(const json_t *errors, size_t index, const char *name)
{
    return json_string_value(json_object_get(json_array_get(errors, index), name));
}

static void test_valid_and_invalid(void **state)
{
    (void)state;
    struct bridge_schema *schema = compile(SCHEMA);
    char *text = NULL;
    const char *good = "{\"source\": \"0190a0b0-0000-7000-8000-000000000001\", \"step\": \"rows\"}";
    assert_int_equal(check(schema, good, &text), BRIDGE_VALID);
    assert_null(text);
    /* Only the bytes given count: what follows is not looked at. */
    assert_int_equal(bridge_schema_check(schema, good, strlen(good) - 1, &text), BRIDGE_NOT_JSON);
    bridge_text_free(text);

    assert_int_equal(check(schema, "{\"step\": \"m4rker\", \"sorce\": 1}", &text), BRIDGE_INVALID);
    json_t *errors = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(errors), 3);
    assert_string_equal(error_field(errors, 0, "path"), "/sorce");
    assert_string_equal(error_field(errors, 1, "path"), "/step");
    assert_string_equal(error_field(errors, 2, "message"), "\"source\" is missing");
    assert_null(strstr(text, "m4rker"));
    json_decref(errors);
    bridge_text_free(text);
    assert_null(bridge_schema_destroy(schema));
    assert_null(bridge_schema_destroy(NULL));
}

static void test_garbage(void **state)
{
    (void)state;
    struct bridge_schema *schema = compile("{}");
    const char *garbage[] = { "", "{", "{\"a\":1} x", "\xff\xfe", "[1,]", "nul", "1e999" };
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        char *text = NULL;
        assert_int_equal(check(schema, garbage[i], &text), BRIDGE_NOT_JSON);
        assert_non_null(text);
        bridge_text_free(text);
    }
    char *text = NULL;
    assert_int_equal(bridge_schema_check(schema, NULL, 0, &text), BRIDGE_NOT_JSON);
    bridge_text_free(text);
    assert_int_equal(bridge_schema_check(schema, "{\"\0\":1}", 7, &text), BRIDGE_NOT_JSON);
    bridge_text_free(text);
    bridge_schema_destroy(schema);
}

static void test_depth(void **state)
{
    (void)state;
    struct bridge_schema *schema = compile(SCHEMA);
    size_t depth = 1000000;
    char *deep = malloc(depth + 1);
    assert_non_null(deep);
    memset(deep, '[', depth);
    deep[depth] = 0;
    char *text = NULL;
    assert_int_equal(bridge_schema_check(schema, deep, depth, &text), BRIDGE_NOT_JSON);
    assert_non_null(strstr(text, "deeper than 64"));
    bridge_text_free(text);
    assert_int_equal(bridge_schema_check(schema, deep, 64, &text), BRIDGE_NOT_JSON); /* not closed */
    assert_null(strstr(text, "deeper"));
    bridge_text_free(text);
    free(deep);
    bridge_schema_destroy(schema);
}

static void test_long_list_ends_soon(void **state)
{
    (void)state;
    struct bridge_schema *schema = compile("{\"uniqueItems\": true}");
    size_t count = 300000, size = 0;
    char *list = malloc(count * 8 + 2);
    assert_non_null(list);
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(list + size, 8, "%c%zu", i ? ',' : '[', i);
    list[size++] = ']';
    char *text = NULL;
    assert_int_equal(bridge_schema_check(schema, list, size, &text), BRIDGE_VALID);
    free(list);
    bridge_schema_destroy(schema);
}

static void test_refused_schemas(void **state)
{
    (void)state;
    const struct {
        const char *schema, *part;
    } cases[] = {
        { "{\"properties\": {\"a\": {\"format\": \"uuid\"}}}", "#/properties/a/format" },
        { "{\"$ref\": \"https://example.com/x.json\"}", "neither" },
        { "{\"$ref\": \"file:///etc/passwd\"}", "neither" },
        { "{\"$ref\": \"#\"}", "back to itself" },
        { "{\"pattern\": \"(\"}", "#/pattern" },
        { "not json", "not JSON" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bridge_schema *schema = (struct bridge_schema *)&schema;
        char *text = NULL;
        assert_int_not_equal(bridge_schema_compile(cases[i].schema, &schema, &text), 0);
        assert_null(schema);
        assert_non_null(strstr(text, cases[i].part));
        bridge_text_free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid_and_invalid),
        cmocka_unit_test(test_garbage),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_long_list_ends_soon),
        cmocka_unit_test(test_refused_schemas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
