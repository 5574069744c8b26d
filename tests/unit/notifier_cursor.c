/* SPDX-License-Identifier: Apache-2.0 */
/* notifier_cursor.c - the text of a cursor, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "notifier/cursor.h"

static struct cursor c;

static void whole_and_inside_a_batch(void **state)
{
    (void)state;
    char text[CURSOR_SIZE];
    assert_true(cursor_format("1-2", "1:2:", "3:4:3", 0, text, sizeof text));
    assert_string_equal(text, "1-2;3:4:3");
    assert_true(cursor_parse(text, &c));
    assert_string_equal(c.seen, "3:4:3");
    assert_string_equal(c.upto, "");
    assert_true(cursor_format("1-2", "1:2:", "3:4:3", 7, text, sizeof text));
    assert_string_equal(text, "1-2;1:2:;3:4:3;7");
    assert_true(cursor_parse(text, &c));
    assert_string_equal(c.base, "1-2");
    assert_string_equal(c.seen, "1:2:");
    assert_string_equal(c.upto, "3:4:3");
    assert_int_equal(c.n, 7);
    assert_false(cursor_format("1-2", "1:2:", "3:4:3", 7, text, 16));
}

static void what_is_none(void **state)
{
    (void)state;
    static const char *const bad[] = { "",
                                       ";",
                                       "a",
                                       "a;",
                                       "a;1",
                                       "a;1:2",
                                       "a;1:2:x",
                                       "a;1:2:3,",
                                       "a;1:2:,3",
                                       "a;:2:",
                                       "a;1:2:;1:2:",
                                       "a;1:2:;1:2:;",
                                       "a;1:2:;1:2:;0",
                                       "a;1:2:;1:2:;-1",
                                       "a;1:2:;1:2:;x",
                                       "a;1:2:';DROP",
                                       "a;1:2:;1:2:;1;2" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (cursor_parse(bad[i], &c))
            fail_msg("\"%s\" was taken for a cursor", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_and_inside_a_batch),
        cmocka_unit_test(what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
