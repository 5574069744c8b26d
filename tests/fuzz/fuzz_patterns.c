/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_patterns.c - patterns of tables, and names that they are held against: a line of patterns, then a line with a
 * schema and one with a name; the first byte is the dialect. A name that is quoted matches itself, "*" matches all,
 * what is left out is not taken, and what patterns_check() takes can be asked.
 */
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "base/text.h"
#include "catalog/patterns.h"

enum { INPUT_MAX = 8192, ARENA_MAX = 16 << 20 };

static void quote(struct buffer *b, const char *name)
{
    buffer_char(b, '"');
    for (; *name != '\0'; name++) {
        if (*name == '"')
            buffer_char(b, '"');
        buffer_char(b, *name);
    }
    buffer_char(b, '"');
}

static void matches_itself(const char *dialect, const char *schema, const char *name)
{
    struct buffer b;
    struct error e = ERROR_NONE;
    buffer_init(&b, 4 * INPUT_MAX);
    quote(&b, schema);
    buffer_char(&b, '.');
    quote(&b, name);
    const char *pattern = buffer_view(&b);
    struct catalog_patterns p = { .include = { .items = &pattern, .count = 1 } };
    if (patterns_check(&p, &e) == ERROR_OK)
        assert(patterns_take(&p, dialect, schema, name));
    p = (struct catalog_patterns){ .exclude = { .items = &pattern, .count = 1 } };
    if (patterns_check(&p, &e) == ERROR_OK)
        assert(!patterns_take(&p, dialect, schema, name));
    buffer_finish(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const dialects[] = { "postgresql", "mysql", "sqlite", "oracle", "sqlserver", "mongodb", NULL };
    static const char *all = "*";
    if (size == 0 || size > INPUT_MAX)
        return 0;
    const char *dialect = dialects[data[0] % (sizeof dialects / sizeof *dialects)];
    char *text = mem_text_n((const char *)data + 1, size - 1), *rest = text;
    const char *list = fuzz_line(&rest), *schema = fuzz_line(&rest), *name = fuzz_line(&rest);
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog_patterns p = { 0 }, any = { .include = { .items = &all, .count = 1 } };
    struct error e = ERROR_NONE;
    patterns_split(arena, list, &p.include);
    p.exclude = p.include;
    if (patterns_check(&p, &e) == ERROR_OK)
        assert(!patterns_take(&p, dialect, schema, name)); /* what is left out as well is not taken */
    else
        assert(e.class == ERROR_INVALID && e.message[0] != '\0');
    assert(patterns_take(&any, dialect, schema, name));
    if (text_utf8_valid(schema, strlen(schema)) && text_utf8_valid(name, strlen(name))) /* as all of a catalog are */
        matches_itself(dialect, schema, name);
    arena_destroy(arena);
    free(text);
    return 0;
}
