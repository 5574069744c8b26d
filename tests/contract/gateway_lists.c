/* SPDX-License-Identifier: Apache-2.0 */
/* gateway_lists.c - lists come in pages, each behind the one before: no row is left out or comes twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/front.h"
#include "tests/support/wire.h"

static void jobs_go_on_by_cursor(void **state)
{
    (void)state;
    json_decref(front_take(front_ask("POST", "/api/v1/jobs",
                                     "{\"jobs\":[{\"kind\":\"noop\",\"queue\":\"paged\"},{\"kind\":\"noop\",\"queue\":"
                                     "\"paged\"},{\"kind\":\"noop\",\"queue\":\"paged\"}]}"),
                           201));
    char path[120] = "/api/v1/jobs?queue=paged&limit=2";
    unsigned seen = 0;
    json_int_t before = INT64_MAX;
    for (bool more = true; more;) {
        json_auto_t *page = front_take(front_ask("GET", path, NULL), 200);
        json_t *job;
        size_t i;
        json_array_foreach(json_object_get(page, "jobs"), i, job)
        {
            json_int_t id = json_integer_value(json_object_get(job, "id"));
            assert_true(id < before);
            before = id;
            seen++;
        }
        const char *next = json_string_value(json_object_get(page, "next"));
        more = next != NULL;
        snprintf(path, sizeof path, "/api/v1/jobs?queue=paged&limit=2&cursor=%s", next ? next : "");
    }
    assert_int_equal(seen, 3);
}

/* Rows of a list, two a page; each page goes on behind the one before. */
static unsigned rows_by_twos(const char *list, const char *member)
{
    char path[200];
    unsigned rows = 0;
    mem_auto char *last = mem_text("");
    (void)snprintf(path, sizeof path, "%s?limit=2", list);
    for (bool more = true; more;) {
        json_auto_t *page = front_take(front_ask("GET", path, NULL), 200);
        const json_t *part = json_object_get(page, member);
        assert_true(json_is_array(part) && json_array_size(part) <= 2);
        rows += (unsigned)json_array_size(part);
        const char *next = json_string_value(json_object_get(page, "next"));
        more = next != NULL;
        if (more)
            assert_string_not_equal(next, last);
        (void)snprintf(path, sizeof path, "%s?limit=2&cursor=%s", list, more ? next : "");
        free(last);
        last = mem_text(more ? next : "");
    }
    return rows;
}

static void names_go_on_by_cursor(void **state)
{
    (void)state;
    static const char *const limits[] = { "queue/a", "queue/b", "tenant/a", "tenant/*", "kind/noop", "connection/*" };
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        char path[60];
        (void)snprintf(path, sizeof path, "/api/v1/limits/%s", limits[i]);
        json_decref(front_take(front_ask("PUT", path, "{\"running_max\":5}"), 200));
    }
    for (char tenant = 'a'; tenant <= 'e'; tenant++) {
        char path[60];
        (void)snprintf(path, sizeof path, "/api/v1/tenants/%c", tenant);
        json_decref(front_take(front_ask("PUT", path, "{\"weight\":2}"), 200));
    }
    assert_int_equal(rows_by_twos("/api/v1/limits", "limits"),
                     strtoul(front_value(&front, "SELECT count(*) FROM argosy.limit"), NULL, 10));
    assert_int_equal(rows_by_twos("/api/v1/tenants", "tenants"), 5);
    front_problem(front_ask("GET", "/api/v1/limits?limit=0", NULL), 400, "invalid_filter");
    front_problem(front_ask("GET", "/api/v1/tenants?limit=501", NULL), 400, "invalid_filter");
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        char path[60];
        (void)snprintf(path, sizeof path, "/api/v1/limits/%s", limits[i]);
        struct wire_answer removed = front_ask("DELETE", path, NULL);
        assert_int_equal(removed.status, 204);
        wire_answer_finish(&removed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_go_on_by_cursor),
        cmocka_unit_test(names_go_on_by_cursor),
    };
    return cmocka_run_group_tests(tests, front_setup, front_teardown);
}
