/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_odbc_errors.c - what goes wrong in sessions of catalog/connect/odbc on real drivers (psqlODBC before a real
 * PostgreSQL, FreeTDS before nobody): statements, rights, locks, timeouts, a connection that breaks, a door that is
 * shut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "catalog/connect/sqlserver/sqlserver.h"
#include "tests/support/customer.h"
#include "tests/support/odbc_sample.h"

static struct error e;

static void answers(struct odbc *o, int64_t wanted)
{
    int64_t number = 0;
    OK(odbc_number(o, "SELECT 40 + 2", &number, &e));
    assert_int_equal(number, wanted);
}

static void fails(struct odbc *o, const char *sql, enum error_class class, const char *code)
{
    struct odbc_cursor *c = NULL;
    const struct connect_value *v = NULL;
    e = ERROR_NONE;
    enum error_class answer = odbc_query(o, sql, NULL, &c, &e);
    while (answer == ERROR_OK && (answer = odbc_fetch(c, &v, &e)) == ERROR_OK && v != NULL)
        ;
    odbc_finish(c);
    if (answer != class || strcmp(e.code, code) != 0)
        fail_msg("%s: %d %s %s", sql, (int)answer, e.code, e.message);
}

static void errors_have_our_words(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(url, "CREATE TABLE secret (a int); CREATE TABLE locked (a int); CREATE ROLE stranger LOGIN"));
    struct odbc *o = odbc_sample_postgresql(url, 0);
    fails(o, "SELEC 1", ERROR_FATAL, "statement_failed");
    fails(o, "SELECT * FROM nowhere", ERROR_FATAL, "statement_failed");
    fails(o, "SELECT 1 / 0", ERROR_FATAL, "data_refused");
    OK(odbc_run(o, "SET ROLE stranger", &e));
    fails(o, "SELECT * FROM secret", ERROR_DENIED, "permission_denied");
    OK(odbc_run(o, "RESET ROLE", &e));
    PGconn *holder = customer_session(url);
    PQclear(PQexec(holder, "BEGIN; LOCK TABLE locked"));
    OK(odbc_run(o, "SET lock_timeout = '100ms'", &e));
    fails(o, "SELECT * FROM locked", ERROR_RETRY, "lock_timeout");
    PQfinish(holder);
    answers(o, 42); /* the session goes on */
    odbc_sample_close(o);
}

static void statements_end_in_time(void **state)
{
    (void)state;
    struct odbc *o = odbc_sample_postgresql(customer_database(), 1);
    fails(o, "SELECT pg_sleep(20)", ERROR_TIMED_OUT, "statement_timeout");
    answers(o, 42);
    odbc_sample_close(o);
}

static void a_broken_connection_is_told_and_left(void **state)
{
    (void)state;
    const char *url = customer_database();
    struct odbc *o = odbc_sample_postgresql(url, 0);
    answers(o, 42);
    free(customer_query(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                             "current_database() AND pid <> pg_backend_pid()"));
    fails(o, "SELECT 1", ERROR_UNAVAILABLE, "connection_lost");
    fails(o, "SELECT 1", ERROR_UNAVAILABLE, "connection_lost"); /* without asking again */
    odbc_sample_close(o);
}

static void who_can_not_come_in_is_told_why(void **state)
{
    (void)state;
    const char *url = customer_database();
    mem_auto char *nobody = odbc_sample_string(url, "nobody_there");
    assert_null(odbc_sample_open(&odbc_sample_plain, "postgresql", nobody, NULL, &e));
    assert_int_equal(e.class, ERROR_UNAVAILABLE); /* this driver's SQLSTATE for every refusal */
    assert_non_null(strstr(e.message, "nobody_there"));
    /* a message that repeats the password is not shown */
    struct odbc o = { .kind = &odbc_sample_plain };
    const struct connect_options options = { .read_only = true, .connect_timeout_s = 120 };
    e = ERROR_NONE;
    OK(odbc_begin(&o, "postgresql", &e));
    assert_int_equal(odbc_open(&o, nobody, "nobody_there", &options, &e), ERROR_UNAVAILABLE);
    assert_null(strstr(e.message, "nobody_there"));
    assert_non_null(strstr(e.message, "can't be shown"));
    odbc_close(&o);
    static const char *const away[] = { "DRIVER={PostgreSQL Unicode};SERVER=127.0.0.1;PORT=1;DATABASE=x;UID=u;",
                                        "DRIVER={FreeTDS};SERVER=127.0.0.1;PORT=1;TDS_Version=7.4;UID=u;PWD=x;" };
    for (size_t i = 0; i < sizeof away / sizeof *away; i++) {
        assert_null(odbc_sample_open(i == 0 ? &odbc_sample_plain : &sqlserver_kind, "postgresql", away[i], NULL, &e));
        if (e.class != ERROR_UNAVAILABLE || strcmp(e.code, "connection_refused") != 0)
            fail_msg("%d %s %s", (int)e.class, e.code, e.message);
    }
    assert_null(odbc_sample_open(&odbc_sample_plain, "postgresql", "DRIVER={Nothing Of The Sort};", NULL, &e));
    assert_int_equal(e.class, ERROR_UNAVAILABLE);
    assert_string_equal(e.code, "odbc_driver");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_have_our_words),
        cmocka_unit_test(statements_end_in_time),
        cmocka_unit_test(a_broken_connection_is_told_and_left),
        cmocka_unit_test(who_can_not_come_in_is_told_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
