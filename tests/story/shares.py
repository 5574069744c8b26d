#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who gets how much of a fleet: shares between tenants, limits, a drained queue, and how many workers a backlog wants.

One fleet for all of it. What is claimed is read from the record: shares by the order in which jobs ended and by what
they took, limits by a trigger that counts at each dispatch what is out, so that no moment is missed."""

import math
import os
import threading
import unittest

from support import api, fleet, servers

fleet.BIN = os.path.join(os.path.dirname(fleet.BIN), "argosy_stories")  # with a kind that writes into a target

SLOTS = 8
WATCH = """
CREATE TABLE story_seen (n bigserial, began timestamptz DEFAULT now(), at timestamptz DEFAULT clock_timestamp(),
                         what text, name text, running int, given int);
CREATE FUNCTION story_look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO story_seen (what, name, running, given)
    SELECT s.what, s.name, count(*), count(*) FILTER (WHERE f.id IS NOT NULL)
    FROM argosy.job_live l JOIN argosy.lane a ON a.id = l.lane LEFT JOIN fresh f ON f.id = l.id AND f.epoch = l.epoch
    CROSS JOIN LATERAL (VALUES ('queue', a.queue), ('tenant', a.tenant), ('kind', a.kind),
                               ('connection', a.target::text)) s (what, name)
    WHERE l.state = 3 AND s.name IS NOT NULL GROUP BY 1, 2 HAVING count(f.id) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER story_look_insert AFTER INSERT ON argosy.job_live REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION story_look();
CREATE TRIGGER story_look_update AFTER UPDATE ON argosy.job_live REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION story_look();
"""

eventually = fleet.eventually


class Shares(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = fleet.Fleet(workers=2, slots=SLOTS // 2)
        cls.fleet.start()

    @classmethod
    def tearDownClass(cls):
        cls.fleet.stop()

    def submit(self, count, sleep_ms, **more):
        """A batch; its id."""
        jobs = [{"kind": "noop", "args": {"sleep_ms": sleep_ms}, **more}] * count
        return api.call(self.fleet, "/api/v1/batches", {"name": "story", "jobs": jobs})["id"]

    def ended(self, batch):
        return self.fleet.rows("SELECT count(*) FROM argosy.job_history WHERE pipeline = %s", batch)[0][0]

    def await_ended(self, batch, count):
        eventually(lambda: self.ended(batch) >= count, 300)

    # ---- shares ----

    def test_a_flood_of_one_tenant_is_no_wall_for_another(self):
        """Of 4,000 jobs that were there first, a few hundred at most end before the twenty of who came later."""
        flood = self.submit(4000, 10, tenant="flood")
        self.await_ended(flood, 200)
        late = self.submit(20, 10, tenant="late")
        self.await_ended(late, 20)
        self.fleet.run("batch", "cancel", str(flood))
        before = self.fleet.rows(
            "SELECT count(*) FROM argosy.job_history WHERE pipeline = %s AND state = 5"
            " AND n > (SELECT max(n) FROM argosy.job WHERE pipeline = %s)"
            " AND n < (SELECT max(n) FROM argosy.job_history WHERE pipeline = %s)",
            flood, late, late,
        )[0][0]
        self.assertLess(before, 400)

    def test_longer_jobs_of_the_same_kind_are_no_larger_share(self):
        """A tenant's jobs take ten times as long: once that was seen, it gets half of the slots, not ten elevenths."""
        long, short = self.submit(800, 100, tenant="long"), self.submit(8000, 10, tenant="short")
        self.await_ended(short, 2000)
        spent = dict(
            self.fleet.rows(
                "SELECT pipeline, sum(run_us) FROM argosy.job_history WHERE pipeline IN (%s, %s) AND n >="
                " (SELECT min(n) FROM (SELECT n FROM argosy.job_history WHERE pipeline = %s"
                " ORDER BY n DESC LIMIT 1000) x)"
                " GROUP BY 1",
                long, short, short,
            )
        )
        for batch in (long, short):
            self.fleet.run("batch", "cancel", str(batch))
        share = float(spent[long] / (spent[long] + spent[short]))
        self.assertTrue(0.3 < share < 0.7, f"{share:.2f} of the slot time went to the longer jobs")

    # ---- limits ----

    def watch(self):
        self.fleet.rows(WATCH)
        self.addCleanup(self.fleet.rows, "DROP TABLE story_seen; DROP FUNCTION story_look() CASCADE")

    def limit(self, scope, name, *words):
        self.fleet.run("limit", "set", scope, name, *words)
        self.addCleanup(self.fleet.run, "limit", "remove", scope, name)

    def most(self, scope, name):
        return self.fleet.rows("SELECT max(running) FROM story_seen WHERE what = %s AND name = %s", scope, name)[0][0]

    def target(self):
        url = self.fleet.database("target")
        self.fleet.rows("CREATE TABLE tally (job bigint, epoch bigint, chunk int)", database="target")
        return api.call(self.fleet, "/api/v1/connections", {"name": "target", "url": url})["id"]

    def test_no_limit_is_ever_passed(self):
        """Each is reached, by jobs of which some are under two limits at once."""
        target = self.target()
        self.watch()
        self.limit("queue", "narrow", "--running", "3")
        self.limit("tenant", "small", "--running", "2")
        self.limit("connection", str(target), "--running", "1")
        tally = [{"kind": "tally", "args": {"target": target, "chunks": 1, "pause_ms": 20}}] * 10
        batches = [
            (self.submit(40, 20, queue="narrow"), 40),
            (self.submit(20, 20, queue="narrow", tenant="small"), 20),
            (self.submit(30, 20, queue="wide", tenant="small"), 30),
            (self.submit(60, 20, queue="wide"), 60),
            (api.call(self.fleet, "/api/v1/batches", {"name": "target", "jobs": tally})["id"], len(tally)),
        ]
        for batch, count in batches:
            self.await_ended(batch, count)
        self.assertEqual(3, self.most("queue", "narrow"))
        self.assertEqual(2, self.most("tenant", "small"))
        self.assertEqual(1, self.most("connection", str(target)))
        self.assertGreater(self.most("queue", "wide"), 3)
        self.assertEqual([(10,)], self.fleet.rows("SELECT count(DISTINCT job) FROM tally", database="target"))

    def test_a_limit_of_a_kind_holds_in_every_queue(self):
        self.watch()
        self.limit("kind", "noop", "--running", "2")
        batches = [self.submit(15, 10, queue=queue) for queue in ("narrow", "wide")]
        for batch in batches:
            self.await_ended(batch, 15)
        self.assertEqual(2, self.most("kind", "noop"))

    def test_a_rate_is_kept_over_every_stretch_of_time(self):
        self.watch()
        self.limit("queue", "slow", "--rate", "40", "--burst", "5")
        self.await_ended(self.submit(60, 0, queue="slow"), 60)
        given = self.fleet.rows(  # each was given between the beginning of its transaction and the trigger's look
            "SELECT extract(epoch FROM began)::float8, extract(epoch FROM at)::float8, given FROM story_seen"
            " WHERE what = 'queue' AND name = 'slow' ORDER BY n"
        )
        self.assertEqual(60, sum(count for *_, count in given))
        for i, (since, *_) in enumerate(given):
            total = 0
            for _, at, count in given[i:]:
                total += count
                self.assertLessEqual(total, 5 + 40 * (at - since) + 1, f"{total} in {at - since:.3f} s")

    # ---- drain ----

    def test_a_drained_queue_ends_what_runs_and_keeps_the_rest(self):
        batch = self.submit(2000, 300, queue="drained")
        self.await_ended(batch, 1)
        self.fleet.run("queue", "drain", "drained", "--wait")
        show = self.fleet.json("queue", "show", "drained")
        self.assertEqual((True, True, 0), (show["paused"], show["drained"], show["running"]))
        ended = self.ended(batch)
        self.assertLess(ended, 2000)
        more = self.submit(3, 0, queue="drained", priority=1)
        elsewhere = self.submit(20, 0)
        self.await_ended(elsewhere, 20)  # the others go on
        self.assertEqual((ended, 0), (self.ended(batch), self.ended(more)))
        self.fleet.run("queue", "resume", "drained")
        self.await_ended(more, 3)
        self.await_ended(batch, ended + 1)
        self.fleet.run("batch", "cancel", str(batch))

    def test_a_drain_that_somebody_ends_does_not_wait_on(self):
        batch = self.submit(1, 600_000, queue="ended")
        eventually(lambda: self.fleet.json("queue", "show", "ended")["running"] == 1)
        done = []
        waits = threading.Thread(target=lambda: done.append(self.fleet.command("queue", "drain", "ended", "--wait")))
        waits.start()
        eventually(lambda: self.fleet.json("queue", "show", "ended")["paused"])
        self.fleet.run("queue", "resume", "ended")
        waits.join(servers.PATIENCE_S)
        self.fleet.run("batch", "cancel", str(batch))
        self.assertEqual(4, done[0].returncode)
        self.assertIn("resumed", done[0].stderr)

    # ---- how many workers ----

    def scale(self, queue):
        answer = api.call(self.fleet, "/scale")
        self.assertEqual(answer["desired_replicas"], math.ceil(answer["slots_wanted"] / answer["slots_per_worker"]))
        return answer, next((q for q in answer["queues"] if q["queue"] == queue), None)

    def test_a_backlog_wants_workers_by_its_cost(self):
        """Jobs that no worker here has the tags for wait as long as it takes."""
        self.fleet.run("queue", "set", "heavy", "--tags", "gpu", "--slo", "1")
        wanted = []
        batches = []
        for count in (500, 1500, 2000):  # of a lane 5,000 are counted
            batches.append(self.submit(count, 10, queue="heavy"))
            _, heavy = self.scale("heavy")
            wanted.append((heavy["backlog"], heavy["desired_replicas"]))
            cost_s = float(heavy["backlog_cost_s"])
            self.assertLessEqual(abs(heavy["slots"] - cost_s), 1)  # to be done within its second
            self.assertEqual(heavy["desired_replicas"], math.ceil(heavy["slots"] / (SLOTS / 2)))
        self.assertEqual([500, 2000, 4000], [backlog for backlog, _ in wanted])
        self.assertLess(wanted[0][1], wanted[1][1])
        self.assertLess(wanted[1][1], wanted[2][1])
        answer, _ = self.scale("heavy")
        self.assertEqual(wanted[2][1], next(t["desired_replicas"] for t in answer["tags"] if t["tags"] == "gpu"))
        self.fleet.run("queue", "pause", "heavy")
        self.assertEqual(0, self.scale("heavy")[1]["desired_replicas"])  # paused: nobody is wanted
        for batch in batches:
            self.fleet.run("batch", "cancel", str(batch))

    def test_a_fleet_scaled_to_nothing_counts_on_workers_like_its_last(self):
        self.fleet.rows("BEGIN")
        self.fleet.rows("UPDATE argosy.worker SET dead = true")
        scale = self.fleet.rows("SELECT argosy.scale()")[0][0]
        self.fleet.rows("ROLLBACK")
        self.assertEqual((0, SLOTS / 2), (scale["workers"], scale["slots_per_worker"]))

    def cheapest(self):
        return self.scale("")[0]["cheapest_to_stop"]

    def dispatched(self, worker):
        """None: it is no more."""
        workers = {w["incarnation"]: w["dispatched"] for w in self.fleet.json("worker", "list")["workers"]}
        return workers.get(worker)

    def test_the_worker_that_costs_least_to_stop_is_named_first(self):
        batch = self.submit(1, 600_000, queue="stays")
        of_batch = (
            "SELECT l.worker FROM argosy.job_live l JOIN argosy.job j USING (id) WHERE j.pipeline = %s AND l.state = 3"
        )
        busy = eventually(lambda: self.fleet.rows(of_batch, batch))[0][0]
        # as both say in their beats: what ran before is over
        both = [(False, 0), (True, 1)]
        eventually(lambda: [(w["incarnation"] == busy, w["running"]) for w in self.cheapest()] == both)
        idle, lost = self.cheapest()[0], float(self.cheapest()[1]["lost_s"])
        self.assertEqual(0, float(idle["lost_s"]))
        eventually(lambda: float(self.cheapest()[1]["lost_s"]) > lost)
        self.fleet.run("worker", "quiet", str(busy))  # it leaves already
        leaving = [(worker["incarnation"], worker["leaving"]) for worker in self.cheapest()]
        self.assertEqual([(busy, True), (idle["incarnation"], False)], leaving)
        self.await_ended(self.submit(20, 10), 20)  # by the other one
        self.assertEqual(1, self.dispatched(busy))
        self.fleet.run("batch", "cancel", str(batch))
        self.fleet.run("worker", "stop", str(busy))
        eventually(lambda: self.dispatched(busy) is None)
        eventually(lambda: len(self.fleet.json("worker", "list")["workers"]) == 2)  # `up` has made another one
        self.assertEqual(3, self.fleet.command("worker", "stop", str(busy)).returncode)


if __name__ == "__main__":
    unittest.main(verbosity=2)
