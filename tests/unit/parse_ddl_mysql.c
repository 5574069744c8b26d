/* SPDX-License-Identifier: Apache-2.0 */
/* parse_ddl_mysql.c - MySQL's and MariaDB's DDL and their dumps, text in and sketch out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/support/ddl_sketch.h"

#define IS(text, wanted)   ddl_sketch_is(DDL_MYSQL, text, wanted)
#define SAYS(text, wanted) ddl_sketch_says(DDL_MYSQL, text, wanted)

static void tables(void **state)
{
    (void)state;
    IS("CREATE TABLE IF NOT EXISTS `shop`.`a``b` (\n  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'the "
       "''id'' \\'x\\'',\n"
       "  `e` enum('a','b,)','c''d') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT 'a',\n"
       "  `ts` timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),\n"
       "  `d` decimal(10,2) unsigned zerofill DEFAULT NULL, `g` int GENERATED ALWAYS AS (`id` + 1) VIRTUAL,\n"
       "  b bit(1) DEFAULT b'0', t text, 2fa varchar(3),\n"
       "  PRIMARY KEY (`id`) USING BTREE,\n  UNIQUE KEY `u` (`e`,`ts`),\n  KEY `k` (`t`(20),`d` DESC) USING BTREE "
       "COMMENT 'k',\n"
       "  FULLTEXT KEY `f` (`t`) /*!50100 WITH PARSER `ngram` */ ,\n  KEY ((lower(t))),\n"
       "  CONSTRAINT `c` FOREIGN KEY `x` (`d`) REFERENCES `other` (`id`) ON DELETE SET NULL ON UPDATE CASCADE,\n"
       "  CHECK (`d` > 0)\n) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COMMENT='a; table';",
       "shop.a`b(id:int(10) unsigned!#{the 'id' 'x'} e:enum('a','b,)','c''d')!='a'~utf8mb4_bin "
       "ts:timestamp(6)!=CURRENT_TIMESTAMP(6)^CURRENT_TIMESTAMP(6) d:decimal(10,2) unsigned zerofill g:int<`id` + 1> "
       "b:bit(1)=b'0' t:text 2fa:varchar(3)) pk(id) fk(d)->other(id)/SET NULL\\CASCADE uq(e,ts) ix () "
       "expr((lower(t))) ix c(d) ix f(t) using fulltext ix k(d desc) expr(`t`(20),`d` DESC) ck(`d` > 0) // "
       "a; "
       "table\n");
    IS("create table t (id serial, k int key, `key` int, u int unique comment \"u\", r int references o (id))",
       "t(id:serial!# k:int! key:int u:int{u} r:int) pk(k) fk(r)->o(id) uq(id) uq(u) ix r(r)\n");
    IS("CREATE TABLE a (x int, y int, KEY (x)); CREATE TABLE b LIKE a; CREATE TABLE c (LIKE a); CREATE TEMPORARY TABLE "
       "d "
       "SELECT x FROM a;",
       "a(x:int y:int) ix (x)\nb(x:int y:int) ix (x)\nc(x:int y:int) ix (x)\n");
    SAYS("CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES o (b)) ENGINE=MyISAM;\nCREATE TABLE o (b int);",
         "o(b:int)\nt(a:int)\n1:14 t: its engine takes foreign keys and forgets them\n");
    IS("CREATE TABLE t (a int, d date) PARTITION BY RANGE COLUMNS (d) (PARTITION p0 VALUES LESS THAN ('2020-01-01'), "
       "PARTITION p1 VALUES LESS THAN (MAXVALUE));",
       "partitioned t(a:int d:date) by range(`d`)\n");
}

static void dumps(void **state)
{
    (void)state;
    IS("-- MySQL dump 10.13\n/*!40101 SET NAMES utf8 */;\n/*!999999\\- enable the sandbox mode */\nUSE `db`;\n"
       "LOCK TABLES `t` WRITE;\n/*!40000 ALTER TABLE `t` DISABLE KEYS */;\nDROP TABLE IF EXISTS `t`;\n"
       "/*!40101 SET character_set_client = utf8 */;\nCREATE TABLE `t` (`a` int, /*!50705 `p` point NOT NULL */) "
       "/*!50100 TABLESPACE x */;\n"
       "INSERT INTO `t` VALUES (1,'it\\'s; CREATE TABLE `no` (a int);'),(2,\"x;\\\"y\");\n"
       "/*!50001 CREATE TABLE `v` (\n `a` tinyint NOT NULL\n) ENGINE=MyISAM */;\n/*!50001 DROP TABLE IF EXISTS `v`*/;\n"
       "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`root`@`localhost` SQL SECURITY DEFINER */\n"
       "/*!50001 VIEW `v` AS select `t`.`a` AS `a`,count(0) AS `n` from `t` */;\n",
       "db.t(a:int p:point!)\nview v(a:int n:) select `t`.`a` AS `a`,count(0) AS `n` from `t`\n");
    IS("DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER `x` BEFORE INSERT ON `t` FOR EACH "
       "ROW\n"
       "BEGIN\n  IF NEW.a THEN SET NEW.a = 1; END IF;\n  CREATE TABLE no (a int);\nEND */;;\nDELIMITER ;\n"
       "CREATE TABLE t (a int);\nDELIMITER $$\nCREATE PROCEDURE p()\nBEGIN\n SELECT 1; CREATE TABLE no (a "
       "int);\nEND$$\n"
       "DELIMITER ;\n# CREATE TABLE no (a int);\nCREATE TABLE u (a int);",
       "t(a:int)\nu(a:int)\n");
    IS("CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN IF 1 THEN SET @a = CASE WHEN 1 THEN 2 END; END IF; CASE "
       "1 "
       "WHEN 2 THEN SET @b = 1; END CASE; END; CREATE TABLE t (a int);",
       "t(a:int)\n");
}

static void alters(void **state)
{
    (void)state;
    IS("CREATE TABLE t (a int, b text, c int, d int, UNIQUE KEY u (a), KEY k (b(10)));"
       "ALTER TABLE t ADD COLUMN e int NOT NULL FIRST, ADD f int AFTER a, MODIFY b varchar(5) NOT NULL DEFAULT 'x',\n"
       " CHANGE COLUMN `a` `aa` bigint, DROP c, DROP INDEX k, ADD PRIMARY KEY (aa), ADD UNIQUE INDEX (d), ADD (g int, "
       "h "
       "int), ADD CONSTRAINT FOREIGN KEY (d) REFERENCES t (aa), ENGINE=InnoDB, COMMENT 'new', AUTO_INCREMENT = 5;",
       "t(e:int! aa:bigint! f:int b:varchar(5)!='x' d:int g:int h:int) pk(aa) fk(d)->t(aa) uq(d) uq(aa) // new\n");
    IS("CREATE TABLE t (c0 int, c1 int, c2 int, c3 int, c4 int, c5 int, c6 int, c7 int, c8 int, c9 int, d0 int, d1 "
       "int, d2 "
       "int, d3 int, d4 int, d5 int, d6 int, d7 int, d8 int, d9 int, e0 int, e1 int, e2 int, e3 int, e4 int, e5 int);"
       "ALTER TABLE t DROP c1, ADD c1 int FIRST; ALTER TABLE t ADD c5 text, ADD PRIMARY KEY (e5);",
       "t(c1:int c0:int c2:int c3:int c4:int c5:int c6:int c7:int c8:int c9:int d0:int d1:int d2:int d3:int d4:int "
       "d5:int "
       "d6:int d7:int d8:int d9:int e0:int e1:int e2:int e3:int e4:int e5:int!) pk(e5)\n");
    IS("CREATE TABLE a (x int PRIMARY KEY); CREATE TABLE b (y int, FOREIGN KEY (y) REFERENCES a (x));"
       "RENAME TABLE a TO aa, b TO s.bb; ALTER TABLE aa RENAME COLUMN x TO xx; ALTER TABLE s.bb DROP FOREIGN KEY "
       "bb_ibfk_1,"
       " ADD CONSTRAINT n FOREIGN KEY (y) REFERENCES aa (xx);",
       "aa(xx:int!) pk(xx)\ns.bb(y:int) fk(y)->aa(xx) ix n(y)\n");
    IS("CREATE TABLE a (x int PRIMARY KEY); CREATE TABLE b (y int, CONSTRAINT f FOREIGN KEY (y) REFERENCES a (x));"
       "ALTER TABLE a CHANGE x z int NOT NULL; DROP TABLE IF EXISTS c; CREATE UNIQUE INDEX i ON b (y); DROP INDEX i ON "
       "b;",
       "a(z:int!) pk(z)\nb(y:int) fk(y)->a(z) ix f(y)\n");
}

static void indexes(void **state)
{
    (void)state;
    IS("CREATE TABLE t (id serial, a varchar(9), b int, UNIQUE KEY u (a(5)), KEY k (a(5)), KEY p (b, a(5)));",
       "t(id:serial!# a:varchar(9) b:int) uq(id) ix k() expr(a(5)) ix p(b) expr(b, a(5)) ux u() expr(a(5))\n");
    IS("CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX u ON t (a); CREATE UNIQUE INDEX v ON t (b DESC);"
       "ALTER TABLE t DROP INDEX v;",
       "t(a:int b:int) uq(a)\n");
    IS("CREATE TABLE p (x int, y int, PRIMARY KEY (x, y));"
       "CREATE TABLE c (x int, y int, CONSTRAINT f FOREIGN KEY (x, y) REFERENCES p (x, y), FOREIGN KEY (y) REFERENCES "
       "p (x), "
       "KEY k (y, x));",
       "c(x:int y:int) fk(y)->p(x) fk(x,y)->p(x,y) ix f(x,y) ix k(y,x)\np(x:int! y:int!) pk(x,y)\n");
}

/* What sessions do to later text, and statements that a client ends or executes in its own way. */
static void sessions(void **state)
{
    (void)state;
    IS("SET @s = (SELECT IF((SELECT count(*) FROM x) > 0, \"SELECT 1\", \"\nCREATE TABLE `a` (i int DEFAULT "
       "'1;')\"));\n"
       "PREPARE s FROM @s;\nEXECUTE s;\nPREPARE s FROM 'ALTER TABLE a ADD j int';\n"
       "SET @t = CONCAT('ALTER TABLE ', 'CREATE TABLE no (x int)'), @@sql_mode = 'NO_BACKSLASH_ESCAPES';\n"
       "CREATE TABLE b (i varchar(9) DEFAULT '\\');\nSET sql_mode = @old;\nCREATE TABLE c (i varchar(9) DEFAULT "
       "'\\';');",
       "a(i:int='1;' j:int)\nb(i:varchar(9)='\\')\nc(i:varchar(9)=''';')\n");
    IS("CREATE TABLE a (i int)\\g CREATE TABLE b (j int)\\G\nSELECT 1\\G\nCREATE OR REPLACE TABLE a (k int);\n"
       "CREATE TABLE c (x int, j int) SELECT b.j, 1 AS z FROM b;",
       "a(k:int)\nb(j:int)\nc(x:int j:int z:)\n");
}

/* What a dump and the server's own catalog spell in two ways, and words of MariaDB. */
static void spellings(void **state)
{
    (void)state;
    IS("CREATE TABLE t (a int DEFAULT '-3', b decimal(4,2) DEFAULT \"1.50\", y year DEFAULT '2024', v varchar(9) "
       "DEFAULT "
       "'it\\'s \\\\ \\n', n varchar(9) DEFAULT '7', u char(36) DEFAULT (uuid()), e int DEFAULT ((1 + (2))), f int "
       "DEFAULT (1) + (2), g varchar(9) DEFAULT (concat('(', ')')), h int DEFAULT NULL);",
       "t(a:int=-3 b:decimal(4,2)=1.50 y:year=2024 v:varchar(9)='it''s \\ \n' n:varchar(9)='7' u:char(36)=uuid() "
       "e:int=1 + (2) "
       "f:int=(1) + (2) g:varchar(9)=concat('(', ')') h:int)\n");
    IS("CREATE TABLE t (a text, b int, c varchar(3) CHARACTER SET ascii, d char(1) CHARACTER SET utf8mb4, e enum('x') "
       "COLLATE utf8_bin, charset varchar(9)) DEFAULT CHARSET=latin1;\nCREATE TABLE u (a set('x')) COLLATE "
       "utf8mb4_bin;",
       "t(a:text~latin1_swedish_ci b:int c:varchar(3)~ascii_general_ci d:char(1) e:enum('x')~utf8_bin "
       "charset:varchar(9)~latin1_swedish_ci)\nu(a:set('x')~utf8mb4_bin)\n");
    IS("CREATE TABLE t (a text COMPRESSED DEFAULT 'q', b varchar(9) /*M!100301 COMPRESSED=zlib*/ NOT NULL, c int "
       "DEFAULT 1 "
       "WITHOUT SYSTEM VERSIONING, rs timestamp(6) GENERATED ALWAYS AS ROW START, re timestamp(6) GENERATED ALWAYS AS "
       "ROW "
       "END INVISIBLE, PERIOD FOR SYSTEM_TIME (rs, re)) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION p0 "
       "HISTORY, PARTITION pn CURRENT);\nALTER TABLE t ADD SYSTEM VERSIONING;",
       "partitioned t(a:text='q' b:varchar(9)! c:int=1 rs:timestamp(6)!<ROW START> re:timestamp(6)!<ROW END>) by "
       "system_time()\n");
    IS("CREATE TABLE t (a int, b int) PARTITION BY KEY ALGORITHM = 2 (a, b) PARTITIONS 2;\n"
       "CREATE TABLE u (a int PRIMARY KEY) PARTITION BY LINEAR KEY () PARTITIONS 2;",
       "partitioned t(a:int b:int) by key(`a`,`b`)\npartitioned u(a:int!) pk(a) by key()\n");
    IS("CREATE TABLE t (id int, s date NOT NULL, e date NOT NULL, PERIOD FOR app (s, e), PRIMARY KEY (id, app WITHOUT "
       "OVERLAPS), UNIQUE KEY u (id, app WITHOUT OVERLAPS), UNIQUE (s));",
       "t(id:int s:date! e:date!) uq(s)\n");
    IS("CREATE TABLE t (a int REFERENCES t, FOREIGN KEY (a) REFERENCES t (a) ON DELETE RESTRICT);",
       "t(a:int) fk(a)->t(a) ix a(a)\n");
}

/* The tool is MariaDB's, the server is not; code ends with the versioned comment that holds it. */
static void another_server(void **state)
{
    (void)state;
    IS("-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB\n-- Server version\t8.0.15\nCREATE TABLE t (a int, KEY i (a) "
       "/*!80000 "
       "INVISIBLE */);\nDELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`l`*/ /*!50003 TRIGGER g BEFORE INSERT ON "
       "t FOR "
       "EACH ROW BEGIN SET @a = 1; END */;;\nDELIMITER ;\nCREATE TABLE u (b int)\n/*!50100 PARTITION BY HASH "
       "(b)\nPARTITIONS "
       "2 */;\n/*!50001 CREATE VIEW v AS select '*/' AS `*/` from `t` */\n/*!50002 WITH CASCADED CHECK OPTION */;\n",
       "t(a:int) ix i(a)\npartitioned u(b:int) by hash(b)\nview v(*/:) select '*/' AS `*/` from `t`\n");
}

/* MySQL's client ends USE by its line. */
static void use_lines(void **state)
{
    (void)state;
    IS("CREATE DATABASE a;\nUSE a\n\nCREATE TABLE t (x int);\n  use `b`\nSET NAMES utf8;\nCREATE TABLE u (x int);\n"
       "USE c; CREATE TABLE v (x int);\nUSE\nd;\nCREATE TABLE w (x int);\nUSE e oops\nDROP TABLE IF EXISTS "
       "z;\nCREATE TABLE y (x int);\nUSE f",
       "a.t(x:int)\nb.u(x:int)\nc.v(x:int)\nd.w(x:int)\ne.y(x:int)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(use_lines), cmocka_unit_test(tables),         cmocka_unit_test(dumps),
        cmocka_unit_test(alters),    cmocka_unit_test(indexes),        cmocka_unit_test(sessions),
        cmocka_unit_test(spellings), cmocka_unit_test(another_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
