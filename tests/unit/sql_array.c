/* SPDX-License-Identifier: Apache-2.0 */
/* sql_array.c - arrays as PostgreSQL's array_recv() wants them, byte by byte, and their limit. */
#include "sql/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void numbers_and_texts(void **state)
{
    (void)state;
    static const char ints[] =
        "\0\0\0\1\0\0\0\0\0\0\0\24\0\0\0\2\0\0\0\1" /* 1 dimension, no NULL, oid 20, 2 elements from 1 */
        "\0\0\0\10\0\0\0\0\0\0\1\2\0\0\0\10\377\377\377\377\377\377\377\377";
    static const char texts[] = "\0\0\0\1\0\0\0\1\0\0\0\31\0\0\0\3\0\0\0\1\0\0\0\2hi\377\377\377\377\0\0\0\0";
    struct array a;
    struct sql_param p;
    array_init(&a, ARRAY_INT, 1000);
    array_int(&a, 258);
    array_int(&a, -1);
    assert_true(array_param(&a, &p));
    assert_true(p.binary);
    assert_int_equal(p.size, sizeof ints - 1);
    assert_memory_equal(p.value, ints, p.size);
    array_finish(&a);
    array_init(&a, ARRAY_TEXT, 1000);
    array_text(&a, "hi");
    array_text(&a, NULL);
    array_text(&a, "");
    assert_true(array_param(&a, &p));
    assert_int_equal(p.size, sizeof texts - 1);
    assert_memory_equal(p.value, texts, p.size);
    array_clear(&a);
    assert_true(array_param(&a, &p));
    assert_int_equal(p.size, 12); /* no dimension */
    assert_memory_equal(p.value, "\0\0\0\0\0\0\0\0\0\0\0\31", 12);
    array_finish(&a);
}

static void over_its_maximum_it_is_not_sent(void **state)
{
    (void)state;
    struct array a;
    struct sql_param p;
    array_init(&a, ARRAY_TEXT, 40);
    array_text(&a, "0123456789");
    assert_true(array_param(&a, &p));
    array_text(&a, "0123456789");
    assert_false(array_param(&a, &p));
    array_clear(&a);
    assert_true(array_param(&a, &p));
    array_finish(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_texts),
        cmocka_unit_test(over_its_maximum_it_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
