/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_mysql_spread.c - samples of large tables on a real MariaDB and a real MySQL 8: from all over the table, no
 * row twice, and never more rows read than were asked for, which the servers' own counters say. Whatever the key is
 * like.
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
#include <strings.h>

#include <cmocka.h>

#include "catalog/connect/connect.h"
#include "catalog/profile.h"
#include "jobs/discovery/discover.h"
#include "tests/support/mysql_server.h"
#include "tests/support/ok.h"
#include "tests/support/scratch.h"

enum { ROWS = 20000, SAMPLE = 600, TENTHS = 10 };

static struct error e;

/* n is where the row stands in the order of its key: 0 to ROWS - 1. */
static const char made[] =
    "CREATE TABLE seq (n int PRIMARY KEY);;INSERT INTO seq SELECT a.d + 10 * b.d + 100 * c.d + 1000 * f.d + 10000 * "
    "g.d FROM (SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 "
    "UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) a JOIN (SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 "
    "UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) b JOIN (SELECT 0 d "
    "UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION "
    "SELECT 8 UNION SELECT 9) c JOIN (SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION "
    "SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) f JOIN (SELECT 0 d UNION SELECT 1) "
    "g;;CREATE TABLE dense (id int PRIMARY KEY, n int);; INSERT INTO dense SELECT n - 10000, n FROM seq;;"
    /* nearly all of them in two places of a range of 10^18 */
    "CREATE TABLE sparse (id bigint unsigned PRIMARY KEY, n int);;INSERT INTO sparse SELECT CASE WHEN n < 10000 THEN n "
    "WHEN n = 19999 THEN 18000000000000000000 ELSE 900000000000000 + n END, n FROM seq;;CREATE TABLE tenants (tenant "
    "int, id int, n int, PRIMARY KEY (tenant, id));;INSERT INTO tenants SELECT CASE WHEN n < 1000 THEN 1 WHEN n < "
    "18000 THEN 2 ELSE 3 END, n, n FROM seq;;CREATE TABLE words (word varchar(80) PRIMARY KEY, n int);;INSERT INTO "
    "words SELECT CONCAT('Item-', IF(n % 2 = 0, 'q', 'Q'), LPAD(n, 6, '0')), n FROM seq WHERE n % 2 = 0;;INSERT INTO "
    "words SELECT CONCAT('Item-q', LPAD(n, 6, '0')), n FROM seq WHERE n % 2 = 1;;CREATE TABLE codes (id char(32) "
    "CHARACTER SET latin1 PRIMARY KEY, n int);;INSERT INTO codes SELECT CONCAT(LPAD(LOWER(HEX(n * 214748)), 8, '0'), "
    "LEFT(MD5(n), 24)), n FROM seq;;CREATE TABLE bytes (id binary(16) PRIMARY KEY, n int);;INSERT INTO bytes SELECT "
    "UNHEX(CONCAT(LPAD(HEX(n * 214748), 8, '0'), LEFT(MD5(n), 24))), n FROM seq;;CREATE TABLE times (at datetime, n "
    "int, KEY by_time (at));;INSERT INTO times SELECT '1969-03-01 00:00:00' + INTERVAL n * 1000 SECOND, n FROM "
    "seq;;INSERT INTO times VALUES (NULL, 7);;CREATE TABLE bare (n int, v int);; INSERT INTO bare SELECT n, n FROM "
    "seq;;";

struct seen {
    int64_t rows, twice, nulls, tenths[TENTHS];
    unsigned char had[ROWS];
};

static enum error_class see(void *arg, const struct connect_value *values, struct error *none)
{
    struct seen *seen = arg;
    (void)none;
    int64_t n = values[1].integer;
    assert_in_range(n, 0, ROWS - 1);
    seen->rows++;
    if (values[0].type == CONNECT_NULL)
        seen->nulls++;
    else
        seen->twice += seen->had[n]++ > 0;
    seen->tenths[n * TENTHS / ROWS]++;
    return ERROR_OK;
}

static enum error_class add_number(void *arg, const struct connect_value *values, struct error *none)
{
    int64_t *sum = arg;
    char text[32] = "";
    (void)none;
    if (values[0].size > 12 && strncasecmp(values[0].data, "Handler_read", 12) == 0 && values[1].size < sizeof text) {
        memcpy(text, values[1].data, values[1].size);
        *sum += strtoll(text, NULL, 10);
    }
    return ERROR_OK;
}

/* Rows that this session has read so far, out of tables and indexes. */
static int64_t rows_read(struct connect *c)
{
    bool mariadb = mysql_server_flavour() == MYSQL_MARIADB;
    struct catalog_column columns[] = { { .name = "VARIABLE_NAME" }, { .name = "VARIABLE_VALUE" } };
    const struct catalog_table status = { .schema = mariadb ? "information_schema" : "performance_schema",
                                          .name = mariadb ? "SESSION_STATUS" : "session_status",
                                          .columns = columns,
                                          .column_count = 2 };
    int64_t sum = 0;
    OK(connect_read(c, &status, &(struct connect_range){ 0 }, add_number, &sum, &e));
    return sum;
}

static void sample(struct connect *c, const struct catalog *catalog, const char *name, int64_t columns, bool spread)
{
    const struct catalog_table *t = catalog_table_find(catalog, "spread", name);
    const struct connect_range range = { .limit = SAMPLE, .spread = true, .raw = true };
    struct catalog_column turned[3];
    struct catalog_table of_two = *t;
    struct seen *seen = calloc(1, sizeof *seen);
    assert_non_null(seen);
    memcpy(turned, t->columns, t->column_count * sizeof *turned);
    if (columns == 3) { /* tenant, id, n: n second */
        turned[1] = t->columns[2];
        turned[2] = t->columns[1];
    }
    of_two.columns = turned;
    int64_t idle = rows_read(c), before = rows_read(c);
    OK(connect_read(c, &of_two, &range, see, seen, &e));
    int64_t cost = rows_read(c) - before - (before - idle);
    if (cost > 5 * SAMPLE) /* what the bounds take to be sorted is counted as well */
        fail_msg("%s: %lld rows were read for %d", name, (long long)cost, SAMPLE);
    assert_int_equal(seen->twice, 0);
    if (seen->rows > SAMPLE || seen->rows < SAMPLE * 3 / 4)
        fail_msg("%s: %lld rows", name, (long long)seen->rows);
    for (size_t i = 0; i < TENTHS && spread; i++)
        if (seen->tenths[i] < SAMPLE / TENTHS / 4)
            fail_msg("%s: tenth %zu has %lld rows", name, i, (long long)seen->tenths[i]);
    assert_int_equal(seen->nulls, strcmp(name, "times") == 0); /* what has no key is looked at as well */
    free(seen);
}

static void samples_come_from_all_over(void **state)
{
    (void)state;
    struct connect *c = NULL;
    struct catalog *catalog = NULL;
    const char *url = mysql_server_database("spread");
    mysql_server_run("spread", made);
    mysql_server_run("spread", "ANALYZE TABLE dense, sparse, tenants, words, codes, bytes, times, bare");
    OK(connect_open(url, NULL, NULL, &c, &e));
    OK(connect_catalog(c, arena, NULL, false, &catalog, &e));
    sample(c, catalog, "dense", 2, true);
    sample(c, catalog, "sparse", 2, true);
    sample(c, catalog, "tenants", 3, true);
    sample(c, catalog, "words", 2, true);
    sample(c, catalog, "codes", 2, true);
    sample(c, catalog, "bytes", 2, true);
    sample(c, catalog, "times", 2, true);
    connect_close(c);
}

/* Without an index nothing can be spread; the first rows are what there is. Figures of a sample are estimates. */
static void what_is_sampled_is_an_estimate(void **state)
{
    (void)state;
    struct connect *c = NULL;
    struct discovered d = { 0 };
    struct discover_limits limits = discover_limits_default();
    limits.sample_rows = SAMPLE;
    limits.count_rows_max = 1000;
    OK(connect_open(mysql_server_address("root", "spread"), NULL, NULL, &c, &e));
    OK(discover_connect(arena, c, &(struct discover_options){ .limits = &limits }, &d, &e));
    const char *const names[] = { "dense", "bare" };
    for (size_t i = 0; i < 2; i++) {
        const struct catalog_table *t = catalog_table_find(d.catalog, "spread", names[i]);
        const struct catalog_profile *p = catalog_column_find(t, "n")->profile;
        assert_false(t->rows_exact);
        assert_in_range(t->rows, ROWS / 2, ROWS * 2);
        assert_true(p->estimated && p->rows <= SAMPLE && p->rows > SAMPLE / 2);
        assert_in_range(strtoll(p->max, NULL, 10), i == 0 ? ROWS * 9 / 10 : SAMPLE - 1, i == 0 ? ROWS : SAMPLE);
    }
    connect_close(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(samples_come_from_all_over, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(what_is_sampled_is_an_estimate, scratch_setup, scratch_teardown),
    };
    int failed = cmocka_run_group_tests_name("on MariaDB", tests, NULL, NULL);
    mysql_server_use(MYSQL_MYSQL8);
    return failed + cmocka_run_group_tests_name("on MySQL 8", tests, NULL, NULL);
}
