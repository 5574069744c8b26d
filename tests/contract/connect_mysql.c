/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_mysql.c - connect.h on a real MariaDB and on a real MySQL 8: introspection, rows, rights that are missing,
 * addresses. Every test runs on both; what only one of them has is in connect_mariadb.c and connect_mysql8.c.
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
#include "catalog/connect/connect_probe.h"
#include "catalog/rows.h"
#include "tests/support/look.h"
#include "tests/support/mysql_server.h"
#include "tests/support/ok.h"
#include "tests/support/scratch.h"

static struct error e;

/* What both say in their own words. */
static const char *either(const char *mariadb, const char *mysql)
{
    return mysql_server_flavour() == MYSQL_MARIADB ? mariadb : mysql;
}

static struct connect *open_database(const char *url)
{
    struct connect *c = NULL;
    OK(connect_open(url, NULL, NULL, &c, &e));
    assert_string_equal(connect_dialect(c), "mysql");
    return c;
}

static struct catalog *read_catalog(struct connect *c)
{
    struct catalog *catalog = NULL;
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    return catalog;
}

static const struct catalog_column *column(const struct catalog_table *t, const char *name)
{
    const struct catalog_column *found = catalog_column_find(t, name);
    assert_non_null(found);
    return found;
}

static void the_catalog_is_complete(void **state)
{
    (void)state;
    struct connect *c = open_database(mysql_server_database("shop"));
    mysql_server_run(
        "shop", "CREATE TABLE `par``ent` (a int, b varchar(20) COLLATE utf8mb4_bin, PRIMARY KEY (a, b)) COMMENT 'up' "
                "ENGINE=InnoDB;;"
                "CREATE TABLE child (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, n decimal(10,2) NOT NULL "
                "DEFAULT 1.50 COMMENT 'amount', x int, y varchar(20) COLLATE utf8mb4_bin, m enum('sad', 'it''s ok'), "
                "z int, twice int AS (z * 2) STORED, word varchar(10) DEFAULT 'a''b', at timestamp NULL DEFAULT "
                "current_timestamp() ON UPDATE current_timestamp(), "
                "CONSTRAINT fk FOREIGN KEY (x, y) REFERENCES `par``ent` (a, b) ON DELETE CASCADE, UNIQUE KEY u (word), "
                "KEY prefix (word(3)), KEY plain (x, y), FULLTEXT KEY words (word));;"
                "CREATE TABLE parts (k int PRIMARY KEY) PARTITION BY RANGE (k) (PARTITION p0 VALUES LESS THAN (10));;"
                "CREATE VIEW v AS SELECT id, n FROM child;;"
                "CREATE TRIGGER tr BEFORE INSERT ON child FOR EACH ROW SET NEW.x = 1;;");
    struct catalog *catalog = read_catalog(c);
    assert_string_equal(catalog->dialect, "mysql");
    assert_int_equal(catalog->table_count, 3);
    const struct catalog_table *child = catalog_table_find(catalog, "shop", "child");
    const struct catalog_table *parent = catalog_table_find(catalog, "shop", "par`ent");
    const struct catalog_table *parts = catalog_table_find(catalog, "shop", "parts");
    assert_true(child != NULL && parent != NULL && parts != NULL);
    assert_string_equal(parent->comment, "up");
    assert_int_equal(parent->primary_key.columns.count, 2);
    assert_true(column(child, "id")->identity && !column(child, "id")->nullable);
    assert_string_equal(column(child, "id")->native_type, "bigint(20) unsigned");
    assert_string_equal(column(child, "n")->default_text, "1.50");
    assert_string_equal(column(child, "n")->comment, "amount");
    assert_string_equal(column(child, "word")->default_text, "'a''b'");
    assert_null(column(child, "x")->default_text);
    assert_string_equal(column(child, "y")->collation, "utf8mb4_bin");
    assert_int_equal(column(child, "m")->type.name, TYPE_ENUM);
    assert_true(column(child, "twice")->generated_stored);
    assert_string_equal(column(child, "twice")->generated, either("`z` * 2", "(`z` * 2)"));
    assert_string_equal(column(child, "at")->on_update, either("current_timestamp()", "CURRENT_TIMESTAMP"));
    assert_int_equal(child->foreign_key_count, 1);
    const struct catalog_foreign_key *fk = &child->foreign_keys[0];
    assert_string_equal(fk->ref_table, "par`ent");
    assert_string_equal(fk->ref_columns.items[1], "b");
    assert_string_equal(fk->on_delete, "CASCADE");
    assert_int_equal(child->unique_count, 1);
    assert_string_equal(child->uniques[0].columns.items[0], "word");
    assert_string_equal(parts->kind, "partitioned");
    assert_string_equal(parts->partition->method, "range");
    assert_int_equal(catalog->view_count, 1);
    assert_int_equal(catalog->views[0].column_count, 2);
    assert_string_equal(child->extras[0].what, "trigger");
    size_t prefix = 0, words = 0;
    for (size_t i = 0; i < child->index_count; i++) {
        prefix += child->indexes[i].expression != NULL && strcmp(child->indexes[i].expression, "`word`(3)") == 0;
        words += child->indexes[i].method != NULL && strcmp(child->indexes[i].method, "fulltext") == 0;
    }
    assert_int_equal(prefix, 1); /* never taken for a plain one */
    assert_int_equal(words, 1);
    connect_close(c);
}

struct seen {
    int64_t rows;
    char text[512];
};

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *unused)
{
    struct seen *seen = context;
    (void)unused;
    for (size_t i = 0; i < t->column_count; i++)
        (void)snprintf(seen->text + strlen(seen->text), sizeof seen->text - strlen(seen->text), "%.*s|",
                       values[i].text != NULL ? (int)values[i].size : 4,
                       values[i].text != NULL ? values[i].text : "NULL");
    seen->rows++;
    return ERROR_OK;
}

static void values_arrive_as_they_are(void **state)
{
    (void)state;
    struct connect *c = open_database(mysql_server_database("data"));
    mysql_server_run(
        "data", "CREATE TABLE t (a bigint unsigned, b double, c decimal(20,5), d datetime(3), e varchar(20), "
                "f varbinary(4), g time, h date, i json);;"
                "INSERT INTO t VALUES (18446744073709551615, 0.1, 123456789012345.12345, '2024-02-03 04:05:06.789', "
                "'k\\u00f6 \\'q', x'3132', '-10:00:00', '2024-02-29', '{\"a\": 1}'), (NULL, NULL, NULL, NULL, NULL, "
                "NULL, NULL, NULL, NULL);;");
    struct catalog *catalog = read_catalog(c);
    struct rows_source rows = connect_rows(c, catalog);
    struct seen seen = { 0 };
    const struct rows_ask ask = { 0 };
    OK(rows.face->read(rows.self, &ask, on_row, &seen, &e));
    assert_int_equal(seen.rows, 2);
    assert_string_equal(seen.text,
                        "18446744073709551615|0.1|123456789012345.12345|2024-02-03 04:05:06.789|ku00f6 'q|12|"
                        "-10:00:00|2024-02-29|{\"a\": 1}|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|");
    int64_t count = 0;
    OK(connect_count(c, &catalog->tables[0], &count, &e));
    assert_int_equal(count, 2);
    connect_close(c);
}

/* Only what the user may see; a table whose rows are refused is told, the rest is read. */
static void rights_that_are_missing_are_told(void **state)
{
    (void)state;
    connect_close(open_database(mysql_server_database("guarded")));
    mysql_server_run(
        "guarded", "CREATE TABLE open_one (a int);; CREATE TABLE half (a int, b int);; INSERT INTO half VALUES (1, 2);;"
                   "INSERT INTO open_one VALUES (7);; CREATE USER stranger@localhost;;"
                   "GRANT SELECT ON guarded.open_one TO stranger@localhost;;"
                   "GRANT INSERT ON guarded.half TO stranger@localhost;;");
    struct connect *c = open_database(mysql_server_address("stranger", "guarded"));
    struct catalog *catalog = read_catalog(c);
    assert_int_equal(catalog->table_count, 2);
    struct rows_source rows = connect_rows(c, catalog);
    struct seen seen = { 0 };
    const struct rows_ask ask = { 0 };
    OK(rows.face->read(rows.self, &ask, on_row, &seen, &e));
    assert_int_equal(seen.rows, 1);
    assert_int_equal(catalog->diagnostic_count, 2); /* and that there may be more tables than are shown */
    assert_string_equal(catalog->diagnostics[1].table, "half");
    struct connect_probe p;
    OK(connect_probe(c, arena, &p, &e));
    assert_true(*p.version >= '0' && *p.version <= '9');
    assert_int_equal(p.tables, 2);
    assert_int_equal(p.missing_count, 1);
    assert_non_null(strstr(p.missing[0], "guarded.half"));
    connect_close(c);
}

/* A table without any right is shown to nobody: a key that leads to it may name it. Columns are shown by any right. */
static void what_is_not_shown_is_told(void **state)
{
    (void)state;
    (void)mysql_server_database("vei_led");
    mysql_server_run("vei_led",
                     "CREATE TABLE up (id int PRIMARY KEY);; CREATE TABLE down (id int PRIMARY KEY, up_id int, note "
                     "varchar(9), FOREIGN KEY (up_id) REFERENCES up (id));; INSERT INTO up VALUES (1);;"
                     "INSERT INTO down VALUES (1, 1, 'x'), (2, 1, 'y');; CREATE USER veiled;; CREATE USER whole;;"
                     "GRANT SELECT (id, up_id), INSERT (note) ON down TO veiled;; GRANT SELECT ON `vei\\_led`.* TO "
                     "whole");
    struct connect *c = open_database(mysql_server_address("veiled", "vei_led"));
    struct catalog *catalog = read_catalog(c);
    assert_int_equal(catalog->table_count, 1);
    assert_true(column(&catalog->tables[0], "note")->unreadable && !column(&catalog->tables[0], "id")->unreadable);
    struct rows_source rows = connect_rows(c, catalog);
    struct seen seen = { 0 };
    OK(rows.face->read(rows.self, &(struct rows_ask){ 0 }, on_row, &seen, &e));
    assert_string_equal(seen.text, "1|1|NULL|2|1|NULL|");
    assert_int_equal(look_told(catalog, "down", "note"), 1);
    assert_int_equal(look_told(catalog, NULL, "tables may be missing"), 1);
    /* MySQL tells a key's other end to whoever may read its columns; MariaDB may keep it to itself */
    assert_int_equal(look_told(catalog, "up", "not shown to this login"), catalog->tables[0].foreign_key_count);
    connect_close(c);
    c = open_database(mysql_server_address("whole", "vei_led"));
    catalog = read_catalog(c);
    assert_int_equal(catalog->table_count, 2);
    assert_int_equal(catalog->diagnostic_count, 0);
    connect_close(c);
}

static void nothing_is_written(void **state)
{
    (void)state;
    struct connect *c = open_database(mysql_server_database("still"));
    e = ERROR_NONE;
    assert_int_equal(connect_begin(c, &e), ERROR_REFUSED);
    connect_close(c);
}

static void wrong_addresses_say_what_to_do(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        enum error_class class;
        const char *says;
    } cases[] = {
        { "mysql://root@localhost:99999/x", ERROR_INVALID, "port" },
        { "mysql://root@localhost/x?color=red", ERROR_INVALID, "socket=PATH" },
        { "mysql://root@localhost/x?ssl=maybe", ERROR_INVALID, "required or verify" },
        { "mysql://ro%zzot@localhost/x", ERROR_INVALID, "percent code" },
        { "mysql://root@[::1/x", ERROR_INVALID, "]" },
        { "mysql://root@localhost/x?socket=/nowhere/s", ERROR_UNAVAILABLE, "/nowhere/s" },
    };
    (void)mysql_server_database("addresses");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct connect *c = NULL;
        e = ERROR_NONE;
        if (connect_open(cases[i].url, NULL, NULL, &c, &e) != cases[i].class ||
            strstr(e.message, cases[i].says) == NULL)
            fail_msg("%s: %d %s", cases[i].url, (int)e.class, e.message);
    }
    struct connect *c = NULL;
    e = ERROR_NONE;
    assert_int_equal(connect_open(mysql_server_address("nobody", "addresses"), "MARK", NULL, &c, &e), ERROR_DENIED);
    assert_null(strstr(e.message, "MARK"));
    e = ERROR_NONE;
    assert_int_equal(connect_open(mysql_server_address("root", "not_there"), NULL, NULL, &c, &e), ERROR_INVALID);
}

int main(void)
{
    int failed = 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_catalog_is_complete, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(values_arrive_as_they_are, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(rights_that_are_missing_are_told, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_shown_is_told, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_written, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(wrong_addresses_say_what_to_do, scratch_setup, scratch_teardown),
    };
    failed += cmocka_run_group_tests_name("MariaDB", tests, NULL, NULL);
    mysql_server_use(MYSQL_MYSQL8);
    failed += cmocka_run_group_tests_name("MySQL 8", tests, NULL, NULL);
    return failed;
}
