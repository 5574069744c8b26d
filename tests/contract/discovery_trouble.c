/* SPDX-License-Identifier: Apache-2.0 */
/* discovery_trouble.c - a PostgreSQL that gives trouble: rights on a part, catalogs that are closed, locks, tables that
 * go away or end the session. What can be had is had, in time, and each lack is told with its table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "catalog/profile.h"
#include "jobs/discovery/discover.h"
#include "tests/support/customer.h"
#include "tests/support/look.h"
#include "tests/support/scratch.h"
#include "tests/support/server.h"

static struct error e;

static struct connect *open_as(const char *role, const char *url, int statement_timeout_s)
{
    char login[300];
    struct connect *c = NULL;
    const struct connect_options reading = { .read_only = true,
                                             .application = "trouble",
                                             .statement_timeout_s = statement_timeout_s };
    (void)snprintf(login, sizeof login, "postgresql://%s%s", role, strchr(url, '@'));
    OK(connect_open(login, NULL, &reading, &c, &e));
    return c;
}

static const struct catalog *discover(struct connect *c)
{
    struct discovered d = { 0 };
    OK(discover_connect(arena, c, &(struct discover_options){ 0 }, &d, &e));
    connect_close(c);
    return d.catalog;
}

/* More rows than are sampled: the sample is then put in an order of its own. */
static void columns_that_may_be_read_are_read(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(
        url, "CREATE TABLE staff (salary int NOT NULL, id int PRIMARY KEY, \"na me\" text, secret text);"
             "INSERT INTO staff SELECT 5, n, 'n' || n, 's' FROM generate_series(1, 200000) n; ANALYZE staff;"
             "CREATE TABLE few (a int, b int); INSERT INTO few VALUES (1, 7), (1, 8);"
             "CREATE ROLE some_columns LOGIN; GRANT SELECT (id, \"na me\") ON staff TO some_columns; GRANT SELECT (a) "
             "ON few TO some_columns"));
    const struct catalog *c = discover(open_as("some_columns", url, 0));
    const struct catalog_table *staff = look_table(c, "staff"), *few = look_table(c, "few");
    const struct catalog_profile *salary = catalog_column_find(staff, "salary")->profile;
    assert_true(salary == NULL || salary->rows < 0); /* its name may say something */
    const struct catalog_profile *id = catalog_column_find(staff, "id")->profile;
    assert_true(id != NULL && id->rows > 5000 && id->nulls == 0 && id->estimated);
    assert_true(few->rows_exact && few->rows == 2);
    assert_int_equal(catalog_column_find(few, "a")->profile->rows, 2);
    assert_int_equal(few->finding_count, 0); /* rows that look alike are not the same */
    assert_int_equal(look_told(c, "staff", "may not read 2 of its 4 columns"), 1);
    assert_int_equal(look_told(c, "staff", "salary, secret"), 1);
    assert_int_equal(look_told(c, "few", "columns, and nothing is known of their values: b"), 1);
    assert_int_equal(c->diagnostic_count, 2);
    free(customer_query(url, "DROP OWNED BY some_columns; DROP ROLE some_columns"));
}

static const char closed_tables[] =
    "CREATE TYPE mood AS ENUM ('a', 'b'); CREATE TABLE up (id serial PRIMARY KEY, m mood DEFAULT 'a', t text COLLATE "
    "\"C\"); CREATE INDEX i ON up (t); INSERT INTO up VALUES (1, 'a', 'x'); COMMENT ON TABLE up IS 'said';"
    "CREATE TABLE whole (k int) PARTITION BY LIST (k); CREATE TABLE whole_1 PARTITION OF whole FOR VALUES IN (1);"
    "CREATE VIEW v AS SELECT id FROM up; CREATE SEQUENCE s; CREATE TYPE r AS RANGE (subtype = int);"
    "CREATE ROLE shut LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO shut;";

/* Each of the server's catalogs alone, and then all of them, closed to the login. */
static void every_catalog_may_be_closed(void **state)
{
    static const char *const names[] = { "pg_attrdef", "pg_trigger",   "pg_index",     "pg_inherits", "pg_description",
                                         "pg_enum",    "pg_collation", "pg_am",        "pg_depend",   "pg_sequence",
                                         "pg_range",   "pg_rewrite",   "pg_constraint" };
    (void)state;
    const char *url = customer_database();
    char sql[200];
    free(customer_query(url, closed_tables));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(sql, sizeof sql, "REVOKE SELECT ON pg_catalog.%s FROM PUBLIC", names[i]);
        free(customer_query(url, sql));
        const struct catalog *c = discover(open_as("shut", url, 0));
        assert_int_equal(c->table_count, 3);
        if (look_told(c, NULL, names[i]) != 1 || c->diagnostic_count != 1)
            fail_msg("%s: told %zu times of %zu", names[i], look_told(c, NULL, names[i]), c->diagnostic_count);
        assert_int_equal(look_table(c, "up")->rows, 1);
        assert_int_equal(c->view_count, 1);
        if (i + 1 < sizeof names / sizeof *names) {
            assert_int_equal(look_table(c, "up")->primary_key.columns.count, 1);
            (void)snprintf(sql, sizeof sql, "GRANT SELECT ON pg_catalog.%s TO PUBLIC", names[i]);
            free(customer_query(url, sql));
        }
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(sql, sizeof sql, "REVOKE SELECT ON pg_catalog.%s FROM PUBLIC", names[i]);
        free(customer_query(url, sql));
    }
    const struct catalog *c = discover(open_as("shut", url, 0));
    assert_int_equal(c->table_count, 3);
    assert_int_equal(c->diagnostic_count, sizeof names / sizeof *names);
    assert_int_equal(look_table(c, "up")->column_count, 3);
    free(customer_query(url, "DROP OWNED BY shut; DROP ROLE shut"));
}

/* Somebody alters a table: nothing waits for him for long, and nothing else is missing. */
static void a_locked_table_keeps_nobody_waiting(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(
        url, "CREATE TABLE busy (id int PRIMARY KEY, v text DEFAULT 'x', CHECK (id > 0)); INSERT INTO busy VALUES (1);"
             "CREATE INDEX low ON busy (lower(v)); CREATE UNIQUE INDEX part ON busy (v) WHERE id > 5;"
             "CREATE TABLE calm (id int PRIMARY KEY, b int REFERENCES busy); INSERT INTO calm VALUES (1, 1);"
             "CREATE VIEW of_busy AS SELECT id FROM busy; CREATE VIEW of_calm AS SELECT id FROM calm;"
             "CREATE TABLE whole (k int) PARTITION BY LIST (k); CREATE TABLE held PARTITION OF whole FOR VALUES IN "
             "(1)"));
    PGconn *holder = customer_session(url);
    PQclear(PQexec(holder, "BEGIN; LOCK TABLE busy, held IN ACCESS EXCLUSIVE MODE"));
    int64_t begun_ms = clock_monotonic_ms();
    const struct catalog *c = discover(open_as("argosy", url, 0));
    assert_true(clock_monotonic_ms() - begun_ms < 100000);
    assert_int_equal(c->table_count, 4);
    const struct catalog_table *busy = look_table(c, "busy"), *calm = look_table(c, "calm");
    assert_int_equal(busy->column_count, 2);
    assert_int_equal(busy->primary_key.columns.count, 1);
    assert_int_equal(busy->index_count, 0); /* never a plain unique one */
    assert_int_equal(look_told(c, "busy", "ACCESS EXCLUSIVE"), 1);
    assert_int_equal(look_told(c, "busy", "its rows could not be read"), 1);
    assert_int_equal(look_told(c, "of_busy", "its definition is not known"), 1);
    assert_int_equal(look_told(c, "whole", "its rows could not be read"), 1);
    assert_int_equal(c->view_count, 2);
    assert_non_null(c->views[0].definition != NULL ? c->views[0].definition : c->views[1].definition);
    assert_true(calm->rows_exact && calm->rows == 1);
    assert_int_equal(calm->foreign_key_count, 1);
    PQfinish(holder);
}

static int count_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *none)
{
    int64_t *rows = context;
    (void)t;
    (void)values;
    (void)none;
    ++*rows;
    return ERROR_OK;
}

static void tables_may_go_and_have_no_columns(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(url, "CREATE TABLE bare (); INSERT INTO bare DEFAULT VALUES; CREATE TABLE gone (id int);"
                             "CREATE TABLE moved (id int); CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)"));
    struct catalog *catalog = NULL;
    struct connect *c = open_as("argosy", url, 0);
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    assert_int_equal(catalog->table_count, 4);
    free(customer_query(url, "DROP TABLE gone; ALTER TABLE moved RENAME TO elsewhere"));
    struct rows_source rows = connect_rows(c, catalog);
    int64_t seen = 0;
    for (int round = 0; round < 2; round++)
        OK(rows.face->read(rows.self, &(struct rows_ask){ .rows_max = 10 + round }, count_row, &seen, &e));
    assert_int_equal(seen, 2);
    assert_int_equal(catalog->diagnostic_count, 2); /* each once, however often it is asked for */
    assert_int_equal(look_told(catalog, "gone", "does not exist"), 1);
    assert_int_equal(look_told(catalog, "moved", "does not exist"), 1);
    rows.face->close(rows.self);
    connect_close(c);
}

/* A table whose values end the session of whoever reads them, and one whose values take too long. */
static void a_poisoned_table_hurts_itself_alone(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(
        url, "CREATE TYPE ends AS (a int); CREATE FUNCTION ends(ends) RETURNS text LANGUAGE sql AS "
             "$$ SELECT pg_terminate_backend(pg_backend_pid(), 10000)::text $$;"
             "CREATE CAST (ends AS text) WITH FUNCTION ends(ends);"
             "CREATE TYPE slow AS (a int); CREATE FUNCTION slow(slow) RETURNS text LANGUAGE sql AS "
             "$$ SELECT pg_sleep(600)::text $$; CREATE CAST (slow AS text) WITH FUNCTION slow(slow);"
             "CREATE TABLE a_poison (v ends); INSERT INTO a_poison VALUES (ROW(1)); CREATE TABLE b_slow (v slow); "
             "INSERT INTO b_slow VALUES (ROW(1)); CREATE TABLE c_good (id int); INSERT INTO c_good VALUES (1), (2)"));
    const struct catalog *c = discover(open_as("argosy", url, 2));
    assert_int_equal(look_told(c, "a_poison", "its rows could not be read"), 1);
    assert_int_equal(look_told(c, "b_slow", "its rows could not be read"), 1);
    assert_int_equal(c->diagnostic_count, 2);
    assert_int_equal(look_table(c, "c_good")->rows, 2);
    assert_false(look_table(c, "a_poison")->rows_exact);
}

/* The server ended the session before discovery began, as it does when it is started anew. */
static void a_session_that_was_lost_is_opened_again(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(url, "CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1)"));
    struct connect *c = open_as("argosy", url, 0);
    free(customer_query(url, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = "
                             "'trouble'"));
    const struct catalog *catalog = discover(c);
    assert_int_equal(look_table(catalog, "t")->rows, 1);
    assert_int_equal(catalog->diagnostic_count, 0);
}

static int restart_at_first(void *context, const struct catalog_table *t, const struct rows_value *values,
                            struct error *none)
{
    int64_t *rows = context;
    (void)values;
    (void)none;
    if (++*rows == 1) {
        assert_string_equal(t->name, "a");
        support_postgres_restart();
    }
    return ERROR_OK;
}

/* A crash of the whole server and its recovery: between two tables it costs nothing, within one the rest of it. */
static void the_server_may_be_started_anew_meanwhile(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(url, "CREATE TABLE a (id int, v text); INSERT INTO a SELECT n, repeat('v', 1000) FROM "
                             "generate_series(1, 20000) n; CREATE TABLE b (id int); INSERT INTO b VALUES (1), (2)"));
    struct catalog *catalog = NULL;
    struct connect *c = open_as("argosy", url, 0);
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    support_postgres_restart();
    struct rows_source rows = connect_rows(c, catalog);
    int64_t seen = 0;
    OK(rows.face->read(rows.self, &(struct rows_ask){ 0 }, count_row, &seen, &e));
    assert_int_equal(seen, 20002);
    assert_int_equal(catalog->diagnostic_count, 0);
    seen = 0;
    OK(rows.face->read(rows.self, &(struct rows_ask){ 0 }, restart_at_first, &seen, &e));
    assert_in_range(seen, 1 + 2, 19999 + 2);
    assert_int_equal(look_told(catalog, "a", "its rows could not be read to the end"), 1);
    assert_int_equal(catalog->diagnostic_count, 1);
    rows.face->close(rows.self);
    connect_close(c);
    c = open_as("argosy", url, 0);
    support_postgres_restart(); /* before anything was asked */
    const struct catalog *whole = discover(c);
    assert_true(look_table(whole, "a")->rows > 10000 && look_table(whole, "b")->rows_exact);
    assert_int_equal(whole->diagnostic_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_that_may_be_read_are_read, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(every_catalog_may_be_closed, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_locked_table_keeps_nobody_waiting, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(tables_may_go_and_have_no_columns, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_poisoned_table_hurts_itself_alone, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_session_that_was_lost_is_opened_again, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(the_server_may_be_started_anew_meanwhile, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
