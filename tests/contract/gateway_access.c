/* SPDX-License-Identifier: Apache-2.0 */
/* gateway_access.c - who comes in: keys, cookies, pages of others, guesses. */
#include <fcntl.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "tests/support/front.h"
#include "tests/support/server.h"
#include "tests/support/wire.h"

static void who_comes_in(void **state)
{
    (void)state;
    front_problem(wire_ask(front.port, "GET", "/api/v1/jobs", NULL, NULL), 401, "no_key");
    front_problem(wire_ask(front.port, "GET", "/api/v1/jobs?key=" FRONT_KEY, NULL, NULL), 401, "no_key");
    front_problem(wire_ask(front.port, "GET", "/api/v1/jobs", "Authorization: Bearer wrong\r\n", NULL), 401,
                  "invalid_key");
    front_problem(wire_ask(front.port, "GET", "/metrics", NULL, NULL), 401, "no_key");
    front_problem(wire_ask(front.port, "GET", "/api/v1/events", NULL, NULL), 401, "no_key");
    static const char *const open[] = { "/healthz", "/readyz", "/", "/app.js", "/style.css" };
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++) {
        struct wire_answer a = wire_ask(front.port, "GET", open[i], NULL, NULL);
        assert_int_equal(a.status, 200);
        wire_answer_finish(&a);
    }
}

static void a_cookie_changes_things_only_from_our_own_page(void **state)
{
    (void)state;
    front_problem(wire_ask(front.port, "POST", "/api/v1/session", NULL, "{\"key\":\"wrong\"}"), 401, "invalid_key");
    front_problem(wire_ask(front.port, "POST", "/api/v1/session", "Sec-Fetch-Site: cross-site\r\n",
                           "{\"key\":\"" FRONT_KEY "\"}"),
                  403, "foreign_origin");
    struct wire_answer a = wire_ask(front.port, "POST", "/api/v1/session", NULL, "{\"key\":\"" FRONT_KEY "\"}");
    assert_int_equal(a.status, 201);
    assert_non_null(strstr(a.head, "; HttpOnly; SameSite=Strict;"));
    char cookie[128], headers[512];
    assert_int_equal(sscanf(strstr(a.head, "argosy_session="), "%127[^;]", cookie), 1);
    assert_string_equal(front_value(&front, "SELECT count(*) FROM argosy.session WHERE encode(hash, 'hex') = '%s'",
                                    strchr(cookie, '=') + 1),
                        "0"); /* only its digest is kept */
    wire_answer_finish(&a);
    snprintf(headers, sizeof headers, "Cookie: x=1; %s\r\n", cookie);
    json_decref(front_take(wire_ask(front.port, "GET", "/api/v1/jobs", headers, NULL), 200));
    front_problem(wire_ask(front.port, "POST", "/api/v1/jobs", headers, "{\"kind\":\"noop\"}"), 403, "foreign_origin");
    snprintf(headers, sizeof headers, "Cookie: %s\r\nOrigin: http://evil\r\n", cookie);
    front_problem(wire_ask(front.port, "POST", "/api/v1/jobs", headers, "{\"kind\":\"noop\"}"), 403, "foreign_origin");
    snprintf(headers, sizeof headers, "Cookie: %s\r\nOrigin: http://localhost\r\n", cookie);
    (void)front_id(wire_ask(front.port, "POST", "/api/v1/jobs", headers, "{\"kind\":\"noop\"}"), 201);
    a = wire_ask(front.port, "DELETE", "/api/v1/session", headers, NULL);
    assert_int_equal(a.status, 204);
    wire_answer_finish(&a);
    front_problem(wire_ask(front.port, "GET", "/api/v1/jobs", headers, NULL), 401, "invalid_key");
}

static void metrics_are_prometheus_text(void **state)
{
    (void)state;
    struct wire_answer a = wire_ask(front.port, "GET", "/metrics", FRONT_AUTH, NULL);
    assert_int_equal(a.status, 200);
    assert_non_null(strstr(a.body, "\nargosy_database_up 1\n"));
    assert_non_null(strstr(a.body, "\nargosy_jobs_submitted_total "));
    assert_non_null(strstr(a.body, "\nargosy_http_requests_total{status=\"2xx\"} "));
    wire_answer_finish(&a);
}

/* Last: afterwards this address is not let in with an unknown key for a while. */
static void guessing_is_slowed_down(void **state)
{
    (void)state;
    struct wire_answer a = { 0 };
    for (unsigned turn = 0; turn < 40 && a.status != 429; turn++) {
        char header[64];
        wire_answer_finish(&a);
        snprintf(header, sizeof header, "Authorization: Bearer guess%u\r\n", turn);
        a = wire_ask(front.port, "GET", "/api/v1/jobs", header, NULL);
    }
    assert_non_null(strstr(a.head, "Retry-After: "));
    front_problem(a, 429, "too_many_failures");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_comes_in),
        cmocka_unit_test(a_cookie_changes_things_only_from_our_own_page),
        cmocka_unit_test(metrics_are_prometheus_text),
        cmocka_unit_test(guessing_is_slowed_down),
    };
    return cmocka_run_group_tests(tests, front_setup, front_teardown);
}
