/* SPDX-License-Identifier: Apache-2.0 */
/* The order flag > environment > file > default, secrets from files, and what a bad value is told. */
#include "base/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"

static char *write_temp(const char *text)
{
    char *path = mem_text("/tmp/argosy-settings-XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    (void)close(fd);
    return path;
}

static void test_order(void **state)
{
    (void)state;
    mem_auto char *file = write_temp("slots = \"3\"\nworkers = 5\n# a comment\nlisten = \"[::1]:99\"\n");
    struct error e = ERROR_NONE;
    struct settings *s = settings_create();
    assert_int_equal(settings_number(s, SETTING_SLOTS), 2);
    assert_string_equal(settings_source(s, SETTING_SLOTS), "default");
    (void)setenv("ARGOSY_WORKERS", "7", 1);
    assert_int_equal(settings_flag(s, SETTING_LISTEN, "0.0.0.0:1", &e), ERROR_OK);
    assert_int_equal(settings_load(s, file, &e), ERROR_OK);
    assert_int_equal(settings_number(s, SETTING_SLOTS), 3);
    assert_string_equal(settings_source(s, SETTING_SLOTS), "file");
    assert_int_equal(settings_number(s, SETTING_WORKERS), 7);
    assert_string_equal(settings_text(s, SETTING_LISTEN), "0.0.0.0:1");
    (void)unsetenv("ARGOSY_WORKERS");
    (void)unlink(file);
    assert_null(settings_destroy(s));
}

static void test_secret_from_a_file(void **state)
{
    (void)state;
    mem_auto char *file = write_temp("postgresql://u:pw@h/db\nmore\n");
    struct error e = ERROR_NONE;
    struct settings *s = settings_create();
    (void)unsetenv("DATABASE_URL");
    (void)setenv("DATABASE_URL_FILE", file, 1);
    assert_int_equal(settings_load(s, "/dev/null", &e), ERROR_OK);
    assert_string_equal(settings_text(s, SETTING_DATABASE_URL), "postgresql://u:pw@h/db");
    (void)unlink(file);
    assert_int_equal(settings_load(s, "/dev/null", &e), ERROR_INVALID);
    assert_non_null(strstr(e.message, "DATABASE_URL_FILE"));
    (void)unsetenv("DATABASE_URL_FILE");
    assert_null(settings_destroy(s));
}

static void test_bad_values(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct settings *s = settings_create();
    assert_int_equal(settings_flag(s, SETTING_SLOTS, "0", &e), ERROR_INVALID);
    assert_string_equal(e.message, "--slots (ARGOSY_SLOTS, from flag) is \"0\": it must be between 1 and 256");
    assert_int_equal(settings_flag(s, SETTING_TRANSPORT, "red", &e), ERROR_INVALID);
    assert_non_null(strstr(e.message, "postgres"));
    assert_int_equal(settings_flag(s, SETTING_DRAIN, "2 weeks", &e), ERROR_INVALID);
    assert_int_equal(settings_number(s, SETTING_SLOTS), 2);
    mem_auto char *file = write_temp("sluts = 3\n");
    assert_int_equal(settings_load(s, file, &e), ERROR_INVALID);
    assert_non_null(strstr(e.message, "line 1"));
    (void)unlink(file);
    assert_int_equal(settings_load(s, "/nowhere/argosy.conf", &e), ERROR_INVALID);
    assert_null(settings_destroy(s));
}

static void rewrite(const char *path, const char *text)
{
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void test_what_is_no_settings_file(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct settings *s = settings_create();
    assert_int_equal(settings_load(s, "/tmp", &e), ERROR_INVALID); /* a folder */
    assert_non_null(strstr(e.message, "can't be read"));
    mem_auto char *file = write_temp("slots = 3\n");
    FILE *f = fopen(file, "ae");
    assert_non_null(f);
    assert_int_equal(fwrite("\0workers = 3\n", 1, 13, f), 13);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(settings_load(s, file, &e), ERROR_INVALID);
    assert_non_null(strstr(e.message, "NUL"));
    f = fopen(file, "we");
    assert_non_null(f);
    for (int i = 0; i < (1 << 20) / 8 + 1; i++)
        assert_true(fputs("# filler", f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(settings_load(s, file, &e), ERROR_INVALID);
    assert_non_null(strstr(e.message, "larger"));
    rewrite(file, "");
    assert_int_equal(settings_load(s, file, &e), ERROR_OK);
    assert_int_equal(settings_number(s, SETTING_SLOTS), 2);
    (void)unlink(file);
    assert_null(settings_destroy(s));
}

static void test_read_again(void **state)
{
    (void)state;
    mem_auto char *file = write_temp("slots = 3\nworkers = 4\nname = a\n");
    struct error e = ERROR_NONE;
    struct settings *s = settings_create();
    assert_int_equal(settings_flag(s, SETTING_WORKERS, "9", &e), ERROR_OK);
    assert_int_equal(settings_load(s, file, &e), ERROR_OK);
    const char *held = settings_text(s, SETTING_WORKER_NAME);
    rewrite(file, "slots = nonsense\nname = b\n");
    assert_int_equal(settings_reload(s, &e), ERROR_INVALID); /* all or nothing */
    assert_int_equal(settings_number(s, SETTING_SLOTS), 3);
    assert_string_equal(settings_text(s, SETTING_WORKER_NAME), "a");
    rewrite(file, "workers = 5\nname = b\n");
    assert_int_equal(settings_reload(s, &e), ERROR_OK);
    assert_int_equal(settings_number(s, SETTING_SLOTS), 2); /* no longer in the file: the default */
    assert_int_equal(settings_number(s, SETTING_WORKERS), 9);
    assert_string_equal(settings_text(s, SETTING_WORKER_NAME), "b");
    assert_string_equal(held, "a");
    (void)unlink(file);
    assert_int_equal(settings_reload(s, &e), ERROR_INVALID);
    assert_null(settings_destroy(s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),      cmocka_unit_test(test_secret_from_a_file),
        cmocka_unit_test(test_bad_values), cmocka_unit_test(test_what_is_no_settings_file),
        cmocka_unit_test(test_read_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
