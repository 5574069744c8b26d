/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gateway_batches.c - long lists of jobs, which the gateway reads in slices: JSON and NDJSON, all or none, an error
 * says which one; others are answered meanwhile; who goes away or stops the gateway in the middle harms nobody.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/buffer.h"
#include "tests/support/front.h"
#include "tests/support/wire.h"

enum { MANY = 2000, LEFT = 3 }; /* of 200 a slice */

static struct wire left[LEFT];
static const char whole_type[] = "application/json", lines_type[] = "application/x-ndjson";

static int stop(void **state)
{
    (void)front_teardown(state);
    for (unsigned i = 0; i < LEFT; i++)
        wire_close(&left[i]);
    return 0;
}

/* Sent, and not waited for. */
static void post(struct wire *c, const char *path, const char *type, const char *headers, const char *body)
{
    wire_open(c, front.port);
    wire_text(c, "POST %s HTTP/1.1\r\nHost: x\r\n%s%sContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", path, FRONT_AUTH,
              headers, type, strlen(body));
    wire_send(c, body, strlen(body));
}

static json_t *answer_of(struct wire *c, unsigned status)
{
    struct wire_answer a = wire_read(c);
    if (a.status != status)
        fail_msg("status %u, not %u: %s", a.status, status, a.body ? a.body : "");
    json_t *body = json_loads(a.body, 0, NULL);
    assert_non_null(body);
    wire_answer_finish(&a);
    wire_close(c);
    return body;
}

static json_t *ask(const char *path, const char *type, const char *headers, const char *body, unsigned status)
{
    struct wire c;
    post(&c, path, type, headers, body);
    return answer_of(&c, status);
}

static void assert_problem(const char *path, const char *type, const char *body, unsigned status, const char *code,
                           const char *says)
{
    json_auto_t *told = ask(path, type, "", body, status);
    const char *message = json_string_value(json_object_get(told, "message"));
    assert_string_equal(json_string_value(json_object_get(told, "error_code")), code);
    if (!message || !strstr(message, says))
        fail_msg("\"%s\" does not say \"%s\"", message, says);
}

static json_int_t count_of(const char *sql)
{
    return strtoll(front_value(&front, "%s", sql), NULL, 10);
}

/* MANY jobs of the queue, and `last` as one more. */
static char *many(const char *type, const char *queue, const char *last)
{
    struct buffer b;
    buffer_init(&b, 1 << 20);
    bool lines = type == lines_type;
    (void)buffer_text(&b, lines ? "{\"name\":\"many\"}\n" : "{\"name\":\"many\",\"jobs\":[");
    for (unsigned i = 0; i < MANY; i++)
        (void)buffer_format(&b, "{\"kind\":\"noop\",\"queue\":\"%s\"}%c", queue, lines ? '\n' : ',');
    (void)buffer_format(&b, "%s%s", last, lines ? "\n" : "]}");
    assert_false(b.overflow);
    return buffer_take(&b);
}

static void a_long_list_is_taken_whole(void **state)
{
    (void)state;
    static const char *const types[] = { whole_type, lines_type };
    for (unsigned i = 0; i < 2; i++) {
        char *body =
            many(types[i], i ? "l" : "j", "{\"kind\":\"noop\",\"args\":{\"payload\":\"\xc3\xa9 \\u00e9\\n\"}}");
        static const char *const keys[] = { "Idempotency-Key: j\r\n", "Idempotency-Key: l\r\n" };
        json_auto_t *made = ask("/api/v1/batches", types[i], keys[i], body, 201);
        json_auto_t *again = ask("/api/v1/batches", types[i], keys[i], body, 200);
        assert_int_equal(json_integer_value(json_object_get(made, "jobs")), MANY + 1);
        assert_true(json_equal(json_object_get(made, "id"), json_object_get(again, "id")));
        free(body);
    }
    assert_int_equal(count_of("SELECT count(*) FROM argosy.job WHERE kind = 'noop'"), 2 * (MANY + 1));
    assert_int_equal(count_of("SELECT count(*) FROM argosy.job WHERE args ->> 'payload' = E'\\u00e9 \\u00e9\\n'"), 2);
}

static void the_first_that_is_wrong_is_named_and_none_is_taken(void **state)
{
    (void)state;
    static const char wrong[] = "{\"kind\":\"noop\",\"args\":{\"sleep_ms\":\"soon\"}}", batches[] = "/api/v1/batches";
    json_int_t before = count_of("SELECT count(*) FROM argosy.job");
    char *json = many(whole_type, "w", wrong), *lines = many(lines_type, "w", wrong),
         *cut = many(lines_type, "w", "{\"kind\":");
    char line[32];
    snprintf(line, sizeof line, "ine %d", MANY + 2);
    json_auto_t *told = ask(batches, whole_type, "", json, 400);
    char path[64];
    snprintf(path, sizeof path, "/jobs/%d/args/sleep_ms", MANY);
    const json_t *first = json_array_get(json_object_get(told, "details"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "path")), path);
    assert_problem(batches, lines_type, lines, 400, "invalid_arguments", line);
    assert_problem(batches, lines_type, cut, 400, "invalid_json", line);
    assert_problem(batches, lines_type, "{\"name\":\"a\"}\n", 400, "invalid_option", "at least one job");
    assert_problem(batches, lines_type, "{\"kind\":\"noop\"}\n{\"kind\":\"noop\"}", 400, "invalid_option", "kind");
    assert_problem(batches, lines_type, "", 400, "invalid_json", "empty");
    assert_problem(batches, whole_type, "{\"name\":\"a\",\"jobs\":{}}", 400, "invalid_option", "must be a list");
    assert_problem(batches, "text/plain", "{}", 400, "invalid_content_type", "x-ndjson");
    assert_int_equal(count_of("SELECT count(*) FROM argosy.job"), before);
    free(json);
    free(lines);
    free(cut);
}

static void jobs_a_line(void **state)
{
    (void)state;
    json_auto_t *made =
        ask("/api/v1/jobs", lines_type, "", "{\"kind\":\"noop\"}\n\n{\"kind\":\"noop\",\"queue\":\"z\"}", 201);
    assert_int_equal(json_array_size(json_object_get(made, "ids")), 2);
    assert_int_equal(
        count_of("SELECT count(*) FROM argosy.job j JOIN argosy.lane l ON l.id = j.lane WHERE l.queue = 'z'"), 1);
    assert_problem("/api/v1/jobs", lines_type, "{\"kind\":\"noop\"}\n{\"kind\":\"nope\"}", 400, "unknown_kind",
                   "line 2");
    assert_problem("/api/v1/jobs", lines_type, "\n\n", 400, "invalid_option", "must be a list");
}

/* Some go away in the middle. */
static void many_at_once_and_some_go_away(void **state)
{
    (void)state;
    enum { CLIENTS = 6 };
    struct wire clients[CLIENTS];
    json_int_t before = count_of("SELECT count(*) FROM argosy.job");
    char *body = many(lines_type, "c", "{\"kind\":\"noop\"}");
    for (unsigned i = 0; i < CLIENTS; i++)
        post(&clients[i], "/api/v1/batches", lines_type, "", body);
    struct wire_answer alive = wire_ask(front.port, "GET", "/healthz", NULL, NULL);
    assert_int_equal(alive.status, 200);
    wire_answer_finish(&alive);
    for (unsigned i = 0; i < CLIENTS; i += 2)
        wire_close(&clients[i]);
    for (unsigned i = 1; i < CLIENTS; i += 2)
        json_decref(answer_of(&clients[i], 201));
    json_int_t taken = count_of("SELECT count(*) FROM argosy.job") - before;
    assert_true(taken >= CLIENTS / 2 * (MANY + 1) && taken % (MANY + 1) == 0);
    free(body);
}

/* stop() then finds the gateway in the middle of them; it must end in order. */
static void lists_are_under_way_when_the_gateway_is_stopped(void **state)
{
    (void)state;
    char *body = many(lines_type, "s", "{\"kind\":\"noop\"}");
    for (unsigned i = 0; i < LEFT; i++)
        post(&left[i], "/api/v1/batches", lines_type, "", body);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_list_is_taken_whole),
        cmocka_unit_test(the_first_that_is_wrong_is_named_and_none_is_taken),
        cmocka_unit_test(jobs_a_line),
        cmocka_unit_test(many_at_once_and_some_go_away),
        cmocka_unit_test(lists_are_under_way_when_the_gateway_is_stopped),
    };
    return cmocka_run_group_tests(tests, front_setup, stop);
}
