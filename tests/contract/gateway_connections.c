/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gateway_connections.c - /api/v1/connections on a real record: what is refused, what is sealed, who waits for a probe.
 * The probes' slots are this test: it ends their jobs by the record's own functions.
 */
#include <jansson.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/support/front.h"
#include "tests/support/wire.h"

static const char secret[] = "s3al-me-well";
static json_int_t shop; /* the first connection */

static int start(void **state)
{
    (void)front_setup(state);
    (void)front_value(&front, "SELECT argosy.worker_enlist('w', 'h', 1, 'v', '{\"probe\":9,\"discovery\":99}', 4, "
                              "'postgres', NULL)");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (front.pid != 0)
        front_stop(&front);
    return 0;
}

/* The answer has that status, and never holds a password. */
static json_t *call(unsigned status, const char *method, const char *body, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static json_t *call(unsigned status, const char *method, const char *body, const char *format, ...)
{
    char path[200] = "/api/v1/connections";
    va_list args;
    va_start(args, format);
    (void)vsnprintf(path + strlen(path), sizeof path - strlen(path), format, args);
    va_end(args);
    struct wire_answer a = wire_ask(front.port, method, path, FRONT_AUTH, body);
    if (a.body != NULL && strstr(a.body, secret) != NULL)
        fail_msg("the password is in %s", a.body);
    if (a.status != status)
        fail_msg("%s %s: %u, not %u: %s", method, path, a.status, status, a.body != NULL ? a.body : "");
    return front_take(a, status);
}

static void refused(const char *code, unsigned status, const char *method, const char *body, const char *path)
{
    json_auto_t *answer = call(status, method, body, "%s", path);
    assert_string_equal(json_string_value(json_object_get(answer, "error_code")), code);
}

static json_int_t id_of(const json_t *answer)
{
    return json_integer_value(json_object_get(answer, "id"));
}

static json_int_t made(const char *body)
{
    json_auto_t *answer = call(201, "POST", body, "/from-url");
    return id_of(answer);
}

static void bad_input_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path, *body, *code;
    } cases[] = {
        { "/from-url", "{}", "invalid_url" },
        { "/from-url", "{\"url\":7}", "invalid_url" },
        { "/from-url", "{\"url\":\"ftp://h/d\"}", "unknown_scheme" },
        { "/from-url", "{\"url\":\"sqlite:/etc/passwd\"}", "upload_needed" },
        { "/from-url", "{\"url\":\"postgresql://a:b@c@h/d\"}", "bad_url" },
        { "/from-url", "{\"url\":\"postgresql://h/d\",\"colour\":1}", "invalid_option" },
        { "/from-url", "{\"url\":\"postgresql://h/d\",\"name\":\"\"}", "invalid_name" },
        { "/from-url", "{\"url\":\"postgresql://h/d\",\"password\":5}", "invalid_option" },
        { "/from-url", "{\"url\":\"postgresql://h/d\",\"analyze\":1}", "invalid_option" },
        { "/from-url", "{\"url\":\"postgresql://h/d\",\"reanalyze_hours\":-1}", "invalid_option" },
        { "/from-url", "{\"url\":\"postgresql://h/d\",\"reanalyze_hours\":90000}", "invalid_option" },
        { "", "{\"name\":\"u\",\"upload\":1,\"reanalyze_hours\":5}", "invalid_option" },
        { "", "{\"name\":\"u\",\"upload\":1,\"dialect\":\"cobol\"}", "invalid_dialect" },
        { "", "{\"name\":\"u\",\"upload\":1,\"url\":\"postgresql://h/d\"}", "invalid_url" },
        { "", "{\"name\":\"u\",\"upload\":987654}", "unknown_upload" },
        { "/test", "{\"url\":\"sqlite:x\"}", "upload_needed" },
        { "/test?wait_s=61", "{\"url\":\"postgresql://h/d\"}", "invalid_filter" },
        { "/x/test", "{}", "invalid_id" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(cases[i].code, 400, "POST", cases[i].body, cases[i].path);
    refused("invalid_filter", 400, "GET", NULL, "?status=happy");
    refused("invalid_filter", 400, "GET", NULL, "?status=ready%20error");
    refused("invalid_filter", 400, "GET", NULL, "?limit=501");
    refused("invalid_cursor", 400, "GET", NULL, "?cursor=x");
    refused("not_found", 404, "GET", NULL, "/424242");
    refused("not_found", 404, "PATCH", "{\"name\":\"n\"}", "/424242");
    refused("not_found", 404, "DELETE", NULL, "/424242");
    refused("not_found", 404, "POST", "{}", "/424242/reanalyze");
    refused("not_found", 404, "POST", "{}", "/424242/test");
    assert_string_equal(front_value(&front, "SELECT count(*) FROM argosy.connection"), "0");
    assert_string_equal(front_value(&front, "SELECT count(*) FROM argosy.job"), "0");
}

static void nobody_comes_in_without_a_key(void **state)
{
    (void)state;
    static const char *const paths[] = { "/from-url", "/test", "/1/test", "/1/reanalyze", "" };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char path[80];
        (void)snprintf(path, sizeof path, "/api/v1/connections%s", paths[i]);
        front_problem(wire_ask(front.port, "POST", path, NULL, "{\"url\":\"postgresql://h/d\"}"), 401, "no_key");
    }
    front_problem(wire_ask(front.port, "DELETE", "/api/v1/connections/1", NULL, NULL), 401, "no_key");
}

static void one_address_is_connected_once(void **state)
{
    (void)state;
    static const char *const same[] = { "postgres://u@DB.example.com:5432/shop",
                                        "postgresql://u:other@db.example.com/shop",
                                        "postgresql://u@db.example.com/shop" };
    static const char *const others[] = { "postgresql://v@db.example.com/shop", "postgresql://u@db.example.com/Shop",
                                          "postgresql://u@db.example.com:5433/shop", "mysql://u@db.example.com/shop",
                                          "postgresql://u@db.example.com/shop?sslmode=require" };
    char body[200];
    (void)snprintf(body, sizeof body, "{\"url\":\"postgresql://u:%s@db.example.com/shop\"}", secret);
    json_auto_t *first = call(201, "POST", body, "/from-url");
    shop = id_of(first);
    assert_string_equal(json_string_value(json_object_get(first, "name")), "shop at db.example.com");
    assert_string_equal(json_string_value(json_object_get(first, "url")), "postgresql://u@db.example.com/shop");
    assert_true(json_is_true(json_object_get(first, "has_secret")));
    assert_int_equal(json_integer_value(json_object_get(first, "reanalyze_hours")), 168);
    assert_true(json_is_string(json_object_get(first, "next_analysis")));
    assert_string_equal(
        front_value(&front, "SELECT kind || ((args ->> 'source')::bigint - %lld) FROM argosy.job WHERE id = %lld",
                    (long long)shop, (long long)json_integer_value(json_object_get(first, "job"))),
        "discovery0");
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        (void)snprintf(body, sizeof body, "{\"url\":\"%s\"}", same[i]);
        json_auto_t *answer = call(409, "POST", body, "/from-url");
        assert_string_equal(json_string_value(json_object_get(answer, "error_code")), "connection_exists");
        assert_int_equal(json_integer_value(json_object_get(json_object_get(answer, "details"), "connection")),
                         id_of(first));
        assert_non_null(strstr(json_string_value(json_object_get(answer, "message")), "shop at db.example.com"));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        (void)snprintf(body, sizeof body, "{\"url\":\"%s\",\"analyze\":false}", others[i]);
        (void)made(body);
    }
    assert_string_equal(front_value(&front, "SELECT count(*) FROM argosy.schedule"), "1");
    /* what the record holds is not the password */
    assert_string_equal(front_value(&front,
                                    "SELECT count(*) FROM argosy.connection c WHERE c::text LIKE '%%%s%%' OR "
                                    "position('%s'::bytea in coalesce(secret, '')) > 0",
                                    secret, secret),
                        "0");
}

static void pages_and_statuses(void **state)
{
    (void)state;
    json_int_t last = INT64_MAX, count = 0;
    char path[60] = "?limit=2";
    for (;;) {
        json_auto_t *page = call(200, "GET", NULL, "%s", path);
        size_t i;
        json_t *item;
        json_array_foreach(json_object_get(page, "connections"), i, item)
        {
            assert_true(id_of(item) < last);
            last = id_of(item);
            count++;
        }
        const char *next = json_string_value(json_object_get(page, "next"));
        if (next == NULL)
            break;
        (void)snprintf(path, sizeof path, "?limit=2&cursor=%s", next);
    }
    assert_int_equal(count, strtoll(front_value(&front, "SELECT count(*) FROM argosy.connection"), NULL, 10));
    (void)front_value(&front, "UPDATE argosy.connection SET state = 'error', error_code = 'x' WHERE id = %lld",
                      (long long)shop);
    json_auto_t *broken = call(200, "GET", NULL, "?status=error");
    assert_int_equal(json_array_size(json_object_get(broken, "connections")), 1);
    assert_int_equal(id_of(json_array_get(json_object_get(broken, "connections"), 0)), shop);
}

static void changes(void **state)
{
    (void)state;
    char body[200];
    (void)snprintf(body, sizeof body, "{\"url\":\"mysql://u@h/changing\",\"password\":\"%s\",\"analyze\":false}",
                   secret);
    json_int_t id = made(body);
    json_auto_t *a = call(200, "PATCH", "{\"name\":\"x\",\"reanalyze_hours\":24}", "/%lld", (long long)id);
    assert_true(json_is_true(json_object_get(a, "has_secret")));
    assert_true(json_is_string(json_object_get(a, "next_analysis")));
    json_auto_t *b = call(200, "PATCH", "{\"url\":\"mysql://u@elsewhere/changing\"}", "/%lld", (long long)id);
    assert_false(json_is_true(json_object_get(b, "has_secret"))); /* no password goes to another host */
    json_auto_t *c = call(200, "PATCH", "{\"password\":\"new\"}", "/%lld", (long long)id);
    assert_true(json_is_true(json_object_get(c, "has_secret")));
    json_auto_t *d = call(200, "PATCH", "{\"password\":null,\"reanalyze_hours\":0}", "/%lld", (long long)id);
    assert_false(json_is_true(json_object_get(d, "has_secret")));
    assert_true(json_is_null(json_object_get(d, "next_analysis")));
    json_auto_t *e = call(409, "PATCH", "{\"url\":\"postgres://u@db.example.com/shop\"}", "/%lld", (long long)id);
    assert_string_equal(json_string_value(json_object_get(e, "error_code")), "connection_exists");
    json_auto_t *f = call(409, "DELETE", NULL, "/%lld", (long long)shop); /* its analysis waits */
    assert_string_equal(json_string_value(json_object_get(f, "error_code")), "connection_in_use");
    json_auto_t *g = call(200, "DELETE", NULL, "/%lld", (long long)id);
    assert_true(json_is_true(json_object_get(g, "removed")));
    json_auto_t *h = call(404, "DELETE", NULL, "/%lld", (long long)id);
    assert_non_null(h);
}

/* ---- probes ---- */

static int64_t newest_probe(int64_t after)
{
    for (int i = 0; i < 12000; i++) {
        int64_t id = strtoll(front_value(&front, "SELECT max(id) FROM argosy.job_live WHERE kind = 'probe'"), NULL, 10);
        if (id > after)
            return id;
        (void)nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
    }
    fail_msg("no probe was submitted");
    return 0;
}

/* As a worker would. */
static void answer_probe(int64_t job, const char *result)
{
    (void)front_value(&front, "SELECT d.id FROM argosy.job_live l, argosy.dispatch(l.lane, 9, 1) d WHERE l.id = %lld",
                      (long long)job);
    (void)front_value(
        &front,
        "SELECT argosy.finish(1, ARRAY[%lld]::bigint[], ARRAY[(SELECT epoch FROM argosy.job_live WHERE id "
        "= %lld)], ARRAY['%s'], '{5}')",
        (long long)job, (long long)job, result);
}

static void ask_probe(struct wire *c, const char *path, const char *body)
{
    wire_open(c, front.port);
    wire_text(c,
              "POST /api/v1/connections%s HTTP/1.1\r\nHost: x\r\n%sContent-Type: application/json\r\n"
              "Content-Length: %zu\r\n\r\n%s",
              path, FRONT_AUTH, strlen(body), body);
}

static void a_probe_is_waited_for(void **state)
{
    (void)state;
    struct wire c;
    char body[200];
    (void)snprintf(body, sizeof body, "/%lld/test?wait_s=60", (long long)shop);
    ask_probe(&c, body, "{}");
    int64_t first = newest_probe(0);
    answer_probe(first, "{\"reachable\":true,\"server_version\":\"15\"}");
    json_auto_t *known = front_take(wire_read(&c), 200);
    wire_close(&c);
    assert_true(json_is_true(json_object_get(known, "reachable")));
    assert_int_equal(json_integer_value(json_object_get(known, "job")), first);
    assert_int_equal(json_integer_value(json_object_get(known, "connection")), shop);

    (void)snprintf(body, sizeof body, "{\"url\":\"postgresql://u:%s@h/d\"}", secret);
    ask_probe(&c, "/test?wait_s=60", body);
    int64_t tried = newest_probe(first);
    assert_string_equal(front_value(&front, "SELECT url || (secret IS NOT NULL) FROM argosy.connection_trial"),
                        "postgresql://u@h/dtrue");
    answer_probe(tried, "{\"reachable\":false,\"error\":{\"error_code\":\"login_refused\"}}");
    json_auto_t *unknown = front_take(wire_read(&c), 200);
    wire_close(&c);
    assert_null(json_object_get(unknown, "connection"));
    assert_string_equal(front_value(&front, "SELECT count(*) FROM argosy.connection_trial"), "0");
    assert_string_equal(front_value(&front, "SELECT count(*) FROM argosy.job WHERE args::text LIKE '%%%s%%'", secret),
                        "0");

    json_auto_t *later = call(202, "POST", "{}", "/%lld/test?wait_s=0", (long long)shop);
    assert_true(json_is_null(json_object_get(later, "reachable")));
    assert_true(json_integer_value(json_object_get(later, "job")) > tried);
}

/* Last: the gateway ends while one waits. */
static void the_end_of_the_gateway_is_told(void **state)
{
    (void)state;
    struct wire c;
    char path[60];
    int64_t before = newest_probe(0);
    (void)snprintf(path, sizeof path, "/%lld/test?wait_s=60", (long long)shop);
    ask_probe(&c, path, "{}");
    (void)newest_probe(before);
    front_stop(&front);
    front.pid = 0;
    struct wire_answer a = wire_read(&c);
    assert_int_equal(a.status, 503);
    wire_answer_finish(&a);
    wire_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input_is_refused),
        cmocka_unit_test(nobody_comes_in_without_a_key),
        cmocka_unit_test(one_address_is_connected_once),
        cmocka_unit_test(pages_and_statuses),
        cmocka_unit_test(changes),
        cmocka_unit_test(a_probe_is_waited_for),
        cmocka_unit_test(the_end_of_the_gateway_is_told),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
