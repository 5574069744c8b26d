#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a discovery job may cost its source: the worker's settings hold unless the job says otherwise, patterns choose
the tables, and arguments that can't be meant are refused.
"""

import time
import unittest
import urllib.error

from support import api, fleet, servers


class Arguments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet(workers=1, ARGOSY_DISCOVERY_SAMPLE_ROWS="7").__enter__()
        cls.source = api.upload(cls.fleet, fleet.CHINOOK, "chinook")

    @classmethod
    def tearDownClass(cls):
        cls.fleet.__exit__(None, None, None)

    def ended(self, **arguments):
        """The job's answer once it has ended."""
        args = {"source": self.source, **arguments}
        job = api.call(self.fleet, "/api/v1/jobs", {"kind": "discovery", "args": args})["id"]
        deadline = time.monotonic() + servers.PATIENCE_S
        while True:
            shown = api.call(self.fleet, f"/api/v1/jobs/{job}?wait=10")
            if shown["state"] in ("succeeded", "failed", "cancelled"):
                return shown
            self.assertLess(time.monotonic(), deadline, shown)

    def tables(self, **arguments):
        """Rows that were looked at, by table."""
        shown = self.ended(**arguments)
        self.assertEqual(shown["state"], "succeeded", shown)
        tables = shown["result"]["catalog"]["tables"]
        return {t["name"]: t["columns"][0]["statistics"]["rows"] for t in tables}

    def test_the_workers_setting_holds_unless_the_job_says_more(self):
        self.assertEqual(self.tables(include=["Album", "art*"]), {"Album": 7, "Artist": 7})
        self.assertEqual(self.tables(include=["Al*"], sample_rows=300), {"Album": 300})

    def test_patterns_choose_tables(self):
        self.assertEqual(set(self.tables(include=["*track", "main.genre"], exclude=["playlist*"])), {"Genre", "Track"})
        shown = self.ended(include=["a.b.c"])
        self.assertEqual((shown["state"], shown["error"]["error_code"]), ("failed", "bad_pattern"), shown)

    def test_arguments_are_checked_at_the_door(self):
        for wrong in ({"sample_rows": 0}, {"include": "Album"}, {"count_rows_max": -1}, {"samples": 5}):
            with self.assertRaises(urllib.error.HTTPError) as refused:
                self.ended(**wrong)
            self.assertEqual(refused.exception.code, 400, wrong)


if __name__ == "__main__":
    unittest.main()
