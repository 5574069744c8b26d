/* SPDX-License-Identifier: Apache-2.0 */
/* The kind validation on a migrated Chinook, damaged in one place: it says "failed" and names table, column and key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "tests/support/customer.h"
#include "tests/support/sample.h"
#include "tests/support/sqlite_file.h"

static struct error e;
static const char *target;
static struct lender *lender;

/* One migrated database; each test damages a copy of it. */
static int setup(void **state)
{
    (void)state;
    static const char *whole;
    if (!whole) {
        whole = customer_database();
        lender = sample_pipeline(sqlite_file_chinook(), whole);
        (void)sample_run(lender);
    }
    char sql[300];
    const char *name = strstr(whole, "/customer") + 1;
    target = customer_database();
    const char *copy = strstr(target, "/customer") + 1;
    const char *admin = customer_database();
    snprintf(sql, sizeof sql, "DROP DATABASE %.*s", (int)strcspn(copy, "?"), copy);
    free(customer_query(admin, sql));
    snprintf(sql, sizeof sql, "CREATE DATABASE %.*s TEMPLATE %.*s", (int)strcspn(copy, "?"), copy,
             (int)strcspn(name, "?"), name);
    free(customer_query(admin, sql));
    lender_connection(lender, 2, target);
    return 0;
}

static const json_t *validate(void)
{
    json_auto_t *args = sample_args(NULL, 0, 0);
    OK(lender_run(lender, "validation", "validation", args, &e));
    return lender_result_of(lender, "validation");
}

static bool is(const json_t *finding, const char *member, const char *wanted)
{
    const char *value = json_string_value(json_object_get(finding, member));
    return wanted ? value && strcmp(value, wanted) == 0 : !value;
}

/* "failed", with this finding among the others. column, key NULL: without one. */
static void expect_finding(const json_t *result, const char *check, const char *table, const char *column,
                           const char *key)
{
    size_t i;
    const json_t *finding;
    assert_string_equal(json_string_value(json_object_get(result, "validation")), "failed");
    json_array_foreach(json_object_get(result, "findings"), i, finding)
    {
        if (is(finding, "check", check) && is(finding, "table", table) && is(finding, "column", column) &&
            is(finding, "key", key))
            return;
    }
    char *all = json_dumps(result, JSON_INDENT(1));
    fail_msg("no %s of \"%s\".\"%s\" key %s in %s", check, table, column ? column : "", key ? key : "", all);
}

static void expect_count(const json_t *result, size_t count)
{
    if (json_array_size(json_object_get(result, "findings")) != count)
        fail_msg("%s", json_dumps(result, JSON_INDENT(1)));
}

static void untouched_passes(void **state)
{
    (void)state;
    const json_t *result = validate();
    assert_string_equal(json_string_value(json_object_get(result, "validation")), "passed");
    expect_count(result, 0);
}

static void one_changed_value(void **state)
{
    (void)state;
    free(customer_query(target, "UPDATE \"Track\" SET \"UnitPrice\" = 0.98 WHERE \"TrackId\" = 2345"));
    const json_t *result = validate();
    expect_finding(result, "value", "Track", "UnitPrice", "2345");
    expect_finding(result, "checksum", "Track", "UnitPrice", NULL);
    expect_count(result, 2);
}

/* Sums by column don't see it: the rows do. */
static void two_values_swapped(void **state)
{
    (void)state;
    free(customer_query(target, "UPDATE \"Genre\" SET \"Name\" = CASE \"GenreId\" WHEN 1 THEN (SELECT \"Name\" FROM "
                                "\"Genre\" WHERE \"GenreId\" = 2) ELSE (SELECT \"Name\" FROM \"Genre\" WHERE "
                                "\"GenreId\" = 1) END WHERE \"GenreId\" IN (1, 2)"));
    const json_t *result = validate();
    expect_finding(result, "value", "Genre", "Name", "1");
    expect_finding(result, "value", "Genre", "Name", "2");
    expect_count(result, 2);
}

static void null_is_not_empty(void **state)
{
    (void)state;
    free(customer_query(target, "UPDATE \"Customer\" SET \"Company\" = '' WHERE \"CustomerId\" = 2"));
    expect_finding(validate(), "value", "Customer", "Company", "2");
}

static void one_dropped_row(void **state)
{
    (void)state;
    free(customer_query(target, "DELETE FROM \"PlaylistTrack\" WHERE \"PlaylistId\" = 8 AND \"TrackId\" = 17"));
    const json_t *result = validate();
    expect_finding(result, "rows", "PlaylistTrack", NULL, NULL);
    expect_finding(result, "missing_row", "PlaylistTrack", "PlaylistId", "8, 17");
    expect_count(result, 2);
    assert_int_equal(json_integer_value(json_object_get(result, "rows")), 15606);
}

static void one_orphan(void **state)
{
    (void)state;
    free(customer_query(target,
                        "SET session_replication_role = replica; UPDATE \"Album\" SET \"ArtistId\" = 9999 WHERE "
                        "\"AlbumId\" = 7"));
    const json_t *result = validate();
    expect_finding(result, "orphan", "Album", "ArtistId", "7");
    expect_finding(result, "value", "Album", "ArtistId", "7");

    free(customer_query(target, "SET session_replication_role = replica; INSERT INTO \"Album\" VALUES (1000, 'new', "
                                "8888)"));
    result = validate();
    expect_finding(result, "extra_row", "Album", "AlbumId", "1000");
    expect_finding(result, "orphan", "Album", "ArtistId", "7");
}

static void missing_constraints(void **state)
{
    (void)state;
    free(customer_query(
        target, "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = "
                "'\"Album\"'::regclass AND contype = 'f' LOOP EXECUTE format('ALTER TABLE \"Album\" DROP "
                "CONSTRAINT %I', c.conname); END LOOP; FOR c IN SELECT conname FROM pg_constraint WHERE conrelid "
                "= '\"PlaylistTrack\"'::regclass AND contype = 'p' LOOP EXECUTE format('ALTER TABLE "
                "\"PlaylistTrack\" DROP CONSTRAINT %I', c.conname); END LOOP; END $$; "
                "ALTER TABLE \"Album\" ALTER \"Title\" DROP NOT NULL"));
    const json_t *result = validate();
    expect_finding(result, "foreign_key", "Album", "ArtistId", NULL);
    expect_finding(result, "primary_key", "PlaylistTrack", "PlaylistId, TrackId", NULL);
    expect_finding(result, "not_null", "Album", "Title", NULL);
    expect_count(result, 3);
    assert_int_equal(json_integer_value(json_object_get(result, "primary_keys")), 10);
    assert_int_equal(json_integer_value(json_object_get(result, "foreign_keys")), 10);
}

static void missing_tables_and_columns(void **state)
{
    (void)state;
    free(customer_query(target, "DROP TABLE \"Invoice\" CASCADE; ALTER TABLE \"Artist\" DROP COLUMN \"Name\""));
    const json_t *result = validate();
    expect_finding(result, "table", "Invoice", NULL, NULL);
    expect_finding(result, "column", "Artist", "Name", NULL);
}

/* Every row differs: bounded findings, the lowest keys first. */
static void a_table_that_differs_everywhere(void **state)
{
    (void)state;
    free(customer_query(target, "UPDATE \"Track\" SET \"Milliseconds\" = \"Milliseconds\" + 1"));
    const json_t *result = validate();
    for (int i = 1; i <= 10; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        expect_finding(result, "value", "Track", "Milliseconds", key);
    }
    expect_count(result, 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(untouched_passes, setup),
        cmocka_unit_test_setup(one_changed_value, setup),
        cmocka_unit_test_setup(two_values_swapped, setup),
        cmocka_unit_test_setup(null_is_not_empty, setup),
        cmocka_unit_test_setup(one_dropped_row, setup),
        cmocka_unit_test_setup(one_orphan, setup),
        cmocka_unit_test_setup(missing_constraints, setup),
        cmocka_unit_test_setup(missing_tables_and_columns, setup),
        cmocka_unit_test_setup(a_table_that_differs_everywhere, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
