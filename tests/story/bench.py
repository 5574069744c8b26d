#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`argosy bench queue` prints its figures in the documented form, measured with durable settings. How high they are is
not this test's business: that is compared on one machine, by hand.
"""

import json
import subprocess
import unittest

from support import fleet


class Bench(unittest.TestCase):
    def test_report(self):
        done = subprocess.run(
            [fleet.BIN, "bench", "queue", "--jobs", "2000", "--pickup-seconds", "1", "--output", "json"],
            env=fleet.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        self.assertEqual(0, done.returncode, done.stderr)
        (line,) = done.stdout.splitlines()  # machines read it: one line, nothing else
        report = json.loads(line)
        self.assertEqual({"flow", "drain", "pickup_ms", "rest", "memory_kib", "settings"}, set(report))
        for part in ("flow", "drain", "rest"):
            self.assertGreater(report[part]["cpu_s_per_1000"]["ours"], 0)
            self.assertGreater(report[part]["cpu_s_per_1000"]["postgres"], 0)
            self.assertEqual(2000, report[part]["jobs"])
            self.assertGreater(report[part]["jobs_per_s"], 0)
        self.assertEqual(200, report["pickup_ms"]["jobs"])
        self.assertGreater(report["pickup_ms"]["p50"], 0)
        self.assertGreaterEqual(report["pickup_ms"]["p99"], report["pickup_ms"]["p50"])
        for role in ("scheduler", "worker", "slot", "gateway", "postgres", "redis"):
            self.assertGreater(report["memory_kib"][role], 0)
        settings = report["settings"]
        durable = {"fsync": "on", "synchronous_commit": "on", "unlogged_tables": 0}
        self.assertEqual(durable, {name: settings[name] for name in durable})
        self.assertGreater(settings["workers"], 0)
        self.assertGreater(settings["slots"], 0)

    def test_storage(self):
        """A few seconds say nothing of the figures, but that both halves and the tenths are measured."""
        done = subprocess.run(
            [fleet.BIN, "bench", "queue", "--scenario", "pinned,backlog", "--jobs", "5000", "--pickup-seconds", "2",
             "--rate", "200", "--output", "json"],
            env=fleet.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        self.assertEqual(0, done.returncode, done.stderr)
        report = json.loads(done.stdout)
        for half in ("usual", "pinned"):
            self.assertGreater(report["pinned"][half]["jobs"], 100)
            self.assertGreaterEqual(report["pinned"][half]["p99"], report["pinned"][half]["p50"])
        self.assertGreater(report["pinned"]["pinned"]["dead_most"], 0)
        self.assertEqual(10, len(report["backlog"]["by_tenth"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
