/* SPDX-License-Identifier: Apache-2.0 */
/* discover_files.c - discovery of files with their rows: orphans of declared keys, tables that are not wanted, the same
 * bytes twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "jobs/discovery/discover.h"
#include "tests/support/scratch.h"

static char folder[64], schema[128], data[128];

static void put(const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
    (void)scratch_setup(state);
    (void)snprintf(folder, sizeof folder, "/tmp/argosy-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    (void)snprintf(schema, sizeof schema, "%s/schema.sql", folder);
    (void)snprintf(data, sizeof data, "%s/data", folder);
    return mkdir(data, 0700);
}

static int teardown(void **state)
{
    static const char *const files[] = { "schema.sql", "data/down.csv", "data/up.csv", "data/pair.csv", "data", "" };
    char path[256];
    (void)scratch_teardown(state);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)remove(path);
    }
    return 0;
}

static void put_all(void)
{
    put("schema.sql", "CREATE TABLE up (id int PRIMARY KEY, name text);\n"
                      "CREATE TABLE pair (a int, b int, PRIMARY KEY (a, b));\n"
                      "CREATE TABLE down (id int PRIMARY KEY, up_id int REFERENCES up (id), a int, b int, FOREIGN KEY "
                      "(a, b) REFERENCES pair (a, b));\n");
    put("data/up.csv", "id,name\n1,one\n2,two\n3,three\n");
    put("data/pair.csv", "a,b\n1,1\n1,2\n");
    put("data/down.csv", "id,up_id,a,b\n1,1,1,1\n2,9,1,2\n3,,2,2\n4,9,,2\n5,3,1,1\n");
}

static struct discovered discover(const struct discover_options *options)
{
    struct discovered d = { 0 };
    struct error e = ERROR_NONE;
    if (discover_source(arena, schema, options, &d, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    return d;
}

static void rows_without_a_parent_are_counted(void **state)
{
    (void)state;
    put_all();
    const struct discovered d = discover(&(struct discover_options){ .data_folder = data });
    const struct catalog_table *down = catalog_table_find(d.catalog, "", "down");
    if (down == NULL)
        down = catalog_table_find(d.catalog, "public", "down");
    assert_non_null(down);
    int64_t hit = 0;
    assert_int_equal(down->foreign_key_count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(down->foreign_keys[i].orphans, down->foreign_keys[i].columns.count == 1 ? 2 : 1);
    for (size_t i = 0; i < down->finding_count; i++)
        if (strcmp(down->findings[i].check, "referential") == 0)
            hit += down->findings[i].rows;
    assert_int_equal(hit, 3);
}

static void tables_that_are_not_wanted_are_left_out(void **state)
{
    (void)state;
    put_all();
    const char *exclude[] = { "up" };
    const struct discovered d =
        discover(&(struct discover_options){ .data_folder = data, .patterns = { .exclude = { exclude, 1 } } });
    assert_int_equal(d.catalog->table_count, 2);
    for (size_t i = 0; i < d.catalog->table_count; i++)
        assert_true(d.catalog->tables[i].rows > 0);
}

static void the_same_input_is_the_same_bytes(void **state)
{
    (void)state;
    char *text = malloc(4 << 20);
    put_all();
    size_t size = (size_t)snprintf(text, 4 << 20, "id,up_id,a,b\n");
    for (int i = 1; i <= 60000; i++)
        size += (size_t)snprintf(text + size, (4 << 20) - size, "%d,%d,%d,%d\n", i, i > 59000 ? 4 : 1 + i % 3, 1, 1);
    put("data/down.csv", text);
    free(text);
    const struct discover_limits limits = { .sample_rows = 500, .count_rows_max = 1000000 };
    struct buffer b[2];
    for (int i = 0; i < 2; i++) {
        const struct discovered d = discover(&(struct discover_options){ .data_folder = data, .limits = &limits });
        const struct catalog_table *down = &d.catalog->tables[0];
        assert_string_equal(down->name, "down");
        assert_int_equal(down->column_count, 4);
        assert_int_equal(down->foreign_keys[0].orphans + down->foreign_keys[1].orphans, 1000); /* all are compared */
        buffer_init(&b[i], 64 << 20);
        discovered_write(&d, &b[i]);
    }
    assert_false(b[0].overflow);
    assert_int_equal(b[0].size, b[1].size);
    assert_memory_equal(b[0].data, b[1].data, b[0].size);
    buffer_finish(&b[0]);
    buffer_finish(&b[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_without_a_parent_are_counted, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_that_are_not_wanted_are_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_input_is_the_same_bytes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
