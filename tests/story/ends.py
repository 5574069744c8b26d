#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What people see of jobs that run and that end badly: logs, reasons, hidden arguments; settings read again at HUP."""

import json
import os
import signal
import subprocess
import unittest
import urllib.error

from support import api, fleet, servers

eventually = fleet.eventually
MARKER = "Mrkr-7f3a91-hidden"


class Ends(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet(workers=1, ARGOSY_SLOT_MEMORY="256m").__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def submit(self, args, **more):
        return api.call(self.fleet, "/api/v1/jobs", {"kind": "noop", "args": args, **more})["id"]

    def value(self, sql):
        return self.fleet.rows(sql)[0][0]

    def ended(self, job):
        eventually(lambda: self.value(f"SELECT count(*) FROM argosy.job_history WHERE id = {job}") > 0)
        return job

    def why(self, job):
        return json.loads(self.fleet.run("job", "why", str(job), "--output", "json"))["why"]

    def test_logs_are_read_and_followed(self):
        job = self.submit({"say": "ahoy", "lines": 700})
        self.ended(job)
        eventually(lambda: self.value(f"SELECT count(*) FROM argosy.job_log WHERE job = {job}") == 701)
        lines = self.fleet.run("job", "logs", str(job)).splitlines()
        self.assertEqual(701, len(lines))
        self.assertIn("info  ahoy", lines[0])
        page = api.call(self.fleet, f"/api/v1/jobs/{job}/logs?limit=3")
        rest = api.call(self.fleet, f"/api/v1/jobs/{job}/logs?limit=2&cursor={page['next']}")
        ids = [line["id"].partition(".")[2] for line in page["logs"] + rest["logs"]]
        self.assertEqual(["1", "2", "3", "4", "5"], ids)
        for path, status in (("4711/logs", 404), (f"{job}/logs?cursor=x", 400), (f"{job}/logs?limit=0", 400)):
            with self.assertRaises(urllib.error.HTTPError) as refused:
                api.call(self.fleet, f"/api/v1/jobs/{path}")
            self.assertEqual(status, refused.exception.code, path)

        slow = self.submit({"sleep_ms": 1500, "say": "at last"})
        followed = self.fleet.run("job", "logs", str(slow), "--follow", "--output", "json").splitlines()
        self.assertEqual(["at last", "printed: at last"], [json.loads(line)["message"] for line in followed])

    def test_lines_and_progress_come_with_the_event_stream(self):
        with api.Events(self.fleet) as heard:
            job = self.submit({"sleep_ms": 3000, "say": "heard"})

            def of(kind):
                return [e for e in heard.all() if e.get("job") == job and e["type"] == kind]

            def said():
                return [line["message"] for e in of("log") for line in e["logs"]]

            eventually(lambda: of("succeeded"))
            eventually(lambda: len(said()) >= 2)  # lines and progress ride beside the events, in no order with them
            progress = eventually(lambda: of("progress"))
        self.assertEqual(["heard", "printed: heard"], said())
        self.assertEqual({"sleeping", "heard"}, {e["message"] for e in progress} | {"heard", "sleeping"})
        self.assertTrue(all(0 <= e["percent"] <= 100 for e in progress))

    def test_hidden_arguments_are_seen_nowhere(self):
        args = {"say": "psst", "hidden": MARKER, "fail": "fatal"}
        with api.Events(self.fleet) as heard:
            job = self.ended(self.submit(args, queue="shy"))
            steps = [{"step": "a", "kind": "noop", "args": {"hidden": MARKER, "sleep_ms": 60000}}]
            made = api.call(self.fleet, "/api/v1/pipelines", {"name": "p", "steps": steps})
            pipeline = made["id"]
            self.addCleanup(self.fleet.command, "job", "cancel", str(made["jobs"]["a"]))
            eventually(lambda: self.value(f"SELECT count(*) FROM argosy.job_log WHERE job = {job}") == 2)
            eventually(lambda: [e for e in heard.all() if e.get("job") == job and e["type"] == "failed"])
            seen = "\n".join(heard.raw)
        one = str(job)
        ways = ("job show " + one, "job list", "job logs " + one, "job why " + one, "dlq list")
        for words in (way.split() for way in ways):
            seen += self.fleet.run(*words) + self.fleet.run(*words, "--output", "json")
        for path in (f"jobs/{job}/events", f"pipelines/{pipeline}", "jobs?limit=500", "dlq", f"jobs/{job}"):
            seen += json.dumps(api.call(self.fleet, f"/api/v1/{path}"))
        self.assertIn('"hidden": "***"', seen)
        self.assertIn("psst ****", seen)
        self.assertNotIn(MARKER, seen)
        files = [os.path.join(at, name) for at, _, names in os.walk(self.fleet.folder) for name in names]
        logs = [name for name in files if name.endswith(".log")]
        self.assertTrue(logs)
        for name in logs:
            with open(name, encoding="utf-8", errors="replace") as log:
                self.assertNotIn(MARKER, log.read(), name)

    def test_who_runs_out_of_memory_goes_on_among_its_like(self):
        if "asan" in os.environ.get("ARGOSY_BUILD", ""):
            self.skipTest("no data limit under sanitizers")
        job = self.submit({"memory_mb": 400})
        good = f"SELECT count(*) FROM argosy.job_history WHERE id = {job} AND state = 5"
        eventually(lambda: self.value(good) == 1)
        shown = json.loads(self.fleet.run("job", "show", str(job), "--output", "json"))
        self.assertEqual((2, "oom", "default"), (shown["attempts"], shown["queue"], shown["tenant"]))
        said = api.call(self.fleet, f"/api/v1/jobs/{job}/events")
        retrying = [e["data"] for e in said if e["type"] == "retrying"]
        self.assertEqual([("out_of_memory", "oom")], [(d["error"]["error_code"], d["queue"]) for d in retrying])

    def test_why_has_a_sentence_for_each_end_and_wait(self):
        failed = self.ended(self.submit({"fail": "fatal"}))
        self.assertRegex(self.why(failed), f"failed after 1 attempt, with fatal: .*argosy dlq replay {failed}")
        done = self.ended(self.submit({}))
        self.assertEqual("It has ended: succeeded.", self.why(done))
        later = self.submit({"fail": "refused", "retry_after_s": 5000})
        eventually(lambda: self.value(f"SELECT count(*) FROM argosy.event WHERE job = {later} AND type = 'retrying'"))
        self.assertRegex(self.why(later), r"It backs off until .* UTC: attempt 1 \(of 3\) failed with refused: ")
        timed = self.submit({}, run_at="2099-01-01T00:00:00Z")
        self.assertIn("It is scheduled for 2099-01-01", self.why(timed))
        poison = self.submit({"fault": "exit"}, attempts_max=100)

        def hurry():
            self.fleet.rows(f"UPDATE argosy.job_live SET run_at = now() WHERE id = {poison} AND state = 1 RETURNING id")
            return self.value(f"SELECT count(*) FROM argosy.job_history WHERE id = {poison}") > 0

        eventually(hurry)
        self.assertRegex(self.why(poison), f"It is in quarantine: 3 slots crashed .*argosy dlq replay {poison}")
        shown = json.loads(self.fleet.run("job", "show", str(poison), "--output", "json"))
        self.assertEqual(("failed", "quarantined"), (shown["state"], shown["error"]["error_code"]))
        listed = json.loads(self.fleet.run("dlq", "list", "--quarantined", "--output", "json"))["dead"]
        self.assertEqual([poison], [d["id"] for d in listed])
        for job in (later, timed):
            self.fleet.run("job", "cancel", str(job))
        self.assertIn("cancelled. It runs again by `argosy job retry", self.why(timed))

    def role(self, words, config, said):
        """A role by hand beside the fleet's own, whose settings file is changed under it."""
        log = open(os.path.join(servers.folder(), words[0] + ".log"), "wb")
        process = subprocess.Popen(
            [fleet.BIN, *words, "--config", config], env=self.fleet.environment, stdout=log, stderr=log
        )
        self.addCleanup(log.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)

        def text():
            with open(log.name, encoding="utf-8") as f:
                return f.read()

        eventually(lambda: said in text() or process.poll() is not None)
        self.assertIsNone(process.poll(), text())
        return process, text

    def test_hup_reads_the_settings_again(self):
        for words, said in (
            (["worker", "--transport=redis"], "registered"),
            (["gateway", "--listen=127.0.0.1:0"], "listening"),
            (["scheduler"], "the doorbell works"),
        ):
            with self.subTest(words[0]):
                config = os.path.join(servers.folder(), words[0] + ".conf")
                with open(config, "w", encoding="utf-8") as f:
                    f.write("log-level = debug\nlog-format = text\n")
                process, text = self.role(words, config, said)
                with open(config, "w", encoding="utf-8") as f:
                    f.write("log-level = nonsense\n")
                process.send_signal(signal.SIGHUP)
                eventually(lambda: "were not taken over" in text())
                with open(config, "w", encoding="utf-8") as f:
                    f.write("log-level = info\nlog-format = json\n")
                process.send_signal(signal.SIGHUP)
                eventually(lambda: '"settings were read again"' in text())
                self.assertIsNone(process.poll())


if __name__ == "__main__":
    unittest.main(verbosity=2)
