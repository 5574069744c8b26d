/* SPDX-License-Identifier: Apache-2.0 */
/* connect_mongodb_events.c - BSON as events: how each type is spelled, references, and documents that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dlfcn.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "catalog/connect/mongodb/mongodb_events.h"

static const struct mongodb_api *api;
static struct buffer told;

static int on_object(void *context, struct error *e)
{
    (void)context, (void)e;
    (void)buffer_text(&told, "{");
    return ERROR_OK;
}

static int on_list(void *context, struct error *e)
{
    (void)context, (void)e;
    (void)buffer_text(&told, "[");
    return ERROR_OK;
}

static int on_end(void *context, struct error *e)
{
    (void)context, (void)e;
    (void)buffer_text(&told, ". ");
    return ERROR_OK;
}

static int on_key(void *context, const char *name, size_t size, bool weak, struct error *e)
{
    (void)context, (void)e, (void)weak;
    (void)buffer_format(&told, "%.*s=", (int)size, name);
    return ERROR_OK;
}

static int on_scalar(void *context, enum document_kind kind, const char *text, size_t size, struct error *e)
{
    (void)context, (void)e;
    (void)buffer_add(&told, text, size);
    (void)buffer_text(&told, kind == DOCUMENT_NULL ? "null " : " ");
    return ERROR_OK;
}

static void on_native(void *context, unsigned type)
{
    (void)context;
    (void)buffer_format(&told, "%s:", mongodb_native_name((enum mongodb_native)type));
}

static void on_reference(void *context, const struct mongodb_reference *r)
{
    (void)context;
    (void)buffer_format(&told, "<%s to %s %s>", r->path, r->database != NULL ? r->database : "here", r->collection);
}

static int give(const uint8_t *data, size_t size, char why[static 200])
{
    static const struct document_sink sink = {
        .object = on_object, .list = on_list, .end = on_end, .key = on_key, .scalar = on_scalar, .native = on_native
    };
    const struct mongodb_events events = { .api = api, .sink = &sink, .reference = on_reference };
    struct error e = ERROR_NONE;
    buffer_clear(&told);
    return mongodb_events_give(&events, data, size, why, &e);
}

static bson_t *bson_of(const char *json)
{
    bson_error_t why = { 0 };
    void *library = dlopen("libmongoc-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    __typeof__(bson_new_from_json) *parse = (__typeof__(parse))dlsym(library, "bson_new_from_json");
    bson_t *bson = parse((const uint8_t *)json, -1, &why);
    if (bson == NULL)
        fail_msg("%s: %s", json, why.message);
    return bson;
}

static void assert_told(const char *json, const char *expected)
{
    char why[200];
    bson_t *bson = bson_of(json);
    assert_int_equal(give(api->do_bson_get_data(bson), bson->len, why), ERROR_OK);
    assert_string_equal(buffer_view(&told), expected);
    api->do_bson_destroy(bson);
}

static void types_are_spelled(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "{}", "object:{. " },
        { "{\"a\":1,\"b\":{\"$numberLong\":\"-9223372036854775808\"},\"c\":0.1,\"d\":5.0}",
          "object:{a=int:1 b=long:-9223372036854775808 c=double:0.1 d=double:5 . " },
        { "{\"a\":{\"$numberDouble\":\"NaN\"},\"b\":{\"$numberDecimal\":\"1.10\"}}",
          "object:{a=double:NaN b=decimal:1.10 . " },
        { "{\"a\":\"x\",\"b\":true,\"c\":null,\"\":\"\"}", "object:{a=string:x b=bool:true c=null =string: . " },
        { "{\"a\":{\"$oid\":\"0123456789abcdef01234567\"}}", "object:{a=objectId:0123456789abcdef01234567 . " },
        { "{\"a\":{\"$date\":{\"$numberLong\":\"0\"}},\"b\":{\"$date\":{\"$numberLong\":\"-1\"}}}",
          "object:{a=date:1970-01-01T00:00:00Z b=date:1969-12-31T23:59:59.999Z . " },
        { "{\"a\":{\"$date\":{\"$numberLong\":\"-62135596800000\"}},\"b\":{\"$date\":{\"$numberLong\":"
          "\"9223372036854775807\"}}}",
          "object:{a=date:0001-01-01T00:00:00Z b=date:292278994-08-17T07:12:55.807Z . " },
        { "{\"a\":{\"$binary\":{\"base64\":\"QUI=\",\"subType\":\"00\"}},\"b\":{\"$uuid\":"
          "\"00112233-4455-6677-8899-aabbccddeeff\"}}",
          "object:{a=binData:AB b=uuid:00112233-4455-6677-8899-aabbccddeeff . " },
        { "{\"a\":{\"$regularExpression\":{\"pattern\":\"^a\",\"options\":\"i\"}},\"b\":{\"$timestamp\":{\"t\":60,"
          "\"i\":2}}}",
          "object:{a=regex:/^a/i b=timestamp:1970-01-01T00:01:00Z . " },
        { "{\"a\":{\"$code\":\"f()\"},\"b\":{\"$code\":\"g()\",\"$scope\":{\"x\":1}},\"c\":{\"$minKey\":1},"
          "\"d\":{\"$maxKey\":1},\"e\":{\"$symbol\":\"s\"},\"f\":{\"$undefined\":true}}",
          "object:{a=javascript:f() b=javascript:g() c=minKey:MinKey d=maxKey:MaxKey e=symbol:s f=null . " },
        { "{\"a\":[1,{\"b\":[]}],\"x.y\":1}", "object:{a=array:[int:1 object:{b=array:[. . . x.y=int:1 . " },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_told(cases[i][0], cases[i][1]);
}

static void references_are_seen(void **state)
{
    (void)state;
    assert_told("{\"a\":[{\"by\":{\"$ref\":\"staff\",\"$id\":7}}],\"b\":{\"$ref\":\"x\",\"$id\":1,\"$db\":\"hr\"}}",
                "object:{a=array:[object:{by=object:</a/by to here staff>{$ref=string:staff $id=int:7 . . . "
                "b=object:</b to hr x>{$ref=string:x $id=int:1 $db=string:hr . . ");
    assert_told("{\"a\":{\"$ref\":1,\"$id\":1},\"b\":{\"$ref\":\"x\"}}",
                "object:{a=object:{$ref=int:1 $id=int:1 . b=object:{$ref=string:x . . ");
}

/* A document cut or changed anywhere: an answer, never more than there is. */
static void what_is_no_document(void **state)
{
    (void)state;
    char why[200];
    bson_t *bson = bson_of("{\"a\":{\"b\":[1,\"text\"]},\"c\":{\"$oid\":\"0123456789abcdef01234567\"}}");
    for (size_t size = 0; size < bson->len; size++) {
        uint8_t *cut = mem_alloc(size + 1);
        memcpy(cut, api->do_bson_get_data(bson), size);
        uint8_t *exact = mem_resize(cut, size + (size == 0), 1);
        assert_int_equal(give(exact, size, why), MONGODB_EVENTS_WRONG);
        assert_true(why[0] != '\0');
        free(exact);
    }
    for (size_t at = 4; at < bson->len; at++) {
        uint8_t *changed = mem_alloc(bson->len);
        memcpy(changed, api->do_bson_get_data(bson), bson->len);
        changed[at] ^= 0x81;
        int answer = give(changed, bson->len, why);
        assert_true(answer == ERROR_OK || answer == MONGODB_EVENTS_WRONG);
        free(changed);
    }
    api->do_bson_destroy(bson);
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    char why[200];
    for (int levels = MONGODB_DEPTH_MAX - 1; levels <= MONGODB_DEPTH_MAX; levels++) { /* and the document itself */
        size_t size = 5 + (size_t)levels * 8;
        uint8_t *data = mem_zero(1, size);
        for (int i = 0; i <= levels; i++) {
            uint32_t length = (uint32_t)(size - (size_t)i * 8); /* 7 bytes before what is inside, 1 behind */
            uint8_t *at = data + (size_t)i * 7;
            for (int k = 0; k < 4; k++)
                at[k] = (uint8_t)(length >> 8 * k);
            if (i < levels)
                memcpy(at + 4,
                       "\x03"
                       "a",
                       3);
        }
        int answer = give(data, size, why);
        if (levels < MONGODB_DEPTH_MAX)
            assert_int_equal(answer, ERROR_OK);
        else
            assert_non_null(strstr(why, "nested more than 200 deep"));
        free(data);
    }
}

static int setup(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    api = mongodb_api_load(&e);
    buffer_init(&told, 1 << 20);
    return api == NULL;
}

static int teardown(void **state)
{
    (void)state;
    buffer_finish(&told);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(types_are_spelled), cmocka_unit_test(references_are_seen),
                                        cmocka_unit_test(what_is_no_document), cmocka_unit_test(depth_has_a_limit) };
    return cmocka_run_group_tests(tests, setup, teardown);
}
