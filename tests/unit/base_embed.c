/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base_embed.c - what the build compiled in: byte for byte the files of the checkout, sorted, NUL-terminated, all of
 * them.
 */
#include "base/embed.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/text.h"

enum { PATH_SIZE = 4096 };

static void path_of(const char *folder, const char *name, char *ret_path)
{
    const char *source = getenv("ARGOSY_SOURCE");
    assert_non_null(source); /* ctest sets it */
    snprintf(ret_path, PATH_SIZE, "%s/%s/%s", source, folder, name);
}

static void assert_same_as_file(const char *folder, const struct embed_file *file)
{
    char path[PATH_SIZE];
    path_of(folder, file->name, path);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    char *text = malloc(file->size + 1);
    assert_int_equal(fread(text, 1, file->size + 1, stream), file->size);
    assert_memory_equal(text, file->data, file->size);
    assert_int_equal(file->data[file->size], '\0');
    free(text);
    fclose(stream);
}

static size_t count_sql(const char *folder)
{
    char path[PATH_SIZE];
    path_of(folder, "", path);
    DIR *directory = opendir(path);
    assert_non_null(directory);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        const char *dot = strrchr(entry->d_name, '.');
        count += dot && strcmp(dot, ".sql") == 0;
    }
    closedir(directory);
    return count;
}

static void assert_table(const char *folder, const struct embed_file *table, size_t count)
{
    assert_true(count > 0);
    assert_int_equal(count, count_sql(folder));
    for (size_t i = 0; i < count; i++) {
        assert_same_as_file(folder, &table[i]);
        assert_ptr_equal(embed_find(table, count, table[i].name), &table[i]);
        if (i > 0)
            assert_true(strcmp(table[i - 1].name, table[i].name) < 0);
    }
    assert_null(table[count].name);
    assert_null(embed_find(table, count, ""));
    assert_null(embed_find(table, count, "no_such_file.sql"));
}

static void statements_are_compiled_in(void **state)
{
    (void)state;
    assert_table("sql", embed_sql, embed_sql_count);
}

static void migrations_are_compiled_in(void **state)
{
    (void)state;
    assert_table("sql/migrations", embed_migrations, embed_migrations_count);
}

static void nothing_is_found_in_an_empty_table(void **state)
{
    (void)state;
    assert_null(embed_find(embed_sql, 0, embed_sql[0].name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_are_compiled_in),
        cmocka_unit_test(migrations_are_compiled_in),
        cmocka_unit_test(nothing_is_found_in_an_empty_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
