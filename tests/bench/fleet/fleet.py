#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures a fleet on this machine and prints the tables of docs/benchmarks.md. See README.md beside it.

    fleet.py [--scale F] [--program FILE] [NAME...]     NAME: queue, recovery, flushall, backlog, bare; default all

queue      `argosy bench queue` on redis and on postgres: rates, pickup, REST, CPU and memory by role
recovery   a worker with running jobs is killed with -9: until the last of them runs again
flushall   1,500 dispatched jobs stand in Redis, which is emptied: until the last of them has begun
backlog    1,000,000 jobs wait and are worked off: the most that Redis held above an empty one
bare       the bare loop (tests/bench/bare) and Argosy in turns on the same servers, --rounds times; --beside FILE is
           another argosy that takes turns as well

Each run has servers of its own, with fsync on and defaults otherwise. A run that loses a job fails.
"""

import argparse
import datetime
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import time

import psycopg2

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "story"))
from support import servers  # noqa: E402

DURABLE = ["fsync=on", "full_page_writes=on", "shared_buffers=256MB", "max_wal_size=4GB"]
BATCH = 1000
SUBMIT = """PREPARE submit(text[]) AS
            SELECT cardinality(argosy.submit_rows(array_fill('noop'::text, n), $1, t, t, i, i, t, i, i, t, t))
            FROM (SELECT n, array_fill(NULL::text, n) t, array_fill(NULL::bigint, n) i
                  FROM (SELECT ARRAY[cardinality($1)] n) x) y"""


class Fleet:
    """One scheduler and workers as processes that we know; on fresh servers unless there are some."""

    def __init__(self, program, workers, postgres=None, redis=None, options=()):
        self.own_servers = postgres is None
        self.postgres = postgres or servers.Postgres(*DURABLE)
        self.redis = redis or servers.Redis()
        self.folder = os.path.join(servers.folder(), f"fleet{os.getpid()}-{self.postgres.pid}")
        os.makedirs(self.folder, exist_ok=True)
        self.options = options
        self.program = program
        self.children = []
        subprocess.run([program, "db", "migrate", "--database-url=" + self.postgres.url], check=True,
                       stdout=subprocess.DEVNULL)
        connection = psycopg2.connect(self.postgres.conninfo)
        connection.autocommit = True
        self.cursor = connection.cursor()
        self.start("scheduler")
        self.workers = [self.start("worker", f"--name=w{i}") for i in range(workers)]
        self.until("SELECT count(*) >= %s AND EXISTS (SELECT FROM argosy.kind WHERE name = 'noop')"
                   " FROM argosy.worker WHERE NOT dead", workers)
        self.cursor.execute(SUBMIT)
        self.submit(["{}"] * 2000)  # so that the kind is measured and prefetched
        self.finished()

    def start(self, role, *options):
        child = subprocess.Popen([self.program, role, "--database-url=" + self.postgres.url,
                                  "--redis-url=" + self.redis.url, "--data-dir=" + self.folder, *self.options,
                                  *options],
                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.children.append(child)
        return child

    def stop(self):
        for child in self.children:
            child.terminate()
            child.send_signal(signal.SIGCONT)
        for child in self.children:
            child.wait(10)
        if self.own_servers:
            self.redis.stop()
            self.postgres.stop()

    def pids(self):
        """Its processes, slots included."""
        found = [child.pid for child in self.children]
        for child in self.children:
            with open(f"/proc/{child.pid}/task/{child.pid}/children", encoding="ascii") as children:
                found += [int(pid) for pid in children.read().split()]
        return found

    def value(self, sql, *values):
        self.cursor.execute(sql, values)
        return self.cursor.fetchone()[0]

    def until(self, sql, *values, patience_s=600):
        deadline = time.monotonic() + patience_s
        while not self.value(sql, *values):
            if time.monotonic() > deadline:
                raise RuntimeError(f"did not come true in {patience_s} s: {sql}")
            time.sleep(0.02)

    def submit(self, args):
        for first in range(0, len(args), BATCH):
            self.cursor.execute("EXECUTE submit(%s)", (args[first:first + BATCH],))

    def hold(self, held):
        self.cursor.execute("INSERT INTO argosy.queue (name, paused) VALUES ('default', %s)"
                            " ON CONFLICT (name) DO UPDATE SET paused = excluded.paused", (held,))

    def last(self):
        return self.value("SELECT coalesce(max(id), 0) FROM argosy.job")

    def finished(self, after=0, jobs=None):
        """Every job above that id has succeeded, and there are so many."""
        if jobs is None:
            jobs = self.value("SELECT count(*) FROM argosy.job WHERE id > %s", after)
        self.until("SELECT count(*) >= %s FROM argosy.job_history WHERE id > %s AND state = 5", jobs, after)

    def started_s(self, after):
        """When the last of them began, by the wall clock."""
        return self.value("SELECT max((result ->> 'started_us')::bigint) / 1e6::float8 FROM argosy.job_history"
                          " WHERE id > %s AND state = 5", after)

    def redis_memory(self, which):
        reply = self.redis.command("INFO", "memory")
        reply = reply if isinstance(reply, str) else reply.decode()
        return int(reply.split(which + ":")[1].split()[0])


def recovery(options):
    fleet = Fleet(options.program, 2)
    try:
        after = fleet.last()
        fleet.submit(['{"sleep_ms": 3000}'] * 4)
        fleet.until("SELECT count(DISTINCT worker) = 2 AND count(*) = 4 FROM argosy.job_live WHERE state = 3")
        time.sleep(0.5)  # they run, and have said so
        killed_s = time.time()
        os.kill(fleet.workers[0].pid, signal.SIGKILL)
        fleet.finished(after, 4)
        return [["`kill -9` of one of two workers, each with two running jobs: until the last runs again",
                 f"{fleet.started_s(after) - killed_s:.1f} s"]]
    finally:
        fleet.stop()


def flushall(options):
    fleet = Fleet(options.program, 1)
    jobs = 1500
    try:
        time.sleep(12)  # a worker that began lately reads the record as well
        after = fleet.last()
        stream = "argosy:w:%d" % fleet.value("SELECT incarnation FROM argosy.worker WHERE NOT dead")
        os.kill(fleet.workers[0].pid, signal.SIGSTOP)
        fleet.submit(["{}"] * 100)  # these reach its socket: a read was under way
        fleet.until("SELECT count(*) >= 50 FROM argosy.job_live WHERE state = 3", patience_s=3)
        fleet.submit(["{}"] * (jobs - 100))
        deadline = time.monotonic() + 3
        while fleet.value("SELECT count(*) < 1000 FROM argosy.job_live WHERE state = 3") or \
                fleet.redis.command("XLEN", stream).strip() in (b":0", b":1", ":0", ":1"):
            if time.monotonic() > deadline:
                raise RuntimeError("nothing stands in Redis: the figure would mean nothing")
            time.sleep(0.02)
        dispatched = fleet.value("SELECT count(*) FROM argosy.job_live WHERE state = 3")
        flushed_s = time.time()
        fleet.redis.command("FLUSHALL")
        os.kill(fleet.workers[0].pid, signal.SIGCONT)
        fleet.finished(after, jobs)
        return [[f"FLUSHALL, {dispatched} jobs dispatched, most of them only in Redis: until the last of {jobs} began",
                 f"{fleet.started_s(after) - flushed_s:.1f} s"]]
    finally:
        fleet.stop()


def backlog(options):
    fleet = Fleet(options.program, 1)
    jobs = int(1000000 * options.scale)
    try:
        after, empty = fleet.last(), fleet.redis_memory("used_memory")
        fleet.redis.command("CONFIG", "RESETSTAT")
        fleet.hold(True)
        fleet.submit(['{"payload":"%s"}' % ("x" * 140)] * jobs)
        waiting = fleet.redis_memory("used_memory")
        fleet.hold(False)
        began_s = time.time()
        fleet.finished(after, jobs)
        took_s = time.time() - began_s
        peak = fleet.redis_memory("used_memory_peak")
        return [[f"Redis with a backlog of {jobs:,}, above empty ({empty / 1e6:.1f} MB)",
                 f"{(waiting - empty) / 1e6:+.1f} MB"],
                ["... at most while it is worked off", f"{(peak - empty) / 1e6:+.1f} MB"],
                ["... worked off at", f"{jobs / took_s:,.0f} jobs/s"]]
    finally:
        fleet.stop()


def bench(options, transport, *more):
    done = subprocess.run([options.program, "bench", "queue", "--transport", transport, "--workers", "1", "--output",
                           "json", *more], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def queue(options):
    jobs = str(int(200000 * options.scale))
    rows, settings = [], None
    for transport in ("redis", "postgres"):
        report = bench(options, transport, "--jobs", jobs, "--pickup-seconds", str(max(1, int(10 * options.scale))),
                       "--scenario", "flow,drain,pickup,memory")
        rest = bench(options, transport, "--jobs", str(int(50000 * options.scale)), "--scenario", "rest")["rest"]
        settings = report["settings"]
        name = f"on {transport}: "
        rows += [[name + f"{part}, {int(jobs):,} jobs", f"{report[part]['jobs_per_s']:,.0f} jobs/s"]
                 for part in ("flow", "drain")]
        rows += [[name + "pickup at 200 jobs/s, p50 / p99",
                  f"{report['pickup_ms']['p50']:.2f} / {report['pickup_ms']['p99']:.2f} ms"],
                 [name + "single submits through REST, 64 connections; p50 / p99",
                  f"{rest['jobs_per_s']:,.0f}/s; {rest['p50_ms']:.1f} / {rest['p99_ms']:.1f} ms"]]
        rows += [[name + f"CPU s for 1,000 jobs, {part}", " ".join(f"{role} {value:.4f}" for role, value
                                                                    in sorted(report[part]["cpu_s_per_1000"].items()))]
                 for part in ("flow", "drain")]
        rows += [[name + "memory at rest (PSS of the largest process)",
                  " ".join(f"{role} {kib / 1024:.1f} MB" for role, kib in sorted(report["memory_kib"].items()))]]
    return rows + [["settings read back", json.dumps(settings)]]


def bare_turn(options, who, postgres, redis):
    """One turn on an empty schema: the bare loop, or a fleet of (program, carrier)."""
    fleet, more = None, []
    connection = psycopg2.connect(postgres.conninfo)
    connection.autocommit = True
    connection.cursor().execute("DROP SCHEMA IF EXISTS argosy CASCADE; CHECKPOINT")
    connection.close()
    redis.command("FLUSHALL")
    if who != "bare":
        fleet = Fleet(who[0], 1, postgres, redis, ["--transport=" + who[1]])
        more = ["--fleet", "--pids=" + ",".join(map(str, fleet.pids()))]
    try:
        done = subprocess.run([options.bare, "--database=" + postgres.conninfo, "--redis=" + redis.path,
                               "--output=json", "--jobs=%d" % (200000 * options.scale),
                               "--seconds=%d" % max(1, 10 * options.scale),
                               "--slots=%d" % os.cpu_count(), "--scenario=" + options.only, *more],
                              stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)
    finally:
        if fleet:
            fleet.stop()


def median(turns, part, name):
    return statistics.median(turn[part][name] for turn in turns)


def bare(options):
    postgres, redis = servers.Postgres(*DURABLE), servers.Redis()
    programs = [("Argosy", options.program)] + ([("beside", options.beside)] if options.beside else [])
    who = {"bare": "bare", **{f"{name} on {carrier}": (program, carrier) for name, program in programs
                              for carrier in options.carriers.split(",")}}
    turns = {name: [] for name in who}
    for turn in range(options.rounds):
        for name in sorted(who, key=list(who).index, reverse=turn % 2 == 1):
            turns[name].append(bare_turn(options, who[name], postgres, redis))
            print(f"{name}: {json.dumps(turns[name][-1])}", file=sys.stderr, flush=True)
    redis.stop()
    postgres.stop()
    rows = []
    for part in [part for part in ("flow", "drain", "pickup_ms") if part in turns["bare"][0]]:
        for name in who:
            figures = ("p50", "p99") if part == "pickup_ms" else ("jobs_per_s",)
            value = [median(turns[name], part, figure) for figure in figures]
            ratio = [v / median(turns["bare"], part, figure) for v, figure in zip(value, figures)]
            rows.append([f"{part} {name}; times the bare loop; CPU s for 1,000 jobs",
                         " / ".join(f"{v:,.2f}" if part == "pickup_ms" else f"{v:,.0f}/s" for v in value)
                         + "; " + " / ".join(f"{r:.2f}" for r in ratio)
                         + f"; {median(turns[name], part, 'cpu_s_per_1000'):.4f}"])
        if part == "pickup_ms":
            rows.append(["... of it in the submit: " + ", ".join(who),
                         " / ".join(f"{median(turns[name], part, 'submit_p50'):.2f}" for name in who)])
            hops = turns["bare"][0][part]["hops_p50"]
            rows += [[f"... bare: {hop}", f"{statistics.median(t[part]['hops_p50'][hop] for t in turns['bare']):.2f}"]
                     for hop in hops]
    return rows


SCENARIOS = {"queue": queue, "recovery": recovery, "flushall": flushall, "backlog": backlog, "bare": bare}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "argosy"))
    parser.add_argument("--bare", default=os.path.join(ROOT, "build", "release", "argosy_bare"), help="its program")
    parser.add_argument("--beside", metavar="FILE", help="another argosy, for bare")
    parser.add_argument("--rounds", type=int, default=4, help="turns of each, for bare")
    parser.add_argument("--carriers", default="redis,postgres", help="of Argosy, for bare")
    parser.add_argument("--only", default="flow,drain,pickup", help="scenarios of bare")
    parser.add_argument("names", nargs="*", choices=[[], *SCENARIOS], metavar="NAME")
    options = parser.parse_args()
    version = subprocess.run([options.program, "version"], stdout=subprocess.PIPE, text=True, check=False).stdout
    print(f"{datetime.date.today()}, {os.cpu_count()} cores, {platform.system()} {platform.release()},"
          f" {version.strip() or 'argosy'}, load average {os.getloadavg()[0]:.1f} before\n\n| what | |\n|---|--:|")
    for name in options.names or SCENARIOS:
        for what, figure in SCENARIOS[name](options):
            print(f"| {what} | {figure} |", flush=True)
    print(f"\nLoad average {os.getloadavg()[0]:.1f} after.")


if __name__ == "__main__":
    main()
