/* SPDX-License-Identifier: Apache-2.0 */
/* odbc_sample.c - see odbc_sample.h. */
#include "tests/support/odbc_sample.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/support/child.h"
#include "tests/support/cleaner.h"

enum { TEXT_MAX = 1 << 20, FILES_MAX = 16 };

char *odbc_sample_text(const char *name)
{
    const char *source = getenv("ARGOSY_SOURCE");
    mem_auto char *path = mem_format("%s/tests/support/odbc/%s", source != NULL ? source : ".", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        child_fail("read %s", path);
    char *text = mem_zero(1, TEXT_MAX);
    size_t size = fread(text, 1, TEXT_MAX - 1, file);
    (void)fclose(file);
    if (size == TEXT_MAX - 1)
        child_fail("%s is too large", path);
    return text;
}

const char *odbc_sample_file(const char *script)
{
    static char paths[FILES_MAX][320];
    static unsigned used;
    sqlite3 *db = NULL;
    char *why = NULL;
    if (used == FILES_MAX)
        child_fail("too many files");
    char *path = paths[used];
    (void)snprintf(path, sizeof paths[used], "%s/sample%u.db", cleaner_folder(), used);
    used++;
    if (sqlite3_open(path, &db) != SQLITE_OK || sqlite3_exec(db, script, NULL, NULL, &why) != SQLITE_OK)
        child_fail("the script: %s", why != NULL ? why : "?");
    sqlite3_close(db);
    return path;
}

struct odbc *odbc_sample_open(const struct odbc_kind *kind, const char *dialect, const char *string,
                              const struct connect_options *options, struct error *e)
{
    const struct connect_options usual = { .read_only = true, .connect_timeout_s = 10, .lock_timeout_s = 10 };
    struct odbc *o = mem_zero(1, sizeof *o);
    o->kind = kind;
    *e = ERROR_NONE;
    if (odbc_begin(o, dialect, e) == ERROR_OK &&
        odbc_open(o, string, NULL, options != NULL ? options : &usual, e) == ERROR_OK)
        return o;
    odbc_sample_close(o);
    return NULL;
}

struct odbc *odbc_sample_sqlite(const struct odbc_kind *kind, const char *dialect, const char *file)
{
    struct error e;
    mem_auto char *string = mem_format("DRIVER={SQLite3};DATABASE=%s;", file);
    struct odbc *o = odbc_sample_open(kind, dialect, string, NULL, &e);
    if (o == NULL)
        child_fail("SQLite through ODBC: %s", e.message);
    return o;
}

void odbc_sample_close(struct odbc *o)
{
    odbc_close(o);
    free(o);
}
