#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The order of settings through the real program: flag, environment, file, default; and what a bad one is told."""

import json
import os
import subprocess
import unittest

from support import fleet, servers


def write(name, text):
    path = os.path.join(servers.folder(), name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o644)
    return path


def version(*words, **environment):
    done = subprocess.run([fleet.BIN, "version", *words], env=fleet.environment(**environment), capture_output=True,
                          text=True, check=False)
    return done.returncode, done.stdout[:1], done.stderr


class Order(unittest.TestCase):
    def test_each_source_wins_over_the_next(self):
        as_json, as_text = write("json.conf", 'output = "json"\n'), write("text.conf", "output = text\n")
        home = os.path.join(servers.folder(), "config")
        os.makedirs(os.path.join(home, "argosy"))
        write("config/argosy/argosy.conf", "output = json # mine\n")
        for first, words, environment in (
            ("a", (), {}),
            ("{", (), {"XDG_CONFIG_HOME": home}),
            ("a", ("--config", as_text), {"XDG_CONFIG_HOME": home}),
            ("{", (), {"ARGOSY_CONFIG": as_json}),
            ("a", ("--config", as_text), {"ARGOSY_CONFIG": as_json}),
            ("a", (), {"ARGOSY_CONFIG": as_json, "ARGOSY_OUTPUT": "text"}),
            ("{", ("--output", "json"), {"ARGOSY_CONFIG": as_text, "ARGOSY_OUTPUT": "text"}),
            ("a", ("--output=text",), {"ARGOSY_CONFIG": as_json, "ARGOSY_OUTPUT": "json"}),
            ("{", (), {"ARGOSY_CONFIG": as_json, "ARGOSY_OUTPUT": ""}),   # empty is not given
        ):
            with self.subTest(words=words, environment=environment):
                code, got, err = version(*words, **environment)
                self.assertEqual((0, first), (code, got), err)

    def test_a_bad_one_says_where_it_comes_from(self):
        for says, words, environment in (
            ("from flag", ("--output", "xml"), {}),
            ("from environment", (), {"ARGOSY_OUTPUT": "xml"}),
            ("from file", ("--config", write("bad.conf", "output = xml\n")), {}),
            ("line 2", ("--config", write("typo.conf", "slots = 3\nsluts = 4\n")), {}),
            ("/nowhere.conf", ("--config", "/nowhere.conf"), {}),
            ("/nowhere.conf", (), {"ARGOSY_CONFIG": "/nowhere.conf"}),
            ("DATABASE_URL_FILE", (), {"DATABASE_URL_FILE": "/nowhere.secret"}),
            ("between 1 and 256", (), {"ARGOSY_SLOTS": "257"}),
        ):
            with self.subTest(says):
                code, out, err = version(*words, **environment)
                self.assertEqual((2, ""), (code, out), err)
                self.assertIn(says, err)

    def test_they_reach_the_roles(self):
        """slots from the file, workers from the environment over the file, the transport from a flag over both."""
        config = write("fleet.conf", "slots = 3\nworkers = 1\ntransport = redis\n")
        f = fleet.Fleet(ARGOSY_CONFIG=config, ARGOSY_WORKERS="2", ARGOSY_TRANSPORT="redis")
        f.arguments = ["--transport=postgres", "--listen=127.0.0.1:0"]
        with f:
            def workers():
                found = f.json("worker", "list")["workers"]
                return found if len(found) == 2 else None
            self.assertEqual([(3, "postgres")] * 2, [(w["slots"], w["transport"]) for w in fleet.eventually(workers)])
            self.assertIsNone(f.state.get("redis_url"))
            rows = json.loads(f.command("doctor", "--transport", "postgres", "--output", "json").stdout)
            self.assertEqual([], [row for row in rows if row["status"] == "error"])


class Record(unittest.TestCase):
    """What the leader was told is in the record."""

    def test_retention_and_limits(self):
        """Retention: for a state by itself, else for all, else what was there. Arguments: for every door."""
        said = "SELECT name, value::int / 86400 FROM argosy.setting WHERE name LIKE 'retention_%ed_s'"
        with fleet.Fleet("--retention-failed=90d", "--args-max=40k", workers=1, ARGOSY_RETENTION="40d") as f:
            expected = {"retention_succeeded_s": 40, "retention_failed_s": 90, "retention_cancelled_s": 40}
            fleet.eventually(lambda: dict(f.rows(said)) == expected)
            kept = "SELECT value FROM argosy.setting WHERE name = 'args_max'"
            fleet.eventually(lambda: f.rows(kept) == [("40960",)])
            refused = f.command("job", "submit", "noop", json.dumps({"payload": "x" * 40960}))
            self.assertIn("at most 40960", refused.stderr)
            self.assertEqual([], [line for line in f.lines("scheduler") if line.get("level") == "error"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
