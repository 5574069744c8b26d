/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Types of texts: each row is a column, values parted by |, and what it must be. Then the spellings that rows are given
 * in, the words that explain, and values that JSON brings with a type of their own.
 */
#include "catalog/parse/value/value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct column {
    const char *values, *type, *format; /* format NULL: ISO or none */
};

static const struct column numbers[] = {
    { "1|2|3", "integer", NULL },
    { "2", "integer", NULL },
    { "-1|+5|0", "integer", NULL },
    { "1||3", "integer", NULL },
    { "1|NA|3", "integer", NULL },
    { "12|null|\\N|n/a|-|?", "integer", NULL },
    { "1.5|2", "number", NULL },
    { ".5|-.25", "number", NULL },
    { "5.0|6.0", "number", NULL },
    { "1e5|2.5E-07", "number", NULL },
    { "3.1|NaN", "number", NULL },
    { "3.1|..|#DIV/0!|#N/A", "number", NULL },
    { "R$ 12,50|R$ 3,00", "number", NULL },
    { "12,50 z\xC5\x82|3,00 z\xC5\x82", "number", NULL },
    { "CAD 12.50|CAD 3", "number", NULL },
    { "1,234|12,345|999", "integer", NULL },
    { "1,234,567|89", "integer", NULL },
    { "1,234.50|7.00", "number", NULL },
    { "1,5|2,25|3", "number", NULL },
    { "1.234,50|7,00", "number", NULL },
    { "1.234.567|12", "integer", NULL },
    { "1 234|12 345|7", "integer", NULL },
    { "1\xC2\xA0"
      "234,5|7,0",
      "number", NULL },
    { "1'234.50|99.00", "number", NULL },
    { "12%|7.5 %", "number", NULL },
    { "$1,200.00|$5.00|-$3.10", "number", NULL },
    { "12,50 \xE2\x82\xAC|3,00 \xE2\x82\xAC", "number", NULL },
    { "(1,234.00)|55.10", "number", NULL },
    { "1420070400|1420074000", "integer", NULL },
    { "9223372036854775807|1", "integer", NULL },
    { "0|1|1|0", "integer", NULL },
    { "2001|2002", "integer", NULL },
    { "  7 | 8", "integer", NULL },
    { "0.1234567890123456789|1.5", "number", NULL },
    { "4,787,699|6189026.0000|7189257", "number", NULL },
    { "1.234.567,5|7654321,25", "number", NULL },
};

static const struct column codes[] = {
    { "007|012|123", "string", NULL },
    { "00501|10001", "string", NULL },
    { "9223372036854775808|1", "string", NULL },
    { "12345678901234567890123|1", "string", NULL },
    { "+4512345678|+4587654321", "string", NULL },
    { "555 123 456|555 987 654|555 111 222", "string", NULL },
    { "555-123-4567|555-987-6543", "string", NULL },
    { "(555) 123-4567|(555) 987-6543", "string", NULL },
    { "1.2.3|1.10.0", "string", NULL },
    { "10.0.0.1|192.168.1.1", "string", NULL },
    { "$5|\xE2\x82\xAC"
      "5",
      "string", NULL },
    { "12,34,5|1", "string", NULL },
    { "1,5|1.5", "string", NULL },
    { "12E4|3F2A", "string", NULL },
    { "2:1|3:0", "string", NULL },
    { "12-34|99-10", "string", NULL },
    { "1-2|3-4", "string", NULL },
    { "3:45|4:10|2:59", "string", NULL },
    { "25:10|30:00", "string", NULL },
    { "0x1F|0x20", "string", NULL },
    { "4111111111111111|5500005555555559|4012888888881881", "string", NULL },
    { "1|2|x", "string", NULL },
    { "", "string", NULL },
    { "|||", "string", NULL },
    { "NA|NA", "string", NULL },
    { "--|+", "string", NULL },
    { "Mon|Tue", "string", NULL },
    { "2020-Q1|2020-Q2", "string", NULL },
    { "555 123 456|5551234567", "string", NULL },
    { "12AB|13CD", "string", NULL },
    { "03ABC2024|12XYZ2024", "string", NULL },
    { "5 de oros|7 de copas", "string", NULL },
    { "2020-W05|2020-W06", "string", NULL },
    { "may|june|july", "string", NULL },
    { "550e8400-e29b-41d4-a716-446655440000", "string", NULL },
};

static const struct column days[] = {
    { "2024-01-31|2023-12-01", "date", NULL },
    { "2024-01-31|", "date", NULL },
    { "2024-01-31|0000-00-00", "date", NULL },
    { "2024/01/31|2023/12/01", "date", "%Y/%m/%d" },
    { "31/01/2024|01/02/2024", "date", "%d/%m/%Y" },
    { "01/31/2024|02/01/2024", "date", "%m/%d/%Y" },
    { "1/2/2024|3/4/2024", "date", "%m/%d/%Y" },
    { "01.02.2024|03.04.2024", "date", "%d.%m.%Y" },
    { "31-01-24|01-02-24", "date", "%d-%m-%y" },
    { "12/25/99|1/5/00", "date", "%m/%d/%y" },
    { "99-12-31|98-01-31", "date", "%y-%m-%d" },
    { "Jan 1 2000|Feb 29 2000", "date", "%b %d %Y" },
    { "Jan 1, 2000|May 2, 2001", "date", "%b %d, %Y" },
    { "May 3, 2000|June 4, 2001|March 3, 2002", "date", "%B %d, %Y" },
    { "3 Feb 2024|12 May 2024", "date", "%d %b %Y" },
    { "03-Feb-24|12-May-24", "date", "%d-%b-%y" },
    { "3. Februar 2024|12. M\xC3\xA4rz 2024", "date", "%d. %B %Y" },
    { "3rd February 2024|21st March 2024", "date", "%d. %B %Y" },
    { "Sat, 21 Nov 2026|Sun, 22 Nov 2026", "date", "%a, %d %b %Y" },
    { "2024-Feb-03", "date", "%Y-%b-%d" },
    { "Jan. 3, 2020|March 4, 2020|Sept. 5, 2021", "date", "%b %d, %Y" },
    { "03FEB2024|12MAY2024", "date", "%d%b%Y" },
    { "1960 Jan|1960 Feb", "date", "%Y %b" },
    { "20240131|20231201|19991231", "date", "%Y%m%d" },
    { "2024-01|2024-02|2023-12", "date", "%Y-%m" },
    { "Jan 2000|Feb 2000", "date", "%b %Y" },
    { "01/2024|12/2024", "date", "%m/%Y" },
    { "2023-02-29|2023-03-01", "string", NULL },
    { "31/04/2024|01/05/2024", "string", NULL },
    { "31/01/2024|01/31/2024", "string", NULL },
    { "31/01/2024|2024-01-31", "string", NULL },
    { "20240131|20241399", "integer", NULL },
    { "2024-01-31|unknown", "string", NULL },
    { "13/13/2024", "string", NULL },
};

static const struct column times[] = {
    { "2024-01-31 10:20:30|2024-01-31 00:00:00", "datetime", NULL },
    { "2024-01-31T10:20:30Z|2024-01-31T10:20:30.123Z", "datetime", NULL },
    { "2024-01-31T10:20:30+01:00|2024-01-31T10:20:30+0200", "datetime", NULL },
    { "2024-01-31 10:20|2024-01-31 10:20:30", "datetime", NULL },
    { "2024-01-31|2024-01-31 10:20:30", "datetime", NULL },
    { "2015/01/01 01:00:00|2015/01/01 04:00:00", "datetime", "%Y/%m/%d %H:%M:%S" },
    { "1/2/2024 5:04 PM|12/25/2024 11:30 AM", "datetime", "%m/%d/%Y %I:%M %p" },
    { "31/01/2024 10:20", "datetime", "%d/%m/%Y %H:%M" },
    { "Sat, 21 Nov 2026 17:06:10 GMT", "datetime", "%a, %d %b %Y %H:%M:%S %Z" },
    { "Sat Nov 21 17:06:10 2026", "datetime", "%a %b %d %H:%M:%S %Y" },
    { "21/Nov/2026:17:06:10 +0000", "datetime", "%d/%b/%Y:%H:%M:%S%z" },
    { "20240131T101500Z|20240131T101600Z", "datetime", "%Y%m%dT%H%M%S%z" },
    { "20240131101500|20240131101600", "datetime", "%Y%m%d%H%M%S" },
    { "10:20|23:59", "time", NULL },
    { "10:20:30.5|00:00:00", "time", NULL },
    { "9:30|10:15", "time", NULL },
    { "9:30 am|10:15 PM", "time", "%I:%M %p" },
    { "9:30 a.m.|10:15 p. m.", "time", "%I:%M %p" },
    { "9pm|10 am", "time", "%I%p" },
    { "03FEB2024:10:30:00", "datetime", "%d%b%Y:%H:%M:%S" },
    { "13 pm|9 pm", "string", NULL },
    { "10:20|2024-01-31 10:20", "string", NULL },
    { "2024-01-31 25:00:00", "string", NULL },
    { "2024-01-31 10:60", "string", NULL },
};

static const struct column booleans[] = {
    { "s\xC3\xAD|no", "boolean", NULL },
    { "Si|No|no", "boolean", NULL },
    { "tak|nie", "boolean", NULL },
    { "sim|n\xC3\xA3o", "boolean", NULL },
    { "ano|ne", "boolean", NULL },
    { "verdadero|falso", "boolean", NULL },
    { "\xD0\xB4\xD0\xB0|\xD0\x9D\xD0\xB5\xD1\x82", "boolean", NULL },
    { "waar|onwaar", "boolean", NULL },
    { "s\xC3\xAD|nein", "string", NULL },
    { "yes|no|tak", "string", NULL },
    { "no|no", "string", NULL },
    { "true|false", "boolean", NULL },
    { "TRUE|False", "boolean", NULL },
    { "true|true", "boolean", NULL },
    { "t|f|f", "boolean", NULL },
    { "Yes|no", "boolean", NULL },
    { "Y|N|", "boolean", NULL },
    { "yes|no|n/a", "boolean", NULL },
    { "on|off", "boolean", NULL },
    { "N|N", "string", NULL },
    { "F|M", "string", NULL },
    { "F", "string", NULL },
    { "no|se|dk", "string", NULL },
    { "true|no", "string", NULL },
    { "true|1", "string", NULL },
    { "NO|NO", "string", NULL },
    { "N|S|E|W", "string", NULL },
};

static void fill(struct infer *i, const char *values)
{
    const char *at = values;
    for (;;) {
        size_t size = strcspn(at, "|");
        infer_value(i, at, size);
        if (at[size] == '\0')
            return;
        at += size + 1;
    }
}

/* Rows that are wrong are printed all, so that a figure for each sort can be told. */
static unsigned check_columns(const struct column *columns, size_t count)
{
    unsigned wrong = 0;
    for (size_t k = 0; k < count; k++) {
        struct infer i = { 0 };
        struct infer_hint none = { 0 };
        fill(&i, columns[k].values);
        struct infer_result r = infer_result(&i, &none);
        const char *format = columns[k].format != NULL ? columns[k].format : "";
        if (strcmp(type_text(r.type), columns[k].type) == 0 && strcmp(r.format, format) == 0)
            continue;
        wrong++;
        print_message("%s: %s '%s', expected %s '%s' (%s)\n", columns[k].values, type_text(r.type), r.format,
                      columns[k].type, format, r.note);
    }
    return wrong;
}
#define CHECK(columns) assert_int_equal(check_columns(columns, sizeof(columns) / sizeof *(columns)), 0)

static void test_numbers(void **state)
{
    (void)state;
    CHECK(numbers);
}

static void test_codes(void **state)
{
    (void)state;
    CHECK(codes);
}

static void test_days(void **state)
{
    (void)state;
    CHECK(days);
}

static void test_times(void **state)
{
    (void)state;
    CHECK(times);
}

static void test_booleans(void **state)
{
    (void)state;
    CHECK(booleans);
}

static void expect_spelled(const char *values, struct infer_hint hint, const char *expected)
{
    struct infer i = { 0 };
    fill(&i, values);
    struct infer_result r = infer_result(&i, &hint);
    char all[512] = "";
    size_t used = 0;
    for (const char *at = values;; at++) {
        size_t size = strcspn(at, "|");
        char buffer[INFER_SPELL_SIZE];
        struct rows_value v = infer_spell(&r, at, size, buffer);
        int added = snprintf(all + used, sizeof all - used, "%s%.*s", used > 0 ? "|" : "",
                             v.text != NULL ? (int)v.size : 4, v.text != NULL ? v.text : "NULL");
        used += (size_t)added;
        at += size;
        if (*at == '\0')
            break;
    }
    assert_string_equal(all, expected);
}

static void test_spelling(void **state)
{
    (void)state;
    struct infer_hint none = { 0 };
    expect_spelled("1,234.50|7.00|(3.10)", none, "1234.50|7.00|-3.10");
    expect_spelled("1.234,50|7,00||NA", none, "1234.50|7.00|NULL|NULL");
    expect_spelled("12%|7.5 %", none, "12|7.5");
    expect_spelled(".5|-.25", none, "0.5|-0.25");
    expect_spelled("1'234|-5", none, "1234|-5");
    expect_spelled("31/01/2024|1/2/2024", none, "2024-01-31|2024-02-01");
    expect_spelled("2024-02-3|2024-1-31|2024-12-31", none, "2024-02-03|2024-01-31|2024-12-31");
    expect_spelled("24-01-2024|03-02-2024", none, "2024-01-24|2024-02-03");
    expect_spelled("01-24-2024|02-03-2024", none, "2024-01-24|2024-02-03");
    expect_spelled("12/25/99|1/5/00", none, "1999-12-25|2000-01-05");
    expect_spelled("Jan 1, 2000|May 2, 2001", none, "2000-01-01|2001-05-02");
    expect_spelled("1/2/2024 5:04 PM|12/25/2024 12:30 AM", none, "2024-01-02 17:04:00|2024-12-25 00:30:00");
    expect_spelled("2024-01-31T10:20:30.5Z|2024-01-31T10:20:30-05:30", none,
                   "2024-01-31 10:20:30.5+00:00|2024-01-31 10:20:30-05:30");
    expect_spelled("20240131|20231201", none, "2024-01-31|2023-12-01");
    expect_spelled("12 a. m.|9pm", none, "00:00:00|21:00:00");
    expect_spelled("4,787,699|6189026.0000", none, "4787699|6189026.0000");
    expect_spelled("1.234.567,5|7654321,25", none, "1234567.5|7654321.25");
    expect_spelled("9:30 am|10:15 PM", none, "09:30:00|22:15:00");
    expect_spelled("Yes|no|NULL", none, "true|false|NULL");
    expect_spelled(" padded |NA|x", none, " padded |NA|x");
    expect_spelled("007|\\N|008", none, "007|NULL|008");
    expect_spelled("1/2/2024|3/4/2024", (struct infer_hint){ .day_first = 1 }, "2024-02-01|2024-04-03");
    expect_spelled("1,234|5,678", none, "1234|5678");
    expect_spelled("1,234|5,678", (struct infer_hint){ .decimal_comma = true }, "1.234|5.678");
    expect_spelled("1.234|5.678", (struct infer_hint){ .decimal_comma = true }, "1234|5678");
    expect_spelled("12345|67890", (struct infer_hint){ .name = "Ship-to ZIP Code" }, "12345|67890");
}

static void test_hints_and_notes(void **state)
{
    (void)state;
    struct infer i = { 0 };
    fill(&i, "12345|67890");
    struct infer_hint zip = { .name = "zip_code" }, id = { .name = "order_id" };
    assert_int_equal(infer_result(&i, &zip).type, TYPE_STRING);
    assert_int_equal(infer_result(&i, &id).type, TYPE_INTEGER);

    struct infer outliers = { 0 };
    for (int k = 0; k < 1000; k++)
        infer_value(&outliers, k == 500 ? "lots" : "17", k == 500 ? 4 : 2);
    struct infer_result r = infer_result(&outliers, &id);
    assert_int_equal(r.type, TYPE_STRING);
    assert_true(r.warn);
    assert_string_equal(r.note, "1 of 1000 values are no numbers, the first 'lots' (value 501): text");

    struct infer ambiguous = { 0 };
    fill(&ambiguous, "1/2/2024|3/4/2024");
    r = infer_result(&ambiguous, &id);
    assert_true(r.warn);
    assert_non_null(strstr(r.note, "day and month can't be told apart"));
    struct infer_hint day = { .day_first = 1 };
    assert_false(infer_result(&ambiguous, &day).warn);

    struct infer zones = { 0 };
    fill(&zones, "2024-01-31T10:20:30Z|2024-01-31T10:20:30+01:00");
    assert_true(infer_result(&zones, &id).timezone);
    fill(&zones, "2024-01-31T10:20:30");
    assert_false(infer_result(&zones, &id).timezone);
    assert_true(infer_result(&zones, &id).warn);

    /* a column of texts is not looked into any more, but still counted */
    struct infer texts = { 0 };
    for (int k = 0; k < 10000; k++)
        infer_value(&texts, "text", k % 10 == 0 ? 0 : 4);
    assert_int_equal(texts.values, 10000);
    assert_int_equal(texts.nulls, 1000);
    assert_int_equal(infer_type(&texts), TYPE_STRING);
}

static void test_natives(void **state)
{
    (void)state;
    struct infer i = { 0 };
    infer_native(&i, TYPE_INTEGER);
    assert_int_equal(infer_type(&i), TYPE_INTEGER);
    infer_null(&i);
    infer_native(&i, TYPE_NUMBER);
    assert_int_equal(infer_type(&i), TYPE_NUMBER);
    infer_value(&i, "12", 2);
    assert_int_equal(infer_type(&i), TYPE_NUMBER);
    infer_value(&i, "N/A", 3);
    assert_int_equal(infer_type(&i), TYPE_NUMBER);
    infer_native(&i, TYPE_OBJECT);
    assert_int_equal(infer_type(&i), TYPE_STRING);
    struct infer text = { 0 };
    infer_native(&text, TYPE_STRING);
    assert_int_equal(infer_type(&text), TYPE_STRING);
    struct infer list = { 0 };
    infer_native(&list, TYPE_ARRAY);
    assert_int_equal(infer_type(&list), TYPE_ARRAY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),         cmocka_unit_test(test_codes),    cmocka_unit_test(test_days),
        cmocka_unit_test(test_times),           cmocka_unit_test(test_booleans), cmocka_unit_test(test_spelling),
        cmocka_unit_test(test_hints_and_notes), cmocka_unit_test(test_natives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
