/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/parse_fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "catalog/parse/parse.h"

enum { ROWS_MAX = 10000, ARENA_MAX = 64 << 20, UNPACKED_MAX = 8 << 20, MEMBERS_MAX = 50, JSON_MAX = 32 << 20 };

const char *parse_fuzz_file(const void *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    return path;
}

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    size_t *bytes = context;
    for (size_t i = 0; i < t->column_count; i++)
        for (size_t k = 0; k < values[i].size; k++)
            *bytes += (unsigned char)values[i].text[k];
    return ERROR_OK;
}

static void same(const struct buffer *a, const struct buffer *b, const char *what)
{
    if (a->size == b->size && (a->size == 0 || memcmp(a->data, b->data, a->size) == 0))
        return;
    (void)fprintf(stderr, "%s\n%.*s\n%.*s\n", what, (int)a->size, a->data, (int)b->size, b->data);
    abort();
}

void parse_fuzz_reads_back(struct arena *arena, struct catalog *c)
{
    struct error e = ERROR_NONE;
    struct catalog *back = NULL;
    struct buffer first, second;
    buffer_init(&first, JSON_MAX);
    buffer_init(&second, JSON_MAX);
    catalog_sort(c);
    catalog_write(c, &first);
    json_t *json = first.overflow ? NULL : json_loadb(first.data, first.size, 0, NULL);
    if (!first.overflow && (json == NULL || catalog_from_json(arena, json, &back, &e) != ERROR_OK)) {
        (void)fprintf(stderr, "what was written can't be read: %s\n%.*s\n", e.message, (int)first.size, first.data);
        abort();
    }
    if (back != NULL) {
        catalog_write(back, &second);
        same(&first, &second, "what was read is not what was written");
    }
    json_decref(json);
    buffer_finish(&first);
    buffer_finish(&second);
}

/* ret_text: the catalog's JSON and how many bytes its rows have, or the error. */
static long once(const char *path, const char *format, struct buffer *ret_text)
{
    struct arena *arena = arena_create(ARENA_MAX);
    struct parse_limits limits = parse_limits_default();
    limits.input.bytes_max = UNPACKED_MAX;
    limits.members_max = MEMBERS_MAX;
    struct parse_options options = { .limits = &limits, .format = format };
    struct parsed parsed = { 0 };
    struct error e = ERROR_NONE;
    long tables = -1;
    buffer_init(ret_text, JSON_MAX);
    if (parse_path(arena, path, &options, &parsed, &e) == ERROR_OK) {
        struct rows_ask ask = { .rows_max = ROWS_MAX };
        size_t bytes = 0;
        catalog_sort(parsed.catalog);
        parse_fuzz_reads_back(arena, parsed.catalog);
        tables = (long)parsed.catalog->table_count;
        if (parsed.rows.face != NULL)
            (void)parsed.rows.face->read(parsed.rows.self, &ask, on_row, &bytes, &e);
        catalog_write(parsed.catalog, ret_text);
        buffer_format(ret_text, "%zu %s", bytes, e.message);
        char *mappings = parsed.mappings != NULL ? json_dumps(parsed.mappings, JSON_SORT_KEYS) : NULL;
        buffer_text(ret_text, mappings != NULL ? mappings : "");
        free(mappings);
    } else if (*e.message == '\0') {
        abort();
    } else {
        buffer_text(ret_text, e.message);
    }
    parsed_close(&parsed);
    arena_destroy(arena);
    return tables;
}

long parse_fuzz_path(const char *path, const char *format)
{
    struct buffer first, second;
    long tables = once(path, format, &first);
    (void)once(path, format, &second);
    same(&first, &second, "the same file twice gives two catalogs");
    buffer_finish(&first);
    buffer_finish(&second);
    return tables;
}
