#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""
ddl_live.py - a schema's text and the database that was made from it have the same catalog.

The same scripts are read as text and run by a real PostgreSQL, MariaDB and SQLite whose catalog is then discovered.
What may differ is named in same(): spellings that a server does not keep. Each script holds what such scripts do:
migrations that may run twice, renames, keys by rule, expression and partial indexes, own types, views.

ctest: release
"""
import json
import os
import re
import sqlite3
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import mysql, servers  # noqa: E402

PROGRAM = os.environ["ARGOSY_BIN"]
# of the server's own version: Debian's wrappers in PATH would look which of the machine's clusters is meant
PSQL, PG_DUMP = servers.Postgres.program("psql"), servers.Postgres.program("pg_dump")

POSTGRESQL = """
CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
CREATE TABLE place (id serial PRIMARY KEY, code varchar(8) NOT NULL UNIQUE, UNIQUE (code), tags _text DEFAULT '{}',
    now mood DEFAULT 'sad', price numeric(10, 2) CHECK (price > 0), made timestamptz(3) NOT NULL DEFAULT now());
CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, place int REFERENCES place ON DELETE CASCADE,
    day date, note text, twice numeric GENERATED ALWAYS AS (id * 2) STORED) ;
CREATE UNIQUE INDEX one_a_day ON visit (place, day DESC) WHERE note IS NULL;
CREATE INDEX ON visit (lower(note), day);
ALTER TABLE visit RENAME TO stay; ALTER TABLE stay RENAME place TO at;
ALTER TABLE stay ALTER CONSTRAINT visit_place_fkey DEFERRABLE INITIALLY DEFERRED;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'stay' AND column_name = 'who') THEN
    ALTER TABLE stay ADD COLUMN who uuid NOT NULL DEFAULT gen_random_uuid();
  END IF;
END $$;
DO $$ BEGIN
  ALTER TABLE stay ADD CONSTRAINT stay_who UNIQUE (who, at);
EXCEPTION WHEN duplicate_object THEN null;
END $$;
CREATE TABLE log (at timestamp NOT NULL, n int, k int, PRIMARY KEY (at, n), UNIQUE (k, at)) PARTITION BY RANGE (at);
CREATE INDEX ON log (n DESC); CREATE UNIQUE INDEX low ON log (at, abs(k)) WHERE n > 0;
CREATE TABLE log_old PARTITION OF log FOR VALUES FROM (MINVALUE) TO ('2024-01-01');
CREATE TABLE base (id int PRIMARY KEY, x text); CREATE TABLE more (y int) INHERITS (base);
CREATE TABLE a (id int PRIMARY KEY, b int); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a (id));
ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b ON UPDATE SET NULL;
CREATE VIEW open_stays AS SELECT s.id, p.code FROM stay s JOIN place p ON p.id = s.at;
COMMENT ON TABLE stay IS 'who was where'; COMMENT ON COLUMN stay.at IS 'the place';
CREATE TABLE gone (id int); DROP TABLE IF EXISTS gone, never CASCADE;
CREATE TEMP TABLE passing (id int);
"""

# What pg_dump writes otherwise than people do: keys and defaults behind the table, partitions that are attached.
DUMPED = """
CREATE SCHEMA app; CREATE TYPE app.state AS ENUM ('new', 'it''s', 'do,ne');
CREATE DOMAIN app.email AS varchar(255) NOT NULL DEFAULT 'a@b' CHECK (VALUE ~ '@');
CREATE SEQUENCE app.free START 10 INCREMENT 5 MINVALUE 5 MAXVALUE 500 CACHE 3 CYCLE;
CREATE TABLE app.customer (id bigserial PRIMARY KEY, code character(3) NOT NULL, mail app.email, st app.state NOT NULL
    DEFAULT 'new'::app.state, tags text[] DEFAULT ARRAY['a', 'b']::text[], ts timestamp(3) DEFAULT CURRENT_TIMESTAMP,
    ttz time with time zone, iv interval day to second(2), m money, b bit(5), vb bit varying(9), jb jsonb DEFAULT '{}',
    u uuid DEFAULT gen_random_uuid(), by bytea, ip inet, r int4range, n2 numeric(12, 4) DEFAULT 0.5, c text COLLATE "C",
    whole text GENERATED ALWAYS AS (code || ' ') STORED, i2 smallint DEFAULT '-1'::integer, bo boolean DEFAULT false,
    CONSTRAINT code_len CHECK (char_length(code) = 3), CONSTRAINT u1 UNIQUE NULLS NOT DISTINCT (code, st),
    CHECK (i2 > 0) NOT VALID);
CREATE TABLE app.orders (id int GENERATED ALWAYS AS IDENTITY (START WITH 100), num int, cust bigint, cid2 bigint,
    PRIMARY KEY (id, num), FOREIGN KEY (cust) REFERENCES app.customer ON DELETE SET NULL ON UPDATE CASCADE DEFERRABLE
    INITIALLY DEFERRED, CONSTRAINT fk2 FOREIGN KEY (cid2) REFERENCES app.customer (id) ON DELETE RESTRICT NOT VALID,
    EXCLUDE USING gist (int4range(id, num) WITH &&));
CREATE TABLE app.tree (id int PRIMARY KEY, up int REFERENCES app.tree ON DELETE CASCADE, "Weird ""Na me" int,
    "select" text DEFAULT E'tab\\tq\\n''x', seqd int DEFAULT nextval('app.free'),
    FOREIGN KEY (id, up) REFERENCES app.orders (id, num) MATCH FULL);
CREATE INDEX i_lower ON app.customer (lower(code), (i2 + 1)); CREATE INDEX i_gin ON app.customer USING gin (jb);
CREATE UNIQUE INDEX i_part ON app.customer (code) WHERE st = 'new'::app.state AND bo;
CREATE INDEX i_desc ON app.customer (code DESC NULLS LAST, n2) INCLUDE (bo);
CREATE TABLE app.meas (city int NOT NULL, day date NOT NULL, peak int, CHECK (peak > -100), UNIQUE (city, day))
    PARTITION BY RANGE (day);
CREATE TABLE app.meas_1 PARTITION OF app.meas FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE app.meas_2 PARTITION OF app.meas FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (city);
CREATE TABLE app.meas_2a PARTITION OF app.meas_2 FOR VALUES IN (1, 2);
CREATE TABLE app.meas_d PARTITION OF app.meas DEFAULT; CREATE INDEX ON app.meas (peak);
CREATE TABLE app.lower_e (a int, b int) PARTITION BY RANGE (lower(a::text), b);
CREATE TABLE app.base (id int PRIMARY KEY, x text NOT NULL DEFAULT 'q', CHECK (id > 0));
CREATE TABLE app.kid (y int, CHECK (y > 0)) INHERITS (app.base); CREATE UNLOGGED TABLE app.unlogged (a int);
CREATE VIEW app.v AS SELECT c.id, count(*) AS n FROM app.customer c GROUP BY c.id;
CREATE MATERIALIZED VIEW app.mv AS SELECT id, code FROM app.customer; ALTER SEQUENCE app.free OWNED BY app.tree.id;
COMMENT ON TABLE app.tree IS 'it''s "a" tree; with -- dashes'; COMMENT ON COLUMN app.tree."select" IS E'line1\\nline2';
CREATE TABLE app.nd (a int, b int, UNIQUE (a) DEFERRABLE, CONSTRAINT named UNIQUE (b) INCLUDE (a));
"""

MYSQL = """
CREATE TABLE `place` (`id` int unsigned NOT NULL AUTO_INCREMENT, `code` varchar(8) NOT NULL COMMENT 'short', `kind`
    enum('a','it''s') DEFAULT 'a', `made` timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), big bigint(20) unsigned,
    PRIMARY KEY (`id`), UNIQUE KEY `by_code` (`code`), KEY `begin` (`code`(3))) ENGINE=InnoDB COMMENT='places';
CREATE TABLE visit (id serial, place int unsigned, day date, at time(2), ok tinyint(1) NOT NULL DEFAULT 0,
    note varchar(99), whole int GENERATED ALWAYS AS (ok + 1) STORED,
    CONSTRAINT of_place FOREIGN KEY (place) REFERENCES place (id) ON DELETE SET NULL ON UPDATE CASCADE);
CREATE UNIQUE INDEX one ON visit (place, day); CREATE UNIQUE INDEX part ON visit (note(5));
ALTER TABLE visit ADD COLUMN who char(36) NOT NULL AFTER day, MODIFY note text, DROP COLUMN at, ADD KEY (day, who);
RENAME TABLE visit TO stay; ALTER TABLE stay MODIFY ok tinyint(1) NOT NULL DEFAULT 1;
ALTER TABLE place ADD CHECK (big > 3);
CREATE TABLE alike LIKE place;
CREATE TABLE child (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE grown (x int, y int, FOREIGN KEY (x, y)
    REFERENCES child (a, b));
CREATE VIEW names AS SELECT p.id, p.code AS name FROM place p;
"""

SQLITE = """
CREATE TABLE place (id INTEGER PRIMARY KEY AUTOINCREMENT, code VARCHAR(8) NOT NULL UNIQUE,
    price NUMERIC(10,2) DEFAULT 1.5, doc TEXT CHECK (json_valid(doc)),
    title TEXT GENERATED ALWAYS AS (json_extract(doc, '$.t')) VIRTUAL);
CREATE TABLE visit (place REFERENCES place ON DELETE CASCADE, day DATE, note,
    PRIMARY KEY (place, day),
    UNIQUE (place, day), FOREIGN KEY (note) REFERENCES place (code)) WITHOUT ROWID;
CREATE INDEX late ON visit (day DESC) WHERE note IS NOT NULL;
CREATE INDEX low ON place (lower(code));
ALTER TABLE place ADD COLUMN more BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE place RENAME COLUMN price TO cost;
ALTER TABLE visit RENAME TO stay;
CREATE VIEW codes AS SELECT code, cost FROM place;
CREATE TABLE up (id INTEGER PRIMARY KEY, stay_at REFERENCES place (id) NOT DEFERRABLE INITIALLY IMMEDIATE,
    b TEXT REFERENCES place (code) ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED NOT NULL,
    c INT CONSTRAINT cc REFERENCES up DEFERRABLE, FOREIGN KEY (b) REFERENCES up (b) DEFERRABLE INITIALLY IMMEDIATE);
CREATE VIRTUAL TABLE found USING fts5(title, body UNINDEXED, tokenize = 'porter ascii');
CREATE VIRTUAL TABLE "bo xes" USING rtree(id, min_x, max_x, +label);
"""


def discover(what, *options):
    done = subprocess.run([PROGRAM, "discover", what, "--output", "json", *options], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def same(expression):
    """Servers write an expression anew: without casts, blanks, outer brackets and in lower case."""
    if expression is None:
        return None
    text = re.sub(r"::[a-z_. ]+(\([\d, ]*\))?(\[\])*|[\s`()\"]", "", expression.lower())
    return {"now": "current_timestamp", "false": "0", "true": "1"}.get(text, text)


def table(t):
    facts = {}
    for c in t["columns"]:
        kind = (c["type"], c.get("length"), c.get("precision"), c.get("scale"), c.get("unsigned", False),
                c.get("timezone", False))
        members = json.loads(c["element"]) if c["type"] == "enum" else None
        facts["column " + c["name"]] = (kind, members, c["nullable"], same(c.get("default")), c.get("identity", False),
                                        "generated" in c, c.get("comment"))
    facts["order"] = [c["name"] for c in t["columns"]]
    facts["primary"] = t.get("primary_key", [])
    facts["foreign"] = sorted((f["columns"], f["ref_table"], f["ref_columns"],
                               f.get("on_delete", "NO ACTION").replace("RESTRICT", "NO ACTION"),
                               f.get("on_update", "NO ACTION").replace("RESTRICT", "NO ACTION"),
                               f.get("deferrable", False), f.get("initially_deferred", False))
                              for f in t.get("foreign_keys", []))
    facts["uniques"] = sorted(u["columns"] for u in t.get("uniques", []))
    facts["indexes"] = sorted((i["columns"], i.get("unique", False), "where" in i, "expression" in i,
                               i.get("orders", [])) for i in t.get("indexes", []))
    facts["checks"] = len(t.get("checks", []))
    whole = t.get("partition") or {}
    facts["rest"] = (t.get("kind"), t.get("comment"), len(t.get("inherits", [])), whole.get("method"),
                     same(whole.get("key")), whole.get("of_table"), bool(whole.get("bounds")))
    return facts


def facts(catalog):
    all_facts = {"table " + t["name"]: table(t) for t in catalog["tables"]}
    for v in catalog.get("views", []):
        all_facts["view " + v["name"]] = [c["name"] for c in v.get("columns", [])]
    for t in catalog.get("types", []):
        all_facts["type " + t["name"]] = t.get("members")
    return all_facts


class DdlLive(unittest.TestCase):
    maxDiff = None

    def compare(self, dialect, script, live):
        path = os.path.join(servers.folder(), dialect + ".sql")
        with open(path, "w", encoding="utf-8") as out:
            out.write(script)
        text = facts(discover(path, "--dialect", dialect))
        self.assertEqual(sorted(text), sorted(live))
        for name in text:
            self.assertEqual(text[name], live[name], name)

    def test_postgresql(self):
        postgres = servers.Postgres()
        subprocess.run([PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", postgres.conninfo], input=POSTGRESQL, text=True,
                       check=True, stderr=subprocess.DEVNULL)
        self.compare("postgresql", POSTGRESQL, facts(discover(postgres.url)))

    def test_pg_dump(self):
        postgres = servers.Postgres()
        subprocess.run([PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", postgres.conninfo], input=DUMPED, text=True,
                       check=True, stderr=subprocess.DEVNULL)
        dump = subprocess.run([PG_DUMP, "--schema-only", postgres.conninfo], stdout=subprocess.PIPE, text=True,
                              check=True).stdout
        self.compare("postgresql", dump, facts(discover(postgres.url)))

    def test_sqlite(self):
        path = os.path.join(servers.folder(), "made.sqlite")
        made = sqlite3.connect(path)
        made.executescript(SQLITE)
        made.close()
        self.compare("sqlite", SQLITE, facts(discover(path)))

    def test_mariadb(self):
        mariadb = mysql.Mariadb()
        mariadb.run("CREATE DATABASE made")
        mariadb.run(MYSQL, "made")
        self.compare("mysql", MYSQL, facts(discover(mariadb.url("made"))))


if __name__ == "__main__":
    unittest.main()
