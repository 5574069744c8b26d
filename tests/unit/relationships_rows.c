/* SPDX-License-Identifier: Apache-2.0 */
/* relationships_rows.c - what rows say about relationships: they confirm, contradict, settle and show keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "jobs/discovery/relationships/relationship_sketch.h"
#include "tests/support/related.h"

struct filled {
    const char *table;
    const char *const *rows; /* values of a row parted by |; "" is NULL */
};

static enum error_class read_rows(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                  struct error *e)
{
    for (const struct filled *f = self; f->table != NULL; f++) {
        const struct catalog_table *t = catalog_table_find(related_catalog, "main", f->table);
        int class = ERROR_OK;
        for (size_t i = 0; (ask->only == NULL || ask->only == t) && class == ERROR_OK && f->rows[i] != NULL; i++) {
            struct rows_value values[8];
            char copy[256], *rest = copy, *word;
            size_t count = 0;
            (void)snprintf(copy, sizeof copy, "%s", f->rows[i]);
            while ((word = strsep(&rest, "|")) != NULL)
                values[count++] = (struct rows_value){ *word != '\0' ? word : NULL, strlen(word) };
            assert_int_equal(count, t->column_count);
            class = sink(context, t, values, e);
        }
        if (class != ERROR_OK && class != ROWS_ENOUGH)
            return (enum error_class) class;
    }
    return ERROR_OK;
}

static const struct rows_face face = { .read = read_rows };

static void rows_decide(void **state)
{
    (void)state;
    static const char *const artists[] = { "101|a", "205|b", "333|c", "417|d", NULL };
    static const char *const right[] = { "1|101", "2|417", "3|333", "4|", NULL };
    static const char *const wrong[] = { "1|7", "2|8", "3|9", NULL };
    static struct filled filled[] = { { "artists", artists }, { "albums", right }, { "plays", wrong }, { NULL, NULL } };
    const struct rows_source rows = { &face, filled };
    related_make("artists: id*, name~text; albums: id*, artist_id; plays: id*, artist_id; empty: id*, artist_id");
    related_find(&rows);
    EXPECT("albums.artist_id -> artists.id", "empty.artist_id -> artists.id");
    assert_non_null(
        strstr(related_found("albums", "artist_id")->evidence, "all 3 values are found there (3 different ones)"));
    assert_non_null(strstr(related_found("empty", "artist_id")->evidence, "no values to look at"));
}

/* What names leave open, rows settle. */
static void rows_break_a_tie(void **state)
{
    (void)state;
    static const char *const red[] = { "11|x", "12|y", NULL }, *const blue[] = { "501|x", "907|y", NULL };
    static const char *const things[] = { "1|907", "2|501", "3|907", NULL };
    static struct filled filled[] = { { "red_boxes", red }, { "blue_boxes", blue }, { "things", things }, { 0 } };
    const struct rows_source rows = { &face, filled };
    related_make("red_boxes: id*, a~text; blue_boxes: id*, a~text; things: id*, box_id");
    related_find(&rows);
    EXPECT("things.box_id -> blue_boxes.id");
}

/* Files declare no keys: rows show which column is one. */
static void rows_show_keys(void **state)
{
    (void)state;
    static const char *const customers[] = { "C-100|Ann", "C-101|Bob", "C-102|Ann", NULL };
    static const char *const orders[] = { "1|C-101", "2|C-101", "3|C-100", NULL };
    static struct filled filled[] = { { "customers", customers }, { "orders", orders }, { 0 } };
    const struct rows_source rows = { &face, filled };
    related_make("customers: customer_code~varchar, name~varchar; orders: order_no, customer_code~varchar");
    related_find(&rows);
    EXPECT("orders.customer_code -> customers.customer_code");
}

/* A sample by level: the count stays near the truth, and what one has and the other lacks is a fair share. */
static void sketches_sample(void **state)
{
    (void)state;
    enum { MANY = 50000 };
    struct sketch all = { 0 }, half = { 0 }, few = { 0 };
    char text[32];
    for (int i = 0; i < MANY; i++) {
        int size = snprintf(text, sizeof text, "%d", i);
        sketch_add(&all, related_arena, text, (size_t)size);
        if (i % 2 == 0)
            sketch_add(&half, related_arena, text, (size_t)size);
        if (i < 5)
            sketch_add(&few, related_arena, text, (size_t)size);
    }
    assert_in_range(sketch_distinct(&all), MANY * 8 / 10, MANY * 12 / 10);
    assert_false(all.doubled);
    assert_true(all.numbers && all.min == 0 && all.max == MANY - 1);
    assert_int_equal(sketch_distinct(&few), 5);
    uint32_t compared, missing;
    sketch_compare(&half, &all, &compared, &missing);
    assert_true(compared > 20 && missing == 0);
    sketch_compare(&all, &half, &compared, &missing);
    assert_in_range(missing, compared * 3 / 10, compared * 7 / 10);
    sketch_add(&few, related_arena, "3.0", 3); /* the same number */
    sketch_add(&few, related_arena, NULL, 0);
    assert_true(few.doubled);
    assert_int_equal(few.nulls, 1);
    assert_int_equal(sketch_hash("AB  ", 4), sketch_hash("AB", 2));
    assert_int_not_equal(sketch_hash("07", 2), sketch_hash("7", 1));
}

/* One row without a parent is an accident, half of them are not. */
static void rows_without_a_parent(void **state)
{
    (void)state;
    static const char *const artists[] = { "101|a", "205|b", "333|c", "417|d", NULL };
    static const char *const albums[] = { "1|101", "2|417", "3|333", "4|205", "5|101", "6|999", NULL };
    static const char *const plays[] = { "1|101", "2|417", "3|55", "4|56", "5|57", "6|58", NULL };
    static struct filled filled[] = { { "artists", artists }, { "albums", albums }, { "plays", plays }, { 0 } };
    const struct rows_source rows = { &face, filled };
    related_make("artists: id*, name~text; albums: id*, artist_id; plays: id*, artist_id");
    related_find(&rows);
    EXPECT("albums.artist_id -> artists.id");
    const char *evidence = related_found("albums", "artist_id")->evidence;
    assert_non_null(strstr(evidence, "5 of 6 values are found there, 1 are not"));
}

/* Names that say nothing: values tell, where finding them there would be a wonder; dense numbers prove nothing. */
static void values_alone(void **state)
{
    (void)state;
    static const char *const codes[] = { "KX-83104|1", "QT-00713|2", "LM-55920|3", "AA-20481|4",
                                         "ZR-91177|5", "BN-40006|6", NULL };
    static const char *const users[] = {
        "1|LM-55920|1", "2|KX-83104|2", "3|BN-40006|3", "4|LM-55920|4", "5|QT-00713|5", "6|ZR-91177|5", NULL
    };
    static const char *const dense[] = { "1|a", "2|b", "3|c", "4|d", "5|e", "6|f", NULL };
    static struct filled filled[] = { { "t1", codes }, { "t2", users }, { "t3", dense }, { 0 } };
    const struct rows_source rows = { &face, filled };
    related_make("t1: col1*~text, col2; t2: col1*, col2~text, col3; t3: col1*, col2~text");
    related_find(&rows);
    EXPECT("t2.col2 -> t1.col1");
    assert_non_null(strstr(related_found("t2", "col2")->evidence, "its values do"));
    related_make("t1: col1*~text, col2; t2: col1*, col2~text, col3; t3: col1*, col2~text");
    related_find(NULL);
    related_expect((const char *const[]){ NULL });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_decide),     cmocka_unit_test(rows_break_a_tie),      cmocka_unit_test(rows_show_keys),
        cmocka_unit_test(sketches_sample), cmocka_unit_test(rows_without_a_parent), cmocka_unit_test(values_alone),
    };
    return cmocka_run_group_tests(tests, related_setup, related_teardown);
}
