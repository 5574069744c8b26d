#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`argosy discover` on SQL Server and Oracle as far as a machine without them can tell: who lacks the driver is told
which one and how to get it, who names a wrong one or nobody who answers is told so, and no password is ever printed."""

import os
import subprocess
import unittest

from support import fleet, servers

SECRET = "s3cretMARK"


class Odbc(unittest.TestCase):
    def discover(self, address, **environment):
        done = subprocess.run([fleet.BIN, "discover", address], env={**fleet.environment(), **environment},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=servers.PATIENCE_S, check=False)
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        self.assertEqual("", done.stdout)
        return done

    def test_a_missing_driver_is_named_with_how_to_get_it(self):
        empty = os.path.join(servers.folder(), "no-drivers")
        os.makedirs(empty, exist_ok=True)
        for address, words in (
                (f"sqlserver://sa:{SECRET}@127.0.0.1:1/shop", ("SQL Server", "msodbcsql18", "tdsodbc", "none")),
                (f"oracle://hr:{SECRET}@127.0.0.1:1/orcl", ("Oracle", "oracle-instantclient-odbc", "odbcinst.ini"))):
            done = self.discover(address, ODBCSYSINI=empty, ODBCINI=os.path.join(empty, "odbc.ini"))
            self.assertEqual(69, done.returncode, done.stderr)
            for word in words:
                self.assertIn(word, done.stderr)

    def test_a_wrong_driver_is_refused(self):
        for driver, says in (("SQLite3", "not one for it"), ("Nobody's%20Own", "a name of letters"),
                             ("Unheard", "as the address calls it"), ("%2Ftmp%2Fevil.so", "a name of letters")):
            done = self.discover(f"sqlserver://sa:{SECRET}@127.0.0.1:1/shop?driver={driver}")
            self.assertNotEqual(0, done.returncode)
            self.assertIn(says, done.stderr)

    def test_nobody_answers(self):
        done = self.discover(f"sqlserver://sa:{SECRET}@127.0.0.1:1/shop?driver=FreeTDS")
        self.assertEqual(69, done.returncode, done.stderr)
        self.assertIn("can't reach the server", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
