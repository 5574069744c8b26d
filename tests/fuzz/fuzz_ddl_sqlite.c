/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_ddl_sqlite.c - any bytes as SQL of SQLite: tests/support/ddl_fuzz.h says what must hold; and a text that SQLite
 * itself runs to its end makes as many tables here as there.
 */
#include "tests/fuzz/fuzz.h" /* fuzz: words sql sqlite */

#include <ctype.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tests/support/ddl_fuzz.h"

enum { COMPARED_MAX = 4096, STEPS_MAX = 200, STEP = 1000 };

/* Nothing but what makes, changes and drops tables, views and indexes; no file is opened. */
static int allow(void *context, int action, const char *a, const char *b, const char *database, const char *view)
{
    (void)context, (void)a, (void)b, (void)view;
    static const int allowed[] = { SQLITE_CREATE_TABLE, SQLITE_CREATE_INDEX, SQLITE_CREATE_VIEW, SQLITE_DROP_TABLE,
                                   SQLITE_DROP_INDEX,   SQLITE_DROP_VIEW,    SQLITE_ALTER_TABLE, SQLITE_INSERT,
                                   SQLITE_UPDATE,       SQLITE_DELETE,       SQLITE_READ,        SQLITE_SELECT,
                                   SQLITE_FUNCTION,     SQLITE_REINDEX };
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        if (action == allowed[i])
            return database != NULL && strcmp(database, "temp") == 0 ? SQLITE_DENY : SQLITE_OK;
    return SQLITE_DENY;
}

static int enough(void *context)
{
    return ++*(int *)context > STEPS_MAX;
}

/* -1: SQLite does not run it, or can't be asked. */
static long tables_of_sqlite(const char *text)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    int steps = 0;
    long count = -1;
    if (sqlite3_open(":memory:", &db) != SQLITE_OK)
        abort();
    (void)sqlite3_set_authorizer(db, allow, NULL);
    sqlite3_progress_handler(db, STEP, enough, &steps);
    bool ran = sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
    (void)sqlite3_set_authorizer(db, NULL, NULL);
    sqlite3_progress_handler(db, 0, NULL, NULL);
    static const char sql[] = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' "
                              "ESCAPE '\\'";
    if (ran && sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
        count = sqlite3_column_int(statement, 0);
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close(db);
    return count;
}

/* SQLite reads bytes as they are; what is no plain text is told apart by others. */
static bool is_plain(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] >= 0x7f || (data[i] < 0x20 && !isspace(data[i])))
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > DDL_FUZZ_MAX)
        return 0;
    long ours = ddl_fuzz_one(DDL_SQLITE, data, size);
    if (size > COMPARED_MAX || ours < 0 || !is_plain(data, size))
        return 0;
    char *text = mem_text_n((const char *)data, size);
    long theirs = tables_of_sqlite(text);
    if (theirs >= 0)
        ddl_fuzz_same_tables("SQLite", theirs, ours);
    free(text);
    return 0;
}
