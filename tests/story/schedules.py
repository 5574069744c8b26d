#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Work that comes by the clock, in batches and only once, through the commands of a real fleet."""

import json
import os
import unittest

from support import api, fleet, servers


class Schedules(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet(workers=1, slots=2)
        cls.fleet.start()

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def test_each_second(self):
        with api.Events(self.fleet) as heard:
            added = self.fleet.json("schedule", "add", "beat", "* * * * * *", "noop", "{}", "--zone", "Europe/Berlin")
            self.assertEqual({"name", "next_run"}, set(added))
            fleet.eventually(lambda: sum(e["type"] == "succeeded" for e in heard.all()) >= 3)
        self.fleet.run("schedule", "pause", "beat")
        shown = self.fleet.json("schedule", "show", "beat")
        self.assertTrue(shown["paused"] and shown["fired"] >= 3 and shown["error"] is None, shown)
        keys = self.fleet.rows("SELECT key FROM argosy.idempotency WHERE key LIKE 'schedule:beat:%'")
        self.assertEqual(shown["fired"], len(keys))
        self.assertEqual(3, len(self.fleet.run("schedule", "next", "beat", "--count", "3").split()))
        self.assertRegex(self.fleet.run("schedule", "run", "beat"), r"^\d+\n$")
        self.assertIn("beat", self.fleet.run("schedule", "list"))
        self.assertEqual(4, self.fleet.command("schedule", "add", "beat", "@daily", "noop").returncode)
        self.fleet.run("schedule", "add", "beat", "@daily", "noop", "--replace")
        self.assertEqual("beat: removed\n", self.fleet.run("schedule", "remove", "beat"))
        self.assertEqual(3, self.fleet.command("schedule", "show", "beat").returncode)
        bad = '{"sleep_ms": "long"}'
        for words in (("61 * * * *", "noop"), ("@daily", "sailing"), ("@daily", "noop", bad), ("@daily",)):
            self.assertEqual(2, self.fleet.command("schedule", "add", "bad", *words).returncode, words)

    def test_batch(self):
        path = os.path.join(servers.folder(), "jobs.ndjson")
        with open(path, "w", encoding="utf-8") as f:
            for i in range(50):
                f.write(json.dumps({"kind": "noop", "args": {"fail": "fatal"} if i == 3 else {}}) + "\n")
        batch = self.fleet.run("batch", "submit", path, "--on-complete", '{"kind": "noop"}').strip()
        ended = fleet.eventually(lambda: (lambda b: b if b["ended"] else None)(self.fleet.json("batch", "show", batch)))
        self.assertEqual((50, 49, 1, 0), (ended["total"], ended["succeeded"], ended["failed"], ended["cancelled"]))
        self.assertGreater(ended["complete_job"], 0)
        self.assertEqual(["failed"], [job["state"] for job in self.fleet.json("batch", "failed", batch)["jobs"]])
        self.assertEqual(3, self.fleet.command("batch", "cancel", "99999999").returncode)

    def test_unique(self):
        words = ("job", "submit", "noop", '{"sleep_ms": 600000}', "--unique", "live")
        first = self.fleet.json(*words)
        self.assertEqual({"id": first["id"], "existing": True}, self.fleet.json(*words))
        self.fleet.run("job", "cancel", str(first["id"]))


        def another():
            """Once the one that is being cancelled has ended."""
            got = self.fleet.json(*words)
            return got if got["id"] != first["id"] else None

        again = fleet.eventually(another)
        self.fleet.run("job", "cancel", str(again["id"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
