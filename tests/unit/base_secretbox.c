/* SPDX-License-Identifier: Apache-2.0 */
/* base_secretbox.c - a secret opens in its own row under its own key only, and the key file is made once. */
#include "base/secretbox.h"

#include <fcntl.h>
#include <setjmp.h>
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

static char folder[] = "/tmp/secretbox.XXXXXX";
static char path[64];

static int setup(void **state)
{
    (void)state;
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/key", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* no temporary file was left */
    return 0;
}

static void seals_and_opens(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct secretbox *box, *again;
    assert_int_equal(secretbox_load(path, &box, &e), ERROR_NOT_FOUND);
    assert_string_equal(e.code, "key_file_missing");
    assert_int_equal(secretbox_create(path, &box, &e), ERROR_OK);
    assert_int_equal(secretbox_create(path, &again, &e), ERROR_OK);
    const char *text = "p\xC3\xA4ss wort";
    unsigned char *sealed, *other;
    size_t size, other_size;
    assert_int_equal(secretbox_seal(box, 7, text, strlen(text), &sealed, &size, &e), ERROR_OK);
    assert_int_equal(size, strlen(text) + SECRETBOX_OVERHEAD);
    assert_null(memmem(sealed, size, "wort", 4));
    assert_int_equal(secretbox_seal(box, 7, text, strlen(text), &other, &other_size, &e), ERROR_OK);
    assert_memory_not_equal(sealed, other, size); /* a nonce of its own */
    char *opened;
    assert_int_equal(secretbox_open(again, 7, sealed, size, &opened, &e), ERROR_OK);
    assert_string_equal(opened, text);
    secretbox_wipe(opened);
    assert_int_equal(secretbox_open(again, 8, sealed, size, &opened, &e), ERROR_DENIED);
    assert_string_equal(e.code, "secret_refused");
    for (size_t cut = 0; cut < size; cut++)
        assert_int_equal(secretbox_open(again, 7, sealed, cut, &opened, &e), ERROR_DENIED);
    for (size_t at = 0; at < size; at++) {
        sealed[at] ^= 1;
        assert_int_equal(secretbox_open(again, 7, sealed, size, &opened, &e), ERROR_DENIED);
        sealed[at] ^= 1;
    }
    assert_int_equal(secretbox_seal(box, 1, text, SECRETBOX_TEXT_MAX + 1, &other, &other_size, &e), ERROR_TOO_LARGE);
    free(sealed);
    free(other);
    secretbox_destroy(box);
    secretbox_destroy(again);
    assert_null(secretbox_destroy(NULL));
}

static void another_key_is_refused(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct secretbox *box, *other;
    unsigned char *sealed;
    size_t size;
    char *opened;
    assert_int_equal(secretbox_create(path, &box, &e), ERROR_OK);
    assert_int_equal(secretbox_seal(box, 1, "x", 1, &sealed, &size, &e), ERROR_OK);
    unlink(path);
    assert_int_equal(secretbox_create(path, &other, &e), ERROR_OK);
    assert_int_equal(secretbox_open(other, 1, sealed, size, &opened, &e), ERROR_DENIED);
    free(sealed);
    secretbox_destroy(box);
    secretbox_destroy(other);
}

static void the_file_is_checked(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct secretbox *box;
    struct stat status;
    assert_int_equal(secretbox_create(path, &box, &e), ERROR_OK);
    secretbox_destroy(box);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(status.st_size, SECRETBOX_KEY_SIZE);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(secretbox_load(path, &box, &e), ERROR_DENIED);
    assert_string_equal(e.code, "key_file_open");
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, SECRETBOX_KEY_SIZE - 1), 0);
    assert_int_equal(secretbox_create(path, &box, &e), ERROR_INVALID);
    assert_string_equal(e.code, "key_file_size");
    assert_int_equal(secretbox_create("/nonexistent/folder/key", &box, &e), ERROR_DENIED);
}

/* Eight processes make it at once: all must hold the same key. */
static void many_make_one(void **state)
{
    (void)state;
    enum { MANY = 8 };
    int gate[2], out[2];
    assert_int_equal(pipe(gate), 0);
    assert_int_equal(pipe(out), 0);
    for (int i = 0; i < MANY; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct secretbox *box;
            unsigned char *sealed;
            size_t size;
            char go;
            close(gate[1]);
            (void)!read(gate[0], &go, 1);
            if (secretbox_create(path, &box, NULL) != ERROR_OK ||
                secretbox_seal(box, 1, "same", 4, &sealed, &size, NULL) != ERROR_OK ||
                write(out[1], sealed, size) != (ssize_t)size)
                _exit(1);
            _exit(0);
        }
    }
    close(gate[0]);
    close(gate[1]);
    close(out[1]);
    struct error e = ERROR_NONE;
    for (int i = 0; i < MANY; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    struct secretbox *box;
    assert_int_equal(secretbox_load(path, &box, &e), ERROR_OK);
    for (int i = 0; i < MANY; i++) {
        unsigned char sealed[4 + SECRETBOX_OVERHEAD];
        char *opened;
        assert_int_equal(read(out[0], sealed, sizeof sealed), sizeof sealed);
        assert_int_equal(secretbox_open(box, 1, sealed, sizeof sealed, &opened, &e), ERROR_OK);
        assert_string_equal(opened, "same");
        secretbox_wipe(opened);
    }
    close(out[0]);
    secretbox_destroy(box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(seals_and_opens, setup, teardown),
        cmocka_unit_test_setup_teardown(another_key_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(the_file_is_checked, setup, teardown),
        cmocka_unit_test_setup_teardown(many_make_one, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
