/* SPDX-License-Identifier: Apache-2.0 */
/* connect_mariadb.c - connect.h on what MariaDB has and MySQL 8 has not, or has otherwise: checks that hold, invisible
 * columns, ignored indexes, system versioning. What both have is in connect_mysql.c. */
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

static bool has_extra(const struct catalog_table *t, const char *what, const char *text)
{
    for (size_t i = 0; i < t->extra_count; i++)
        if (strcmp(t->extras[i].what, what) == 0 &&
            (text == NULL || (t->extras[i].text != NULL && strcmp(t->extras[i].text, text) == 0)))
            return true;
    return false;
}

static void what_only_mariadb_has_is_told(void **state)
{
    (void)state;
    struct arena *arena = arena_create(64 << 20);
    struct error e = ERROR_NONE;
    struct connect *c = NULL;
    struct catalog *catalog = NULL;
    (void)mysql_server_database("only");
    mysql_server_run("only",
                     "CREATE TABLE t (id int PRIMARY KEY, x int, secret int INVISIBLE DEFAULT 7, j json, "
                     "KEY skipped (x) IGNORED, CONSTRAINT positive CHECK (x > 0)) WITH SYSTEM VERSIONING;;"
                     "CREATE SEQUENCE counter START WITH 5 INCREMENT BY 3 MAXVALUE 100 CYCLE;;"
                     "CREATE TABLE stays (room int, a date, b date, x int, PERIOD FOR booked (a, b), "
                     "UNIQUE KEY `no two` (room, booked WITHOUT OVERLAPS), UNIQUE KEY plain (room, x, a, b));;");
    if (connect_open(mysql_server_address("root", "only"), NULL, NULL, &c, &e) != ERROR_OK ||
        connect_catalog(c, arena, NULL, false, &catalog, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    const struct catalog_table *t = catalog_table_find(catalog, "only", "t");
    assert_non_null(t);
    assert_non_null(catalog_column_find(t, "secret"));
    assert_true(has_extra(t, "invisible column", "secret"));
    assert_true(has_extra(t, "invisible index", "skipped"));
    assert_true(has_extra(t, "system versioning", NULL));
    bool positive = false;
    for (size_t i = 0; i < t->check_count; i++)
        positive = positive || (t->checks[i].name != NULL && strcmp(t->checks[i].name, "positive") == 0);
    assert_true(positive);
    assert_int_equal(catalog->sequence_count, 1);
    assert_string_equal(catalog->sequences[0].start, "5");
    assert_string_equal(catalog->sequences[0].increment, "3");
    assert_string_equal(catalog->sequences[0].max, "100");
    assert_true(catalog->sequences[0].cycle);
    const struct catalog_table *stays = catalog_table_find(catalog, "only", "stays");
    assert_int_equal(stays->unique_count, 1);
    assert_string_equal(stays->uniques[0].name, "plain");
    assert_true(has_extra(stays, "unique key", "UNIQUE KEY `no two` (`room`,`booked` WITHOUT OVERLAPS)"));
    connect_close(c);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_only_mariadb_has_is_told) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
