#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, end to end on a real fleet: Chinook arrives whole, what is changed afterwards is found, and secrets
stay secret."""

import json
import os
import secrets
import subprocess
import time
import unittest

import psycopg2

from support import api, fleet, servers

UNIQUE = secrets.token_hex(8)  # several of us may run at once
MARKER = f"Mrkr-{UNIQUE}-p%40ss"
MARKER_PLAIN = f"Mrkr-{UNIQUE}-p@ss"


class Pipeline(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet().__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def migrate(self, database, source=fleet.CHINOOK):
        url = self.fleet.database(database)
        return json.loads(self.fleet.run("migrate", f"sqlite:{source}", url, "--output", "json").splitlines()[-1])

    def test_chinook_arrives_whole(self):
        report = self.migrate("whole")
        self.assertEqual(
            ("passed", 11, 15607, 11, 11),
            tuple(report[k] for k in ("validation", "tables", "rows", "primary_keys", "foreign_keys")),
            report,
        )
        count = self.fleet.rows("SELECT count(*) FROM pg_constraint WHERE contype = 'f'", database="whole")[0][0]
        self.assertEqual(11, count)
        tracks = self.fleet.rows(
            'SELECT count(*), sum("Milliseconds"), sum("UnitPrice") FROM "Track"', database="whole"
        )[0]
        self.assertEqual((3503, 1378778040, "3680.97"), (tracks[0], int(tracks[1]), str(tracks[2])))

    def test_a_target_that_holds_the_tables_is_refused(self):
        url = self.fleet.database("taken")
        self.fleet.rows('CREATE TABLE "Track" (id int)', database="taken")
        done = self.fleet.command("migrate", f"sqlite:{fleet.CHINOOK}", url, "--output", "json")
        self.assertEqual(4, done.returncode, done.stderr)
        error = json.loads(done.stderr.strip().splitlines()[-1])
        self.assertEqual("target_not_empty", error["error_code"])
        self.assertEqual({"message", "error_code", "details", "timestamp"}, set(error))
        tables = self.fleet.rows(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'argosy_fence'",
            database="taken",
        )[0][0]
        self.assertEqual(1, tables)  # nothing half made

    def test_a_file_that_is_no_database(self):
        path = os.path.join(servers.folder(), "no.sqlite")
        with open(path, "w", encoding="utf-8") as f:
            f.write("this is a letter, not a database\n" * 100)
        done = self.fleet.command("migrate", f"sqlite:{path}", self.fleet.database("nodb"))
        self.assertEqual(2, done.returncode, done.stderr)
        self.assertIn("no.sqlite is no SQLite database", done.stderr)

    def test_a_target_that_refuses_the_connection(self):
        port = servers.free_port()
        url = f"postgresql://me@127.0.0.1:{port}/x"
        done = self.fleet.command("migrate", f"sqlite:{fleet.CHINOOK}", url, "--output", "json")
        self.assertEqual(69, done.returncode, done.stderr)
        error = json.loads(done.stderr.strip().splitlines()[-1])
        self.assertEqual({"message", "error_code", "details", "timestamp"}, set(error))
        self.assertIn(str(port), error["message"])
        self.assertIn("refused", error["message"])
        # Nothing is left open: an untouched target needs no seal.
        self.assertEqual([], self.fleet.rows("SELECT id FROM argosy.job_live"))

    def test_differences_are_named(self):
        """One value changed, one row dropped, one orphan added: each is found with table, column and key."""
        self.migrate("differs")
        job = self.fleet.rows("SELECT max(id) FROM argosy.job WHERE kind = 'validation'")[0][0]
        # damage, what mends it, and the finding: check, table, column, key
        cases = (
            (
                'UPDATE "Customer" SET "City" = \'Nowhere\' WHERE "CustomerId" = 17',
                'UPDATE "Customer" SET "City" = \'Redmond\' WHERE "CustomerId" = 17',
                ("value", "Customer", "City", "17"),
            ),
            (
                'DELETE FROM "PlaylistTrack" WHERE "PlaylistId" = 1 AND "TrackId" = 3402',
                'INSERT INTO "PlaylistTrack" VALUES (1, 3402)',
                ("missing_row", "PlaylistTrack", "PlaylistId", "1, 3402"),
            ),
            (
                'ALTER TABLE "Album" DISABLE TRIGGER ALL;'
                ' INSERT INTO "Album" ("AlbumId", "Title", "ArtistId") VALUES (9001, \'Of nobody\', 99999)',
                'DELETE FROM "Album" WHERE "AlbumId" = 9001; ALTER TABLE "Album" ENABLE TRIGGER ALL',
                ("orphan", "Album", "ArtistId", "9001"),
            ),
        )
        for damage, mend, finding in cases:
            with self.subTest(damage):
                self.fleet.rows(damage, database="differs")
                try:
                    again = self.validate_again(job)
                finally:
                    self.fleet.rows(mend, database="differs")
                self.assertEqual("failed", again["validation"], again)
                found = [(f["check"], f["table"], f.get("column"), f.get("key")) for f in again["findings"]]
                self.assertIn(finding, found)
                self.assertEqual({finding[1]}, {table for _, table, _, _ in found})  # and nothing else is blamed
        self.assertEqual("passed", self.validate_again(job)["validation"])

    def validate_again(self, job):
        """The same validation as one more job of the same pipeline, so that it reads the same inputs."""
        fresh = self.fleet.rows(
            "WITH j AS (SELECT * FROM argosy.job WHERE id = %s), n AS (SELECT argosy.submit_rows(ARRAY[j.kind],"
            " ARRAY[j.args::text], ARRAY[NULL::text], ARRAY[NULL::text], ARRAY[NULL::bigint], ARRAY[NULL::bigint],"
            " ARRAY[NULL::text], ARRAY[NULL::bigint], ARRAY[NULL::bigint], ARRAY['story'], NULL, j.pipeline,"
            " ARRAY['validation-' || nextval('argosy.event_n')]) AS ids FROM j)"
            " SELECT ids[1] FROM n",
            job,
        )[0][0]
        state, result, error = fleet.eventually(
            lambda: self.fleet.rows("SELECT state, result, error FROM argosy.job_history WHERE id = %s", fresh)
        )[0]
        self.assertEqual(5, state, error)
        return result

    def need_password(self):
        """Role "marked" of the private server gets in with the marker only."""
        self.fleet.rows(f"CREATE ROLE marked LOGIN SUPERUSER PASSWORD '{MARKER_PLAIN}'")
        path = self.fleet.rows("SHOW hba_file")[0][0]
        with open(path, encoding="utf-8") as f:
            rules = f.read()
        with open(path, "w", encoding="utf-8") as f:
            f.write("local all marked scram-sha-256\n" + rules)
        self.fleet.rows("SELECT pg_reload_conf()")
        bare = self.fleet.url("postgres").replace("postgresql:///", f"postgresql://marked:not-{UNIQUE}@/")
        fleet.eventually(lambda: not self.gets_in(bare.replace("user=argosy&", "").replace("?user=argosy", "?")))

    def gets_in(self, url):
        """Until the server has read its new rules, everybody does."""
        try:
            psycopg2.connect(url.rstrip("?&")).close()
            return True
        except psycopg2.OperationalError:
            return False

    def processes(self, starting):
        """Command lines and environments of all processes, but not of one that has only just begun."""
        seen = set()
        for pid in (p for p in os.listdir("/proc") if p.isdigit() and int(p) != starting):
            for name in ("cmdline", "environ"):
                try:
                    with open(f"/proc/{pid}/{name}", "rb") as f:
                        seen.add(f.read())
                except OSError:
                    pass
        return seen

    def record(self):
        """Every row of every table of ours, as text."""
        text = ""
        for (table,) in self.fleet.rows(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'argosy'"
        ):
            text += f"--- {table}\n" + "\n".join(row for (row,) in self.fleet.rows(f"SELECT t::text FROM {table} t"))
        return text.encode()

    def files(self):
        """All of the fleet's folder: logs, uploads, and the server's own files."""
        held = []
        for parent, _, names in os.walk(self.fleet.folder):
            for name in names:
                path = os.path.join(parent, name)
                try:
                    if os.path.isfile(path):
                        with open(path, "rb") as f:
                            held.append(f.read())
                except FileNotFoundError:
                    pass  # the server has removed it since
        return b"\n".join(held)

    def test_a_marker_password_is_found_nowhere(self):
        self.need_password()
        url = self.fleet.database("secret")
        self.assertIn("user=argosy", url)
        bare = url.replace("user=argosy&", "").replace("?user=argosy", "?").rstrip("?&")
        wrong = bare.replace("postgresql:///", f"postgresql://marked:not-{UNIQUE}@/")
        marked = bare.replace("postgresql:///", f"postgresql://marked:{MARKER}@/")
        refused = self.fleet.command("migrate", f"sqlite:{fleet.CHINOOK}", wrong)
        self.assertNotEqual(0, refused.returncode)  # it takes the marker to get in
        self.assertIn("password", refused.stderr)

        socket_path = self.fleet.state["redis_url"][len("unix://") :]
        monitor_path = os.path.join(servers.folder(), "monitor")
        dump_path = os.path.join(servers.folder(), "dump.rdb")
        with open(monitor_path, "wb") as out, api.Events(self.fleet) as heard:
            monitor = subprocess.Popen(["redis-cli", "-s", socket_path, "monitor"], stdout=out)
            running = subprocess.Popen(
                [fleet.BIN, "migrate", f"sqlite:{fleet.CHINOOK}", marked, "--output", "json"],
                env=self.fleet.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            seen, statements = set(), set()
            while running.poll() is None:
                begun = any(e["type"] == "submitted" for e in heard.all())  # then it has hidden what was typed
                seen |= self.processes(None if begun else running.pid)
                statements |= set(self.fleet.rows("SELECT concat(application_name, query) FROM pg_stat_activity"))
                time.sleep(0.02)  # between looks: the machine is others' too
            out_text, err_text = running.communicate()
            self.assertEqual(0, running.returncode, err_text)
            report = json.loads(out_text.splitlines()[-1])
            self.assertEqual("passed", report["validation"])
            jobs = [j for (j,) in self.fleet.rows("SELECT id FROM argosy.job ORDER BY id")]
            fleet.eventually(lambda: ("succeeded", 1) in heard.of(jobs[-1]))
            monitor.terminate()
            monitor.wait()
        dumped = subprocess.run(
            ["redis-cli", "-s", socket_path, "--rdb", dump_path], capture_output=True, check=False
        )
        self.assertEqual(0, dumped.returncode, dumped.stderr)
        answers = [self.fleet.run("job", "list", "--output", "json")]
        answers += [json.dumps(api.call(self.fleet, path)) for path in ("/api/v1/connections", "/api/v1/workers")]
        answers += [self.fleet.run("job", "show", str(job), "--output", "json") for job in jobs]
        with open(monitor_path, "rb") as monitored, open(dump_path, "rb") as dump:
            places = {
                "table": (self.record(), b"argosy.connection"),
                "Redis": (monitored.read() + dump.read(), b"argosy:w:"),
                "event": ("\n".join(heard.raw).encode(), b"succeeded"),
                "log and data folder": (self.files(), b'"role":"worker"'),
                "log of up": (self.fleet.logs().encode(), b"worker"),
                "report": ((out_text + err_text).encode(), b"passed"),
                "answer": ("\n".join(answers).encode(), b"validation"),
                "process": (b"\n".join(seen), b"argosy"),
                "statement": (str(statements).encode(), b"argosy"),
            }
        for place, (held, sure) in places.items():
            self.assertIn(sure, held, f"{place}: nothing was looked at")
            for form in (MARKER, MARKER_PLAIN):
                self.assertFalse(form.encode() in held, f"the marker is in a {place}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
