#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: release timeout 3600
"""Workers of the release before beside workers of this commit, on this commit's schema, while the fleet is deployed
anew under load: an old one drains and comes back new, an old one is killed and comes back old, then goes too. 20,000
jobs: none lost, none failed, none ended twice, and both kinds of workers have run some.

The release is built from its tag, once a build tree, in build/PREVIOUS/. In a clone without tags the commit that bears
it does; in one without history it is fetched from origin; where it is not to be had, this fails and says so.
"""

import fcntl
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
import unittest

import psycopg2

from support import api, crew, fleet

PREVIOUS = "v0.1.0"
PREVIOUS_COMMIT = "0c91e24f7806f45e037c7ae04756978b50a347de"
JOBS = 20_000
BATCH = 100
SUCCEEDED = 5
PATIENT = ("-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60")  # a server that is silent is asked again


def git(*words, check=True):
    return subprocess.run(
        ["git", "-C", fleet.SOURCE, "-c", "safe.directory=*", *PATIENT, *words],
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
        stdin=subprocess.DEVNULL,
        check=check,
        capture_output=True,
        text=True,
    )


def tagged():
    """The commit of the tag."""
    ways = (f"refs/tags/{PREVIOUS}:refs/tags/{PREVIOUS}", PREVIOUS_COMMIT)
    for number, fetch in enumerate((None, *ways * 3)):  # again: a network may be away for a while
        if fetch:
            time.sleep((number - 1) // len(ways) * 15)
            git("fetch", "--quiet", "--depth=1", "origin", fetch, check=False)
        for name in (PREVIOUS, PREVIOUS_COMMIT):
            found = git("rev-parse", "--verify", "--quiet", name + "^{commit}", check=False)
            if found.returncode == 0:
                return found.stdout.strip()
    raise AssertionError(f"there is no tag {PREVIOUS} here and none at origin: run `git fetch --tags` in the checkout")


def previous():
    """The program of the release before."""
    commit = tagged()
    home = os.path.join(fleet.SOURCE, "build", PREVIOUS)
    os.makedirs(home, exist_ok=True)
    program = os.path.join(home, commit, "argosy")  # appears whole or not at all
    with open(os.path.join(home, "lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(program):
            return program
        for other in glob.glob(os.path.join(home, "*", "")):
            shutil.rmtree(other)
        tree = os.path.join(home, commit)
        os.makedirs(os.path.join(tree, "build"))
        archive = os.path.join(home, "tree.tar")
        git("archive", "--output", archive, commit)
        subprocess.run(["tar", "-xf", archive, "-C", tree], check=True)
        os.unlink(archive)
        crates = os.path.join(fleet.SOURCE, "build", "bridge")
        if os.path.isdir(crates):  # compiled already: the same crates, or cargo sees the difference
            subprocess.run(["cp", "-a", crates, os.path.join(tree, "build")], check=True)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("ARGOSY_")}
        configure = ["cmake", "--preset", "release", "-DARGOSY_TESTS=OFF"]
        for words in (configure, ["ninja", "-C", "build/release", "argosy"]):
            done = subprocess.run(words, cwd=tree, env=environment, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                told = done.stdout[-4000:] + done.stderr
                raise AssertionError(f"{PREVIOUS} does not build: {words}\n{told}")
        os.rename(os.path.join(tree, "build", "release", "argosy"), program)
    return program


class MixedVersions(unittest.TestCase):
    def setUp(self):
        self.old = previous()
        self.crew = crew.Crew(workers=4, slots=2, binaries={"worker-3": self.old, "worker-4": self.old})
        self.addCleanup(self.crew.stop)
        self.crew.__enter__()
        self.old_pids = {self.crew.roles["worker-3"].pid, self.crew.roles["worker-4"].pid}
        self.failure = None

    def alive(self):
        return dict(self.crew.rows("SELECT pid, incarnation FROM argosy.worker WHERE NOT dead"))

    def args(self, dice):
        args = {}
        if dice.random() < 0.02:
            args["sleep_ms"] = dice.randint(1, 300)
        if dice.random() < 0.01:
            args["payload"] = "p" * 40_000  # too large for the doorbell: read from the record
        return json.dumps(args)

    def submit(self):
        """In batches, some as a chain, never far ahead of what the workers end."""
        dice = random.Random(20_000)
        try:
            with psycopg2.connect(self.crew.url("argosy")) as connection:
                connection.autocommit = True
                for batch in range(JOBS // BATCH):
                    self.batch(connection, dice, chained=batch % 5 == 0)
                    fleet.eventually(lambda: self.live() < 3000, 300)
        except Exception as e:  # pylint: disable=broad-except   # told by the story
            self.failure = e

    def batch(self, connection, dice, chained):
        if dice.random() < 0.5:  # many alike: kept together until they are dispatched
            ids = api.call(self.crew, "/api/v1/jobs", {"jobs": [{"kind": "noop"}] * BATCH})["ids"]
            self.assertEqual(BATCH, len(ids))
            return
        with connection.cursor() as cursor:
            before = []
            for _ in range(BATCH):
                cursor.execute(
                    "SELECT argosy.submit('noop', args => %s, after => %s::bigint[])", (self.args(dice), before)
                )
                before = [cursor.fetchone()[0]] if chained else []

    def live(self):
        return self.crew.rows(
            "SELECT (SELECT coalesce(sum(last - next + 1), 0) FROM argosy.job_bulk)"
            " + (SELECT count(*) FROM argosy.job_live)"
        )[0][0]

    def ended(self):
        return self.crew.rows("SELECT count(*) FROM argosy.job_history")[0][0]

    def run_by(self):
        """Jobs that ended well by the pid of who ran them."""
        return dict(
            self.crew.rows(
                "SELECT w.pid, count(*) FROM argosy.job_history h JOIN argosy.worker w ON w.incarnation = h.worker"
                " WHERE h.state = %s GROUP BY 1",
                SUCCEEDED,
            )
        )

    def replace(self, name, how, old):
        """Ends a worker; tend() starts it again, in the version asked for. Returns once it runs jobs."""
        with self.crew.lock:
            self.crew.binaries[name] = self.old if old else crew.BIN
        gone = self.crew.kill(name, how)
        fleet.eventually(lambda: self.crew.roles[name].pid != gone and self.crew.roles[name].pid in self.alive())
        pid = self.crew.roles[name].pid
        if old:
            self.old_pids.add(pid)
        if self.submitting.is_alive():
            fleet.eventually(lambda: self.run_by().get(pid, 0) > 0 or not self.submitting.is_alive())

    def test_a_rolling_deploy_under_load(self):
        self.submitting = threading.Thread(target=self.submit, daemon=True)
        self.submitting.start()
        fleet.eventually(lambda: self.ended() > JOBS // 8 or self.failure, 300)
        self.replace("worker-3", signal.SIGTERM, old=False)
        self.replace("worker-4", signal.SIGKILL, old=True)
        self.replace("worker-1", signal.SIGKILL, old=False)
        self.replace("worker-2", signal.SIGTERM, old=True)  # a deploy is rolled back
        self.replace("worker-4", signal.SIGTERM, old=False)
        self.submitting.join(600)
        self.assertIsNone(self.failure)
        fleet.eventually(lambda: self.live() == 0, 300)

        self.assertEqual([(SUCCEEDED, JOBS, JOBS)], self.crew.rows(
            "SELECT state, count(*), count(DISTINCT id) FROM argosy.job_history GROUP BY 1"))
        by = self.run_by()
        old = sum(count for pid, count in by.items() if pid in self.old_pids)
        print(f"  {PREVIOUS} ran {old} jobs, this commit {JOBS - old}", flush=True)
        self.assertGreater(old, JOBS // 50)
        self.assertGreater(JOBS - old, JOBS // 50)
        self.assertEqual([], self.crew.surprises)
        print(self.crew.run("fsck").splitlines()[-1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
