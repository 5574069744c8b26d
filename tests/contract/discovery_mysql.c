/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discovery_mysql.c - discovery of a whole MariaDB and a whole MySQL 8: references that nobody declared, rows without a
 * parent, limits, and a login that may read only some of it.
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

#include "jobs/discovery/discover.h"
#include "tests/support/look.h"
#include "tests/support/mysql_server.h"
#include "tests/support/scratch.h"

static struct catalog *discover(const char *user, const char *database, const struct discover_options *options)
{
    struct discovered d = { 0 };
    struct error e = ERROR_NONE;
    if (discover_source(arena, mysql_server_address(user, database), options, &d, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    return d.catalog;
}

static bool refers(const struct catalog *c, const char *from, const char *to)
{
    for (size_t i = 0; i < c->relationship_count; i++)
        if (strcmp(c->relationships[i].from_table, from) == 0 && strcmp(c->relationships[i].to_table, to) == 0)
            return true;
    return false;
}

static void what_nobody_declared_is_found(void **state)
{
    (void)state;
    (void)mysql_server_database("many");
    mysql_server_run("many",
                     "CREATE TABLE digit (d int PRIMARY KEY);; INSERT INTO digit VALUES (0), (1), (2), (3), (4), (5), "
                     "(6), (7), (8), (9);;"
                     "CREATE TABLE customer (id int PRIMARY KEY, name varchar(40));;"
                     "INSERT INTO customer SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d, 'x' FROM digit a, digit "
                     "b, digit c, digit e;;"
                     "CREATE TABLE purchase (id int PRIMARY KEY, customer_id int, amount decimal(10,2));;"
                     "INSERT INTO purchase SELECT id, 1 + id * 7919 % 10000, id / 3 FROM customer;;");
    if (mysql_server_flavour() == MYSQL_MYSQL8)
        mysql_server_run("many", "ANALYZE TABLE customer, purchase");
    const struct discover_limits limits = {
        .sample_rows = 50, .sample_bytes = 1 << 20, .count_rows_max = 2000, .inclusion_rows = 1000
    };
    const char *exclude[] = { "digit" };
    const struct discover_options options = { .limits = &limits, .patterns = { .exclude = { exclude, 1 } } };
    const struct catalog *c = discover("root", "many", &options);
    assert_int_equal(c->table_count, 2);
    assert_true(refers(c, "purchase", "customer")); /* by the key's index */
    assert_false(look_table(c, "purchase")->rows_exact);
    assert_true(look_table(c, "purchase")->rows > 2000);
    c = discover("root", "many", &(struct discover_options){ 0 });
    assert_true(look_table(c, "purchase")->rows_exact);
    assert_int_equal(look_table(c, "purchase")->rows, 10000);
    assert_true(refers(c, "purchase", "customer"));
}

static void rows_without_a_parent_are_counted(void **state)
{
    (void)state;
    (void)mysql_server_database("loose");
    mysql_server_run("loose",
                     "CREATE TABLE up (id int PRIMARY KEY);; INSERT INTO up VALUES (1), (2), (3);;"
                     "CREATE TABLE down (id int PRIMARY KEY, up_id int, FOREIGN KEY (up_id) REFERENCES up (id));;"
                     "SET foreign_key_checks = 0;; INSERT INTO down VALUES (1, 1), (2, 2), (3, 7), (4, 8), (5, 8), (6, "
                     "NULL), (11, 1), (12, 1), (13, 1), (14, 1), (15, 1), (16, 1), (17, 1), (18, 1);; SET "
                     "foreign_key_checks = 1");
    static const int64_t samples[] = { 10000, 1 }; /* all rows are at hand; the server is asked */
    for (size_t i = 0; i < 2; i++) {
        const struct discover_limits limits = {
            .sample_rows = samples[i], .sample_bytes = 1 << 20, .count_rows_max = 1000, .inclusion_rows = 1000
        };
        const struct discover_options options = { .limits = &limits };
        const struct catalog_table *down = look_table(discover("root", "loose", &options), "down");
        int64_t hit = 0;
        assert_int_equal(down->foreign_keys[0].orphans, 3);
        for (size_t k = 0; k < down->finding_count; k++)
            if (strcmp(down->findings[k].check, "referential") == 0)
                hit += down->findings[k].rows;
        assert_int_equal(hit, 3);
    }
}

/* One table whole, one without its rows, one column of a third, nothing of a fourth. */
static void what_may_not_be_read_is_told(void **state)
{
    (void)state;
    (void)mysql_server_database("part");
    mysql_server_run("part",
                     "CREATE TABLE seen (id int PRIMARY KEY);; INSERT INTO seen VALUES (1), (2);;"
                     "CREATE TABLE blind (id int PRIMARY KEY, seen_id int);; INSERT INTO blind VALUES (1, 1);;"
                     "CREATE TABLE half (id int PRIMARY KEY, open_part int, closed_part int);; INSERT INTO half VALUES "
                     "(1, 2, 3);; CREATE TABLE nothing (id int);; CREATE VIEW looked AS SELECT id FROM seen;;"
                     "CREATE USER partly@localhost;;"
                     "GRANT SELECT ON part.seen TO partly@localhost;; GRANT INSERT ON part.blind TO partly@localhost;;"
                     "GRANT SELECT ON part.looked TO partly@localhost;;"
                     "GRANT SELECT (id, open_part) ON part.half TO partly@localhost");
    const struct catalog *c = discover("partly", "part", &(struct discover_options){ 0 });
    assert_int_equal(c->table_count, 3); /* these servers do not name what a login has no right to */
    assert_int_equal(look_table(c, "seen")->rows, 2);
    assert_true(look_table(c, "seen")->rows_exact);
    assert_int_equal(look_table(c, "half")->column_count, 2);
    assert_int_equal(look_table(c, "half")->rows, 1);
    assert_false(look_table(c, "blind")->rows_exact);
    bool blind = false, looked = false;
    assert_int_equal(c->view_count, 1);
    assert_null(c->views[0].definition);
    for (size_t i = 0; i < c->diagnostic_count; i++)
        blind = blind || (c->diagnostics[i].table != NULL && strcmp(c->diagnostics[i].table, "blind") == 0);
    for (size_t i = 0; i < c->diagnostic_count; i++)
        looked = looked || strstr(c->diagnostics[i].message, "SHOW VIEW") != NULL;
    assert_true(blind && looked);
}

int main(void)
{
    int failed = 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_nobody_declared_is_found, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(rows_without_a_parent_are_counted, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(what_may_not_be_read_is_told, scratch_setup, scratch_teardown),
    };
    failed += cmocka_run_group_tests_name("MariaDB", tests, NULL, NULL);
    mysql_server_use(MYSQL_MYSQL8);
    failed += cmocka_run_group_tests_name("MySQL 8", tests, NULL, NULL);
    return failed;
}
