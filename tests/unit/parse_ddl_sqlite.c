/* SPDX-License-Identifier: Apache-2.0 */
/* parse_ddl_sqlite.c - SQLite's DDL and .dump, text in and sketch out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/ddl_sketch.h"

#define IS(text, wanted) ddl_sketch_is(DDL_SQLITE, text, wanted)

static void tables(void **state)
{
    (void)state;
    IS("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, [a b] VARCHAR (10, 2) NOT NULL ON CONFLICT IGNORE,"
       " 'c' unsigned big int DEFAULT (1 + 1), `d`, \"e\" TEXT COLLATE NOCASE UNIQUE ON CONFLICT REPLACE, f native "
       "character(70)"
       " DEFAULT 'x', g AS (id * 2), h INT GENERATED ALWAYS AS (id) STORED CHECK (h > 0), i date DEFAULT "
       "CURRENT_DATE);",
       "main.t(id:INTEGER!# a b:VARCHAR(10, 2)! c:unsigned big int=(1 + 1) d: e:TEXT~NOCASE f:native character(70)='x' "
       "g:<id * 2> h:INT<id> i:date=CURRENT_DATE) pk(id) uq(e) ck(h > 0)\n");
    IS("CREATE TABLE a (x INT PRIMARY KEY, y INT); CREATE TABLE b (x INT, y TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID, "
       "STRICT;"
       "CREATE TABLE c (x REFERENCES a, y INTEGER, CONSTRAINT k UNIQUE (x, y) ON CONFLICT ABORT FOREIGN KEY (y) "
       "REFERENCES "
       "b (x) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED CHECK (x));",
       "main.a(x:INT y:INT) pk(x)\nmain.b(x:INT! y:TEXT!) pk(x,y)\n"
       "main.c(x: y:INTEGER) fk(x)->a(x) fk(y)->b(x)/CASCADE deferred uq(x,y) ck(x)\n");
    IS("CREATE VIRTUAL TABLE f USING fts5(title, body, content='x', tokenize = 'porter ascii'); CREATE TEMP TABLE x "
       "(a);",
       "virtual main.f(title: body:)\n");
}

static void dump(void **state)
{
    (void)state;
    IS("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE IF NOT EXISTS \"t\" (a int, b text);\n"
       "INSERT INTO t VALUES(1,'x;''y\\');\nDELETE FROM sqlite_sequence;\n"
       "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET b = CASE WHEN a THEN 1 ELSE 2 END; DELETE FROM t; END;\n"
       "CREATE UNIQUE INDEX i ON t (a COLLATE NOCASE DESC, lower(b)) WHERE a > 1;\nCREATE UNIQUE INDEX j ON t (a, b);\n"
       "CREATE VIEW v AS SELECT a, b AS bee FROM t;\nCOMMIT;\n.print done\n",
       "main.t(a:int b:text) ux i(a desc) where(a > 1) expr(a COLLATE NOCASE DESC, lower(b)) ux j(a,b)\n"
       "view v(a:int bee:text) SELECT a, b AS bee FROM t\n");
}

/* The way that SQLite's manual changes a table by. */
static void rebuilt(void **state)
{
    (void)state;
    IS("CREATE TABLE x (id INTEGER PRIMARY KEY, old); CREATE TABLE y (x_id REFERENCES x (id));"
       "CREATE TABLE new_x (id INTEGER PRIMARY KEY, new TEXT); INSERT INTO new_x SELECT id, old FROM x; DROP TABLE x;"
       "ALTER TABLE new_x RENAME TO x; ALTER TABLE y ADD COLUMN z INT NOT NULL DEFAULT 0; ALTER TABLE x RENAME new TO "
       "newer;"
       "ALTER TABLE y DROP COLUMN z;",
       "main.x(id:INTEGER! newer:TEXT) pk(id)\nmain.y(x_id:) fk(x_id)->x(id)\n");
}

static void own_words(void **state)
{
    (void)state;
    IS("CREATE TABLE t (id BIGINT AUTO_INCREMENT, a TEXT NOT NULL PRIMARY KEY, b INT, UNIQUE (a), UNIQUE (b));"
       "CREATE TABLE u (id INTEGER PRIMARY KEY, UNIQUE (id)); CREATE TABLE temp.no (a);",
       "main.t(id:BIGINT AUTO_INCREMENT a:TEXT! b:INT) pk(a) uq(b)\nmain.u(id:INTEGER!) pk(id) uq(id)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(dump),
        cmocka_unit_test(rebuilt),
        cmocka_unit_test(own_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
