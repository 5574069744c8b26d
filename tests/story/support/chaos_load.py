# SPDX-License-Identifier: Apache-2.0
"""What goes on while the chaos story strikes: jobs come in by SQL and by REST, some are cancelled and retried at every
moment, and a reader follows the events by the cursor of the protocol.

Accepted is what was answered: a COMMIT that was seen, a 2xx. What has no answer is asked for again under the same
idempotency key, until there is one. Beside them come jobs without a side effect and without a key, many alike in one
request: of those only the answered ones count as accepted, though all of them must end.
"""

import collections
import contextlib
import http.client
import json
import os
import random
import threading
import time
import traceback
import urllib.error

import psycopg2

from . import api, fleet

BACKLOG_MAX = 800  # so that jobs are submitted for as long as it strikes
BATCH = 20
BULK, BULK_EVERY_S = 200, 15
CHUNKS = [1] * 8 + [2, 3]
PAUSES_MS = [0] * 120 + [20, 100, 500, 1500]  # most are short, some are caught in the middle of a chunk
AWAY = (psycopg2.Error, urllib.error.URLError, http.client.HTTPException, OSError)


class Load:
    def __init__(self, crew, target, jobs, seed):
        self.crew, self.target, self.jobs, self.seed = crew, target, jobs, seed
        self.chunks = {}  # id: rows that it is to write
        self.bulk = 0
        self.asked = 0  # jobs that were asked for by either way
        self.doubled = []  # ids that a key gave to two jobs
        self.refusals = collections.Counter()
        self.wrong = []  # answers that break a promise
        self.cancels = collections.Counter()
        self.retries = collections.Counter()
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.threads = []

    def start(self):
        for number, way in enumerate((self.by_sql, self.by_rest)):
            self.begin(self.submit, way, random.Random(f"{self.seed}/{number}"), number)
        self.begin(self.cancel, random.Random(f"{self.seed}/cancel"))
        self.begin(self.submit_bulk)

    def begin(self, what, *arguments):
        def guarded():
            try:
                what(*arguments)
            except Exception:  # pylint: disable=broad-except   # the story must not go on without it
                self.wrong.append(traceback.format_exc())

        self.threads.append(threading.Thread(target=guarded, daemon=True))
        self.threads[-1].start()

    def submitting(self):
        return any(thread.is_alive() for thread in self.threads[:2])

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(60)

    # ---- submitting ----

    def claim(self):
        with self.lock:
            size = min(BATCH, self.jobs - self.asked)
            self.asked += size
            return size

    def args(self, dice):
        return {"target": self.target, "chunks": dice.choice(CHUNKS), "pause_ms": dice.choice(PAUSES_MS)}

    def submit(self, way, dice, number):
        batch = 0
        while not self.stopped.is_set():
            self.room()
            size = self.claim()
            if size == 0:
                return
            batch += 1
            wanted = [self.args(dice) for _ in range(size)]
            ids = self.until_answered(way, wanted, f"{number}-{batch}", dice.random() < 0.3)
            with self.lock:
                self.doubled += [i for i in ids if i in self.chunks]
                self.chunks.update((i, w["chunks"]) for i, w in zip(ids, wanted))

    def submit_bulk(self):
        while not self.stopped.is_set() and self.submitting():
            self.stopped.wait(BULK_EVERY_S)
            self.room()  # else a machine that ends fewer than come would never come to an end
            try:
                ids = api.call(self.crew, "/api/v1/jobs", {"jobs": [{"kind": "noop"}] * BULK})["ids"]
            except AWAY as e:
                self.refused(e)
                continue
            with self.lock:
                self.doubled += [i for i in ids if i in self.chunks]
                self.chunks.update((i, 0) for i in ids)
                self.bulk += len(ids)

    def room(self):
        """Waits while there is much to be done already."""
        while len(self.chunks) and self.backlog() > BACKLOG_MAX and not self.stopped.is_set():
            self.stopped.wait(0.2)

    def backlog(self):
        try:
            return self.crew.rows("SELECT count(*) FROM (SELECT FROM argosy.job_live LIMIT 10000) l")[0][0]
        except psycopg2.Error:
            return 0  # it is away: that is when to ask it for more

    def until_answered(self, way, wanted, key, chained):
        while True:
            try:
                return way(wanted, key, chained)
            except AWAY as e:
                self.refused(e)
                self.stopped.wait(0.1)

    def refused(self, e):
        if isinstance(e, urllib.error.HTTPError):
            self.refusals[f"HTTP {e.code}"] += 1
            if e.code == 503 and e.headers.get("Retry-After") is None:
                self.wrong.append("503 without Retry-After: " + e.read(300).decode("utf-8", "replace"))
            elif e.code not in (503, 504):
                self.wrong.append(f"{e.code}: " + e.read(300).decode("utf-8", "replace"))
        else:
            self.refusals[type(e).__name__] += 1

    def by_sql(self, wanted, key, chained):
        """One transaction; in a chain each job waits for the one before."""
        with psycopg2.connect(self.crew.url("argosy")) as connection, connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 20000; SET lock_timeout = 10000")
            ids = []
            for i, args in enumerate(wanted):
                after = ids[-1:] if chained and i % 4 else []
                cursor.execute(
                    "SELECT argosy.submit('tally', args => %s, idempotency_key => %s, after => %s::bigint[])",
                    (json.dumps(args), f"{key}-{i}", after),
                )
                ids.append(cursor.fetchone()[0])
        connection.close()
        return ids

    def by_rest(self, wanted, key, _chained):
        jobs = [{"kind": "tally", "args": args} for args in wanted]
        answer = api.call(self.crew, "/api/v1/jobs", {"jobs": jobs}, {"Idempotency-Key": key})
        return answer["ids"]

    # ---- cancelling ----

    def cancel(self, dice):
        """At every moment: just accepted, waiting, running, being sealed, ended."""
        while not self.stopped.is_set():
            self.stopped.wait(dice.uniform(0, 0.2))
            try:
                job = self.victim(dice)
                if job is None:
                    continue
                if dice.random() < 0.5:
                    answer = self.crew.rows("SELECT argosy.cancel(%s)", job)[0][0]
                else:
                    answer = api.call(self.crew, f"/api/v1/jobs/{job}/cancel", b"")["state"]
                self.cancels[str(answer)] += 1
                if dice.random() < 0.2:
                    again = self.crew.rows("SELECT argosy.retry(%s)", job)[0][0]
                    self.retries[again] += 1
            except AWAY as e:
                self.refusals["cancel " + type(e).__name__] += 1

    def victim(self, dice):
        if dice.random() < 0.6:
            where = dice.choice(("state = 3", "sealing IS NOT NULL", "state = 2", "state = 0"))
            found = self.crew.rows(f"SELECT id FROM argosy.job_live WHERE {where} LIMIT 20")
            return dice.choice(found)[0] if found else None
        with self.lock:
            recent = list(self.chunks)[-200:]
        return dice.choice(recent) if recent else None


class Reader:
    """The events as the protocol gives them to whoever holds a cursor: read with the program's own statement."""

    def __init__(self, crew):
        self.crew = crew
        with open(os.path.join(fleet.SOURCE, "sql", "events_read.sql"), encoding="utf-8") as f:
            self.statement = f.read()
        self.cursor = crew.rows("SELECT pg_current_snapshot()::text")[0][0]
        self.finals = collections.Counter()  # (job, epoch, type)
        self.epochs = {}
        self.fell = []  # jobs whose epoch went down from one event to the next
        self.seen = collections.Counter()
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.follow, daemon=True)
        self.thread.start()

    def follow(self):
        connection = None
        while not self.stopped.is_set():
            try:
                if connection is None:
                    connection = self.prepared()
                self.read(connection)
                self.stopped.wait(0.3)
            except psycopg2.Error:
                if connection is not None:
                    connection.close()
                connection = None
                self.stopped.wait(0.1)
        if connection is not None:
            connection.close()

    def prepared(self):
        connection = self.crew.connect()
        with connection.cursor() as prepare:
            prepare.execute("PREPARE events (text, text, bigint, int, bigint, bigint) AS " + self.statement)
        return connection

    def read(self, connection):
        """One batch, in as many pieces as it takes; the cursor moves only when all of it was taken."""
        with connection.cursor() as cursor:
            upto, above, taken = None, 0, []
            while True:
                cursor.execute("EXECUTE events (%s, %s, %s, 5000, NULL, NULL)", (self.cursor, upto, above))
                rows = cursor.fetchall()
                upto = upto or rows[0][0]
                taken += rows[1:]
                if len(rows) <= 5000:
                    break
                above = rows[-1][2]
        for _, _, _, kind, job, _, _, _, final, text in taken:
            epoch = json.loads(text)["epoch"]
            self.seen[kind] += 1
            if epoch < self.epochs.get(job, 0):
                self.fell.append(job)
            self.epochs[job] = epoch
            if final:
                self.finals[job, epoch, kind] += 1
        self.cursor = upto

    def stop(self):
        """Once more, so that nothing is left to read."""
        self.stopped.set()
        self.thread.join(30)
        fleet.eventually(self.read_the_rest)

    def read_the_rest(self):
        """One more batch over a session of its own; not when the server has just gone away."""
        try:
            connection = self.prepared()
        except psycopg2.OperationalError:
            return False
        with contextlib.closing(connection):
            self.read(connection)
        return True
