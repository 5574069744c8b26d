/* SPDX-License-Identifier: Apache-2.0 */
/* parse_ddl_hostile.c - texts that are cut, damaged, endless or made to take long: a diagnostic or one clear error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "tests/support/ddl_sketch.h"

enum { TEXT_MAX = 64 << 20, SECONDS_MAX = 20, MB = 1 << 20, PART_SIZE = 64 * 1024 };

static const enum ddl_dialect dialects[] = { DDL_POSTGRESQL, DDL_MYSQL, DDL_SQLITE, DDL_ORACLE, DDL_SQLSERVER };

/* Reads it within an arena of that size; the error's message, or the number of tables as text. */
static const char *outcome(enum ddl_dialect dialect, const char *text, size_t size, size_t arena_max)
{
    static char said[ERROR_MESSAGE_SIZE + 32];
    struct arena *arena = arena_create(arena_max);
    struct catalog *c = NULL;
    struct error e = ERROR_NONE;
    clock_t begin = clock();
    enum error_class class = ddl_parse(arena, text, size, "test", dialect, NULL, &c, &e);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < SECONDS_MAX);
    if (class == ERROR_OK)
        (void)snprintf(said, sizeof said, "%zu", c->table_count);
    else
        (void)snprintf(said, sizeof said, "%s: %s", error_class_name(class), e.message);
    arena_destroy(arena);
    return said;
}

static void repeat(struct buffer *b, const char *head, const char *part, size_t count, const char *tail)
{
    buffer_init(b, TEXT_MAX);
    buffer_text(b, head);
    for (size_t i = 0; i < count; i++)
        buffer_text(b, part);
    buffer_text(b, tail);
    assert_false(b->overflow);
}

static void numbered(struct buffer *b, const char *head, const char *format, size_t count, const char *tail)
{
    buffer_init(b, TEXT_MAX);
    buffer_text(b, head);
    for (size_t i = 0; i < count; i++) {
        char text[128];
        (void)snprintf(text, sizeof text, format, i, i + 1);
        buffer_text(b, text);
    }
    buffer_text(b, tail);
    assert_false(b->overflow);
}

static void limits(void **state)
{
    (void)state;
    struct buffer b;
    numbered(&b, "CREATE TABLE t (x int", ",\nc%zu int", 100000, ");");
    assert_string_equal(outcome(DDL_MYSQL, b.data, b.size, 256 * MB),
                        "too_large: line 20001, column 8: table t has more than 20000 columns");
    buffer_finish(&b);
    numbered(&b, "CREATE TABLE t (x int", ", c%zu int UNIQUE", 19000, ");");
    assert_string_equal(outcome(DDL_MYSQL, b.data, b.size, 256 * MB), "1");
    assert_non_null(strstr(outcome(DDL_MYSQL, b.data, b.size, 3 * MB), "does not fit into the memory"));
    buffer_finish(&b);
    numbered(&b, "", "CREATE TABLE t%zu (a int);\n", 100001, "");
    assert_non_null(
        strstr(outcome(DDL_MYSQL, b.data, b.size, 512 * MB), "line 100001, column 22: more than 100000 tables"));
    buffer_finish(&b);
    assert_non_null(strstr(outcome(DDL_MYSQL, "", 0, 1000), "no memory is left"));
}

static void depth(void **state)
{
    (void)state;
    struct buffer b;
    for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
        repeat(&b, "CREATE TABLE t (a int DEFAULT ", "(", 10000, "");
        assert_string_equal(outcome(dialects[i], b.data, b.size, 64 * MB), "1");
        buffer_finish(&b);
        repeat(&b, "", "CREATE TABLE t (", 10000, "");
        (void)outcome(dialects[i], b.data, b.size, 64 * MB);
        buffer_finish(&b);
        repeat(&b, "", "/* ", 100000, "CREATE TABLE t (a int);");
        (void)outcome(dialects[i], b.data, b.size, 64 * MB);
        buffer_finish(&b);
        repeat(&b, "", "CREATE SCHEMA s ", 10000, "CREATE TABLE t (a int)");
        (void)outcome(dialects[i], b.data, b.size, 64 * MB);
        buffer_finish(&b);
    }
    repeat(&b, "", "EXEC('", 10000, "");
    (void)outcome(DDL_SQLSERVER, b.data, b.size, 64 * MB);
    buffer_finish(&b);
}

/* Pieces that make a naive reader look at the rest of the text each time. */
static void slow(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "'\n",
        "\\'\n",
        "\"\n",
        "`\n",
        "[",
        "$a$",
        "$b$ $c$ ",
        "/*",
        "*/",
        "q'[",
        "E'\\'",
        "(",
        ")",
        "COPY t FROM stdin;\n",
        "BEGIN ",
        "CASE ",
        "GO\n",
        "/\n",
        "''",
        "\\\n",
        "DELIMITER x\n",
        "U&\"",
        "DROP TABLE a,",
        "IF ",
        "CREATE FUNCTION f\n",
        "a.b.",
        "&a..",
        "${",
        "ALTER TABLE t ADD a int, DROP a;",
        "CREATE TABLE t (a int);DROP TABLE t;",
        "a",
        "-",
        "/*!50000 ",
        "ALTER TABLE t RENAME TO t;",
    };
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        struct buffer b;
        repeat(&b, "CREATE TABLE t (b int);\n", parts[k], PART_SIZE / strlen(parts[k]), "");
        for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
            (void)outcome(dialects[i], b.data, b.size, 256 * MB);
        (void)ddl_guess(b.data, b.size, NULL);
        buffer_finish(&b);
    }
}

static void changes(void **state)
{
    (void)state;
    struct buffer b;
    numbered(&b, "CREATE TABLE r0 (a int PRIMARY KEY); CREATE TABLE u (a int REFERENCES r0);",
             "ALTER TABLE r%zu RENAME TO r%zu;\n", 20000, "");
    assert_string_equal(outcome(DDL_POSTGRESQL, b.data, b.size, 64 * MB), "2");
    buffer_finish(&b);
    repeat(&b, "CREATE TABLE a (x int); CREATE TABLE b (x int);",
           "RENAME TABLE a TO c, b TO a, c TO b; ALTER TABLE a CHANGE x y int; ALTER TABLE a CHANGE y x int;", 5000,
           "");
    assert_string_equal(outcome(DDL_MYSQL, b.data, b.size, 64 * MB), "2");
    buffer_finish(&b);
    static const char cycles[] =
        "CREATE DOMAIN a AS b; CREATE DOMAIN b AS a; CREATE TABLE p (x a, PRIMARY KEY (x)) PARTITION BY "
        "RANGE (x); CREATE TABLE q (x a) PARTITION BY RANGE (x); ALTER TABLE p ATTACH PARTITION q DEFAULT; "
        "ALTER TABLE q ATTACH PARTITION p DEFAULT; CREATE TABLE l (LIKE l); CREATE TABLE i (z int) INHERITS (i);";
    assert_string_equal(outcome(DDL_POSTGRESQL, cycles, sizeof cycles - 1, 64 * MB), "4");
    numbered(&b, "CREATE TABLE t (x int", ", c%zu int", 15000, ");");
    for (size_t i = 0; i < 100000; i++)
        buffer_text(&b, "ALTER TABLE t DROP c0, ADD c0 int FIRST;");
    assert_non_null(strstr(outcome(DDL_MYSQL, b.data, b.size, 256 * MB), "too many changes"));
    buffer_finish(&b);
}

static void damaged(void **state)
{
    (void)state;
    static const char nul[] = "CREATE TABLE t (a int,\0 b int);\0\0";
    assert_string_equal(outcome(DDL_MYSQL, nul, sizeof nul - 1, 64 * MB), "1");
    ddl_sketch_says(DDL_POSTGRESQL, "CREATE TABLE t (a int);\nCREATE TABLE \"caf\xE9\" (b int);",
                    "public.caf?(b:int)\npublic.t(a:int)\n2:18 1 bytes are no UTF-8 (the first one is here): they are "
                    "read as '?'\n");
    struct buffer bytes; /* as many as are looked at in one go, of those that are no ASCII but nearly */
    repeat(&bytes, "CREATE TABLE t (a int);\n-- ", "\x80", 1000, "\n");
    ddl_sketch_says(DDL_POSTGRESQL, buffer_view(&bytes),
                    "public.t(a:int)\n2:4 1000 bytes are no UTF-8 (the first one is here): they are read as '?'\n");
    buffer_finish(&bytes);
    static const char utf16[] = "\xFF\xFE"
                                "C\0R\0E\0A\0T\0E\0 \0T\0A\0B\0L\0E\0 \0[\0\xE9\0]\0(\0a\0 \0i\0n\0t\0)\0";
    assert_string_equal(outcome(DDL_SQLSERVER, utf16, sizeof utf16 - 1, 64 * MB), "1");
    ddl_sketch_says(DDL_POSTGRESQL, "CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n2\nCREATE TABLE no (a int);",
                    "public.t(a:int)\n2:18 the data of this COPY have no end: the text is cut\n");
    ddl_sketch_is(DDL_MYSQL, "INSERT INTO t VALUES ('never closed);\nCREATE TABLE t (a int);", "t(a:int)\n");
    ddl_sketch_is(DDL_MYSQL, "CREATE TABLE t (a int COMMENT 'cut her", "t(a:int{cut her})\n");
    struct buffer b;
    repeat(&b, "CREATE TABLE t (a int); INSERT INTO t VALUES ", "('it''s; a (long) line', 1, NULL),", 500000, ";");
    assert_string_equal(outcome(DDL_SQLITE, b.data, b.size, 64 * MB), "1");
    buffer_finish(&b);
    ddl_sketch_says(DDL_POSTGRESQL, "CREATE TABLE t (a int, a text, PRIMARY KEY (b), UNIQUE (a, c), \"\" int);",
                    "public.t(a:int ?:int)\n1:14 primary key  (b) does not fit the table's "
                    "columns: it is left out\n1:14 t has column a twice\n1:14 unique key  (a, ...) does not fit the "
                    "table's columns: it is left out\n"
                    "1:64 a name is empty: it is read as ?\n");
}

/* A small dump of each dialect, with all that may be left open. */
static const char *const dumps[] = {
    "-- PostgreSQL database dump\nSET search_path = '';\nCREATE TYPE public.e AS ENUM ('a', 'b''c');\n"
    "CREATE TABLE public.\"T t\" (id integer NOT NULL, e public.e DEFAULT 'a'::public.e, tags text[] /* c */);\n"
    "COPY public.\"T t\" (id, e) FROM stdin;\n1\ta\n\\.\n\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $x$ SELECT "
    "1; $x$;\n"
    "ALTER TABLE ONLY public.\"T t\" ADD CONSTRAINT p PRIMARY KEY (id);\nCOMMENT ON TABLE public.\"T t\" IS "
    "E'it\\'s';\n"
    "CREATE UNIQUE INDEX i ON public.\"T t\" USING btree (lower(e::text)) WHERE (id > 0);\n",
    "-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\nCREATE TABLE `t``t` (\n  `id` int(11) NOT NULL AUTO_INCREMENT "
    "COMMENT 'x\\'y',\n"
    "  `e` enum('a','b,)') DEFAULT 'a',\n  PRIMARY KEY (`id`),\n  KEY `k` (`e`(1)),\n  CONSTRAINT `f` FOREIGN KEY "
    "(`id`) "
    "REFERENCES `u` (`id`) ON DELETE CASCADE\n) ENGINE=InnoDB /*!50100 PARTITION BY HASH (id) */;\nDELIMITER ;;\n"
    "CREATE TRIGGER r BEFORE INSERT ON `t``t` FOR EACH ROW BEGIN SET @a = 1; END ;;\nDELIMITER ;\nINSERT INTO `t``t` "
    "VALUES (1,'a');\n",
    "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE [t t] (id INTEGER PRIMARY KEY AUTOINCREMENT, \"e\" "
    "TEXT DEFAULT "
    "('it''s'), g AS (id * 2) STORED, `x` UNIQUE ON CONFLICT IGNORE, CHECK (id > 0)) WITHOUT ROWID;\nINSERT INTO [t t] "
    "VALUES(1,'a');\n"
    "CREATE TRIGGER r AFTER INSERT ON [t t] BEGIN DELETE FROM [t t]; END;\nCREATE INDEX i ON [t t] (\"e\" DESC) WHERE "
    "e IS NOT NULL;\nCOMMIT;\n",
    "SET DEFINE OFF\nREM a remark\nCREATE TABLE \"S\".\"T\" (\"ID\" NUMBER(*,0) GENERATED ALWAYS AS IDENTITY, N "
    "VARCHAR2(10 CHAR) "
    "DEFAULT q'[it's]', CONSTRAINT \"P\" PRIMARY KEY (\"ID\") USING INDEX PCTFREE 10 STORAGE(INITIAL 65536) "
    "ENABLE)\n/\n"
    "CREATE OR REPLACE TRIGGER r BEFORE INSERT ON t BEGIN NULL; END;\n/\nCOMMENT ON COLUMN \"S\".\"T\".N IS 'x';\n"
    "ALTER TABLE \"S\".\"T\" ADD (M DATE, CHECK (M > DATE '2000-01-01'));\n",
    "USE [d]\nGO\nSET ANSI_NULLS ON\nGO\nCREATE TABLE [dbo].[t]]t](\n\t[Id] [int] IDENTITY(1,1) NOT NULL,\n\t[N] "
    "[nvarchar](max) NULL "
    "CONSTRAINT [D] DEFAULT (N'x'),\n CONSTRAINT [P] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF) ON "
    "[PRIMARY]\n)\nGO\n"
    "CREATE PROC p AS BEGIN SELECT 1 END\nGO\nEXEC sys.sp_addextendedproperty @name=N'MS_Description', "
    "@value=N'it''s', "
    "@level0type=N'SCHEMA',@level0name=N'dbo', @level1type=N'TABLE',@level1name=N't]t'\nGO\nEXEC('CREATE TABLE u (a "
    "int)')\n",
};

/* Cut behind every byte, and every byte another one: one table at most is lost, or comes, and none of it ends us. */
static void cut_and_bent(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dumps / sizeof *dumps; i++) {
        size_t size = strlen(dumps[i]);
        char *text = mem_text(dumps[i]);
        long whole = strtol(outcome(dialects[i], text, size, 64 * MB), NULL, 10), before = 0;
        assert_true(whole > 0);
        for (size_t n = 0; n <= size; n++) {
            char *exact = mem_alloc(n > 0 ? n : 1); /* so that a sanitizer sees a read behind it */
            memcpy(exact, text, n);
            long tables = strtol(outcome(dialects[i], exact, n, 64 * MB), NULL, 10);
            assert_true(tables >= before && tables <= whole);
            before = tables;
            free(exact);
        }
        static const char bytes[] = { '\0', '\xFF', '\'', '"', '(', ')', ';', '$', '\n' };
        for (size_t n = 0; n < size; n += 3)
            for (size_t k = 0; k < sizeof bytes; k++) {
                char was = text[n];
                text[n] = bytes[k];
                const char *said = outcome(dialects[i], text, size, 64 * MB);
                assert_true(said[0] >= '0' && said[0] <= '9');
                text[n] = was;
            }
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits),  cmocka_unit_test(depth),   cmocka_unit_test(slow),
        cmocka_unit_test(changes), cmocka_unit_test(damaged), cmocka_unit_test(cut_and_bent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
