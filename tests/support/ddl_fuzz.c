/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ddl_fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/parse_fuzz.h"

enum { ARENA_MAX = 96 << 20, JSON_MAX = 64 << 20 };

struct ddl_limits ddl_fuzz_limits(void)
{
    struct ddl_limits limits = ddl_limits_default();
    limits.columns_max = 2000;
    limits.expression_max = 4096;
    limits.work_max = 5000000;
    limits.diagnostics_max = 50;
    return limits;
}

/* ret_text: the catalog as JSON, or the error; back: it is read back too, unless it is too much to be looked at. */
static void read_once(struct arena *arena, enum ddl_dialect dialect, const uint8_t *data, size_t size, bool back,
                      struct buffer *ret_text, long *ret_tables)
{
    struct ddl_limits limits = ddl_fuzz_limits();
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    buffer_init(ret_text, JSON_MAX);
    *ret_tables = -1;
    if (ddl_parse(arena, (const char *)data, size, "fuzz", dialect, &limits, &c, &e) != ERROR_OK) {
        if (e.message[0] == '\0')
            abort();
        buffer_text(ret_text, e.message);
        return;
    }
    *ret_tables = (long)c->table_count;
    if (arena_room(arena) < ARENA_MAX / 2)
        return;
    catalog_write(c, ret_text);
    if (back && !ret_text->overflow)
        parse_fuzz_reads_back(arena, c);
}

long ddl_fuzz_one(enum ddl_dialect dialect, const uint8_t *data, size_t size)
{
    struct arena *arena = arena_create(ARENA_MAX), *other = arena_create(ARENA_MAX);
    struct buffer first, second;
    long tables, tables_again;
    read_once(arena, dialect, data, size, true, &first, &tables);
    read_once(other, dialect, data, size, false, &second, &tables_again);
    if (tables != tables_again || first.size != second.size ||
        (first.size > 0 && memcmp(first.data, second.data, first.size) != 0)) {
        (void)fprintf(stderr, "the same text twice gives two catalogs\n");
        abort();
    }
    buffer_finish(&first);
    buffer_finish(&second);
    arena_destroy(arena);
    arena_destroy(other);
    return tables;
}

void ddl_fuzz_same_tables(const char *who, long theirs, long ours)
{
    if (theirs == ours)
        return;
    (void)fprintf(stderr, "%s has %ld tables, the catalog %ld\n", who, theirs, ours);
    abort();
}
