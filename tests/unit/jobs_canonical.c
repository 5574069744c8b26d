/* SPDX-License-Identifier: Apache-2.0 */
/* Values that mean the same have one form; values that don't, don't. */
#include "jobs/validation/canonical.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct connect_value text(const char *data)
{
    return (struct connect_value){ .type = CONNECT_TEXT, .data = data, .size = strlen(data) };
}

static void expect(enum type_name type, struct connect_value value, const char *form)
{
    struct buffer scratch;
    buffer_init(&scratch, 1 << 20);
    struct canonical c = canonical_of(type, &value, &scratch);
    if (c.size != strlen(form) || memcmp(c.data, form, c.size) != 0)
        fail_msg("expected \"%s\", got \"%.*s\"", form, (int)c.size, c.data);
    buffer_finish(&scratch);
}

static void expect_integer(enum type_name type, int64_t value, const char *form)
{
    expect(type, (struct connect_value){ .type = CONNECT_INTEGER, .integer = value }, form);
}

static void expect_real(enum type_name type, double value, const char *form)
{
    expect(type, (struct connect_value){ .type = CONNECT_REAL, .real = value }, form);
}

static void numbers(void **state)
{
    (void)state;
    static const char *const same[] = { "1200.5", "+1200.50", "01200.5000", "12005e-1", "1.2005E+3", "0.12005e4" };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect(TYPE_DECIMAL, text(same[i]), "12005e-1");
    static const char *const zeros[] = { "0", "-0", "0.000", "0e5", ".0", "00" };
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
        expect(TYPE_DOUBLE, text(zeros[i]), "0");
    expect_integer(TYPE_BIGINT, 9007199254740993, "9007199254740993e0");
    expect_integer(TYPE_DECIMAL, 1500, "15e2");
    expect(TYPE_DECIMAL, text("1500.00"), "15e2");
    expect_real(TYPE_DECIMAL, 1500, "15e2");
    expect_real(TYPE_DOUBLE, 0.1, "1e-1");
    expect_real(TYPE_DECIMAL, 1e300, "1e300");
    expect(TYPE_DOUBLE, text("-1003.00010"), "-10030001e-4");
    expect_real(TYPE_DOUBLE, NAN, "NaN");
    /* no numbers: they keep their text */
    static const char *const others[] = {
        "", "-", ".", "1.2.3", "1e", "1e+", "e5", "12 ", "abc", "NaN", "1e99999999999"
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect(TYPE_DECIMAL, text(others[i]), others[i]);
}

static void booleans_and_texts(void **state)
{
    (void)state;
    expect_integer(TYPE_BOOLEAN, 1, "1");
    expect(TYPE_BOOLEAN, text("TRUE"), "1");
    expect(TYPE_BOOLEAN, text("f"), "0");
    expect_integer(TYPE_BOOLEAN, 2, "2");
    expect(TYPE_TEXT, text("1.50"), "1.50");
    expect(TYPE_VARCHAR, text("a  "), "a  ");
    expect(TYPE_CHAR, text("a  "), "a");
    expect_integer(TYPE_TEXT, -7, "-7");
    expect_real(TYPE_TEXT, 1.5, "1.5");
    expect(TYPE_UUID, text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
    expect(TYPE_JSON, text("{\"b\": [1, 2],\n \"a\": null}"), "{\"a\":null,\"b\":[1,2]}");
    expect(TYPE_JSON, text("{broken"), "{broken");
}

static void moments(void **state)
{
    (void)state;
    static const char *const same[] = { "2020-01-02 03:04:00",       "2020-01-02T03:04:00",    "2020-01-02 03:04",
                                        "2020-01-02 03:04:00.000",   "2020-01-02 03:04:00+00", "2020-01-02T03:04:00Z",
                                        "2020-01-02 03:04:00+00:00", "2020-01-02T03:04:00.0Z" };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        expect(TYPE_TIMESTAMP, text(same[i]), "2020-01-02 03:04:00");
    expect(TYPE_TIMESTAMP, text("2020-01-02"), "2020-01-02 00:00:00");
    expect(TYPE_TIMESTAMP, text("2020-01-02 03:04:05.120"), "2020-01-02 03:04:05.12");
    expect(TYPE_DATE, text("2020-01-02 00:00:00"), "2020-01-02");
    expect(TYPE_DATE, text("2020-01-02"), "2020-01-02");
    expect(TYPE_DATE, text("2020-01-02 03:04:05"), "2020-01-02 03:04:05"); /* the time would be lost: a difference */
    expect(TYPE_TIME, text("03:04:05.100"), "03:04:05.1");
    expect(TYPE_TIMESTAMP, text("yesterday"), "yesterday");
    expect(TYPE_TIMESTAMP, text("2020-01-02X"), "2020-01-02X");
    expect(TYPE_TIMESTAMP, text("2020-01-02 03:04:00+02"), "2020-01-02 03:04:00+02");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(booleans_and_texts),
        cmocka_unit_test(moments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
