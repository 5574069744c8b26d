/* SPDX-License-Identifier: Apache-2.0 */
/* connect_odbc_cell.c - what a driver's cells become: text, numbers, moments; and cells that can't be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "catalog/connect/odbc/odbc_cell.h"
#include "catalog/connect/odbc/odbc_text.h"

static struct error e;

/* A cell of that type with those bytes; the value as text in ret_text. */
static struct connect_value value_of(SQLSMALLINT type, enum odbc_form form, const void *data, size_t size,
                                     char *ret_text)
{
    struct odbc_cell cell = { 0 };
    struct connect_value v;
    odbc_cell_plan(&cell, type, 100, form);
    e = ERROR_NONE;
    if (odbc_cell_value(&cell, data, (SQLLEN)size, size, &v, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    memcpy(ret_text, v.data != NULL ? v.data : "", v.size);
    ret_text[v.size] = '\0';
    odbc_cell_finish(&cell);
    return v;
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        SQLSMALLINT type;
        enum odbc_form form;
        const char *given, *wanted;
    } cases[] = {
        { SQL_VARCHAR, ODBC_AS_IS, "", "" },
        { SQL_WVARCHAR, ODBC_AS_IS, "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
        { SQL_DECIMAL, ODBC_AS_IS, ".5", "0.5" },
        { SQL_NUMERIC, ODBC_AS_IS, "-.50", "-0.50" },
        { SQL_DECIMAL, ODBC_AS_IS, "12.50", "12.50" },
        { SQL_DECIMAL, ODBC_AS_IS, "-7", "-7" },
        { SQL_DOUBLE, ODBC_TEXT, ".1", "0.1" },
        { SQL_VARCHAR, ODBC_AS_IS, ".net", ".net" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        size_t units;
        SQLWCHAR *wide = odbc_text_wide(cases[i].given, &units);
        struct connect_value v = value_of(cases[i].type, cases[i].form, wide, units * sizeof *wide, text);
        assert_int_equal(v.type, CONNECT_TEXT);
        assert_false(v.unclean);
        assert_string_equal(text, cases[i].wanted);
        free(wide);
    }
}

static void unclean_texts_are_marked(void **state)
{
    (void)state;
    static const SQLWCHAR cases[][3] = {
        { 'a', 0, 'b' }, { 0xd800, 'a', 'b' }, { 'a', 'b', 0xdbff }, { 0xdc00, 0xd800, 'a' }
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        struct connect_value v = value_of(SQL_WVARCHAR, ODBC_AS_IS, cases[i], sizeof cases[i], text);
        assert_true(v.unclean);
        assert_true(i == 0 ? v.size == 3 : !text_utf8_valid(text, v.size)); /* and so told from all that is text */
    }
}

static void numbers_and_moments(void **state)
{
    (void)state;
    char text[64];
    const int64_t whole = INT64_MIN;
    assert_int_equal(value_of(SQL_BIGINT, ODBC_AS_IS, &whole, sizeof whole, text).integer, INT64_MIN);
    const double tenth = (double)0.1f, huge = 1e308;
    assert_true(value_of(SQL_REAL, ODBC_AS_IS, &tenth, sizeof tenth, text).real == 0.1);
    assert_true(value_of(SQL_DOUBLE, ODBC_AS_IS, &huge, sizeof huge, text).real == 1e308);
    const SQL_DATE_STRUCT day = { .year = 2024, .month = 2, .day = 29 };
    (void)value_of(SQL_TYPE_DATE, ODBC_AS_IS, &day, sizeof day, text);
    assert_string_equal(text, "2024-02-29");
    static const struct {
        unsigned fraction;
        const char *wanted;
    } moments[] = {
        { 0, "0001-01-01 23:59:09" },
        { 100, "0001-01-01 23:59:09.0000001" },
        { 120000000, "0001-01-01 23:59:09.12" },
        { 999999999, "0001-01-01 23:59:09.999999999" },
    };
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        const SQL_TIMESTAMP_STRUCT at = { 1, 1, 1, 23, 59, 9, moments[i].fraction };
        (void)value_of(SQL_TYPE_TIMESTAMP, ODBC_AS_IS, &at, sizeof at, text);
        assert_string_equal(text, moments[i].wanted);
    }
    const SQLGUID guid = { 0x550e8400, 0xe29b, 0x41d4, { 0xa7, 0x16, 0x44, 0x66, 0x55, 0x44, 0, 1 } };
    (void)value_of(SQL_GUID, ODBC_AS_IS, &guid, sizeof guid, text);
    assert_string_equal(text, "550e8400-e29b-41d4-a716-446655440001");
    assert_int_equal(value_of(SQL_VARBINARY, ODBC_AS_IS, "\0\xff", 2, text).size, 2);
}

/* What no driver should say, and one that is broken does. */
static void sizes_that_can_not_be_are_refused(void **state)
{
    (void)state;
    static const struct {
        SQLSMALLINT type;
        SQLLEN size;
        const char *code;
    } cases[] = {
        { SQL_VARCHAR, 18, "value_too_long" },   { SQL_VARCHAR, SQL_NO_TOTAL, "value_too_long" },
        { SQL_VARBINARY, 17, "value_too_long" }, { SQL_VARCHAR, 3, "protocol_error" },
        { SQL_VARCHAR, -7, "protocol_error" },   { SQL_VARBINARY, -2, "protocol_error" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct odbc_cell cell = { 0 };
        struct connect_value v;
        const SQLWCHAR data[8] = { 'a' };
        odbc_cell_plan(&cell, cases[i].type, 8, ODBC_AS_IS);
        e = ERROR_NONE;
        assert_int_equal(odbc_cell_value(&cell, (const char *)data, cases[i].size, sizeof data, &v, &e), ERROR_FATAL);
        assert_string_equal(e.code, cases[i].code);
        odbc_cell_finish(&cell);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(unclean_texts_are_marked),
        cmocka_unit_test(numbers_and_moments),
        cmocka_unit_test(sizes_that_can_not_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
