# SPDX-License-Identifier: Apache-2.0
"""A program and a database that do not fit: every role says so and ends with exit code 76 before it begins."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import servers  # noqa: E402

INCOMPATIBLE = 76


class Compatible(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = servers.Postgres()
        cls.environment = dict(os.environ, DATABASE_URL=cls.postgres.url, ARGOSY_TRANSPORT="postgres",
                               ARGOSY_DATA_DIR=servers.folder())

    def query(self, sql):
        import psycopg2
        session = psycopg2.connect(self.postgres.conninfo)
        session.autocommit = True
        session.cursor().execute(sql)
        session.close()

    def argosy(self, *arguments):
        return subprocess.run([os.environ["ARGOSY_BIN"], *arguments], env=self.environment, capture_output=True,
                              text=True, timeout=servers.PATIENCE_S)

    def refused(self, code):
        for role in ("scheduler", "worker", "gateway", "notifier"):
            done = self.argosy(role, "--output", "json")
            self.assertEqual(INCOMPATIBLE, done.returncode, (role, done))
            self.assertIn(f'"{code}"', done.stderr, role)

    def test_too_new_then_too_old(self):
        self.refused("schema_too_old")
        self.assertEqual(0, self.argosy("db", "migrate").returncode)
        self.query("INSERT INTO argosy.migration (version, name, sha) VALUES (9999, 'later', 'x');"
                   "UPDATE argosy.setting SET value = '9999' WHERE name = 'compatible_from'")
        self.refused("schema_too_new")
        self.assertEqual(INCOMPATIBLE, self.argosy("db", "migrate").returncode)
        self.assertIn("use a newer argosy", self.argosy("doctor").stdout)


if __name__ == "__main__":
    unittest.main()
