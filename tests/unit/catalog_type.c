/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_type.c - native types to canonical ones and back, and what texts and numbers look like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/connect/connect.h"
#include "catalog/observed.h"
#include "catalog/shape.h"
#include "catalog/type.h"

static void names_both_ways(void **state)
{
    (void)state;
    for (int i = TYPE_OTHER; i <= TYPE_DYNAMIC; i++) {
        enum type_name name;
        assert_true(type_from_text(type_text((enum type_name)i), &name));
        assert_int_equal(name, i);
    }
    enum type_name name;
    assert_false(type_from_text("wrong", &name));
}

static void from_native(void **state)
{
    (void)state;
    static const struct {
        const char *dialect, *native;
        struct type type;
    } cases[] = {
        { "sqlite", "INTEGER", { .name = TYPE_INTEGER } },
        { "sqlite", "unsigned big int", { .name = TYPE_BIGINT, .is_unsigned = true } },
        { "sqlite", "TINYINT(1) UNSIGNED", { .name = TYPE_SMALLINT, .is_unsigned = true } },
        { "sqlite", "NVARCHAR(160)", { .name = TYPE_VARCHAR, .length = 160 } },
        { "sqlite", "varying  character ( 255 )", { .name = TYPE_VARCHAR, .length = 255 } },
        { "sqlite", "NUMERIC(10,2)", { .name = TYPE_DECIMAL, .precision = 10, .scale = 2 } },
        { "sqlite", "DECIMAL", { .name = TYPE_DECIMAL } },
        { "sqlite", "FLOAT", { .name = TYPE_DOUBLE } },
        { "sqlite", "", { .name = TYPE_DYNAMIC } },
        { "sqlite", "datetime", { .name = TYPE_TIMESTAMP, .precision = -1 } },
        { "sqlite", "TIMESTAMP WITH TIME ZONE", { .name = TYPE_TIMESTAMP, .precision = -1, .timezone = true } },
        { "sqlite", "POINT", { .name = TYPE_OTHER } },
        { "sqlite", "unsigned", { .name = TYPE_OTHER } },
        { "sqlite", "varchar(99999999999999999999)", { .name = TYPE_VARCHAR } },
        { "sqlite", "((((", { .name = TYPE_DYNAMIC } },
        { "postgresql", "character varying(7)", { .name = TYPE_VARCHAR, .length = 7 } },
        { "postgresql", "character", { .name = TYPE_CHAR, .length = 1 } },
        { "postgresql", "numeric(5,-2)", { .name = TYPE_DECIMAL, .precision = 5, .scale = -2 } },
        { "postgresql", "timestamp(3) with time zone", { .name = TYPE_TIMESTAMP, .precision = 3, .timezone = true } },
        { "postgresql", "time without time zone", { .name = TYPE_TIME, .precision = -1 } },
        { "postgresql", "float(20)", { .name = TYPE_REAL } },
        { "postgresql", "jsonb", { .name = TYPE_JSON } },
        { "postgresql", "citext", { .name = TYPE_OTHER } },
        { "postgresql", "varchar(a)", { .name = TYPE_OTHER } },
        { "db2", "NUMBER", { .name = TYPE_OTHER } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct type got = type_from_native(cases[i].dialect, cases[i].native), want = cases[i].type;
        if (got.name != want.name || got.length != want.length || got.precision != want.precision ||
            got.scale != want.scale || got.timezone != want.timezone || got.is_unsigned != want.is_unsigned)
            fail_msg("%s: %s %ld %d %d", cases[i].native, type_text(got.name), got.length, got.precision, got.scale);
    }
    assert_int_equal(type_from_native("postgresql", "integer[]").name, TYPE_ARRAY);
    char endless[300];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    assert_int_equal(type_from_native("sqlite", endless).name, TYPE_OTHER);
}

struct native_case {
    const char *dialect, *native;
    struct type type;
};

static void check_read_only(const struct native_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct type got = type_from_native(cases[i].dialect, cases[i].native), want = cases[i].type;
        if (got.name != want.name || got.length != want.length || got.precision != want.precision ||
            got.scale != want.scale || got.timezone != want.timezone || got.is_unsigned != want.is_unsigned)
            fail_msg("%s: %s %ld %d %d", cases[i].native, type_text(got.name), got.length, got.precision, got.scale);
        char text[64];
        const char *loss;
        assert_false(type_to_native(cases[i].dialect, &got, cases[i].native, text, sizeof text, &loss));
    }
}

/* The dialects whose types are only read. */
static void from_native_read_only(void **state)
{
    (void)state;
    static const struct native_case cases[] = {
        { "mysql", "int(10) unsigned", { .name = TYPE_INTEGER, .is_unsigned = true } },
        { "mysql", "TINYINT(1)", { .name = TYPE_BOOLEAN } },
        { "mysql", "tinyint(1) unsigned", { .name = TYPE_SMALLINT, .is_unsigned = true } },
        { "mysql", "tinyint(4)", { .name = TYPE_SMALLINT } },
        { "mysql", "bit(1)", { .name = TYPE_BOOLEAN } },
        { "mysql", "bit(9)", { .name = TYPE_BINARY, .length = 2 } },
        { "mysql", "bit(-44)", { .name = TYPE_BINARY } },
        { "mysql",
          "decimal(10,2) unsigned zerofill",
          { .name = TYPE_DECIMAL, .precision = 10, .scale = 2, .is_unsigned = true } },
        { "mysql", "decimal", { .name = TYPE_DECIMAL, .precision = 10 } },
        { "mysql", "float(30)", { .name = TYPE_DOUBLE } },
        { "mysql", "float(7,3)", { .name = TYPE_REAL } },
        { "mysql", "double precision", { .name = TYPE_DOUBLE } },
        { "mysql", "char", { .name = TYPE_CHAR, .length = 1 } },
        { "mysql", "varchar(255)", { .name = TYPE_VARCHAR, .length = 255 } },
        { "mysql", "mediumtext", { .name = TYPE_TEXT } },
        { "mysql", "varbinary(16)", { .name = TYPE_BINARY, .length = 16 } },
        { "mysql", "datetime(6)", { .name = TYPE_TIMESTAMP, .precision = 6 } },
        { "mysql", "timestamp", { .name = TYPE_TIMESTAMP, .timezone = true } },
        { "mysql", "enum('a)','b')", { .name = TYPE_ENUM } },
        { "mysql", "set('a','b')", { .name = TYPE_TEXT } },
        { "mysql", "year(4)", { .name = TYPE_SMALLINT, .is_unsigned = true } },
        { "mysql", "geometry", { .name = TYPE_OTHER } },
        { "oracle", "NUMBER", { .name = TYPE_DECIMAL } },
        { "oracle", "NUMBER(*,0)", { .name = TYPE_DECIMAL, .precision = 38 } },
        { "oracle", "NUMBER(10,-2)", { .name = TYPE_DECIMAL, .precision = 10, .scale = -2 } },
        { "oracle", "INTEGER", { .name = TYPE_DECIMAL, .precision = 38 } },
        { "oracle", "VARCHAR2(20 BYTE)", { .name = TYPE_VARCHAR, .length = 20 } },
        { "oracle", "nvarchar2 (5)", { .name = TYPE_VARCHAR, .length = 5 } },
        { "oracle", "CHAR", { .name = TYPE_CHAR, .length = 1 } },
        { "oracle", "CLOB", { .name = TYPE_TEXT } },
        { "oracle", "RAW(16)", { .name = TYPE_BINARY, .length = 16 } },
        { "oracle", "DATE", { .name = TYPE_TIMESTAMP } },
        { "oracle",
          "TIMESTAMP (9) WITH LOCAL TIME ZONE",
          { .name = TYPE_TIMESTAMP, .precision = 9, .timezone = true } },
        { "oracle", "TIMESTAMP", { .name = TYPE_TIMESTAMP, .precision = 6 } },
        { "oracle", "INTERVAL DAY (2) TO SECOND (6)", { .name = TYPE_INTERVAL } },
        { "oracle", "MDSYS.SDO_GEOMETRY", { .name = TYPE_OTHER } },
        { "sqlserver", "[nvarchar](max)", { .name = TYPE_TEXT } },
        { "sqlserver", "nvarchar(50)", { .name = TYPE_VARCHAR, .length = 50 } },
        { "sqlserver", "varchar", { .name = TYPE_VARCHAR, .length = 1 } },
        { "sqlserver", "varbinary(MAX)", { .name = TYPE_BINARY } },
        { "sqlserver", "decimal(18, 2)", { .name = TYPE_DECIMAL, .precision = 18, .scale = 2 } },
        { "sqlserver", "numeric", { .name = TYPE_DECIMAL, .precision = 18 } },
        { "sqlserver", "money", { .name = TYPE_DECIMAL, .precision = 19, .scale = 4 } },
        { "sqlserver", "tinyint", { .name = TYPE_SMALLINT, .is_unsigned = true } },
        { "sqlserver", "bit", { .name = TYPE_BOOLEAN } },
        { "sqlserver", "float(24)", { .name = TYPE_REAL } },
        { "sqlserver", "datetime2(3)", { .name = TYPE_TIMESTAMP, .precision = 3 } },
        { "sqlserver", "datetimeoffset", { .name = TYPE_TIMESTAMP, .precision = 7, .timezone = true } },
        { "sqlserver", "timestamp", { .name = TYPE_BINARY, .length = 8 } },
        { "sqlserver", "uniqueidentifier", { .name = TYPE_UUID } },
        { "sqlserver", "[sys].[geometry]", { .name = TYPE_OTHER } },
        { "sqlserver", "dbo.int", { .name = TYPE_OTHER } },
    };
    check_read_only(cases, sizeof cases / sizeof *cases);
}

static void to_native(void **state)
{
    (void)state;
    static const struct {
        const char *dialect;
        struct type type;
        const char *native, *loss;
    } cases[] = {
        { "postgresql", { .name = TYPE_BIGINT }, "bigint", NULL },
        { "postgresql", { .name = TYPE_BIGINT, .is_unsigned = true }, "numeric(20,0)", NULL },
        { "postgresql", { .name = TYPE_VARCHAR, .length = 160 }, "varchar(160)", NULL },
        { "postgresql", { .name = TYPE_VARCHAR, .length = 99999999 }, "varchar", "length limit" },
        { "postgresql", { .name = TYPE_DECIMAL, .precision = 10, .scale = 2 }, "numeric(10,2)", NULL },
        { "postgresql", { .name = TYPE_DECIMAL, .precision = 2000 }, "numeric", "precision" },
        { "postgresql",
          { .name = TYPE_TIMESTAMP, .precision = -1, .timezone = true },
          "timestamp with time zone",
          NULL },
        { "postgresql", { .name = TYPE_TIMESTAMP, .precision = 9 }, "timestamp(6)", "microsecond" },
        { "postgresql", { .name = TYPE_BINARY, .length = 5 }, "bytea", "length limit" },
        { "postgresql", { .name = TYPE_ENUM }, "text", "allowed values" },
        { "postgresql", { .name = TYPE_ARRAY, .element = "integer[]" }, "integer[]", NULL },
        { "postgresql", { .name = TYPE_OTHER }, NULL, NULL },
        { "sqlite", { .name = TYPE_DECIMAL, .precision = 10 }, "TEXT", "decimals" },
        { "sqlite", { .name = TYPE_BOOLEAN }, "BOOLEAN", NULL },
        { "nowhere", { .name = TYPE_TEXT }, NULL, NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[100];
        const char *loss = "untouched";
        bool spelled = type_to_native(cases[i].dialect, &cases[i].type, NULL, text, sizeof text, &loss);
        assert_int_equal(spelled, cases[i].native != NULL);
        if (spelled)
            assert_string_equal(text, cases[i].native);
        if (cases[i].loss == NULL)
            assert_null(loss);
        else
            assert_non_null(strstr(loss, cases[i].loss));
    }
    char small[4];
    const char *loss;
    assert_false(type_to_native("postgresql", &(struct type){ .name = TYPE_BIGINT }, NULL, small, sizeof small, &loss));
}

static void shapes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum shape shape;
    } cases[] = {
        { "2024-02-29", SHAPE_DATE },
        { "2023-02-29", SHAPE_NONE },
        { "1900-02-29", SHAPE_NONE },
        { "0000-01-01", SHAPE_NONE },
        { "2024-1-01", SHAPE_NONE },
        { "2024-13-01", SHAPE_NONE },
        { "2024-01-01 00:00:00", SHAPE_TIMESTAMP },
        { "2024-01-01 23:59:59.123456", SHAPE_TIMESTAMP },
        { "2024-01-01 23:59:59.1234567", SHAPE_NONE },
        { "2024-01-01 24:00:00", SHAPE_NONE },
        { "2024-01-01  00:00:00", SHAPE_NONE },
        { "2024-01-01 10:00", SHAPE_NONE },
        { "2024-01-01T10:00:00", SHAPE_ZONED },
        { "2024-01-01T10:00:00Z", SHAPE_ZONED },
        { "2024-01-01 10:00:00+02:00", SHAPE_ZONED },
        { "2024-01-01 10:00:00.5 -0530", SHAPE_ZONED },
        { "2024-01-01 10:00:00+", SHAPE_NONE },
        { "10:00:00", SHAPE_TIME },
        { "10:00:00.", SHAPE_NONE },
        { "TRUE", SHAPE_BOOLEAN },
        { "f", SHAPE_BOOLEAN },
        { "yes", SHAPE_NONE },
        { "123e4567-e89b-12d3-a456-426614174000", SHAPE_UUID },
        { "123E4567-e89b-12d3-a456-426614174000", SHAPE_NONE },
        { "{\"a\": [1]}", SHAPE_JSON },
        { "{\"a\": [1]} x", SHAPE_NONE },
        { "{\"a\": \"\\u0000\"}", SHAPE_NONE }, /* PostgreSQL could not work with it */
        { "", SHAPE_NONE },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (shape_of(cases[i].text, strlen(cases[i].text)) != cases[i].shape)
            fail_msg("\"%s\": %d", cases[i].text, (int)shape_of(cases[i].text, strlen(cases[i].text)));

    bool whole;
    assert_true(shape_is_number("-12", 3, &whole) && whole);
    assert_true(shape_is_number("1.5e+3", 6, &whole) && !whole);
    assert_false(shape_is_number("1e", 2, &whole));
    assert_false(shape_is_number("", 0, &whole));
    assert_false(shape_is_number("0x10", 4, &whole));
}

static void reals(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
        int64_t before, after;
    } cases[] = {
        { 0.99, "0.99", 0, 2 },
        { -12.5, "-12.5", 2, 1 },
        { 1e300, "1e+300", 301, 0 },
        { 1.5e-7, "1.5e-07", 0, 8 },
        { 100, "100", 3, 0 },
        { 0.1 + 0.2, "0.30000000000000004", 0, 17 },
        { 123456.789, "123456.789", 6, 3 },
        { 1.5e20, "1.5e+20", 21, 0 },
        { 0, "0", 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[CONNECT_REAL_SIZE];
        struct catalog_observed o = { 0 };
        connect_real_text(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
        observed_real(&o, cases[i].value, text);
        if (o.digits_max != cases[i].before || o.scale_max != cases[i].after)
            fail_msg("%s: %d before, %d after", text, (int)o.digits_max, (int)o.scale_max);
    }
    struct catalog_observed o = { 0 };
    char text[CONNECT_REAL_SIZE];
    connect_real_text(-1e308 * 10, text);
    assert_string_equal(text, "-Infinity");
    observed_real(&o, -1e308 * 10, text);
    assert_int_equal(o.reals_infinite, 1);
    observed_integer(&o, INT64_MIN);
    assert_int_equal(o.digits_max, 19);
    observed_text(&o, "a\0b", 3);
    observed_text(&o, "\xC3", 1);
    observed_text(&o, "\xC3\xA4\xC3\xA4", 4);
    assert_int_equal(o.texts_unclean, 2);
    assert_int_equal(o.text_bytes_max, 4);
    assert_int_equal(o.text_chars_max, 3);
    assert_int_equal(observed_values(&o), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_both_ways), cmocka_unit_test(from_native), cmocka_unit_test(from_native_read_only),
        cmocka_unit_test(to_native),       cmocka_unit_test(shapes),      cmocka_unit_test(reals)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
