/* SPDX-License-Identifier: Apache-2.0 */
/* gateway_cloudevent.c - which messages are CloudEvents 1.0 in JSON, in either mode, and what makes two of them one. */
#include "gateway/cloudevent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct header {
    const char *name, *value;
};

static const char *find(void *arg, const char *name, size_t *ret_size)
{
    for (const struct header *h = arg; h->name; h++)
        if (strcmp(h->name, name) == 0) {
            *ret_size = strlen(h->value);
            return h->value;
        }
    *ret_size = 0;
    return NULL;
}

static enum error_class parse(const struct header *headers, const char *value, struct cloudevent *event,
                              struct error *e)
{
    const struct cloudevent_input input = {
        .value = value, .size = value ? strlen(value) : 0, .arg = (void *)(uintptr_t)headers, .header = find
    };
    *e = ERROR_NONE;
    return cloudevent_parse(&input, event, e);
}

#define HEADERS(...) ((const struct header[]){ __VA_ARGS__, { NULL, NULL } })
#define BINARY(id, source)                                                    \
    { "ce_specversion", "1.0" }, { "ce_type", "t" }, { "ce_source", source }, \
    {                                                                         \
        "ce_id", id                                                           \
    }
#define EVENT(rest) "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"/a\",\"id\":\"1\"" rest "}"

static void both_modes_are_read(void **state)
{
    (void)state;
    struct cloudevent binary, structured;
    struct error e;
    assert_int_equal(
        parse(HEADERS(BINARY("1", "/a"), { "content-type", "application/json" }), "{\"kind\":\"noop\"}", &binary, &e),
        ERROR_OK);
    assert_int_equal(parse(HEADERS({ "content-type", "Application/CloudEvents+JSON; charset=utf-8" }),
                           EVENT(",\"traceparent\":\"00-1\",\"data\":{\"kind\":\"noop\"}"), &structured, &e),
                     ERROR_OK);
    assert_string_equal(binary.key, structured.key); /* the same source and id, whatever the mode */
    assert_string_equal(structured.traceparent, "00-1");
    assert_string_equal(json_string_value(json_object_get(binary.data, "kind")), "noop");
    assert_string_equal(json_string_value(json_object_get(structured.data, "kind")), "noop");
    cloudevent_finish(&binary);
    cloudevent_finish(&structured);
}

static void source_and_id_together_make_the_key(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "1", "/a" }, { "/a", "1" }, { "1", "/a1" }, { "11", "/a" }, { "a1", "/" }
    };
    char keys[5][CLOUDEVENT_KEY_SIZE];
    for (unsigned i = 0; i < 5; i++) {
        struct cloudevent event;
        struct error e;
        assert_int_equal(parse(HEADERS(BINARY(pairs[i][0], pairs[i][1])), "{}", &event, &e), ERROR_OK);
        memcpy(keys[i], event.key, sizeof keys[i]);
        cloudevent_finish(&event);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(keys[i], keys[j]);
    }
}

static void what_is_none_is_refused_with_a_reason(void **state)
{
    (void)state;
    static const struct header structured[] = { { "content-type", "application/cloudevents+json" }, { NULL, NULL } };
    static const struct header none[] = { { NULL, NULL } };
    const struct {
        const struct header *headers;
        const char *value, *why;
    } cases[] = {
        { none, NULL, "not a JSON object" },
        { none, "{}", "specversion" },
        { structured, "[]", "not a JSON object" },
        { structured, EVENT(""), "data" },
        { structured, EVENT(",\"data\":\"text\""), "data" },
        { structured, EVENT(",\"data_base64\":\"e30=\""), "data" },
        { structured, EVENT(",\"data\":{},\"datacontenttype\":\"text/xml\""), "datacontenttype" },
        { structured, EVENT(",\"data\":{},\"datacontenttype\":7"), "datacontenttype" },
        { structured, "{\"specversion\":\"0.3\",\"type\":\"t\",\"source\":\"s\",\"id\":\"1\",\"data\":{}}",
          "specversion" },
        { structured, "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"s\",\"id\":\"\",\"data\":{}}", "id" },
        { structured, "{\"specversion\":\"1.0\",\"type\":\"t\",\"source\":\"s\\n\",\"id\":\"1\",\"data\":{}}",
          "source" },
        { structured, "{\"specversion\":\"1.0\",\"type\":3,\"source\":\"s\",\"id\":\"1\",\"data\":{}}", "type" },
        { HEADERS({ "content-type", "application/cloudevents-batch+json" }), "[]", "batch" },
        { HEADERS({ "content-type", "text/plain" }), "{}", "ce_specversion" },
        { HEADERS(BINARY("1", "/a"), { "content-type", "text/plain" }), "{}", "content-type" },
        { HEADERS(BINARY("1", "/a")), "no JSON", "data" },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cloudevent event;
        struct error e;
        assert_int_equal(parse(cases[i].headers, cases[i].value, &event, &e), ERROR_INVALID);
        assert_string_equal(e.code, "not_a_cloudevent");
        if (!strstr(e.message, cases[i].why))
            fail_msg("case %u: \"%s\" does not name %s", i, e.message, cases[i].why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_modes_are_read),
        cmocka_unit_test(source_and_id_together_make_the_key),
        cmocka_unit_test(what_is_none_is_refused_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
