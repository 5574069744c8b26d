/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ddl_scripts.c - any bytes as SQL texts one after another, parted by bytes 1: an error with a reason, or a
 * catalog that a second reading gives again; the first text is never apart.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words sql postgresql mysql sqlite */

#include <stdlib.h>
#include <string.h>

#include "tests/support/ddl_fuzz.h"
#include "tests/support/parse_fuzz.h"

enum { TEXTS_MAX = 8, ARENA_MAX = 96 << 20, TEXT_MAX = 64 << 20 };

static void read_once(struct ddl_script *scripts, size_t count, struct buffer *b)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    struct ddl_limits limits = ddl_fuzz_limits();
    buffer_init(b, TEXT_MAX);
    if (ddl_parse_scripts(arena, scripts, count, "fuzz", DDL_GUESS, &limits, &c, &e) != ERROR_OK) {
        if (e.message[0] == '\0')
            abort();
        buffer_text(b, e.message);
    } else if (arena_room(arena) >= ARENA_MAX / 2) {
        catalog_write(c, b);
    }
    arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ddl_script scripts[TEXTS_MAX] = { 0 };
    size_t count = 0;
    if (size > DDL_FUZZ_MAX)
        return 0;
    for (const char *at = (const char *)data, *end = at + size; count < TEXTS_MAX;) {
        const char *part = size > 0 ? memchr(at, 1, (size_t)(end - at)) : NULL;
        const char *to = part != NULL && count + 1 < TEXTS_MAX ? part : end;
        scripts[count++] = (struct ddl_script){ .name = "a.sql", .text = at, .size = (size_t)(to - at) };
        if (to == end)
            break;
        at = to + 1;
    }
    struct buffer first, second;
    read_once(scripts, count, &first);
    read_once(scripts, count, &second);
    if (first.size != second.size || (first.size > 0 && memcmp(first.data, second.data, first.size) != 0))
        abort();
    if (scripts[0].apart)
        abort();
    buffer_finish(&first);
    buffer_finish(&second);
    return 0;
}
