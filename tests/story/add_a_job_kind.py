#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: release timeout 3600
"""docs/add-a-job-kind.md, followed to the letter in a copy of the tree: a folder is added, nothing else is edited, the
commands of the page are typed as they stand there, and the new kind is built, submitted, run, shown, and refuses what
its schema refuses. The copy is built anew, so this runs beside the release build only.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import unittest

from support import servers

SOURCE = os.environ["ARGOSY_SOURCE"]


def copy_tree(to):
    """What is tracked, as it is now; and the crates that the bridge needs, compiled, where they are there already."""
    tracked = subprocess.run(
        ["git", "-C", SOURCE, "-c", "safe.directory=*", "ls-files", "-z"], check=True, capture_output=True
    )
    for name in tracked.stdout.decode().split("\0")[:-1]:
        if os.path.exists(os.path.join(SOURCE, name)):
            os.makedirs(os.path.dirname(os.path.join(to, name)), exist_ok=True)
            shutil.copy2(os.path.join(SOURCE, name), os.path.join(to, name))
    if os.path.isdir(os.path.join(SOURCE, "build", "bridge")):
        os.mkdir(os.path.join(to, "build"))
        subprocess.run(["cp", "-a", os.path.join(SOURCE, "build", "bridge"), os.path.join(to, "build")], check=True)


class AddAJobKind(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(SOURCE, "docs", "add-a-job-kind.md"), encoding="utf-8") as f:
            self.page = f.read()
        self.tree = os.path.join(servers.folder(), "tree")
        copy_tree(self.tree)

    def type(self, line, environment):
        return subprocess.run(
            ["bash", "-c", line],
            cwd=self.tree,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_the_walk_through(self):
        files = re.findall(r"^## \d+\. [^\n]*`(jobs/[^`]+)`.*?```\w+\n(.*?)```", self.page, re.S | re.M)
        self.assertEqual(["jobs/greet/greet.schema.json", "jobs/greet/greet.c"], [name for name, _ in files])
        for name, text in files:
            os.makedirs(os.path.dirname(os.path.join(self.tree, name)), exist_ok=True)
            with open(os.path.join(self.tree, name), "w", encoding="utf-8") as f:
                f.write(text)
        build, up, submit, watch, refuse = re.search(r"```sh\n(.*?)```", self.page, re.S)[1].splitlines()

        self.assertEqual("./dev build", build)
        done = self.type(build, {k: v for k, v in os.environ.items() if not k.startswith("ARGOSY_")})
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

        self.assertEqual(["build/argosy", "up"], shlex.split(up, comments=True))
        os.environ["ARGOSY_BIN"] = os.path.join(self.tree, "build", "argosy")
        from support import api, fleet  # pylint: disable=import-outside-toplevel   # reads ARGOSY_BIN

        with fleet.Fleet(workers=1) as f:
            done = self.type(submit, f.environment)
            self.assertEqual(0, done.returncode, done.stderr + f.logs())
            done = self.type(watch, f.environment)
            self.assertEqual(0, done.returncode, done.stderr + f.logs())
            self.assertIn("succeeded", done.stdout)
            job = f.json("job", "show", "1")
            self.assertEqual(("succeeded", 1), (job["state"], job["attempts"]), job)
            self.assertEqual({"greeting": "Hello, Ada!", "times": 3}, job["result"])
            done = self.type(refuse, f.environment)
            self.assertEqual(2, done.returncode, done.stderr)
            self.assertIn("nom", done.stderr)
            error = json.loads(self.type(refuse.partition("#")[0] + "--output json", f.environment).stderr)
            self.assertEqual("invalid_arguments", error["error_code"])
            self.assertIn("greet", [kind["name"] for kind in api.call(f, "/api/v1/kinds")["kinds"]])
            self.assertEqual(1, f.rows("SELECT count(*) FROM argosy.job")[0][0])  # what was refused is not there


if __name__ == "__main__":
    unittest.main(verbosity=2)
