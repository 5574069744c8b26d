#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Jobs that need what not every worker has: submitted with tags in every way, they run where all of them are."""

import json
import os
import signal
import subprocess
import unittest

from support import api, fleet, servers


class Tags(unittest.TestCase):
    """One worker without tags, the fleet's own; one with gpu and eu that comes when a test wants it."""

    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet(workers=1, slots=2)
        cls.fleet.start()

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def worker(self, tags):
        log = open(os.path.join(self.fleet.folder, "tagged.log"), "ab")
        started = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", fleet.BIN, "worker", "--transport=postgres", "--slots=2"]
            + [f"--tags={tags}", f"--name={tags}"],
            env={**self.fleet.environment, "DATABASE_URL": self.fleet.state["database_url"]},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        log.close()

        def stop():
            started.send_signal(signal.SIGTERM)
            started.wait(servers.PATIENCE_S)

        self.addCleanup(stop)
        return fleet.eventually(
            lambda: [r[0] for r in self.fleet.rows("SELECT incarnation FROM argosy.worker WHERE name = %s", tags)]
        )[0]

    def ran(self, jobs):
        """By whom they were run, when all have succeeded."""
        done = "SELECT worker FROM argosy.job_history WHERE id = ANY (%s) AND state = 5"
        rows = fleet.eventually(lambda: (lambda r: r if len(r) == len(jobs) else None)(self.fleet.rows(done, jobs)))
        return {row[0] for row in rows}

    def why(self, job):
        return self.fleet.json("job", "why", str(job))["why"]

    def test_only_where_the_tags_are(self):
        plain = int(self.fleet.run("job", "submit", "noop", "{}"))
        jobs = [int(self.fleet.run("job", "submit", "noop", "{}", "--tag", "gpu"))]
        jobs.append(api.call(self.fleet, "/api/v1/jobs", {"kind": "noop", "tags": ["gpu", "eu"]})["id"])
        jobs += api.call(self.fleet, "/api/v1/jobs", {"jobs": [{"kind": "noop", "tags": ["gpu"]}] * 100})["ids"]
        jobs += [r[0] for r in self.fleet.rows("SELECT argosy.submit('noop', tags => ARRAY['eu', 'gpu'])")]
        steps = [{"step": "a", "kind": "noop"}, {"step": "b", "kind": "noop", "tags": ["gpu"], "after": ["a"]}]
        made = api.call(self.fleet, "/api/v1/pipelines", {"name": "p", "steps": steps})["jobs"]
        jobs.append(made["b"])
        path = os.path.join(servers.folder(), "tagged.ndjson")
        with open(path, "w", encoding="utf-8") as f:
            f.write(json.dumps({"kind": "noop", "tags": ["eu"]}) + "\n")
        batch = self.fleet.run("batch", "submit", path).strip()
        jobs += [j["id"] for j in self.fleet.json("job", "list", "--pipeline", batch)["jobs"]]
        (own,) = self.ran([plain, made["a"]])
        self.assertIn("has the tag gpu:", self.why(jobs[0]))
        self.assertIn("has the tags eu,gpu:", self.why(jobs[1]))
        self.assertEqual(["eu", "gpu"], self.fleet.json("job", "show", str(jobs[1]))["tags"])
        self.worker("eu")
        fleet.eventually(lambda: "has the tag gpu:" in self.why(jobs[1]))
        tagged = self.worker("eu,gpu")
        self.assertIn(tagged, self.ran(jobs))
        self.assertNotIn(own, self.ran(jobs))
        self.assertEqual({tagged}, self.ran([j for j in jobs if j != jobs[-1]]))
        self.assertEqual([], self.fleet.rows('SELECT "check" FROM argosy.fsck() WHERE violations > 0'))

    def test_what_is_no_tag(self):
        bad = self.fleet.command("job", "submit", "noop", "{}", "--tag", "GPU")
        self.assertEqual(2, bad.returncode, bad.stderr)
        self.assertIn("tags", bad.stderr)
        many = ",".join(f"t{i}" for i in range(17))
        self.assertEqual(2, self.fleet.command("job", "submit", "noop", "{}", "--tag", many).returncode)
        # a tag says what a worker has: who makes one for each job is stopped
        self.fleet.rows(
            "UPDATE argosy.setting SET value = (SELECT count(*) + 3 FROM argosy.lane WHERE tags IS NOT NULL)"
            " WHERE name = 'tag_lanes_max'"
        )
        for i in range(3):
            self.fleet.run("job", "submit", "noop", "{}", "--tag", f"job-{i}")
        stopped = self.fleet.command("job", "submit", "noop", "{}", "--tag", "job-4")
        self.assertNotEqual(0, stopped.returncode)
        self.assertIn("tag_lanes_max", stopped.stderr)
        self.fleet.run("job", "submit", "noop", "{}", "--tag", "job-0")


if __name__ == "__main__":
    unittest.main(verbosity=2)
