/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_diff.c - two schemas as SQL, parted by a byte 0x1d: what changed is JSON, the same each time; nothing changed
 * from a catalog to itself; and what is added one way is dropped the other.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words sql postgresql */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "catalog/diff.h"
#include "catalog/parse/ddl/ddl.h"
#include "tests/support/packed_fuzz.h"

enum { INPUT_MAX = 32 * 1024, ARENA_MAX = 96 << 20, TEXT_MAX = 32 << 20 };

static struct catalog *read_one(struct arena *arena, const struct packed_part *part)
{
    struct ddl_limits limits = ddl_limits_default();
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    limits.columns_max = 500;
    limits.work_max = 1000000;
    if (ddl_parse(arena, (const char *)part->data, part->size, "fuzz", DDL_POSTGRESQL, &limits, &c, &e) != ERROR_OK)
        return NULL;
    catalog_sort(c);
    return c;
}

static size_t count(const struct diff *d, const char *change, const char *what)
{
    size_t result = 0;
    for (size_t i = 0; i < d->count; i++)
        result += strcmp(d->items[i].change, change) == 0 && strcmp(d->items[i].what, what) == 0;
    return result;
}

static void is_json(const struct diff *d, const struct diff *again)
{
    struct buffer first, second;
    buffer_init(&first, TEXT_MAX);
    buffer_init(&second, TEXT_MAX);
    diff_write(d, &first);
    diff_write(again, &second);
    json_t *json = json_loads(buffer_view(&first), 0, NULL);
    if (!first.overflow && (json == NULL || json_array_size(json_object_get(json, "changes")) != d->count))
        abort();
    if (strcmp(buffer_view(&first), buffer_view(&second)) != 0 || d->breaking > d->count)
        abort();
    json_decref(json);
    buffer_finish(&first);
    buffer_finish(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packed_part parts[2] = { 0 };
    if (size > INPUT_MAX)
        return 0;
    (void)packed_fuzz_split(data, size, parts, 2);
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *from = read_one(arena, &parts[0]), *to = from != NULL ? read_one(arena, &parts[1]) : NULL;
    if (to != NULL && arena_room(arena) > ARENA_MAX / 2) {
        struct diff *there = diff_create(arena, from, to), *back = diff_create(arena, to, from);
        is_json(there, diff_create(arena, from, to));
        if (diff_create(arena, from, from)->count != 0)
            abort();
        if (count(there, "added", "table") != count(back, "dropped", "table") ||
            count(there, "dropped", "table") != count(back, "added", "table")) {
            (void)fprintf(stderr, "there and back do not agree\n");
            abort();
        }
    }
    arena_destroy(arena);
    return 0;
}
