#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Jobs that write into a customer's database are cancelled at random moments and retried, again and again: after a
job is cancelled nothing of it is written any more, and in the end each row is there once."""

import os
import random
import sqlite3
import time
import unittest

from support import api, fleet, servers

# While jobs are cancelled each commit in the target takes that long, so that a job takes 20 s and all of them minutes:
# on a machine that is slow to cancel they do not run out.
ROWS, JOB_ROWS, CHUNK_ROWS, CANCELS, PACE_US = 120_000, 4_000, 20, 12, 100_000
SEED = int(os.environ.get("ARGOSY_SEED", "0")) or random.randrange(1, 10**9)

eventually = fleet.eventually


class Cancel(unittest.TestCase):
    def setUp(self):
        self.dice = random.Random(SEED)
        self.fleet = fleet.Fleet(workers=2, slots=2).__enter__()
        self.addCleanup(self.fleet.stop)
        self.target_url = self.fleet.database("target")
        self.fleet.rows("ALTER DATABASE target SET commit_siblings = 0")
        self.pace(PACE_US)

    def pace(self, us):
        """Of whoever comes to the target from now on."""
        self.fleet.rows(f"ALTER DATABASE target SET commit_delay = {us}")

    def source(self):
        path = os.path.join(servers.folder(), "cancel.sqlite")
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE reading (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)")
            db.executemany("INSERT INTO reading VALUES (?, ?)", ((i, i * i % 1009) for i in range(1, ROWS + 1)))
        return api.upload(self.fleet, path, "cancel.sqlite")

    def submit(self):
        source = self.source()
        target = api.call(self.fleet, "/api/v1/connections", {"name": "target", "url": self.target_url})["id"]
        both = {"source": source, "target": target}
        ddl = {"step": "ddl", "chunk_rows": CHUNK_ROWS, "job_rows": JOB_ROWS, **both}
        steps = [
            {"step": "discovery", "kind": "discovery", "args": {"source": source}},
            {"step": "mapping", "kind": "mapping", "after": ["discovery"], "args": both},
            {"step": "codegen", "kind": "codegen", "after": ["mapping"], "args": {"formats": ["postgresql"]}},
            {"step": "migration", "kind": "migration", "after": ["mapping", "codegen"], "args": ddl},
            {"step": "validation", "kind": "validation", "after": ["mapping", "migration"], "args": both},
        ]
        return api.call(self.fleet, "/api/v1/pipelines", {"name": "cancel", "steps": steps})

    def running(self):
        sql = (
            "SELECT l.id FROM argosy.job_live l JOIN argosy.job j ON j.id = l.id"
            " WHERE l.state = 3 AND l.sealing IS NULL AND j.target IS NOT NULL AND j.kind = 'migration'"
        )
        return [row[0] for row in self.fleet.rows(sql)]

    def state(self, job):
        return api.call(self.fleet, f"/api/v1/jobs/{job}")["state"]

    def written(self, job):
        if not self.fleet.rows("SELECT to_regclass('argosy_fence') IS NOT NULL", database="target")[0][0]:
            return []
        sql = f"SELECT part, chunk, cursor FROM argosy_fence WHERE job = {job} ORDER BY part"
        return self.fleet.rows(sql, database="target")

    def test_each_row_once_whenever_it_is_cancelled(self):
        jobs = self.submit()["jobs"]
        cancelled = 0
        while cancelled < CANCELS:
            eventually(lambda: self.running() or self.state(jobs["validation"]) == "succeeded")
            running = self.running()
            if not running and self.state(jobs["validation"]) == "succeeded":
                break  # all of it has arrived meanwhile
            if not running:
                continue
            job = self.dice.choice(running)
            time.sleep(self.dice.random() * 0.2)  # the moment is what is being tested
            done = self.fleet.command("job", "cancel", str(job))
            self.assertIn(done.returncode, (0, 4), done.stderr)  # 4: it has ended meanwhile
            if done.returncode == 4:
                continue
            eventually(lambda: self.state(job) == "cancelled")
            written = self.written(job)
            cancelled += 1
            time.sleep(0.2)  # for a slot that would go on writing
            self.assertEqual(written, self.written(job), f"job {job} wrote after it was cancelled; seed {SEED}")
            if cancelled == CANCELS:
                self.pace(0)
            self.fleet.run("job", "retry", str(job))
        self.assertGreaterEqual(cancelled, 4)
        eventually(lambda: self.state(jobs["validation"]) in ("succeeded", "failed"), 300)
        self.assertEqual("succeeded", self.state(jobs["validation"]), f"seed {SEED}")
        found = self.fleet.rows('SELECT count(*), count(DISTINCT id), sum(value) FROM reading', database="target")[0]
        expected = (ROWS, ROWS, sum(i * i % 1009 for i in range(1, ROWS + 1)))
        self.assertEqual(expected, tuple(int(n) for n in found), f"seed {SEED}")
        bad = [row for row in self.fleet.rows("SELECT * FROM argosy.fsck()") if row[1] != 0]
        self.assertEqual([], bad, f"seed {SEED}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
