# SPDX-License-Identifier: Apache-2.0
"""The bare loop that Argosy is measured against works, and counts: every job of every scenario is recorded once, under
a grown epoch, with a result. A Redis that is not there ends it with a reason.
"""
import json
import os
import subprocess
import unittest

import psycopg2

from support import servers

PROGRAM = os.path.join(os.environ["ARGOSY_BUILD"], "argosy_bare")


class BenchBare(unittest.TestCase):
    def test_every_job_is_recorded_once(self):
        postgres, redis = servers.Postgres(), servers.Redis()
        done = subprocess.run([PROGRAM, "--database=" + postgres.conninfo, "--redis=" + redis.path, "--jobs=3000",
                               "--seconds=1", "--output=json"], stdout=subprocess.PIPE, check=True, timeout=600)
        report = json.loads(done.stdout)
        self.assertEqual({"flow", "drain", "pickup_ms"}, set(report))
        self.assertGreater(report["flow"]["jobs_per_s"], 0)
        self.assertGreater(report["pickup_ms"]["p50"], sum(report["pickup_ms"]["hops_p50"].values()) / 10)
        connection = psycopg2.connect(postgres.conninfo)
        cursor = connection.cursor()
        cursor.execute("SELECT count(*), count(DISTINCT id), min(epoch), max(epoch), count(result) FROM bare.history")
        jobs = 2000 + 3000 + 3000 + 200  # the first ones warm it up
        self.assertEqual((jobs, jobs, 1, 1, jobs), cursor.fetchone())
        cursor.execute("SELECT count(*) FROM bare.live")
        self.assertEqual((0,), cursor.fetchone())
        connection.close()

    def test_without_redis_it_ends_with_a_reason(self):
        postgres = servers.Postgres()
        done = subprocess.run([PROGRAM, "--database=" + postgres.conninfo, "--redis=/nowhere"], stderr=subprocess.PIPE,
                              text=True, check=False, timeout=servers.PATIENCE_S)
        self.assertEqual(1, done.returncode)
        self.assertIn("Redis", done.stderr)


if __name__ == "__main__":
    unittest.main()
