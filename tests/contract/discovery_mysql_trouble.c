/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discovery_mysql_trouble.c - a MariaDB and a MySQL 8 that give trouble: sessions that are ended, and a table that
 * somebody holds in a lock. What can be had is had, in time, and each lack is told with its table. (Rights on a part
 * are in discovery_mysql.c; the same for PostgreSQL is discovery_trouble.c.)
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
#include "jobs/discovery/discover.h"
#include "tests/support/look.h"
#include "tests/support/mysql_server.h"
#include "tests/support/ok.h"
#include "tests/support/scratch.h"

static struct error e;

static struct connect *open_as(const char *user, const char *database)
{
    struct connect *c = NULL;
    const struct connect_options reading = { .read_only = true, .application = "trouble" };
    OK(connect_open(mysql_server_address(user, database), NULL, &reading, &c, &e));
    return c;
}

static const struct catalog *discover(struct connect *c)
{
    struct discovered d = { 0 };
    OK(discover_connect(arena, c, &(struct discover_options){ 0 }, &d, &e));
    connect_close(c);
    return d.catalog;
}

/* The server ended the session before discovery began, as it does when it is started anew. */
static void a_session_that_was_ended_is_opened_again(void **state)
{
    (void)state;
    (void)mysql_server_database("ended");
    mysql_server_run("ended", "CREATE USER victim@localhost;; GRANT ALL ON *.* TO victim@localhost;;"
                              "CREATE TABLE t (id int PRIMARY KEY);; INSERT INTO t VALUES (1)");
    struct connect *c = open_as("victim", "ended");
    mysql_server_end_sessions("victim");
    const struct catalog *catalog = discover(c);
    assert_int_equal(look_table(catalog, "t")->rows, 1);
    assert_true(look_table(catalog, "t")->rows_exact);
    assert_int_equal(catalog->diagnostic_count, 0);
    mysql_server_run("ended", "DROP USER victim@localhost");
}

struct reader {
    int64_t rows;
    bool ends; /* the session, at the first row of a */
};

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *none)
{
    struct reader *r = context;
    (void)values;
    (void)none;
    if (r->ends && strcmp(t->name, "a") == 0)
        mysql_server_end_sessions("reader");
    r->ends = false;
    r->rows++;
    return ERROR_OK;
}

/* Between two tables it costs nothing; within one it costs the rest of that table, which is told. */
static void a_session_may_end_while_rows_are_read(void **state)
{
    (void)state;
    (void)mysql_server_database("between");
    mysql_server_run(
        "between", "CREATE USER reader@localhost;; GRANT ALL ON *.* TO reader@localhost;; CREATE TABLE digit (d int);;"
                   "INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9);;"
                   "CREATE TABLE a (id int, v varchar(1000));; INSERT INTO a SELECT x.d, repeat('v', 1000) FROM digit "
                   "x, digit y, digit z, digit w;; CREATE TABLE b (id int);; INSERT INTO b VALUES (1), (2), (3)");
    struct catalog *catalog = NULL;
    struct connect *c = open_as("reader", "between");
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    mysql_server_end_sessions("reader");
    struct rows_source rows = connect_rows(c, catalog);
    struct reader r = { 0 };
    OK(rows.face->read(rows.self, &(struct rows_ask){ 0 }, on_row, &r, &e));
    assert_int_equal(r.rows, 10000 + 3 + 10);
    assert_int_equal(catalog->diagnostic_count, 0);
    r = (struct reader){ .ends = true };
    OK(rows.face->read(rows.self, &(struct rows_ask){ 0 }, on_row, &r, &e));
    assert_in_range(r.rows, 1 + 3 + 10, 9999 + 3 + 10);
    assert_int_equal(look_told(catalog, "a", "its rows could not be read to the end"), 1);
    assert_int_equal(catalog->diagnostic_count, 1);
    rows.face->close(rows.self);
    connect_close(c);
    mysql_server_run("between", "DROP USER reader@localhost");
}

/* Somebody writes a table alone: nothing waits for him for long, and nothing else is missing. */
static void a_locked_table_keeps_nobody_waiting(void **state)
{
    (void)state;
    (void)mysql_server_database("locked");
    mysql_server_run("locked",
                     "CREATE TABLE busy (id int PRIMARY KEY, v varchar(9) DEFAULT 'x', KEY (v));; INSERT INTO busy "
                     "VALUES (1, 'a');; CREATE TABLE calm (id int PRIMARY KEY, busy_id int, FOREIGN KEY (busy_id) "
                     "REFERENCES busy (id));; INSERT INTO calm VALUES (1, 1);; CREATE VIEW v AS SELECT id FROM busy");
    mysql_server_hold("locked", "LOCK TABLES busy WRITE");
    int64_t begun_ms = clock_monotonic_ms();
    const struct catalog *c = discover(open_as("root", "locked"));
    assert_true(clock_monotonic_ms() - begun_ms < 100000);
    mysql_server_let_go();
    assert_int_equal(c->table_count, 2);
    const struct catalog_table *busy = look_table(c, "busy"), *calm = look_table(c, "calm");
    assert_int_equal(busy->column_count, 2);
    assert_int_equal(busy->primary_key.columns.count, 1);
    assert_int_equal(busy->index_count, 1);
    assert_int_equal(look_told(c, "busy", "its rows could not be read"), 1);
    assert_false(busy->rows_exact);
    assert_int_equal(c->view_count, 1);
    assert_true(calm->rows_exact && calm->rows == 1);
    assert_int_equal(calm->foreign_key_count, 1);
    assert_int_equal(calm->foreign_keys[0].orphans, -1); /* who could have told is locked */
}

int main(void)
{
    int failed = 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_that_was_ended_is_opened_again, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_session_may_end_while_rows_are_read, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_locked_table_keeps_nobody_waiting, scratch_setup, scratch_teardown),
    };
    failed += cmocka_run_group_tests_name("MariaDB", tests, NULL, NULL);
    mysql_server_use(MYSQL_MYSQL8);
    failed += cmocka_run_group_tests_name("MySQL 8", tests, NULL, NULL);
    return failed;
}
