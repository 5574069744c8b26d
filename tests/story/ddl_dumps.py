#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""
ddl_dumps.py - what a database's own tool dumps, and the database, have the same catalog: `argosy catalog diff` finds
nothing between them, and the extras are the same too.

A real MariaDB, MySQL 8, PostgreSQL and SQLite are made with all that a schema may hold, and dumped with their rows,
routines, triggers and events. MariaDB's tool dumps MySQL 8 as well (Debian has no other): what it writes is the
server's own SHOW CREATE. INHERENT names what a dump, or a server, does not tell.

ctest: release needs mysql
"""
import json
import os
import re
import sqlite3
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ddl_live  # noqa: E402
from support import mysql, servers  # noqa: E402

PROGRAM = os.environ["ARGOSY_BIN"]

BOTH = r"""
CREATE TABLE `kinds` (id bigint unsigned NOT NULL AUTO_INCREMENT, ti tinyint, tb tinyint(1) NOT NULL DEFAULT 0,
  tu tinyint unsigned zerofill DEFAULT 7, si smallint(5) unsigned, mi mediumint DEFAULT -3, i int(10) zerofill,
  bi bigint(20), f float, fu float(7,3) unsigned, d double, dd double(12,4) NOT NULL DEFAULT 1.5,
  n numeric(20,6) DEFAULT 0.000001, nu decimal(5) unsigned, b bit(1) DEFAULT b'1', b9 bit(9) NOT NULL DEFAULT b'101',
  y year DEFAULT 2024, da date DEFAULT '2020-02-29', t time DEFAULT '-01:02:03', t6 time(6),
  dt datetime DEFAULT CURRENT_TIMESTAMP, ts timestamp NULL DEFAULT NULL,
  dt3 datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  ts6 timestamp(6) NOT NULL DEFAULT '2021-01-01 00:00:00.123456', c char(0),
  c3 char(3) CHARACTER SET latin1 COLLATE latin1_german1_ci DEFAULT 'a''b',
  v varchar(255) COLLATE utf8mb4_bin NOT NULL DEFAULT '', vn varchar(20) COLLATE utf8mb4_bin DEFAULT 'NULL',
  vu varchar(44) CHARACTER SET ascii DEFAULT 'uuid()', vb varchar(9) DEFAULT 'b\\s "q" %', nc nchar(4),
  nv national varchar(5), bn binary(16), vbn varbinary(200), tt tinytext, tx text COLLATE utf8mb4_unicode_ci,
  mt mediumtext, lt longtext, tbl tinyblob, bl blob, mb mediumblob, lb longblob, js json,
  e enum('a','it''s','x,y','b\\s','') NOT NULL DEFAULT 'it''s', s set('r','w','x''y') DEFAULT 'r,w',
  e2 enum('ü','(',')') CHARACTER SET utf8mb4 DEFAULT 'ü', g geometry, p point NOT NULL, ls linestring, po polygon,
  mp multipoint, gc geometrycollection, com int COMMENT 'it''s; a "comment" -- with \\ and /* stars */ and
a line', PRIMARY KEY (id), UNIQUE KEY uv (v), KEY pre (tx(10), v(5)), KEY `de sc` (i DESC, si),
  FULLTEXT KEY ft (v, vn), SPATIAL KEY sp (p), KEY hb (bi) USING BTREE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='table''s; comment "x" -- y';
CREATE TABLE `we ird ``na;me` (`sel ect` int NOT NULL, `ö ä` varchar(5) NOT NULL, `a.b` int, `c``d` int DEFAULT 1,
  `1x` int, PRIMARY KEY (`ö ä`,`sel ect`), UNIQUE KEY `u k``ey` (`c``d`, `a.b`), KEY (`1x`)) COMMENT '日本語 ✓';
CREATE TABLE gen (a int, b int, s varchar(20), v1 int GENERATED ALWAYS AS (a + b) VIRTUAL, st int AS (a * 2) STORED,
  vs varchar(60) AS (concat(s, '''', "q\\", '`"')) VIRTUAL COMMENT 'gen', KEY (st));
CREATE TABLE parent (id int NOT NULL, part int NOT NULL, code varchar(10) CHARACTER SET ascii NOT NULL, up int,
  up2 int, PRIMARY KEY (id, part), UNIQUE KEY code (code), KEY (up, up2), CONSTRAINT selfie FOREIGN KEY (up, up2)
  REFERENCES parent (id, part) ON DELETE CASCADE ON UPDATE CASCADE);
CREATE TABLE child (a int, b int, code varchar(10) CHARACTER SET ascii, c int, UNIQUE (c), CONSTRAINT `f k` FOREIGN KEY
  (a, b) REFERENCES parent (id, part) ON DELETE SET NULL ON UPDATE NO ACTION,
  FOREIGN KEY (code) REFERENCES parent (code) ON DELETE RESTRICT);
CREATE TABLE cyc1 (id int PRIMARY KEY, o int);
CREATE TABLE cyc2 (id int PRIMARY KEY, o int, FOREIGN KEY (o) REFERENCES cyc1 (id));
ALTER TABLE cyc1 ADD CONSTRAINT back FOREIGN KEY (o) REFERENCES cyc2 (id) ON UPDATE SET NULL;
CREATE TABLE p_range (id int NOT NULL, d date NOT NULL, PRIMARY KEY (id, d)) PARTITION BY RANGE (year(d))
  (PARTITION p0 VALUES LESS THAN (2000) COMMENT = 'old; one', PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE p_rcol (a int, b varchar(9)) PARTITION BY RANGE COLUMNS (a, b)
  (PARTITION p0 VALUES LESS THAN (1, 'm'), PARTITION p1 VALUES LESS THAN (MAXVALUE, MAXVALUE));
CREATE TABLE p_list (a int) PARTITION BY LIST (a) (PARTITION p0 VALUES IN (1, 2, NULL), PARTITION p1 VALUES IN (3));
CREATE TABLE p_lcol (`a b` varchar(9)) PARTITION BY LIST COLUMNS (`a b`)
  (PARTITION p0 VALUES IN ('x', 'y''z'), PARTITION p1 VALUES IN (''));
CREATE TABLE p_hash (a int) PARTITION BY LINEAR HASH (a + 1) PARTITIONS 3;
CREATE TABLE p_key (a int PRIMARY KEY, b int) PARTITION BY KEY () PARTITIONS 2;
CREATE TABLE p_key2 (a int, b int) PARTITION BY KEY ALGORITHM = 1 (a, b) PARTITIONS 2;
CREATE TABLE p_sub (a int, d date) PARTITION BY RANGE (year(d)) SUBPARTITION BY HASH (to_days(d)) SUBPARTITIONS 2
  (PARTITION p0 VALUES LESS THAN (1990), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE myi (a int, b text, FULLTEXT (b)) ENGINE=MyISAM CHARSET=latin1 COLLATE latin1_general_cs
  ROW_FORMAT=DYNAMIC;
CREATE TABLE mem (a int, KEY h (a) USING HASH, KEY t (a) USING BTREE) ENGINE=MEMORY MAX_ROWS=10;
CREATE TABLE auto5 (id int NOT NULL AUTO_INCREMENT, x int, KEY (id)) AUTO_INCREMENT=500;
CREATE TABLE latin (a varchar(3), b char(2) CHARACTER SET utf8mb4, e enum('ä','b')) DEFAULT CHARSET=latin1;
CREATE VIEW v_plain AS SELECT id, v, e FROM kinds WHERE id > 3;
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW `v; odd` (x, `y z`) AS SELECT a, concat(s, ';', '*/') AS w FROM gen
  WHERE a > 1 WITH CASCADED CHECK OPTION;
CREATE VIEW v_view AS SELECT p.id, count(*) AS n FROM parent p JOIN v_plain k ON k.id = p.id GROUP BY p.id;
INSERT INTO kinds (id, p, v, tx, bl, b9, vbn) VALUES (1, ST_GeomFromText('POINT(1 2)'), 'x;y',
  'it''s\n -- not a comment; CREATE TABLE fake (a int);', 0x00270a5c22fffec3, b'111', 0x27),
  (2, ST_GeomFromText('POINT(3 4)'), 'CREATE TABLE z', '/* ', x'ff', b'0', NULL);
INSERT INTO parent VALUES (1, 1, 'a', NULL, NULL), (2, 1, 'b', 1, 1); INSERT INTO child VALUES (1, 1, 'a', 1);
DELIMITER //
CREATE TRIGGER tr_bi BEFORE INSERT ON kinds FOR EACH ROW BEGIN IF NEW.i IS NULL THEN SET NEW.i = 1; END IF;
  SET @x = 'CREATE TABLE in_trigger (a int);'; END//
CREATE TRIGGER `t r;2` AFTER DELETE ON parent FOR EACH ROW INSERT INTO cyc1 VALUES (OLD.id, NULL)//
CREATE TRIGGER tr3 BEFORE UPDATE ON kinds FOR EACH ROW SET NEW.v = concat(OLD.v, ';')//
CREATE PROCEDURE pr (IN a int, OUT b varchar(9)) COMMENT 'does; "it"'
  BEGIN CREATE TEMPORARY TABLE in_proc (a int); SELECT 1; DROP TABLE in_proc; END//
CREATE FUNCTION fu (a int) RETURNS varchar(20) CHARSET utf8mb4 DETERMINISTIC RETURN concat(a, ';')//
CREATE EVENT ev ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE COMMENT 'e;v'
  DO BEGIN DELETE FROM cyc1; CREATE TABLE IF NOT EXISTS in_event (a int); DROP TABLE in_event; END//
DELIMITER ;
"""

MARIADB = r"""
CREATE SEQUENCE sq1 START WITH 10 INCREMENT 5 MINVALUE 5 MAXVALUE 500;
CREATE SEQUENCE sq2 START WITH -5 INCREMENT BY -1 MINVALUE -100 MAXVALUE -1 NOCACHE CYCLE;
CREATE SEQUENCE `s q;3` ENGINE=MyISAM;
CREATE TABLE m_def (a varchar(40) DEFAULT (uuid()), b int DEFAULT (1 + 2), c varchar(40) DEFAULT concat('it''s', "q"),
  d text DEFAULT 'tx', j json DEFAULT '{}', bl blob DEFAULT (0x4142), e int DEFAULT (abs(-3)), u uuid DEFAULT uuid(),
  i6 inet6 DEFAULT '::1', i4 inet4, n varchar(9) DEFAULT (NULL), ts datetime DEFAULT (now() + interval 1 day),
  seq int DEFAULT nextval(sq1));
CREATE TABLE m_inv (a int, h int INVISIBLE DEFAULT 4, z int NOT NULL INVISIBLE DEFAULT 1, KEY ig (a) IGNORED);
CREATE TABLE m_chk (a int CHECK (a > 0), b varchar(9) CHECK (b in ('x','y''z')), c json,
  CONSTRAINT `both; of` CHECK (a < 10 and b <> ';"'), CHECK (a <> 5));
CREATE TABLE m_sv (a int, b int) WITH SYSTEM VERSIONING;
CREATE TABLE m_sv2 (a int, rs timestamp(6) GENERATED ALWAYS AS ROW START, re timestamp(6) GENERATED ALWAYS AS ROW END
  INVISIBLE, b int WITHOUT SYSTEM VERSIONING, PERIOD FOR SYSTEM_TIME (rs, re)) WITH SYSTEM VERSIONING;
CREATE TABLE m_svp (a int) WITH SYSTEM VERSIONING
  PARTITION BY SYSTEM_TIME (PARTITION p0 HISTORY, PARTITION pn CURRENT);
CREATE TABLE m_per (id int, s date NOT NULL, e date NOT NULL, PERIOD FOR app (s, e),
  PRIMARY KEY (id, app WITHOUT OVERLAPS), UNIQUE KEY uu (id, app WITHOUT OVERLAPS));
CREATE TABLE m_per2 (id int PRIMARY KEY, s datetime(3) NOT NULL, e datetime(3) NOT NULL, PERIOD FOR app (s, e),
  CONSTRAINT no_period CHECK (s < e));
CREATE TABLE m_comp (a text COMPRESSED, b varchar(1000) COMPRESSED=zlib DEFAULT 'q') PAGE_COMPRESSED=1;
CREATE TABLE m_uhash (a text, b blob, UNIQUE KEY ut (a), UNIQUE KEY ub (b, a));
CREATE TABLE m_aria (a int PRIMARY KEY) ENGINE=Aria TRANSACTIONAL=0;
CREATE TABLE m_gen (a int, p int AS (a + 1) PERSISTENT, u varchar(20) AS (upper(concat(a, 'x'))) VIRTUAL INVISIBLE,
  CHECK (p > 0));
"""

MYSQL8 = r"""
CREATE TABLE y_def (a varchar(40) DEFAULT (uuid()), b int DEFAULT (1 + 2), c varchar(40) DEFAULT (concat('it''s', "q")),
  d text DEFAULT ('tx'), j json DEFAULT (json_array()), bl blob DEFAULT (0x4142), bin binary(4) DEFAULT 0x61626364,
  ts datetime DEFAULT (now() + interval 1 day), vb varbinary(9) DEFAULT 'ab');
CREATE TABLE y_fun (a int, b int, c varchar(20), j json, KEY f1 ((a + b)), KEY f2 ((lower(c)), a DESC),
  UNIQUE KEY f3 ((concat(c, 'it''s'))), KEY inv (b) INVISIBLE, KEY jj ((cast(j->>'$.x' as char(30)))));
CREATE TABLE y_srid (g point NOT NULL SRID 4326, SPATIAL KEY (g), h geometry SRID 0);
CREATE TABLE y_gen (a int, j json, p varchar(20) AS (j->>'$.part') STORED, q json AS (j->'$.a."b c"'),
  r varchar(30) AS (concat(_latin1'x', 'it''s')) NOT NULL);
CREATE TABLE y_coll (a varchar(20) COLLATE utf8mb4_0900_as_cs, b varchar(9) CHARACTER SET utf16,
  c varchar(9) COLLATE utf8mb4_ja_0900_as_cs) COLLATE utf8mb4_0900_ai_ci;
CREATE TABLE y_chk (a int, CONSTRAINT c1 CHECK (a > 0));
CREATE TABLE y_ts (a datetime(2) DEFAULT CURRENT_TIMESTAMP(2) ON UPDATE CURRENT_TIMESTAMP(2), b timestamp DEFAULT
  '2000-01-01 00:00:00' ON UPDATE CURRENT_TIMESTAMP) STATS_PERSISTENT=0 KEY_BLOCK_SIZE=8 ROW_FORMAT=COMPRESSED;
"""

POSTGRESQL = ddl_live.DUMPED + r"""
CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE x (a int); RETURN NEW; END $$;
CREATE TRIGGER "T 1" BEFORE INSERT OR UPDATE OF code ON app.customer FOR EACH ROW WHEN (NEW.i2 > 1)
    EXECUTE FUNCTION app.f();
CREATE CONSTRAINT TRIGGER ct AFTER DELETE ON app.orders DEFERRABLE FOR EACH ROW EXECUTE FUNCTION app.f();
CREATE TRIGGER on_part AFTER INSERT ON app.meas FOR EACH ROW EXECUTE FUNCTION app.f();
CREATE POLICY "own; rows" ON app.tree FOR SELECT USING (id > 0); CREATE POLICY p2 ON app.tree;
ALTER TABLE app.tree ENABLE ROW LEVEL SECURITY; ALTER TABLE app.tree FORCE ROW LEVEL SECURITY;
INSERT INTO app.customer (code, b, tags, by, i2) VALUES ('a;b', B'10101', ARRAY['x''y', '\.'], '\x00ff', 1);
INSERT INTO app.base VALUES (1, E'x;\nCREATE TABLE fake (a int);\n\\.\n--'); INSERT INTO app.unlogged VALUES (1), (2);
"""

# What of a schema is told on one side alone: (what, table, name).
INHERENT = {
    ("default", "y_def", "d"),   # MySQL 8.0 does not show the default of a TEXT or BLOB
    ("default", "y_def", "bl"),
    ("generated", "y_gen", "r"),  # its dump says _utf8mb4 where the text was another character set's
}


def run(*arguments):
    return json.loads(subprocess.run([PROGRAM, *arguments, "--output", "json"], stdout=subprocess.PIPE,
                                     check=True).stdout)


def extras(owner, without):
    return sorted((x["what"], x.get("text")) for x in owner.get("extras", []) if x["what"] not in without)


def beside(catalog, without):
    """What `catalog diff` does not look at. `without`: of these one side tells nothing."""
    told = {"": extras(catalog, without)}
    for t in catalog["tables"]:
        whole = t.get("partition") or {}
        told["table " + t["name"]] = (t.get("kind"), t.get("comment"), extras(t, without), whole.get("method"),
                                      whole.get("key"), whole.get("bounds"), whole.get("of_table"),
                                      t.get("inherits", []),
                                      [(c["name"], c.get("comment"), c.get("on_update"), c.get("generated_stored"))
                                       for c in t["columns"]],
                                      sorted((i.get("name") or "", i["columns"], i.get("orders", []),
                                              i.get("include", [])) for i in t.get("indexes", [])))
    for v in catalog.get("views", []):
        told["view " + v["name"]] = ([c["name"] for c in v["columns"]], v.get("comment"), v.get("materialized"))
    for s in catalog.get("sequences", []):
        told["sequence " + s["name"]] = {k: v for k, v in s.items() if k != "schema"}
    return told


class DdlDumps(unittest.TestCase):
    maxDiff = None

    def judge(self, dialect, dump, live, without=(), inherent=frozenset()):
        """`dump`: bytes, `live`: a URL."""
        path = os.path.join(servers.folder(), f"{self.id()}.sql")
        with open(path, "wb") as out:
            out.write(dump)
        changes = run("catalog", "diff", path, live, "--dialect", dialect)["changes"]
        left = [c for c in changes if (c["what"], c.get("table"), c.get("name")) not in inherent]
        self.assertEqual(left, [])
        text, read = run("discover", path, "--dialect", dialect), run("discover", live)
        self.assertEqual({t["schema"] for t in text["tables"]}, {t["schema"] for t in read["tables"]})
        told, there = beside(text, without), beside(read, without)
        self.assertEqual(sorted(told), sorted(there))
        for name, what in told.items():
            if name.startswith("sequence "):  # a text may leave out what is usual
                there[name] = {k: v for k, v in there[name].items() if k in what}
            self.assertEqual(what, there[name], name)
        return text, read

    def mysql(self, server, own):
        server.run("CREATE DATABASE made DEFAULT CHARACTER SET utf8mb4")
        server.run(BOTH + own, "made")
        dump = server.dump("--routines", "--triggers", "--events", "--databases", "made")
        self.assertRaises(UnicodeDecodeError, dump.decode)  # bytes of its rows are no text
        # storage: the words behind a table's bracket, of which a server tells the engine and the versions
        text, _ = self.judge("mysql", dump, server.url("made"), {"storage"}, INHERENT)
        warned = [d["message"] for d in text["diagnostics"]]
        self.assertFalse([w for w in warned if not re.search("left out|no UTF-8|over a period", w)], warned)
        read = run("discover", server.url("made"))
        self.assertEqual([d["message"] for d in read["diagnostics"] if "could not be read" in d["message"]], [])
        self.assertEqual({t["name"]: t["rows"] for t in read["tables"]}["gen"], 0)

    def test_mariadb_dump(self):
        self.mysql(mysql.Mariadb(), MARIADB)

    def test_mysql8_dump(self):
        self.mysql(mysql.Mysql8(), MYSQL8)


    def test_pg_dump(self):
        postgres = servers.Postgres()
        subprocess.run([postgres.program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", postgres.conninfo],
                       input=POSTGRESQL, text=True, check=True, stderr=subprocess.DEVNULL)
        for options in ([], ["--inserts"], ["--column-inserts", "--rows-per-insert=2"], ["--clean", "--if-exists"],
                        ["--create", "--clean"], ["--schema-only", "--no-owner", "--no-privileges"]):
            dump = subprocess.run([postgres.program("pg_dump"), *options, postgres.conninfo], stdout=subprocess.PIPE,
                                  check=True).stdout
            with self.subTest(options):
                # function: which of them there are is not read from a database
                text, _ = self.judge("postgresql", dump, postgres.url, {"storage", "function"})
                warned = [d["message"] for d in text["diagnostics"] if "left out" not in d["message"]]
                self.assertEqual(warned, [])

    def test_sqlite_dump(self):
        path = os.path.join(servers.folder(), "made.sqlite")
        made = sqlite3.connect(path)
        made.executescript(ddl_live.SQLITE)
        made.execute("INSERT INTO place (code, doc) VALUES ('a;''b', '{\"t\": \"CREATE TABLE fake (a);\"}')")
        made.commit()
        dump = "\n".join(line for line in made.iterdump() if "sqlite_schema" not in line and "'rtree" not in line)
        made.close()
        text = ddl_live.facts(ddl_live.discover(self.written(dump), "--dialect", "sqlite"))
        live = ddl_live.facts(ddl_live.discover(path))
        for name in live:
            self.assertEqual(text.get(name), live[name], name)

    def written(self, dump):
        path = os.path.join(servers.folder(), f"{self.id()}.sql")
        with open(path, "w", encoding="utf-8") as out:
            out.write(dump)
        return path


if __name__ == "__main__":
    unittest.main()
