/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_server.c - the server of http/ as a client meets it: bytes in, bytes out. It runs in a child
 * (tests/support/http_sample.c), which must end cleanly, and with the address sanitizer without a leak, when told to
 * stop.
 */
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <dirent.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/text.h"
#include "tests/support/cleaner.h"
#include "tests/support/wire.h"
#include "tests/support/http_sample.h"

static pid_t child;
static uint16_t port;

static int start(void **state)
{
    (void)state;
    port = http_sample_start(&child);
    return port ? 0 : -1;
}

/* ---- the tests ---- */

#define KEY "X-Key: now\r\n"

static void assert_answer(struct wire_answer a, unsigned status, const char *in_body)
{
    assert_int_equal(a.status, status);
    if (in_body && !strstr(a.body, in_body))
        fail_msg("\"%s\" is not in: %s", in_body, a.body);
    wire_answer_finish(&a);
}

static void assert_problem(struct wire_answer a, unsigned status, const char *code)
{
    assert_int_equal(a.status, status);
    json_t *body = json_loads(a.body, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(body, "error_code")), code);
    assert_true(json_string_length(json_object_get(body, "message")) > 0);
    assert_non_null(json_object_get(body, "details"));
    assert_int_equal(json_string_length(json_object_get(body, "timestamp")), 24);
    assert_int_equal(json_object_size(body), 4);
    json_decref(body);
    wire_answer_finish(&a);
}

static void answers_in_turn_on_one_connection(void **state)
{
    (void)state;
    struct wire c;
    wire_open(&c, port);
    wire_text(&c, "GET /hello?name=a%%2Fb HTTP/1.1\r\nHost: x\r\n" KEY "\r\n"
                  "POST /echo HTTP/1.1\r\nHost: x\r\n" KEY
                  "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
                  "GET /late HTTP/1.1\r\nHost: x\r\nX-Key: later\r\n\r\n"
                  "GET /hello?name=%%zz HTTP/1.1\r\nHost: x\r\n" KEY "\r\n");
    assert_answer(wire_read(&c), 200, "\"name\":\"a/b\",\"identity\":1");
    assert_answer(wire_read(&c), 200, "{\"a\":1}");
    assert_answer(wire_read(&c), 200, "{}");
    assert_problem(wire_read(&c), 400, "bad_name");
    wire_close(&c);
}

static void chunked_bodies_and_expect(void **state)
{
    (void)state;
    struct wire c;
    wire_open(&c, port);
    wire_text(&c, "POST /echo HTTP/1.1\r\nHost: x\r\nX-Key: later\r\nContent-Type: "
                  "application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\n{\"a\r\n4\r\n\":2}\r\n0\r\n\r\n");
    assert_answer(wire_read(&c), 200, "{\"a\":2}");
    wire_text(&c, "POST /echo HTTP/1.1\r\nHost: x\r\n" KEY "Content-Type: application/json\r\nExpect: 100-continue\r\n"
                  "Content-Length: 2\r\n\r\n");
    wire_text(&c, "{}");
    assert_answer(wire_read(&c), 200, "{}");
    wire_close(&c);
}

static void identifiers_and_headers(void **state)
{
    (void)state;
    static const char trace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    char headers[200];
    snprintf(headers, sizeof headers, KEY "X-Request-ID: abc-1\r\ntraceparent: %s\r\n", trace);
    struct wire_answer a = wire_ask(port, "GET", "/hello", headers, NULL);
    assert_non_null(strstr(a.head, "X-Request-ID: abc-1\r\n"));
    assert_non_null(strstr(a.head, trace));
    assert_non_null(strstr(a.body, trace));
    assert_non_null(strstr(a.head, "frame-ancestors 'none'"));
    assert_non_null(strstr(a.head, "X-Content-Type-Options: nosniff"));
    wire_answer_finish(&a);
    a = wire_ask(port, "GET", "/hello", KEY "X-Request-ID: a b\r\n", NULL);
    assert_null(strstr(a.head, "a b"));
    wire_answer_finish(&a);
}

static void files_have_etags(void **state)
{
    (void)state;
    struct wire_answer a = wire_ask(port, "GET", "/page", NULL, NULL);
    assert_non_null(strstr(a.head, "ETag: \"0123456789abcdef0123456789abcdef\""));
    assert_answer(a, 200, "<p>page</p>");
    assert_answer(wire_ask(port, "GET", "/page", "If-None-Match: \"0123456789abcdef0123456789abcdef\"\r\n", NULL), 304,
                  NULL);
}

static void bad_requests_get_one_clear_error(void **state)
{
    (void)state;
    assert_problem(wire_ask(port, "GET", "/nowhere", KEY, NULL), 404, "not_found");
    assert_problem(wire_ask(port, "GET", "/hello%2F", KEY, NULL), 404, "not_found");
    struct wire_answer a = wire_ask(port, "DELETE", "/hello", KEY, NULL);
    assert_non_null(strstr(a.head, "Allow: GET"));
    assert_problem(a, 405, "method_not_allowed");
    assert_problem(wire_ask(port, "GET", "/hello", NULL, NULL), 401, "denied");
    assert_problem(wire_ask(port, "GET", "/hello", "X-Key: never\r\n", NULL), 401, "denied");
    assert_problem(wire_ask(port, "POST", "/echo", "X-Key: never\r\n", "{}"), 401, "denied");
    assert_problem(wire_ask(port, "POST", "/echo", KEY, "{"), 400, "invalid_json");
    assert_problem(wire_ask(port, "POST", "/echo", KEY, "[]"), 400, "invalid_json");
    assert_problem(wire_ask(port, "POST", "/echo", KEY "Content-Length: 0\r\n", NULL), 400, "invalid_content_type");
    char deep[201] = "{\"a\":";
    memset(deep + 5, '[', 195);
    assert_problem(wire_ask(port, "POST", "/echo", KEY, deep), 400, "invalid_json");
}

static void limits_hold(void **state)
{
    (void)state;
    char *big = mem_alloc(20001);
    memset(big, ' ', 20000);
    big[20000] = '\0';
    struct wire c;
    wire_open(&c, port); /* told by the head: refused before the body */
    wire_text(&c, "POST /echo HTTP/1.1\r\nHost: x\r\n" KEY "Content-Length: 20000\r\n\r\n");
    assert_problem(wire_read(&c), 413, "too_large");
    wire_close(&c);
    wire_open(&c, port); /* found out as it comes */
    wire_text(&c, "POST /echo HTTP/1.1\r\nHost: x\r\n" KEY "Transfer-Encoding: chunked\r\n\r\n4e20\r\n");
    wire_send(&c, big, 20000);
    wire_text(&c, "\r\n0\r\n\r\n");
    assert_problem(wire_read(&c), 413, "too_large");
    wire_close(&c);
    memset(big, 'a', 20000);
    wire_open(&c, port);
    wire_text(&c, "GET /hello HTTP/1.1\r\nHost: x\r\nX-Big: ");
    wire_send(&c, big, 20000);
    struct wire_answer a = wire_read(&c);
    assert_int_equal(a.status, 431);
    wire_answer_finish(&a);
    wire_close(&c);
    free(big);
}

/* Sends `head` with a request for /open hidden behind it; answered with 400, and the hidden one is never served. */
static void assert_not_smuggled(const char *head)
{
    struct wire c;
    wire_open(&c, port);
    wire_text(&c, "%s", head);
    struct wire_answer a = wire_read(&c);
    assert_int_equal(a.status, 400);
    wire_answer_finish(&a);
    a = wire_read(&c);
    assert_int_equal(a.status, 0);
    wire_answer_finish(&a);
    wire_close(&c);
}

static void smuggled_requests_are_never_served(void **state)
{
    (void)state;
    assert_not_smuggled("POST /echo HTTP/1.1\r\nHost: x\r\n" KEY "Content-Length: 0\r\nContent-Length: 39\r\n\r\n"
                        "GET /open?name=evil HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_not_smuggled("POST /echo HTTP/1.1\r\nHost: x\r\n" KEY
                        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "0\r\n\r\nGET /open?name=evil HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_not_smuggled("POST /echo HTTP/1.1\r\nHost: x\r\n" KEY
                        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n"
                        "0\r\n\r\nGET /open?name=evil HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_not_smuggled("POST /echo HTTP/1.1\r\nHost: x\r\n" KEY "Transfer-Encoding: xchunked\r\n\r\n"
                        "0\r\n\r\nGET /open?name=evil HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_not_smuggled("GET /hello HTTP/1.1\r\nHost: x\r\nHost: y\r\n" KEY "\r\n");
}

static void a_slow_request_is_cut_off(void **state)
{
    (void)state;
    struct wire c;
    wire_open(&c, port);
    wire_text(&c, "GET /hello HTTP/1.1\r\nHost: x\r\nX-Slow: ");
    struct wire_answer a = wire_read(&c); /* returns only because the server ends it */
    assert_int_equal(a.status, 0);
    wire_answer_finish(&a);
    wire_close(&c);
}

static unsigned incoming_files(void)
{
    unsigned count = 0;
    DIR *folder = opendir(cleaner_folder());
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += text_starts(entry->d_name, "incoming-");
    closedir(folder);
    return count;
}

static struct wire_answer upload(size_t size, bool whole)
{
    enum { PIECE = 1 << 16 };
    static char piece[PIECE];
    struct wire c;
    memset(piece, 'u', sizeof piece);
    wire_open(&c, port);
    wire_text(&c, "POST /file HTTP/1.1\r\nHost: x\r\nX-Key: later\r\nContent-Length: %zu\r\n\r\n", size);
    for (size_t sent = 0; sent < (whole ? size : size / 2); sent += PIECE)
        wire_send(&c, piece, PIECE);
    struct wire_answer a = { 0 };
    if (whole)
        a = wire_read(&c);
    wire_close(&c);
    return a;
}

static int rss_kb_after(size_t size)
{
    struct wire_answer a = upload(size, true);
    assert_int_equal(a.status, 201);
    json_t *body = json_loads(a.body, 0, NULL);
    int rss_kb = (int)json_integer_value(json_object_get(body, "rss_kb"));
    assert_int_equal(json_integer_value(json_object_get(body, "size")), size);
    if (size == 20 << 20) /* of 20 MiB of 'u' */
        assert_string_equal(json_string_value(json_object_get(body, "sha256")),
                            "7baadaec2bb002ced435a0ab84959edffc2ec681f13ccb9a5bfbb6dbffc76da3");
    json_decref(body);
    wire_answer_finish(&a);
    return rss_kb;
}

static void uploads_go_to_disk_in_flat_memory(void **state)
{
    (void)state;
    int before = rss_kb_after(1 << 20), after = rss_kb_after(20 << 20);
    assert_true(after - before < 8 << 10);
    struct wire c;
    wire_open(&c, port);
    wire_text(&c, "POST /file HTTP/1.1\r\nHost: x\r\n" KEY "Content-Length: 99999999\r\n\r\n");
    assert_problem(wire_read(&c), 413, "too_large");
    wire_close(&c);
    wire_open(&c, port);
    wire_text(&c, "POST /file HTTP/1.1\r\nHost: x\r\n" KEY "Content-Length: 0\r\n\r\n");
    assert_answer(wire_read(&c), 201, "\"size\":0");
    wire_close(&c);
    upload(4 << 20, false);
    for (unsigned waited_ms = 0; incoming_files() > 0; waited_ms += 10) {
        assert_true(waited_ms < 120000);
        usleep(10000);
    }
}

static void streams_send_events(void **state)
{
    (void)state;
    struct wire c;
    wire_open(&c, port);
    wire_text(&c, "GET /stream HTTP/1.1\r\nHost: x\r\n" KEY "\r\n");
    assert_int_equal(wire_stream(&c), 200);
    struct wire_event e = wire_event(&c);
    assert_string_equal(e.id, "1");
    assert_string_equal(e.type, "first");
    free(e.data);
    e = wire_event(&c);
    assert_string_equal(e.type, "second");
    assert_string_equal(e.data, "a");
    free(e.data);
    wire_close(&c);
}

static void a_slow_client_is_told_that_it_was_dropped(void **state)
{
    (void)state;
    struct wire c;
    wire_open(&c, port);
    int small = 4096;
    setsockopt(c.fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    wire_text(&c, "GET /stream HTTP/1.1\r\nHost: x\r\n" KEY "\r\n");
    assert_int_equal(wire_stream(&c), 200);
    unsigned accepted = 0, heard = 0;
    bool dropped = false;
    for (unsigned turn = 0; turn < 500 && !dropped; turn++) { /* until socket and queue are full */
        struct wire_answer a = wire_ask(port, "GET", "/flood", KEY, NULL);
        unsigned fit;
        assert_int_equal(sscanf(a.body, "{\"fit\":%u}", &fit), 1);
        wire_answer_finish(&a);
        dropped = fit < 3;
        accepted += fit;
    }
    assert_true(dropped && accepted > 3);
    struct wire_event e, last = { 0 };
    while ((e = wire_event(&c)).data != NULL) {
        if (strcmp(e.type, "flood") == 0) {
            assert_int_equal(strlen(e.data), 60000); /* whole events only */
            heard++;
        }
        last = e;
        free(e.data);
    }
    assert_int_equal(heard, accepted); /* what fitted is told, or who comes back would never get on */
    assert_string_equal(last.type, "dropped");
    wire_close(&c);
}

static void it_ends_cleanly_with_clients_in_every_state(void **state)
{
    (void)state;
    struct wire idle, stream, late, half, gone;
    wire_open(&idle, port);
    wire_open(&stream, port);
    wire_text(&stream, "GET /stream HTTP/1.1\r\nHost: x\r\n" KEY "\r\n");
    assert_int_equal(wire_stream(&stream), 200);
    wire_open(&gone, port);
    wire_text(&gone, "GET /late HTTP/1.1\r\nHost: x\r\nX-Key: later\r\n\r\n");
    wire_close(&gone);
    wire_open(&half, port);
    wire_text(&half, "POST /file HTTP/1.1\r\nHost: x\r\n" KEY "Content-Length: 100\r\n\r\nhalf");
    assert_answer(wire_ask(port, "GET", "/hello", KEY, NULL), 200, NULL);
    wire_open(&late, port);
    wire_text(&late, "GET /late HTTP/1.1\r\nHost: x\r\n" KEY "\r\n");
    for (unsigned i = 0; i < 2; i++) /* who came later was answered: it has reached its handler */
        assert_answer(wire_ask(port, "GET", "/hello", KEY, NULL), 200, NULL);
    kill(child, SIGTERM);
    struct wire_answer a = wire_read(&late);
    assert_int_equal(a.status, 200);
    wire_answer_finish(&a);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(incoming_files(), 0);
    wire_close(&idle);
    wire_close(&stream);
    wire_close(&late);
    wire_close(&half);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_in_turn_on_one_connection),
        cmocka_unit_test(chunked_bodies_and_expect),
        cmocka_unit_test(identifiers_and_headers),
        cmocka_unit_test(files_have_etags),
        cmocka_unit_test(bad_requests_get_one_clear_error),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(smuggled_requests_are_never_served),
        cmocka_unit_test(a_slow_request_is_cut_off),
        cmocka_unit_test(uploads_go_to_disk_in_flat_memory),
        cmocka_unit_test(streams_send_events),
        cmocka_unit_test(a_slow_client_is_told_that_it_was_dropped),
        cmocka_unit_test(it_ends_cleanly_with_clients_in_every_state),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
