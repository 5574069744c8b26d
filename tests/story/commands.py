#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every command as people and programs use it: what it prints, what JSON it gives, which code it ends with."""

import json
import os
import re
import subprocess
import unittest

from support import fleet, servers

ERROR = {"message", "error_code", "details", "timestamp"}


class WithoutFleet(unittest.TestCase):
    def setUp(self):
        self.environment = fleet.environment(ARGOSY_DATA_DIR=os.path.join(servers.folder(), "nobody-here"))

    def run_it(self, *words):
        return subprocess.run([fleet.BIN, *words], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=servers.PATIENCE_S, check=False)

    def test_help_of_every_command(self):
        names = re.findall(r"^  ([a-z-]+(?: [a-z]+)?)  ", self.run_it("help").stdout, re.M)
        for name in ("up", "demo", "migrate", "doctor", "fsck", "version", "job submit", "queue pause", "worker list"):
            self.assertIn(name, names)
        for name in names:
            with self.subTest(name):
                done = self.run_it(*name.split(), "--help")
                self.assertEqual((0, ""), (done.returncode, done.stderr))
                self.assertTrue(done.stdout.startswith(f"Usage: argosy {name}"))
                self.assertIn("--output text|json", done.stdout)
                self.assertLess(max(len(line) for line in done.stdout.splitlines()), 170)

    def test_no_fleet(self):
        for words in ("job list", "job show 1", "job submit noop", "job watch 1", "fsck", "queue list", "worker list",
                      "migrate sqlite:x postgresql:///y"):
            with self.subTest(words):
                done = self.run_it(*words.split(), "--output", "json")
                self.assertEqual((69, ""), (done.returncode, done.stdout), done.stderr)
                error = json.loads(done.stderr)
                self.assertEqual(ERROR, set(error))
                self.assertEqual("not_running", error["error_code"])
                self.assertIn("argosy up", error["message"])
        self.assertFalse(os.path.exists(self.environment["ARGOSY_DATA_DIR"]))   # asking makes nothing

    def test_doctor_says_what_to_do(self):
        done = self.run_it("doctor", "--output", "json")
        self.assertEqual(1, done.returncode)
        rows = json.loads(done.stdout)
        self.assertEqual({"record", "transport", "gateway"}, {row["check"] for row in rows if row["status"] == "error"})
        self.assertIn("argosy up", rows[-1]["message"])


class WithFleet(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet(workers=1, slots=2)
        cls.fleet.start()

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def refused(self, code, error_code, *words, **environment):
        done = self.fleet.command(*words, "--output", "json", **environment)
        self.assertEqual((code, ""), (done.returncode, done.stdout), done.stderr)
        error = json.loads(done.stderr)
        self.assertEqual(ERROR, set(error))
        self.assertEqual(error_code, error["error_code"], error)
        text = self.fleet.command(*words, **environment)
        self.assertEqual(code, text.returncode)
        self.assertTrue(text.stderr.startswith("argosy: " + error["message"]), text.stderr)
        return error

    def submit(self, *words):
        return self.fleet.run("job", "submit", *words).strip()

    def ended(self, *words):
        job = self.submit(*words)
        self.fleet.command("job", "watch", job)
        return job

    def test_submit_is_checked(self):
        error = self.refused(2, "unknown_kind", "job", "submit", "sailing")
        self.assertIn("noop", error["details"]["kinds"])
        error = self.refused(2, "invalid_arguments", "job", "submit", "noop", '{"sleep_ms": "long", "fail": "x"}')
        self.assertEqual({"/args/sleep_ms", "/args/fail"}, {point["path"] for point in error["details"]})
        self.refused(2, "invalid_json", "job", "submit", "noop", "{")
        self.refused(3, "file_not_found", "job", "submit", "noop", "@/nowhere/args.json")
        self.assertNotIn("sailing", self.fleet.run("job", "list"))

    def test_submit_from_everywhere(self):
        path = os.path.join(servers.folder(), "args.json")
        with open(path, "w", encoding="utf-8") as f:
            f.write('{"payload": "from a file"}')
        job = self.ended("noop", "@" + path)
        self.assertEqual("from a file", self.fleet.json("job", "show", job)["args"]["payload"])
        done = subprocess.run([fleet.BIN, "job", "submit", "noop", "-"], env=self.fleet.environment, text=True,
                              input='{"payload": "äß 漢字"}', capture_output=True, check=True)
        self.assertEqual("äß 漢字", self.fleet.json("job", "show", done.stdout.strip())["args"]["payload"])
        first = self.submit("noop", "--idempotency-key", "once")
        self.assertEqual(first, self.submit("noop", "--idempotency-key", "once"))
        late = self.fleet.json(*"job submit noop --run-at 2099-01-01T00:00:00Z --priority 7 --tenant acme".split())
        row = self.fleet.json("job", "show", str(late["id"]))
        self.assertEqual(("scheduled", 7, "acme"), (row["state"], row["priority"], row["tenant"]))
        self.assertIn("2099", self.fleet.run("job", "why", str(late["id"])))

    def test_one_job(self):
        job = self.ended("noop", '{"payload": "x"}')
        shown = self.fleet.run("job", "show", job)
        for line in (f"job +{job}", "kind +noop", "state +succeeded", "attempts +1"):
            self.assertRegex(shown, "(?m)^" + line + "$")
        watched = self.fleet.command("job", "watch", job)
        self.assertEqual((0, ""), (watched.returncode, watched.stderr))
        self.assertIn("succeeded", watched.stdout)
        events = [json.loads(line) for line in self.fleet.run("job", "watch", job, "--output", "json").splitlines()]
        self.assertTrue(all(set(event) == {"event", "data"} for event in events))
        self.assertEqual({"id", "state", "why", "waits_for"}, set(self.fleet.json("job", "why", job)))
        for words in (("job", "show"), ("job", "cancel"), ("job", "retry"), ("job", "why"), ("job", "watch")):
            with self.subTest(words):
                self.refused(3, "not_found", *words, "999999999")
                self.refused(2, "invalid_id", *words, "first")

    def test_failed_jobs(self):
        job = self.submit("noop", '{"fail": "fatal"}')
        done = self.fleet.command("job", "watch", job)
        self.assertEqual(1, done.returncode, done.stderr)
        self.assertRegex(done.stderr, rf"argosy: job {job} failed: .+")
        self.assertIn(job, self.fleet.run("job", "list", "--state", "failed"))
        again = self.fleet.json("job", "retry", job)
        self.assertEqual(int(job), again["id"])
        fleet.eventually(lambda: self.fleet.json("job", "show", job)["state"] == "failed")

    def test_cancel_and_retry(self):
        job = self.submit("noop", '{"sleep_ms": 600000}')
        fleet.eventually(lambda: self.fleet.json("job", "show", job)["state"] == "dispatched")
        self.refused(4, "not_final", "job", "retry", job)
        self.fleet.run("job", "cancel", job)
        watched = self.fleet.command("job", "watch", job)
        self.assertEqual(1, watched.returncode)
        self.assertIn("cancelled", watched.stderr)
        self.refused(4, "already_final", "job", "cancel", job)
        self.fleet.run("job", "retry", job)
        self.fleet.run("job", "cancel", job)

    def test_lists(self):
        jobs = [self.ended("noop", "--queue", "listed") for _ in range(3)]
        page = self.fleet.json("job", "list", "--queue", "listed", "--limit", "2")
        self.assertEqual([int(j) for j in reversed(jobs)][:2], [j["id"] for j in page["jobs"]])
        rest = self.fleet.json("job", "list", "--queue", "listed", "--cursor", page["next"])
        self.assertEqual([int(jobs[0])], [j["id"] for j in rest["jobs"]])
        text = self.fleet.command("job", "list", "--queue", "listed", "--limit", "2")
        self.assertIn(f"--cursor {page['next']}", text.stderr)
        self.assertRegex(text.stdout, rf"(?m)^ *{jobs[2]} noop +succeeded +listed .* \d\d:\d\d:\d\dZ")
        self.assertEqual("no jobs\n", self.fleet.run("job", "list", "--queue", "never"))
        self.assertEqual(2, self.fleet.command("job", "list", "--state", "sunk").returncode)
        workers = self.fleet.json("worker", "list")["workers"]
        self.assertEqual([2], [w["slots"] for w in workers])
        self.assertRegex(self.fleet.run("worker", "list"), r"(?m)^WORKER .*STATE")

    def test_long_lists(self):
        self.fleet.rows("SELECT argosy.batch_submit('long', (SELECT json_agg('{\"kind\": \"noop\"}'::json) "
                        "FROM generate_series(1, 520)), queue => 'long')")
        self.fleet.rows("SELECT argosy.batch_submit('short', '[{\"kind\": \"noop\"}]') FROM generate_series(1, 55)")
        self.assertEqual(515, len(self.fleet.json("job", "list", "--queue", "long", "--limit", "515")["jobs"]))
        whole = self.fleet.json("job", "list", "--queue", "long", "--limit", "600")
        self.assertEqual((520, None), (len({job["id"] for job in whole["jobs"]}), whole["next"]))
        text = self.fleet.command("batch", "list")
        page = self.fleet.json("batch", "list")
        self.assertEqual(50, len(page["batches"]))
        self.assertEqual(f"There are more: --cursor {page['next']}\n", text.stderr)
        rest = self.fleet.json("batch", "list", "--cursor", page["next"])
        self.assertEqual(self.fleet.rows("SELECT count(*) - 50 FROM argosy.batch"), [(len(rest["batches"]),)])
        self.assertIsNone(rest["next"])
        self.fleet.rows("INSERT INTO argosy.tenant SELECT 'tenant-' || n, 2 FROM generate_series(1, 1100) n")
        tenants = self.fleet.json("tenant", "list")["tenants"]
        self.fleet.rows("DELETE FROM argosy.tenant WHERE name LIKE 'tenant-%'")
        self.assertEqual(1100, len({tenant["tenant"] for tenant in tenants}))
        for words in ("job list --limit 0", "job list --limit many", "batch list --limit -1", "dlq list --limit 1e9"):
            self.refused(2, "usage", *words.split())

    def test_queues(self):
        self.ended("noop", "--queue", "harbour")
        self.assertEqual("harbour: paused\n", self.fleet.run("queue", "pause", "harbour"))
        job = self.submit("noop", "--queue", "harbour")
        rows = {row["queue"]: row for row in self.fleet.json("queue", "list")["queues"]}
        self.assertEqual((True, 1), (rows["harbour"]["paused"], rows["harbour"]["available"]))
        self.assertIn("argosy queue resume harbour", self.fleet.run("job", "why", job))
        self.fleet.run("queue", "resume", "harbour")
        self.fleet.run("job", "watch", job)
        self.refused(3, "not_found", "queue", "pause", "nowhere")
        self.refused(2, "invalid_name", "queue", "pause", "a/../b")

    def test_keys(self):
        self.refused(4, "invalid_key", "job", "list", ARGOSY_API_KEY="argosy_wrong")
        fresh = self.fleet.json("api-key", "create", "story")["api_key"]
        url = self.fleet.state["url"]
        self.assertEqual(0, self.fleet.command("job", "list", ARGOSY_API_KEY=fresh, ARGOSY_URL=url).returncode)
        self.refused(2, "no_api_key", "job", "list", ARGOSY_URL=url)   # ours is not sent to strangers

    def test_health(self):
        rows = self.fleet.json("doctor")
        self.assertEqual({"check", "status", "message"}, set(rows[0]))
        self.assertEqual(set(), {row["check"] for row in rows if row["status"] == "error"})
        self.assertIn("1 alive", self.fleet.run("doctor"))
        checks = self.fleet.json("fsck")
        self.assertGreater(len(checks), 5)
        self.assertTrue(all(c["violations"] == 0 and c["sample"] == [] for c in checks))
        self.assertIn("nothing is lost", self.fleet.run("fsck"))
        self.assertRegex(self.fleet.json("version")["version"], r"^\d+\.\d+\.\d+$")
        self.assertEqual({"from", "to"}, set(self.fleet.json("db", "migrate")))

    def test_migrate_refuses_what_can_not_be(self):
        target = self.fleet.url("argosy")
        self.refused(3, "file_not_found", "migrate", "sqlite:/nowhere.sqlite", target)
        for source in ("nonsense", "db2://host/db", ""):
            self.assertEqual(2, self.fleet.command("migrate", source, target).returncode)
        done = self.fleet.command("migrate", f"sqlite:{fleet.CHINOOK}", "db2://host/db")
        self.assertEqual(2, done.returncode, done.stderr)
        self.assertEqual("", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
