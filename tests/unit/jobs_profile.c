/* SPDX-License-Identifier: Apache-2.0 */
/* jobs_profile.c - rows to statistics: exact and estimated, the same every time, in bounded memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "catalog/profile.h"
#include "jobs/discovery/profile/profile_sketch.h"
#include "tests/support/made_rows.h"

static const char *third(int row, char *room, size_t size)
{
    (void)room;
    (void)size;
    static const char *const values[] = { "red", "green", "blue" };
    return row % 10 == 9 ? NULL : values[row % 3];
}

static void statistics(void **state)
{
    (void)state;
    struct made made = { .rows = 1000, .makers = { made_count, third } };
    struct catalog_table *t = made_table("paint", "number colour");
    struct profile_options all = { .samples = 50 };
    made_judge(&made, &all);
    const struct catalog_profile *p = t->columns[0].profile;
    assert_int_equal(1000, p->rows);
    assert_int_equal(0, p->nulls);
    assert_int_equal(1000, p->distinct);
    assert_false(p->estimated);
    assert_string_equal("1", p->min);
    assert_string_equal("1000", p->max); /* as numbers, not as texts */
    assert_int_equal(50, p->samples.count);
    assert_int_equal(0, p->common_count); /* none is there twice */
    assert_string_equal("skip", p->indexing);
    p = t->columns[1].profile;
    assert_int_equal(100, p->nulls);
    assert_int_equal(3, p->distinct);
    assert_int_equal(3, p->common_count);
    assert_int_equal(900, p->common[0].rows + p->common[1].rows + p->common[2].rows);
    assert_string_equal("categorical", p->indexing);
    assert_string_equal("blue", p->min);
    assert_int_equal(3, p->length_min);
    assert_int_equal(5, p->length_max);
    assert_int_equal(1000, t->rows);
    assert_true(t->rows_exact);
}

static const char *wide(int row, char *room, size_t size)
{
    snprintf(room, size, "value number %d of many", row);
    return room;
}

static const char *skewed(int row, char *room, size_t size)
{
    if (row % 4 == 0)
        return "often";
    snprintf(room, size, "rare %d", row);
    return room;
}

static void sketches_take_over(void **state)
{
    (void)state;
    enum { ROWS = 100000 };
    struct made made = { .rows = ROWS, .makers = { wide, skewed } };
    struct catalog_table *t = made_table("much", "text often");
    struct profile_options all = { .samples = 10 };
    made_judge(&made, &all);
    const struct catalog_profile *p = t->columns[0].profile;
    assert_true(p->estimated);
    assert_in_range(p->distinct, ROWS * 97 / 100, ROWS * 103 / 100);
    assert_int_equal(10, p->samples.count);
    p = t->columns[1].profile;
    assert_true(p->common_count >= 1);
    assert_string_equal("often", p->common[0].value);
    assert_in_range(p->common[0].rows, ROWS / 4 - ROWS / 100, ROWS / 4);
}

static void the_same_rows_give_the_same_bytes(void **state)
{
    char *texts[2];
    for (int i = 0; i < 2; i++) {
        struct made made = { .rows = 30000, .makers = { wide, skewed, made_spread } };
        made_teardown(state);
        made_setup(state);
        made_table("much", "text often number");
        made_judge(&made, NULL);
        struct buffer b;
        buffer_init(&b, 8 << 20);
        catalog_write(made_catalog, &b);
        assert_false(b.overflow);
        texts[i] = buffer_take(&b);
    }
    assert_string_equal(texts[0], texts[1]);
    assert_non_null(strstr(texts[0], "\"rows\":10000")); /* the default asks for so many */
    free(texts[0]);
    free(texts[1]);
}

static void sketches_alone(void **state)
{
    (void)state;
    struct sketch_distinct s;
    bool exact;
    sketch_distinct_init(&s, 100);
    assert_int_equal(0, sketch_distinct_count(&s, &exact));
    for (uint64_t i = 0; i < 100; i++)
        for (int again = 0; again < 3; again++)
            sketch_distinct_add(&s, (i + 1) * 0x9E3779B97F4A7C15u);
    assert_int_equal(100, sketch_distinct_count(&s, &exact));
    assert_true(exact);
    sketch_distinct_add(&s, 0);
    assert_in_range(sketch_distinct_count(&s, &exact), 101, 103);
    assert_false(exact);
    sketch_distinct_finish(&s);
}

/* A source whose tables take turns, and too little memory for both. */
static enum error_class turns_read(void *self, const struct rows_ask *ask, rows_sink *sink, void *context,
                                   struct error *e)
{
    (void)self;
    (void)ask;
    for (int row = 0; row < 200; row++) {
        char room[32];
        struct rows_value value = { .text = made_count(row, room, sizeof room) };
        value.size = strlen(value.text);
        int answer = sink(context, &made_catalog->tables[row % 2], &value, e);
        if (answer != ERROR_OK && answer != ROWS_ENOUGH)
            return (enum error_class)answer;
    }
    return ERROR_OK;
}

static void memory_is_bounded(void **state)
{
    (void)state;
    static const struct rows_face face = { .read = turns_read };
    struct rows_source source = { .face = &face };
    struct profile_options small = { .samples = 5, .memory_max = 1 };
    struct error e = ERROR_NONE;
    made_table("one", "a");
    made_table("two", "a");
    assert_int_equal(ERROR_OK, profile_tables(made_catalog, &source, &small, NULL, &e));
    assert_true(made_catalog->tables[0].columns[0].profile->estimated); /* ended when the other began */
    assert_int_equal(1, made_catalog->tables[0].columns[0].profile->rows);
    assert_int_equal(100, made_catalog->tables[1].columns[0].profile->rows);
    assert_false(made_catalog->tables[1].columns[0].profile->estimated);
}

static bool stop(void *context)
{
    (void)context;
    return true;
}

static void cancelled(void **state)
{
    (void)state;
    struct made made = { .rows = 10, .makers = { made_count } };
    struct rows_source source = { .face = &made_face, .self = &made };
    struct watch watch = { .cancelled = stop };
    struct error e = ERROR_NONE;
    made_table("t", "a");
    assert_int_equal(ERROR_CANCELLED, profile_tables(made_catalog, &source, NULL, &watch, &e));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, made_setup, made_teardown)
    const struct CMUnitTest tests[] = {
        TEST(statistics),     TEST(sketches_take_over), TEST(the_same_rows_give_the_same_bytes),
        TEST(sketches_alone), TEST(memory_is_bounded),  TEST(cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
