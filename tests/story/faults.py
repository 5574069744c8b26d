#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills and pauses, each at a moment chosen by an observed event: a chunk of a migration has just been committed in
the target by the job that is struck. A source of 600,000 rows; at the end the target equals the source and the
record has no violation.
"""

import json
import os
import signal
import sqlite3
import unittest
import urllib.request

from support import fleet, servers

ROWS = 600_000
CHUNK_ROWS = 2_000


def make_source(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE station (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        db.execute(
            "CREATE TABLE reading (id INTEGER PRIMARY KEY, station INTEGER NOT NULL REFERENCES station(id),"
            " at DATETIME NOT NULL, value NUMERIC(10,3), note TEXT)"
        )
        db.executemany("INSERT INTO station VALUES (?, ?)", ((i, f"station {i}") for i in range(1, 101)))
        db.executemany(
            "INSERT INTO reading VALUES (?, ?, ?, ?, ?)",
            (
                (
                    i,
                    i % 100 + 1,
                    f"2026-01-{i % 28 + 1:02d} {i % 24:02d}:00:00",
                    i / 1000,
                    None if i % 7 else "n" * (i % 40),
                )
                for i in range(1, ROWS + 1)
            ),
        )


class Faults(unittest.TestCase):
    def setUp(self):
        self.fleet = fleet.Fleet(workers=2, slots=1).__enter__()
        self.addCleanup(self.fleet.stop)
        self.source = os.path.join(servers.folder(), f"{self._testMethodName}.sqlite")
        make_source(self.source)
        self.target = "target"
        self.target_url = self.fleet.database(self.target)
        self.pipeline = self.submit()

    def call(self, path, body, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            self.fleet.state["url"] + path,
            data,
            {"Authorization": f"Bearer {self.fleet.key}", "Content-Type": "application/json", **(headers or {})},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def submit(self):
        with open(self.source, "rb") as f:
            upload = self.call(
                "/api/v1/files",
                f.read(),
                {
                    "Content-Type": "application/octet-stream",
                    "Content-Disposition": 'attachment; filename="source.sqlite"',
                },
            )
        source = self.call("/api/v1/connections", {"name": "source", "upload": upload["id"], "dialect": "sqlite"})[
            "id"
        ]
        target = self.call("/api/v1/connections", {"name": "target", "url": self.target_url})["id"]
        both = {"source": source, "target": target}
        return self.call(
            "/api/v1/pipelines",
            {
                "name": "faults",
                "steps": [
                    {"step": "discovery", "kind": "discovery", "args": {"source": source}},
                    {"step": "mapping", "kind": "mapping", "after": ["discovery"], "args": both},
                    {
                        "step": "codegen",
                        "kind": "codegen",
                        "after": ["mapping"],
                        "args": {"formats": ["postgresql", "sqlalchemy"]},
                    },
                    {
                        "step": "migration",
                        "kind": "migration",
                        "after": ["mapping", "codegen"],
                        "args": {"step": "ddl", "chunk_rows": CHUNK_ROWS, "job_rows": 100_000, **both},
                    },
                    {"step": "validation", "kind": "validation", "after": ["mapping", "migration"], "args": both},
                ],
            },
        )["id"]

    def chunk_commits(self):
        """A rows job that runs, with its epoch and worker, right after the target took a chunk from it."""

        def look():
            try:
                before = {(j, p): (e, c) for j, p, e, c in self.fence()}
            except Exception:  # pylint: disable=broad-except   # the fence's table is not there yet
                return None
            for job, epoch, worker, pid in self.fleet.rows(
                "SELECT l.id, l.epoch, l.worker, w.pid FROM argosy.job_live l"
                " JOIN argosy.worker w ON w.incarnation = l.worker"
                " JOIN argosy.job j ON j.id = l.id WHERE l.state = 3 AND j.step LIKE 'rows/%%reading%%' AND NOT w.dead"
            ):
                for (fenced, part), (held, chunk) in before.items():
                    if (
                        fenced == job
                        and held == epoch
                        and any(j == job and p == part and e == epoch and c > chunk for j, p, e, c in self.fence())
                    ):
                        return job, epoch, worker, pid
            return None

        return fleet.eventually(look, 60)

    def fence(self):
        return self.fleet.rows("SELECT job, part, epoch, chunk FROM argosy_fence", database=self.target)

    def epoch_after(self, job, epoch):
        """The higher epoch under which the job was dispatched again, live or ended."""
        return fleet.eventually(
            lambda: self.fleet.rows(
                "SELECT epoch FROM argosy.job_live WHERE id = %s AND epoch > %s AND state = 3 UNION ALL"
                " SELECT epoch FROM argosy.job_history WHERE id = %s AND epoch > %s",
                job,
                epoch,
                job,
                epoch,
            ),
            60,
        )[0][0]

    def types(self, job):
        return [t for (t,) in self.fleet.rows("SELECT type FROM argosy.event WHERE job = %s ORDER BY n", job)]

    def finish(self):
        """The pipeline ends well, the target equals the source, the record has no violation."""
        state = fleet.eventually(
            lambda: self.fleet.rows(
                "SELECT h.state, h.result, h.error FROM argosy.job_history h JOIN argosy.job j ON j.id = h.id"
                " WHERE j.pipeline = %s AND j.step = 'validation'",
                self.pipeline,
            ),
            300,
        )[0]
        self.assertEqual(5, state[0], f"{state[2]}\n{self.fleet.logs()}")
        self.assertEqual("passed", state[1]["validation"], state[1])
        self.assertEqual(
            [(ROWS, ROWS * (ROWS + 1) // 2)],
            [
                tuple(int(v) for v in row)
                for row in self.fleet.rows('SELECT count(*), sum("id") FROM "reading"', database=self.target)
            ],
        )
        self.fleet.run("fsck")

    def test_kills(self):
        """Slot, worker, scheduler and Redis die in turn while a chunk runs."""
        job, epoch, _, pid = self.chunk_commits()
        slot = self.fleet.slots(pid)[0]
        os.kill(slot, signal.SIGKILL)
        self.assertGreater(self.epoch_after(job, epoch), epoch)
        self.assertIn("retrying", self.types(job))

        job, epoch, _, pid = self.chunk_commits()
        os.kill(pid, signal.SIGKILL)
        self.assertGreater(self.epoch_after(job, epoch), epoch)
        self.assertIn("lost", self.types(job))

        self.chunk_commits()
        os.kill(self.fleet.pid("scheduler"), signal.SIGKILL)
        last = self.fleet.rows("SELECT max(seq), sum(seq) FROM argosy.worker")[0][1]
        fleet.eventually(
            lambda: self.fleet.rows("SELECT sum(seq) FROM argosy.worker")[0][0] > last, 60
        )  # somebody dispatches again

        self.chunk_commits()
        os.kill(self.fleet.pid("redis"), signal.SIGKILL)
        last = self.fleet.rows("SELECT sum(seq) FROM argosy.worker")[0][0]
        fleet.eventually(lambda: self.fleet.rows("SELECT sum(seq) FROM argosy.worker")[0][0] > last, 60)
        self.finish()

    def test_a_stopped_worker_is_fenced_out(self):
        """Worker and slot are stopped until declared dead, the job goes on elsewhere, then both are continued: the target
        refuses the slot's next chunk, the record refuses what the worker reports."""
        job, epoch, incarnation, pid = self.chunk_commits()
        slot = self.fleet.slots(pid)[0]
        os.kill(pid, signal.SIGSTOP)
        os.kill(slot, signal.SIGSTOP)
        fleet.eventually(
            lambda: self.fleet.rows("SELECT dead FROM argosy.worker WHERE incarnation = %s", incarnation)[0][0], 30
        )
        later = self.epoch_after(job, epoch)
        part_epoch = fleet.eventually(lambda: [e for j, _, e, _ in self.fence() if j == job and e >= later], 60)[0]
        self.assertGreaterEqual(part_epoch, later)
        os.kill(slot, signal.SIGCONT)
        os.kill(pid, signal.SIGCONT)
        fleet.eventually(lambda: "fenced_out" in self.fleet.logs() or "fenced out" in self.fleet.logs(), 30)
        fleet.eventually(
            lambda: self.fleet.rows(
                "SELECT count(*) FROM argosy.worker WHERE pid = %s AND incarnation > %s AND NOT dead",
                pid,
                incarnation,
            )[0][0]
            == 1,
            30,
        )
        self.finish()
        mine = self.fleet.rows("SELECT worker FROM argosy.job_history WHERE id = %s", job)[0][0]
        self.assertNotEqual(incarnation, mine)


if __name__ == "__main__":
    unittest.main(verbosity=2)
