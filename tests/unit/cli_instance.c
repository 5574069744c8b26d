/* SPDX-License-Identifier: Apache-2.0 */
/* cli_instance.c - the data folder: which one, who holds it, files whole or not at all, nothing erased outside. */
#include "cli/instance.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/cleaner.h"

static char *make_folder(void)
{
    char *path = mem_format("%s/instance-XXXXXX", cleaner_folder());
    assert_non_null(mkdtemp(path));
    return path;
}

static void write_file(const char *folder, const char *name, const char *text)
{
    mem_auto char *path = mem_format("%s/%s", folder, name);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void expect_folder(const char *data_dir, const char *wanted)
{
    struct error e = ERROR_NONE;
    struct settings *s = settings_create();
    char *path = NULL;
    if (data_dir != NULL)
        assert_int_equal(settings_flag(s, SETTING_DATA_DIR, data_dir, &e), ERROR_OK);
    assert_int_equal(instance_folder(s, false, &path, &e), ERROR_OK);
    assert_string_equal(path, wanted);
    free(path);
    settings_destroy(s);
}

static void test_which_folder(void **state)
{
    (void)state;
    mem_auto char *here = realpath(".", NULL);
    mem_auto char *relative = mem_format("%s/some/where", here);
    (void)setenv("XDG_DATA_HOME", "/xdg", 1);
    (void)setenv("HOME", "/home-of-me", 1);
    expect_folder("/given", "/given");
    expect_folder("some/where", relative);
    expect_folder(NULL, "/xdg/argosy");
    (void)setenv("XDG_DATA_HOME", "relative", 1); /* the standard: to be ignored */
    expect_folder(NULL, geteuid() == 0 ? "/var/lib/argosy" : "/home-of-me/.local/share/argosy");
    (void)unsetenv("XDG_DATA_HOME");
    expect_folder(NULL, geteuid() == 0 ? "/var/lib/argosy" : "/home-of-me/.local/share/argosy");
}

static void test_it_is_made_for_us_alone(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct stat status;
    mem_auto char *parent = make_folder();
    mem_auto char *deep = mem_format("%s/a/b/c", parent);
    mem_auto char *file = mem_format("%s/file", parent);
    mem_auto char *below = mem_format("%s/file/x", parent);
    assert_int_equal(instance_make(deep, &e), ERROR_OK);
    assert_int_equal(stat(deep, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(instance_make(deep, &e), ERROR_OK);
    write_file(parent, "file", "x");
    assert_int_equal(instance_make(file, &e), ERROR_REFUSED);
    assert_int_equal(instance_make(below, &e), ERROR_REFUSED);
    assert_non_null(strstr(e.message, below));
}

static void test_the_lock_goes_with_its_process(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    int fd = -1, ready[2];
    char byte;
    mem_auto char *folder = make_folder();
    assert_false(instance_is_locked(folder));
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        if (instance_lock(folder, &fd, &e) != ERROR_OK || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            (void)pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_true(instance_is_locked(folder));
    assert_int_equal(instance_lock(folder, &fd, &e), ERROR_REFUSED);
    assert_string_equal(e.code, "already_running");
    assert_non_null(strstr(e.message, "still starting or stopping"));
    write_file(folder, "up.json", "{\"pid\": 1, \"url\": \"http://127.0.0.1:7171\"}");
    assert_int_equal(instance_lock(folder, &fd, &e), ERROR_REFUSED);
    assert_non_null(strstr(e.message, "at http://127.0.0.1:7171"));
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_false(instance_is_locked(folder));
    assert_int_equal(instance_lock(folder, &fd, &e), ERROR_OK);
    (void)close(fd);
    (void)close(ready[0]);
    (void)close(ready[1]);
    assert_int_equal(instance_lock("/nonexistent", &fd, &e), ERROR_REFUSED);
}

static void test_state_is_whole_or_not_there(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct stat status;
    mem_auto char *folder = make_folder(), *outside = make_folder();
    mem_auto char *path = mem_format("%s/up.json", folder);
    mem_auto char *fresh = mem_format("%s/up.json.new", folder);
    mem_auto char *victim = mem_format("%s/victim", outside);
    json_t *read = NULL;
    json_auto_t *written = json_pack("{s:i, s:s}", "pid", 7, "url", "http://x");
    assert_int_equal(instance_read(folder, &read, &e), ERROR_UNAVAILABLE);
    write_file(outside, "victim", "kept");
    assert_int_equal(symlink(victim, fresh), 0); /* it must lead nowhere else */
    assert_int_equal(instance_write(folder, written, &e), ERROR_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_not_equal(lstat(fresh, &status), 0);
    char *line = NULL;
    assert_int_equal(instance_line(outside, "victim", &line, &e), ERROR_OK);
    assert_string_equal(line, "kept");
    free(line);
    assert_int_equal(instance_read(folder, &read, &e), ERROR_OK);
    assert_true(json_equal(read, written));
    json_decref(read);
    assert_int_equal(instance_write("/nonexistent", written, &e), ERROR_FATAL);
    instance_remove(folder);
    assert_int_not_equal(stat(path, &status), 0);
    instance_remove(folder);
    /* A write that fails half way leaves the old one: the new name can't be made. */
    assert_int_equal(instance_write(folder, written, &e), ERROR_OK);
    assert_int_equal(mkdir(fresh, 0700), 0);
    json_auto_t *other = json_pack("{s:i}", "pid", 8);
    assert_int_equal(instance_write(folder, other, &e), ERROR_FATAL);
    assert_int_equal(instance_read(folder, &read, &e), ERROR_OK);
    assert_true(json_equal(read, written));
    json_decref(read);
}

static void test_hostile_contents(void **state)
{
    (void)state;
    static const char *const states[] = {
        "", "{", "[]", "17", "\"url\"", "{\"url\": 5}", "{\"url\": null}", "{\"url\": {\"url\": \"x\"}}", "\xff\xfe"
    };
    mem_auto char *folder = make_folder();
    struct error e = ERROR_NONE;
    struct settings *s = settings_create();
    char *value = NULL;
    assert_int_equal(settings_flag(s, SETTING_DATA_DIR, folder, &e), ERROR_OK);
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        write_file(folder, "up.json", states[i]);
        assert_int_equal(instance_setting(s, SETTING_URL, "url", &value, &e), ERROR_UNAVAILABLE);
        assert_string_equal(e.code, "not_running");
    }
    write_file(folder, "up.json", "{\"url\": \"http://x\"}");
    assert_int_equal(instance_setting(s, SETTING_URL, "url", &value, &e), ERROR_OK);
    assert_string_equal(value, "http://x");
    free(value);
    assert_int_equal(settings_flag(s, SETTING_URL, "http://given", &e), ERROR_OK);
    assert_int_equal(instance_setting(s, SETTING_URL, "url", &value, &e), ERROR_OK);
    assert_string_equal(value, "http://given");
    free(value);
    settings_destroy(s);
}

static void test_lines(void **state)
{
    (void)state;
    mem_auto char *folder = make_folder();
    mem_auto char *path = mem_format("%s/api.key", folder);
    struct error e = ERROR_NONE;
    struct stat status;
    char *line = NULL, large[9000];
    assert_int_equal(instance_line(folder, "api.key", &line, &e), ERROR_NOT_FOUND);
    assert_int_equal(instance_line_write(folder, "api.key", "argosy_1", &e), ERROR_OK);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(instance_line(folder, "api.key", &line, &e), ERROR_OK);
    assert_string_equal(line, "argosy_1");
    free(line);
    write_file(folder, "api.key", "first\r\nsecond\n");
    assert_int_equal(instance_line(folder, "api.key", &line, &e), ERROR_OK);
    assert_string_equal(line, "first");
    free(line);
    memset(large, 'k', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    const char *const damaged[] = { "", "\n", large };
    for (size_t i = 0; i < 3; i++) {
        write_file(folder, "api.key", damaged[i]);
        assert_int_equal(instance_line(folder, "api.key", &line, &e), ERROR_FATAL);
        assert_non_null(strstr(e.message, path));
    }
}

static void test_erase_stays_inside(void **state)
{
    (void)state;
    mem_auto char *folder = make_folder(), *outside = make_folder();
    mem_auto char *inner = mem_format("%s/postgres/base/1", folder);
    mem_auto char *top = mem_format("%s/postgres", folder);
    mem_auto char *link_in = mem_format("%s/postgres/link", folder), *link_top = mem_format("%s/redis", folder);
    mem_auto char *kept = mem_format("%s/kept", outside);
    struct error e = ERROR_NONE;
    struct stat status;
    write_file(outside, "kept", "x");
    assert_int_equal(instance_make(inner, &e), ERROR_OK);
    write_file(inner, "data", "x");
    assert_int_equal(symlink(outside, link_in), 0);
    assert_int_equal(symlink(outside, link_top), 0);
    assert_int_equal(instance_erase(folder, "postgres", &e), ERROR_OK);
    assert_int_equal(instance_erase(folder, "redis", &e), ERROR_OK);
    assert_int_equal(instance_erase(folder, "never-was", &e), ERROR_OK);
    assert_int_not_equal(lstat(top, &status), 0);
    assert_int_not_equal(lstat(link_top, &status), 0);
    assert_int_equal(stat(kept, &status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_which_folder),
        cmocka_unit_test(test_it_is_made_for_us_alone),
        cmocka_unit_test(test_the_lock_goes_with_its_process),
        cmocka_unit_test(test_state_is_whole_or_not_there),
        cmocka_unit_test(test_hostile_contents),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_erase_stays_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
