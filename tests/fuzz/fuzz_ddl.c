/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ddl.c - any bytes as DDL: an error with a reason, or a catalog whose JSON is read back as the same catalog.
 *
 * The first byte picks the dialect: '0' guesses, '1' to '5' are PostgreSQL, MySQL, SQLite, Oracle, SQL Server.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "catalog/parse/ddl/ddl.h"

enum { INPUT_MAX = 64 * 1024, ARENA_MAX = 96 << 20, JSON_MAX = 64 << 20 };

static void check(struct arena *arena, const struct catalog *c)
{
    struct error e = ERROR_NONE;
    struct catalog *again = NULL;
    struct buffer b;
    buffer_init(&b, JSON_MAX);
    catalog_write(c, &b);
    if (b.overflow) {
        buffer_finish(&b);
        return;
    }
    json_t *json = json_loadb(b.data, b.size, 0, NULL);
    if (json == NULL || catalog_from_json(arena, json, &again, &e) != ERROR_OK)
        abort();
    struct buffer second;
    buffer_init(&second, JSON_MAX);
    catalog_write(again, &second);
    if (second.size != b.size || memcmp(second.data, b.data, b.size) != 0)
        abort();
    buffer_finish(&second);
    buffer_finish(&b);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > INPUT_MAX)
        return 0;
    struct ddl_limits limits = ddl_limits_default();
    limits.columns_max = 2000;
    limits.expression_max = 4096;
    limits.work_max = 5000000;
    limits.diagnostics_max = 50;
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    enum ddl_dialect dialect = (enum ddl_dialect)(data[0] % (DDL_SQLSERVER + 1));
    if (ddl_parse(arena, (const char *)data + 1, size - 1, "fuzz", dialect, &limits, &c, &e) != ERROR_OK) {
        if (e.message[0] == '\0')
            abort();
    } else if (arena_room(arena) > ARENA_MAX / 2) {
        check(arena, c);
    }
    arena_destroy(arena);
    return 0;
}
