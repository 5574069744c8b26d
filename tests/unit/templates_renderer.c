/* SPDX-License-Identifier: Apache-2.0 */
/* templates_renderer.c - which files there are, and how a catalog that a target can't take is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "templates/renderer.h"

static void test_files(void **state)
{
    (void)state;
    char file[RENDERER_NAME_SIZE];
    const char *const expected[] = { "ddl.sql", "keys.sql", "schema.sql" };
    for (size_t i = 0; i < 3; i++) {
        assert_true(renderer_file("postgresql", i, file));
        assert_string_equal(file, expected[i]);
    }
    assert_false(renderer_file("postgresql", 3, file));
    assert_false(renderer_file("postgres", 0, file)); /* the folder's whole name */
    assert_false(renderer_file("", 0, file));
}

static const char TABLE[] =
    "{\"tables\": [{\"schema\": \"public\", \"name\": \"t\", \"primary_key\": [], \"uniques\": [], \"checks\": [],"
    " \"indexes\": [], \"foreign_keys\": [],"
    " \"columns\": [{\"name\": \"c\", \"target_type\": \"integer\", \"nullable\": true}]}]}";

/* One table with one column that takes `key` and `value` (a JSON text). */
static enum error_class render_column(const char *file, const char *key, const char *value, struct error *e)
{
    json_t *catalog = json_loads(TABLE, 0, NULL);
    assert_non_null(catalog);
    json_t *table = json_array_get(json_object_get(catalog, "tables"), 0);
    json_t *column = json_array_get(json_object_get(table, "columns"), 0);
    json_object_set_new(column, key, json_loads(value, JSON_DECODE_ANY, NULL));
    char *text = NULL;
    bool python = strstr(file, ".py") != NULL;
    enum error_class class = renderer_render(python ? "sqlalchemy" : "postgresql", file, catalog, &text, e);
    free(text);
    json_decref(catalog);
    return class;
}

static void assert_refused(const char *file, const char *key, const char *value, const char *part)
{
    struct error e = ERROR_NONE;
    assert_int_equal(render_column(file, key, value, &e), ERROR_FATAL);
    assert_string_equal(e.code, "template_failed");
    if (!strstr(e.message, part))
        fail_msg("\"%s\" does not say \"%s\"", e.message, part);
}

static void test_what_a_target_cannot_take(void **state)
{
    (void)state;
    struct error e = ERROR_NONE;
    assert_int_equal(render_column("schema.sql", "default", "\"now()\"", &e), ERROR_OK);
    assert_refused("schema.sql", "default", "\"0); DROP TABLE x; --\"", "postgresql/schema.sql.j2:");
    assert_refused("ddl.sql", "default", "\"0 /* \"", "pg_expression");
    assert_refused("models.py", "default", "\"\\\\! id\"", "pg_expression");
    assert_refused("schema.sql", "target_type", "\"integer); --\"", "pg_type");
    assert_refused("models.py", "target_type", "\"geometry\"", "sa_type");
    assert_refused("schema.sql", "name", "\"\"", "pg_ident");
    assert_refused("schema.sql", "name", "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"",
                   "64 byte");
}

static void test_what_is_not_there(void **state)
{
    (void)state;
    json_auto_t *context = json_object();
    char *text = NULL;
    struct error e = ERROR_NONE;
    const char *const missing[][2] = { { "postgresql", "none.sql" }, { "none", "schema.sql" }, { "", "" } };
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        assert_int_equal(renderer_render(missing[i][0], missing[i][1], context, &text, &e), ERROR_NOT_FOUND);
        assert_string_equal(e.code, "template_not_found");
    }
    assert_int_equal(renderer_render("postgresql", "schema.sql", context, &text, &e), ERROR_FATAL);
    assert_non_null(strstr(e.message, "postgresql/schema.sql.j2:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_what_a_target_cannot_take),
        cmocka_unit_test(test_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
