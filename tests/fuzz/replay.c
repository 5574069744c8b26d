/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.c - main() of a fuzz target where libFuzzer is absent: gives it every file of its corpus, then some thousand
 * mutations of them.
 *
 * Usage: fuzz_NAME FOLDER. A crash or a sanitizer finding is the failure; so is a folder without a file, because a
 * replay of nothing would prove nothing. The mutations are the same at every run (only how many there are depends on
 * the machine: a second's worth, at most MUTATIONS_MAX), and the input that ended the program is left in
 * fuzz_NAME.failed, in the folder the test ran in: a file to be given as a seed once it is mended.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum { SEEDS_MAX = 256, MUTATIONS_MAX = 5000, MUTATIONS_MS = 800, GROWTH_MAX = 256, PATH_SIZE = 4096 };

struct seed {
    char *path;
    uint8_t *data; /* owned */
    size_t size;
};

static struct seed seeds[SEEDS_MAX];
static unsigned seed_count;

/* ---- the input that is being tried, kept for a crash ---- */

static char failed_path[PATH_SIZE];
static const uint8_t *tried;
static size_t tried_size;

static void on_crash(int signal_number)
{
    int fd = open(failed_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    static const char said[] = "the input that did it: ";
    ssize_t written = fd >= 0 ? write(fd, tried, tried_size) : -1;
    if (written == (ssize_t)tried_size && write(2, said, sizeof said - 1) > 0 &&
        write(2, failed_path, strlen(failed_path)) > 0)
        (void)!write(2, "\n", 1);
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

/* The sanitizers turn whatever they find into an abort(), see tests.cmake. */
static void crashes_leave_their_input(const char *program)
{
    const char *name = strrchr(program, '/');
    snprintf(failed_path, sizeof failed_path, "%s.failed", name ? name + 1 : program);
    (void)unlink(failed_path);
    (void)signal(SIGABRT, on_crash);
#if !defined(__SANITIZE_ADDRESS__)
    (void)signal(SIGSEGV, on_crash);
    (void)signal(SIGBUS, on_crash);
    (void)signal(SIGFPE, on_crash);
#endif
}

/* In a block of exactly its size, so that ASan sees a read past the end. */
static void try_input(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact)
        abort();
    if (size)
        memcpy(exact, data, size);
    tried = exact;
    tried_size = size;
    (void)LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

/* ---- mutations ---- */

static uint64_t state = 1;

static uint64_t draw(uint64_t below)
{
    state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return below ? (z ^ (z >> 31)) % below : 0;
}

static size_t insert(uint8_t *data, size_t size, size_t at, const void *bytes, size_t count)
{
    memmove(data + at + count, data + at, size - at);
    memcpy(data + at, bytes, count);
    return size + count;
}

static size_t cut(uint8_t *data, size_t size, size_t at, size_t count)
{
    memmove(data + at, data + at + count, size - at - count);
    return size - count;
}

/* One small change; data has room for GROWTH_MAX bytes more. */
static size_t mutate(uint8_t *data, size_t size, size_t room)
{
    static const char *const words[] = { "0",
                                         "-1",
                                         "9223372036854775807",
                                         "4294967296",
                                         "2147483648",
                                         "1e999",
                                         "\xFF",
                                         "\"",
                                         "\\",
                                         "{",
                                         "[",
                                         ",",
                                         ":",
                                         "/",
                                         "%",
                                         "%00",
                                         "\n",
                                         "\xC3",
                                         "\xED\xA0\x80",
                                         "",
                                         " ",
                                         "null" };
    uint8_t piece[64];
    size_t at = draw(size + 1), from, count;
    const char *word = words[draw(sizeof words / sizeof words[0])];
    switch (draw(size ? 7 : 1)) {
    case 0: /* something that is special somewhere; "" stands for a NUL */
        count = *word ? strlen(word) : 1;
        return size + count <= room ? insert(data, size, at, word, count) : size;
    case 1:
        data[draw(size)] ^= (uint8_t)(1u << draw(8));
        return size;
    case 2:
        data[draw(size)] = (uint8_t)draw(256);
        return size;
    case 3:
        at = draw(size);
        return cut(data, size, at, 1 + draw(size - at < 16 ? size - at : 16));
    case 4: /* a piece again, elsewhere or behind itself */
        from = draw(size);
        count = 1 + draw(size - from < sizeof piece ? size - from : sizeof piece);
        if (size + count > room)
            return size;
        memcpy(piece, data + from, count);
        return insert(data, size, at, piece, count);
    case 5:
        return at;
    default: /* a digit more, or another one */
        for (from = 0; from < size && (data[(at + from) % size] < '0' || data[(at + from) % size] > '9'); from++)
            continue;
        data[(at + from) % size] = (uint8_t)('0' + draw(10));
        return size;
    }
}

/* A seed, sometimes with the end of another one, changed one to eight times. */
static void try_mutation(const struct seed *seed)
{
    size_t room = seed->size + GROWTH_MAX, size = seed->size;
    const struct seed *other = &seeds[draw(seed_count)];
    uint8_t *data = malloc(room);
    if (!data)
        abort();
    memcpy(data, seed->data, size);
    if (draw(8) == 0 && other->size > 0) {
        size_t keep = draw(size + 1), from = draw(other->size), count = other->size - from;
        count = count < room - keep ? count : room - keep;
        memcpy(data + keep, other->data + from, count);
        size = keep + count;
    }
    for (uint64_t left = 1 + draw(8); left > 0; left--)
        size = mutate(data, size, room);
    try_input(data, size);
    free(data);
}

/* ---- the corpus ---- */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct seed *)a)->path, ((const struct seed *)b)->path);
}

static int seed_read(const char *path, size_t size)
{
    FILE *stream = fopen(path, "rb");
    struct seed *seed = &seeds[seed_count];
    seed->data = malloc(size ? size : 1);
    seed->path = strdup(path);
    seed->size = size;
    if (stream && seed->data && seed->path && fread(seed->data, 1, size, stream) == size) {
        seed_count++;
        (void)fclose(stream);
        return 0;
    }
    fprintf(stderr, "%s: could not be read whole\n", path);
    if (stream)
        (void)fclose(stream);
    free(seed->data);
    free(seed->path);
    return -1;
}

/* Sorted, so that the mutations do not depend on the file system's order. */
static int seeds_read(const char *folder)
{
    DIR *directory = opendir(folder);
    int failed = 0;
    if (!directory) {
        perror(folder);
        return -1;
    }
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        char path[PATH_SIZE];
        struct stat status;
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof path || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
            continue;
        if (seed_count == SEEDS_MAX || seed_read(path, (size_t)status.st_size) != 0)
            failed = -1;
    }
    (void)closedir(directory);
    qsort(seeds, seed_count, sizeof seeds[0], by_path);
    return failed;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    int failed = seeds_read(argv[1]);
    unsigned mutations = 0;
    crashes_leave_their_input(argv[0]);
    for (unsigned i = 0; i < seed_count; i++)
        try_input(seeds[i].data, seeds[i].size);
    int64_t until_ms = clock_monotonic_ms() + MUTATIONS_MS;
    for (; seed_count > 0 && mutations < MUTATIONS_MAX && clock_monotonic_ms() < until_ms; mutations++)
        try_mutation(&seeds[mutations % seed_count]);
    printf("%u inputs replayed from %s, and %u mutations of them\n", seed_count, argv[1], mutations);
    bool empty = seed_count == 0;
    while (seed_count > 0) {
        free(seeds[--seed_count].data);
        free(seeds[seed_count].path);
    }
    return failed != 0 || empty;
}
