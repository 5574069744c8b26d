/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_sqlite_file.c - any bytes as a SQLite file: opened, introspected, split and read to the end, or one clear error.
 */
#include "tests/fuzz/fuzz.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "catalog/connect/connect.h"
#include "catalog/observed.h"

enum { INPUT_MAX = 256 * 1024, ARENA_MAX = 64 << 20, ROWS_MAX = 2000, STATEMENT_S = 2 };

struct seen {
    int rows;
    size_t columns;
    struct catalog_observed observed;
};

static enum error_class on_row(void *arg, const struct connect_value *values, struct error *e)
{
    struct seen *seen = arg;
    for (size_t i = 0; i < seen->columns; i++)
        if (values[i].type == CONNECT_TEXT)
            observed_text(&seen->observed, values[i].data, values[i].size);
    return ++seen->rows < ROWS_MAX ? ERROR_OK : error_set(e, ERROR_CANCELLED, "enough");
}

static void read_all(struct connect *c, struct arena *arena, struct catalog *catalog)
{
    for (size_t i = 0; i < catalog->table_count; i++) {
        const struct catalog_table *t = &catalog->tables[i];
        struct error e = ERROR_NONE;
        struct seen seen = { .columns = t->column_count };
        struct connect_range range = { .key = t->primary_key.columns, .raw = true };
        struct connect_value *bounds = NULL;
        unsigned count = 0;
        int64_t orphans = 0;
        const char *samples = NULL;
        (void)connect_split(c, arena, t, 4, &bounds, &count, &e);
        if (count > 0)
            range.after = bounds;
        (void)connect_read(c, t, &range, on_row, &seen, &e);
        for (size_t k = 0; k < t->foreign_key_count; k++)
            (void)connect_orphans(c, arena, t, &t->foreign_keys[k], &orphans, &samples, &e);
    }
    json_t *json = catalog_to_json(catalog);
    struct catalog *back = NULL;
    struct error e = ERROR_NONE;
    if (catalog_from_json(arena, json, &back, &e) != ERROR_OK) {
        fprintf(stderr, "%s\n", e.message);
        abort();
    }
    json_decref(json);
}

/* One file for all inputs, on disk, since SQLite follows a path to where it really leads. */
static char path[64];

/* What SQLite has made beside it: an input sees nothing of the one before. */
static void remove_others(void)
{
    static const char *const tails[] = { "-wal", "-shm", "-journal" };
    char name[80];
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

static void remove_file(void)
{
    unlink(path);
    remove_others();
}

static size_t look(void)
{
    char url[80];
    snprintf(url, sizeof url, "sqlite:%s", path);
    struct connect_options options = { .read_only = true, .statement_timeout_s = STATEMENT_S, .lock_timeout_s = 1 };
    struct connect *c = NULL;
    struct error e = ERROR_NONE;
    struct arena *arena = arena_create(ARENA_MAX);
    struct catalog *catalog = NULL;
    size_t tables = 0;
    if (connect_open(url, NULL, &options, &c, &e) == ERROR_OK &&
        connect_catalog(c, arena, NULL, true, &catalog, &e) == ERROR_OK) {
        tables = catalog->table_count;
        read_all(c, arena, catalog);
    } else if (e.message[0] == '\0') {
        abort();
    }
    connect_close(c);
    arena_destroy(arena);
    return tables;
}

/* A fuzzer that never got a file open would find nothing for ever. */
static void prepare(void)
{
    const char *folder = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(path, sizeof path, "%s/argosy-fuzz-XXXXXX", folder);
    int file = mkstemp(path);
    sqlite3 *db = NULL;
    if (file < 0 || close(file) != 0 || atexit(remove_file) != 0 || sqlite3_open(path, &db) != SQLITE_OK ||
        sqlite3_exec(db, "CREATE TABLE t (a)", NULL, NULL, NULL) != SQLITE_OK)
        abort();
    sqlite3_close(db);
    if (look() != 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MAX)
        return 0;
    if (path[0] == '\0')
        prepare();
    FILE *stream = fopen(path, "wb");
    if (stream == NULL || fwrite(data, 1, size, stream) != size || fclose(stream) != 0)
        abort();
    (void)look();
    remove_others();
    return 0;
}
