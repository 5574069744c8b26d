#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: release serial timeout 1800 needs kafka
"""Real processes and servers, jobs with side effects in a target database, and everything that can break breaks,
drawn from a seed. Afterwards nothing is lost, nothing is recorded or written twice, epochs only grew, every end
was told once.

    tests/story/chaos.py                                             # the short form: every fault at least once
    tests/story/chaos.py --jobs 100000 --seconds 1200 --seed 7       # the long one

It needs `argosy_stories` and `libstrike.so` beside the program (targets of the same names). At its end it prints how
often each fault struck and how long the fleet took to work again.
"""

import argparse
import json
import os
import random
import sys
import time
import unittest

if __name__ == "__main__" and "ARGOSY_BIN" not in os.environ:  # by hand
    HERE = os.path.dirname(os.path.abspath(__file__))
    os.environ["ARGOSY_SOURCE"] = os.path.dirname(os.path.dirname(HERE))
    os.environ["ARGOSY_BUILD"] = os.path.join(os.environ["ARGOSY_SOURCE"], "build", "release")
    os.environ["ARGOSY_BIN"] = os.path.join(os.environ["ARGOSY_BUILD"], "argosy")

from support import api, chaos_checks, chaos_faults, chaos_load, crew, fleet  # noqa: E402

OPTIONS = argparse.Namespace(jobs=6000, seconds=110, seed=None, only=None)
DRAIN_JOBS_S = 20  # jobs that are ended each second at least, once nobody strikes any more
RECOVER_S = 10  # promised; see promised()
SLACK_S = 5  # of this machine, where tests run beside each other


def promised(name):
    """Is this a fault after which the fleet has promised to be back in RECOVER_S?"""
    return name.startswith(("kill -9 of a worker", "FLUSHALL", "PostgreSQL", "Redis killed"))


class Chaos(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.seed = OPTIONS.seed if OPTIONS.seed is not None else random.SystemRandom().randrange(1 << 32)
        print(f"chaos: {OPTIONS.jobs} jobs, {OPTIONS.seconds} s of strikes, --seed {self.seed}", flush=True)
        self.dice = random.Random(self.seed)
        self.crew = crew.Crew(workers=3, slots=2, with_kafka=True).__enter__()
        self.addCleanup(self.crew.stop)
        self.crew.rows("CREATE DATABASE target")
        self.crew.rows(
            "CREATE TABLE tally (job bigint NOT NULL, epoch bigint NOT NULL, chunk int NOT NULL,"
            " at timestamptz NOT NULL DEFAULT clock_timestamp())",
            database="target",
        )
        url = self.crew.url("target", "target-pg")
        target = api.call(self.crew, "/api/v1/connections", {"name": "target", "url": url})["id"]
        self.reader = chaos_load.Reader(self.crew)
        fleet.eventually(chaos_faults.Faults(self.crew, self.dice).notifier_answers)
        self.heard = api.Events(self.crew.notifier()).__enter__()
        self.addCleanup(self.heard.__exit__)
        self.load = chaos_load.Load(self.crew, target, OPTIONS.jobs, self.seed)
        self.took = {}

    def deck(self):
        """Every fault once and each carrier in turn, then by weight for as long as there is time."""
        faults = [f for f in chaos_faults.FAULTS if OPTIONS.only is None or f[1] in OPTIONS.only]
        first = faults + [f for f in faults if f[1] == "switch_carrier"] * 3
        self.dice.shuffle(first)
        yield from first
        while True:
            yield self.dice.choices(faults, [weight for *_, weight in faults])[0]

    def strike(self):
        faults = chaos_faults.Faults(self.crew, self.dice)
        end = time.monotonic() + OPTIONS.seconds
        least = len(chaos_faults.FAULTS) + 3 if OPTIONS.only is None else len(OPTIONS.only)
        for number, (name, method, _) in enumerate(self.deck()):
            if number >= least and (time.monotonic() > end or not self.load.submitting() and self.all_ended()):
                return
            time.sleep(self.dice.uniform(0, 1))
            print(f"  {time.strftime('%H:%M:%S')} {self.carrier()}: {name}", end="", flush=True)
            try:
                took = getattr(faults, method)()
            except AssertionError as e:
                raise AssertionError(f"{name}: {e}\n{self.crew.logs()}") from None
            print(f" {took:.1f} s" if took is not None else " nobody to strike", flush=True)
            if took is not None:
                self.took.setdefault(name, []).append(took)

    def all_ended(self):
        return chaos_checks.all_ended(self.crew)

    def carrier(self):
        """What the fleet has chosen by now."""
        shown = self.crew.command("transport", "show", "--output", "json")
        return (json.loads(shown.stdout)["chosen"] or "redis") if shown.returncode == 0 else "?"

    def drain(self):
        """What is left ends with nobody striking."""
        most_s = 300 + OPTIONS.jobs / DRAIN_JOBS_S
        for thread in self.load.threads[:2]:
            thread.join(most_s)
        self.load.stop()
        left = []
        try:
            fleet.eventually(self.all_ended, most_s)
        except AssertionError:
            left = self.crew.rows("SELECT * FROM argosy.job_live LIMIT 5")
        self.assertEqual([], left, self.crew.logs())

    def table(self):
        print(f"\n{'fault':45} {'times':>5} {'median s':>9} {'longest s':>10}")
        for name, *_ in chaos_faults.FAULTS:
            took = sorted(self.took.get(name, []))
            if took:
                print(f"{name:45} {len(took):5} {took[len(took) // 2]:9.1f} {took[-1]:10.1f}")
        print(f"answers: {dict(self.load.refusals)} cancels: {dict(self.load.cancels)} "
              f"retries: {dict(self.load.retries)}\nevents: {dict(self.reader.seen)}", flush=True)

    def assert_heard(self):
        def look():
            resyncs, found = chaos_checks.stream(self.crew, self.heard)
            return (resyncs, found) if not any(found.values()) else None

        try:
            resyncs, _ = fleet.eventually(look)
        except AssertionError:
            found = chaos_checks.stream(self.crew, self.heard)[1]
            self.assertEqual({}, {what: keys[:5] for what, keys in found.items() if keys}, self.crew.logs())
        print(f"the event stream: {len(self.heard.all())} events, {resyncs} resyncs", flush=True)

    def test_nothing_is_lost_and_nothing_is_done_twice(self):
        began = time.monotonic()
        self.load.start()
        self.strike()
        self.drain()
        self.reader.stop()
        self.table()
        print(f"{len(self.load.chunks)} jobs accepted, {time.monotonic() - began:.0f} s", flush=True)
        self.assertEqual(OPTIONS.jobs, len(self.load.chunks) - self.load.bulk)
        self.assertEqual([], self.load.doubled)
        self.assertEqual([], self.load.wrong)
        self.assertEqual([], self.crew.surprises, self.crew.logs())
        self.assertEqual({}, {what: n for what, n in chaos_checks.record(self.crew).items() if n})
        self.assertEqual([], chaos_checks.accepted(self.crew, self.load)[:5])
        self.assertEqual({}, {w: f[:5] for w, f in chaos_checks.target(self.crew, self.load).items() if f})
        self.assertEqual({}, {w: f[:5] for w, f in chaos_checks.events(self.crew, self.reader).items() if f})
        self.assert_heard()
        print(self.crew.run("fsck"))
        late = {name: max(took) for name, took in self.took.items() if promised(name)}
        self.assertEqual({}, {name: took for name, took in late.items() if took > RECOVER_S + SLACK_S})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=OPTIONS.jobs)
    parser.add_argument("--seconds", type=float, default=OPTIONS.seconds)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only", action="append", metavar="METHOD", help="of support/chaos_faults.py; again for more")
    parser.parse_args(namespace=OPTIONS)
    unittest.main(argv=sys.argv[:1], verbosity=2)
