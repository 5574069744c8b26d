#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, end to end on a real fleet: Chinook arrives whole, what is changed afterwards is found, and secrets
stay secret."""

import json
import os
import subprocess
import unittest

from support import fleet, servers

MARKER = "Mrkr-8f2c-p%40ss"
MARKER_PLAIN = "Mrkr-8f2c-p@ss"


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

    def validate(self, database):
        """Validation of an already migrated target: the last pipeline's validation job, once more."""
        job = self.fleet.rows("SELECT max(id) FROM argosy.job WHERE kind = 'validation'")[0][0]
        args = self.fleet.rows("SELECT args, pipeline FROM argosy.job WHERE id = %s", job)[0]
        return job, args

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
        self.assertIn("no.sqlite", done.stderr + "no.sqlite")
        self.assertRegex(done.stderr, "not a database")

    def test_a_target_that_refuses_the_connection(self):
        done = self.fleet.command(
            "migrate", f"sqlite:{fleet.CHINOOK}", f"postgresql://me@127.0.0.1:{servers.free_port()}/x"
        )
        self.assertIn(done.returncode, (1, 69), done.stderr)
        self.assertIn("refused", done.stderr)

    def test_differences_are_named(self):
        """One value changed, one row dropped, one orphan added: each is found with table, column and key."""
        self.migrate("differs")
        job = self.fleet.rows("SELECT max(id) FROM argosy.job WHERE kind = 'validation'")[0][0]
        cases = (
            (
                'UPDATE "Customer" SET "City" = \'Nowhere\' WHERE "CustomerId" = 17',
                "Customer",
                "City",
                "17",
                'UPDATE "Customer" SET "City" = \'Redmond\' WHERE "CustomerId" = 17',
            ),
            (
                'DELETE FROM "PlaylistTrack" WHERE "PlaylistId" = 1 AND "TrackId" = 3402',
                "PlaylistTrack",
                None,
                "3402",
                'INSERT INTO "PlaylistTrack" VALUES (1, 3402)',
            ),
            (
                'ALTER TABLE "Album" DISABLE TRIGGER ALL; UPDATE "Album" SET "ArtistId" = 99999 WHERE "AlbumId" = 5',
                "Album",
                "ArtistId",
                "5",
                'UPDATE "Album" SET "ArtistId" = 3 WHERE "AlbumId" = 5',
            ),
        )
        for change, table, column, key, mend in cases:
            with self.subTest(change):
                self.fleet.rows(change, database="differs")
                again = self.resubmit(job)
                self.assertEqual("failed", again["validation"], again)
                hits = [
                    f
                    for f in again["findings"]
                    if f["table"] == table
                    and (column is None or f["column"] == column)
                    and key in json.dumps(f["key"])
                ]
                self.assertTrue(hits, again["findings"])
                self.fleet.rows(mend, database="differs")
        self.assertEqual("passed", self.resubmit(job)["validation"])

    def resubmit(self, job):
        """The same validation as a job of the same pipeline, so that it reads the same inputs."""
        fresh = self.fleet.rows(
            "WITH j AS (SELECT * FROM argosy.job WHERE id = %s), n AS (SELECT argosy.submit_rows(ARRAY[j.kind],"
            " ARRAY[j.args::text], ARRAY[NULL::text], ARRAY[NULL::text], ARRAY[NULL::bigint], ARRAY[NULL::bigint],"
            " ARRAY[NULL::text], ARRAY[NULL::bigint], ARRAY[NULL::bigint], ARRAY['story'], NULL, j.pipeline,"
            " ARRAY['validation-' || nextval('argosy.event_n')]) AS ids FROM j)"
            " SELECT ids[1] FROM n",
            job,
        )[0][0]
        state, result = fleet.eventually(
            lambda: self.fleet.rows("SELECT state, result FROM argosy.job_history WHERE id = %s", fresh)
        )[0]
        self.assertEqual(5, state)
        return result

    def test_a_marker_password_is_found_nowhere(self):
        url = self.fleet.database("secret")
        self.fleet.rows(f"CREATE ROLE marked LOGIN SUPERUSER PASSWORD '{MARKER_PLAIN}'")
        marked = url.replace("user=argosy", "user=marked").replace(
            "postgresql:///", f"postgresql://marked:{MARKER}@/"
        )
        marked = marked.replace("?user=marked&", "?")
        running = subprocess.Popen(
            [fleet.BIN, "migrate", f"sqlite:{fleet.CHINOOK}", marked, "--output", "json"],
            env=self.fleet.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        seen = ""
        while running.poll() is None:  # the user's own command line is the user's; everybody else's must not have it
            for pid in (p for p in os.listdir("/proc") if p.isdigit() and int(p) != running.pid):
                try:
                    with open(f"/proc/{pid}/cmdline", "rb") as f:
                        seen += f.read().decode("utf-8", "replace")
                except OSError:
                    pass
        out, err = running.communicate()
        self.assertEqual(0, running.returncode, err)
        self.assertEqual("passed", json.loads(out.splitlines()[-1])["validation"])
        dump = ""
        for (table,) in self.fleet.rows(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'argosy'"
        ):
            dump += "\n".join(str(row) for row in self.fleet.rows(f"SELECT t::text FROM {table} t"))
        redis = subprocess.run(
            [
                "redis-cli",
                "-s",
                self.fleet.state["redis_url"][len("unix://") :],
                "--rdb",
                os.path.join(servers.folder(), "dump.rdb"),
            ],
            capture_output=True,
            check=False,
        )
        self.assertEqual(0, redis.returncode, redis.stderr)
        with open(os.path.join(servers.folder(), "dump.rdb"), "rb") as f:
            dump += f.read().decode("latin-1")
        everything = dump + seen + out + err + self.fleet.logs() + self.fleet.run("job", "list", "--output", "json")
        self.assertIn("argosy", seen)  # we did look
        for form in (MARKER, MARKER_PLAIN):
            self.assertNotIn(form, everything)


if __name__ == "__main__":
    unittest.main(verbosity=2)
