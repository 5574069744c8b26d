# SPDX-License-Identifier: Apache-2.0
"""The stories' servers: private, unprivileged, up again after a crash, and gone when the story is killed."""
import os
import select
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import servers  # noqa: E402


def query(postgres, sql):
    import psycopg2
    session = psycopg2.connect(postgres.conninfo)
    session.autocommit = True
    try:
        cursor = session.cursor()
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None
    finally:
        session.close()


class StoryServers(unittest.TestCase):
    def test_postgres_survives_a_crash(self):
        postgres = servers.Postgres()
        self.assertEqual(query(postgres, "SELECT current_setting('listen_addresses')"), "")
        query(postgres, "CREATE TABLE kept AS SELECT 42 AS n")
        before = postgres.pid
        postgres.restart()
        self.assertNotEqual(before, postgres.pid)
        self.assertEqual(query(postgres, "SELECT n FROM kept"), 42)
        self.assertEqual(os.stat(f"/proc/{postgres.pid}").st_uid, servers.unprivileged().pw_uid)
        self.assertNotEqual(os.stat(f"/proc/{postgres.pid}").st_uid, 0)

    def test_redis_comes_back_empty(self):
        redis = servers.Redis()
        self.assertEqual(redis.command("SET", "k", "v"), "+OK\r\n")
        redis.restart()
        self.assertEqual(redis.command("GET", "k"), "$-1\r\n")

    def test_a_killed_story_leaves_nothing(self):
        program = ("import sys, time; sys.path.insert(0, sys.argv[1])\n"
                   "from support import servers; redis = servers.Redis(); import subprocess\n"
                   "fleet = {'PATH': '/usr/bin:/bin', 'ARGOSY_DATA_DIR': servers.folder() + '/fleet'}\n"
                   "up = subprocess.Popen(['sleep', '600'], env=fleet)\n"
                   "print(redis.pid, up.pid, servers.folder(), flush=True); time.sleep(600)")
        story = os.path.join(os.path.dirname(servers.__file__), "..")
        victim = subprocess.Popen(["/usr/bin/python3", "-B", "-c", program, story], stdout=subprocess.PIPE, text=True)
        *pids, folder = victim.stdout.readline().split()
        left = [os.pidfd_open(int(pid)) for pid in pids]
        victim.kill()
        victim.wait()
        victim.stdout.close()
        for one in left:
            self.assertTrue(select.select([one], [], [], servers.PATIENCE_S)[0], "it outlived its story")
            os.close(one)
        deadline = time.monotonic() + servers.PATIENCE_S
        while os.path.exists(folder) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertFalse(os.path.exists(folder), "the folder was left")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    unittest.main(verbosity=2)
