#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dead letters from the command line: listed, tried dry, replayed with whoever they took along, purged."""

import json
import unittest

from support import api, fleet

eventually = fleet.eventually


class DeadLetters(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet(workers=1).__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def run_json(self, *words):
        return json.loads(self.fleet.run(*words, "--output", "json"))

    def count(self, sql, *values):
        return self.fleet.rows(sql % values if values else sql)[0][0]

    def dead(self, how_many, queue):
        jobs = [{"kind": "noop", "args": {"fail": "fatal"}, "queue": queue} for _ in range(how_many)]
        ids = []
        for i in range(0, how_many, 1000):
            ids += api.call(self.fleet, "/api/v1/jobs", {"jobs": jobs[i : i + 1000]})["ids"]
        sql = "SELECT count(*) FROM argosy.dead_letter d JOIN argosy.lane l ON l.id = d.lane WHERE l.queue = '%s'"
        eventually(lambda: self.count(sql, queue) == how_many)
        return ids

    def test_listed_replayed_and_purged(self):
        ids = self.dead(3, "a")
        listed = self.run_json("dlq", "list", "--queue", "a", "--code", "fatal", "--since", "1h")
        self.assertEqual(sorted(ids, reverse=True), [d["id"] for d in sorted(listed["dead"], key=lambda d: -d["id"])])
        self.assertEqual({"fatal"}, {d["error_code"] for d in listed["dead"]})
        first = self.run_json("dlq", "list", "--queue", "a", "--limit", "2")
        second = self.run_json("dlq", "list", "--queue", "a", "--limit", "2", "--cursor", first["next"])
        self.assertEqual(3, len({d["id"] for d in first["dead"] + second["dead"]}))
        self.assertIsNone(second["next"])
        self.assertIn("noop", self.fleet.run("dlq", "list"))

        dry = self.run_json("dlq", "replay", str(ids[0]), "--dry-run")
        self.assertEqual([{"job": ids[0], "along": []}], dry["jobs"])
        self.assertEqual(3, len(self.run_json("dlq", "list", "--queue", "a")["dead"]))
        epoch = self.count("SELECT max(epoch) FROM argosy.job_history WHERE id = %s", ids[0])
        self.assertEqual(dry["jobs"], self.run_json("dlq", "replay", str(ids[0]))["jobs"])
        again = "SELECT count(*) FROM argosy.job_history WHERE id = %s AND epoch > %s"
        eventually(lambda: self.count(again, ids[0], epoch) == 1)  # it failed again, under a higher epoch

        purged = self.run_json("dlq", "purge", "--queue", "a", "--dry-run")
        self.assertEqual(sorted(ids), sorted(j["job"] for j in purged["jobs"]))
        self.assertEqual(purged["jobs"], self.run_json("dlq", "purge", "--queue", "a")["jobs"])
        self.assertEqual([], self.run_json("dlq", "list", "--queue", "a")["dead"])
        done = self.fleet.command("dlq", "replay", str(ids[0]))
        self.assertEqual(4, done.returncode, done.stderr)

    def test_whoever_was_taken_along_comes_back(self):
        steps = [
            {"step": "first", "kind": "noop", "args": {"fail": "fatal"}, "queue": "b"},
            {"step": "second", "kind": "noop", "after": ["first"]},
            {"step": "third", "kind": "noop", "after": ["second"]},
        ]
        jobs = api.call(self.fleet, "/api/v1/pipelines", {"name": "chain", "steps": steps})["jobs"]
        third = "SELECT count(*) FROM argosy.job_history WHERE id = %s AND state = 7"
        eventually(lambda: self.count(third, jobs["third"]) == 1)
        expected = [{"job": jobs["first"], "along": [jobs["second"], jobs["third"]]}]
        self.assertEqual(expected, self.run_json("dlq", "replay", "--queue", "b", "--dry-run")["jobs"])
        self.assertEqual(expected, self.run_json("dlq", "replay", "--queue", "b")["jobs"])
        eventually(lambda: self.count(third, jobs["third"]) == 2)
        revived = "SELECT count(*) FROM argosy.event WHERE job = %s AND type = 'revived'"
        self.assertEqual(1, self.count(revived, jobs["third"]))

    def test_many_go_in_batches_and_each_once(self):
        ids = self.dead(600, "c")
        done = self.fleet.command("dlq", "replay", "--queue", "c", "--rate", "1000", "--output", "json")
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual(sorted(ids), sorted(j["job"] for j in json.loads(done.stdout)["jobs"]))
        self.assertIn("500 replayed", done.stderr)
        twice = "SELECT count(*) FROM argosy.job_history h JOIN argosy.lane l ON l.id = h.lane WHERE l.queue = 'c'"
        eventually(lambda: self.count(twice) == 1200)
        done = self.fleet.command("dlq", "purge", "--all", "--kind", "noop")
        self.assertEqual(0, done.returncode, done.stderr)

    def test_what_is_not_clear_is_refused(self):
        for words in (("replay",), ("purge",), ("replay", "1", "--all"), ("list", "--since", "yesterday")):
            done = self.fleet.command("dlq", *words)
            self.assertEqual(2, done.returncode, (words, done.stderr))


if __name__ == "__main__":
    unittest.main(verbosity=2)
