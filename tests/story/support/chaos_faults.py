# SPDX-License-Identifier: Apache-2.0
"""The strikes of the chaos story: each does its harm, waits until the fleet is seen to work again, and says how many
seconds that took from the moment at which the harm was over (a server was up again, a process was gone).
"""

import contextlib
import os
import signal
import time

import psycopg2

from . import api, fleet, stopwatch

RECOVER_MAX_S = 120  # nothing may take longer; what was promised is asserted by the story over all strikes


def answers(connection):
    """Does this session still live?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except psycopg2.Error:
        return False


class Faults:
    def __init__(self, crew, dice):
        self.crew, self.dice = crew, dice

    # ---- what can be seen ----

    def until(self, what):
        """Seconds until what() is true."""
        watch = stopwatch.Stopwatch()
        fleet.eventually(what, RECOVER_MAX_S)
        return watch.seconds()

    def rows(self, statement, *parameters):
        """Asked until the server answers."""

        def ask():
            try:
                return [self.crew.rows(statement, *parameters)]
            except psycopg2.Error:
                return None

        return fleet.eventually(ask, RECOVER_MAX_S)[0]

    def one(self, statement, *parameters):
        rows = self.rows(statement, *parameters)
        return rows[0][0] if rows else None

    def ended(self):
        return self.one("SELECT coalesce(sum(done), 0) FROM argosy.worker")

    def works(self):
        """Something that is dispatched from now on ends; with nothing to do there is nothing to see."""
        before = self.one("SELECT coalesce(sum(seq), 0) FROM argosy.worker")
        ended = self.ended()
        return self.until(
            lambda: (
                self.one("SELECT coalesce(sum(seq), 0) FROM argosy.worker") > before
                and self.ended() > ended
                or self.one("SELECT NOT EXISTS (SELECT FROM argosy.job_live)")
            )
        )

    def incarnation(self, name):
        pid = self.crew.roles[name].pid
        return self.one("SELECT max(incarnation) FROM argosy.worker WHERE pid = %s AND NOT dead", pid)

    def worker(self):
        """A worker that runs something now, if any does."""
        names = [name for name in self.crew.roles if name.startswith("worker")]
        self.dice.shuffle(names)
        for name in names:
            held = self.incarnation(name)
            if held and self.one("SELECT EXISTS (SELECT FROM argosy.job_live WHERE worker = %s AND state = 3)", held):
                return name, held
        return names[0], self.incarnation(names[0])

    def leader(self):
        leader = self.one("SELECT leader FROM argosy.scheduler") or ""
        names = [name for name in self.crew.roles if name.startswith("scheduler")]
        for name in names:
            if leader.endswith(f":{self.crew.roles[name].pid}"):
                return name
        return self.dice.choice(names)

    # ---- processes ----

    def kill_worker(self):
        """To the moment at which none of its jobs waits for it any more."""
        name, held = self.worker()
        self.crew.kill(name)
        return self.until(
            lambda: not self.one("SELECT EXISTS (SELECT FROM argosy.job_live WHERE worker = %s AND state = 3)", held)
        )

    def kill_slot(self):
        name, _ = self.worker()
        slots = fleet.children(self.crew.roles[name].pid)
        if not slots:
            return None
        os.kill(self.dice.choice(sorted(slots)), signal.SIGKILL)
        return self.works()

    def kill_scheduler(self):
        self.crew.kill(self.leader())
        return self.works()

    def kill_gateway(self):
        self.crew.kill("gateway")
        return self.until(self.crew.ready)

    def kill_notifier(self):
        self.crew.kill("notifier")
        return self.until(self.notifier_answers)

    def notifier_answers(self):
        try:
            return api.call(self.crew.notifier(), "/healthz")["status"] == "ok"
        except OSError:
            return False

    def stop_worker(self):
        """With its slots, until it was declared dead and its jobs are others'; then all of them go on."""
        name, held = self.worker()
        family = self.crew.family(name)
        self.dice.shuffle(family)
        for pid in family:
            self.signal(pid, signal.SIGSTOP)
        took = self.until(
            lambda: held is None
            or self.one("SELECT dead FROM argosy.worker WHERE incarnation = %s", held)
            and not self.one("SELECT EXISTS (SELECT FROM argosy.job_live WHERE worker = %s AND state = 3)", held)
        )
        if self.dice.random() < 0.5:  # time enough for others to have written
            time.sleep(self.dice.uniform(0, 3))
        for pid in family:
            self.signal(pid, signal.SIGCONT)
        self.until(lambda: self.incarnation(name) not in (None, held))
        return took

    def stop_scheduler(self):
        name = self.leader()
        pid = self.crew.roles[name].pid
        self.signal(pid, signal.SIGSTOP)
        took = self.works()
        time.sleep(self.dice.uniform(0, 2))
        self.signal(pid, signal.SIGCONT)
        return took

    def signal(self, pid, number):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass  # a slot that had just ended

    # ---- Redis ----

    def unreceived(self):
        return self.rows(
            "SELECT l.id, l.epoch FROM argosy.job_live l JOIN argosy.worker w ON w.incarnation = l.worker"
            " WHERE l.state = 3 AND NOT w.dead AND l.seq > w.got"
        )

    def rung_again(self, lost):
        """Until each of these has been received, or is not where it was."""
        return self.until(
            lambda: self.one(
                "SELECT count(*) FROM unnest(%s::bigint[], %s::bigint[]) u(id, epoch) JOIN argosy.job_live l"
                " ON l.id = u.id AND l.epoch = u.epoch AND l.state = 3"
                " JOIN argosy.worker w ON w.incarnation = l.worker AND NOT w.dead AND l.seq > w.got",
                [job for job, _ in lost],
                [epoch for _, epoch in lost],
            )
            == 0
        )

    def flush(self):
        self.crew.redis.command("FLUSHALL")
        return self.rung_again(self.unreceived())

    def trim(self):
        for incarnation, *_ in self.rows("SELECT incarnation FROM argosy.worker WHERE NOT dead"):
            self.crew.redis.command("XTRIM", f"argosy:w:{incarnation}", "MAXLEN", "0")
        return self.rung_again(self.unreceived())

    def restart_redis(self):
        self.crew.redis.kill()
        time.sleep(self.dice.uniform(0, 2))
        lost = self.unreceived()
        self.crew.redis.start()
        return max(self.works(), self.rung_again(lost))

    def stop_redis(self):
        os.kill(self.crew.redis.pid, signal.SIGSTOP)
        time.sleep(self.dice.uniform(1, 6))
        os.kill(self.crew.redis.pid, signal.SIGCONT)
        return self.works()

    # ---- Kafka and the choice of the carrier ----

    def switch_carrier(self):
        done = self.crew.command("transport", "switch", self.dice.choice(("redis", "kafka", "kafka", "postgres")))
        if done.returncode not in (0, 69):  # 69: the record was away
            raise AssertionError(done.stderr)
        return self.works()

    def restart_kafka(self):
        self.crew.kafka.kill()
        time.sleep(self.dice.uniform(0, 3))
        self.crew.kafka.start()
        return self.works()

    def delete_topics(self):
        lost = self.unreceived()
        self.crew.kafka.delete("argosy.dispatch", "argosy.all")
        return max(self.rung_again(lost), self.works())

    # ---- PostgreSQL ----

    def restart_postgres(self):
        """Immediate mode: every session ends without a word, and the log is replayed."""
        self.crew.postgres.crash()
        time.sleep(self.dice.uniform(0, 3))
        self.crew.postgres.start()
        return self.works()

    def kill_backends(self):
        share = self.dice.choice((0.2, 0.5, 1.0))
        self.crew.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'argosy%%'"
            " AND random() < %s",
            share,
        )
        return self.works()

    def kill_hard_backend(self):
        """kill -9 of one backend: the server ends all of them and recovers. It answers for a while before it has
        seen what happened, so the strike is over only when a session that had nothing to do with it is gone."""
        pid = self.one("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'argosy worker%' LIMIT 1")
        if pid is None:
            return None
        with contextlib.closing(self.crew.connect()) as witness:
            os.kill(pid, signal.SIGKILL)
            self.until(lambda: not answers(witness))
        return self.works()

    def full_disk(self):
        """No room for the record's tables, or for the write-ahead log (then the server panics until there is)."""
        where = self.dice.choice(("/base/", "/base/", "/pg_wal/"))
        before = self.refused_writes()
        self.crew.fill_disk(where)
        fleet.eventually(lambda: self.refused_writes() > before or self.nothing_to_do(), RECOVER_MAX_S)
        time.sleep(self.dice.uniform(0, 2))
        self.crew.fill_disk(None)
        if self.crew.postgres.child.poll() is not None:  # it panicked and gave up
            self.crew.postgres.start()
        return self.works()

    def refused_writes(self):
        with open(self.crew.postgres.log, encoding="utf-8", errors="replace") as f:
            return f.read().count("No space left on device")

    def nothing_to_do(self):
        try:
            return self.crew.rows("SELECT NOT EXISTS (SELECT FROM argosy.job_live)")[0][0]
        except psycopg2.Error:
            return False

    def forgotten_transaction(self):
        """Somebody's write transaction stays open in another database of the server while the fleet works on."""
        with psycopg2.connect(self.crew.url("target")) as other, other.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS forgotten (n int); INSERT INTO forgotten VALUES (1)")
            took = self.works()
            time.sleep(self.dice.uniform(1, 5))
            try:
                other.rollback()
            except psycopg2.Error:
                pass
        other.close()
        return took

    # ---- wires and clocks ----

    def cut_wire(self):
        self.crew.wires.mode(self.wire(), "cut")
        return self.works()

    def refuse_wire(self):
        return self.wire_for("refuse", self.dice.uniform(0.5, 4))

    def dead_wire(self):
        """Nothing comes through, nobody says so: the worst a network does."""
        return self.wire_for("hole", self.dice.uniform(1, 12))

    def slow_wire(self):
        wire = self.wire()
        self.crew.wires.mode(wire, "slow", self.dice.choice((20, 200, 800)))
        time.sleep(self.dice.uniform(1, 5))
        self.crew.wires.mode(wire, "open")
        return self.works()

    def wire(self):
        from .crew import WIRES  # pylint: disable=import-outside-toplevel

        return self.dice.choice(sorted(WIRES))

    def wire_for(self, mode, seconds):
        wire = self.wire()
        self.crew.wires.mode(wire, mode)
        time.sleep(seconds)
        self.crew.wires.mode(wire, "cut" if mode == "hole" else "open")
        return self.works()

    def jump_clock(self):
        self.crew.set_clock(self.dice.choice((-7200, -61, 45, 3600, 86400 * 400)))
        took = self.works()
        time.sleep(self.dice.uniform(0, 2))
        self.crew.set_clock(0)
        return max(took, self.works())


# (name as the table shows it, method, how often beside the others)
FAULTS = [
    ("kill -9 of a worker", "kill_worker", 3),
    ("kill -9 of a slot", "kill_slot", 2),
    ("kill -9 of the leading scheduler", "kill_scheduler", 2),
    ("kill -9 of the gateway", "kill_gateway", 1),
    ("kill -9 of the notifier", "kill_notifier", 1),
    ("worker stopped until dead, then continued", "stop_worker", 2),
    ("leading scheduler stopped, then continued", "stop_scheduler", 1),
    ("FLUSHALL", "flush", 3),
    ("XTRIM 0 of every stream", "trim", 2),
    ("Redis killed and started", "restart_redis", 2),
    ("Redis stopped for seconds", "stop_redis", 1),
    ("carrier switched while it runs", "switch_carrier", 3),
    ("Kafka killed and started", "restart_kafka", 1),
    ("Kafka topics deleted", "delete_topics", 1),
    ("PostgreSQL restarted (immediate)", "restart_postgres", 2),
    ("PostgreSQL backends terminated", "kill_backends", 2),
    ("kill -9 of a PostgreSQL backend", "kill_hard_backend", 1),
    ("disk of PostgreSQL full", "full_disk", 1),
    ("transaction forgotten in another database", "forgotten_transaction", 1),
    ("wire cut", "cut_wire", 2),
    ("wire refused for seconds", "refuse_wire", 2),
    ("wire dead for seconds", "dead_wire", 2),
    ("wire slow for seconds", "slow_wire", 2),
    ("clock of all programs jumps", "jump_clock", 1),
]
