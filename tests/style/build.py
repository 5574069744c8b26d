# SPDX-License-Identifier: Apache-2.0
"""The build's promises about job kinds and embedded text, tried on a small tree with our own CMake files.

A kind is a folder; C without a schema does not configure, a schema without C does not link, a changed text is compiled
in again, and no file ever has to be listed.
"""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.environ.get("ARGOSY_SOURCE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
MAIN = """#include <stdio.h>
#include "jobs/job.h"
#include "jobs/kinds.h"
#include "sql/text.h"
int main(void)
{
    for (unsigned i = 0; i < job_kinds_count; i++)
        printf("%s %u %u %s\\n", job_kinds[i]->name, kinds[i].version, kinds[i].timeout_s, kinds[i].name);
    printf("%s", embed_sql[0].data);
    return job_kinds_count != kinds_count;
}
"""
KIND = '#include "jobs/job.h"\nconst struct job_kind job_%s = { .name = "%s" };\n'


class Build(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="argosy-build-")
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("cmake", "CMakeLists.txt"):
            copy = shutil.copytree if os.path.isdir(os.path.join(SOURCE, name)) else shutil.copy
            copy(os.path.join(SOURCE, name), os.path.join(self.folder, name))
        for name in ("base/embed.c", "base/embed.h", "jobs/job.h", "base/arena.h", "base/error.h"):
            with open(os.path.join(SOURCE, name), encoding="utf-8") as stream:
                self.write(name, stream.read())
        self.write("cli/main.c", MAIN)
        self.write("sql/first.sql", "-- one\n")
        self.write("sql/anchor.c", "extern const int sql_anchor;\nconst int sql_anchor = 1;\n")
        self.kind("noop", {"version": 3, "timeout_s": 7})

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)

    def kind(self, name, argosy, code=True):
        schema = {"type": "object"} if argosy is None else {"type": "object", "x-argosy": argosy}
        self.write(f"jobs/{name}/{name}.schema.json", json.dumps(schema))
        if code:
            self.write(f"jobs/{name}/{name}.c", KIND % (name, name))

    def build(self):
        """Configures where needed, builds; returns (ok, output)."""
        commands = [["ninja", "-C", "out", "argosy"]]
        if not os.path.exists(os.path.join(self.folder, "out/build.ninja")):
            commands.insert(0, ["cmake", "-G", "Ninja", "-B", "out", "-DARGOSY_TESTS=OFF", "-DCMAKE_C_COMPILER=gcc"])
        text = ""
        for command in commands:
            done = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  check=False)
            text += done.stdout
            if done.returncode != 0:
                return False, text
        return True, text

    def run_program(self):
        ok, text = self.build()
        self.assertTrue(ok, text)
        return subprocess.run([os.path.join(self.folder, "out/argosy")], check=True, stdout=subprocess.PIPE,
                              text=True).stdout

    def test_a_new_folder_and_a_changed_text_are_seen(self):
        self.assertEqual("noop 3 7 noop\n-- one\n", self.run_program())
        self.write("sql/first.sql", "-- two\n")
        self.kind("another", {"version": 1})
        self.assertEqual("another 1 600 another\nnoop 3 7 noop\n-- two\n", self.run_program())
        self.kind("another", {"version": 2, "timeout_s": 5})
        self.assertEqual("another 2 5 another\nnoop 3 7 noop\n-- two\n", self.run_program())

    def test_code_without_a_schema_does_not_configure(self):
        self.write("jobs/bare/bare.c", KIND % ("bare", "bare"))
        ok, text = self.build()
        self.assertFalse(ok)
        self.assertIn("jobs/bare has C code but no bare.schema.json", text)

    def test_a_schema_without_code_does_not_link(self):
        self.kind("empty", {"version": 1}, code=False)
        ok, text = self.build()
        self.assertFalse(ok)
        self.assertIn("undefined reference to `job_empty'", text)

    def test_a_schema_must_say_its_version(self):
        for argosy, expected in ((None, "needs"), ({}, "x-argosy.version"), ({"version": "new"}, "whole number")):
            with self.subTest(argosy=argosy):
                self.kind("noop", argosy)
                ok, text = self.build()
                self.assertFalse(ok)
                self.assertIn(expected, " ".join(text.split()))


if __name__ == "__main__":
    unittest.main()
