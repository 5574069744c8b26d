/* SPDX-License-Identifier: Apache-2.0 */
/* Bulk loads into a real PostgreSQL: every value arrives as it was, and what is refused names table, column and key. */
#include "catalog/connect/connect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/customer.h"
#include "tests/support/proxy.h"
#include "tests/support/scratch.h"

static struct error e;

static struct catalog_table *find(struct connect *c, const char *name)
{
    struct catalog *catalog;
    if (connect_catalog(c, arena, "public", false, &catalog, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    struct catalog_table *t = catalog_table_find(catalog, "public", name);
    assert_non_null(t);
    return t;
}

static void rows_go_in(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(url,
                        "CREATE TABLE w (id int PRIMARY KEY, \"te\"\"xt\" text, twice int GENERATED ALWAYS AS (id / 7) "
                        "STORED, y bytea, b boolean, d numeric, ts timestamp)"));
    struct connect *c = customer_open(url, NULL);
    struct catalog_table *t = find(c, "w");
    struct connect_copy *copy;
    const struct connect_value row[] = {
        { .type = CONNECT_TEXT, .data = "7", .size = 1 },
        { .type = CONNECT_TEXT, .data = "\\N\t\r\n\\.'\"\x01", .size = 10 },
        { .type = CONNECT_INTEGER, .integer = 99 }, /* generated: the target's own value counts */
        { .type = CONNECT_BINARY, .data = "\0\\x", .size = 3 },
        { .type = CONNECT_INTEGER, .integer = 1 },
        { .type = CONNECT_REAL, .real = 0.1 },
        { .type = CONNECT_TEXT, .data = "2020-01-02 03:04:05", .size = 19 },
    };
    struct connect_value nulls[7] = { { .type = CONNECT_INTEGER, .integer = INT32_MIN } };
    int64_t rows = 0;
    OK(connect_begin(c, &e));
    OK(connect_copy_begin(c, t, &copy, &e));
    OK(connect_copy_row(copy, row, &e));
    OK(connect_copy_row(copy, nulls, &e));
    OK(connect_copy_end(copy, &rows, &e));
    OK(connect_commit(c, &e));
    assert_int_equal(rows, 2);
    customer_expect(
        url,
        "SELECT \"te\"\"xt\" = E'\\\\N\\t\\r\\n\\\\.''\"\\x01' AND twice = 1 AND y = '\\x005c78' AND b AND d = 0.1 "
        "AND ts = '2020-01-02 03:04:05' FROM w WHERE id = 7",
        "t");
    customer_expect(url, "SELECT count(*) FROM w WHERE id = -2147483648 AND \"te\"\"xt\" IS NULL AND y IS NULL", "1");
    connect_close(c);
}

/* Sends three rows of which the one with key 2 holds `value`; the message must name table, column and key. */
static void refused(struct connect *c, const struct catalog_table *t, const struct connect_value *value,
                    const char *code, const char *message)
{
    struct connect_copy *copy;
    int64_t rows;
    OK(connect_begin(c, &e));
    assert_int_equal(connect_copy_begin(c, t, &copy, &e), ERROR_OK);
    enum error_class class = ERROR_OK;
    for (int i = 1; i <= 3 && class == ERROR_OK; i++) {
        struct connect_value values[] = { { .type = CONNECT_INTEGER, .integer = i }, { .type = CONNECT_NULL } };
        if (i == 2)
            values[1] = *value;
        class = connect_copy_row(copy, values, &e);
    }
    if (class == ERROR_OK)
        class = connect_copy_end(copy, &rows, &e);
    else
        connect_copy_abort(copy);
    assert_int_equal(class, ERROR_FATAL);
    assert_string_equal(e.code, code);
    if (!strstr(e.message, message) || !strstr(e.message, "key 2"))
        fail_msg("\"%s\" does not say \"%s\" and \"key 2\"", e.message, message);
    connect_rollback(c);
    OK(connect_count(c, t, &rows, &e)); /* the session lives and nothing is in */
    assert_int_equal(rows, 0);
}

static void refusals_name_the_place(void **state)
{
    (void)state;
    const char *url = customer_database();
    free(customer_query(url,
                        "CREATE TABLE numbers (id int PRIMARY KEY, \"va 1\" int); CREATE TABLE texts (id int PRIMARY "
                        "KEY, t varchar(3))"));
    struct connect *c = customer_open(url, NULL);
    const struct connect_value word = { .type = CONNECT_TEXT, .data = "seven", .size = 5 };
    const struct connect_value nul = { .type = CONNECT_TEXT, .data = "a\0b", .size = 3 };
    const struct connect_value bytes = { .type = CONNECT_BINARY, .data = "ab", .size = 2 };
    refused(c, find(c, "numbers"), &word, "data_refused", "table \"numbers\", column \"va 1\"");
    refused(c, find(c, "texts"), &word, "data_refused", "table \"texts\", column \"t\"");
    refused(c, find(c, "texts"), &nul, "text_with_nul", "table \"texts\", column \"t\"");
    refused(c, find(c, "texts"), &bytes, "bytes_in_text_column", "table \"texts\", column \"t\"");
    connect_close(c);
}

/* libpq can't write any more and does not call its connection bad yet: it is lost all the same, and worth a retry. */
static void a_session_cut_in_the_middle(void **state)
{
    (void)state;
    enum { SIZE = 200 << 10 };
    const char *url = customer_database();
    free(customer_query(url, "CREATE TABLE big (id int PRIMARY KEY, t text)"));
    struct proxy *proxy = proxy_start(url, "cut here", strlen("cut here"), false);
    struct connect *c = customer_open(proxy_url(proxy), NULL);
    struct catalog_table *t = find(c, "big");
    struct connect_copy *copy;
    char *text = malloc(SIZE);
    assert_non_null(text);
    memset(text, 'x', SIZE);
    memcpy(text, "cut here", 8);
    const struct connect_value row[] = { { .type = CONNECT_INTEGER, .integer = 1 },
                                         { .type = CONNECT_TEXT, .data = text, .size = SIZE } };
    int64_t rows;
    OK(connect_begin(c, &e));
    OK(connect_copy_begin(c, t, &copy, &e));
    enum error_class class = connect_copy_row(copy, row, &e);
    proxy_stop(proxy);
    if (class == ERROR_OK)
        class = connect_copy_end(copy, &rows, &e);
    else
        connect_copy_abort(copy);
    assert_int_equal(class, ERROR_UNAVAILABLE);
    assert_string_equal(e.code, "connection_lost");
    connect_close(c);
    free(text);
    customer_expect(url, "SELECT count(*) FROM big", "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_go_in, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(refusals_name_the_place, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(a_session_cut_in_the_middle, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
