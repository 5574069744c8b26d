/* SPDX-License-Identifier: Apache-2.0 */
/* gateway_stray.c - files in the folder of uploads: what no row names goes away, uploads and foreign files stay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/front.h"

/* What a crash between the rename and the row leaves behind. */
static void a_file_that_no_upload_names_goes_away(void **state)
{
    (void)state;
    static const char *const names[] = { "4000000", "4000001", "notes.txt" };
    char path[3][300];
    (void)front_value(&front, "INSERT INTO argosy.upload (id, name, size, sha256) OVERRIDING SYSTEM VALUE "
                              "VALUES (4000001, 'x', 0, '') RETURNING id");
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path[i], sizeof path[i], "%s/uploads/%s", front.folder, names[i]);
        FILE *f = fopen(path[i], "w");
        assert_non_null(f);
        fclose(f);
    }
    for (unsigned i = 0; access(path[0], F_OK) == 0; i++) {
        assert_true(i < 12000);
        usleep(10000);
    }
    assert_int_equal(access(path[1], F_OK), 0);
    assert_int_equal(access(path[2], F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_file_that_no_upload_names_goes_away) };
    return cmocka_run_group_tests(tests, front_setup, front_teardown);
}
