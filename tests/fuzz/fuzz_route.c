/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_route.c - paths, header fields and bodies from outside: the first byte says which question gets the rest. */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "http/body.h"
#include "http/header.h"
#include "http/route.h"
#include "http/sse.h"

static void nothing(void *arg, struct request *request)
{
    (void)arg, (void)request;
}

static void ask_route(const char *text)
{
    static const struct route routes[] = {
        { .method = "GET", .pattern = "/", .handle = nothing },
        { .method = "GET", .pattern = "/a/{id}", .handle = nothing },
        { .method = "POST", .pattern = "/a/{id}/b/{c}/{d}", .handle = nothing },
    };
    static const struct route_table table = { routes, 3, NULL };
    struct route_match m;
    route_find(&table, 1, "GET", text, &m);
    for (unsigned i = 0; i < m.count; i++)
        assert(text_utf8_valid(m.params[i], strlen(m.params[i])) && m.params[i][0]);
}

static void ask_sse(const char *text, size_t size)
{
    struct buffer b;
    buffer_init(&b, size * 8 + 64);
    assert(sse_event(&b, NULL, NULL, text, size));
    const char *end = strstr(b.data, "\n\n"); /* nothing inside can end the event early */
    assert(memchr(text, 0, size) || end == b.data + b.size - 2);
    buffer_finish(&b);
}

static void ask_body(const char *text, size_t size)
{
    json_t *body = NULL;
    struct error e = ERROR_NONE;
    if (body_parse(text, size, 16, &body, &e) == ERROR_OK)
        assert(json_is_object(body));
    json_decref(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *text = mem_text_n((const char *)data + 1, size - 1), value[64];
    switch (data[0] % 7) {
    case 0:
        ask_route(text);
        break;
    case 1:
        (void)header_percent_decode(text, size - 1, value, sizeof value);
        break;
    case 2:
        if (header_cookie(text, "key", value, sizeof value))
            assert(value[0] && !strchr(value, ';'));
        break;
    case 3:
        (void)header_bearer(text, value, sizeof value);
        (void)header_same_origin(NULL, text, "host");
        break;
    case 4:
        (void)header_traceparent_valid(text);
        (void)header_request_id_valid(text);
        (void)header_etag_matches(text, "abc");
        break;
    case 5:
        ask_sse(text, size - 1);
        break;
    default:
        ask_body(text, size - 1);
    }
    free(text);
    return 0;
}
