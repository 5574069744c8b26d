#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`argosy up`, from its start to every way it can end: nothing is left running, nothing it holds is lost."""

import json
import os
import signal
import subprocess
import unittest

from support import family, fleet, servers

CHILDREN = ("postgres", "redis", "scheduler", "worker-1", "gateway")


class Ends(unittest.TestCase):
    def test_stopped_killed_and_reset(self):
        """One folder through all of it: each start finds what the last one left."""
        f = fleet.Fleet("--drain=3s", workers=1, slots=1)
        self.addCleanup(f.stop)
        f.start()
        key = f.key
        job = f.run("job", "submit", "noop").strip()
        f.run("job", "watch", job)
        everybody = family.of(f.folder)
        for who in ("up", "postgres", "redis-server", "scheduler", "gateway", "worker", "slot"):
            self.assertTrue([line for line in everybody.values() if who in line], (who, everybody))
        if os.geteuid() == 0:
            self.assertNotIn(0, family.users(everybody))

        with self.subTest("Ctrl-C"):
            f.up.send_signal(signal.SIGINT)
            self.assertEqual(0, f.up.wait(servers.PATIENCE_S), f.logs())
            self.assertEqual({}, family.gone(f.folder, everybody))
            self.assertFalse(os.path.exists(os.path.join(f.folder, "up.json")))
            self.assertEqual(69, f.command("job", "list").returncode)

        with self.subTest("killed while it works"):
            f.start()
            self.assertEqual("succeeded", f.json("job", "show", job)["state"])
            self.assertEqual(key, f.key)
            running = f.run("job", "submit", "noop", '{"sleep_ms": 4000}').strip()
            fleet.eventually(lambda: f.rows("SELECT 1 FROM argosy.job_live WHERE id = %s AND state = 3", running))
            everybody = family.of(f.folder)
            f.up.kill()
            f.up.wait()
            self.assertEqual({}, family.gone(f.folder, everybody))
            self.assertTrue(os.path.exists(os.path.join(f.folder, "up.json")))
            self.assertEqual(69, f.command("job", "list").returncode)   # and not what a stale up.json says
            os.unlink(os.path.join(f.folder, "up.json"))   # for Fleet.start(), which waits for it
            f.start()
            f.run("job", "watch", running)
            self.assertEqual("succeeded", f.json("job", "show", running)["state"])

        with self.subTest("--reset"):
            f.stop()
            f.arguments.append("--reset")
            f.start()
            self.assertEqual([], f.json("job", "list")["jobs"])
            self.assertNotEqual(key, f.key)
            f.stop()
            self.assertEqual({}, family.gone(f.folder))

    def test_killed_before_it_is_ready(self):
        """initdb is under way: a half made server must not be taken for one."""
        f = fleet.Fleet(workers=1, slots=1)
        self.addCleanup(f.stop)
        with open(os.path.join(os.path.dirname(f.folder), "early.log"), "ab") as log:
            up = subprocess.Popen([fleet.BIN, "up", *f.arguments], env=f.environment, stdout=log, stderr=log)
        fleet.eventually(lambda: os.path.exists(os.path.join(f.folder, "postgres.new", "PG_VERSION")))
        up.kill()
        up.wait()
        self.assertEqual({}, family.gone(f.folder))
        self.assertFalse(os.path.exists(os.path.join(f.folder, "postgres")))
        f.start()
        f.run("job", "watch", f.run("job", "submit", "noop").strip())


class Lives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet(workers=1, slots=2)
        cls.fleet.start()

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def test_a_second_one_is_refused(self):
        done = self.fleet.command("up", "--output", "json")
        self.assertEqual(4, done.returncode, done.stderr)
        error = json.loads(done.stderr.strip().splitlines()[-1])
        self.assertEqual("already_running", error["error_code"])
        self.assertIn(self.fleet.state["url"], error["message"])
        self.assertEqual("", done.stdout)
        done = self.fleet.command("up", "--reset")   # not even that
        self.assertEqual(4, done.returncode, done.stderr)
        self.fleet.run("job", "list")

    def test_children_are_started_again(self):
        f = self.fleet
        for name in CHILDREN:
            with self.subTest(name):
                job = f.run("job", "submit", "noop", '{"sleep_ms": 300}').strip()
                before = fleet.eventually(lambda n=name: f.pid(n))
                os.kill(before, signal.SIGKILL)
                fleet.eventually(lambda n=name, p=before: self.another(n, p))
                again = fleet.eventually(self.submitted)
                for each in (job, again):
                    self.assertEqual("succeeded", self.awaited(each))
        self.assertIsNone(f.up.poll())
        fsck = f.command("fsck", "--output", "json")
        self.assertEqual(0, fsck.returncode, fsck.stdout)

    def another(self, name, before):
        try:
            return self.fleet.pid(name) != before
        except IndexError:
            return False

    def submitted(self):
        done = self.fleet.command("job", "submit", "noop")
        self.assertIn(done.returncode, (0, 69), done.stderr)   # away for a moment, nothing worse
        return done.stdout.strip()

    def awaited(self, job):
        try:
            return fleet.eventually(lambda: self.final(job))
        except AssertionError:
            os.kill(self.fleet.pid("worker-1"), signal.SIGUSR1)   # tells what it has in hand
            rows = self.fleet.rows("SELECT w::text FROM argosy.worker w UNION ALL SELECT j::text FROM argosy.job j")
            why = self.fleet.command("job", "why", job).stdout
            raise AssertionError("\n".join([why, *(row[0] for row in rows), self.fleet.logs()])) from None

    def final(self, job):
        done = self.fleet.command("job", "show", job, "--output", "json")
        state = json.loads(done.stdout)["state"] if done.returncode == 0 else ""
        return state if state in ("succeeded", "failed", "cancelled") else None


if __name__ == "__main__":
    unittest.main(verbosity=2)
