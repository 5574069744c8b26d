/* SPDX-License-Identifier: Apache-2.0 */
/* sql_result.c - what a SQLSTATE means for whoever waits. */
#include "sql/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void classes_of_sqlstates(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        enum error_class class;
    } cases[] = {
        { "40001", ERROR_RETRY },       { "40P01", ERROR_RETRY },       { "55P03", ERROR_RETRY },
        { "57014", ERROR_TIMED_OUT },   { "57P01", ERROR_UNAVAILABLE }, { "08006", ERROR_UNAVAILABLE },
        { "53300", ERROR_UNAVAILABLE }, { "25006", ERROR_UNAVAILABLE }, { "22P05", ERROR_INVALID },
        { "23505", ERROR_INVALID },     { "54000", ERROR_INVALID },     { "42P01", ERROR_FATAL },
        { "AG001", ERROR_INVALID },     { "AG004", ERROR_TOO_LARGE },   { "AG006", ERROR_REFUSED },
        { "AG011", ERROR_NOT_FOUND },   { "AG999", ERROR_FATAL },       { "", ERROR_FATAL },
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (result_class_of(cases[i].sqlstate) != cases[i].class)
            fail_msg("%s is %s", cases[i].sqlstate, error_class_name(result_class_of(cases[i].sqlstate)));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(classes_of_sqlstates) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
