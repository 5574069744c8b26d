/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect_odbc_drivers.c - catalog/connect/odbc on real drivers: psqlODBC before a real PostgreSQL, and SQLite's. Rows,
 * NULLs, long values, UTF-16, decimals, dates, blocks; key ranges, bounds and orphans. What is tried is the room, not
 * PostgreSQL, which has a connector of its own. What goes wrong is connect_odbc_errors.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "catalog/connect/sqlserver/sqlserver.h"
#include "tests/support/customer.h"
#include "tests/support/odbc_sample.h"
#include "tests/support/scratch.h"

static struct error e;

/* A row as text, NULL as NULL; values that are not text in brackets of their sort. */
static void show(struct buffer *b, const struct connect_value *values, size_t count)
{
    char real[CONNECT_REAL_SIZE];
    for (size_t i = 0; i < count; i++) {
        const struct connect_value *v = &values[i];
        switch (v->type) {
        case CONNECT_NULL:
            (void)buffer_text(b, "NULL");
            break;
        case CONNECT_INTEGER:
            (void)buffer_format(b, "<%lld>", (long long)v->integer);
            break;
        case CONNECT_REAL:
            connect_real_text(v->real, real);
            (void)buffer_format(b, "~%s", real);
            break;
        case CONNECT_BINARY:
            (void)buffer_text(b, "x");
            for (size_t k = 0; k < v->size; k++)
                (void)buffer_format(b, "%02x", (unsigned char)v->data[k]);
            break;
        case CONNECT_TEXT:
            (void)buffer_add(b, v->data, v->size);
        }
        (void)buffer_char(b, '|');
    }
}

static void gives(struct odbc *o, const char *sql, const char *wanted)
{
    struct odbc_cursor *c = NULL;
    const struct connect_value *values = NULL;
    struct buffer b;
    buffer_init(&b, 1 << 20);
    OK(odbc_query(o, sql, NULL, &c, &e));
    while (odbc_fetch(c, &values, &e) == ERROR_OK && values != NULL)
        show(&b, values, odbc_columns(c));
    if (e.class != ERROR_OK)
        fail_msg("%s", e.message);
    if (strcmp(buffer_view(&b), wanted) != 0)
        fail_msg("%s:\n%s\nwanted\n%s", sql, buffer_view(&b), wanted);
    buffer_finish(&b);
    odbc_finish(c);
}

static void values_arrive_as_they_are(void **state)
{
    (void)state;
    struct odbc *o = odbc_sample_postgresql(customer_database(), 0);
    gives(o,
          "SELECT 1::int2, (-2147483648)::int4, 9223372036854775807::int8, 0.1::float4, 0.1::float8, 1e300::float8, "
          "true::bool",
          "<1>|<-2147483648>|<9223372036854775807>|~0.1|~0.1|~1e+300|<1>|");
    gives(o, "SELECT 123456789012345678.123456789::numeric(30,9), (-0.5)::numeric(3,1), NULL::numeric(5,2)",
          "123456789012345678.123456789|-0.5|NULL|");
    gives(o,
          "SELECT date '2024-02-29', timestamp '2024-02-03 04:05:06.789', timestamp '1999-12-31 23:59:59', "
          "timestamp '2024-01-01 00:00:00.000001', time '04:05:06', NULL::date",
          "2024-02-29|2024-02-03 04:05:06.789|1999-12-31 23:59:59|2024-01-01 00:00:00.000001|04:05:06|NULL|");
    gives(o, "SELECT 'ä€😀中'::varchar(10), ''::varchar(5), NULL::varchar(5), 'x'::char(3), '\\xdeadbeef00'::bytea",
          "ä€😀中||NULL|x  |xdeadbeef00|");
    gives(o, "SELECT '550e8400-e29b-41d4-a716-446655440000'::uuid", "550e8400-e29b-41d4-a716-446655440000|");
    gives(o, "SELECT 1 WHERE false", "");
    odbc_sample_close(o);
}

/* Values that are taken in pieces, of lengths around the size of one, between others in the same row. */
static void long_values_are_whole(void **state)
{
    (void)state;
    static const size_t lengths[] = { 0, 1, 4095, 8190, 8191, 8192, 8193, 16383, 16384, 100000, 3000000 };
    struct odbc *o = odbc_sample_postgresql(customer_database(), 0);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct odbc_cursor *c = NULL;
        const struct connect_value *v = NULL;
        mem_auto char *sql = mem_format("SELECT repeat('ä😀', %zu)::text, 7, decode(repeat('ab', %zu), 'hex'), "
                                        "NULL::text",
                                        lengths[i] / 2, lengths[i]);
        OK(odbc_query(o, sql, NULL, &c, &e));
        OK(odbc_fetch(c, &v, &e));
        assert_non_null(v);
        assert_int_equal(v[0].type, CONNECT_TEXT);
        assert_int_equal(v[0].size, lengths[i] / 2 * strlen("ä😀"));
        for (size_t at = 0; at < v[0].size; at += strlen("ä😀"))
            assert_memory_equal(v[0].data + at, "ä😀", strlen("ä😀"));
        assert_int_equal(v[1].integer, 7);
        assert_int_equal(v[2].type, CONNECT_BINARY);
        assert_int_equal(v[2].size, lengths[i]);
        for (size_t at = 0; at < v[2].size; at++)
            assert_int_equal((unsigned char)v[2].data[at], 0xab);
        assert_int_equal(v[3].type, CONNECT_NULL);
        odbc_finish(c);
    }
    odbc_sample_close(o);
}

/* Over several blocks, and a count that is one; each row its own. */
static void blocks_lose_nothing(void **state)
{
    (void)state;
    static const int counts[] = { 1, 499, 500, 501, 1000, 2345 };
    struct odbc *o = odbc_sample_postgresql(customer_database(), 0);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct odbc_cursor *c = NULL;
        const struct connect_value *v = NULL;
        int row = 0;
        char name[64];
        mem_auto char *sql = mem_format("SELECT n::int4, ('name ' || n)::varchar(30), CASE WHEN n %% 3 = 0 THEN NULL "
                                        "ELSE n END::int8 FROM generate_series(1, %d) n ORDER BY 1",
                                        counts[i]);
        OK(odbc_query(o, sql, NULL, &c, &e));
        OK(odbc_fetch(c, &v, &e));
        while (v != NULL) {
            row++;
            assert_int_equal(v[0].integer, row);
            (void)snprintf(name, sizeof name, "name %d", row);
            assert_string_equal(v[1].data, name);
            assert_int_equal(v[2].type, row % 3 == 0 ? CONNECT_NULL : CONNECT_INTEGER);
            OK(odbc_fetch(c, &v, &e));
        }
        assert_int_equal(row, counts[i]);
        odbc_finish(c);
    }
    odbc_sample_close(o);
}

static struct catalog *items(const char *url)
{
    struct connect *c = customer_open(url, "test");
    struct catalog *catalog = NULL;
    free(customer_query(url, "CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT n FROM "
                             "generate_series(1, 900) n; CREATE TABLE item (a int, b varchar(10), price numeric(10,2), "
                             "up int, PRIMARY KEY (a, b)); INSERT INTO item SELECT n / 10, 'b' || n % 10, n / 100.0, n "
                             "FROM generate_series(1, 1000) n; ANALYZE"));
    OK(connect_catalog(c, arena, NULL, true, &catalog, &e));
    connect_close(c);
    return catalog;
}

static enum error_class on_row(void *arg, const struct connect_value *values, struct error *unused)
{
    struct buffer *b = arg;
    (void)unused;
    show(b, values, 2);
    return ERROR_OK;
}

static void ranges_bounds_and_orphans(void **state)
{
    (void)state;
    const char *url = customer_database();
    struct catalog *catalog = items(url);
    struct catalog_table *t = catalog_table_find(catalog, "public", "item");
    struct odbc *o = odbc_sample_postgresql(url, 0);
    int64_t rows = 0;
    OK(odbc_count(&o->base, t, &rows, &e));
    assert_int_equal(rows, 1000);

    OK(odbc_count_upto(&o->base, t, 20, &rows, &e));
    assert_int_equal(rows, 21);
    OK(odbc_count_upto(&o->base, t, 5000, &rows, &e));
    assert_int_equal(rows, 1000);

    const struct connect_value after[] = { { .type = CONNECT_INTEGER, .integer = 3 },
                                           { .type = CONNECT_TEXT, .data = "b8", .size = 2 } };
    const struct connect_value upto[] = { { .type = CONNECT_INTEGER, .integer = 4 },
                                          { .type = CONNECT_TEXT, .data = "b1", .size = 2 } };
    struct connect_range range = { .key = t->primary_key.columns, .after = after, .upto = upto };
    struct buffer b;
    buffer_init(&b, 1 << 20);
    OK(odbc_read(&o->base, t, &range, on_row, &b, &e));
    assert_string_equal(buffer_view(&b), "<3>|b9|<4>|b0|<4>|b1|");
    buffer_clear(&b);
    range.upto = NULL;
    range.limit = 2;
    OK(odbc_read(&o->base, t, &range, on_row, &b, &e));
    assert_string_equal(buffer_view(&b), "<3>|b9|<4>|b0|");
    buffer_clear(&b);
    const struct connect_range spread = { .limit = 1, .spread = true, .raw = true };
    t->rows = 100000; /* so that it is worth sampling, which this server refuses */
    OK(odbc_read(&o->base, t, &spread, on_row, &b, &e));
    assert_true(b.size > 0);
    buffer_finish(&b);

    struct connect_value *bounds = NULL;
    unsigned count = 0;
    OK(odbc_split(&o->base, arena, t, 4, &bounds, &count, &e));
    assert_int_equal(count, 3);
    assert_int_equal(bounds[0].integer, 25); /* every 250th key */
    assert_string_equal(bounds[1].data, "b0");
    assert_int_equal(bounds[4].integer, 75);

    struct catalog_foreign_key *fk = catalog_foreign_key_add(catalog, t);
    const char *samples = NULL;
    catalog_name_add(catalog, &fk->columns, "up");
    catalog_name_add(catalog, &fk->ref_columns, "id");
    fk->ref_schema = "public";
    fk->ref_table = "parent";
    OK(odbc_orphans(&o->base, arena, t, fk, &rows, &samples, &e));
    assert_int_equal(rows, 100);
    assert_true(strncmp(samples, "[[\"", 3) == 0 && strstr(samples, "b") != NULL);

    const struct rows_pair pair = { t, catalog_table_find(catalog, "public", "parent"), &fk->columns, &fk->ref_columns,
                                    .rows_max = 100000 };
    struct rows_inclusion found = { 0 };
    t->rows = 1000;
    OK(sqlserver_contains(&o->base, &pair, &found, &e));
    assert_true(found.known && found.exact);
    assert_int_equal(found.rows, 1000);
    assert_int_equal(found.distinct_missing, 100);
    odbc_sample_close(o);
}

/* SQLite's columns hold what they like: a text longer than declared is an error, not half a text. */
static void sqlite_values_are_never_cut(void **state)
{
    (void)state;
    const char *file = odbc_sample_file("CREATE TABLE t (a integer, b varchar(5), c text, d blob, f double);"
                                        "INSERT INTO t VALUES (1, 'ab', 'long', x'0102', 0.5), (NULL, NULL, NULL, "
                                        "NULL, NULL), (3, '12345', 'ü', x'', -1e9);"
                                        "CREATE TABLE wide (b varchar(5)); INSERT INTO wide VALUES ('ok'), "
                                        "('longer than five and more');");
    struct odbc *o = odbc_sample_sqlite(&odbc_sample_plain, "sqlite", file);
    gives(o, "SELECT a, b, c, f FROM t", "<1>|ab|long|~0.5|NULL|NULL|NULL|NULL|<3>|12345|ü|~-1000000000|");
    struct odbc_cursor *c = NULL;
    const struct connect_value *v = NULL;
    OK(odbc_query(o, "SELECT b FROM wide", NULL, &c, &e));
    enum error_class class = odbc_fetch(c, &v, &e);
    if (class == ERROR_OK)
        class = odbc_fetch(c, &v, &e);
    assert_int_equal(class, ERROR_FATAL);
    assert_string_equal(e.code, "value_too_long");
    odbc_finish(c);
    odbc_sample_close(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_arrive_as_they_are, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(long_values_are_whole, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(blocks_lose_nothing, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(ranges_bounds_and_orphans, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(sqlite_values_are_never_cut, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
