/* SPDX-License-Identifier: Apache-2.0 */
/* A key survives the way through JSON text, to the bit. */
#include "jobs/migration/migration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void there_and_back(void **state)
{
    (void)state;
    const struct connect_value key[] = {
        { .type = CONNECT_INTEGER, .integer = INT64_MIN },
        { .type = CONNECT_TEXT, .data = "O'Hara \"\\\n\xc3\xa5", .size = 12 },
        { .type = CONNECT_REAL, .real = 0.1 },
        { .type = CONNECT_BINARY, .data = "\0\xff", .size = 2 },
        { .type = CONNECT_TEXT, .data = "", .size = 0 },
    };
    const size_t count = sizeof key / sizeof *key;
    struct arena *arena = arena_create(1 << 20);
    struct connect_value *back = NULL;
    struct error e = ERROR_NONE;
    json_auto_t *json = migration_key_to_json(key, count);
    char *text = json_dumps(json, JSON_COMPACT);
    json_auto_t *again = json_loads(text, 0, NULL);
    assert_int_equal(migration_key_from_json(arena, again, count, &back, &e), ERROR_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(back[i].type, key[i].type);
        assert_int_equal(back[i].size, key[i].size);
        assert_true(back[i].integer == key[i].integer && back[i].real == key[i].real);
        if (key[i].size > 0)
            assert_memory_equal(back[i].data, key[i].data, key[i].size);
    }
    free(text);
    arena_destroy(arena);
}

static void refusals(void **state)
{
    (void)state;
    static const char *const bad[] = { "[]",
                                       "[1]",
                                       "[1,2,3]",
                                       "[1,null]",
                                       "{}",
                                       "[1,{\"hex\":\"0\"}]",
                                       "[1,{\"hex\":\"zz\"}]",
                                       "[1,{\"real\":\"x\"}]",
                                       "[1,true]",
                                       "7" };
    struct arena *arena = arena_create(1 << 20);
    struct connect_value *values = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error e = ERROR_NONE;
        json_auto_t *json = json_loads(bad[i], JSON_DECODE_ANY, NULL);
        assert_int_equal(migration_key_from_json(arena, json, 2, &values, &e), ERROR_INVALID);
    }
    struct error e = ERROR_NONE;
    assert_int_equal(migration_key_from_json(arena, json_null(), 2, &values, &e), ERROR_OK);
    assert_null(values);
    const struct connect_value nothing = { .type = CONNECT_NULL };
    const struct connect_value broken = { .type = CONNECT_TEXT, .data = "\xff", .size = 1 };
    assert_null(migration_key_to_json(&nothing, 1));
    assert_null(migration_key_to_json(&broken, 1));
    arena_destroy(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(there_and_back), cmocka_unit_test(refusals) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
