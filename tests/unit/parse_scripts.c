/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQL texts that belong together are one schema, from a folder or an archive alike: in natural order, without the ways
 * back, without what is another schema.
 */
#include "catalog/parse/parse.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "tests/support/packer.h"

enum { FILES = 6 };

static char folder[] = "/tmp/argosy-scripts-XXXXXX";

/* The texts come in an order that is not theirs; `expected` are the tables with their columns, `says` what is told. */
static const struct {
    const char *name;
    struct {
        const char *name, *text;
    } files[FILES];
    const char *expected, *says, *dialect;
} cases[] = {
    { "steps",
      { { "V10__rename.sql", "ALTER TABLE a RENAME COLUMN name TO full_name; ALTER TABLE b ADD UNIQUE (a_id);" },
        { "V2__more.sql", "CREATE TABLE b (id bigint PRIMARY KEY, a_id bigint);\n"
                          "ALTER TABLE b ADD FOREIGN KEY (a_id) REFERENCES a (id); ALTER TABLE a ADD COLUMN age int;" },
        { "V1__init.sql", "CREATE TABLE a (id bigserial PRIMARY KEY, name text); CREATE TABLE gone (id int);" },
        { "V11__drop.sql", "DROP TABLE gone;" } },
      "public.a(id,full_name,age) public.b(id,a_id)->a ",
      NULL,
      "postgresql" },
    { "keys in files of their own",
      { { "keys/orders.key.sql", "ALTER TABLE orders ADD PRIMARY KEY (id), ADD CONSTRAINT f FOREIGN KEY (buyer) "
                                 "REFERENCES people (id);" },
        { "keys/people.key.sql", "ALTER TABLE people ADD PRIMARY KEY (id);" },
        { "base/orders.sql", "CREATE TABLE `orders` (`id` int unsigned, `buyer` int unsigned) ENGINE=InnoDB;" },
        { "base/people.sql", "CREATE TABLE `people` (`id` int unsigned) ENGINE=InnoDB;" } },
      ".orders(id,buyer)->people .people(id) ",
      NULL,
      "mysql" },
    { "ways back",
      { { "000001_a.down.sql", "DROP TABLE a;" },
        { "000001_a.up.sql", "CREATE TABLE a (id int);" },
        { "2024_b/down.sql", "DROP TABLE b;" },
        { "2024_b/up.sql", "CREATE TABLE b (id int);" },
        { "V3__c.sql", "-- +goose Up\nCREATE TABLE c (id int);\n-- +goose Down\nDROP TABLE c;\n" },
        { "U3__c.sql", "DROP TABLE c;" } },
      "public.a(id) public.b(id) public.c(id) ",
      "U3__c.sql is left out: it undoes V3__c.sql",
      "postgresql" },
    { "a DROP that undoes nothing else counts",
      { { "1.sql", "CREATE TABLE a (id int); CREATE TABLE b (id int);" }, { "shutdown.sql", "DROP TABLE a;" } },
      "public.b(id) ",
      NULL,
      "postgresql" },
    { "a table made anew is a step",
      { { "1.sql", "CREATE TABLE a (id int, old text); CREATE TABLE b (id int);" },
        { "2.sql",
          "CREATE TABLE new_a (id serial PRIMARY KEY, young text); DROP TABLE a; ALTER TABLE new_a RENAME TO a;\n"
          "ALTER TABLE b ADD COLUMN x int;" },
        { "3.sql", "DROP TABLE b; CREATE TABLE b (id int, y int REFERENCES a);" } },
      "public.a(id,young) public.b(id,y)->a ",
      NULL,
      "postgresql" },
    { "the whole beside its steps",
      { { "migrations/1.sql", "CREATE TABLE a (id int);" },
        { "migrations/2.sql", "ALTER TABLE a ADD COLUMN b int;" },
        { "schema.sql", "CREATE TABLE a (id int, b int);" } },
      "public.a(id,b) ",
      NULL,
      "postgresql" },
    { "two dumps",
      { { "one.sql", "DROP TABLE IF EXISTS u; CREATE TABLE u (id int, a text); CREATE TABLE v (id int);" },
        { "two.sql", "DROP TABLE IF EXISTS u; CREATE TABLE u (id int, b text); ALTER TABLE u ADD PRIMARY KEY (id);\n"
                     "CREATE TABLE w (u int REFERENCES u (id));" } },
      "public.u(id,a) public.u_2(id,b) public.v(id) public.w(u)->u_2 ",
      "a second table u: it is called u_2 here",
      "postgresql" },
    { "the same schema for two servers",
      { { "tables.my.sql", "CREATE TABLE `a` (`id` int unsigned NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) "
                           "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;" },
        { "tables.pg.sql", "CREATE TABLE a (id bigserial PRIMARY KEY, at timestamptz, j jsonb);\n"
                           "CREATE TABLE b (id bigserial PRIMARY KEY, at timestamptz);" } },
      ".a(id) public.a(id,at,j) public.b(id,at) ",
      NULL,
      NULL },
};

static const char *path_of(const char *name)
{
    static char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_at(const char *path, const char *text)
{
    char parent[512];
    (void)snprintf(parent, sizeof parent, "%s", path);
    *strrchr(parent, '/') = '\0';
    (void)mkdir(parent, 0700);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

static void remove_all(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void write_shape(const struct catalog *c, struct buffer *b)
{
    for (size_t i = 0; i < c->table_count; i++) {
        const struct catalog_table *t = &c->tables[i];
        buffer_format(b, "%s.%s", t->schema, t->name);
        for (size_t k = 0; k < t->column_count; k++)
            buffer_format(b, "%c%s", k == 0 ? '(' : ',', t->columns[k].name);
        buffer_text(b, ")");
        for (size_t k = 0; k < t->foreign_key_count; k++)
            if (t->foreign_keys[k].ref_columns.count > 0)
                buffer_format(b, "->%s", t->foreign_keys[k].ref_table);
        buffer_text(b, " ");
    }
}

static bool told(const struct catalog *c, const char *text)
{
    for (size_t i = 0; i < c->diagnostic_count; i++)
        if (strstr(c->diagnostics[i].message, text) != NULL)
            return true;
    return false;
}

static void expect(const char *path, size_t i)
{
    struct arena *arena = arena_create(256 << 20);
    struct parse_options options = { 0 };
    struct parsed parsed = { 0 };
    struct error e = ERROR_NONE;
    struct buffer b;
    buffer_init(&b, 1 << 20);
    enum error_class class = parse_path(arena, path, &options, &parsed, &e);
    if (class != ERROR_OK)
        fail_msg("%s: %s", cases[i].name, e.message);
    catalog_sort(parsed.catalog);
    write_shape(parsed.catalog, &b);
    if (strcmp(buffer_view(&b), cases[i].expected) != 0)
        fail_msg("%s (%s): %s", cases[i].name, path, buffer_view(&b));
    if (cases[i].says != NULL && !told(parsed.catalog, cases[i].says))
        fail_msg("%s: nothing says: %s", cases[i].name, cases[i].says);
    if (cases[i].dialect != NULL)
        assert_string_equal(parsed.catalog->dialect, cases[i].dialect);
    buffer_finish(&b);
    parsed_close(&parsed);
    arena_destroy(arena);
}

static void test_folder_and_archive(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct packer *p = packer_create(path_of("a.zip"), "zip", "none");
        assert_int_equal(mkdir(path_of("d"), 0700), 0);
        for (size_t k = 0; k < FILES && cases[i].files[k].name != NULL; k++) {
            char name[256];
            (void)snprintf(name, sizeof name, "d/%s", cases[i].files[k].name);
            packer_member(p, cases[i].files[k].name, cases[i].files[k].text);
            write_at(path_of(name), cases[i].files[k].text);
        }
        packer_close(p);
        expect(path_of("d"), i);
        expect(path_of("a.zip"), i);
        remove_all(path_of("d"));
    }
}

static void read_folder(const char *path, const struct parse_limits *limits, struct arena **ret_arena,
                        struct parsed *ret, struct error *e)
{
    struct parse_options options = { .limits = limits };
    *ret_arena = arena_create(64 << 20);
    *ret = (struct parsed){ 0 };
    *e = ERROR_NONE;
    (void)parse_path(*ret_arena, path, &options, ret, e);
}

static int count_row(void *context, const struct catalog_table *t, const struct rows_value *values, struct error *e)
{
    (void)t, (void)values, (void)e;
    ++*(size_t *)context;
    return ERROR_OK;
}

/* More data files than a process may hold open; what else lies about is told and left. */
static void test_folder_of_anything(void **state)
{
    (void)state;
    enum { DATA_FILES = 600 };
    struct arena *arena;
    struct parsed parsed;
    struct error e;
    assert_int_equal(mkdir(path_of("d"), 0700), 0);
    for (int i = 0; i < DATA_FILES; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "d/x%03d.csv", i);
        write_at(path_of(name), "id,word\n1,one\n2,two\n");
    }
    write_at(path_of("d/.hidden.sql"), "CREATE TABLE hidden (id int);");
    write_at(path_of("d/notes.md"), "Some words about it.\n");
    write_at(path_of("d/nothing.csv"), "");
    write_at(path_of("d/deep/y.sql"), "CREATE TABLE y (id int);");
    assert_int_equal(symlink("/etc/passwd", path_of("d/link.csv")), 0);
    read_folder(path_of("d/"), NULL, &arena, &parsed, &e);
    assert_string_equal(e.message, "");
    assert_string_equal(parsed.catalog->name, "d");
    assert_string_equal(parsed.catalog->dialect, "folder");
    assert_int_equal(parsed.catalog->table_count, DATA_FILES + 1);
    assert_true(told(parsed.catalog, "link.csv is left out: it is a link or a device"));
    assert_true(told(parsed.catalog, "notes.md is left out: it can't be read"));
    assert_true(told(parsed.catalog, "nothing.csv is left out: it can't be read: it is empty"));
    size_t rows = 0;
    struct rows_ask ask = { 0 };
    for (int again = 0; again < 2; again++)
        assert_int_equal(parsed.rows.face->read(parsed.rows.self, &ask, count_row, &rows, &e), ERROR_OK);
    assert_int_equal(rows, 2 * 2 * DATA_FILES);
    parsed_close(&parsed);
    arena_destroy(arena);

    struct parse_limits few = parse_limits_default();
    few.members_max = 100;
    read_folder(path_of("d"), &few, &arena, &parsed, &e);
    assert_string_equal(e.message, "d: more than 100 files: name a folder that holds the schema alone");
    arena_destroy(arena);

    remove_all(path_of("d"));
    assert_int_equal(mkdir(path_of("d"), 0700), 0);
    read_folder(path_of("d"), NULL, &arena, &parsed, &e);
    assert_string_equal(e.message, "d: no file of it can be read");
    arena_destroy(arena);
}

/* Texts that are too much together: each that no longer fits is told. */
static void test_too_much(void **state)
{
    (void)state;
    struct arena *arena;
    struct parsed parsed;
    struct error e;
    struct parse_limits small = parse_limits_default();
    small.ddl_max = 2 << 20;
    char *text = mem_alloc(700 * 1024 + 1);
    memset(text, ' ', 700 * 1024);
    text[700 * 1024] = '\0';
    struct packer *p = packer_create(path_of("a.zip"), "zip", "none");
    for (int i = 0; i < 4; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "%d.sql", i);
        int used = snprintf(text, 64, "CREATE TABLE t%d (id int);", i);
        text[used] = ' ';
        packer_member(p, name, text);
    }
    packer_close(p);
    read_folder(path_of("a.zip"), &small, &arena, &parsed, &e);
    assert_string_equal(e.message, "");
    assert_int_equal(parsed.catalog->table_count, 2);
    assert_true(told(parsed.catalog, "member 3.sql is left out: SQL texts of more than 2 MB together"));
    parsed_close(&parsed);
    arena_destroy(arena);
    free(text);
}

static int begin(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    remove_all(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder_and_archive),
        cmocka_unit_test(test_folder_of_anything),
        cmocka_unit_test(test_too_much),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
