/* SPDX-License-Identifier: Apache-2.0 */
/* rows_spread.c - a sample comes from all over a table, holds exactly as many rows as were asked for, and is the same
 * each time: of SQLite, of a folder of CSV files, of a nested document. */
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

#include "catalog/connect/connect.h"
#include "catalog/parse/parse.h"
#include "tests/support/ok.h"
#include "tests/support/scratch.h"
#include "tests/support/sqlite_file.h"

static struct error e;
static char folder[64];

static int setup(void **state)
{
    (void)scratch_setup(state);
    (void)snprintf(folder, sizeof folder, "/tmp/argosy-test-XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int teardown(void **state)
{
    static const char *const files[] = { "t.sql", "t.json", "data/t.csv", "data", "" };
    char path[256];
    (void)scratch_teardown(state);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, files[i]);
        (void)remove(path);
    }
    return 0;
}

struct seen { /* of the first column, which counts */
    int64_t rows, least, most, sum;
};

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *unused)
{
    struct seen *seen = context;
    char number[32];
    (void)t;
    (void)unused;
    (void)snprintf(number, sizeof number, "%.*s", (int)values[0].size, values[0].text);
    int64_t value = strtoll(number, NULL, 10);
    seen->least = seen->rows == 0 || value < seen->least ? value : seen->least;
    seen->most = seen->rows == 0 || value > seen->most ? value : seen->most;
    seen->sum += value;
    seen->rows++;
    return ERROR_OK;
}

static struct seen sample(const struct rows_source *rows, const struct catalog_table *t, int64_t rows_max)
{
    struct seen seen[2] = { { 0 }, { 0 } };
    const struct rows_ask ask = { .only = t, .rows_max = rows_max };
    for (int i = 0; i < 2; i++)
        OK(rows->face->read(rows->self, &ask, on_row, &seen[i], &e));
    assert_memory_equal(&seen[0], &seen[1], sizeof seen[0]);
    return seen[0];
}

/* Values are 1 to rows. */
static void is_spread(const struct rows_source *rows, const struct catalog_table *t, int64_t all, int64_t wanted)
{
    struct seen seen = sample(rows, t, wanted);
    assert_int_equal(seen.rows, wanted);
    assert_true(seen.least <= all / 20 && seen.most >= all - all / 20);
    assert_in_range(seen.sum / seen.rows, all * 2 / 5, all * 3 / 5);
    assert_int_equal(sample(rows, t, all + 10).rows, all);
}

static void a_share_is_exact(void **state)
{
    (void)state;
    static const int64_t cases[][2] = { { 10, 3 }, { 1000, 999 }, { 7, 7 }, { 7, 8 }, { 100000, 1 }, { 5, 0 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rows_spread s = { .rows = cases[i][0], .wanted = cases[i][1] };
        int64_t given = 0;
        for (int64_t row = 0; row < cases[i][0]; row++)
            given += rows_spread_next(&s);
        int64_t expected = cases[i][1] == 0 || cases[i][1] > cases[i][0] ? cases[i][0] : cases[i][1];
        assert_int_equal(given, expected);
    }
}

static void of_sqlite(void **state)
{
    (void)state;
    struct connect *c = NULL;
    struct catalog *catalog = NULL;
    const char *url = sqlite_file_make(
        "CREATE TABLE plain (v integer); CREATE TABLE gaps (v integer, id integer PRIMARY KEY);"
        "CREATE TABLE bare (v integer PRIMARY KEY) WITHOUT ROWID; CREATE TABLE taken (v integer, rowid text);"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO plain SELECT i "
        "FROM n; INSERT INTO gaps SELECT v, CASE WHEN v > 4990 THEN 1000000000 + v WHEN v = 1 THEN -5000 ELSE v END "
        "FROM plain; INSERT INTO bare SELECT v FROM plain; INSERT INTO taken SELECT v, 'x' FROM plain;");
    OK(connect_open(url, NULL, NULL, &c, &e));
    OK(connect_catalog(c, arena, NULL, true, &catalog, &e));
    const struct rows_source rows = connect_rows(c, catalog);
    is_spread(&rows, catalog_table_find(catalog, "main", "plain"), 5000, 300);
    is_spread(&rows, catalog_table_find(catalog, "main", "taken"), 5000, 4999);
    const struct catalog_table *gaps = catalog_table_find(catalog, "main", "gaps");
    struct seen seen = sample(&rows, gaps, 300); /* nearly all of them lie in one range */
    assert_int_equal(seen.rows, 300);
    assert_true(seen.least == 1 && seen.most == 5000);
    assert_int_equal(sample(&rows, gaps, 4999).rows, 4999);
    assert_int_equal(sample(&rows, gaps, 5001).rows, 5000);
    assert_int_equal(sample(&rows, catalog_table_find(catalog, "main", "bare"), 300).rows, 300);
    assert_int_equal(sample(&rows, catalog_table_find(catalog, "main", "plain"), 1).rows, 1);
    connect_close(c);
}

static FILE *open_file(const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    return f;
}

static void of_a_folder(void **state)
{
    (void)state;
    char path[128], data[128];
    struct parsed p = { 0 };
    (void)snprintf(path, sizeof path, "%s/t.sql", folder);
    (void)snprintf(data, sizeof data, "%s/data", folder);
    assert_int_equal(mkdir(data, 0700), 0);
    FILE *f = open_file("t.sql");
    (void)fputs("CREATE TABLE t (v int, w text);\n", f);
    (void)fclose(f);
    f = open_file("data/t.csv");
    (void)fputs("v,w\n", f);
    for (int i = 1; i <= 5000; i++)
        (void)fprintf(f, "%d,\"a,\nb\"\n", i);
    (void)fclose(f);
    OK(parse_path(arena, path, &(struct parse_options){ .data_folder = data }, &p, &e));
    is_spread(&p.rows, &p.catalog->tables[0], 5000, 300);
    parsed_close(&p);
}

static void of_a_document(void **state)
{
    (void)state;
    char path[128];
    struct parsed p = { 0 };
    (void)snprintf(path, sizeof path, "%s/t.json", folder);
    FILE *f = open_file("t.json");
    (void)fputs("[", f);
    for (int i = 1; i <= 5000; i++)
        (void)fprintf(f, "%s{\"v\": %d, \"parts\": [{\"p\": %d}, {\"p\": %d}]}", i > 1 ? "," : "", i, 2 * i - 1, 2 * i);
    (void)fputs("]", f);
    (void)fclose(f);
    OK(parse_path(arena, path, &(struct parse_options){ 0 }, &p, &e));
    assert_int_equal(p.catalog->table_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct catalog_table *t = &p.catalog->tables[i];
        assert_int_equal(t->rows, t->parent == NULL ? 5000 : 10000);
        if (t->parent == NULL)
            is_spread(&p.rows, t, 5000, 300);
        else
            assert_int_equal(sample(&p.rows, t, 300).rows, 300);
    }
    parsed_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_is_exact),
        cmocka_unit_test_setup_teardown(of_sqlite, setup, teardown),
        cmocka_unit_test_setup_teardown(of_a_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(of_a_document, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
