#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: release
"""Servers come and go, and stand where they stand in the real world: PostgreSQL behind PgBouncer in transaction mode,
Redis behind Sentinel. Workers consume again within 10 s, without a restart of theirs; the seconds are printed. And
servers that would break a promise are refused before anything begins.
"""

import subprocess
import tempfile
import time
import unittest

import psycopg2

from support import api, crew, fleet, servers, stopwatch

AGAIN_S = 10
REFUSED = 4


class ComeAndGo(unittest.TestCase):
    def crew(self, **environment):
        """Two workers; `environment` may name the servers made by prepare()."""
        c = crew.Crew(workers=2, schedulers=2)
        c.more.update(environment)
        self.addCleanup(c.stop)
        return c

    def submit(self, c, count):
        with psycopg2.connect(c.url("argosy")) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT argosy.submit('noop') FROM generate_series(1, %s)", [count])
            ids = [row[0] for row in cursor.fetchall()]
        connection.close()
        return ids

    def ended(self, c, ids):
        return c.rows("SELECT count(*) FROM argosy.job_history WHERE id = ANY (%s)", ids)[0][0] == len(ids)

    def took(self, c, count):
        """Seconds until jobs that are submitted now have ended."""
        watch = stopwatch.Stopwatch()
        ids = self.submit(c, count)
        fleet.eventually(lambda: self.ended(c, ids))
        return watch.seconds()

    def tell(self, what, seconds):
        print(f"  {what}: {seconds:.1f} s", flush=True)

    def consume(self, c, what, count=50):
        """In time; what the same takes when nothing has happened is the machine's."""
        took = self.took(c, count)
        self.tell(what, took)
        if took >= AGAIN_S:
            usual = self.took(c, count)
            self.tell("  and once more, with nothing in between", usual)
            self.assertLess(took - usual, AGAIN_S, c.logs())

    def same_workers(self, c, before):
        self.assertEqual(before, {name: c.roles[name].pid for name in before}, "a worker was started again")
        self.assertEqual([], c.surprises)

    def pids(self, c):
        return {name: role.pid for name, role in c.roles.items() if name.startswith("worker")}

    def test_pgbouncer_in_transaction_mode(self):
        c = self.crew()
        c.rows("CREATE DATABASE argosy", database="postgres")
        bouncer = servers.PgBouncer(c.postgres)
        c.rows("DROP DATABASE argosy", database="postgres")
        pooled = bouncer.database_url("argosy")
        c.more.update(DATABASE_URL=pooled, DATABASE_DIRECT_URL=c.url("argosy"))
        c.__enter__()
        before = self.pids(c)
        self.tell("first jobs through PgBouncer", self.took(c, 3000))
        self.assertEqual(201, self.rest(c))
        self.no_trace(pooled)

        c.more.pop("DATABASE_DIRECT_URL")
        self.refuses(c, "scheduler", "database-direct-url")
        self.refuses(c, "worker", "database-direct-url")
        doctor = c.command("doctor")
        self.assertIn("LISTEN does not work there", doctor.stdout)
        c.more["DATABASE_DIRECT_URL"] = c.url("argosy")
        self.assertIn("a NOTIFY is heard", c.command("doctor").stdout)

        bouncer.kill()
        time.sleep(1)
        bouncer.start()
        self.consume(c, "after PgBouncer was killed and started")
        c.postgres.crash()
        time.sleep(1)
        c.postgres.start()
        self.consume(c, "after PostgreSQL behind it was restarted (immediate)")
        self.consume(c, "many at once", 3000)
        self.no_trace(pooled)
        self.same_workers(c, before)
        print(c.run("fsck").splitlines()[-1])

    def rest(self, c):
        self.assertEqual(2, len(api.call(c, "/api/v1/jobs", {"jobs": [{"kind": "noop"}] * 2})["ids"]))
        return 201

    def no_trace(self, pooled):
        """Whoever is lent our servers next finds them as the administrator has set them."""
        sessions = [psycopg2.connect(pooled) for _ in range(4)]
        for session in sessions:  # all in a transaction: each on a server of its own
            with session.cursor() as cursor:
                cursor.execute(
                    "SELECT current_setting('lock_timeout'), current_setting('statement_timeout'),"
                    " current_setting('idle_in_transaction_session_timeout'), current_setting('intervalstyle'),"
                    " (SELECT count(*) FROM pg_prepared_statements)"
                )
                self.assertEqual(("0", "0", "0", "postgres", 0), cursor.fetchone())
        for session in sessions:
            session.close()

    def refuses(self, c, role, words):
        done = subprocess.run(
            servers.demoted([crew.BIN, role]), env=c.environment(f"{role}-9"),
            capture_output=True, text=True, timeout=servers.PATIENCE_S, check=False,
        )
        self.assertEqual(REFUSED, done.returncode, done.stderr)
        self.assertIn(words, done.stderr)

    def test_sentinel(self):
        redis = servers.Sentinels()
        c = self.crew(REDIS_URL=redis.url)
        c.__enter__()
        before = self.pids(c)
        fleet.eventually(lambda: self.carried(redis.master))
        self.tell("first jobs through the master that Sentinel names", self.took(c, 1000))
        self.assertIn("maxmemory-policy noeviction", c.command("doctor").stdout)
        redis.master.kill()
        self.consume(c, "jobs submitted when the master had been killed")
        fleet.eventually(lambda: not self.is_replica(redis.replica))  # the sentinels have agreed
        watch = stopwatch.Stopwatch()
        fleet.eventually(lambda: self.carried(redis.replica))
        took = watch.seconds()
        self.tell("all programs at the new master, after its promotion", took)
        self.assertLess(took, AGAIN_S + 5)
        self.consume(c, "jobs through the new master", 1000)
        redis.master.start()  # Sentinel makes it a replica
        fleet.eventually(lambda: self.is_replica(redis.master))
        self.consume(c, "jobs when the old master is back as a replica")
        self.same_workers(c, before)

    def is_replica(self, redis):
        try:
            return "role:slave" in redis.command("INFO", "replication")
        except OSError:  # Sentinel ends its connections as it tells it
            return False

    def carried(self, redis):
        """Do both workers read from this Redis, and does somebody publish there?"""
        try:
            clients = redis.command("CLIENT", "LIST")
        except OSError:
            return False
        return clients.count("name=argosy-worker") == 2 and clients.count("name=argosy ") >= 4

    def test_a_redis_that_evicts_is_refused(self):
        evicting = servers.TcpRedis("maxmemory 100mb", "maxmemory-policy allkeys-lru")
        silent = servers.TcpRedis("user fleet on nopass ~* &* +@all -info")
        harmless = servers.TcpRedis("maxmemory 0", "maxmemory-policy allkeys-lru")  # no limit: it never evicts
        c = self.crew()
        for role in ("scheduler", "worker", "gateway"):
            c.more["REDIS_URL"] = evicting.url
            self.refuses(c, role, "maxmemory-policy noeviction")
        c.more["REDIS_URL"] = f"redis://fleet@127.0.0.1:{silent.port}"
        self.refuses(c, "worker", "allow our user INFO")
        folder = tempfile.mkdtemp(dir=servers.folder())
        servers.give(folder)
        up = subprocess.run(
            [crew.BIN, "up", "--listen=127.0.0.1:0", f"--data-dir={folder}"],
            env=fleet.environment(REDIS_URL=evicting.url, LOG_FORMAT="json"),
            capture_output=True, text=True, timeout=servers.PATIENCE_S, check=False,
        )
        self.assertEqual(REFUSED, up.returncode, up.stderr)
        self.assertIn("maxmemory-policy noeviction", up.stderr)
        c.more["REDIS_URL"] = harmless.url
        c.__enter__()
        self.tell("with a policy but no limit", self.took(c, 50))
        c.more["REDIS_URL"] = evicting.url
        self.assertIn("maxmemory-policy noeviction", c.command("doctor").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
