/* SPDX-License-Identifier: Apache-2.0 */
/* catalog_diff.c - what changed between two catalogs, what breaks, and what was only renamed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/diff.h"
#include "tests/support/scratch.h"

static struct catalog_column *add_column(struct catalog *c, const char *name, const char *native)
{
    struct catalog_column *column = catalog_column_add(c, &c->tables[c->table_count - 1], name);
    column->type = type_from_native("postgresql", native);
    column->native_type = native;
    return column;
}

/* Table person (id, name, born, town). */
static struct catalog *base(const char *schema)
{
    struct catalog *c = catalog_create(arena, "postgresql", "test");
    struct catalog_table *t = catalog_table_add(c, schema, "person");
    catalog_name_add(c, &t->primary_key.columns, "id");
    add_column(c, "id", "integer")->nullable = false;
    add_column(c, "name", "varchar(40)");
    add_column(c, "born", "date");
    add_column(c, "town", "text");
    return c;
}

static const struct diff_item *item(const struct diff *d, const char *change, const char *what, const char *name)
{
    for (size_t i = 0; i < d->count; i++) {
        const char *found = d->items[i].name != NULL ? d->items[i].name : d->items[i].table;
        if (strcmp(d->items[i].change, change) == 0 && strcmp(d->items[i].what, what) == 0 && strcmp(found, name) == 0)
            return &d->items[i];
    }
    fail_msg("no %s %s %s", change, what, name);
    return NULL;
}

static struct diff *between(struct catalog *from, struct catalog *to)
{
    catalog_sort(from);
    catalog_sort(to);
    return diff_create(arena, from, to);
}

static void the_same_is_no_change(void **state)
{
    (void)state;
    struct diff *d = between(base("a"), base("b")); /* one schema each: its name does not matter */
    assert_int_equal(d->count, 0);
    struct buffer b;
    buffer_init(&b, 1000);
    diff_write(d, &b);
    assert_string_equal(buffer_view(&b), "{\"breaking\":0,\"changes\":[]}");
    buffer_finish(&b);
}

static void types_that_hold_all_are_wider(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        bool breaks;
    } cases[] = {
        { "integer", "bigint", false },
        { "bigint", "integer", true },
        { "integer", "numeric", false },
        { "bigint", "numeric(10,0)", true },
        { "varchar(10)", "varchar(20)", false },
        { "varchar(20)", "varchar(10)", true },
        { "varchar(20)", "text", false },
        { "text", "varchar(20)", true },
        { "char(3)", "text", false },
        { "text", "char(3)", true },
        { "real", "double precision", false },
        { "double precision", "real", true },
        { "numeric(8,2)", "numeric(10,2)", false },
        { "numeric(8,2)", "numeric(8,4)", true },
        { "numeric(8,2)", "numeric", false },
        { "date", "timestamp", false },
        { "timestamp", "date", true },
        { "timestamp(3)", "timestamp(6)", false },
        { "timestamp", "timestamptz", true },
        { "text", "integer", true },
        { "frob", "frub", true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct catalog *from = base("p"), *to = base("p");
        add_column(from, "x", cases[i].from);
        add_column(to, "x", cases[i].to);
        struct diff *d = between(from, to);
        assert_int_equal(d->count, 1);
        const struct diff_item *found = item(d, "changed", "type", "x");
        assert_string_equal(found->from, cases[i].from);
        assert_string_equal(found->to, cases[i].to);
        if (found->breaking != cases[i].breaks)
            fail_msg("%s to %s: breaking %d", cases[i].from, cases[i].to, found->breaking);
    }
}

static void columns_come_go_and_are_renamed(void **state)
{
    (void)state;
    struct catalog *from = base("p"), *to = base("p");
    to->tables[0].columns[3].name = "home_town";
    to->tables[0].columns[1].nullable = false;
    add_column(to, "note", "text");
    add_column(to, "must", "integer")->nullable = false;
    add_column(from, "old", "uuid");
    struct diff *d = between(from, to);
    const struct diff_item *renamed = item(d, "renamed", "column", "home_town");
    assert_string_equal(renamed->from, "town");
    assert_true(renamed->breaking && renamed->likeness > 0.6 && renamed->likeness < 1);
    assert_true(item(d, "dropped", "column", "old")->breaking);
    assert_false(item(d, "added", "column", "note")->breaking);
    assert_true(item(d, "added", "column", "must")->breaking);
    assert_true(item(d, "changed", "nullable", "name")->breaking);
    assert_int_equal(d->count, 5);
    assert_int_equal(d->breaking, 4);
}

static void tables_come_go_and_are_renamed(void **state)
{
    (void)state;
    struct catalog *from = base("p"), *to = base("p");
    to->tables[0].name = "people";
    add_column(to, "email", "text");
    (void)catalog_table_add(from, "p", "gone");
    add_column(from, "x", "xml");
    (void)catalog_table_add(to, "p", "fresh");
    add_column(to, "y", "json");
    struct diff *d = between(from, to);
    const struct diff_item *renamed = item(d, "renamed", "table", "people");
    assert_string_equal(renamed->from, "person");
    assert_true(renamed->likeness > 0.7);
    assert_string_equal(item(d, "added", "column", "email")->table, "people");
    assert_true(item(d, "dropped", "table", "gone")->breaking);
    assert_false(item(d, "added", "table", "fresh")->breaking);
    assert_int_equal(d->count, 4);
}

static void keys_meet_by_what_they_say(void **state)
{
    (void)state;
    struct catalog *from = base("p"), *to = base("p");
    for (int side = 0; side < 2; side++) {
        struct catalog *c = side == 0 ? from : to;
        struct catalog_foreign_key *fk = catalog_foreign_key_add(c, &c->tables[0]);
        fk->name = side == 0 ? "fk_1" : "fk_other";
        fk->ref_schema = "p";
        fk->ref_table = "town";
        catalog_name_add(c, &fk->columns, "town");
        catalog_name_add(c, &fk->ref_columns, "id");
    }
    struct catalog_index *index = catalog_index_add(from, &from->tables[0]);
    index->name = "i";
    catalog_name_add(from, &index->columns, "name");
    struct catalog_key *unique = catalog_unique_add(to, &to->tables[0]);
    unique->name = "u";
    catalog_name_add(to, &unique->columns, "name");
    *catalog_check_add(to, &to->tables[0]) = (struct catalog_check){ .name = "c", .expression = "id > 0" };
    catalog_name_add(to, &to->tables[0].primary_key.columns, "name");
    struct diff *d = between(from, to);
    assert_false(item(d, "dropped", "index", "i")->breaking);
    assert_true(item(d, "added", "unique", "u")->breaking);
    assert_true(item(d, "added", "check", "c")->breaking);
    const struct diff_item *key = item(d, "changed", "primary_key", "person");
    assert_string_equal(key->from, "(id)");
    assert_string_equal(key->to, "(id, name)");
    assert_int_equal(d->count, 4);
}

static void members_views_and_sequences(void **state)
{
    (void)state;
    struct catalog *from = base("p"), *to = base("p");
    for (int side = 0; side < 2; side++) {
        struct catalog *c = side == 0 ? from : to;
        struct catalog_named_type *t = catalog_type_add(c, "p", "mood");
        t->kind = "enum";
        catalog_name_add(c, &t->members, "ok");
        catalog_name_add(c, &t->members, side == 0 ? "sad" : "happy");
        catalog_view_add(c, "p", "v")->definition = side == 0 ? "SELECT 1" : "SELECT 2";
        (void)catalog_sequence_add(c, "p", side == 0 ? "s1" : "s2");
    }
    struct diff *d = between(from, to);
    const struct diff_item *dropped = item(d, "dropped", "member", "mood");
    assert_string_equal(dropped->from, "sad");
    assert_true(dropped->breaking);
    assert_string_equal(item(d, "added", "member", "mood")->to, "happy");
    assert_false(item(d, "changed", "view", "v")->breaking);
    assert_true(item(d, "dropped", "sequence", "s1")->breaking);
    (void)item(d, "added", "sequence", "s2");
    assert_int_equal(d->count, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_is_no_change, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(types_that_hold_all_are_wider, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(columns_come_go_and_are_renamed, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(tables_come_go_and_are_renamed, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(keys_meet_by_what_they_say, scratch_setup, scratch_teardown),
        cmocka_unit_test_setup_teardown(members_views_and_sequences, scratch_setup, scratch_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
