/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sql_migration.c - the schema comes up from nothing, a second run changes nothing, several migrators at once do it
 * once, a changed or newer database is refused, and every statement of sql/ is one the server understands.
 */
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sql/client.h"
#include "sql/text.h"
#include "tests/support/server.h"

static const char *url;

static void run(const char *sql)
{
    PGconn *c = PQconnectdb(url);
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
}

static struct client *open_client(void)
{
    struct client *c = NULL;
    struct error e = ERROR_NONE;
    if (client_open(url, "test", 5, &c, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    return c;
}

static int migrate_once(void)
{
    struct client *c = open_client();
    struct error e = ERROR_NONE;
    int from = -1, to = -1;
    if (client_migrate(c, &from, &to, &e) != ERROR_OK) {
        print_error("%s\n", e.message);
        return 1;
    }
    client_close(c);
    return 0;
}

static void several_at_once_then_nothing(void **state)
{
    (void)state;
    struct client *c = open_client();
    struct error e = ERROR_NONE;
    assert_int_equal(client_check_schema(c, &e), ERROR_INCOMPATIBLE);
    assert_string_equal(e.code, "schema_too_old");
    client_close(c);

    pid_t children[3];
    for (unsigned i = 0; i < 3; i++)
        if ((children[i] = fork()) == 0)
            _exit(migrate_once());
    for (unsigned i = 0; i < 3; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    c = open_client();
    int from = -1, to = -1;
    assert_int_equal(client_migrate(c, &from, &to, &e), ERROR_OK);
    assert_int_equal(from, to);
    assert_true(to > 0);
    assert_int_equal(client_check_schema(c, &e), ERROR_OK);
    client_close(c);
}

static void every_statement_prepares(void **state)
{
    (void)state;
    PGconn *c = PQconnectdb(url);
    assert_true(embed_sql_count > 5);
    for (size_t i = 0; i < embed_sql_count; i++) {
        PGresult *r = PQprepare(c, embed_sql[i].name, embed_sql[i].data, 0, NULL);
        if (PQresultStatus(r) != PGRES_COMMAND_OK)
            fail_msg("%s: %s", embed_sql[i].name, PQerrorMessage(c));
        PQclear(r);
    }
    PQfinish(c);
}

static void newer_is_used_as_long_as_it_says_so(void **state)
{
    (void)state;
    struct client *c = open_client();
    struct error e = ERROR_NONE;
    run("INSERT INTO argosy.migration (version, name, sha) VALUES (9999, 'later', 'x')");
    assert_int_equal(client_migrate(c, NULL, NULL, &e), ERROR_OK);
    assert_int_equal(client_check_schema(c, &e), ERROR_OK);
    run("UPDATE argosy.setting SET value = '9999' WHERE name = 'compatible_from'");
    assert_int_equal(client_migrate(c, NULL, NULL, &e), ERROR_INCOMPATIBLE);
    assert_string_equal(e.code, "schema_too_new");
    assert_int_equal(client_check_schema(c, &e), ERROR_INCOMPATIBLE);
    assert_string_equal(e.code, "schema_too_new");
    run("UPDATE argosy.setting SET value = '1' WHERE name = 'compatible_from'; DELETE FROM argosy.migration WHERE "
        "version = 9999");
    client_close(c);
}

static void another_text_is_refused(void **state)
{
    (void)state;
    struct client *c = open_client();
    struct error e = ERROR_NONE;
    run("UPDATE argosy.migration SET sha = 'other' WHERE version = 1");
    assert_int_equal(client_migrate(c, NULL, NULL, &e), ERROR_INCOMPATIBLE);
    assert_string_equal(e.code, "schema_changed");
    assert_int_equal(client_check_schema(c, &e), ERROR_INCOMPATIBLE);
    assert_string_equal(e.code, "schema_changed");
    client_close(c);
}

static void a_dead_connection_is_made_anew(void **state)
{
    (void)state;
    struct client *c = open_client();
    struct error e = ERROR_NONE;
    support_postgres_restart();
    struct result *r = NULL;
    if (client_run(c, "migration_exists", NULL, 0, &r, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    assert_true(result_bool(r, 0, 0));
    result_destroy(r);
    client_close(c);
    assert_int_equal(client_open("host=/nowhere dbname=x", "test", 1, &c, &e), ERROR_UNAVAILABLE);
    assert_string_equal(e.code, "database_unavailable");
}

int main(void)
{
    url = support_postgres_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_at_once_then_nothing),        cmocka_unit_test(every_statement_prepares),
        cmocka_unit_test(newer_is_used_as_long_as_it_says_so), cmocka_unit_test(another_text_is_refused),
        cmocka_unit_test(a_dead_connection_is_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
