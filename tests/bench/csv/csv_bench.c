/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv_bench.c - how fast a delimited text becomes a catalog, beside libcsv taking the same text apart, in turns A B A
 * B.
 *
 * usage: csv_bench [MEGABYTES [ROUNDS]]     the text is made here, in three sorts, and read from a file as discovery
 * does
 *
 * libcsv is loaded when this runs; without it only our own figures are printed. User CPU seconds, since other programs
 * may be running.
 */
#include <csv.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "catalog/parse/parse.h"

static struct {
    int (*init)(struct csv_parser *p, unsigned char options);
    size_t (*parse)(struct csv_parser *p, const void *text, size_t size, void (*on_field)(void *, size_t, void *),
                    void (*on_record)(int, void *), void *context);
    void (*free)(struct csv_parser *p);
} libcsv;

static bool libcsv_load(void)
{
    void *library = dlopen("libcsv.so.3", RTLD_NOW);
    void *found[3] = { NULL };
    if (library == NULL)
        return false;
    found[0] = dlsym(library, "csv_init");
    found[1] = dlsym(library, "csv_parse");
    found[2] = dlsym(library, "csv_free");
    memcpy(&libcsv, found, sizeof found);
    return found[0] != NULL && found[1] != NULL && found[2] != NULL;
}

static double user_s(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6;
}

/* ---- the texts ---- */

static unsigned draw(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245 + 12345;
    return (*seed >> 16) % below;
}

static void add_mixed(struct buffer *b, unsigned *seed, int row)
{
    static const char *const towns[] = { "Copenhagen", "New York", "Lima", "quoted, town", "S\xC3\xA3o Paulo" };
    buffer_format(b, "%d,name %u,%u.%02u,2024-%02u-%02u %02u:%02u:00,%s,%s,\"%s and \"\"more\"\"\",%05u\n", row,
                  draw(seed, 90000), draw(seed, 9999), draw(seed, 100), 1 + draw(seed, 12), 1 + draw(seed, 28),
                  draw(seed, 24), draw(seed, 60), draw(seed, 2) ? "true" : "false", towns[draw(seed, 3)],
                  towns[draw(seed, 5)], draw(seed, 32000));
}

static void add_numbers(struct buffer *b, unsigned *seed, int row)
{
    buffer_format(b, "%d,%u,%u,%u.%u,%u,%u,%u.%02u,%u\n", row, draw(seed, 1000), draw(seed, 32000), draw(seed, 100),
                  draw(seed, 10000), draw(seed, 10), draw(seed, 32000), draw(seed, 1000), draw(seed, 100),
                  draw(seed, 30000));
}

static void add_texts(struct buffer *b, unsigned *seed, int row)
{
    buffer_format(b, "%d,\"a longer text with words, number %u, and a second half that says more\",code%u,%s\n", row,
                  draw(seed, 30000), draw(seed, 30000), "some plain words without anything special in them");
}

static const struct {
    const char *name, *header;
    void (*add)(struct buffer *b, unsigned *seed, int row);
} sorts[] = { { "mixed", "id,name,amount,created,active,town,note,zip\n", add_mixed },
              { "numbers", "a,b,c,d,e,f,g,h\n", add_numbers },
              { "texts", "id,title,code,words\n", add_texts } };

static void make_text(size_t sort, size_t megabytes, const char *path)
{
    struct buffer b;
    unsigned seed = 1;
    buffer_init(&b, 32 << 20);
    for (int row = 0; b.size < 16 << 20; row++)
        sorts[sort].add(&b, &seed, row);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fputs(sorts[sort].header, file) < 0)
        exit(1);
    for (size_t done = 0; done < megabytes; done += 16)
        if (fwrite(b.data, 1, b.size, file) != b.size)
            exit(1);
    if (fclose(file) != 0)
        exit(1);
    buffer_finish(&b);
}

/* ---- the two ---- */

static void on_field(void *text, size_t size, void *context)
{
    (void)text, (void)size;
    ++*(size_t *)context;
}

static void on_record(int end, void *context)
{
    (void)end, (void)context;
}

static double run_libcsv(const char *path)
{
    struct csv_parser parser;
    size_t fields = 0, got;
    double from = user_s();
    mem_auto char *block = mem_alloc(1 << 20);
    FILE *file = fopen(path, "rb");
    if (file == NULL || libcsv.init(&parser, 0) != 0)
        exit(1);
    setvbuf(file, NULL, _IONBF, 0);
    while ((got = fread(block, 1, 1 << 20, file)) > 0)
        if (libcsv.parse(&parser, block, got, on_field, on_record, &fields) != got)
            exit(1);
    libcsv.free(&parser);
    (void)fclose(file);
    return user_s() - from;
}

static double run_ours(const char *path)
{
    struct error e = ERROR_NONE;
    struct parse_options options = { 0 };
    struct parsed parsed = { 0 };
    double from = user_s();
    struct arena *arena = arena_create(64 << 20);
    if (parse_path(arena, path, &options, &parsed, &e) != ERROR_OK) {
        (void)fprintf(stderr, "%s\n", e.message);
        exit(1);
    }
    parsed_close(&parsed);
    arena_destroy(arena);
    return user_s() - from;
}

int main(int argc, char **argv)
{
    size_t megabytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 256;
    int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 3;
    bool beside = libcsv_load();
    char path[] = "/tmp/argosy-csv-bench-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0)
        return 1;
    close(fd);
    for (size_t sort = 0; sort < sizeof sorts / sizeof *sorts; sort++) {
        double ours = 1e9, theirs = 1e9;
        make_text(sort, megabytes, path);
        for (int round = 0; round < rounds; round++) {
            double once = run_ours(path);
            ours = once < ours ? once : ours;
            once = beside ? run_libcsv(path) : 1e9;
            theirs = once < theirs ? once : theirs;
        }
        printf("%-8s text to catalog %6.0f MB/s", sorts[sort].name, (double)megabytes / ours);
        if (beside)
            printf("   libcsv, fields only %6.0f MB/s", (double)megabytes / theirs);
        printf("\n");
    }
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("memory at most %ld MB\n", usage.ru_maxrss / 1024);
    (void)unlink(path);
    return 0;
}
