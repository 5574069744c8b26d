#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the harness of README.md calls: `adapter.py migrate | work | produce MODE N [RATE]`.

work is one scheduler and one worker with default settings, as children that end with it. In mode "l" it writes, when
it is told to stop, a line for each job into $PEERS_LAT: when it was submitted and when the handler's first line ran,
both in us.
produce prints {"start": us, "end": us}. Mode "l" submits one job a statement, RATE a second; others 1,000 a statement.
The harness gives the servers by PEERS_PG_PORT and PEERS_REDIS_PORT and empties them before each scenario.
"""

import json
import os
import signal
import subprocess
import sys
import time

import psycopg2

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
PROGRAM = os.environ.get("ARGOSY", os.path.join(ROOT, "build", "argosy"))
DATABASE = "postgresql://postgres@127.0.0.1:%s/peers" % os.environ.get("PEERS_PG_PORT", "17432")
REDIS = "redis://127.0.0.1:%s/0" % os.environ.get("PEERS_REDIS_PORT", "17379")
BATCH = 1000
TOUCHED = """SELECT j.args ->> 'submitted_us', h.result ->> 'started_us'
             FROM argosy.job_history h JOIN argosy.job j USING (id)
             WHERE j.args ->> 'submitted_us' IS NOT NULL AND h.state = 5"""
SUBMIT_ROWS = """PREPARE submit(text[]) AS
                 SELECT cardinality(argosy.submit_rows(array_fill('noop'::text, n), $1, t, t, i, i, t, i, i,
                 array_fill('bench'::text, n), t))
                 FROM (SELECT n, array_fill(NULL::text, n) t, array_fill(NULL::bigint, n) i
                       FROM (SELECT ARRAY[cardinality($1)] n) x) y"""


def connect():
    connection = psycopg2.connect(DATABASE)
    connection.autocommit = True
    return connection, connection.cursor()


def role(name, *options):
    folder = os.path.join(os.environ.get("PEERS_BUILD", "/tmp"), "argosy-data")
    os.makedirs(folder, exist_ok=True)
    return subprocess.Popen(
        [PROGRAM, name, "--database-url=" + DATABASE, "--redis-url=" + REDIS, "--data-dir=" + folder, *options]
    )


def migrate():
    subprocess.run([PROGRAM, "db", "migrate", "--database-url=" + DATABASE], check=True, stdout=sys.stderr)
    _, cursor = connect()
    scheduler = role("scheduler")  # registers the kinds: the harness submits before it starts a worker
    found = False
    while not found and scheduler.poll() is None:
        time.sleep(0.02)
        cursor.execute("SELECT EXISTS (SELECT FROM argosy.kind WHERE name = 'noop')")
        found = cursor.fetchone()[0]
    scheduler.terminate()
    sys.exit(scheduler.wait(5))


def work():
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    children = [role("scheduler"), role("worker", "--drain=1s")]
    while not asked and all(child.poll() is None for child in children):
        time.sleep(0.05)
    if os.environ.get("PEERS_MODE") == "l":
        _, cursor = connect()
        cursor.execute(TOUCHED)
        with open(os.environ["PEERS_LAT"], "w", encoding="ascii") as out:
            out.writelines("%s %s\n" % row for row in cursor)
    for child in children:
        child.terminate()
    for child in children:
        child.wait(3)
    sys.exit(0 if asked else 1)


def produce_singly(cursor, count, rate):
    cursor.execute("PREPARE submit(json) AS SELECT argosy.submit('noop', $1)")
    due = time.time()
    for _ in range(count):
        due += 1 / rate
        time.sleep(max(0, due - time.time()))
        cursor.execute("EXECUTE submit(%s)", ('{"submitted_us": %d}' % (time.time() * 1e6),))


def produce_batches(cursor, count):
    cursor.execute(SUBMIT_ROWS)
    payload = "x" * 140
    for first in range(0, count, BATCH):
        rows = ['{"payload":"%s%d"}' % (payload, i) for i in range(first, min(count, first + BATCH))]
        cursor.execute("EXECUTE submit(%s)", (rows,))


def produce(mode, count, rate=200):
    _, cursor = connect()
    start = time.time()
    if mode == "l":
        produce_singly(cursor, int(count), float(rate))
    else:
        produce_batches(cursor, int(count))
    print(json.dumps({"start": int(start * 1e6), "end": int(time.time() * 1e6)}))


if __name__ == "__main__":
    {"migrate": migrate, "work": work, "produce": produce}[sys.argv[1]](*sys.argv[2:])
