# SPDX-License-Identifier: Apache-2.0
"""A fleet of separate processes that a story may strike one by one: no `argosy up` in between.

    with crew.Crew(workers=3, slots=2) as c:
        c.roles["worker-1"].pid; c.kill("worker-1")    # started again by tend(), as an init system would
        c.wires.mode("worker-pg", "cut")
        c.rows("SELECT ...")                           # on the record, by no wire

Every program reaches each server over a wire of its own (proxies.py), runs unprivileged, and has a clock that the
story may set (tests/preload/strike.c: the wall clock only). What ends by itself, without the story's doing, is in
`surprises`.
"""

import os
import signal
import struct
import subprocess
import tempfile
import threading
import time
import types

import psycopg2

from . import api, fleet, kafka, proxies, servers

BIN = os.environ.get("ARGOSY_STORIES") or os.path.join(os.path.dirname(os.environ["ARGOSY_BIN"]), "argosy_stories")
STRIKE = os.path.join(os.path.dirname(BIN), "libstrike.so")
WIRES = {
    "scheduler-pg": "pg",
    "worker-pg": "pg",
    "gateway-pg": "pg",
    "target-pg": "pg",
    "scheduler-redis": "redis",
    "worker-redis": "redis",
    "gateway-redis": "redis",
}


class Crew:
    def __init__(self, workers=3, slots=2, schedulers=2, postgres=(), binaries=None, with_kafka=False):
        self.more = {}  # environment of the roles and commands, beside or in the place of what is ours
        for needed in (BIN, STRIKE):
            if not os.path.exists(needed):
                raise RuntimeError(f"{needed} is missing: build the targets argosy_stories and strike")
        self.folder = tempfile.mkdtemp(prefix="crew", dir=servers.folder())
        self.binaries = binaries or {}
        self.names = [f"scheduler-{i + 1}" for i in range(schedulers)] + [f"worker-{i + 1}" for i in range(workers)]
        self.names += ["gateway", "notifier"]
        self.slots = slots
        self.roles = {}
        self.surprises = []
        self.expected = set()  # pids that the story has struck
        self.lock = threading.RLock()
        self.tending = None
        self.local = threading.local()
        self.postgres = servers.Postgres("max_connections=150", "fsync=off", *postgres)
        self.space = os.path.join(self.folder, "full")
        self.postgres.argv = ["env", f"LD_PRELOAD={STRIKE}", f"STRIKE_SPACE={self.space}", *self.postgres.argv]
        self.postgres.crash()
        self.postgres.start()
        self.redis = servers.Redis()
        self.kafka = kafka.Kafka() if with_kafka else None
        self.clock = os.path.join(self.folder, "clock")
        self.set_clock(0)
        self.port = servers.free_port()
        self.state = {"url": f"http://127.0.0.1:{self.port}"}
        self.notifier_port = servers.free_port()
        os.mkdir(os.path.join(self.folder, "data"), 0o700)
        self.lay_wires()
        servers.give(self.folder)

    def lay_wires(self):
        routes = {}
        for name, server in WIRES.items():
            folder = os.path.join(self.folder, name)
            os.mkdir(folder)
            if server == "pg":
                ends = (os.path.join(folder, ".s.PGSQL.5432"), os.path.join(self.postgres.folder, ".s.PGSQL.5432"))
            else:
                ends = (os.path.join(folder, "redis.sock"), self.redis.path)
            routes[name] = ends
        self.wires = proxies.Proxies(routes)

    def url(self, database, wire=None):
        url = self.postgres.database_url(database)
        if wire:
            quoted = self.postgres.folder.replace("/", "%2F")
            url = url.replace(quoted, os.path.join(self.folder, wire).replace("/", "%2F"))
        return url

    def environment(self, role=None):
        kind = role.split("-")[0] if role else None
        wires = "gateway" if kind == "notifier" else kind
        wire = f"{wires}-pg" if kind else None
        redis = os.path.join(self.folder, f"{wires}-redis", "redis.sock") if kind else self.redis.path
        more = {
            "ARGOSY_DATA_DIR": os.path.join(self.folder, "data"),
            "DATABASE_URL": self.url("argosy", wire),
            "REDIS_URL": "unix://" + redis,
            "LOG_FORMAT": "json",
            "ARGOSY_SLOTS": str(self.slots),
            "ARGOSY_LISTEN": f"127.0.0.1:{self.notifier_port if kind == 'notifier' else self.port}",
        }
        if self.kafka:
            more["KAFKA_BROKERS"] = self.kafka.address
        if role:
            more["ARGOSY_WORKER_NAME"] = role
            more.update(LD_PRELOAD=STRIKE, STRIKE_CLOCK=self.clock)
        return fleet.environment(**{**more, **self.more})

    def set_clock(self, seconds):
        """Of every role and slot, relative to the true time, at once."""
        with open(self.clock, "r+b" if os.path.exists(self.clock) else "wb") as f:
            f.write(struct.pack("=q", seconds))

    def fill_disk(self, where):
        """Writes of PostgreSQL to files whose path holds `where` fail with ENOSPC; None: there is room again."""
        if where is None:
            os.unlink(self.space)
            return
        with open(self.space + ".new", "w", encoding="ascii") as f:
            f.write(where + "\n")
        os.chmod(self.space + ".new", 0o644)
        os.rename(self.space + ".new", self.space)

    # ---- life ----

    def __enter__(self):
        self.rows("CREATE DATABASE argosy", database="postgres")
        self.run("db", "migrate")
        self.key = self.run("api-key", "create", "story").split()[-1]
        servers.give(self.folder)  # what the commands have made
        for name in self.names:
            self.start(name)
        self.tending = threading.Thread(target=self.tend, daemon=True)
        self.tending.start()
        fleet.eventually(self.ready)
        fleet.eventually(self.complete)
        return self

    def notifier(self):
        """Where events are heard of the notifier that is served alone; for api.call() and api.Events()."""
        return types.SimpleNamespace(state={"url": f"http://127.0.0.1:{self.notifier_port}"}, key=self.key)

    def ready(self):
        """Does the gateway say so?"""
        try:
            return api.call(self, "/readyz")["status"] == "ready"
        except OSError:
            return False

    def complete(self):
        """Have all workers registered, and does a scheduler lead?"""
        workers = {role.pid for name, role in self.roles.items() if name.startswith("worker")}
        leader = self.rows("SELECT leader FROM argosy.scheduler")[0][0]
        return leader and workers <= {pid for pid, in self.rows("SELECT pid FROM argosy.worker WHERE NOT dead")}

    def __exit__(self, *_):
        self.stop()

    def start(self, name):
        with open(os.path.join(self.folder, name + ".log"), "ab") as log:
            binary = self.binaries.get(name, BIN)
            words = servers.demoted([binary, name.split("-")[0]])
            self.roles[name] = subprocess.Popen(
                words, env=self.environment(name), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/"
            )

    def tend(self):
        """Starts again what has ended, as an init system does."""
        while self.tending is not None:
            with self.lock:
                for name in list(self.roles):
                    code = self.roles[name].poll()
                    if code is None or self.tending is None:
                        continue
                    if self.roles[name].pid not in self.expected:
                        self.surprises.append(f"{name} ended by itself with {code}")
                    self.start(name)
            time.sleep(0.1)

    def stop(self):
        with self.lock:
            self.tending = None
        running = [role for role in self.roles.values() if role.poll() is None]
        for role in running:
            role.send_signal(signal.SIGCONT)
            role.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 30
        for role in running:
            try:
                role.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                role.kill()
                role.wait()
        self.wires.stop()
        for server in (self.kafka, self.redis, self.postgres):
            if server:
                server.stop()

    # ---- striking ----

    def kill(self, name, how=signal.SIGKILL):
        """The process of a role; returns its pid once it is gone."""
        with self.lock:
            role = self.roles[name]
            self.expected.add(role.pid)
            role.send_signal(how)
        role.wait()
        return role.pid

    def family(self, name):
        """The role and its slots."""
        pid = self.roles[name].pid
        return [pid, *fleet.children(pid)]

    # ---- looking ----

    def command(self, *words):
        return subprocess.run(
            [BIN, *words],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def run(self, *words):
        done = self.command(*words)
        if done.returncode != 0:
            raise AssertionError(f"argosy {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def connect(self, database="argosy"):
        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        return connection

    def rows(self, statement, *parameters, database="argosy"):
        """Over a connection of this thread; again, on a new one, when the server went away under it."""
        held = self.local.__dict__.setdefault("held", {})
        for last in (False, True):
            try:
                if database not in held or held[database].closed:
                    held[database] = self.connect(database)
                with held[database].cursor() as cursor:
                    cursor.execute(statement, parameters or None)
                    return cursor.fetchall() if cursor.description else []
            except psycopg2.Error as e:
                if last or not (e.pgcode or "57P").startswith("57P"):
                    raise
                if database in held:
                    held.pop(database).close()
        return []

    def logs(self):
        text = ""
        for name in self.names:
            with open(os.path.join(self.folder, name + ".log"), encoding="utf-8", errors="replace") as f:
                text += f"--- {name}\n" + f.read()[-4000:]
        return text
