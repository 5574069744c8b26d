/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sql_resolve.c - names of hosts in a session's URL: looked up off the loop, those that lead nowhere passed over, said
 * when none leads anywhere, let go of when the session is closed meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/record.h"

static struct record record;
static char url[700], why[ERROR_MESSAGE_SIZE];
static bool is_up, closed;

static void on_state(void *arg, bool up, const struct error *e)
{
    (void)arg;
    is_up = up;
    if (e != NULL)
        snprintf(why, sizeof why, "%s", e->message);
}

static void on_closed(void *arg)
{
    (void)arg;
    closed = true;
}

/* hosts: put before the socket's folder, or alone. */
static struct session *open_session(const char *hosts, const char *ports, bool alone)
{
    char folder[400];
    assert_int_equal(sscanf(strstr(record.url, "host="), "host=%399s", folder), 1);
    const char *dbname = strstr(record.url, "dbname="), *user = strstr(record.url, "user=");
    assert_non_null(dbname);
    assert_non_null(user);
    snprintf(url, sizeof url, "host=%s%s%s port=%s %.*s %.*s", hosts, alone ? "" : ",", alone ? "" : folder, ports,
             (int)strcspn(dbname, " "), dbname, (int)strcspn(user, " "), user);
    const struct session_config config = {
        .loop = &record.loop, .url = url, .application = "test", .on_state = on_state
    };
    is_up = closed = false;
    *why = '\0';
    return session_create(&config);
}

static void finish(struct session *s)
{
    session_close(s, on_closed, NULL);
    while (!closed)
        uv_run(&record.loop, UV_RUN_ONCE);
}

static void the_next_host_is_tried(void **state)
{
    (void)state;
    static const char *const first[] = { "localhost", "no..name", "127.0.0.1" }; /* port 1: nobody is there */
    for (unsigned i = 0; i < sizeof first / sizeof first[0]; i++) {
        struct session *s = open_session(first[i], "1,5432", false);
        while (!is_up)
            uv_run(&record.loop, UV_RUN_ONCE);
        finish(s);
    }
}

static void a_name_that_leads_nowhere_is_said(void **state)
{
    (void)state;
    struct session *s = open_session("no..name", "5432", true);
    while (*why == '\0')
        uv_run(&record.loop, UV_RUN_ONCE);
    assert_non_null(strstr(why, "no..name"));
    assert_false(is_up);
    finish(s);
}

static void a_close_does_not_wait_for_the_lookup(void **state)
{
    (void)state;
    for (unsigned turns = 0; turns < 4; turns++) {
        struct session *s = open_session("localhost", "1", true);
        for (unsigned i = 0; i < turns; i++)
            uv_run(&record.loop, UV_RUN_NOWAIT);
        finish(s);
    }
}

static int start(void **state)
{
    (void)state;
    record_start(&record);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    record_finish(&record);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_host_is_tried),
        cmocka_unit_test(a_name_that_leads_nowhere_is_said),
        cmocka_unit_test(a_close_does_not_wait_for_the_lookup),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
