/* SPDX-License-Identifier: Apache-2.0 */
/* gateway_dlq.c - dead letters by REST on a real record: what is refused, pages, a replay that goes on, hidden
 * arguments. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/front.h"
#include "tests/support/wire.h"

static void what_can_not_be_is_refused(void **state)
{
    (void)state;
    static const char replay[] = "/api/v1/dlq/replay", purge[] = "/api/v1/dlq/purge";
    static const struct {
        const char *path, *body, *code;
    } rows[] = {
        { replay, "{}", "invalid_option" },
        { purge, "{}", "invalid_option" },
        { replay, "{\"jobs\":[]}", "invalid_option" },
        { replay, "{\"jobs\":[\"1\"]}", "invalid_option" },
        { replay, "{\"jobs\":[0]}", "invalid_option" },
        { replay, "{\"jobs\":1}", "invalid_option" },
        { replay, "{\"jobs\":[1],\"filter\":{}}", "invalid_option" },
        { replay, "{\"filter\":[]}", "invalid_option" },
        { replay, "{\"filter\":{},\"more\":1}", "invalid_option" },
        { replay, "{\"filter\":{},\"limit\":0}", "invalid_option" },
        { replay, "{\"filter\":{},\"limit\":501}", "invalid_option" },
        { replay, "{\"filter\":{},\"after\":\"x\"}", "invalid_option" },
        { replay, "{\"filter\":{},\"upto\":-1}", "invalid_option" },
        { replay, "{\"filter\":{},\"dry_run\":\"yes\"}", "invalid_option" },
        { purge, "{\"filter\":{\"kind\":\"a'b\"}}", "invalid_filter" },
        { purge, "{\"filter\":{\"kind\":7}}", "invalid_filter" },
        { purge, "{\"filter\":{\"since\":\"yesterday\"}}", "invalid_filter" },
        { purge, "{\"filter\":{\"sins\":\"a\"}}", "invalid_filter" },
        { purge, "{\"filter\":{\"quarantined\":\"perhaps\"}}", "invalid_filter" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        front_problem(front_ask("POST", rows[i].path, rows[i].body), 400, rows[i].code);
    }
    static const char *const queries[] = { "limit=0",    "limit=501",  "cursor=x",         "since=soon",
                                           "before=now", "kind=a%27b", "quarantined=maybe" };
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "/api/v1/dlq?%s", queries[i]);
        front_problem(front_ask("GET", path, NULL), 400, "invalid_filter");
    }
}

/* Seven jobs that failed, as the record would hold them. */
static void fail_seven(void)
{
    (void)front_value(&front,
                      "SELECT count(argosy.submit('noop', '{\"hidden\":\"Mrkr-5521\"}')) FROM generate_series(1, 7)");
    (void)front_value(
        &front,
        "SELECT argosy.job_end(array_agg(id ORDER BY id), 6, array_agg(argosy.fate('fatal', 'planted', 'planted') "
        "ORDER BY id), 1) FROM (SELECT id FROM argosy.job_live ORDER BY id FOR UPDATE) l");
}

static void pages_and_replays_go_on_where_they_were(void **state)
{
    (void)state;
    fail_seven();
    json_auto_t *first = front_take(front_ask("GET", "/api/v1/dlq?limit=5&code=planted", NULL), 200);
    assert_int_equal(json_array_size(json_object_get(first, "dead")), 5);
    char path[128];
    snprintf(path, sizeof path, "/api/v1/dlq?limit=5&cursor=%s", json_string_value(json_object_get(first, "next")));
    json_auto_t *second = front_take(front_ask("GET", path, NULL), 200);
    assert_int_equal(json_array_size(json_object_get(second, "dead")), 2);
    assert_true(json_is_null(json_object_get(second, "next")));
    char *page = json_dumps(first, 0);
    assert_null(strstr(page, "Mrkr-5521"));
    free(page);

    json_auto_t *some =
        front_take(front_ask("POST", "/api/v1/dlq/replay",
                             "{\"filter\":{\"kind\":\"noop\",\"since\":\"2020-01-01T00:00:00Z\"},\"limit\":4}"),
                   200);
    assert_int_equal(json_array_size(json_object_get(some, "jobs")), 4);
    json_auto_t *body = json_pack("{s:{}, s:O, s:O}", "filter", "after", json_object_get(some, "next"), "upto",
                                  json_object_get(some, "upto"));
    char *text = json_dumps(body, 0);
    json_auto_t *rest = front_take(front_ask("POST", "/api/v1/dlq/replay", text), 200);
    free(text);
    assert_int_equal(json_array_size(json_object_get(rest, "jobs")), 3);
    assert_true(json_is_null(json_object_get(rest, "next")));
    assert_string_equal(front_value(&front, "SELECT count(*) FROM argosy.job_live"), "7");

    char job[64];
    snprintf(job, sizeof job, "/api/v1/jobs/%s", front_value(&front, "SELECT min(id) FROM argosy.job_live"));
    json_auto_t *shown = front_take(front_ask("GET", job, NULL), 200);
    assert_string_equal(json_string_value(json_object_get(json_object_get(shown, "args"), "hidden")), "***");
    json_auto_t *none = front_take(front_ask("GET", "/api/v1/dlq", NULL), 200);
    assert_int_equal(json_array_size(json_object_get(none, "dead")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_not_be_is_refused),
        cmocka_unit_test(pages_and_replays_go_on_where_they_were),
    };
    return cmocka_run_group_tests(tests, front_setup, front_teardown);
}
