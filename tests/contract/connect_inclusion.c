/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_inclusion.c - how the values of columns lie in the keys of another table, asked of PostgreSQL, MariaDB,
 * MySQL 8 and SQLite: all of them answer the same.
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
#include "tests/support/customer.h"
#include "tests/support/mysql_server.h"
#include "tests/support/scratch.h"
#include "tests/support/sqlite_file.h"

enum source { POSTGRESQL, MARIADB, MYSQL8, SQLITE, SOURCES };

static struct error e;

/* Rows of child: 1 and 2 have a parent, 9 (three rows) has none, two rows have no value. */
static const char *const statements[] = {
    "CREATE TABLE parent (id integer PRIMARY KEY, code varchar(20) NOT NULL UNIQUE, loose integer, amount "
    "decimal(10,2))",
    "CREATE TABLE pair (a integer NOT NULL, b integer NOT NULL, PRIMARY KEY (a, b))",
    "CREATE TABLE child (id integer PRIMARY KEY, p integer, c varchar(20), n varchar(20), d decimal(10,4), a integer, "
    "b integer)",
    "INSERT INTO parent VALUES (1, 'one', 1, 1.50), (2, 'two', 2, 2.50), (3, 'three', 3, 3.50)",
    "INSERT INTO pair VALUES (1, 1), (1, 2), (2, 2)",
    "INSERT INTO child VALUES (1, 1, 'one', '1', 1.5000, 1, 1), (2, 2, 'one', '2', 2.5, 2, 1), (3, 9, 'no', '1', 9, 1, "
    "2), (4, 9, '', '7', NULL, 1, NULL), (5, 9, NULL, NULL, NULL, NULL, NULL), (6, NULL, 'two', NULL, NULL, 2, 2), "
    "(7, NULL, 'two', '3', NULL, 2, 2)",
};

static struct connect *open_source(enum source source)
{
    char all[4096] = "";
    struct connect *c = NULL;
    const char *url;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        (void)snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", statements[i],
                       source == MARIADB || source == MYSQL8 ? ";;" : ";");
    if (source == SQLITE) {
        url = sqlite_file_make(all);
    } else if (source == POSTGRESQL) {
        url = customer_database();
        free(customer_query(url, all));
    } else {
        mysql_server_use(source == MARIADB ? MYSQL_MARIADB : MYSQL_MYSQL8);
        static int number;
        char name[32];
        (void)snprintf(name, sizeof name, "inclusion%d", ++number);
        url = mysql_server_database(name);
        mysql_server_run(name, all);
        url = mysql_server_address("root", name);
    }
    OK(connect_open(url, NULL, NULL, &c, &e));
    return c;
}

static struct catalog_table *table_of(struct catalog *c, const char *name)
{
    for (size_t i = 0; i < c->table_count; i++)
        if (strcmp(c->tables[i].name, name) == 0)
            return &c->tables[i];
    fail_msg("no table %s", name);
    return NULL;
}

struct question {
    const char *from[2], *to_table, *to[2];
    struct rows_inclusion expected;
};

static struct rows_inclusion ask(struct connect *c, struct catalog *catalog, const struct question *q, int64_t rows_max)
{
    const char *from[] = { q->from[0], q->from[1] }, *to[] = { q->to[0], q->to[1] };
    const struct catalog_names columns = { from, q->from[1] != NULL ? 2 : 1 }, to_columns = { to, columns.count };
    const struct rows_pair pair = { .from = table_of(catalog, "child"),
                                    .to = table_of(catalog, q->to_table),
                                    .columns = &columns,
                                    .to_columns = &to_columns,
                                    .rows_max = rows_max };
    struct rows_inclusion found;
    struct rows_source rows = connect_rows(c, catalog);
    assert_non_null(rows.face->contains);
    OK(rows.face->contains(rows.self, &pair, &found, &e));
    return found;
}

static void check(const struct rows_inclusion *found, const struct rows_inclusion *expected, int source, size_t nth)
{
    if (memcmp(found, expected, sizeof *found) != 0)
        fail_msg("source %d, question %zu: rows %lld/%lld, distinct %lld/%lld, exact %d, known %d", source, nth,
                 (long long)found->rows_missing, (long long)found->rows, (long long)found->distinct_missing,
                 (long long)found->distinct, (int)found->exact, (int)found->known);
}

static struct rows_inclusion inclusion(int64_t rows, int64_t distinct, int64_t rows_missing, int64_t distinct_missing)
{
    struct rows_inclusion i;
    memset(&i, 0, sizeof i);
    i.rows = rows;
    i.distinct = distinct;
    i.rows_missing = rows_missing;
    i.distinct_missing = distinct_missing;
    i.exact = i.known = true;
    return i;
}

/* NULLs and empty texts do not count; a number in a text is the number; 1.5000 is 1.50. */
static void every_source_answers_the_same(void **state)
{
    (void)state;
    for (int source = 0; source < SOURCES; source++) {
        struct connect *c = open_source((enum source)source);
        struct catalog *catalog = NULL;
        OK(connect_catalog(c, arena, NULL, true, &catalog, &e));
        const struct question questions[] = {
            { { "p" }, "parent", { "id" }, inclusion(5, 3, 3, 1) },
            { { "c" }, "parent", { "code" }, inclusion(5, 3, 1, 1) },
            { { "n" }, "parent", { "id" }, inclusion(5, 4, 1, 1) },
            { { "p" }, "parent", { "loose" }, inclusion(5, 3, 3, 1) },
            { { "d" }, "parent", { "amount" }, inclusion(3, 3, 1, 1) },
            { { "a", "b" }, "pair", { "a", "b" }, inclusion(5, 4, 1, 1) },
        };
        for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
            struct rows_inclusion found = ask(c, catalog, &questions[i], 1000);
            check(&found, &questions[i].expected, source, i);
        }
        connect_close(c);
    }
}

/* A table that is too large to be read is asked by its index, or not at all; of one that refers a sample is taken. */
static void large_tables_are_not_read(void **state)
{
    (void)state;
    for (int source = 0; source < SOURCES; source++) {
        struct connect *c = open_source((enum source)source);
        struct catalog *catalog = NULL;
        OK(connect_catalog(c, arena, NULL, true, &catalog, &e));
        table_of(catalog, "parent")->rows = table_of(catalog, "pair")->rows = 5000; /* so the estimate says */
        struct question probes[] = {
            { { "p" }, "parent", { "id" }, inclusion(5, 3, 3, 1) },
            { { "c" }, "parent", { "code" }, inclusion(5, 3, 1, 1) },
            { { "a", "b" }, "pair", { "a", "b" }, inclusion(5, 4, 1, 1) },
        };
        for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
            struct rows_inclusion found = ask(c, catalog, &probes[i], 1000);
            check(&found, &probes[i].expected, source, i);
        }
        const struct question unknown[] = { { { "p" }, "parent", { "loose" }, { 0 } }, /* no index */
                                            { { "n" }, "parent", { "id" }, { 0 } } };  /* none that helps */
        for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
            assert_false(ask(c, catalog, &unknown[i], 1000).known);
        table_of(catalog, "child")->rows = 5000;
        struct rows_inclusion found = ask(c, catalog, &probes[0], 4);
        assert_true(found.known && !found.exact);
        assert_true(found.rows <= 4);
        connect_close(c);
    }
}

/* No more than the limit and one row is counted. */
static void counting_has_an_end(void **state)
{
    (void)state;
    for (int source = 0; source < SOURCES; source++) {
        struct connect *c = open_source((enum source)source);
        struct catalog *catalog = NULL;
        int64_t rows = 0;
        bool all = false;
        OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
        struct catalog_table *child = table_of(catalog, "child");
        child->rows = -1;
        OK(connect_count_upto(c, child, 5, &rows, &all, &e));
        assert_int_equal(rows, 6);
        assert_false(all);
        OK(connect_count_upto(c, child, 7, &rows, &all, &e));
        assert_int_equal(rows, 7);
        assert_true(all);
        child->rows = 1000000; /* an estimate that says enough */
        OK(connect_count_upto(c, child, 5, &rows, &all, &e));
        assert_int_equal(rows, 1000000);
        assert_false(all);
        connect_close(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_source_answers_the_same, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(large_tables_are_not_read, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(counting_has_an_end, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
