/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nested_probe.c - how fast JSON becomes tables, beside yajl alone on the same bytes in the same run.
 *
 *   nested_probe [MEGABYTES]    makes lines of JSON in memory (default 64), reads them in turns, prints user CPU and
 * MB/s
 *
 * Turns alternate (yajl, tables, rows, three times), and the best of each is printed: the machine's own load cancels
 * out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <yajl/yajl_parse.h>

#include "base/buffer.h"
#include "catalog/parse/nested/nested.h"

enum { TURNS = 3, CHUNK = 64 * 1024, MEGABYTES = 64 };

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

static int on_any(void *context)
{
    ++*(size_t *)context;
    return 1;
}

static int on_boolean(void *context, int value)
{
    (void)value;
    return on_any(context);
}

static int on_number(void *context, const char *text, size_t size)
{
    (void)text, (void)size;
    return on_any(context);
}

static int on_string(void *context, const unsigned char *text, size_t size)
{
    (void)text, (void)size;
    return on_any(context);
}

static double time_yajl(const struct buffer *text)
{
    static const yajl_callbacks callbacks = { on_any, on_boolean, NULL,   NULL,   on_number, on_string,
                                              on_any, on_string,  on_any, on_any, on_any };
    size_t events = 0;
    double from = cpu_seconds();
    yajl_handle handle = yajl_alloc(&callbacks, NULL, &events);
    yajl_config(handle, yajl_allow_multiple_values, 1);
    yajl_config(handle, yajl_dont_validate_strings, 1);
    for (size_t at = 0; at < text->size; at += CHUNK)
        if (yajl_parse(handle, (const unsigned char *)text->data + at,
                       text->size - at < CHUNK ? text->size - at : CHUNK) != yajl_status_ok)
            abort();
    yajl_free(handle);
    return cpu_seconds() - from;
}

static int on_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)t, (void)values, (void)e;
    ++*(size_t *)context;
    return ERROR_OK;
}

static void time_tables(const struct buffer *text, double *ret_tables, double *ret_rows)
{
    struct arena *arena = arena_create(64 << 20);
    struct input *in = input_of_memory(text->data, text->size);
    struct catalog *c = NULL;
    struct rows_source rows;
    struct rows_ask ask = { .only = NULL };
    struct error e = ERROR_NONE;
    size_t count = 0;
    double from = cpu_seconds();
    if (nested_parse(arena, in, NESTED_JSON, "probe", NULL, NULL, &c, &rows, &e) != ERROR_OK) {
        fprintf(stderr, "%s\n", e.message);
        exit(1);
    }
    *ret_tables = cpu_seconds() - from;
    from = cpu_seconds();
    if (rows.face->read(rows.self, &ask, on_row, &count, &e) != ERROR_OK || c->table_count != 2)
        abort();
    *ret_rows = cpu_seconds() - from;
    rows.face->close(rows.self);
    input_close(in);
    arena_destroy(arena);
}

int main(int argc, char **argv)
{
    size_t megabytes = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : MEGABYTES;
    struct buffer text;
    double best[3] = { 1e9, 1e9, 1e9 }, now[3];
    buffer_init(&text, (megabytes << 20) + 4096);
    for (int i = 0; text.size < megabytes << 20; i++)
        buffer_format(
            &text,
            "{\"id\":%d,\"name\":\"ship number %d\",\"built\":\"19%02d-%02d-11\",\"tons\":%d.25,"
            "\"at\":{\"lat\":5%d.%d,\"port\":\"X\"},\"holds\":[{\"cargo\":\"tea\",\"n\":%d},{\"cargo\":\"tin\"}]}\n",
            i, i, i % 90 + 10, i % 12 + 1, i % 5000, i % 10, i, i);
    for (int turn = 0; turn < TURNS; turn++) {
        now[0] = time_yajl(&text);
        time_tables(&text, &now[1], &now[2]);
        for (int i = 0; i < 3; i++)
            best[i] = now[i] < best[i] ? now[i] : best[i];
    }
    static const char *const what[] = { "yajl alone", "tables", "rows" };
    for (int i = 0; i < 3; i++)
        printf("%-10s %6.2f s %7.1f MB/s\n", what[i], best[i], (double)text.size / 1e6 / best[i]);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%-10s %6.1f MB over the text\n", "memory", ((double)usage.ru_maxrss * 1024 - (double)text.size) / 1e6);
    buffer_finish(&text);
    return 0;
}
