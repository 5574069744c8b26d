/* SPDX-License-Identifier: Apache-2.0 */
/* http_pure.c - what http/ decides without a server: routes, headers, bodies, the text of events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "http/body.h"
#include "http/body_list.h"
#include "http/header.h"
#include "http/route.h"
#include "http/sse.h"

static void nothing(void *arg, struct request *request)
{
    (void)arg, (void)request;
}

static const struct route first[] = {
    { .method = "GET", .pattern = "/", .handle = nothing },
    { .method = "GET", .pattern = "/api/jobs", .handle = nothing },
    { .method = "POST", .pattern = "/api/jobs", .handle = nothing },
    { .method = "GET", .pattern = "/api/jobs/{id}", .handle = nothing },
    { .method = "POST", .pattern = "/api/jobs/{id}/cancel", .handle = nothing },
};
static const struct route second[] = {
    { .method = "GET", .pattern = "/api/jobs/{id}/stream", .handle = nothing },
    { .method = "GET", .pattern = "/x/{a}/{b}", .handle = nothing },
};
static int first_arg, second_arg;
static const struct route_table tables[] = { { first, 5, &first_arg }, { second, 2, &second_arg } };

static struct route_match find(const char *method, const char *path)
{
    struct route_match m;
    route_find(tables, 2, method, path, &m);
    return m;
}

static void routes_are_found_in_every_table(void **state)
{
    (void)state;
    assert_ptr_equal(find("GET", "/").route, &first[0]);
    assert_ptr_equal(find("POST", "/api/jobs").route, &first[2]);
    assert_ptr_equal(find("HEAD", "/api/jobs").route, &first[1]);
    struct route_match m = find("GET", "/api/jobs/17/stream");
    assert_ptr_equal(m.route, &second[0]);
    assert_ptr_equal(m.arg, &second_arg);
    assert_int_equal(m.count, 1);
    assert_string_equal(m.params[0], "17");
    m = find("GET", "/x/a%20b/%C3%A9");
    assert_string_equal(m.params[0], "a b");
    assert_string_equal(m.params[1], "\xC3\xA9");
}

static void no_route_says_what_is_allowed(void **state)
{
    (void)state;
    struct route_match m = find("DELETE", "/api/jobs");
    assert_null(m.route);
    assert_string_equal(m.allow, "GET, POST");
    assert_string_equal(find("GET", "/api/job").allow, "");
    static const char *const paths[] = { "",
                                         "api/jobs",
                                         "/api/jobs/",
                                         "//api/jobs",
                                         "/api//jobs",
                                         "/api/jobs//cancel",
                                         "/api/jobs/%00",
                                         "/api/jobs/%zz",
                                         "/api/jobs/%ff",
                                         "/api/jobs/%2",
                                         "/api/jobs/1/2",
                                         "/x/a",
                                         "/x/a/b/c" };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        assert_null(find("GET", paths[i]).route);
}

static void percent_escapes(void **state)
{
    (void)state;
    char text[8];
    assert_true(header_percent_decode("a%2fb", 5, text, sizeof text));
    assert_string_equal(text, "a/b");
    assert_true(header_percent_decode("", 0, text, sizeof text));
    assert_true(header_percent_decode("1234567", 7, text, sizeof text));
    assert_false(header_percent_decode("12345678", 8, text, sizeof text));
    assert_false(header_percent_decode("%0a", 3, text, sizeof text));
    assert_false(header_percent_decode("%e2%82", 6, text, sizeof text));
}

static void cookies(void **state)
{
    (void)state;
    char value[8];
    assert_true(header_cookie("a=1; key=abc; b=2", "key", value, sizeof value));
    assert_string_equal(value, "abc");
    assert_true(header_cookie("key=abc ", "key", value, sizeof value));
    assert_string_equal(value, "abc");
    assert_false(header_cookie("xkey=abc", "key", value, sizeof value));
    assert_false(header_cookie("key=1; key=2", "key", value, sizeof value)); /* which of them? neither */
    assert_false(header_cookie("key=", "key", value, sizeof value));
    assert_false(header_cookie("key=12345678", "key", value, sizeof value));
    assert_false(header_cookie("", "key", value, sizeof value));
}

static void keys_and_identifiers(void **state)
{
    (void)state;
    char key[16];
    assert_true(header_bearer("Bearer abc_1", key, sizeof key));
    assert_string_equal(key, "abc_1");
    assert_true(header_bearer("bearer  abc ", key, sizeof key));
    assert_string_equal(key, "abc");
    assert_false(header_bearer("Basic abc", key, sizeof key));
    assert_false(header_bearer("Bearer ", key, sizeof key));
    assert_false(header_bearer("Bearer a b", key, sizeof key));
    assert_false(header_bearer("Bearer 1234567890123456", key, sizeof key));
    assert_true(header_request_id_valid("a-B_1.2"));
    assert_false(header_request_id_valid(""));
    assert_false(header_request_id_valid("a b"));
    assert_true(header_traceparent_valid("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
    assert_false(header_traceparent_valid("00-00000000000000000000000000000000-00f067aa0ba902b7-01"));
    assert_false(header_traceparent_valid("00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
    assert_false(header_traceparent_valid("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0"));
}

static void only_our_own_pages_change_things(void **state)
{
    (void)state;
    assert_true(header_same_origin("same-origin", NULL, "h:1"));
    assert_true(header_same_origin("none", NULL, "h:1"));
    assert_false(header_same_origin("same-site", "http://h:1", "h:1"));
    assert_false(header_same_origin("cross-site", NULL, "h:1"));
    assert_true(header_same_origin(NULL, "http://h:1", "h:1"));
    assert_false(header_same_origin(NULL, "http://h:2", "h:1"));
    assert_false(header_same_origin(NULL, "null", "h:1"));
    assert_false(header_same_origin(NULL, NULL, "h:1"));
}

static void etags(void **state)
{
    (void)state;
    assert_true(header_etag_matches("\"abc\"", "abc"));
    assert_true(header_etag_matches("\"x\", W/\"abc\"", "abc"));
    assert_true(header_etag_matches("*", "abc"));
    assert_false(header_etag_matches("\"abcd\"", "abc"));
    assert_false(header_etag_matches("abc", "abc"));
}

static void assert_event(const char *id, const char *event, const char *data, const char *expected)
{
    struct buffer b;
    buffer_init(&b, 1000);
    assert_true(sse_event(&b, id, event, data, strlen(data)));
    assert_string_equal(buffer_view(&b), expected);
    buffer_finish(&b);
}

static void events_as_text(void **state)
{
    (void)state;
    assert_event("7", "job", "{}", "id: 7\nevent: job\ndata: {}\n\n");
    assert_event(NULL, NULL, "", "data: \n\n");
    assert_event(NULL, "a\nid: 9", "x\r\ny\nz\r", "event: a\ndata: x\ndata: y\ndata: z\ndata: \n\n");
    struct buffer b;
    buffer_init(&b, 10);
    assert_false(sse_event(&b, "1", "2", "3", 1));
    buffer_finish(&b);
}

static void assert_refused(const char *text, unsigned depth)
{
    json_t *body = NULL;
    struct error e = ERROR_NONE;
    assert_int_equal(body_parse(text, strlen(text), depth, &body, &e), ERROR_INVALID);
    assert_string_equal(e.code, "invalid_json");
    assert_null(body);
}

static void bodies(void **state)
{
    (void)state;
    json_t *body;
    struct error e = ERROR_NONE;
    const char *text = "{\"a\":[\"]]]]{{{{\\\"[[[[\"]}";
    assert_int_equal(body_depth(text, strlen(text)), 2);
    assert_int_equal(body_parse(text, strlen(text), 2, &body, &e), ERROR_OK);
    json_decref(body);
    assert_refused(text, 1);
    assert_refused("", 9);
    assert_refused("[1]", 9);
    assert_refused("{\"a\":1,\"a\":2}", 9);
    assert_refused("{\"a\":1} x", 9);
    assert_refused("{\"a\":\"\xff\"}", 9);
}

/* The sum of the elements, or -1 with where it was refused. */
static json_int_t sum_of(const char *text, bool lines, bool headless, json_t **ret_head, struct error *e)
{
    struct body_list list;
    struct body_element element;
    json_int_t sum = 0;
    body_list_init(&list, text, strlen(text), "n", 4);
    if (lines)
        body_list_lines(&list, headless);
    *e = ERROR_NONE;
    while (body_list_next(&list, &element, e) == ERROR_OK && element.value) {
        sum += json_integer_value(element.value);
        json_decref(element.value);
    }
    *ret_head = e->class == ERROR_OK ? json_incref(list.head) : NULL;
    body_list_finish(&list);
    return e->class == ERROR_OK ? sum : -1;
}

static void assert_list(const char *text, bool lines, json_int_t sum, const char *head)
{
    struct error e;
    json_t *found;
    if (sum_of(text, lines, head == NULL, &found, &e) != sum)
        fail_msg("%s: %s", text, e.message);
    char *written = json_dumps(found, JSON_COMPACT);
    assert_string_equal(written, head ? head : "{}");
    free(written);
    json_decref(found);
}

static void assert_no_list(const char *text, bool lines, const char *where)
{
    struct error e;
    json_t *found;
    assert_int_equal(sum_of(text, lines, false, &found, &e), -1);
    assert_string_equal(e.code, "invalid_json");
    if (!strstr(e.message, where))
        fail_msg("%s: \"%s\" does not say \"%s\"", text, e.message, where);
}

static void lists_are_read_element_by_element(void **state)
{
    (void)state;
    assert_list(" {\"a\" : {\"n\":[7]} , \"n\" :[1,2, 30 ],\"b\":null} \n", false, 33,
                "{\"a\":{\"n\":[7]},\"b\":null}");
    assert_list("{\"n\":[]}", false, 0, "{}");
    assert_list("{}", false, 0, "{}");
    assert_list("{\"n\":5}", false, 0, "{\"n\":5}"); /* no list: who asked for one says so */
    assert_list("{\"a\":1}\n\n 2 \r\n30\n", true, 32, "{\"a\":1}");
    assert_list("\n1\n2", true, 3, NULL);
    assert_list("", true, 0, NULL);
    assert_no_list("", false, "must be a JSON object");
    assert_no_list("[1]", false, "must be a JSON object");
    assert_no_list("{\"n\":[1,\n2,\n]}", false, "line 3");
    assert_no_list("{\"n\":[1\n2]}", false, "line 2");
    assert_no_list("{\"n\":[1],}", false, "line 1");
    assert_no_list("{\"n\":[1]", false, "end of the object");
    assert_no_list("{\"n\":[1]} x", false, "end of the object");
    assert_no_list("{\"n\":[1],\"n\":[2]}", false, "twice");
    assert_no_list("{\"a\":1,\"a\":2}", false, "twice");
    assert_no_list("{\"n\":[[[[1]]]]}", false, "deeper than 4");
    assert_no_list("", true, "empty");
    assert_no_list("[]\n1", true, "Line 1");
    assert_no_list("{\"n\":[1]}\n1", true, "Line 1");
    assert_no_list("{}\n\n1\n[\n2", true, "Line 4");
    assert_no_list("{}\n[[[[[1]]]]]", true, "deeper than 4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_are_found_in_every_table),
        cmocka_unit_test(no_route_says_what_is_allowed),
        cmocka_unit_test(percent_escapes),
        cmocka_unit_test(cookies),
        cmocka_unit_test(keys_and_identifiers),
        cmocka_unit_test(only_our_own_pages_change_things),
        cmocka_unit_test(etags),
        cmocka_unit_test(events_as_text),
        cmocka_unit_test(bodies),
        cmocka_unit_test(lists_are_read_element_by_element),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
