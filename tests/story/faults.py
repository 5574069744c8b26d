#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills and pauses, each at a moment chosen by an observed event: a chunk of a migration has just been committed in
the target by the job that is struck. A source of 600,000 rows; at the end the target equals the source and the
record has no violation.
"""

import hashlib
import os
import signal
import sqlite3
import unittest

from support import api, fleet, servers

ROWS = 600_000
CHUNK_ROWS = 500
JOB_ROWS = 60_000
PACE_US = 100_000  # of every commit in the target, by PostgreSQL's commit_delay: a job takes 12 s on any machine
STATIONS = 100
AVAILABLE, DISPATCHED, SUCCEEDED = 2, 3, 5

# The same text for a row on both sides, made by each side's own means: nothing of the migration is used.
SOURCE_ROWS = (
    "SELECT id || '|' || station || '|' || at || '|' || printf('%.3f', value) || '|' || coalesce(note, '<null>')"
    " FROM reading ORDER BY id",
    "SELECT id || '|' || name FROM station ORDER BY id",
)
TARGET_ROWS = (
    "SELECT id || '|' || station || '|' || to_char(at, 'YYYY-MM-DD HH24:MI:SS') || '|' || round(value::numeric, 3)"
    " || '|' || coalesce(note, '<null>') FROM reading ORDER BY id",
    "SELECT id || '|' || name FROM station ORDER BY id",
)


def make_source(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE station (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        db.execute(
            "CREATE TABLE reading (id INTEGER PRIMARY KEY, station INTEGER NOT NULL REFERENCES station(id),"
            " at DATETIME NOT NULL, value NUMERIC(10,3) NOT NULL, note TEXT)"
        )
        db.executemany("INSERT INTO station VALUES (?, ?)", ((i, f"station {i}") for i in range(1, STATIONS + 1)))
        db.executemany(
            "INSERT INTO reading VALUES (?, ?, ?, ?, ?)",
            (
                (
                    i,
                    i % STATIONS + 1,
                    f"2026-01-{i % 28 + 1:02d} {i % 24:02d}:00:00",
                    i / 1000,
                    None if i % 7 else "n" * (i % 40),
                )
                for i in range(1, ROWS + 1)
            ),
        )


def digest(tables):
    """Count and SHA-256 of each table's rows, in the order of its key."""
    found = []
    for rows in tables:
        count, text = 0, hashlib.sha256()
        for (row,) in rows:
            count += 1
            text.update(row.encode() + b"\n")
        found.append((count, text.hexdigest()))
    return found


class Faults(unittest.TestCase):
    def setUp(self):
        self.fleet = fleet.Fleet(workers=2, slots=1).__enter__()
        self.addCleanup(self.fleet.stop)
        self.heard = api.Events(self.fleet).__enter__()
        self.addCleanup(self.heard.__exit__)
        self.source = os.path.join(servers.folder(), f"{self._testMethodName}.sqlite")
        make_source(self.source)
        self.target = "target"
        self.target_url = self.fleet.database(self.target)
        self.pace(PACE_US)
        self.fleet.rows(f"ALTER DATABASE {self.target} SET commit_siblings = 0")
        self.target_session = self.fleet.connect(self.target)
        self.addCleanup(self.target_session.close)
        self.pipeline = self.submit()

    def pace(self, us):
        """Of whoever comes to the target from now on."""
        self.fleet.rows(f"ALTER DATABASE {self.target} SET commit_delay = {us}")

    def submit(self):
        source = api.upload(self.fleet, self.source, "source.sqlite")
        target = api.call(self.fleet, "/api/v1/connections", {"name": "target", "url": self.target_url})["id"]
        both = {"source": source, "target": target}
        ddl = {"step": "ddl", "chunk_rows": CHUNK_ROWS, "job_rows": JOB_ROWS, **both}
        formats = {"formats": ["postgresql", "sqlalchemy"]}
        steps = [
            {"step": "discovery", "kind": "discovery", "args": {"source": source}},
            {"step": "mapping", "kind": "mapping", "after": ["discovery"], "args": both},
            {"step": "codegen", "kind": "codegen", "after": ["mapping"], "args": formats},
            {"step": "migration", "kind": "migration", "after": ["mapping", "codegen"], "args": ddl},
            {"step": "validation", "kind": "validation", "after": ["mapping", "migration"], "args": both},
        ]
        return api.call(self.fleet, "/api/v1/pipelines", {"name": "faults", "steps": steps})["id"]

    def fence(self):
        """{(job, part): (epoch, chunk)} as the target has it; nothing while it has no fence."""
        with self.target_session.cursor() as cursor:
            cursor.execute("SELECT to_regclass('argosy_fence') IS NOT NULL")
            if not cursor.fetchone()[0]:
                return {}
            cursor.execute("SELECT job, part, epoch, chunk FROM argosy_fence WHERE part <> ''")
            return {(job, part): (epoch, chunk) for job, part, epoch, chunk in cursor.fetchall()}

    def chunk_commits(self):
        """(job, epoch, incarnation, pid) of a job that runs, that its worker is known to have received, and of which
        the target has just taken a chunk, with at least half of its chunks still to come."""
        half = JOB_ROWS // CHUNK_ROWS // 2

        def look():
            before = self.fence()
            running = self.fleet.rows(
                "SELECT l.id, l.epoch, l.worker, w.pid FROM argosy.job_live l"
                " JOIN argosy.worker w ON w.incarnation = l.worker JOIN argosy.job j ON j.id = l.id"
                " WHERE l.state = 3 AND j.step LIKE 'rows/%%reading%%' AND NOT w.dead AND l.seq <= w.got"
            )
            after = self.fence()
            for (job, part), (epoch, chunk) in after.items():
                for found in running:
                    if found[:2] == (job, epoch) and before.get((job, part), (0, chunk))[1] < chunk < half:
                        return found
            return None

        return fleet.eventually(look)

    def kill(self, pid):
        """Returns when there is no such process any more."""
        os.kill(pid, signal.SIGKILL)
        fleet.eventually(lambda: not os.path.exists(f"/proc/{pid}"))

    def again(self, job, epoch):
        """The higher epoch under which the job was dispatched again, live or ended."""
        return fleet.eventually(
            lambda: self.fleet.rows(
                "SELECT epoch FROM argosy.job_live WHERE id = %s AND epoch > %s AND state = 3 UNION ALL"
                " SELECT epoch FROM argosy.job_history WHERE id = %s AND epoch > %s",
                job,
                epoch,
                job,
                epoch,
            )
        )[0][0]

    def dispatched(self):
        return self.fleet.rows("SELECT sum(seq)::bigint FROM argosy.worker")[0][0]

    def events(self, job):
        """(type, epoch) of all that the record says has happened to a job, in order."""
        return self.fleet.rows(
            "SELECT type, epoch FROM (SELECT n, type, epoch FROM argosy.event WHERE job = %s UNION ALL"
            " SELECT n, argosy.state_name(state), epoch FROM argosy.job_history WHERE id = %s) e ORDER BY n",
            job,
            job,
        )

    def assert_struck(self, job, epoch, what):
        """From the events, of the record and of the stream alike: the strike at its epoch, then success above it."""
        events = self.events(job)
        self.assertIn((what, epoch), events)
        later = events[events.index((what, epoch)) + 1 :]
        self.assertIn("succeeded", [kind for kind, at in later if at > epoch], events)
        fleet.eventually(lambda: ("succeeded", events[-1][1]) in self.heard.of(job))
        self.assertEqual([("submitted", 0)] + events, self.heard.of(job))  # each heard once, none left out

    def finish(self):
        """The pipeline ends well, the target equals the source, the record has no violation."""
        self.pace(0)
        state, result, error = fleet.eventually(
            lambda: self.fleet.rows(
                "SELECT h.state, h.result, h.error FROM argosy.job_history h JOIN argosy.job j ON j.id = h.id"
                " WHERE j.pipeline = %s AND j.step = 'validation'",
                self.pipeline,
            ),
            300,
        )[0]
        self.assertEqual(SUCCEEDED, state, f"{error}\n{self.fleet.logs()}")
        self.assertEqual(("passed", ROWS + STATIONS), (result["validation"], result["rows"]), result)
        with sqlite3.connect(self.source) as db:
            source = digest(db.execute(statement) for statement in SOURCE_ROWS)
        target = digest(self.fleet.rows(statement, database=self.target) for statement in TARGET_ROWS)
        self.assertEqual([ROWS, STATIONS], [count for count, _ in source])
        self.assertEqual(source, target)
        self.fleet.run("fsck")

    def test_kills(self):
        """Slot, scheduler, Redis and worker die in turn while a chunk runs."""
        slot_job, slot_epoch, _, pid = self.chunk_commits()
        (slot,) = self.fleet.slots(pid)
        self.kill(slot)
        self.assertGreater(self.again(slot_job, slot_epoch), slot_epoch)

        self.chunk_commits()
        pid = self.fleet.pid("scheduler")
        self.kill(pid)
        before = self.dispatched()
        fleet.eventually(lambda: self.dispatched() > before)  # by the next leader
        self.assertNotEqual(pid, self.fleet.pid("scheduler"))

        self.chunk_commits()
        pid = self.fleet.pid("redis")
        self.kill(pid)
        before = self.dispatched()
        fleet.eventually(lambda: self.dispatched() > before)
        fleet.eventually(lambda: self.fleet.pid("redis") not in (None, pid))

        worker_job, worker_epoch, _, pid = self.chunk_commits()
        self.kill(pid)
        self.assertGreater(self.again(worker_job, worker_epoch), worker_epoch)

        self.finish()
        self.assert_struck(slot_job, slot_epoch, "retrying")
        self.assert_struck(worker_job, worker_epoch, "lost")

    def open_files(self, pid):
        found = []
        for name in os.listdir(f"/proc/{pid}/fd"):
            try:
                found.append(os.readlink(f"/proc/{pid}/fd/{name}"))
            except FileNotFoundError:
                pass
        return found

    def at_rest(self, slot):
        """The slot has let go of its source and sleeps: its job has answered."""
        with open(f"/proc/{slot}/stat", encoding="ascii", errors="replace") as f:
            asleep = f.read().rpartition(")")[2].split()[0] == "S"
        uploads = os.path.join(self.fleet.folder, "uploads")
        return asleep and not any(name.startswith(uploads) for name in self.open_files(slot))

    def test_what_was_stopped_is_fenced_out(self):
        """Worker and slot are stopped until declared dead and the job goes on elsewhere. Then first the slot is
        continued: the target refuses its next chunk. Then the worker: the record refuses what it reports, and it begins
        anew."""
        job, epoch, incarnation, pid = self.chunk_commits()
        (slot,) = self.fleet.slots(pid)
        os.kill(pid, signal.SIGSTOP)
        os.kill(slot, signal.SIGSTOP)
        self.assertTrue(any(name.startswith(self.fleet.folder) for name in self.open_files(slot)))
        ((part, (held, _)),) = [(p, row) for (j, p), row in self.fence().items() if j == job]
        self.assertEqual(epoch, held)
        fleet.eventually(
            lambda: self.fleet.rows("SELECT dead FROM argosy.worker WHERE incarnation = %s", incarnation)[0][0]
        )
        later = self.again(job, epoch)
        fleet.eventually(lambda: self.fence()[job, part][0] == later)

        # in the target
        os.kill(slot, signal.SIGCONT)
        seen = []
        fleet.eventually(lambda: seen.append(self.fence()[job, part]) or self.at_rest(slot))
        self.assertEqual({later}, {at for at, _ in seen})  # the old epoch never got in again
        self.assertEqual(sorted(seen), seen)

        # in the record
        last = self.fleet.rows("SELECT beat, seq, done FROM argosy.worker WHERE incarnation = %s", incarnation)
        os.kill(pid, signal.SIGCONT)
        new = fleet.eventually(
            lambda: self.fleet.rows(
                "SELECT incarnation FROM argosy.worker WHERE pid = %s AND incarnation > %s AND NOT dead",
                pid,
                incarnation,
            )
        )[0][0]
        def refused():
            return [
                (line["message"], line["epoch"])
                for line in self.fleet.lines("worker")
                if line.get("job") == job and line["message"].startswith("fenced out")
            ]

        fleet.eventually(lambda: len(refused()) >= 2)
        self.assertEqual(
            [
                ("fenced out: the target has seen a newer epoch", epoch),
                ("fenced out: a newer epoch or a cancel owns the job", epoch),
            ],
            refused(),
            self.fleet.logs(),
        )
        self.assertEqual(
            last, self.fleet.rows("SELECT beat, seq, done FROM argosy.worker WHERE incarnation = %s", incarnation)
        )
        self.assert_refused(incarnation, job, epoch)
        fleet.eventually(  # it works again, under its new name
            lambda: self.fleet.rows("SELECT done FROM argosy.worker WHERE incarnation = %s", new)[0][0] > 0
        )
        self.finish()
        self.assert_struck(job, epoch, "lost")
        self.assertEqual([("lost", epoch), ("succeeded", later)], self.events(job))
        ((worker, result),) = self.fleet.rows("SELECT worker, result FROM argosy.job_history WHERE id = %s", job)
        self.assertNotEqual(incarnation, worker)
        self.assertEqual((later, result["chunks"]), self.fence()[job, part])

    def assert_refused(self, incarnation, job, epoch):
        """Whatever the dead incarnation might still say about the job, said once more: nothing changes."""
        before = self.events(job)
        mine = [incarnation, [job], [epoch]]
        for statement, values, refused in (
            ("argosy.finish(%s, %s, %s, ARRAY['{}'], ARRAY[1::bigint])", mine, []),
            ("argosy.finish_whole(%s, %s, %s, '{}', 1, '[]', '[]')", [incarnation, job, epoch], False),
            (
                "argosy.fail(%s, %s, %s, ARRAY['failed'], ARRAY['fenced'], ARRAY['fenced_out'], ARRAY['late'],"
                " ARRAY[NULL::text])",
                mine,
                [],
            ),
            ("argosy.give_back(%s, %s, %s)", mine, 0),
            ("argosy.sealed(%s, %s, %s)", [incarnation, job, epoch], False),
            ("(SELECT count(*) FROM argosy.beat(%s, 0, 0, NULL, NULL))", [incarnation], 0),
        ):
            self.assertEqual(refused, self.fleet.rows("SELECT " + statement, *values)[0][0], statement)
        held = self.fleet.rows("SELECT epoch FROM argosy.job_live WHERE id = %s AND epoch = %s", job, epoch)
        self.assertEqual([], held)
        self.assertEqual(before, self.events(job)[: len(before)])
        self.assertNotIn(epoch, [at for _, at in self.events(job)[len(before) :]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
