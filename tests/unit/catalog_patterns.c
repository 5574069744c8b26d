/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_patterns.c - which names patterns take, by the rule of each dialect, and what a catalog keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/patterns.h"

static bool takes(const char *dialect, const char *pattern, const char *schema, const char *name)
{
    const char *items[] = { pattern };
    const struct catalog_patterns p = { .include = { items, 1 } };
    return patterns_take(&p, dialect, schema, name);
}

static void patterns_follow_the_dialects_rule(void **state)
{
    (void)state;
    static const struct {
        const char *dialect, *pattern, *schema, *name;
        bool takes;
    } cases[] = {
        { "postgresql", "orders", "public", "orders", true },
        { "postgresql", "Orders", "public", "orders", true },
        { "postgresql", "Orders", "public", "Orders", false },
        { "postgresql", "\"Orders\"", "public", "Orders", true },
        { "postgresql", "\"O*\"", "public", "Orders", false },
        { "postgresql", "\"O\"*", "public", "Orders", true },
        { "postgresql", "public.*", "public", "x", true },
        { "postgresql", "public.*", "other", "x", false },
        { "postgresql", "\"a.b\".c", "a.b", "c", true },
        { "postgresql", "\"a\"\"b\"", "s", "a\"b", true },
        { "oracle", "hr.emp*", "HR", "EMPLOYEES", true },
        { "oracle", "\"hr\".emp", "HR", "EMP", false },
        { "mysql", "Orders", "shop", "orders", false },
        { "mysql", "shop.Orders", "shop", "Orders", true },
        { "sqlite", "ORDERS", "main", "Orders", true },
        { "sqlite", "\"ORDERS\"", "main", "Orders", true },
        { "sqlserver", "DBO.o*s", "dbo", "Orders", true },
        { "csv", "*.csv", "", "a", false },
        { "csv", "a?c", "",
          "a\xC3\xA4"
          "c",
          true },
        { "csv", "a?c", "", "ac", false },
        { "csv", "*a*b*c", "", "xxaxbxbc", true },
        { "csv", "*a*b*c", "", "xxaxbxb", false },
        { "csv", "*", "", "", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (takes(cases[i].dialect, cases[i].pattern, cases[i].schema, cases[i].name) != cases[i].takes)
            fail_msg("%s %s", cases[i].dialect, cases[i].pattern);
}

static void many_stars_take_no_time(void **state)
{
    (void)state;
    char name[1001], pattern[2001];
    memset(name, 'a', 1000);
    name[1000] = '\0';
    for (size_t i = 0; i < 1000; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    pattern[1999] = 'b';
    pattern[2000] = '\0';
    assert_false(takes("csv", pattern, "", name));
}

static void what_can_match_nothing_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = { "", ".", "a.", ".b", "a.b.c", "\"a", "\"\"" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *items[] = { "fine", bad[i] };
        const struct catalog_patterns p = { .exclude = { items, 2 } };
        struct error e = ERROR_NONE;
        assert_int_equal(patterns_check(&p, &e), ERROR_INVALID);
        assert_string_equal(e.code, "bad_pattern");
    }
    const char *good[] = { "a", "a.b", "*", "\"a.b\".\"c\"", "?.*" };
    const struct catalog_patterns p = { .include = { good, 5 } };
    struct error e = ERROR_NONE;
    assert_int_equal(patterns_check(&p, &e), ERROR_OK);
}

static void a_catalog_keeps_what_is_wanted(void **state)
{
    (void)state;
    struct arena *arena = arena_create(1 << 20);
    struct catalog *c = catalog_create(arena, "postgresql", "x");
    struct catalog_patterns p = { 0 };
    catalog_table_add(c, "s", "a");
    catalog_table_add(c, "s", "b");
    catalog_table_add(c, "t", "a");
    catalog_view_add(c, "s", "a_view");
    catalog_sequence_add(c, "s", "b_id_seq")->owner_table = "b";
    c->sequences[0].owner_schema = "s";
    catalog_sequence_add(c, "s", "free");
    patterns_apply(&p, c);
    assert_int_equal(c->table_count, 3);
    patterns_split(arena, "s.*,\"x,y\"", &p.include);
    assert_int_equal(p.include.count, 2);
    assert_string_equal(p.include.items[1], "\"x,y\"");
    patterns_split(arena, "b", &p.exclude);
    patterns_apply(&p, c);
    assert_int_equal(c->table_count, 1);
    assert_string_equal(c->tables[0].name, "a");
    assert_int_equal(c->view_count, 1);
    assert_int_equal(c->sequence_count, 1);
    assert_string_equal(c->sequences[0].name, "free");
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_follow_the_dialects_rule),
        cmocka_unit_test(many_stars_take_no_time),
        cmocka_unit_test(what_can_match_nothing_is_refused),
        cmocka_unit_test(a_catalog_keeps_what_is_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
