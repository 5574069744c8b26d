#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a front end does with a customer's databases: connected by a url, tried, analysed, changed, removed; files, too.
"""

import datetime
import json
import os
import signal
import unittest
import urllib.error
import urllib.request

import psycopg2

from support import api, fleet, servers

WALK = ["pending", "analyzing", "indexing", "ready"]
PASSWORD = "r3markable-Marker"
DUMP = """
CREATE TABLE author (id integer PRIMARY KEY, name varchar(80) NOT NULL);
CREATE TABLE book (id integer PRIMARY KEY, author_id integer NOT NULL REFERENCES author (id), title text);
"""
CSV = "id;city;founded\n1;Turin;1861-03-17\n2;Lyon;1791-01-04\n3;Graz;1128-05-09\n"


def call(f, method, path, body=None):
    """(status, answer) of any method, also of a refusal."""
    request = urllib.request.Request(
        f.state["url"] + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {f.key}", "Content-Type": "application/json"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=servers.PATIENCE_S) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as e:
        return e.code, json.load(e)


class Customer(servers.Postgres):
    """A customer's server: databases by name, a user who needs a password, and a lock that makes an analysis wait."""

    def __init__(self):
        super().__init__()
        os.chmod(self.folder, 0o755)  # the fleet is another user
        self.run("CREATE USER walled PASSWORD %s", (PASSWORD,))
        path = os.path.join(self.data, "pg_hba.conf")
        with open(path, encoding="utf-8") as hba:
            rules = hba.read()
        with open(path, "w", encoding="utf-8") as hba:
            hba.write("local all walled scram-sha-256\n" + rules)
        self.run("SELECT pg_reload_conf()")
        fleet.eventually(lambda: not self.gets_in("walled"))  # it has read its new rules

    def session(self, database="postgres"):
        session = psycopg2.connect(self.conninfo.replace("dbname=postgres", f"dbname={database}"))
        session.autocommit = True
        return session

    def gets_in(self, user):
        try:
            psycopg2.connect(self.conninfo.replace("user=argosy", f"user={user}")).close()
            return True
        except psycopg2.OperationalError:
            return False

    def run(self, sql, values=None, database="postgres"):
        session = self.session(database)
        try:
            session.cursor().execute(sql, values)
        finally:
            session.close()

    def shop(self, name):
        self.run(f"CREATE DATABASE {name}")
        self.run(
            "CREATE TABLE customer (id int PRIMARY KEY, email text NOT NULL);"
            "CREATE TABLE purchase (id int PRIMARY KEY, customer_id int REFERENCES customer, placed date);"
            "INSERT INTO customer SELECT n, 'c' || n || '@example.com' FROM generate_series(1, 50) n;"
            "INSERT INTO purchase SELECT n, 1 + n % 50, date '2026-01-01' + n FROM generate_series(1, 200) n",
            database=name,
        )
        return self.database_url(name)

    def lock(self, name, table="purchase"):
        """Who reads the table waits until the session is closed."""
        session = psycopg2.connect(self.conninfo.replace("dbname=postgres", f"dbname={name}"))
        session.cursor().execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        return session


class Connections(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.customer = Customer()
        cls.fleet = fleet.Fleet(workers=1, slots=2)
        cls.fleet.start()

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def call(self, method, path, body=None, status=200):
        got, answer = call(self.fleet, method, "/api/v1/connections" + path, body)
        self.assertEqual(status, got, answer)
        self.assertNotIn(PASSWORD, json.dumps(answer))
        return answer

    def show(self, number):
        return self.call("GET", f"/{number}")

    def status_is(self, number, status):
        last = []

        def look():
            last[:] = [self.show(number)]
            return last[0]["status"] == status

        try:
            fleet.eventually(look)
        except AssertionError:
            self.fail(f"it did not become {status}: {last[0]}")
        return last[0]

    def upload(self, name, content, status=201, **more):
        """A file as a connection that is analysed at once."""
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{name}"',
        }
        upload = api.call(self.fleet, "/api/v1/files", content.encode(), headers)["id"]
        return self.call("POST", "", {"name": name, "upload": upload, "analyze": True, **more}, status)

    # ---- from a url to what is known of it ----

    def test_from_url(self):
        url = self.customer.shop("alpha")
        lock = self.customer.lock("alpha")
        self.fleet.run("queue", "pause", "default")
        made = self.call("POST", "/from-url", {"url": url}, 201)
        number = made["id"]
        self.assertEqual(("pending", "postgresql", False), (made["status"], made["dialect"], made["has_secret"]))
        self.assertTrue(made["name"].startswith("alpha at "), made)
        self.assertIsNone(made["catalog"])
        again = self.call("POST", "/from-url", {"url": "postgres" + url.removeprefix("postgresql")}, 409)
        self.assertEqual(("connection_exists", number), (again["error_code"], again["details"]["connection"]))
        self.assertIn(made["name"], again["message"])

        self.fleet.run("queue", "resume", "default")
        running = self.status_is(number, "analyzing")
        self.assertGreater(running["status_since"], made["status_since"])
        self.assertEqual(made["job"], running["job"])
        fleet.eventually(lambda: (self.show(number)["progress"] or {}).get("message"))
        self.assertEqual([number], [c["id"] for c in self.call("GET", "?status=analyzing")["connections"]])
        used = self.call("DELETE", f"/{number}", status=409)
        self.assertEqual(("connection_in_use", [made["job"]]), (used["error_code"], used["details"]["jobs"]))
        self.call("PATCH", f"/{number}", {"url": url + "x"}, 409)
        twice = self.call("POST", f"/{number}/reanalyze", {})
        self.assertEqual({"job": made["job"], "existing": True}, twice)

        lock.close()
        seen = []

        def ready():
            seen.append(self.show(number)["status"])
            return seen[-1] == "ready"

        fleet.eventually(ready)
        places = [WALK.index(status) for status in seen]
        self.assertEqual(sorted(places), places, seen)
        done = self.show(number)
        self.assertEqual((2, 5, 1), tuple(done["catalog"][n] for n in ("tables", "columns", "version")), done)
        self.assertIsNone(done["error"])
        made, then = (datetime.datetime.fromisoformat(done[name]) for name in ("created", "next_analysis"))
        self.assertTrue(125 < (then - made).total_seconds() / 3600 < 168, done)
        self.updating(number)

    def updating(self, number):
        """One that was ready is analysed again, and worker and scheduler are killed meanwhile."""
        lock = self.customer.lock("alpha")
        job = self.call("POST", f"/{number}/reanalyze", {}, 201)["job"]
        self.assertEqual(job, self.status_is(number, "updating")["job"])
        epoch = self.fleet.rows("SELECT epoch FROM argosy.job_live WHERE id = %s", job)[0][0]
        for struck in ("worker-1", "scheduler"):
            os.kill(self.fleet.pid(struck), signal.SIGKILL)

        def again():
            self.assertEqual("updating", self.show(number)["status"])
            return self.fleet.rows("SELECT 1 FROM argosy.job_live WHERE id = %s AND epoch > %s", job, epoch)

        fleet.eventually(again)
        lock.close()
        done = self.status_is(number, "ready")
        self.assertEqual((job, 1), (done["catalog"]["job"], done["catalog"]["version"]))
        self.assertEqual([], self.fleet.rows("SELECT job FROM argosy.connection_run"))

        changed = self.call("PATCH", f"/{number}", {"name": "shop", "reanalyze_hours": 0})
        self.assertEqual(("shop", None), (changed["name"], changed["next_analysis"]))
        self.assertEqual({"id": number, "removed": True}, self.call("DELETE", f"/{number}"))
        self.call("GET", f"/{number}", status=404)

    def test_unreachable(self):
        port = servers.free_port()
        made = self.call("POST", "/from-url", {"url": f"postgresql://nobody:{PASSWORD}@127.0.0.1:{port}/gone"}, 201)
        self.assertTrue(made["has_secret"])
        broken = self.status_is(made["id"], "error")
        self.assertEqual("connection_refused", broken["error"]["error_code"])
        self.assertIn("can't reach PostgreSQL", broken["error"]["message"])
        self.assertIsNone(broken["analyzed"])

    # ---- tests ----

    def test_tries(self):
        url = self.customer.shop("beta")
        vault = "GRANT SELECT ON purchase TO walled; CREATE SCHEMA vault; CREATE TABLE vault.key (id int)"
        self.customer.run(vault, database="beta")
        walled = url.replace("argosy@", "walled@")
        made = self.call("POST", "/from-url", {"url": walled, "password": PASSWORD, "analyze": False}, 201)
        self.assertEqual((0, None), (made["reanalyze_hours"], made["next_analysis"]))
        tried = self.call("POST", f"/{made['id']}/test?wait_s=60")
        self.assertEqual((True, "postgresql", 3), (tried["reachable"], tried["dialect"], tried["tables"]), tried)
        self.assertRegex(tried["server_version"], r"^\d+")
        self.assertGreaterEqual(tried["took_ms"], 0)
        self.assertEqual(
            [
                "no right to use schema vault (1 tables and views in it): GRANT USAGE ON SCHEMA vault TO walled",
                "no right to read public.customer: GRANT SELECT ON public.customer TO walled",
            ],
            tried["missing"],
        )
        self.assertEqual("pending", self.show(made["id"])["status"])

        self.call("PATCH", f"/{made['id']}", {"password": "wrong-" + PASSWORD[::-1]})
        tried = self.call("POST", f"/{made['id']}/test?wait_s=60")
        self.assertFalse(tried["reachable"])
        self.assertEqual(("login_refused", "denied"), (tried["error"]["error_code"], tried["error"]["class"]))
        self.assertIn("password", tried["error"]["advice"])
        self.assertNotIn(PASSWORD[::-1], json.dumps(tried))
        self.call("PATCH", f"/{made['id']}", {"url": walled})  # another address, or the same: without a password none
        self.assertFalse(self.show(made["id"])["has_secret"])

        tried = self.call("POST", "/test?wait_s=60", {"url": walled, "password": PASSWORD})
        self.assertTrue(tried["reachable"])
        self.assertNotIn("connection", tried)
        nobody = f"postgres://nobody:{PASSWORD}@127.0.0.1:{servers.free_port()}/x"
        tried = self.call("POST", "/test?wait_s=60", {"url": nobody})
        self.assertEqual((False, "connection_refused"), (tried["reachable"], tried["error"]["error_code"]))
        self.assertIn("firewalls", tried["error"]["advice"])
        self.assertEqual([], self.fleet.rows("SELECT id FROM argosy.connection_trial"))
        self.call("POST", "/9999999/test", status=404)
        self.fleet.run("queue", "pause", "default")
        try:
            later = self.call("POST", f"/{made['id']}/test?wait_s=0", status=202)
            self.assertEqual((None, "no_answer_yet"), (later["reachable"], later["error"]["error_code"]))
        finally:
            self.fleet.run("queue", "resume", "default")

    # ---- files ----

    def test_files(self):
        dump = self.upload("library.sql", DUMP)
        cities = self.upload("city.csv", CSV)
        self.assertEqual(("file", 0), (dump["dialect"], dump["reanalyze_hours"]))
        self.assertEqual(2, self.status_is(dump["id"], "ready")["catalog"]["tables"])
        self.assertEqual(3, self.status_is(cities["id"], "ready")["catalog"]["columns"])
        found = self.fleet.rows(
            "SELECT t.name, array_agg(c.name ORDER BY c.position), f.file_type, f.filename FROM argosy.connection x "
            "JOIN argosy.table_nodes t ON t.schema_id = x.catalog_id JOIN argosy.column_nodes c ON c.table_id = t.id "
            "JOIN argosy.schema_files f ON x.url = 'upload:' || f.upload_id WHERE x.id = %s GROUP BY 1, 3, 4",
            cities["id"],
        )
        self.assertEqual([("city", ["id", "city", "founded"], "csv", "city.csv")], found)
        tried = self.call("POST", f"/{dump['id']}/test?wait_s=60")
        self.assertEqual((True, "library.sql"), (tried["reachable"], tried["file"]))
        chinook = api.upload(self.fleet, fleet.CHINOOK, "chinook.db")
        tried = self.call("POST", f"/{chinook}/test?wait_s=60")
        self.assertEqual((True, "sqlite", 11), (tried["reachable"], tried["dialect"], tried["tables"]))
        self.assertEqual([], tried["missing"])
        letter = self.upload("letter.db", "this is no database\n", dialect="sqlite")
        self.assertIn("is no SQLite database", self.status_is(letter["id"], "error")["error"]["message"])
        odd = self.upload("odd.bin", "\0\1\2\3" * 100)
        self.assertIn("odd.bin", self.status_is(odd["id"], "error")["error"]["message"])
        guided = self.upload("guided.sql", "CREATE TABLE t (a NUMBER(3), b VARCHAR2(9));", dialect="oracle")
        self.assertEqual("oracle", self.status_is(guided["id"], "ready")["dialect"])
        self.call("POST", "", {"name": "x", "upload": 1, "dialect": "cobol"}, 400)
        self.call("POST", "", {"name": "x", "upload": 99999999}, 400)
        self.call("PATCH", f"/{dump['id']}", {"reanalyze_hours": 5}, 400)

    # ---- by the clock ----

    def test_schedule(self):
        url = self.customer.shop("gamma")
        number = self.call("POST", "/from-url", {"url": url, "reanalyze_hours": 1}, 201)["id"]
        first = self.status_is(number, "ready")["catalog"]["job"]
        lock = self.customer.lock("gamma")
        name = f"connection.{number}"

        def tick(back_s):
            """As if it had been made five hours ago: a tick is due, and has been so long."""
            self.fleet.rows(
                "UPDATE argosy.schedule SET cron = '@every 1h from ' || to_char(now() AT TIME ZONE 'UTC' - "
                """make_interval(hours => 5, secs => %s), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), """
                "since = now() - interval '20 seconds', "
                "next_run = now(), revision = revision + 1 WHERE name = %s",
                back_s,
                name,
            )

        tick(10)
        again = self.status_is(number, "updating")
        self.assertGreater(again["job"], first)
        tick(0)
        fleet.eventually(lambda: self.fleet.rows("SELECT 1 FROM argosy.schedule WHERE name = %s AND skipped = 1", name))
        lock.close()
        self.assertEqual(again["job"], self.status_is(number, "ready")["catalog"]["job"])
        jobs = "SELECT count(*) FROM argosy.job WHERE kind = 'discovery' AND args ->> 'source' = %s"
        self.assertEqual([(2,)], self.fleet.rows(jobs, str(number)))
        self.call("DELETE", f"/{number}")
        self.assertEqual([], self.fleet.rows("SELECT name FROM argosy.schedule WHERE name = %s", name))

    # ---- commands ----

    def test_commands(self):
        url = self.customer.shop("delta")
        secret = os.path.join(servers.folder(), "password")
        with open(secret, "w", encoding="utf-8") as f:
            f.write(PASSWORD + "\n")
        self.customer.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO walled", database="delta")
        walled = url.replace("argosy@", "walled@")
        self.assertIn("true", self.fleet.run("connection", "test", walled, "--password", "@" + secret))
        self.assertEqual(69, self.fleet.command("connection", "test", walled).returncode)
        number = self.fleet.run("connection", "add", walled, "--password", "@" + secret, "--name", "fourth").strip()
        self.assertEqual(4, self.fleet.command("connection", "add", walled).returncode)
        self.status_is(number, "ready")
        self.assertIn("fourth", self.fleet.run("connection", "list", "--status", "ready"))
        self.assertRegex(self.fleet.run("connection", "show", number), r"tables +2\n")
        self.assertEqual([], self.fleet.json("connection", "test", number)["missing"])
        self.assertIn("5th", self.fleet.run("connection", "update", number, "--name", "5th", "--reanalyze-hours", "24"))
        self.assertRegex(self.fleet.run("connection", "analyze", number), r"^\d+")
        self.status_is(number, "ready")
        fleet.eventually(lambda: self.fleet.command("connection", "remove", number).returncode == 0)
        self.assertEqual(3, self.fleet.command("connection", "show", number).returncode)
        path = os.path.join(servers.folder(), "town.csv")
        with open(path, "w", encoding="utf-8") as f:
            f.write(CSV)
        self.status_is(self.fleet.run("connection", "add", path).strip(), "ready")


if __name__ == "__main__":
    unittest.main(verbosity=2)
