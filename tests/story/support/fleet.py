# SPDX-License-Identifier: Apache-2.0
"""A whole fleet for a story: `argosy up` on a folder of its own, the commands, the record, and its processes by name.

with fleet.Fleet(workers=2, slots=2) as f:
    f.run("job", "submit", "noop", "{}")          # stdout of the command; raises when it fails
    f.pid("worker-1"); f.slots("worker-1")        # children of `up` and of a worker
    f.rows("SELECT ...")                          # on the record
"""

import json
import os
import signal
import subprocess
import tempfile
import time

import psycopg2

from . import servers

BIN = os.environ["ARGOSY_BIN"]
SOURCE = os.environ["ARGOSY_SOURCE"]
CHINOOK = os.path.join(SOURCE, "deploy", "demo", "chinook.sqlite")


# Settings of whoever runs this: of a program of ours, of libpq, of what asks a proxy.
FOREIGN = ("ARGOSY_", "DATABASE_", "REDIS_", "KAFKA_", "LOG_", "OTEL_", "XDG_", "PG", "HTTP", "ALL_PROXY")


def environment(**more):
    """Ours without what would lead a command to another fleet, or to settings that are not the story's."""
    servers.folder()
    ours = {k: v for k, v in os.environ.items() if not k.upper().startswith(FOREIGN)}
    return {**ours, "HOME": os.environ["TMPDIR"], **more}


def eventually(what, seconds=servers.PATIENCE_S):
    """The first true answer of what(), looked at every few ms: the stories' one way to await a row. Another limit is
    given for what takes long by itself, not for what should be quick: that is asked for apart, of the time it took.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = what()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"did not come true in {seconds} s: {what}")
        time.sleep(0.005)


def children(pid):
    """Direct children of a process: {pid: words of its command line}."""
    found = {}
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            for child in f.read().split():
                with open(f"/proc/{child}/cmdline", "rb") as line:
                    found[int(child)] = [w.decode("utf-8", "replace") for w in line.read().split(b"\0")[:-1]]
    except (FileNotFoundError, ProcessLookupError):
        pass
    return found


class Fleet:
    def __init__(self, *arguments, workers=2, slots=2, **more):
        self.folder = tempfile.mkdtemp(prefix="fleet", dir=servers.folder())
        servers.give(self.folder)
        self.arguments = list(arguments) + [f"--workers={workers}", f"--slots={slots}", "--listen=127.0.0.1:0"]
        self.environment = environment(ARGOSY_DATA_DIR=self.folder, **more)
        self.up = None
        self.connection = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.forget()
        log = open(self.folder + ".log", "ab")
        self.up = subprocess.Popen(
            [BIN, "up", *self.arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        self.log = log.name
        log.close()
        state = os.path.join(self.folder, "up.json")
        deadline = time.monotonic() + servers.PATIENCE_S
        while not os.path.exists(state):
            if self.up.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the fleet did not come up:\n" + self.logs())
            time.sleep(0.02)
        with open(state, encoding="utf-8") as f:
            self.state = json.load(f)
        with open(os.path.join(self.folder, "api.key"), encoding="utf-8") as f:
            self.key = f.read().strip()
        eventually(self.complete)

    def complete(self):
        """Is everybody at work? `up` is ready when its gateway is, some moments before the last worker has registered
        and a scheduler leads."""
        roles = {pid: words[1] for pid, words in children(self.up.pid).items() if words[1:]}
        workers = {pid for pid, role in roles.items() if role == "worker"}
        registered = {pid for pid, in self.rows("SELECT pid FROM argosy.worker WHERE NOT dead")}
        leader = self.rows("SELECT leader FROM argosy.scheduler")[0][0] or ""
        return workers and workers <= registered and roles.get(int(leader.rpartition(":")[2] or 0)) == "scheduler"

    def logs(self):
        text = ""
        names = (
            [self.log]
            + [os.path.join(self.folder, "log", n) for n in sorted(os.listdir(os.path.join(self.folder, "log")))]
            if os.path.isdir(os.path.join(self.folder, "log"))
            else [self.log]
        )
        for name in names:
            with open(name, encoding="utf-8", errors="replace") as f:
                text += f"--- {os.path.basename(name)}\n" + f.read()[-6000:]
        return text

    def lines(self, role):
        """What the processes of a role have logged, in their own words: one dict a line."""
        found = []
        folder = os.path.join(self.folder, "log")
        for name in sorted(n for n in os.listdir(folder) if n.startswith(role)):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as f:
                found += [json.loads(line) for line in f if line.startswith("{") and line.endswith("}\n")]
        return found

    def forget(self):
        """The session with the record, which may be one of a server that is no more."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def stop(self):
        self.forget()
        if self.up is not None and self.up.poll() is None:
            self.up.send_signal(signal.SIGTERM)
            try:
                self.up.wait(servers.PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.up.kill()
                raise AssertionError("`argosy up` did not stop:\n" + self.logs()) from None

    def command(self, *words, **more):
        """The finished command, whatever its code."""
        return subprocess.run(
            [BIN, *words],
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def run(self, *words):
        done = self.command(*words)
        if done.returncode != 0:
            raise AssertionError(f"argosy {' '.join(words)}: {done.returncode}\n{done.stderr}\n{self.logs()}")
        return done.stdout

    def json(self, *words):
        return json.loads(self.run(*words, "--output", "json"))

    def rows(self, statement, *parameters, database=None):
        """Rows of a statement on the record, or on another database of the private server."""
        if database is not None:
            with self.connect(database) as other, other.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                return cursor.fetchall() if cursor.description else []
        if self.connection is None or self.connection.closed:
            self.connection = self.connect("argosy")
        with self.connection.cursor() as cursor:
            cursor.execute(statement, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def connect(self, database):
        connection = psycopg2.connect(self.url(database))
        connection.autocommit = True
        return connection

    def url(self, database):
        return self.state["database_url"].replace("///argosy?", f"///{database}?")

    def database(self, name):
        """A fresh database on the private server; its URL."""
        self.rows(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def pid(self, name):
        """The child of `up` of that name: "worker-1", "scheduler", "gateway", "redis", "postgres"."""
        role = name.split("-")[0]
        number = int(name.split("-")[1]) if "-" in name else 1
        found = [
            pid
            for pid, words in sorted(children(self.up.pid).items())
            if words and (words[1:2] == [role] or role in os.path.basename(words[0]))
        ]
        return found[number - 1] if len(found) >= number else None  # None: just being started again

    def slots(self, worker_pid):
        return sorted(pid for pid, words in children(worker_pid).items() if "slot" in words[:2] or "slot" in words[0])
