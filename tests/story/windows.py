#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whoever submits more than a window of a queue holds is told so in the answer, by every door; nobody else is."""

import datetime
import json
import os
import unittest

from support import api, fleet, servers

LATE = "this would not end before the window of queue night closes"


class Windows(unittest.TestCase):
    """Nothing runs: the queues are paused, and what a job takes is in the record as if it had been measured."""

    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet(workers=1, slots=2)
        cls.fleet.start()
        now = datetime.datetime.now(datetime.timezone.utc)
        hours = [(now + datetime.timedelta(hours=h)).strftime("%H:%M") for h in (-2, 2)]
        cls.fleet.rows("INSERT INTO argosy.kind_cost VALUES ('noop', 60000000)")  # a minute
        cls.fleet.run("queue", "set", "night", "--window", "-".join(hours))
        names = ("default", "night", "x1", "x2", "x3")
        cls.fleet.rows("INSERT INTO argosy.queue (name) SELECT unnest(%s) ON CONFLICT DO NOTHING", list(names))
        for name in names:
            cls.fleet.run("queue", "pause", name)
        fleet.eventually(lambda: cls.fleet.rows("SELECT 1 FROM argosy.worker WHERE NOT dead"))

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def jobs(self, count, **more):
        return [{"kind": "noop", "queue": "night", **more}] * count

    def test_each_door_warns(self):
        """Two slots for two hours are 240 jobs of a minute."""
        few = api.call(self.fleet, "/api/v1/jobs", {"jobs": self.jobs(20)})
        self.assertNotIn("warnings", few)
        many = api.call(self.fleet, "/api/v1/jobs", {"jobs": self.jobs(300)})
        self.assertEqual(300, len(many["ids"]))
        self.assertIn(LATE, "".join(many["warnings"]))
        one = api.call(self.fleet, "/api/v1/jobs", {"kind": "noop", "queue": "night", "unique": True})
        self.assertIn(LATE, one["warnings"][0])
        self.assertIs(False, one["existing"])
        steps = [{"step": "a", "kind": "noop", "queue": "night"}, {"step": "b", "kind": "noop", "after": ["a"]}]
        pipeline = api.call(self.fleet, "/api/v1/pipelines", {"name": "p", "steps": steps})
        self.assertEqual(["a", "b"], sorted(pipeline["jobs"]))
        self.assertIn(LATE, pipeline["warnings"][0])
        batch = api.call(self.fleet, "/api/v1/batches", {"name": "b", "jobs": self.jobs(3)})
        self.assertIn(LATE, batch["warnings"][0])
        # what has a time of its own, or goes elsewhere, is not spoken of
        later = api.call(self.fleet, "/api/v1/jobs", {"jobs": self.jobs(300, run_at="2099-01-01T00:00:00Z")})
        self.assertNotIn("warnings", later)
        self.assertEqual({"id"}, set(api.call(self.fleet, "/api/v1/jobs", {"kind": "noop"})))

    def test_the_commands_tell_people(self):
        path = os.path.join(servers.folder(), "night.ndjson")
        with open(path, "w", encoding="utf-8") as f:
            f.write("".join(json.dumps(job) + "\n" for job in self.jobs(600)))
        done = self.fleet.command("batch", "submit", path)
        self.assertEqual(0, done.returncode)
        self.assertRegex(done.stdout, r"^\d+\n$")
        self.assertRegex(done.stderr, "^warning: " + LATE)
        done = self.fleet.command("job", "submit", "noop", "{}")
        self.assertEqual("", done.stderr)

    def test_a_window_counts_at_once(self):
        """Also for a gateway that has just looked which queues have one."""
        for name in ("x1", "x2", "x3"):
            self.assertNotIn("warnings", api.call(self.fleet, "/api/v1/jobs", {"kind": "noop", "queue": name}))
            self.fleet.run("queue", "set", name, "--window", "00:00-00:01", "--tags", "nobody-has-it")
            said = api.call(self.fleet, "/api/v1/jobs", {"kind": "noop", "queue": name})
            self.assertIn("no worker is alive", said["warnings"][0])
            self.fleet.run("queue", "set", name, "--window", "none")
            self.assertNotIn("warnings", api.call(self.fleet, "/api/v1/jobs", {"kind": "noop", "queue": name}))


if __name__ == "__main__":
    unittest.main(verbosity=2)
