/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_sqlite_ddl.c - any text as what SQLite kept of a CREATE TABLE or CREATE INDEX: read leniently, and what is taken
 * from it stands as JSON.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words sql sqlite */

#include <stdlib.h>

#include "base/mem.h"
#include "catalog/connect/sqlite/sqlite_ddl.h"
#include "tests/support/parse_fuzz.h"

enum { INPUT_MAX = 64 * 1024, ARENA_MAX = 64 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MAX)
        return 0;
    char *text = mem_text_n((const char *)data, size);
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *c = catalog_create(arena, "sqlite", "fuzz");
    struct catalog_table *t = catalog_table_add(c, "main", "t");
    struct sqlite_ddl ddl = { 0 };
    const char *columns = NULL, *where = NULL;
    (void)catalog_column_add(c, t, "a");
    (void)catalog_column_add(c, t, "b");
    catalog_name_add(c, &catalog_unique_add(c, t)->columns, "b");
    sqlite_ddl_table(c, t, text, &ddl);
    sqlite_ddl_index(arena, text, &columns, &where);
    parse_fuzz_reads_back(arena, c);
    arena_destroy(arena);
    free(text);
    return 0;
}
