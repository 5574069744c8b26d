/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sql_session.c - a session calls back once for each call, whatever happens: refused statements beside good ones, a
 * server that dies under way, deadlines while it is away, a full queue, a close from inside a callback; and it hears
 * NOTIFY again afterwards.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "sql/pool.h"
#include "tests/support/record.h"
#include "tests/support/server.h"

enum { CALLS = 200 };

static struct record record;
static unsigned answered, good, full, away, notified, ups, downs;
static char last_code[64];
static bool closed;
static struct session *closing;

static void on_state(void *arg, bool up, const struct error *e)
{
    (void)arg;
    assert_true(up == (e == NULL));
    ups += up;
    downs += !up;
}

static void on_notify(void *arg, const char *channel, const char *payload)
{
    (void)arg;
    assert_string_equal(channel, "test Channel");
    assert_string_equal(payload, "hello");
    notified++;
}

static void on_closed(void *arg)
{
    (void)arg;
    closed = true;
}

static void on_result(void *arg, const struct result *result, const struct error *e)
{
    (void)arg;
    answered++;
    assert_true((result == NULL) == (e != NULL));
    good += result != NULL;
    if (e != NULL)
        snprintf(last_code, sizeof last_code, "%s", e->code);
    full += e != NULL && strcmp(e->code, "queue_full") == 0;
    away += e != NULL && strcmp(e->code, "database_unavailable") == 0;
    if (closing != NULL) {
        session_close(closing, on_closed, NULL);
        closing = NULL;
    }
}

static struct session *open_session(unsigned queue_max, bool listen)
{
    static const char *const channels[] = { "test Channel", NULL };
    const struct session_config config = { .loop = &record.loop,
                                           .url = record.url,
                                           .application = "test",
                                           .queue_max = queue_max,
                                           .channels = listen ? channels : NULL,
                                           .on_state = on_state,
                                           .on_notify = on_notify };
    answered = good = full = away = notified = ups = downs = 0;
    closed = false;
    return session_create(&config);
}

static void turn_until(const unsigned *counter, unsigned value)
{
    while (*counter < value)
        uv_run(&record.loop, UV_RUN_ONCE);
}

static void finish(struct session *s)
{
    session_close(s, on_closed, NULL);
    while (!closed)
        uv_run(&record.loop, UV_RUN_ONCE);
}

static void ask(struct session *s, const char *statement, const char *parameter)
{
    const struct sql_param params[] = { SQL_TEXT(parameter) };
    session_run(s, statement, params, 1, 0, on_result, NULL);
}

static void errors_stay_with_their_call(void **state)
{
    (void)state;
    struct session *s = open_session(0, false);
    for (unsigned i = 0; i < CALLS; i++)
        ask(s, "job_cancel", i % 3 ? "1" : "no number");
    turn_until(&answered, CALLS);
    assert_int_equal(good, CALLS - (CALLS + 2) / 3);
    assert_string_equal(last_code, "sqlstate_22P02");
    assert_int_equal(session_pending(s), 0);
    finish(s);
    assert_int_equal(answered, CALLS);
}

static void a_lost_answer_is_unknown_and_it_comes_back(void **state)
{
    (void)state;
    struct session *s = open_session(0, true);
    turn_until(&ups, 1);
    record_run(&record, "NOTIFY \"test Channel\", 'hello'");
    turn_until(&notified, 1);
    record_run(&record, "BEGIN; LOCK TABLE argosy.job_live IN ACCESS EXCLUSIVE MODE");
    for (unsigned i = 0; i < 5; i++)
        ask(s, "job_cancel", "1"); /* waits for the lock: under way for certain once the server shows it */
    while (record_int(&record, "SELECT count(*) FROM pg_locks WHERE NOT granted") == 0)
        uv_run(&record.loop, UV_RUN_NOWAIT);
    support_postgres_restart(); /* before the session that holds the lock ends: none of the five may pass */
    PQfinish(record.direct);
    turn_until(&answered, 5);
    assert_int_equal(good, 0);
    assert_string_equal(last_code, "outcome_unknown");
    ask(s, "job_cancel", "1"); /* while it is away: waits */
    turn_until(&answered, 6);
    assert_int_equal(good, 1);
    assert_int_equal(ups, 2);
    assert_true(downs >= 1);
    record.direct = PQconnectdb(record.url);
    record_run(&record, "NOTIFY \"test Channel\", 'hello'");
    turn_until(&notified, 2);
    assert_true(session_listen(s, "another"));
    assert_false(session_listen(s, "another"));
    assert_true(session_unlisten(s, "another"));
    assert_false(session_unlisten(s, "another"));
    finish(s);
}

static void nothing_waits_for_ever(void **state)
{
    (void)state;
    const char *url = record.url;
    record.url = "host=/nowhere dbname=x";
    struct session *s = open_session(2, false);
    record.url = url;
    int64_t started = clock_monotonic_ms();
    const struct sql_param params[] = { SQL_TEXT("1") };
    session_run(s, "job_cancel", params, 1, 150, on_result, NULL);
    session_run(s, "job_cancel", params, 1, 60000, on_result, NULL);
    session_run(s, "job_cancel", params, 1, 60000, on_result, NULL);
    assert_int_equal(answered, 0); /* never from inside */
    turn_until(&answered, 2);
    assert_int_equal(full, 1);
    assert_int_equal(away, 1);
    assert_true(clock_monotonic_ms() - started >= 150);
    assert_int_equal(session_pending(s), 1);
    finish(s);
    assert_int_equal(answered, 3);
    assert_string_equal(last_code, "session_closed");
}

static void a_close_from_inside(void **state)
{
    (void)state;
    struct session *s = open_session(0, false);
    turn_until(&ups, 1);
    for (unsigned i = 0; i < CALLS; i++)
        ask(s, "job_cancel", "1");
    closing = s;
    while (!closed)
        uv_run(&record.loop, UV_RUN_ONCE);
    assert_int_equal(answered, CALLS);
}

static void a_pool_spreads_its_calls(void **state)
{
    (void)state;
    const struct session_config config = {
        .loop = &record.loop, .url = record.url, .application = "test", .on_state = on_state
    };
    answered = good = ups = 0;
    closed = false;
    struct pool *pool = pool_create(&config, 3);
    turn_until(&ups, 1);
    const struct sql_param params[] = { SQL_TEXT("1") };
    for (unsigned i = 0; i < CALLS; i++)
        pool_run(pool, "job_cancel", params, 1, 0, on_result, NULL);
    assert_int_equal(pool_pending(pool), CALLS);
    turn_until(&answered, CALLS);
    assert_int_equal(good, CALLS);
    assert_true(
        record_int(
            &record,
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'test' AND query LIKE '%%argosy.cancel%%' "
            "AND pid <> pg_backend_pid()") > 0);
    pool_close(pool, on_closed, NULL);
    while (!closed)
        uv_run(&record.loop, UV_RUN_ONCE);
}

int main(void)
{
    record_start(&record);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_stay_with_their_call), cmocka_unit_test(a_lost_answer_is_unknown_and_it_comes_back),
        cmocka_unit_test(nothing_waits_for_ever),      cmocka_unit_test(a_close_from_inside),
        cmocka_unit_test(a_pool_spreads_its_calls),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    record_finish(&record);
    return failed;
}
