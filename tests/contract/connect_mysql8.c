/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_mysql8.c - connect.h on what MySQL 8 has and MariaDB has not, or has otherwise: functional and invisible
 * indexes, expressions as defaults, JSON as a type, checks that are ignored (before 8.0.16), its collations, and
 * caching_sha2_password. What both have is in connect_mysql.c.
 *
 * ctest: needs mysql
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/connect/connect.h"
#include "tests/support/mysql_server.h"
#include "tests/support/ok.h"
#include "tests/support/scratch.h"

static struct error e;

static const struct catalog_table *table_of(const char *database, const char *table)
{
    struct connect *c = NULL;
    struct catalog *catalog = NULL;
    OK(connect_open(mysql_server_address("root", database), NULL, NULL, &c, &e));
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    connect_close(c);
    const struct catalog_table *t = catalog_table_find(catalog, database, table);
    assert_non_null(t);
    return t;
}

static const struct catalog_index *index_of(const struct catalog_table *t, const char *name)
{
    for (size_t i = 0; i < t->index_count; i++)
        if (strcmp(t->indexes[i].name, name) == 0)
            return &t->indexes[i];
    fail_msg("no index %s", name);
    return NULL;
}

static void functional_indexes_are_no_plain_ones(void **state)
{
    (void)state;
    (void)mysql_server_database("functions");
    mysql_server_run("functions",
                     "CREATE TABLE t (a int, b int, c varchar(20), UNIQUE KEY sums ((a + b)), KEY low ((lower(c)), a "
                     "DESC), KEY quoted ((concat(c, 'it''s'))), KEY down (a DESC, b), UNIQUE KEY plain (b));;");
    const struct catalog_table *t = table_of("functions", "t");
    assert_int_equal(t->unique_count, 1);
    assert_string_equal(t->uniques[0].name, "plain");
    const struct catalog_index *sums = index_of(t, "sums");
    assert_true(sums->unique);
    assert_int_equal(sums->columns.count, 0);
    assert_string_equal(sums->expression, "((`a` + `b`))");
    assert_string_equal(index_of(t, "low")->expression, "(lower(`c`)),`a` DESC");
    assert_non_null(strstr(index_of(t, "quoted")->expression, "'it\\'s'"));
    const struct catalog_index *down = index_of(t, "down");
    assert_int_equal(down->columns.count, 2);
    assert_string_equal(down->orders.items[0], "desc");
    assert_string_equal(down->orders.items[1], "asc");
}

static void an_invisible_index_is_told(void **state)
{
    (void)state;
    (void)mysql_server_database("invisible");
    mysql_server_run("invisible", "CREATE TABLE t (a int, b int, KEY seen (a), KEY hidden (b) INVISIBLE);;");
    const struct catalog_table *t = table_of("invisible", "t");
    assert_int_equal(t->index_count, 2);
    assert_int_equal(t->extra_count, 1);
    assert_string_equal(t->extras[0].what, "invisible index");
    assert_string_equal(t->extras[0].text, "hidden");
}

static void expressions_are_told_from_values(void **state)
{
    (void)state;
    (void)mysql_server_database("defaults");
    mysql_server_run("defaults",
                     "CREATE TABLE t (id int PRIMARY KEY, made varchar(40) DEFAULT (uuid()), said varchar(40) DEFAULT "
                     "'uuid()', said_it varchar(40) DEFAULT (concat('it''s', 'so')), nothing varchar(10) NOT NULL "
                     "DEFAULT '', n int DEFAULT 5, bits bit(3) DEFAULT b'101', "
                     "whole varchar(50) GENERATED ALWAYS AS (concat(said, '''', 'x')) VIRTUAL, j json, "
                     "part varchar(20) AS (j->>'$.part') STORED, CONSTRAINT positive CHECK (n > 0));;");
    const struct catalog_table *t = table_of("defaults", "t");
    assert_string_equal(catalog_column_find(t, "made")->default_text, "uuid()");
    assert_string_equal(catalog_column_find(t, "said")->default_text, "'uuid()'");
    assert_string_equal(catalog_column_find(t, "nothing")->default_text, "''");
    assert_string_equal(catalog_column_find(t, "n")->default_text, "5");
    assert_string_equal(catalog_column_find(t, "bits")->default_text, "b'101'");
    assert_null(catalog_column_find(t, "id")->default_text);
    assert_non_null(strstr(catalog_column_find(t, "said_it")->default_text, "'it\\'s'"));
    const struct catalog_column *whole = catalog_column_find(t, "whole"), *part = catalog_column_find(t, "part");
    assert_false(whole->generated_stored);
    assert_non_null(strstr(whole->generated, "'\\''"));
    assert_null(strstr(whole->generated, "\\'x")); /* the server's own escapes are gone */
    assert_true(part->generated_stored);
    assert_non_null(strstr(part->generated, "'$.part'"));
    assert_int_equal(catalog_column_find(t, "j")->type.name, TYPE_JSON);
    assert_int_equal(t->check_count, 0); /* this version parses checks and forgets them: they hold nothing */
}

static void its_collations_and_its_keys_come_through(void **state)
{
    (void)state;
    (void)mysql_server_database("collations");
    mysql_server_run("collations",
                     "CREATE TABLE Parent (Id int PRIMARY KEY, Name varchar(20) COLLATE utf8mb4_0900_as_cs);;"
                     "CREATE TABLE child (id int PRIMARY KEY, n varchar(20), p int, CONSTRAINT fk FOREIGN KEY (p) "
                     "REFERENCES Parent (Id) ON UPDATE SET NULL);; INSERT INTO Parent VALUES (1, 'a');;"
                     "INSERT INTO child VALUES (1, 'x', 1), (2, 'y', 1), (3, 'z', NULL);;");
    const struct catalog_table *child = table_of("collations", "child");
    const struct catalog_table *parent = table_of("collations", "Parent");
    assert_string_equal(catalog_column_find(parent, "Name")->collation, "utf8mb4_0900_as_cs");
    assert_string_equal(catalog_column_find(child, "n")->collation, "utf8mb4_0900_ai_ci");
    assert_string_equal(child->foreign_keys[0].ref_table, "Parent");
    assert_string_equal(child->foreign_keys[0].on_update, "SET NULL");
    assert_int_equal(child->foreign_keys[0].orphans, -1);
    assert_int_equal(child->rows, 3); /* not what was cached a day ago */
}

/* The login that MySQL 8 gives new users; over a socket, or with TLS, the password itself may be sent. */
static void it_lets_us_in_by_caching_sha2_password(void **state)
{
    (void)state;
    (void)mysql_server_database("logins");
    mysql_server_run("logins", "CREATE USER modern@localhost IDENTIFIED WITH caching_sha2_password BY 'MARK';;"
                               "CREATE USER old@localhost IDENTIFIED WITH mysql_native_password BY 'MARK';;"
                               "GRANT SELECT ON logins.* TO modern@localhost, old@localhost;;");
    static const char *const users[] = { "modern", "old", "modern" }; /* the second time it is in the server's cache */
    for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
        struct connect *c = NULL;
        OK(connect_open(mysql_server_address(users[i], "logins"), "MARK", NULL, &c, &e));
        connect_close(c);
        e = ERROR_NONE;
        assert_int_equal(connect_open(mysql_server_address(users[i], "logins"), "wrong", NULL, &c, &e), ERROR_DENIED);
        assert_null(strstr(e.message, "wrong"));
    }
}

/* MariaDB's word for the same limit is another one. */
static void a_statement_that_takes_too_long_is_ended(void **state)
{
    (void)state;
    const struct connect_options hurried = { .read_only = true, .statement_timeout_s = 1 };
    struct connect *c = NULL;
    (void)mysql_server_database("slow");
    mysql_server_run("slow",
                     "CREATE TABLE t (a int);; INSERT INTO t VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), "
                     "(10);; INSERT INTO t SELECT x.a FROM t x, t y, t z;;"
                     "CREATE VIEW v AS SELECT x.a FROM t x, t y, t z WHERE x.a + y.a + z.a < 0;;");
    OK(connect_open(mysql_server_address("root", "slow"), NULL, &hurried, &c, &e));
    struct catalog *catalog = catalog_create(arena, "mysql", "slow");
    struct catalog_table *v = catalog_table_add(catalog, "slow", "v");
    int64_t rows = 0;
    (void)catalog_column_add(catalog, v, "a");
    e = ERROR_NONE;
    assert_int_equal(connect_count(c, v, &rows, &e), ERROR_TIMED_OUT);
    assert_string_equal(e.code, "statement_timeout");
    connect_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(functional_indexes_are_no_plain_ones, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(an_invisible_index_is_told, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(expressions_are_told_from_values, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(its_collations_and_its_keys_come_through, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(it_lets_us_in_by_caching_sha2_password, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_statement_that_takes_too_long_is_ended, scratch_setup, scratch_teardown),
    };
    mysql_server_use(MYSQL_MYSQL8);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
