/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_bridge.c - what reaches the bridge from outside: a panic in it would end the program. The first byte says which
 * question gets the rest: s(chema text), i(nstance of a schema that has every keyword), c(ron expression and zone, one
 * a line), or a filter of hostile text: e(xpression), n(ames and strings). Templates are ours and not asked here.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words json */

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bridge/bridge.h"

static const char EVERY_KEYWORD[] =
    "{\"$defs\": {\"tree\": {\"properties\": {\"t\": {\"$ref\": \"#/$defs/tree\"}}, \"additionalProperties\": "
    "{\"type\":"
    " \"integer\"}}}, \"properties\": {\"a\": {\"type\": [\"string\", \"null\"], \"minLength\": 1, \"maxLength\": 3,"
    " \"pattern\": \"^[a-z]+$\"}, \"b\": {\"type\": \"array\", \"uniqueItems\": true, \"minItems\": 1, \"maxItems\": 9,"
    " \"items\": {\"oneOf\": [{\"const\": 1.0}, {\"enum\": [\"x\", {}]}, {\"not\": {\"required\": [\"y\"]}}]}},"
    " \"c\": {\"exclusiveMinimum\": 0, \"maximum\": 18446744073709551615}, \"d\": {\"anyOf\": [false, {\"allOf\":"
    " [{\"minimum\": 1}, {\"exclusiveMaximum\": 2}]}]}, \"t\": {\"$ref\": \"#/$defs/tree\"}},"
    " \"additionalProperties\": false, \"maxProperties\": 5}";

static void ask_schema(const char *text)
{
    struct bridge_schema *schema = NULL;
    char *message = NULL;
    int result = bridge_schema_compile(text, &schema, &message);
    assert((result == 0) == (schema != NULL) && (result == 0) == (message == NULL));
    if (schema) {
        (void)bridge_schema_check(schema, text, strlen(text), &message);
        bridge_text_free(message);
        message = NULL;
    }
    bridge_text_free(message);
    bridge_schema_destroy(schema);
}

static void ask_instance(const char *bytes, size_t size)
{
    struct bridge_schema *schema = NULL;
    char *message = NULL;
    int result = bridge_schema_compile(EVERY_KEYWORD, &schema, &message);
    assert(result == 0);
    result = bridge_schema_check(schema, bytes, size, &message);
    assert((result == BRIDGE_VALID) == (message == NULL));
    bridge_text_free(message);
    bridge_schema_destroy(schema);
}

static void ask_cron(char *text)
{
    char *zone = strchr(text, '\n');
    if (zone)
        *zone++ = '\0';
    char *message = NULL;
    long long next = 0, after = 1767225600000;
    if (bridge_cron_next(text, zone ? zone : "Europe/Paris", after, &next, &message) == 0)
        assert(next > after);
    bridge_text_free(message);
}

/* A template of ours on a text that is not. */
static void ask_render(const char *source, const char *text)
{
    json_t *templates = json_pack("{s:s?}", "t.j2", source), *context = json_pack("{s:s?}", "x", text);
    char *templates_json = templates ? json_dumps(templates, 0) : NULL,
         *context_json = context ? json_dumps(context, 0) : NULL;
    char *answer = NULL;
    (void)bridge_render(templates_json, "t.j2", context_json, &answer);
    assert(answer);
    bridge_text_free(answer);
    free(templates_json);
    free(context_json);
    json_decref(templates);
    json_decref(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *text = mem_text_n((const char *)data + 1, size - 1);
    switch (data[0]) {
    case 's':
        ask_schema(text);
        break;
    case 'i':
        ask_instance(text, size - 1);
        break;
    case 'c':
        ask_cron(text);
        break;
    case 'e':
        ask_render("{{ x|pg_expression }}", text);
        ask_render("{{ x|pg_type }}{{ x|sa_type }}", text);
        break;
    case 'n':
        ask_render(
            "{{ x|snake_case }}{{ x|pascal_case }}{{ x|plural }}{{ x|singular }}{{ x|sa_text }}{{ x|sql_comment }}"
            "{{ x|py_string }}{{ [x, x]|py_idents([x]) }}{{ x|pg_literal }}{{ x|pg_ident }}",
            text);
        break;
    default:
        break;
    }
    free(text);
    return 0;
}
