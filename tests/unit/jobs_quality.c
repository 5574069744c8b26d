/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_quality.c - tables with one planted defect of each sort: it is found, with its rows, and nothing else is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "catalog/profile.h"
#include "tests/support/made_rows.h"

static const struct catalog_finding *finding_of(const char *check, const char *column)
{
    const struct catalog_table *t = &made_catalog->tables[0];
    for (size_t i = 0; i < t->finding_count; i++)
        if (strcmp(t->findings[i].check, check) == 0 && text_equal(t->findings[i].column, column))
            return &t->findings[i];
    return NULL;
}

static void expect(const char *check, const char *column, int64_t rows)
{
    const struct catalog_finding *finding = finding_of(check, column);
    if (finding == NULL)
        fail_msg("no finding of %s", check);
    assert_int_equal(rows, finding->rows);
}

static const char *blank(int row, char *room, size_t size)
{
    (void)room;
    (void)size;
    return row % 10 == 0 ? NULL : row % 10 == 1 ? "N/A" : "something";
}

static const char *days_and_one_word(int row, char *room, size_t size)
{
    if (row == 7)
        return "last summer";
    snprintf(room, size, "2024-%02d-%02d", 1 + row % 12, 1 + row % 28);
    return room;
}

static const char *codes_and_two_others(int row, char *room, size_t size)
{
    snprintf(room, size, row == 3 || row == 5 ? "%d/AB" : "AB-%04d", row);
    return room;
}

static const char *one_far(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", row == 11 ? 9000000 : 100 + row * 7 % 50);
    return room;
}

static const char *old(int row, char *room, size_t size)
{
    snprintf(room, size, "2019-03-%02d 10:00:00", 1 + row % 28);
    return room;
}

static const char *twice(int row, char *room, size_t size)
{
    snprintf(room, size, "S-%d", row == 9 ? 8 : row);
    return room;
}

static void planted_defects(void **state)
{
    (void)state;
    struct made made = {
        .rows = 200, .makers = { made_count, blank, days_and_one_word, codes_and_two_others, one_far, old, twice }
    };
    struct catalog_table *t = made_table("stock", "id remark due material weight updated_at serial");
    made_judge(&made, NULL);
    expect("completeness", "remark", 20);
    expect("format", "due", 1);
    expect("format", "material", 2);
    expect("outliers", "weight", 1);
    expect("uniqueness", "serial", 1);
    assert_non_null(finding_of("staleness", "updated_at"));
    assert_null(finding_of("format", "id"));
    assert_null(finding_of("outliers", "id"));
    assert_in_range((int)(t->quality * 1000), 900, 999);
    assert_true(t->columns[0].profile->quality > t->columns[1].profile->quality);
    for (size_t i = 0; i < t->finding_count; i++)
        assert_true(t->findings[i].message[0] != '\0');
}

static const char *key_twice(int row, char *room, size_t size)
{
    snprintf(room, size, "%d", row == 50 ? 49 : row);
    return room;
}

static const char *odd_latitude(int row, char *room, size_t size)
{
    snprintf(room, size, "%d.5", row == 4 ? 120 : row % 80);
    return room;
}

static void broken_keys_and_ranges(void **state)
{
    (void)state;
    struct made made = { .rows = 100, .makers = { key_twice, odd_latitude } };
    struct catalog_table *t = made_table("place", "id latitude");
    catalog_name_add(made_catalog, &t->primary_key.columns, "id");
    t->columns[0].nullable = false;
    struct catalog_foreign_key *key = catalog_foreign_key_add(made_catalog, t);
    key->ref_table = "region";
    key->ref_schema = "";
    catalog_name_add(made_catalog, &key->columns, "latitude");
    catalog_name_add(made_catalog, &key->ref_columns, "id");
    key->orphans = 5;
    made_judge(&made, NULL);
    expect("uniqueness", "id", 1);
    expect("range", "latitude", 1);
    expect("referential", "latitude", 5);
    assert_true(t->quality < 0.96);
}

static void whole_rows_again(void **state)
{
    (void)state;
    struct made made = { .rows = 100, .makers = { key_twice, key_twice } };
    made_table("pair", "a b");
    made_judge(&made, NULL);
    expect("uniqueness", NULL, 1);
}

static const char *constant_null(int row, char *room, size_t size)
{
    (void)row;
    (void)room;
    (void)size;
    return NULL;
}

static void nothing_at_all(void **state)
{
    (void)state;
    struct made made = { .rows = 0, .makers = { made_count } };
    struct catalog_table *t = made_table("empty", "a");
    made_judge(&made, NULL);
    assert_int_equal(0, t->finding_count);
    assert_non_null(t->document);

    made_teardown(state);
    made_setup(state);
    made = (struct made){ .rows = 5, .makers = { constant_null } };
    made_table("hollow", "a");
    made_judge(&made, NULL);
    expect("completeness", "a", 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, made_setup, made_teardown)
    const struct CMUnitTest tests[] = {
        TEST(planted_defects),
        TEST(broken_keys_and_ranges),
        TEST(whole_rows_again),
        TEST(nothing_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
