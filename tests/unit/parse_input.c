/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs: the same bytes whatever they are packed in, again after a rewind; bombs and cut files end with one error. */
#include "catalog/parse/input/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/packer.h"

enum { TEXT_SIZE = 1000 * 1000 };

static char folder[] = "/tmp/argosy-input-XXXXXX";
static char text[TEXT_SIZE];

static const char *path_of(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *path, const void *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void expect_text(struct input *in, size_t piece)
{
    struct error e = ERROR_NONE;
    char *into = mem_alloc(piece);
    size_t got = 1, all = 0;
    while (got > 0) {
        assert_int_equal(input_read(in, into, piece, &got, &e), ERROR_OK);
        assert_true(all + got <= TEXT_SIZE && memcmp(into, text + all, got) == 0);
        all += got;
        assert_int_equal(input_position(in), all);
    }
    assert_int_equal(all, TEXT_SIZE);
    assert_int_equal(input_percent(in), 100);
    free(into);
}

static void test_same_bytes(void **state)
{
    (void)state;
    struct input_limits limits = input_limits_default();
    static const char *const filters[] = { "none", "gzip", "zstd", "xz", "bzip2" };
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        const char *path = path_of(filters[i]);
        struct packer *p = packer_create(path, "raw", filters[i]);
        packer_begin(p, "x", TEXT_SIZE, NULL);
        packer_data(p, text, TEXT_SIZE);
        packer_close(p);
        struct input *in = NULL;
        struct error e = ERROR_NONE;
        assert_int_equal(input_open(path, &limits, &in, &e), ERROR_OK);
        expect_text(in, 70001);
        assert_int_equal(input_rewind(in, &e), ERROR_OK);
        assert_int_equal(input_position(in), 0);
        expect_text(in, TEXT_SIZE + 5);
        assert_null(input_close(in));
    }
    struct input *in = input_of_memory(text, TEXT_SIZE);
    expect_text(in, 999);
    assert_int_equal(input_rewind(in, NULL), ERROR_OK);
    expect_text(in, TEXT_SIZE);
    input_close(in);
}

static void test_small_files(void **state)
{
    (void)state;
    static const char *const files[] = { "", "a", "BZh", "BZhang,Li\n1,2\n", "\x1f\x8b" };
    struct input_limits limits = input_limits_default();
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        write_file(path_of("small"), files[i], strlen(files[i]));
        struct input *in = NULL;
        char into[64];
        size_t got;
        assert_int_equal(input_open(path_of("small"), &limits, &in, NULL), ERROR_OK);
        assert_int_equal(input_read(in, into, sizeof into, &got, NULL), ERROR_OK);
        assert_int_equal(got, strlen(files[i]));
        assert_memory_equal(into, files[i], got);
        input_close(in);
    }
    struct packer *p = packer_create(path_of("empty.gz"), "raw", "gzip");
    packer_begin(p, "x", 0, NULL);
    packer_close(p);
    struct input *in = NULL;
    size_t got;
    assert_int_equal(input_open(path_of("empty.gz"), &limits, &in, NULL), ERROR_OK);
    assert_int_equal(input_read(in, text, 1, &got, NULL), ERROR_OK);
    assert_int_equal(got, 0);
    input_close(in);
}

static enum error_class read_all(const char *path, struct input_limits limits, uint64_t *ret_size, struct error *e)
{
    struct input *in = NULL;
    enum error_class class = input_open(path, &limits, &in, e);
    char *into = mem_alloc(1 << 20);
    size_t got = class == ERROR_OK;
    for (*ret_size = 0; got > 0; *ret_size += got)
        class = input_read(in, into, 1 << 20, &got, e);
    free(into);
    input_close(in);
    return class;
}

static void test_bombs(void **state)
{
    (void)state;
    char *zeros = mem_zero(1, 1 << 20);
    static const char *const filters[] = { "gzip", "zstd", "xz", "bzip2" };
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct packer *p = packer_create(path_of("bomb"), "raw", filters[i]);
        packer_begin(p, "x", 80 << 20, NULL);
        for (int mb = 0; mb < 80; mb++)
            packer_data(p, zeros, 1 << 20);
        packer_close(p);
        struct error e = ERROR_NONE;
        uint64_t size;
        struct input_limits limits = input_limits_default();
        assert_int_equal(read_all(path_of("bomb"), limits, &size, &e), ERROR_TOO_LARGE);
        assert_string_equal(e.code, "unpacked_ratio");
        assert_true(size <= 66 << 20);
        limits.ratio_max = 1U << 30;
        assert_int_equal(read_all(path_of("bomb"), limits, &size, &e), ERROR_OK);
        assert_int_equal(size, 80 << 20);
        limits.bytes_max = 10 << 20;
        assert_int_equal(read_all(path_of("bomb"), limits, &size, &e), ERROR_TOO_LARGE);
        assert_string_equal(e.code, "unpacked_too_large");
    }
    free(zeros);
}

static void test_damaged(void **state)
{
    (void)state;
    static const char *const filters[] = { "gzip", "zstd", "xz", "bzip2" };
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        struct packer *p = packer_create(path_of("cut"), "raw", filters[i]);
        packer_begin(p, "x", TEXT_SIZE, NULL);
        packer_data(p, text, TEXT_SIZE);
        packer_close(p);
        struct stat st;
        assert_int_equal(stat(path_of("cut"), &st), 0);
        assert_int_equal(truncate(path_of("cut"), st.st_size / 2), 0);
        struct error e = ERROR_NONE;
        uint64_t size;
        assert_int_equal(read_all(path_of("cut"), input_limits_default(), &size, &e), ERROR_INVALID);
        assert_string_equal(e.code, "file_damaged");
        assert_non_null(strstr(e.message, "cut: damaged or cut off"));
    }
}

static void test_no_file(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    uint64_t size;
    assert_int_equal(read_all(path_of("nowhere"), input_limits_default(), &size, &e), ERROR_NOT_FOUND);
    assert_int_equal(read_all(folder, input_limits_default(), &size, &e), ERROR_INVALID);
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    assert_int_equal(read_all(path_of("pipe"), input_limits_default(), &size, &e), ERROR_INVALID);
}

static int begin(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (size_t i = 0; i < TEXT_SIZE; i++) {
        seed = seed * 1103515245 + 12345;
        text[i] = (char)('a' + (seed >> 16) % 20);
    }
    return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
    (void)state;
    static const char *const names[] = { "none",  "gzip",     "zstd", "xz",  "bzip2",
                                         "small", "empty.gz", "bomb", "cut", "pipe" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(path_of(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_small_files), cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_damaged),    cmocka_unit_test(test_no_file),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
