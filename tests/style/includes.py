# SPDX-License-Identifier: Apache-2.0
"""Rooms include only what docs/rooms.txt allows; and the check sees each kind of breach."""
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from support import include_rules, tree  # noqa: E402

# (path of the offender, its text, what the finding says)
BREACHES = [
    ("base/a.c", '#include "sql/client.h"\n', "base may not include"),
    ("scheduler/a.c", '#include "worker/worker.h"\n', "scheduler may not include"),
    ("scheduler/a.c", '#include "jobs/job.h"\n', "scheduler may not include"),
    ("catalog/a.c", '#include "catalog/connect/connect.h"\n', "catalog may not include"),
    ("catalog/connect/a.c", '#include "sql/client.h"\n', "catalog/connect may not include"),
    ("jobs/discovery/a.c", '#include "worker/worker.h"\n', "jobs may not include"),
    ("cli/a.c", '#include "tests/support/server.h"\n', "cli may not include"),
    ("jobs/discovery/a.c", "#include <libpq-fe.h>\n", "jobs may not use <libpq-fe.h>"),
    ("catalog/a.c", "#  include <uv.h>\n", "catalog may not use <uv.h>"),
    ("gateway/a.c", "#include <microhttpd.h>\n", "gateway may not use <microhttpd.h>"),
    ("notifier/a.c", "#include <curl/curl.h>\n", "notifier may not use <curl/curl.h>"),
    ("worker/a.c", "#include <hiredis/async.h>\n", "worker may not use <hiredis/async.h>"),
    ("base/a.c", '#include "a_neighbour.h"\n', "includes are written from the root"),
    ("base/own.c", '#include <stdio.h>\n#include "base/own.h"\n', "its own header"),
    ("attic/a.c", "", "is no room"),
]
FINE = {
    "base/own.h": "",
    "base/own.c": '#include "base/own.h"\n\n#include <uv.h>\n',
    "sql/client.h": '#include <libpq-fe.h>\n#include "base/own.h"\n',
    "worker/worker.h": '#include "jobs/job.h"\n',
    "scheduler/scheduler.c": '#include "jobs/kinds.h"\n#include "sql/client.h"\n',
    "jobs/job.h": '#include "base/own.h"\n',
    "jobs/discovery/discovery.c": '#include "jobs/job.h"\n#include "catalog/connect/connect.h"\n',
    "catalog/connect/connect.h": "",
    "cli/main.c": '#include "worker/worker.h"\n#include "sql/text.h"\n',
    "tests/support/server.h": "",
    "tests/unit/a.c": '#include "tests/support/server.h"\n#include "worker/worker.h"\n',
}


class Includes(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.files = tree.read()
        cls.table = include_rules.Table(cls.files["docs/rooms.txt"])

    def test_the_tree(self):
        self.assertGreater(sum(path.endswith(".c") for path in self.files), 10, "the tree was not found")
        self.assertEqual("", "\n".join(include_rules.check(self.files, self.table)))

    def test_what_is_allowed(self):
        self.assertEqual([], include_rules.check(FINE, self.table))

    def test_each_breach_is_seen(self):
        for path, text, expected in BREACHES:
            with self.subTest(path=path, text=text):
                findings = include_rules.check({**FINE, path: text}, self.table)
                self.assertEqual(1, len(findings), findings)
                self.assertTrue(findings[0].startswith(path + ":"))
                self.assertIn(expected, findings[0])

    def test_every_room_of_the_tree_is_listed(self):
        built = self.files["cmake/rooms.cmake"].split("set(ROOMS")[1].split(")")[0].split()
        self.assertEqual(sorted(built + ["bridge", "tests"]), sorted(self.table.rooms))


if __name__ == "__main__":
    unittest.main()
