/* SPDX-License-Identifier: Apache-2.0 */
/* discovery_limits.c - what discovery may cost a server: no table above the limit is read whole, which the server's own
 * counters say; what is estimated is marked, and what may not be read is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "jobs/discovery/discover.h"
#include "tests/support/customer.h"
#include "tests/support/look.h"
#include "tests/support/scratch.h"

static struct error e;

static struct catalog *discover(const char *url, const struct discover_options *options)
{
    struct discovered d = { 0 };
    struct connect *c = NULL;
    const struct connect_options reading = { .read_only = true };
    OK(connect_open(url, NULL, &reading, &c, &e));
    OK(discover_connect(arena, c, options, &d, &e));
    connect_close(c);
    return d.catalog;
}

/* Rows that the server read of the table, by a scan of it or by its indexes, since it was filled. */
static int64_t rows_read(const char *url, const char *name, bool by_index)
{
    char sql[300];
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM pg_stat_user_tables WHERE relname = '%s'",
                   by_index ? "coalesce(idx_tup_fetch, 0)" : "seq_tup_read", name);
    char *text = customer_query(url, sql);
    int64_t rows = strtoll(text, NULL, 10);
    free(text);
    return rows;
}

static const char many[] =
    "CREATE TABLE parent (id int PRIMARY KEY, name text);"
    "INSERT INTO parent SELECT n, 'name ' || n FROM generate_series(1, 60000) n;"
    "CREATE TABLE child (id int PRIMARY KEY, parent_id int, note text);"
    "INSERT INTO child SELECT n, 1 + n * 7919 % 60000, 'note' FROM generate_series(1, 80000) n;"
    "CREATE TABLE fresh (id int, v text); INSERT INTO fresh SELECT n, 'x' FROM generate_series(1, 50000) n;"
    "CREATE TABLE small (id int PRIMARY KEY, v text); INSERT INTO small SELECT n, 'x' FROM generate_series(1, 900) n;"
    "ALTER TABLE fresh SET (autovacuum_enabled = false); ANALYZE parent, child, small;";

static void no_large_table_is_read_whole(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(url, many));
    free(customer_query(url, "SELECT pg_stat_force_next_flush(), pg_stat_reset()"));
    const struct discover_limits limits = {
        .sample_rows = 200, .count_rows_max = 1000, .inclusion_rows = 1000, .sample_bytes = 1 << 20
    };
    const struct discover_options options = { .limits = &limits };
    const struct catalog *c = discover(url, &options);
    const struct catalog_table *parent = look_table(c, "parent"), *child = look_table(c, "child"),
                               *fresh = look_table(c, "fresh");
    assert_int_equal(look_table(c, "small")->rows, 900);
    assert_true(look_table(c, "small")->rows_exact);
    assert_false(parent->rows_exact || child->rows_exact || fresh->rows_exact);
    assert_in_range(parent->rows, 50000, 70000);
    assert_true(fresh->rows >= 1001); /* nobody has analyzed it: more than that is all that is known */
    customer_await(url, "SELECT seq_tup_read > 0 FROM pg_stat_user_tables WHERE relname = 'small'");
    customer_await(url, "SELECT seq_scan + seq_tup_read > 0 FROM pg_stat_user_tables WHERE relname = 'fresh'");
    assert_true(rows_read(url, "parent", false) < 30000 && rows_read(url, "child", false) < 40000);
    assert_true(rows_read(url, "parent", true) < 30000);
    assert_true(rows_read(url, "fresh", false) < 10000);
    bool found = false;
    for (size_t i = 0; i < c->relationship_count; i++) {
        const struct catalog_relationship *r = &c->relationships[i];
        found = found || (strcmp(r->from_table, "child") == 0 && strcmp(r->to_table, "parent") == 0);
    }
    assert_true(found); /* by its index, for some of the values */
}

static void only_what_is_wanted_is_read(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(url,
                        "CREATE SCHEMA sales; CREATE TABLE sales.orders (id int); CREATE TABLE sales.\"Orders\" (id "
                        "int); CREATE TABLE sales.order_log (id int); CREATE TABLE other (id int); INSERT INTO "
                        "other SELECT generate_series(1, 100); CREATE VIEW sales.orders_view AS SELECT * FROM "
                        "sales.orders; INSERT INTO sales.order_log SELECT generate_series(1, 100);"));
    const char *include[] = { "Sales.O*" }, *exclude[] = { "*_log" };
    const struct discover_options options = { .patterns = { .include = { include, 1 }, .exclude = { exclude, 1 } } };
    const struct catalog *c = discover(url, &options);
    assert_int_equal(c->table_count, 1); /* what is not quoted is lower case, and so is what it matches */
    assert_string_equal(c->tables[0].name, "orders");
    assert_int_equal(c->view_count, 1);
    customer_expect(url, "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname IN ('other', 'order_log')",
                    "0");
}

/* Rows without a parent in a key that nobody checked, and what may not be read. */
static void orphans_and_missing_rights_are_told(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(
        url, "CREATE TABLE up (id int PRIMARY KEY); INSERT INTO up SELECT generate_series(1, 10);"
             "CREATE TABLE down (id int PRIMARY KEY, up_id int); INSERT INTO down SELECT n, n FROM generate_series(1, "
             "13) n; ALTER TABLE down ADD FOREIGN KEY (up_id) REFERENCES up NOT VALID;"
             "CREATE TABLE hidden (id int); CREATE SCHEMA closed; CREATE TABLE closed.t (id int);"
             "DROP ROLE IF EXISTS partly; CREATE ROLE partly LOGIN; GRANT SELECT ON up, down TO partly;"));
    char partly[300];
    (void)snprintf(partly, sizeof partly, "postgresql://partly%s", strchr(url, '@'));
    const struct catalog *c = discover(partly, &(struct discover_options){ 0 });
    const struct catalog_table *down = look_table(c, "down");
    assert_int_equal(down->foreign_keys[0].orphans, 3);
    bool referential = false, hidden = false, closed = false;
    for (size_t i = 0; i < down->finding_count; i++)
        referential =
            referential || (strcmp(down->findings[i].check, "referential") == 0 && down->findings[i].rows == 3);
    assert_true(referential);
    for (size_t i = 0; i < c->diagnostic_count; i++) {
        hidden = hidden || (c->diagnostics[i].table != NULL && strcmp(c->diagnostics[i].table, "hidden") == 0);
        closed = closed || (c->diagnostics[i].table != NULL && strcmp(c->diagnostics[i].table, "t") == 0);
    }
    assert_true(hidden && closed);
    assert_int_equal(c->table_count, 4);
    free(customer_query(url, "DROP OWNED BY partly; DROP ROLE partly"));
}

/* A catalog of the server's own that is closed to the login: what it would have told is missing, and the rest is there.
 */
static void catalogs_that_are_closed_are_told(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(
        url, "CREATE TABLE up (id int PRIMARY KEY, v text); INSERT INTO up VALUES (1, 'x'); CREATE INDEX i ON up (v);"
             "CREATE TABLE rows_of_mine (id int); INSERT INTO rows_of_mine VALUES (1); ALTER TABLE rows_of_mine ENABLE "
             "ROW LEVEL SECURITY; CREATE VIEW w AS SELECT 1 AS one; CREATE SEQUENCE s; CREATE TYPE mood AS ENUM ('a');"
             "CREATE ROLE closed_in LOGIN; GRANT SELECT ON up, rows_of_mine TO closed_in;"
             "REVOKE SELECT ON pg_constraint, pg_sequence FROM PUBLIC;"));
    char login[300];
    (void)snprintf(login, sizeof login, "postgresql://closed_in%s", strchr(url, '@'));
    const struct catalog *c = discover(login, &(struct discover_options){ 0 });
    assert_int_equal(c->table_count, 2);
    assert_int_equal(look_table(c, "up")->column_count, 2);
    assert_int_equal(look_table(c, "up")->rows, 1);
    assert_int_equal(c->view_count, 1);
    bool keys = false, sequences = false, guarded = false;
    for (size_t i = 0; i < c->diagnostic_count; i++) {
        const char *message = c->diagnostics[i].message;
        keys = keys || (strstr(message, "no keys and checks") != NULL && strstr(message, "pg_constraint") != NULL);
        sequences = sequences || strstr(message, "no sequences") != NULL;
        guarded = guarded || (c->diagnostics[i].table != NULL && strcmp(c->diagnostics[i].table, "rows_of_mine") == 0);
    }
    assert_true(keys && sequences && guarded);
    free(customer_query(url, "DROP OWNED BY closed_in; DROP ROLE closed_in"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_large_table_is_read_whole, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(only_what_is_wanted_is_read, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(orphans_and_missing_rights_are_told, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(catalogs_that_are_closed_are_told, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
