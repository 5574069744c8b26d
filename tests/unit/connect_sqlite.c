/* SPDX-License-Identifier: Apache-2.0 */
/* connect_sqlite.c - introspection of the demo and of databases full of traps; files that are no database. */
#include <setjmp.h>
#include <stdarg.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "catalog/connect/connect.h"
#include "tests/support/scratch.h"
#include "tests/support/sqlite_file.h"

static struct connect *session;
static struct error error;

static int setup(void **state)
{
    (void)scratch_setup(state);
    error = ERROR_NONE;
    return 0;
}

static int teardown(void **state)
{
    session = connect_close(session);
    (void)scratch_teardown(state);
    return 0;
}

#define assert_ok(call)                                    \
    do {                                                   \
        if ((call) != ERROR_OK)                            \
            fail_msg("%s: %s", error.code, error.message); \
    } while (0)

static struct catalog *open_catalog(const char *url)
{
    struct connect_options options = { .read_only = true };
    struct catalog *catalog = NULL;
    assert_ok(connect_open(url, NULL, &options, &session, &error));
    assert_ok(connect_catalog(session, arena, NULL, true, &catalog, &error));
    return catalog;
}

static void fails_to_open(const char *url, enum error_class class, const char *code)
{
    error = ERROR_NONE;
    assert_int_equal(connect_open(url, NULL, NULL, &session, &error), class);
    assert_string_equal(error.code, code);
    assert_null(strstr(error.message, "/tmp/")); /* the folder is nobody's business */
    session = NULL;
}

static void chinook_is_whole(void **state)
{
    (void)state;
    struct catalog *c = open_catalog(sqlite_file_chinook());
    int64_t rows = 0;
    size_t keys = 0, foreign_keys = 0, indexes = 0, columns = 0;
    for (size_t i = 0; i < c->table_count; i++) {
        rows += c->tables[i].rows;
        keys += c->tables[i].primary_key.columns.count > 0;
        foreign_keys += c->tables[i].foreign_key_count;
        indexes += c->tables[i].index_count;
        columns += c->tables[i].column_count;
    }
    assert_int_equal(c->table_count, 11);
    assert_int_equal(rows, 15607);
    assert_int_equal(keys, 11);
    assert_int_equal(foreign_keys, 11);
    assert_int_equal(indexes, 11);
    assert_int_equal(columns, 64);
    const struct catalog_table *t = catalog_table_find(c, "main", "PlaylistTrack");
    assert_int_equal(t->primary_key.columns.count, 2);
    assert_string_equal(t->primary_key.columns.items[1], "TrackId");
    assert_string_equal(t->primary_key.name, "PK_PlaylistTrack");
    const struct catalog_column *total = catalog_column_find(catalog_table_find(c, "main", "Invoice"), "Total");
    assert_int_equal(total->type.name, TYPE_DECIMAL);
    assert_int_equal(total->type.precision, 10);
    assert_int_equal(total->type.scale, 2);
    assert_false(total->nullable);
    assert_int_equal(c->diagnostic_count, 0);
}

static const char traps[] =
    "CREATE TABLE \"Aut\"\"hor\" (Id INTEGER PRIMARY KEY AUTOINCREMENT, \"full name\" TEXT COLLATE NOCASE, "
    "  CONSTRAINT long_name CHECK (length(\"full name\") > 1 /* ) */ AND ')' <> 'a'));"
    "CREATE TABLE book (isbn TEXT CONSTRAINT pk_book PRIMARY KEY, author INT REFERENCES \"aut\"\"HOR\" ON DELETE "
    "CASCADE,"
    "  title VARCHAR (80) NOT NULL DEFAULT 'it''s', price DECIMAL(8,2), double_price AS (price * 2) STORED,"
    "  CONSTRAINT one_title UNIQUE (author, TITLE), FOREIGN KEY (title) REFERENCES nowhere(x));"
    "CREATE UNIQUE INDEX cheap ON book (title) WHERE price < 10;"
    "CREATE INDEX upper_title ON book (upper(title), author);"
    "CREATE TABLE pair (a INT, b TEXT, note, PRIMARY KEY (b, a)) WITHOUT ROWID;"
    "CREATE TABLE child (a INT, b TEXT, CONSTRAINT up FOREIGN KEY (b, a) REFERENCES PAIR DEFERRABLE INITIALLY "
    "DEFERRED);"
    "CREATE TABLE strict_one (n INT, any_one ANY) STRICT;"
    "CREATE VIEW v AS SELECT 1; CREATE TRIGGER tr AFTER INSERT ON pair BEGIN SELECT 1; END;"
    "CREATE VIRTUAL TABLE words USING fts5(text);"
    "CREATE TABLE \"\" (a); CREATE TABLE empty_column (\"\" INT);"
    "INSERT INTO pair VALUES (1, 'x', 5), (2, 'x', 'five'), (1, 'y', x'00');"
    "INSERT INTO child VALUES (1, 'x'), (9, 'x'), (NULL, 'z'), (2, 'X');";

static void traps_are_read(void **state)
{
    (void)state;
    struct catalog *c = open_catalog(sqlite_file_make(traps));
    assert_int_equal(c->table_count, 6);
    const struct catalog_table *words = catalog_table_find(c, "main", "words");
    assert_string_equal(words->kind, "virtual");
    assert_int_equal(words->column_count, 1);
    const struct catalog_table *author = catalog_table_find(c, "main", "Aut\"hor"),
                               *book = catalog_table_find(c, "main", "book"),
                               *pair = catalog_table_find(c, "main", "pair"),
                               *child = catalog_table_find(c, "main", "child");
    assert_true(author->columns[0].identity);
    assert_false(author->columns[0].nullable);
    assert_string_equal(author->columns[1].collation, "NOCASE");
    assert_int_equal(author->check_count, 1);
    assert_string_equal(author->checks[0].name, "long_name");
    assert_string_equal(author->checks[0].expression, "length(\"full name\") > 1 /* ) */ AND ')' <> 'a'");

    assert_string_equal(book->primary_key.name, "pk_book");
    assert_true(book->columns[0].nullable); /* a primary key of SQLite may hold NULL */
    assert_int_equal(book->columns[2].type.length, 80);
    assert_string_equal(book->columns[2].default_text, "'it''s'");
    assert_string_equal(book->columns[4].generated, "price * 2");
    assert_int_equal(book->foreign_key_count, 1); /* the other names a table that is not there */
    assert_string_equal(book->foreign_keys[0].ref_table, "Aut\"hor");
    assert_string_equal(book->foreign_keys[0].ref_columns.items[0], "Id");
    assert_string_equal(book->foreign_keys[0].on_delete, "CASCADE");
    assert_int_equal(book->unique_count, 1);
    assert_string_equal(book->uniques[0].name, "one_title");
    assert_int_equal(book->index_count, 2);
    assert_string_equal(book->indexes[0].where, "price < 10");
    assert_string_equal(book->indexes[1].expression, "upper(title), author");

    assert_string_equal(pair->primary_key.columns.items[0], "b");
    assert_false(pair->columns[0].nullable);
    assert_int_equal(pair->columns[2].type.name, TYPE_DYNAMIC);
    assert_int_equal(child->foreign_key_count, 1);
    assert_string_equal(child->foreign_keys[0].name, "up");
    assert_true(child->foreign_keys[0].deferrable && child->foreign_keys[0].initially_deferred);
    assert_false(book->foreign_keys[0].deferrable);
    assert_string_equal(child->foreign_keys[0].ref_table, "pair");
    assert_string_equal(child->foreign_keys[0].ref_columns.items[1], "a");

    int64_t orphans = 0;
    const char *samples = NULL;
    assert_ok(connect_orphans(session, arena, child, &child->foreign_keys[0], &orphans, &samples, &error));
    assert_int_equal(orphans, 2);
    assert_string_equal(samples, "[[\"x\", 9], [\"X\", 2]]");
    size_t left_out = 0;
    for (size_t i = 0; i < c->diagnostic_count; i++)
        left_out += strstr(c->diagnostics[i].message, "left out") != NULL;
    assert_true(left_out >= 8); /* trigger, 5 shadows of a virtual table, two odd names, a foreign key */
    assert_int_equal(c->view_count, 1);
    assert_true(c->views[0].column_count > 0);
}

struct collected {
    char text[4096];
    int rows, stop_after;
};

static enum error_class collect(void *arg, const struct connect_value *values, struct error *e)
{
    struct collected *all = arg;
    char line[128], real[CONNECT_REAL_SIZE];
    const struct connect_value *v = &values[0];
    connect_real_text(v->real, real);
    if (v->type == CONNECT_INTEGER)
        snprintf(line, sizeof line, "%lld ", (long long)v->integer);
    else
        snprintf(line, sizeof line, "%.*s ", v->type == CONNECT_REAL ? 31 : (int)v->size,
                 v->type == CONNECT_NULL   ? ""
                 : v->type == CONNECT_REAL ? real
                                           : v->data);
    strncat(all->text, v->type == CONNECT_NULL ? "NULL " : line, sizeof all->text - strlen(all->text) - 1);
    if (++all->rows == all->stop_after)
        return error_set(e, ERROR_CANCELLED, "enough");
    return ERROR_OK;
}

static void ranges_meet(void **state)
{
    (void)state;
    struct catalog *c = open_catalog(sqlite_file_make(
        "CREATE TABLE t (k PRIMARY KEY, v); INSERT INTO t VALUES (NULL,0),(3,1),(1.5,2),('b',3),('a',4),"
        "(x'61',5),(-7,6);"));
    const struct catalog_table *t = &c->tables[0];
    struct connect_range range = { .key = t->primary_key.columns };
    struct collected all = { 0 };
    assert_ok(connect_read(session, t, &range, collect, &all, &error));
    assert_string_equal(all.text, "NULL -7 1.5 3 a b a ");

    /* every cut gives two ranges that are the whole */
    const struct connect_value cuts[] = { { .type = CONNECT_NULL },
                                          { .type = CONNECT_INTEGER, .integer = -7 },
                                          { .type = CONNECT_REAL, .real = 1.5 },
                                          { .type = CONNECT_TEXT, .data = "a", .size = 1 },
                                          { .type = CONNECT_BINARY, .data = "a", .size = 1 } };
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        struct collected halves = { 0 };
        range.after = NULL;
        range.upto = &cuts[i];
        assert_ok(connect_read(session, t, &range, collect, &halves, &error));
        range.after = &cuts[i];
        range.upto = NULL;
        assert_ok(connect_read(session, t, &range, collect, &halves, &error));
        assert_string_equal(halves.text, all.text);
    }
    struct collected some = { .stop_after = 2 };
    range = (struct connect_range){ .key = t->primary_key.columns, .limit = 3 };
    assert_int_equal(connect_read(session, t, &range, collect, &some, &error), ERROR_CANCELLED);
    assert_int_equal(some.rows, 2);
}

static void splits_are_even(void **state)
{
    (void)state;
    struct catalog *c = open_catalog(
        sqlite_file_make("CREATE TABLE t (a INT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID;"
                         "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999) "
                         "INSERT INTO t SELECT i / 100 * 1000000, printf('%04d', i) FROM n;"));
    const struct catalog_table *t = &c->tables[0];
    struct connect_value *bounds = NULL;
    unsigned count = 0;
    assert_ok(connect_split(session, arena, t, 4, &bounds, &count, &error));
    assert_int_equal(count, 3);
    int rows = 0;
    for (unsigned i = 0; i <= count; i++) {
        struct collected part = { 0 };
        struct connect_range range = { .key = t->primary_key.columns,
                                       .after = i > 0 ? &bounds[(i - 1) * 2] : NULL,
                                       .upto = i < count ? &bounds[(size_t)i * 2] : NULL };
        assert_ok(connect_read(session, t, &range, collect, &part, &error));
        assert_int_equal(part.rows, 250);
        rows += part.rows;
    }
    assert_int_equal(rows, 1000);
    assert_ok(connect_split(session, arena, t, 1, &bounds, &count, &error));
    assert_int_equal(count, 0);
}

static void unclean_text_is_named(void **state)
{
    (void)state;
    struct catalog *c = open_catalog(sqlite_file_make("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT); INSERT INTO "
                                                      "t VALUES (7, 'fine'), (8, CAST(x'61ff' AS TEXT)),"
                                                      "(9, CAST(x'610062' AS TEXT));"));
    struct catalog_table *t = &c->tables[0];
    struct connect_range range = { .key = t->primary_key.columns };
    struct collected all = { 0 };
    assert_int_equal(connect_read(session, t, &range, collect, &all, &error), ERROR_FATAL);
    assert_string_equal(error.code, "bad_text");
    assert_non_null(strstr(error.message, "\"t\""));
    assert_non_null(strstr(error.message, "\"word\""));
    assert_non_null(strstr(error.message, "[8]"));
    range.raw = true;
    assert_ok(connect_read(session, t, &range, collect, &all, &error));
    range.raw = false;
    t->columns[1].type.name = TYPE_BINARY;
    assert_ok(connect_read(session, t, &range, collect, &all, &error));
    assert_int_equal(all.rows, 1 + 3 + 3);
}

static void copy_file(const char *from, const char *to)
{
    char bytes[4096];
    size_t size;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    while ((size = fread(bytes, 1, sizeof bytes, in)) > 0)
        assert_int_equal(fwrite(bytes, 1, size, out), size);
    fclose(in);
    fclose(out);
}

static void files_that_are_none(void **state)
{
    (void)state;
    static char noise[8192];
    memset(noise, 'x', sizeof noise);
    fails_to_open(sqlite_file_bytes(noise, sizeof noise), ERROR_INVALID, "not_a_database");
    fails_to_open(sqlite_file_bytes("", 0), ERROR_INVALID, "not_a_database");
    fails_to_open("sqlite:/tmp", ERROR_INVALID, "not_a_database");
    fails_to_open("sqlite:/tmp/there/is/no/such.sqlite", ERROR_NOT_FOUND, "file_not_found");
    fails_to_open("sqlite:/dev/null", ERROR_INVALID, "not_a_database");
    fails_to_open("sqlite::memory:", ERROR_INVALID, "invalid");
    fails_to_open("sybase://h/d", ERROR_INVALID, "unknown_scheme");
    /* cut short: the header promises more pages than there are */
    (void)sqlite_file_make(traps);
    assert_int_equal(truncate(sqlite_file_path(), 4096), 0);
    char url[200];
    snprintf(url, sizeof url, "sqlite://%s", sqlite_file_path());
    fails_to_open(url, ERROR_INVALID, "database_damaged");
}

static void a_damaged_page_is_one_error(void **state)
{
    (void)state;
    const char *url = sqlite_file_make("PRAGMA page_size=1024; CREATE TABLE t (a INTEGER PRIMARY KEY, b);"
                                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<2000) "
                                       "INSERT INTO t SELECT i, 'some text of a row' FROM n;");
    FILE *stream = fopen(sqlite_file_path(), "r+b");
    assert_non_null(stream);
    for (long page = 4; page < 30; page++) {
        assert_int_equal(fseek(stream, page * 1024, SEEK_SET), 0);
        assert_int_equal(fwrite("garbage garbage garbage", 1, 23, stream), 23);
    }
    fclose(stream);
    struct catalog *c = NULL;
    assert_ok(connect_open(url, NULL, NULL, &session, &error));
    assert_int_equal(connect_catalog(session, arena, NULL, true, &c, &error), ERROR_INVALID);
    assert_string_equal(error.code, "database_damaged");
}

/* A writer was killed: the -journal beside the file says that its pages are half of a transaction. */
static void an_interrupted_writer_is_told(void **state)
{
    (void)state;
    char journal[160];
    (void)sqlite_file_make("CREATE TABLE t (a)");
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(sqlite_file_path(), &db), SQLITE_OK);
    static const char half[] = "PRAGMA cache_size = 1; BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 "
                               "FROM n WHERE i < 500) INSERT INTO t SELECT zeroblob(1000) FROM n;";
    assert_int_equal(sqlite3_exec(db, half, NULL, NULL, NULL), SQLITE_OK);
    snprintf(journal, sizeof journal, "%s-journal", sqlite_file_path());
    char copy[160], copied_journal[180], url[200];
    snprintf(copy, sizeof copy, "%s.copy", sqlite_file_path());
    snprintf(copied_journal, sizeof copied_journal, "%s-journal", copy);
    copy_file(sqlite_file_path(), copy);
    copy_file(journal, copied_journal);
    sqlite3_close(db);
    snprintf(url, sizeof url, "sqlite:%s", copy);
    fails_to_open(url, ERROR_REFUSED, "needs_writing");
    assert_non_null(strstr(error.message, "-journal"));
    unlink(copy);
    unlink(copied_journal);
}

static void it_is_never_written(void **state)
{
    (void)state;
    (void)open_catalog(sqlite_file_make("CREATE TABLE t (a)"));
    error = ERROR_NONE;
    assert_int_equal(connect_script(session, "DROP TABLE t", &error), ERROR_REFUSED);
    struct connect_copy *copy = NULL;
    struct catalog_table t = { .name = "t", .schema = "main" };
    assert_int_equal(connect_copy_begin(session, &t, &copy, &error), ERROR_REFUSED);
    assert_ok(connect_begin(session, &error));
    connect_rollback(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(chinook_is_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(traps_are_read, setup, teardown),
        cmocka_unit_test_setup_teardown(ranges_meet, setup, teardown),
        cmocka_unit_test_setup_teardown(splits_are_even, setup, teardown),
        cmocka_unit_test_setup_teardown(unclean_text_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(files_that_are_none, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_page_is_one_error, setup, teardown),
        cmocka_unit_test_setup_teardown(an_interrupted_writer_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_never_written, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
