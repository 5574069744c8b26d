/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse_nested_events.c - tables of documents that are no text: types of the source's own, names that are taken, the
 * given key, documents that break off, rows for columns in another order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "catalog/parse/nested/nested_events.h"
#include "tests/support/scratch.h"

enum { NATIVE_ID = 3, NATIVE_WORD = 5, NATIVE_LIST = 7 };

/* "{" "[" "}" "]", "key=" and ":NUMBER text" for a value of that type; "!" abandons all and begins the list anew. */
struct script {
    const char *const *steps;
    size_t count;
    int readings;
};

static int play(const struct document_sink *sink, const char *step, struct error *e)
{
    size_t size = strlen(step);
    switch (step[0]) {
    case '{':
        return sink->object(sink->context, e);
    case '[':
        if (sink->native != NULL)
            sink->native(sink->context, NATIVE_LIST);
        return sink->list(sink->context, e);
    case '}':
    case ']':
        return sink->end(sink->context, e);
    case '!':
        sink->abandon(sink->context);
        return sink->list(sink->context, e);
    case ':':
        if (sink->native != NULL)
            sink->native(sink->context, (unsigned)(step[1] - '0'));
        return sink->scalar(sink->context, DOCUMENT_OPAQUE, step + 2, size - 2, e);
    default:
        return sink->key(sink->context, step, size - 1, false, e);
    }
}

static enum error_class read_script(void *self, const struct document_sink *sink, struct document_end *ret_end,
                                    struct error *e)
{
    struct script *s = self;
    int answer = sink->list(sink->context, e);
    s->readings++;
    for (size_t i = 0; answer == ERROR_OK && i < s->count; i++) {
        ret_end->lines_wrong += s->steps[i][0] == '!';
        answer = play(sink, s->steps[i], e);
    }
    if (answer == ERROR_OK)
        answer = sink->end(sink->context, e);
    return answer == DOCUMENT_ENOUGH ? ERROR_OK : (enum error_class)answer;
}

static void settle(void *self, struct catalog *c, struct catalog_table *t, struct catalog_column *column,
                   const struct nested_facts *f)
{
    (void)self;
    (void)t;
    column->type = (struct type){ .name = f->list ? TYPE_ARRAY : TYPE_TEXT };
    column->native_type =
        arena_format(c->arena, "%d ids, %d words", (int)f->natives[NATIVE_ID], (int)f->natives[NATIVE_WORD]);
}

static bool is_taken(void *self, const char *table)
{
    (void)self;
    return strcmp(table, "ships_crew") == 0;
}

static const char *const ships[] = {
    "{", "key=", ":3a", "name=", ":5x", "crew=", "[", ":5ann", ":5bob", "]", "}",
    "{", "key=", ":3b", "name=", ":3y", "}",     "{", "key=",  ":3c",   "!",
};

static struct catalog *catalog;
static struct script script;
static struct nested_events events;
static struct nested_tables *tables;

static int setup(void **state)
{
    struct error e = ERROR_NONE;
    struct nested_limits limits = nested_limits_default();
    (void)scratch_setup(state);
    catalog = catalog_create(arena, "test", "test");
    script = (struct script){ ships, sizeof ships / sizeof *ships, 0 };
    events = (struct nested_events){
        .read = read_script, .column = settle, .taken = is_taken, .key = "key", .self = &script
    };
    if (nested_tables(catalog, "sea", "ships", &events, &limits, &tables, &e) != ERROR_OK)
        fail_msg("%s", e.message);
    catalog_sort(catalog);
    return 0;
}

static int teardown(void **state)
{
    tables = nested_tables_destroy(tables);
    (void)scratch_teardown(state);
    return 0;
}

static void events_are_tables(void **state)
{
    (void)state;
    const struct catalog_table *t = catalog_table_find(catalog, "sea", "ships");
    assert_non_null(t);
    assert_int_equal(script.readings, 1);
    assert_int_equal(t->rows, 2);
    assert_string_equal(t->primary_key.columns.items[0], "key");
    assert_string_equal(catalog_column_find(t, "name")->native_type, "1 ids, 1 words");
    assert_int_equal(catalog_column_find(t, "crew")->type.name, TYPE_ARRAY);
    assert_true(catalog_column_find(t, "crew")->nullable);
    t = catalog_table_find(catalog, "sea", "ships_crew_2"); /* the first name is somebody else's */
    assert_non_null(t);
    assert_string_equal(t->foreign_keys[0].ref_schema, "sea");
    assert_string_equal(catalog_column_find(t, "ship_key")->native_type, "3 ids, 0 words"); /* as what it refers to */
    assert_int_equal(catalog->diagnostic_count, 1);
    assert_non_null(strstr(catalog->diagnostics[0].message, "1 documents are left out"));
    assert_true(nested_tables_have(tables, "ships_crew_2"));
    assert_false(nested_tables_have(tables, "ships_crew"));
}

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    for (size_t i = 0; i < t->column_count; i++)
        (void)buffer_format(context, "%.*s;", values[i].text != NULL ? (int)values[i].size : 1,
                            values[i].text != NULL ? values[i].text : "-");
    return ERROR_OK;
}

/* Another catalog's table: other columns, another order. */
static void rows_by_the_names_of_columns(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    struct catalog *other = catalog_create(arena, "test", "other");
    struct catalog_table *t = catalog_table_add(other, "sea", "ships");
    static const char *const names[] = { "name", "unknown", "key" };
    for (size_t i = 0; i < 3; i++)
        catalog_column_add(other, t, names[i]);
    struct buffer b;
    buffer_init(&b, 4096);
    assert_int_equal(nested_tables_read(tables, &events, t, 0, false, on_row, &b, &e), ERROR_OK);
    assert_string_equal(buffer_view(&b), "x;-;a;y;-;b;");
    buffer_clear(&b);
    assert_int_equal(nested_tables_read(tables, &events, t, 1, false, on_row, &b, &e), ERROR_OK);
    assert_string_equal(buffer_view(&b), "x;-;a;");
    buffer_clear(&b);
    assert_int_equal(nested_tables_read(tables, &events, t, 1, true, on_row, &b, &e), ERROR_OK);
    assert_string_equal(buffer_view(&b), "y;-;b;"); /* one of two, from all over */
    t = catalog_table_add(other, "sea", "boats");
    assert_int_equal(nested_tables_read(tables, &events, t, 0, false, on_row, &b, &e), ERROR_NOT_FOUND);
    buffer_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(events_are_tables, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_by_the_names_of_columns, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
