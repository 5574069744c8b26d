# SPDX-License-Identifier: Apache-2.0
"""20,000 jobs under way while the fleet's carrier is switched from Redis to Kafka, the broker is killed and comes back,
its topics are deleted, and the carrier is switched to PostgreSQL and to Redis again: nothing is restarted, nothing is
lost, nothing is recorded twice.

ctest: needs kafka
"""
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import fleet, kafka, stopwatch  # noqa: E402

JOBS = 20000
COMES_BACK_S = 10


class Switch(unittest.TestCase):
    def setUp(self):
        self.broker = kafka.Kafka()

    def done(self):
        """As the workers' beats say."""
        return self.fleet.rows("SELECT sum(done)::bigint FROM argosy.worker")[0][0]

    def moves(self, jobs=200):
        """Jobs go on ending."""
        start = self.done()
        if start < JOBS:
            fleet.eventually(lambda: self.done() >= min(start + jobs, JOBS))

    def reads(self):
        """As `transport show` tells it."""
        rows = self.fleet.rows("SELECT progress -> 'reads' FROM argosy.worker WHERE NOT dead")
        return [set(reads) for reads, in rows]

    def switch(self, carrier):
        done = self.fleet.command("transport", "switch", carrier, "--output", "json")
        told = json.loads(done.stdout)
        self.assertEqual((0, carrier), (done.returncode, told["chosen"]), done.stderr)
        if "do not read" not in done.stderr:  # it waits for them, but not for ever
            self.assertTrue(all(carrier in worker["reads"] for worker in told["workers"]), told)
        fleet.eventually(lambda: all(carrier in reads for reads in self.reads()))
        self.moves()

    def test_under_load(self):
        with fleet.Fleet(workers=2, slots=2, KAFKA_BROKERS=self.broker.address) as f:
            self.fleet = f
            pids = [f.pid(name) for name in ("scheduler", "gateway", "worker-1", "worker-2")]
            f.rows("SELECT count(argosy.submit('noop', '{\"sleep_ms\": 4}')) FROM generate_series(1, %s)", JOBS)
            self.moves()
            self.switch("kafka")

            self.broker.kill()
            self.moves()  # by the record meanwhile
            fleet.eventually(lambda: all("kafka" not in reads for reads in self.reads()))
            self.broker.start()
            watch = stopwatch.Stopwatch()
            fleet.eventually(lambda: all("kafka" in reads for reads in self.reads()))
            back = watch.seconds()
            print(f"  Kafka is read again {back:.1f} s after it answers", flush=True)
            self.assertLess(back, COMES_BACK_S)
            self.moves()

            self.broker.delete("argosy.dispatch", "argosy.all")
            self.moves()
            self.switch("postgres")
            self.switch("redis")
            self.switch("kafka")
            f.rows("SELECT count(argosy.submit('noop')) FROM generate_series(1, 200)")
            fleet.eventually(lambda: self.done() >= JOBS + 200, 300)
            fleet.eventually(lambda: f.rows("SELECT count(*) FROM argosy.job_history")[0][0] == JOBS + 200)

            self.assertEqual([(JOBS + 200, 1, 1, 0)], f.rows(
                "SELECT count(*), min(attempts)::int, max(attempts)::int, max(lost)::int FROM argosy.job_history"))
            self.assertEqual(0, f.rows("SELECT count(*) FROM argosy.job_live")[0][0])
            checks = json.loads(f.run("fsck", "--output", "json"))
            self.assertEqual([], [check for check in checks if check["violations"]])
            self.assertEqual(pids, [f.pid(name) for name in ("scheduler", "gateway", "worker-1", "worker-2")])


if __name__ == "__main__":
    unittest.main()
