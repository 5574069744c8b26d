#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`argosy demo`: the report, again, twice at once, interrupted, and no server of the user's touched."""

import json
import os
import signal
import subprocess
import unittest

import psycopg2

from support import family, fleet, servers

REPORT = {"validation": "passed", "tables": 11, "rows": 15607, "primary_keys": 11, "foreign_keys": 11}


class Demo(unittest.TestCase):
    def place(self, **more):
        """A fleet's folder and environment; the demo starts the fleet itself."""
        f = fleet.Fleet(**more)
        self.addCleanup(lambda: self.assertEqual({}, family.gone(f.folder)))
        return f

    def start(self, f, *words):
        return subprocess.Popen(
            [fleet.BIN, "demo", "--listen", "127.0.0.1:0", "--workers", "1", *words],
            env=f.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def passed(self, demo):
        out, err = demo.communicate(timeout=600)
        self.assertEqual(0, demo.returncode, err)
        self.assertEqual(1, len(out.splitlines()), out)   # JSON, and nothing else
        report = json.loads(out)
        self.assertGreater(report.pop("seconds"), 0)
        self.assertEqual(REPORT, report)
        return err

    def test_once_and_again(self):
        f = self.place()
        self.passed(self.start(f, "--once", "--output", "json"))
        self.assertEqual({}, family.gone(f.folder))
        self.passed(self.start(f, "--once", "--output", "json"))

    def test_two_at_once(self):
        f = self.place()
        first, second = (self.start(f, "--once", "--output", "json") for _ in range(2))
        said = self.passed(first) + self.passed(second)
        self.assertIn("another demo is at work", said)

    def test_a_fleet_that_runs_is_used_and_left(self):
        with fleet.Fleet(workers=1) as f:
            self.passed(self.start(f, "--once", "--output", "json"))
            self.assertIsNone(f.up.poll())
            self.assertEqual(5, len([j for j in f.json("job", "list")["jobs"] if j["step"] in (
                "discovery", "mapping", "codegen", "migration", "validation")]))
            text = self.start(f, "--once")
            out, err = text.communicate(timeout=600)
            self.assertEqual(0, text.returncode, err)
            self.assertRegex(out, r"Track +3503 ")
            self.assertRegex(out, r"validation passed: 11 tables, 15607 rows, 11 primary and 11 foreign keys, ")
            self.assertIn(f.state["url"], err)

    def test_interrupted(self):
        """As early as can be, in the middle of the pipeline, and once it only stays up."""
        f = self.place()
        for said in ("starting the servers", "discovery", "The fleet stays up"):
            with self.subTest(said):
                demo = self.start(f)
                self.addCleanup(demo.kill)
                err = ""
                while said not in err:
                    line = demo.stderr.readline()
                    self.assertTrue(line, f"ended without saying {said!r}: {err}")
                    err += line
                everybody = family.of(f.folder)
                self.assertGreaterEqual(len(everybody), 2)
                demo.send_signal(signal.SIGINT)
                demo.communicate(timeout=servers.PATIENCE_S)
                self.assertEqual(130, demo.returncode)
                self.assertEqual({}, family.gone(f.folder, everybody))

    def test_the_demo_is_killed(self):
        f = self.place()
        demo = self.start(f)
        while "discovery" not in demo.stderr.readline():
            self.assertIsNone(demo.poll())
        everybody = family.of(f.folder)
        demo.kill()
        demo.communicate()
        self.assertEqual({}, family.gone(f.folder, everybody))
        self.passed(self.start(f, "--once", "--output", "json"))

    def test_no_server_of_the_users_is_touched(self):
        postgres, redis = servers.Postgres(), servers.Redis()
        secret = os.path.join(servers.folder(), "url.secret")
        config = os.path.join(servers.folder(), "argosy.conf")
        with open(secret, "w", encoding="utf-8") as f:
            f.write(postgres.url + "\n")
        with open(config, "w", encoding="utf-8") as f:
            f.write(f'database-url = "{postgres.url}"\nredis-url = "{redis.url}"\n')
        socket = f"postgresql:///postgres?user=argosy&host={postgres.folder}"   # looks like a private one
        ways = (
            {"DATABASE_URL": socket, "REDIS_URL": redis.url, "PGHOST": postgres.folder, "PGPORT": "5433"},
            {"DATABASE_URL_FILE": secret, "ARGOSY_CONFIG": config},
        )
        for environment in ways:
            with self.subTest(sorted(environment)):
                self.passed(self.start(self.place(**environment), "--once", "--output", "json"))
        with psycopg2.connect(postgres.conninfo) as session, session.cursor() as cursor:
            cursor.execute("SELECT array_agg(datname::text ORDER BY 1) FROM pg_database")
            self.assertEqual(["postgres", "template0", "template1"], sorted(cursor.fetchone()[0]))
            cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'argosy'")
            self.assertEqual(0, cursor.fetchone()[0])
        self.assertEqual(":0\r\n", redis.command("DBSIZE"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
