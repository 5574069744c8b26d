/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ddl_probe.c - reads SQL files into catalogs, without a fleet.
 *
 *   ddl_probe DIALECT FILE           prints the catalog as JSON (DIALECT: guess, postgresql, mysql, ...)
 *   ddl_probe --time DIALECT FILE    reads it from memory and prints bytes, user CPU seconds and what came out
 *
 * Run by tests/measure/discovery/ddl.py and tests/bench/ddl/speed.py.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "catalog/parse/ddl/ddl.h"

static const size_t ARENA_MAX = (size_t)16 << 30;

static char *read_file(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        exit(3);
    }
    size_t capacity = 1 << 20, size = 0, got;
    char *text = mem_alloc(capacity);
    while ((got = fread(text + size, 1, capacity - size, file)) > 0) {
        size += got;
        if (size == capacity)
            text = mem_resize(text, capacity *= 2, 1);
    }
    fclose(file);
    *ret_size = size;
    return text;
}

static double cpu_seconds(void)
{
    struct timespec now; /* the user time alone comes in ticks, and a small text may end within one */
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_counts(const struct catalog *c, size_t size, double seconds)
{
    size_t columns = 0, keys = 0;
    for (size_t i = 0; i < c->table_count; i++) {
        columns += c->tables[i].column_count;
        keys += c->tables[i].foreign_key_count;
    }
    printf("{\"bytes\": %zu, \"cpu_s\": %.4f, \"mb_per_s\": %.1f, \"tables\": %zu, \"columns\": %zu, "
           "\"foreign_keys\": %zu, \"diagnostics\": %zu, \"arena_bytes\": %zu}\n",
           size, seconds, (double)size / 1e6 / seconds, c->table_count, columns, keys, c->diagnostic_count,
           arena_used(c->arena));
}

int main(int argc, char **argv)
{
    bool timed = argc == 4 && strcmp(argv[1], "--time") == 0;
    enum ddl_dialect dialect = DDL_GUESS;
    if (argc != 3 + timed ||
        (strcmp(argv[1 + timed], "guess") != 0 && !ddl_dialect_from_text(argv[1 + timed], &dialect))) {
        (void)fprintf(stderr, "usage: ddl_probe [--time] guess|postgresql|mysql|sqlite|oracle|sqlserver FILE\n");
        return 2;
    }
    size_t size;
    char *text = read_file(argv[2 + timed], &size);
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    double begin = cpu_seconds();
    const char *slash = strrchr(argv[2 + timed], '/'), *name = slash != NULL ? slash + 1 : argv[2 + timed];
    if (ddl_parse(arena, text, size, name, dialect, NULL, &c, &e) != ERROR_OK) {
        (void)fprintf(stderr, "ddl_probe: %s\n", e.message);
        return 1;
    }
    double seconds = cpu_seconds() - begin;
    if (timed) {
        print_counts(c, size, seconds);
    } else {
        struct buffer b;
        buffer_init(&b, (size_t)4 << 30);
        catalog_write(c, &b);
        (void)fwrite(b.data, 1, b.size, stdout);
        putchar('\n');
        buffer_finish(&b);
    }
    free(text);
    arena_destroy(arena);
    return 0;
}
