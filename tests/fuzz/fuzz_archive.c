/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_archive.c - any bytes as a file for the one door: archives, workbooks, packed files, whatever is guessed. A
 * catalog that stands as JSON and whose rows can be read, or one error.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words archive xml csv json */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "catalog/parse/parse.h"

enum { ROWS_MAX = 10000 };

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)e;
    size_t *bytes = context;
    for (size_t i = 0; i < t->column_count; i++)
        for (size_t k = 0; k < values[i].size; k++)
            *bytes += (unsigned char)values[i].text[k];
    return ERROR_OK;
}

static void check(struct arena *arena, struct parsed *parsed)
{
    struct error e = ERROR_NONE;
    struct rows_ask ask = { .rows_max = ROWS_MAX };
    size_t bytes = 0;
    catalog_sort(parsed->catalog);
    json_t *json = catalog_to_json(parsed->catalog);
    struct catalog *back = NULL;
    if (catalog_from_json(arena, json, &back, &e) != ERROR_OK) {
        (void)fprintf(stderr, "%s\n", e.message);
        abort();
    }
    json_decref(json);
    if (parsed->rows.face != NULL)
        (void)parsed->rows.face->read(parsed->rows.self, &ask, on_row, &bytes, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    struct arena *arena = arena_create(64 << 20);
    struct parse_limits limits = parse_limits_default();
    limits.input.bytes_max = 8 << 20;
    limits.members_max = 50;
    struct parse_options options = { .limits = &limits };
    struct parsed parsed = { 0 };
    struct error e = ERROR_NONE;
    if (parse_path(arena, path, &options, &parsed, &e) == ERROR_OK)
        check(arena, &parsed);
    else if (*e.message == '\0')
        abort();
    parsed_close(&parsed);
    arena_destroy(arena);
    return 0;
}
