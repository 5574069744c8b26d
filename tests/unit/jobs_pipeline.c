/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_pipeline.c - discovery and mapping without servers: the demo, and a file full of what SQLite allows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "tests/support/lender.h"
#include "tests/support/sqlite_file.h"
#include "tests/support/sqlite_traps.h"

static struct lender *lender;
static struct error error;
static const json_t *discovery, *mapping;

static int setup(void **state)
{
    (void)state;
    lender = lender_create();
    lender_connection(lender, 2, "postgresql://somebody@nowhere/new");
    error = ERROR_NONE;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    lender = lender_destroy(lender);
    return 0;
}

static enum error_class discover(int source)
{
    json_auto_t *args = json_pack("{s:i}", "source", source);
    return lender_run(lender, source == 1 ? "discovery" : "elsewhere", "discovery", args, &error);
}

static enum error_class map(void)
{
    json_auto_t *args = json_pack("{s:i, s:i}", "source", 1, "target", 2);
    return lender_run(lender, "mapping", "mapping", args, &error);
}

static void run_both(const char *url)
{
    lender_connection(lender, 1, url);
    if (discover(1) != ERROR_OK || map() != ERROR_OK)
        fail_msg("%s: %s", error.code, error.message);
    discovery = lender_result_of(lender, "discovery");
    mapping = lender_result_of(lender, "mapping");
}

static json_int_t number(const json_t *object, const char *key)
{
    assert_true(json_is_integer(json_object_get(object, key)));
    return json_integer_value(json_object_get(object, key));
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value != NULL ? value : "";
}

/* The mapping of a source's column. */
static const json_t *mapping_of(const char *table, const char *column)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(mapping, "mappings"), i, item)
    {
        const json_t *source = json_object_get(item, "source");
        if (strcmp(text(source, "table"), table) == 0 && strcmp(text(source, "column"), column) == 0)
            return item;
    }
    fail_msg("no mapping of %s.%s", table, column);
    return NULL;
}

static json_t *table_in(const json_t *catalog, const char *name)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(catalog, "tables"), i, item)
    {
        if (strcmp(text(item, "name"), name) == 0)
            return item;
    }
    fail_msg("no table %s", name);
    return NULL;
}

static json_t *target_table(const char *name)
{
    return table_in(json_object_get(mapping, "target_catalog"), name);
}

static void expect(const char *table, const char *column, const char *target_type, const char *transform,
                   const char *warning)
{
    const json_t *item = mapping_of(table, column);
    json_t *warnings = json_object_get(item, "warnings");
    if (strcmp(text(item, "target_type"), target_type) != 0 || strcmp(text(item, "transform"), transform) != 0)
        fail_msg("%s.%s: %s, %s", table, column, text(item, "target_type"), text(item, "transform"));
    bool found = warning == NULL && json_array_size(warnings) == 0;
    for (size_t i = 0; i < json_array_size(warnings); i++)
        found |= warning != NULL && strstr(json_string_value(json_array_get(warnings, i)), warning) != NULL;
    if (!found) {
        char *said = json_dumps(warnings, 0);
        fail_msg("%s.%s warns %s", table, column, said);
    }
}

static void chinook(void **state)
{
    (void)state;
    run_both(sqlite_file_chinook());
    const json_t *summary = json_object_get(discovery, "summary");
    assert_int_equal(number(summary, "tables"), 11);
    assert_int_equal(number(summary, "rows"), 15607);
    assert_int_equal(number(summary, "primary_keys"), 11);
    assert_int_equal(number(summary, "foreign_keys"), 11);
    assert_int_equal(number(summary, "relationships"), 11); /* the declared ones and nothing invented */
    assert_true(lender_progress_count(lender) > 11);
    expect("Invoice", "Total", "numeric(10,2)", "direct", NULL);
    expect("Invoice", "InvoiceDate", "timestamp", "cast", NULL);
    expect("Album", "AlbumId", "bigint", "direct", NULL);
    expect("Album", "Title", "varchar(160)", "direct", NULL);
    expect("Employee", "BirthDate", "timestamp", "cast", NULL);

    const json_t *target = json_object_get(mapping, "target_catalog");
    size_t i, keys = 0, foreign_keys = 0, indexes = 0;
    json_t *item;
    json_array_foreach(json_object_get(target, "tables"), i, item)
    {
        assert_string_equal(text(item, "schema"), "public");
        keys += json_array_size(json_object_get(item, "primary_key")) > 0;
        foreign_keys += json_array_size(json_object_get(item, "foreign_keys"));
        indexes += json_array_size(json_object_get(item, "indexes"));
    }
    assert_int_equal(json_array_size(json_object_get(target, "tables")), 11);
    assert_int_equal(keys, 11);
    assert_int_equal(foreign_keys, 11);
    assert_int_equal(indexes, 11);
    assert_int_equal(json_array_size(json_object_get(target, "diagnostics")), 0);
    assert_int_equal(json_array_size(json_object_get(mapping, "mappings")), 64);
    assert_null(json_object_get(mapping_of("Album", "Title"), "confidence"));
    assert_string_equal(text(mapping_of("Album", "Title"), "origin"), "created");
}

static void the_same_twice(void **state)
{
    (void)state;
    run_both(sqlite_file_chinook());
    char *catalog = json_dumps(discovery, 0), *mapped = json_dumps(mapping, 0);
    run_both(sqlite_file_chinook());
    char *catalog_again = json_dumps(discovery, 0), *mapped_again = json_dumps(mapping, 0);
    assert_string_equal(catalog, catalog_again);
    assert_string_equal(mapped, mapped_again);
    free(catalog);
    free(mapped);
    free(catalog_again);
    free(mapped_again);
}

static void columns_by_what_they_hold(void **state)
{
    (void)state;
    run_both(sqlite_file_make(sqlite_traps_columns));
    expect("t", "id", "bigint", "direct", NULL);
    expect("t", "whole", "bigint", "direct", NULL);
    expect("t", "half", "double precision", "direct", "1 integers, 1 reals");
    expect("t", "big", "double precision", "direct", NULL);
    expect("t", "price", "numeric(6,2)", "direct", NULL);
    expect("t", "odd", "numeric", "direct", "4 before and 3 after");
    expect("t", "word", "varchar(5)", "direct", NULL);
    expect("t", "longer", "text", "direct", "has 6");
    expect("t", "code", "text", "cast", "1 integers, 0 reals, 1 texts"); /* STRING means numbers to SQLite: 007 is 7 */
    expect("t", "flag", "boolean", "cast", NULL);
    expect("t", "not_flag", "bigint", "direct", "declared BOOLEAN");
    expect("t", "day", "date", "cast", NULL);
    expect("t", "mixed_day", "timestamp", "cast", "1 values have a time");
    expect("t", "no_day", "text", "direct", "declared DATE");
    expect("t", "at", "timestamp", "cast", "become midnight");
    expect("t", "epoch", "bigint", "direct", "declared DATETIME");
    expect("t", "julian", "double precision", "direct", "declared DATETIME");
    expect("t", "zoned", "text", "direct", "time zone");
    expect("t", "empty_at", "timestamp", "cast", NULL);
    expect("t", "data", "bytea", "direct", NULL);
    expect("t", "text_blob", "text", "direct", "declared BLOB");
    expect("t", "none", "text", "direct", NULL);
    expect("t", "any_int", "bigint", "direct", NULL);
    expect("t", "any_mix", "text", "cast", "several types");
    expect("t", "unclean", "bytea", "cast", "key [2]");
    expect("t", "doc", "json", "cast", NULL);
    expect("t", "bad_doc", "text", "direct", "declared JSON");
    expect("t", "uid", "uuid", "cast", NULL);
    expect("t", "upper_uid", "text", "direct", "declared UUID");
    expect("t", "odd_type", "text", "direct", "POINT");
    expect("t", "sum", "bigint", "direct", "computed in the source");
    expect("t", "clock", "time", "cast", NULL);
    expect("t", "expr", "bigint", "direct", "default abs(-1) is left out");
    expect("t", "nocase", "text", "direct", "collation NOCASE");

    const json_t *columns = json_object_get(target_table("t"), "columns");
    assert_true(json_is_true(json_object_get(json_array_get(columns, 0), "identity")));
    const json_t *at = json_array_get(columns, 14), *nn = json_array_get(columns, 32);
    assert_string_equal(text(at, "default"), "date_trunc('second', CURRENT_TIMESTAMP AT TIME ZONE 'UTC')");
    assert_string_equal(text(nn, "default"), "'a''b'");
    assert_true(json_is_false(json_object_get(nn, "nullable")));
    assert_null(json_object_get(json_array_get(columns, 30), "generated"));
}

static void keys_by_what_they_hold(void **state)
{
    (void)state;
    run_both(sqlite_file_make(sqlite_traps_keys));
    json_t *t = target_table("null_key");
    assert_int_equal(json_array_size(json_object_get(t, "primary_key")), 0);
    assert_int_equal(json_array_size(json_object_get(t, "uniques")), 1);
    t = target_table("mixed_key");
    assert_int_equal(json_array_size(json_object_get(t, "primary_key")), 0);
    assert_int_equal(json_array_size(json_object_get(t, "uniques")), 0);
    assert_true(json_is_false(json_object_get(json_array_get(json_object_get(t, "indexes"), 0), "unique")));

    json_t *foreign_keys = json_object_get(target_table("child"), "foreign_keys");
    assert_int_equal(json_array_size(foreign_keys), 2);
    json_t *by_name = json_array_get(foreign_keys, 0), *by_id = json_array_get(foreign_keys, 1);
    assert_string_equal(json_string_value(json_array_get(json_object_get(by_name, "columns"), 0)), "n");
    assert_string_equal(text(by_name, "on_delete"), "SET NULL");
    assert_null(json_object_get(by_name, "not_valid"));
    assert_string_equal(text(by_id, "ref_table"), "parent");
    assert_string_equal(json_string_value(json_array_get(json_object_get(by_id, "ref_columns"), 0)), "id");
    assert_true(json_is_true(json_object_get(by_id, "not_valid")));

    /* tied by foreign keys, so alike: text_child.p is text */
    expect("text_child", "p", "text", "cast", "several types");
    expect("parent", "id", "text", "cast", "foreign key ties");
    expect("child", "p", "text", "cast", "foreign key ties");
    assert_int_equal(json_array_size(json_object_get(target_table("text_child"), "foreign_keys")), 1);

    assert_int_equal(json_array_size(json_object_get(target_table("big_key"), "uniques")), 0);
    expect("days", "d", "text", "direct", "declared DATETIME");
    assert_int_equal(json_array_size(json_object_get(target_table("days"), "primary_key")), 1);

    json_t *columns = json_object_get(target_table("xm"), "columns");
    assert_string_equal(text(json_array_get(columns, 0), "name"), "xmin_2");
    assert_string_equal(text(json_array_get(columns, 0), "source_column"), "xmin");
    assert_int_equal(strlen(text(json_array_get(columns, 1), "name")), 63);
    assert_string_not_equal(text(json_array_get(columns, 1), "name"), text(json_array_get(columns, 2), "name"));

    assert_string_equal(text(target_table("same1"), "primary_key_name"), "pk");
    assert_string_equal(text(target_table("same2"), "primary_key_name"), "pk_2");
    assert_int_equal(json_array_size(json_object_get(target_table("same1"), "indexes")), 1);
    assert_true(json_array_size(json_object_get(json_object_get(mapping, "target_catalog"), "diagnostics")) >= 8);
}

static const char related_sql[] =
    "CREATE TABLE artists (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE categories (category_id INTEGER PRIMARY KEY, parent_id INT);"
    "CREATE TABLE albums (id INTEGER PRIMARY KEY, artist_id INT, mainCategoryId INT, studio_id INT, artist_no TEXT);"
    "CREATE TABLE plays (id INTEGER PRIMARY KEY, artist_id INT, album_id TEXT);"
    "INSERT INTO artists VALUES (1,'a'),(2,'b'); INSERT INTO categories VALUES (10,NULL),(11,10);"
    "INSERT INTO albums VALUES (1,1,10,5,'x'),(2,2,11,6,'y'),(3,1,10,7,'z'); INSERT INTO plays VALUES "
    "(1,77,'a'),(2,78,'b');";

static const json_t *relationship(const char *table, const char *column)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(json_object_get(discovery, "catalog"), "relationships"), i, item)
    {
        const char *from = json_string_value(json_array_get(json_object_get(item, "from_columns"), 0));
        if (strcmp(text(item, "from_table"), table) == 0 && strcmp(from, column) == 0)
            return item;
    }
    return NULL;
}

static void undeclared_relationships(void **state)
{
    (void)state;
    run_both(sqlite_file_make(related_sql));
    const json_t *r = relationship("albums", "artist_id");
    assert_non_null(r);
    assert_string_equal(text(r, "to_table"), "artists");
    assert_string_equal(text(r, "origin"), "found");
    assert_string_equal(text(r, "cardinality"), "many_to_one");
    double confidence = json_real_value(json_object_get(r, "confidence"));
    assert_true(confidence > 0.9 && confidence < 1);
    assert_non_null(strstr(text(r, "evidence"), "all 3 values"));
    assert_non_null(relationship("albums", "mainCategoryId"));
    assert_non_null(relationship("categories", "parent_id"));
    assert_null(relationship("albums", "studio_id")); /* no such table */
    assert_null(relationship("albums", "artist_no")); /* the key of artists is no number of that sort */
    assert_null(relationship("plays", "artist_id"));  /* the values contradict the name */
    assert_null(relationship("plays", "album_id"));   /* text against number */
    assert_int_equal(json_array_size(json_object_get(json_object_get(discovery, "catalog"), "relationships")), 3);
}

static const char prefix_sql[] =
    "CREATE TABLE m_clients (id INTEGER PRIMARY KEY); CREATE TABLE m_loan (id INTEGER PRIMARY KEY, client_id INT);"
    "CREATE TABLE m_note (id INTEGER PRIMARY KEY, loan_id INT, note_id INT);"
    "CREATE TABLE m_client_detail (client_id INTEGER PRIMARY KEY);";

static void names_alone(void **state)
{
    (void)state;
    run_both(sqlite_file_make(prefix_sql));
    assert_non_null(relationship("m_loan", "client_id"));
    assert_non_null(relationship("m_note", "loan_id"));
    const json_t *detail = relationship("m_client_detail", "client_id");
    assert_non_null(detail);
    assert_string_equal(text(detail, "to_table"), "m_clients");
    assert_string_equal(text(detail, "cardinality"), "one_to_one");
    assert_true(json_real_value(json_object_get(detail, "confidence")) < 1);
    assert_non_null(strstr(text(detail, "evidence"), "no values to look at"));
}

static void clear_errors(void **state)
{
    (void)state;
    lender_connection(lender, 1, "sqlite:/nowhere/at.all");
    assert_int_equal(discover(1), ERROR_NOT_FOUND);
    assert_string_equal(error.code, "file_not_found");
    assert_int_equal(discover(3), ERROR_NOT_FOUND);
    assert_int_equal(map(), ERROR_NOT_FOUND); /* nothing was discovered */
    lender_connection(lender, 1, sqlite_file_chinook());
    json_auto_t *args = json_pack("{s:i, s:s}", "source", 1, "schema", "other");
    assert_int_equal(lender_run(lender, "other", "discovery", args, &error), ERROR_NOT_FOUND);
    lender_cancel_at(lender, 3);
    assert_int_equal(discover(1), ERROR_CANCELLED);
    lender_cancel_at(lender, 0);
    assert_int_equal(discover(1), ERROR_OK);
    lender_connection(lender, 2, sqlite_file_chinook());
    assert_int_equal(map(), ERROR_REFUSED); /* no new target can be made there */
    lender_connection(lender, 2, "postgres://h/d");
    lender_result(lender, "discovery", json_pack("{s:{s:i}}", "catalog", "format", 1));
    assert_int_equal(map(), ERROR_INVALID);
    assert_non_null(strstr(error.message, "/dialect"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chinook, setup, teardown),
        cmocka_unit_test_setup_teardown(the_same_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(columns_by_what_they_hold, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_by_what_they_hold, setup, teardown),
        cmocka_unit_test_setup_teardown(undeclared_relationships, setup, teardown),
        cmocka_unit_test_setup_teardown(names_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(clear_errors, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
