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
    const struct connect_options usual = { .read_only = true, .connect_timeout_s = 120, .lock_timeout_s = 120 };
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

static bool add_column(struct sqltext *s, const struct catalog_column *column, enum odbc_form *ret_form)
{
    *ret_form = column->type.name == TYPE_DECIMAL ? ODBC_TEXT : ODBC_AS_IS;
    sqltext_ident(s, column->name);
    return true;
}

static void limit_before(struct sqltext *s, int64_t limit)
{
    (void)limit;
    sqltext_raw(s, "SELECT ");
}

static void limit_after(struct sqltext *s, int64_t limit)
{
    if (limit > 0) {
        sqltext_raw(s, " LIMIT ");
        sqltext_integer(s, limit);
    }
}

static void sample(struct sqltext *s, double percent)
{
    (void)percent;
    sqltext_raw(s, " TABLESAMPLE nonsense (1)"); /* refused: the table is read from its start then */
}

static const struct odbc_code no_codes[] = { { 0, NULL, ERROR_OK, NULL } };
const struct odbc_kind odbc_sample_plain = {
    .name = "a database",
    .codes = no_codes,
    .count = "COUNT(*)",
    .column = add_column,
    .limit_before = limit_before,
    .limit_after = limit_after,
    .sample = sample,
};

char *odbc_sample_string(const char *url, const char *user)
{
    char name[64], host[400];
    if (sscanf(url, "postgresql://argosy@/%63[^?]?host=%399s", name, host) != 2)
        child_fail("no such address: %s", url);
    return mem_format("DRIVER={PostgreSQL Unicode};SERVER=%s;PORT=5432;DATABASE=%s;UID=%s;BoolsAsChar=0;"
                      "UnknownSizes=2;TextAsLongVarchar=1;MaxVarcharSize=4000;",
                      host, name, user);
}

struct odbc *odbc_sample_postgresql(const char *url, int statement_timeout_s)
{
    struct error e;
    const struct connect_options options = { .connect_timeout_s = 120, .statement_timeout_s = statement_timeout_s };
    mem_auto char *string = odbc_sample_string(url, "argosy");
    struct odbc *o = odbc_sample_open(&odbc_sample_plain, "postgresql", string, &options, &e);
    if (o == NULL)
        child_fail("PostgreSQL through ODBC: %s", e.message);
    return o;
}

void odbc_sample_close(struct odbc *o)
{
    odbc_close(o);
    free(o);
}
