/* SPDX-License-Identifier: Apache-2.0 */
/* Each value as a field of COPY, or refused. */
#include "catalog/connect/copytext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(bool binary, struct connect_value value, const char *field)
{
    struct buffer out;
    struct error e = ERROR_NONE;
    buffer_init(&out, 1 << 20);
    assert_int_equal(copytext_value(&out, binary, &value, &e), ERROR_OK);
    assert_string_equal(buffer_view(&out), field);
    buffer_finish(&out);
}

static struct connect_value bytes(enum connect_value_type type, const char *data, size_t size)
{
    return (struct connect_value){ .type = type, .data = data, .size = size };
}

static void fields(void **state)
{
    (void)state;
    expect(false, (struct connect_value){ .type = CONNECT_NULL }, "\\N");
    expect(true, (struct connect_value){ .type = CONNECT_NULL }, "\\N");
    expect(false, (struct connect_value){ .type = CONNECT_INTEGER, .integer = INT64_MIN }, "-9223372036854775808");
    expect(false, (struct connect_value){ .type = CONNECT_INTEGER, .integer = INT64_MAX }, "9223372036854775807");
    expect(false, (struct connect_value){ .type = CONNECT_INTEGER }, "0");
    expect(false, (struct connect_value){ .type = CONNECT_REAL, .real = 0.1 }, "0.1");
    expect(false, bytes(CONNECT_TEXT, "", 0), "");
    expect(false, bytes(CONNECT_TEXT, "\\N", 2), "\\\\N");
    expect(false, bytes(CONNECT_TEXT, "a\tb\nc\rd\\e\x01\xc3\xa5", 12), "a\\tb\\nc\\rd\\\\e\x01\xc3\xa5");
    expect(true, bytes(CONNECT_BINARY, "\0\xff\\", 3), "\\\\x00ff5c");
    expect(true, bytes(CONNECT_BINARY, "", 0), "\\\\x");
    expect(true, bytes(CONNECT_TEXT, "a\0", 2), "\\\\x6100");
    expect(true, (struct connect_value){ .type = CONNECT_INTEGER, .integer = 12 }, "\\\\x3132");

    char data[1000], hex[2004] = "\\\\x"; /* longer than a piece */
    memset(data, 0xab, sizeof data);
    for (size_t i = 0; i < sizeof data; i++)
        memcpy(hex + 3 + 2 * i, "ab", 3);
    expect(true, bytes(CONNECT_BINARY, data, sizeof data), hex);
}

static void refusals(void **state)
{
    (void)state;
    struct buffer out;
    struct error e = ERROR_NONE;
    const struct connect_value nul = bytes(CONNECT_TEXT, "a\0b", 3), blob = bytes(CONNECT_BINARY, "ab", 2);
    buffer_init(&out, 1000);
    assert_int_equal(copytext_value(&out, false, &nul, &e), ERROR_FATAL);
    assert_string_equal(e.code, "text_with_nul");
    assert_int_equal(copytext_value(&out, false, &blob, &e), ERROR_FATAL);
    assert_string_equal(e.code, "bytes_in_text_column");
    buffer_finish(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(fields), cmocka_unit_test(refusals) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
