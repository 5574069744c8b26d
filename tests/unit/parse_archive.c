/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives: the members of one are one catalog and their rows come again; what is evil about names, sizes and nesting
 * is told or ends it with one error, and nothing is left on disk.
 */
#include "catalog/parse/parse.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "tests/support/packer.h"

static char folder[] = "/tmp/argosy-archive-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

struct read {
    struct arena *arena;
    struct parsed parsed;
    struct error error;
    enum error_class class;
};

static struct read read_file(const char *name, const struct parse_limits *limits)
{
    struct read r = { .arena = arena_create(256 << 20), .error = ERROR_NONE };
    struct parse_options options = { .limits = limits };
    r.class = parse_path(r.arena, path_of(name), &options, &r.parsed, &r.error);
    return r;
}

static void read_end(struct read *r)
{
    parsed_close(&r->parsed);
    arena_destroy(r->arena);
}

static bool told(const struct read *r, const char *text)
{
    for (size_t i = 0; i < r->parsed.catalog->diagnostic_count; i++)
        if (strstr(r->parsed.catalog->diagnostics[i].message, text) != NULL)
            return true;
    for (size_t i = 0; i < r->parsed.catalog->diagnostic_count; i++)
        print_message("%s\n", r->parsed.catalog->diagnostics[i].message);
    print_message("nothing says %s\n", text);
    return false;
}

static int write_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    buffer_format(context, "%s %.*s\n", t->name, (int)values[0].size, values[0].text);
    return ERROR_OK;
}

static void expect_rows(struct read *r, const struct catalog_table *only, const char *expected)
{
    struct buffer b;
    buffer_init(&b, 1 << 20);
    struct rows_ask ask = { .only = only };
    assert_int_equal(r->parsed.rows.face->read(r->parsed.rows.self, &ask, write_row, &b, &r->error), ERROR_OK);
    assert_string_equal(buffer_view(&b), expected);
    buffer_finish(&b);
}

static const struct {
    const char *file, *format, *filter;
} kinds[] = {
    { "a.zip", "zip", "none" }, { "a.tar", "pax", "none" }, { "a.tar.gz", "pax", "gzip" }, { "a.tgz", "pax", "zstd" }
};

static void test_members(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct packer *p = packer_create(path_of(kinds[i].file), kinds[i].format, kinds[i].filter);
        packer_member(p, "b/orders.csv", "id,day\n1,2024-01-31\n2,2024-02-01\n");
        packer_member(p, "README.md", "Some words about it.\n");
        packer_member(p, "schema.sql", "CREATE TABLE customer (id integer PRIMARY KEY);\n");
        packer_member(p, "c/orders.csv", "code\nx\ny\n");
        packer_member(p, "__MACOSX/._orders.csv", "junk");
        packer_close(p);
        struct read r = read_file(kinds[i].file, NULL);
        assert_string_equal(r.error.message, "");
        struct catalog *c = r.parsed.catalog;
        assert_int_equal(c->table_count, 3);
        catalog_sort(c);
        assert_string_equal(c->tables[0].name, "orders");
        assert_string_equal(c->tables[1].name, "orders_2");
        assert_string_equal(c->tables[2].name, "customer");
        assert_true(told(&r, "member README.md is left out"));
        assert_true(told(&r, "a second table orders"));
        for (int again = 0; again < 2; again++) {
            expect_rows(&r, NULL, "orders 1\norders 2\norders_2 x\norders_2 y\n");
            expect_rows(&r, &c->tables[1], "orders_2 x\norders_2 y\n");
        }
        read_end(&r);
    }
}

static void test_large_and_packed_members(void **state)
{
    (void)state;
    struct buffer b;
    buffer_init(&b, 64 << 20);
    buffer_text(&b, "id,text\n");
    while (b.size < 12 << 20)
        buffer_format(&b, "%zu,some text %zu\n", b.size, b.size * 7);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct packer *inner = packer_create(path_of("x.csv.gz"), "raw", "gzip");
        packer_member(inner, "x", "a\n1\n2\n");
        packer_close(inner);
        char gz[1000];
        FILE *file = fopen(path_of("x.csv.gz"), "rb");
        size_t size = fread(gz, 1, sizeof gz, file);
        (void)fclose(file);
        struct packer *p = packer_create(path_of(kinds[i].file), kinds[i].format, kinds[i].filter);
        packer_begin(p, "x.csv.gz", size, NULL);
        packer_data(p, gz, size);
        packer_begin(p, "big.csv", b.size, NULL);
        packer_data(p, b.data, b.size);
        packer_close(p);
        struct read r = read_file(kinds[i].file, NULL);
        assert_string_equal(r.error.message, "");
        assert_int_equal(r.parsed.catalog->table_count, 2);
        const struct catalog_table *x = catalog_table_find(r.parsed.catalog, "", "x");
        expect_rows(&r, x, "x 1\nx 2\n");
        assert_true(catalog_table_find(r.parsed.catalog, "", "big")->rows > 100000);
        read_end(&r);
    }
    buffer_finish(&b);
}

static void test_evil_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct packer *p = packer_create(path_of(kinds[i].file), kinds[i].format, kinds[i].filter);
        packer_member(p, "good.csv", "a,b\n1,2\n");
        packer_member(p, "../up.csv", "a,b\n1,2\n");
        packer_member(p, "x/../../up.csv", "a,b\n1,2\n");
        packer_member(p, "x\\..\\up.csv", "a,b\n1,2\n");
        packer_member(p, "/etc/absolute.csv", "a,b\n1,2\n");
        packer_member(p, "C:\\absolute.csv", "a,b\n1,2\n");
        packer_begin(p, "link.csv", 0, "/etc/passwd");
        packer_member(p, "..fine.csv", "a,b\n1,2\n");
        packer_close(p);
        struct read r = read_file(kinds[i].file, NULL);
        assert_string_equal(r.error.message, "");
        assert_int_equal(r.parsed.catalog->table_count, 2);
        assert_true(told(&r, "../up.csv is left out: its name leads out of the folder"));
        assert_true(told(&r, "x/../../up.csv is left out"));
        assert_true(told(&r, "absolute.csv is left out: its name is an absolute path"));
        assert_true(told(&r, "link.csv is left out: it is a link"));
        assert_int_equal(r.parsed.catalog->diagnostic_count, 6);
        read_end(&r);
    }
}

static void put_file(struct packer *p, const char *name, const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *data = mem_alloc(1 << 20);
    size_t size = fread(data, 1, 1 << 20, file);
    (void)fclose(file);
    packer_begin(p, name, size, NULL);
    packer_data(p, data, size);
    free(data);
}

static void test_nesting(void **state)
{
    (void)state;
    struct packer *p = packer_create(path_of("one.zip"), "zip", "none");
    packer_member(p, "t.csv", "a\n7\n");
    packer_close(p);
    p = packer_create(path_of("two.zip"), "zip", "none");
    put_file(p, "one.zip", path_of("one.zip"));
    packer_close(p);
    p = packer_create(path_of("three.zip"), "zip", "none");
    put_file(p, "two.zip", path_of("two.zip"));
    packer_member(p, "u.csv", "a\n8\n");
    packer_close(p);
    struct read r = read_file("two.zip", NULL);
    assert_string_equal(r.error.message, "");
    expect_rows(&r, NULL, "t 7\n");
    expect_rows(&r, NULL, "t 7\n");
    read_end(&r);
    r = read_file("three.zip", NULL);
    assert_string_equal(r.error.message, "");
    expect_rows(&r, NULL, "u 8\n");
    assert_true(told(&r, "an archive in an archive in an archive"));
    read_end(&r);
}

static void test_bombs(void **state)
{
    (void)state;
    struct parse_limits limits = parse_limits_default();
    char *rows = mem_alloc(1 << 20);
    memset(rows, '1', 1 << 20);
    for (size_t i = 99999; i < 1 << 20; i += 100000)
        rows[i] = '\n';
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct packer *p = packer_create(path_of(kinds[i].file), kinds[i].format, kinds[i].filter);
        for (int member = 0; member < 10; member++) {
            char name[32];
            (void)snprintf(name, sizeof name, "m%d.csv", member);
            packer_begin(p, name, 9 << 20, NULL);
            for (int mb = 0; mb < 9; mb++)
                packer_data(p, rows, 1 << 20);
        }
        packer_close(p);
        limits.input = input_limits_default();
        bool packs = strcmp(kinds[i].file, "a.tar") != 0;
        struct read r = read_file(kinds[i].file, &limits);
        assert_int_equal(r.class, packs ? ERROR_TOO_LARGE : ERROR_OK);
        if (packs)
            assert_string_equal(r.error.code, "unpacked_ratio");
        read_end(&r);
        limits.input.bytes_max = 20 << 20;
        r = read_file(kinds[i].file, &limits);
        assert_int_equal(r.class, ERROR_TOO_LARGE);
        assert_string_equal(r.error.code, "unpacked_too_large");
        read_end(&r);
    }
    free(rows);

    struct packer *p = packer_create(path_of("a.zip"), "zip", "none");
    for (int member = 0; member < 1100; member++) {
        char name[32];
        (void)snprintf(name, sizeof name, "m%d.csv", member);
        packer_member(p, name, "a\n1\n");
    }
    packer_close(p);
    struct read r = read_file("a.zip", NULL);
    assert_int_equal(r.class, ERROR_TOO_LARGE);
    assert_string_equal(r.error.code, "too_many_members");
    read_end(&r);
}

static void test_damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct packer *p = packer_create(path_of(kinds[i].file), kinds[i].format, kinds[i].filter);
        unsigned seed = 5;
        char *noise = mem_alloc(100001);
        for (size_t k = 0; k < 100000; k++)
            noise[k] = (char)('a' + ((seed = seed * 1103515245 + 12345) >> 16) % 26);
        noise[100000] = '\0';
        memcpy(noise, "a,b\n", 4);
        packer_member(p, "first.csv", "a,b\n1,2\n");
        packer_member(p, "second.csv", noise);
        packer_close(p);
        free(noise);
        assert_int_equal(truncate(path_of(kinds[i].file), 20000), 0);
        struct read r = read_file(kinds[i].file, NULL);
        if (r.class != ERROR_OK)
            assert_int_equal(r.class, ERROR_INVALID);
        else
            assert_true(r.parsed.catalog->diagnostic_count > 0);
        read_end(&r);
    }
    struct packer *p = packer_create(path_of("a.zip"), "zip", "none");
    packer_member(p, "picture.png", "\x89PNG\r\n");
    packer_close(p);
    struct read r = read_file("a.zip", NULL);
    assert_int_equal(r.class, ERROR_INVALID);
    assert_string_equal(r.error.code, "nothing_to_read");
    assert_non_null(strstr(r.error.message, "a.zip: no member of it can be read: member picture.png is left out"));
    read_end(&r);
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

/* Only what the tests made is there: nothing was unpacked. */
static int end(void **state)
{
    (void)state;
    static const char *const names[] = { "a.zip",    "a.tar",   "a.tar.gz", "a.tgz",
                                         "x.csv.gz", "one.zip", "two.zip",  "three.zip" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(path_of(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members),    cmocka_unit_test(test_large_and_packed_members),
        cmocka_unit_test(test_evil_names), cmocka_unit_test(test_nesting),
        cmocka_unit_test(test_bombs),      cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
