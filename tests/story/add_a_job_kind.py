#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/add-a-job-kind.md, followed to the letter in a copy of the tree: a folder is added, nothing else is edited, and
the new kind is built, submitted, run, and refuses what its schema refuses."""

import json
import os
import re
import shutil
import subprocess
import unittest

from support import servers

SOURCE = os.environ["ARGOSY_SOURCE"]


class AddAJobKind(unittest.TestCase):
    def test_the_walk_through(self):
        with open(os.path.join(SOURCE, "docs", "add-a-job-kind.md"), encoding="utf-8") as f:
            page = f.read()
        files = re.findall(r"^## \d+\. [^\n]*`(jobs/[^`]+)`.*?```\w+\n(.*?)```", page, re.S | re.M)
        self.assertEqual(["jobs/greet/greet.schema.json", "jobs/greet/greet.c"], [name for name, _ in files])
        tree = os.path.join(servers.folder(), "tree")
        tracked = subprocess.run(
            ["git", "-C", SOURCE, "-c", "safe.directory=*", "ls-files", "-z"], check=True, capture_output=True
        )
        for name in tracked.stdout.decode().split("\0")[:-1]:
            if os.path.exists(os.path.join(SOURCE, name)):
                os.makedirs(os.path.dirname(os.path.join(tree, name)), exist_ok=True)
                shutil.copy2(os.path.join(SOURCE, name), os.path.join(tree, name))
        for name, text in files:
            os.makedirs(os.path.dirname(os.path.join(tree, name)), exist_ok=True)
            with open(os.path.join(tree, name), "w", encoding="utf-8") as f:
                f.write(text)
        build = subprocess.run(
            [
                "cmake",
                "-S",
                tree,
                "-B",
                os.path.join(tree, "build", "debug"),
                "-G",
                "Ninja",
                "-DARGOSY_TESTS=OFF",
                "-DCMAKE_BUILD_TYPE=Debug",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(0, build.returncode, build.stdout + build.stderr)
        build = subprocess.run(
            ["ninja", "-C", os.path.join(tree, "build", "debug"), "argosy"],
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(0, build.returncode, build.stdout[-3000:])
        os.environ["ARGOSY_BIN"] = os.path.join(tree, "build", "debug", "argosy")
        from support import fleet  # pylint: disable=import-outside-toplevel   # reads ARGOSY_BIN

        with fleet.Fleet(workers=1) as f:
            job = f.run("job", "submit", "greet", '{"name": "Ada", "times": 3}').strip()
            self.assertIn("succeeded", f.run("job", "watch", job) + f.run("job", "show", job))
            self.assertEqual({"greeting": "Hello, Ada!", "times": 3}, f.json("job", "show", job)["result"])
            refused = f.command("job", "submit", "greet", '{"nom": "Ada"}', "--output", "json")
            self.assertEqual(2, refused.returncode, refused.stderr)
            error = json.loads(refused.stderr)
            self.assertEqual("invalid_arguments", error["error_code"])
            self.assertIn("nom", error["message"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
