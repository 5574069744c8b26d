/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/sqlite_file.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], path[128], url[160], chinook[4096];

static void remove_files(void)
{
    static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
    char name[160];
    for (size_t i = 0; folder[0] != '\0' && i < sizeof tails / sizeof *tails; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
    if (folder[0] != '\0')
        rmdir(folder);
}

static void prepare(void)
{
    if (folder[0] == '\0') {
        atexit(remove_files);
    } else {
        remove_files();
    }
    snprintf(folder, sizeof folder, "/tmp/argosy-sqlite-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/source.sqlite", folder);
    snprintf(url, sizeof url, "sqlite:%s", path);
}

const char *sqlite_file_make(const char *sql)
{
    prepare();
    sqlite3 *db = NULL;
    char *message = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s", message);
    sqlite3_free(message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return url;
}

const char *sqlite_file_path(void)
{
    return path;
}

const char *sqlite_file_bytes(const void *bytes, unsigned long size)
{
    prepare();
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
    return url;
}

const char *sqlite_file_chinook(void)
{
    const char *source = getenv("ARGOSY_SOURCE");
    snprintf(chinook, sizeof chinook, "sqlite:%s/deploy/demo/chinook.sqlite", source != NULL ? source : ".");
    return chinook;
}
