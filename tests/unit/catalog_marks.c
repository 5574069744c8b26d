/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of names, marks of columns, profiles that columns share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "catalog/catalog.h"
#include "catalog/key_marks.h"
#include "catalog/profile_pool.h"

enum { NAMES = 5000 };

static void test_numbering(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1 << 20);
    struct numbering n;
    numbering_init(&n);
    assert_true(numbering_find(&n, "0") == SIZE_MAX);
    for (size_t i = 0; i < NAMES; i++) {
        assert_int_equal(numbering_add(&n, arena_format(arena, "%zu", i)), i);
        assert_int_equal(numbering_add(&n, arena_format(arena, "%zu", i / 2)), i / 2);
    }
    assert_int_equal(n.count, NAMES);
    assert_int_equal(numbering_find(&n, "4999"), 4999);
    assert_true(numbering_find(&n, "") == SIZE_MAX);
    numbering_finish(&n);
    arena_destroy(arena);
}

static void key(struct catalog *c, struct catalog_names *names, const char *first, const char *second)
{
    catalog_name_add(c, names, first);
    if (second != NULL)
        catalog_name_add(c, names, second);
}

/* Two tables with columns of the same names: what is said of the one is not said of the other. */
static void test_key_marks(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1 << 20);
    struct catalog *c = catalog_create(arena, "sqlite", "marks");
    const char *names[] = { "a", "b", "c", "d", "e", "a" };
    for (int i = 0; i < 2; i++) {
        struct catalog_table *t = catalog_table_add(c, "", i == 0 ? "one" : "two");
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            catalog_column_add(c, t, names[k]);
    }
    struct catalog_table *t = &c->tables[0];
    key(c, &t->primary_key.columns, "a", NULL);
    key(c, &catalog_foreign_key_add(c, t)->columns, "b", "c");
    key(c, &catalog_foreign_key_add(c, t)->columns, "nobody", NULL);
    key(c, &catalog_unique_add(c, t)->columns, "c", NULL);
    key(c, &catalog_unique_add(c, t)->columns, "d", "e");
    struct catalog_index *index = catalog_index_add(c, t);
    index->unique = true;
    key(c, &index->columns, "d", NULL);
    index = catalog_index_add(c, t);
    index->unique = true;
    index->where = "e > 0";
    key(c, &index->columns, "e", NULL);
    struct key_marks marks;
    key_marks_init(&marks);
    key_marks_read(&marks, t);
    const unsigned expected[] = { KEY_MARK_PRIMARY | KEY_MARK_PRIMARY_ALONE,
                                  KEY_MARK_FOREIGN,
                                  KEY_MARK_FOREIGN | KEY_MARK_UNIQUE_ALONE,
                                  KEY_MARK_INDEX_ALONE,
                                  0,
                                  KEY_MARK_PRIMARY | KEY_MARK_PRIMARY_ALONE };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(key_marks_of(&marks, i), expected[i]);
    key_marks_read(&marks, &c->tables[1]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(key_marks_of(&marks, i), 0);
    assert_int_equal(key_marks_number(&marks, 0), key_marks_number(&marks, 5));
    key_marks_finish(&marks);
    arena_destroy(arena);
}

static void test_profile_pool(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1 << 22);
    struct catalog_column columns[3] = { 0 };
    struct profile_pool pool;
    profile_pool_init(&pool, arena);
    struct catalog_profile known = catalog_profile_unknown;
    known.indexing = "skip";
    for (int i = 0; i < 2; i++)
        profile_pool_give(&pool, &columns[i], &known);
    assert_ptr_equal(columns[0].profile, columns[1].profile);
    known.pii_confidence = 0.5;
    profile_pool_give(&pool, &columns[1], &known);
    assert_true(columns[0].profile->pii_confidence == 0 && columns[1].profile->pii_confidence == 0.5);
    struct catalog_profile *own = columns[2].profile = catalog_profile_create(arena);
    own->rows = known.rows = 7;
    profile_pool_give(&pool, &columns[2], &known);
    assert_ptr_equal(columns[2].profile, own);
    assert_string_equal(own->indexing, "skip");
    known.rows = -1;
    for (int i = 0; i < 1000; i++) {
        known.pii_confidence = i;
        profile_pool_give(&pool, &columns[0], &known);
        assert_true(columns[0].profile->pii_confidence == i);
    }
    assert_int_equal(pool.count, 1001); /* 0 to 999, of which 0 was the first, and 0.5 */
    profile_pool_finish(&pool);
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbering),
        cmocka_unit_test(test_key_marks),
        cmocka_unit_test(test_profile_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
