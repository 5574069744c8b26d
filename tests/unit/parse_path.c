/* SPDX-License-Identifier: Apache-2.0 */
/* The one door: which format a file is, by contents and by name, and what each gives. */
#include "catalog/parse/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "catalog/parse/format.h"
#include "tests/support/packer.h"

static char folder[] = "/tmp/argosy-parse-XXXXXX";

static const char *path_of(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *name, const void *data, size_t size)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path_of(name);
}

static void test_formats(void **state)
{
    (void)state;
    static const struct {
        const char *text, *name, *format;
    } cases[] = {
        { "a,b\n1,2\n", NULL, "csv" },
        { "a;b\n1;2\n", "x.txt", "csv" },
        { "a\tb\n1\t2\n", NULL, "tsv" },
        { "name\nAda\n", "x.csv", "csv" },
        { "name\nAda\n", NULL, "unknown" },
        { "{\"a\": 1}", NULL, "json" },
        { " [1, 2]", "x.csv", "json" },
        { "{\"a\": 1}\n{\"a\": 2}\n", NULL, "ndjson" },
        { "{\"a\": 1}\n", "x.jsonl", "ndjson" },
        { "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\", \"type\": \"object\"}", NULL,
          "json-schema" },
        { "{\"openapi\": \"3.1.0\"}", NULL, "openapi" },
        { "swagger: \"2.0\"\ninfo:\n  title: x\n", NULL, "openapi" },
        { "<?xml version=\"1.0\"?><a><b>1</b></a>", NULL, "xml" },
        { "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"></xs:schema>", "x.xml", "xsd" },
        { "<!DOCTYPE html><html></html>", "x.xml", "html" },
        { "---\na: 1\nb: 2\n", NULL, "yaml" },
        { "a: 1\nb:\n  - c\n  - d\n", NULL, "yaml" },
        { "CREATE TABLE a (b int, c int);\n", NULL, "ddl" },
        { "-- a dump\nSET x = 1;\n\nCREATE TABLE a (b int);", "x.txt", "ddl" },
        { "/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `a`;\nCREATE TABLE `a` (`b` int);", NULL, "ddl" },
        { "create,table\n1,2\n", NULL, "csv" },
        { "SQLite format 3\0", "x.bin", "sqlite" },
        { "PGDMP\1\2", NULL, "pg-custom" },
        { "", "x.csv", "empty" },
        { " \n\n", NULL, "empty" },
        { "%PDF-1.4", NULL, "pdf" },
        { "\1\2\3\4\5\6\7\1\2\3\4", NULL, "binary" },
        { "Dear all,\nthis is a letter, and no table.\nYours\n", NULL, "unknown" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = strncmp(cases[i].text, "SQLite", 6) == 0 ? 16 : strlen(cases[i].text);
        enum format f = format_guess(cases[i].text, size, true, cases[i].name);
        if (strcmp(format_name(f), cases[i].format) != 0)
            fail_msg("%s: %s, expected %s", cases[i].text, format_name(f), cases[i].format);
    }
}

static int count_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)t, (void)values, (void)e;
    ++*(int *)context;
    return ERROR_OK;
}

static void test_csv(void **state)
{
    (void)state;
    static const char *const packings[] = { "none", "gzip", "zstd" };
    for (size_t i = 0; i < 3; i++) {
        struct packer *p = packer_create(path_of("orders.csv.gz"), "raw", packings[i]);
        packer_member(p, "x", "id,day\n1,2024-01-31\n2,\n");
        packer_close(p);
        struct arena *arena = arena_create(64 << 20);
        struct parse_options options = { 0 };
        struct parsed parsed = { 0 };
        struct error e = ERROR_NONE;
        assert_int_equal(parse_path(arena, path_of("orders.csv.gz"), &options, &parsed, &e), ERROR_OK);
        assert_int_equal(parsed.catalog->table_count, 1);
        assert_string_equal(parsed.catalog->tables[0].name, "orders");
        assert_int_equal(parsed.catalog->tables[0].columns[1].type.name, TYPE_DATE);
        assert_true(parsed.catalog->tables[0].columns[1].nullable);
        for (int again = 0; again < 2; again++) {
            struct rows_ask ask = { 0 };
            int rows = 0;
            assert_int_equal(parsed.rows.face->read(parsed.rows.self, &ask, count_row, &rows, &e), ERROR_OK);
            assert_int_equal(rows, 2);
            ask.rows_max = 1;
            rows = 0;
            assert_int_equal(parsed.rows.face->read(parsed.rows.self, &ask, count_row, &rows, &e), ERROR_OK);
            assert_int_equal(rows, 1);
        }
        parsed_close(&parsed);
        arena_destroy(arena);
    }
}

static int write_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    struct buffer *b = context;
    buffer_text(b, t->name);
    for (size_t i = 0; i < t->column_count; i++)
        buffer_format(b, " %.*s", values[i].text != NULL ? (int)values[i].size : 1,
                      values[i].text != NULL ? values[i].text : "~");
    buffer_char(b, '\n');
    return ERROR_OK;
}

/* An SQL text, and beside it a folder with the rows of its tables. */
static void test_ddl_with_rows(void **state)
{
    (void)state;
    static const char ddl[] = "CREATE TABLE Artist (id integer PRIMARY KEY, name text, born date);\n"
                              "CREATE TABLE shop.album (id integer, artist_id integer);\n"
                              "CREATE TABLE nothing (id integer);\n";
    static const struct {
        const char *name, *text;
    } files[] = { { "artist.csv", "NAME,extra,Id\nAda,x,1\n\"Bob, Jr\",y,2.0\n" },
                  { "shop.album.csv", "10,1\n11,NULL\n" },
                  { "stranger.csv", "a,b\n1,2\n" } };
    write_file("schema.sql", ddl, strlen(ddl));
    assert_int_equal(mkdir(path_of("data"), 0700), 0);
    char name[64];
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(name, sizeof name, "data/%s", files[i].name);
        write_file(name, files[i].text, strlen(files[i].text));
    }
    struct arena *arena = arena_create(64 << 20);
    char data[300];
    (void)snprintf(data, sizeof data, "%s", path_of("data"));
    struct parse_options options = { .dialect = "postgresql", .data_folder = data };
    struct parsed parsed = { 0 };
    struct error e = ERROR_NONE;
    assert_int_equal(parse_path(arena, path_of("schema.sql"), &options, &parsed, &e), ERROR_OK);
    assert_int_equal(parsed.catalog->table_count, 3);
    assert_string_equal(parsed.catalog->dialect, "postgresql");
    catalog_sort(parsed.catalog);
    struct rows_ask ask = { 0 };
    struct buffer b;
    buffer_init(&b, 1 << 16);
    assert_int_equal(parsed.rows.face->read(parsed.rows.self, &ask, write_row, &b, &e), ERROR_OK);
    assert_string_equal(buffer_view(&b), "Artist 1 Ada ~\nArtist 2 Bob, Jr ~\nalbum 10 1\nalbum 11 ~\n");
    buffer_clear(&b);
    ask.only = catalog_table_find(parsed.catalog, "shop", "album");
    assert_int_equal(parsed.rows.face->read(parsed.rows.self, &ask, write_row, &b, &e), ERROR_OK);
    assert_string_equal(buffer_view(&b), "album 10 1\nalbum 11 ~\n");
    buffer_finish(&b);
    bool told = false;
    for (size_t i = 0; i < parsed.catalog->diagnostic_count; i++)
        told |= strstr(parsed.catalog->diagnostics[i].message, "stranger.csv belongs to no table") != NULL;
    assert_true(told);
    parsed_close(&parsed);
    arena_destroy(arena);
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(name, sizeof name, "data/%s", files[i].name);
        (void)unlink(path_of(name));
    }
    (void)rmdir(path_of("data"));
}

static void expect_refused(const char *path, const char *format, const char *code, const char *message)
{
    struct arena *arena = arena_create(64 << 20);
    struct parse_options options = { .format = format };
    struct parsed parsed = { 0 };
    struct error e = ERROR_NONE;
    assert_int_not_equal(parse_path(arena, path, &options, &parsed, &e), ERROR_OK);
    assert_string_equal(e.code, code);
    if (strstr(e.message, message) == NULL)
        fail_msg("%s does not say %s", e.message, message);
    assert_null(parsed.catalog);
    arena_destroy(arena);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_refused(path_of("nowhere.csv"), NULL, "file_unreadable", "nowhere.csv");
    expect_refused("/dev/null", NULL, "file_unreadable", "is no plain file");
    expect_refused(write_file("x.db", "SQLite format 3", 16), NULL, "format_not_read", "discover it as sqlite:FILE");
    expect_refused(write_file("x.csv", "", 0), NULL, "format_not_read", "x.csv: it can't be read: it is empty");
    expect_refused(write_file("x.csv", "a,b\n", 4), "cobol", "unknown_format", "no format is called cobol");
    expect_refused(write_file("x.bin",
                              "\x7f"
                              "ELF\1\1\1",
                              7),
                   NULL, "format_not_read", "binary");
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
    (void)state;
    static const char *const names[] = { "orders.csv.gz", "schema.sql", "x.db", "x.csv", "x.bin" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(path_of(names[i]));
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_ddl_with_rows),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
