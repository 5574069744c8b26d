/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlite.c - a SQLite file as a source: opened, never written, never trusted.
 *
 * Happy path: look at the file, open it read-only, tie the library down (no extensions, triggers, views, attached
 * files; limits on lengths and depth), read its schema once, so that a file that is no database fails here.
 * Failure modes: missing, a folder, empty, unreadable, no database, encrypted, damaged, cut short, locked: each one
 * clear error with the file's name and without its folder. The file is not taken for immutable: another program may
 * write to it, and then a read waits for the lock or ends as ERROR_RETRY.
 */
#include "catalog/connect/sqlite/sqlite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

enum {
    VALUE_BYTES_MAX = 256 << 20,
    SQL_BYTES_MAX = 8 << 20, /* also the longest CREATE TABLE that can be read */
    EXPRESSION_DEPTH_MAX = 500,
    COMPOUND_MAX = 50,
    VARIABLES_MAX = 2000,
    TICK_INSTRUCTIONS = 10000,
};

static enum error_class file_error(struct sqlite *s, struct error *e)
{
    const char *name = s->file;
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return error_code(e, ERROR_NOT_FOUND, "file_not_found", "there is no file %s: check the path", name);
    case EACCES:
    case EPERM:
        return error_code(e, ERROR_DENIED, "permission_denied", "%s may not be read: check its permissions", name);
    default:
        return error_code(e, ERROR_UNAVAILABLE, "file_unreadable", "%s can't be read: %s", name, strerror(errno));
    }
}

/* Before SQLite sees it: a FIFO would block for ever, an empty file would pass for an empty database. */
static enum error_class file_check(struct sqlite *s, const char *path, struct error *e)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return file_error(s, e);
    if (S_ISDIR(status.st_mode))
        return error_code(e, ERROR_INVALID, "not_a_database", "%s is a folder: name the database file in it", s->file);
    if (!S_ISREG(status.st_mode))
        return error_code(e, ERROR_INVALID, "not_a_database", "%s is no regular file", s->file);
    if (status.st_size == 0)
        return error_code(e, ERROR_INVALID, "not_a_database", "%s is empty: it is no SQLite database", s->file);
    return ERROR_OK;
}

enum error_class sqlite_error(struct sqlite *s, int code, struct error *e)
{
    const char *words = s->db != NULL ? sqlite3_errmsg(s->db) : sqlite3_errstr(code);
    if (code == SQLITE_IOERR_SHORT_READ)
        code = SQLITE_CORRUPT;
    switch (code & 0xFF) {
    case SQLITE_NOTADB:
        return error_code(e, ERROR_INVALID, "not_a_database", "%s is no SQLite database, or it is encrypted", s->file);
    case SQLITE_CORRUPT:
        return error_code(e, ERROR_INVALID, "database_damaged",
                          "%s is damaged or cut short (%s): use a whole copy, or try sqlite3's .recover", s->file,
                          words);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_code(e, ERROR_RETRY, "database_locked", "%s is locked by another program", s->file);
    case SQLITE_INTERRUPT:
        return error_code(e, ERROR_TIMED_OUT, "statement_timeout", "%s: a statement took longer than %d s", s->file,
                          s->timeout_s);
    case SQLITE_TOOBIG:
        return error_code(e, ERROR_TOO_LARGE, "value_too_large", "%s holds a value or a statement of over %d bytes",
                          s->file, VALUE_BYTES_MAX);
    case SQLITE_READONLY:
        return error_code(e, ERROR_REFUSED, "needs_writing", "%s can't be read without writing beside it: %s", s->file,
                          code == SQLITE_READONLY_ROLLBACK
                              ? "a program was interrupted while it wrote (the -journal tells); open it once with "
                                "sqlite3, which mends it"
                              : "it is in WAL mode; run PRAGMA journal_mode = DELETE on it, or put it into a folder "
                                "that may be written to");
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return error_code(e, ERROR_DENIED, "permission_denied", "%s: %s", s->file, words);
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_NOMEM:
    case SQLITE_FULL:
        return error_code(e, ERROR_UNAVAILABLE, "file_unreadable", "%s can't be read: %s", s->file, words);
    default:
        return error_code(e, ERROR_FATAL, "source_refused", "%s: %s", s->file, words);
    }
}

/* SQLite asks now and then whether to go on. */
static int on_tick(void *arg)
{
    const struct sqlite *s = arg;
    return s->until_ms != 0 && clock_monotonic_ms() > s->until_ms;
}

static void tie_down(struct sqlite *s, const struct connect_options *options)
{
    sqlite3 *db = s->db;
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* a "column" that is not there is an error, not a text */
    sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_COLUMN, CATALOG_COLUMNS_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, EXPRESSION_DEPTH_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_COMPOUND_SELECT, COMPOUND_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_VARIABLE_NUMBER, VARIABLES_MAX);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(db, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
    sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, options->lock_timeout_s * 1000);
    sqlite3_progress_handler(db, TICK_INSTRUCTIONS, on_tick, s);
}

/*
 * Settings that are statements, and the first look at the schema. Generated columns and indexes over json_extract()
 * are refused by SQLite 3.40 in a schema that is not trusted. There is no function of ours, no extension and no trigger
 * that a schema could call, so such a file is looked at once more as SQLite itself would open it.
 */
static enum error_class first_look(struct sqlite *s, struct error *e)
{
    static const char sql[] = "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;"
                              "PRAGMA mmap_size = 0; SELECT count(*) FROM sqlite_schema;";
    int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK && strstr(sqlite3_errmsg(s->db), "unsafe use of ") != NULL) {
        sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, NULL);
        code = sqlite3_exec(s->db, "PRAGMA mmap_size = 0; SELECT count(*) FROM sqlite_schema;", NULL, NULL, NULL);
    }
    return code == SQLITE_OK ? ERROR_OK : sqlite_error(s, code, e);
}

/* sqlite:FILE and sqlite:///FILE (three slashes: from the root), nothing else is special in it. */
static const char *path_of(const char *url)
{
    const char *path = strchr(url, ':') + 1;
    return strncmp(path, "///", 3) == 0 ? path + 2 : path;
}

static void sqlite_close(struct connect *c)
{
    struct sqlite *s = sqlite_of(c);
    sqltext_finish(&s->sql);
    (void)sqlite3_close_v2(s->db);
    free(s->file);
    free(s);
}

static enum error_class sqlite_open(const char *url, const char *secret, const struct connect_options *options,
                                    struct connect **ret_connect, struct error *e)
{
    (void)secret;
    const char *path = path_of(url), *slash = strrchr(path, '/');
    if (path[0] == '\0' || text_equal(path, ":memory:"))
        return error_set(e, ERROR_INVALID, "the address names no file: write sqlite:FILE");
    struct sqlite *s = mem_zero(1, sizeof *s);
    s->base.dialect = &connect_sqlite;
    s->file = mem_text(options->label != NULL ? options->label : slash != NULL ? slash + 1 : path);
    s->timeout_s = options->statement_timeout_s;
    sqltext_init(&s->sql, "sqlite");

    /* "./" keeps a name that begins with "file:" from being read as a URI */
    mem_auto char *name = mem_format("%s%s", path[0] == '/' ? "" : "./", path);
    enum error_class class = file_check(s, name, e);
    if (class == ERROR_OK) {
        int code = sqlite3_open_v2(name, &s->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_PRIVATECACHE, NULL);
        if (s->db != NULL)
            tie_down(s, options);
        class = code == SQLITE_OK ? first_look(s, e) : sqlite_error(s, code, e);
    }
    if (class != ERROR_OK) {
        sqlite_close(&s->base);
        return class;
    }
    *ret_connect = &s->base;
    return ERROR_OK;
}

static enum error_class execute(struct sqlite *s, const char *sql, struct error *e)
{
    int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ERROR_OK : sqlite_error(s, code, e);
}

/* A transaction here only keeps one view of the file. */
static enum error_class sqlite_begin(struct connect *c, struct error *e)
{
    return execute(sqlite_of(c), "BEGIN", e);
}

static enum error_class sqlite_commit(struct connect *c, struct error *e)
{
    return execute(sqlite_of(c), "COMMIT", e);
}

static void sqlite_rollback(struct connect *c)
{
    if (sqlite3_get_autocommit(sqlite_of(c)->db) == 0)
        (void)sqlite3_exec(sqlite_of(c)->db, "ROLLBACK", NULL, NULL, NULL);
}

const struct connect_dialect connect_sqlite = {
    .name = "sqlite",
    .schemes = { "sqlite", "sqlite3" },
    .example = "sqlite:FILE",
    .open = sqlite_open,
    .close = sqlite_close,
    .catalog = sqlite_catalog,
    .read = sqlite_read,
    .count = sqlite_count,
    .count_upto = sqlite_count_upto,
    .contains = sqlite_contains,
    .split = sqlite_split,
    .orphans = sqlite_orphans,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
};
