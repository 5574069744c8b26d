#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""`argosy discover` and `catalog diff` as people type them: files, folders and pipes, and every form of answer."""
import io
import json
import os
import shutil
import subprocess
import tempfile
import unittest
import xml.dom.minidom
import zipfile

BIN = os.environ["ARGOSY_BIN"]
STEPS = {
    "V1__people.sql": "CREATE TABLE people (id bigserial PRIMARY KEY, email text NOT NULL, nick text);\n",
    "V2__orders.sql": "CREATE TABLE orders (id bigserial PRIMARY KEY, buyer bigint);\n"
                      "ALTER TABLE orders ADD FOREIGN KEY (buyer) REFERENCES people (id);\n",
    "V10__nick.sql": "ALTER TABLE people RENAME COLUMN nick TO name;\n"
                     "ALTER TABLE orders ADD COLUMN total numeric(12,2);\n",
    "U10__nick.sql": "ALTER TABLE people RENAME COLUMN name TO nick;\n",
}
WHOLE = ("CREATE TABLE people (id bigserial PRIMARY KEY, email text NOT NULL, name text);\n"
         "CREATE TABLE orders (id bigserial PRIMARY KEY, buyer bigint REFERENCES people, total numeric(12,2));\n")


class Discover(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="argosy-discover-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.steps = os.path.join(self.folder, "steps")
        os.mkdir(self.steps)
        for name, text in STEPS.items():
            self.put(os.path.join("steps", name), text)
        self.whole = self.put("whole.sql", WHOLE)

    def put(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def run_it(self, *arguments, stdin=b"", code=0):
        done = subprocess.run([BIN, *arguments], input=stdin, capture_output=True, check=False)
        self.assertEqual(done.returncode, code, (arguments, done.stderr))
        return done.stdout.decode() if code == 0 else done.stderr.decode()

    def catalog(self, *arguments, stdin=b""):
        return json.loads(self.run_it("discover", *arguments, "--output", "json", stdin=stdin))

    def test_the_steps_of_a_schema_make_it_wherever_they_lie(self):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as out:
            for name, text in STEPS.items():
                out.writestr(name, text)
        archive = os.path.join(self.folder, "steps.zip")
        with open(archive, "wb") as out:
            out.write(packed.getvalue())
        for source, stdin in ((self.steps, b""), (archive, b""), ("-", packed.getvalue())):
            self.assertEqual(self.run_it("catalog", "diff", self.whole, source, stdin=stdin),
                             "0 changes, 0 breaking\n")
            found = self.catalog(source, stdin=stdin)
            self.assertEqual(found["dialect"], "postgresql")
            self.assertEqual([d["message"] for d in found["diagnostics"]],
                             ["U10__nick.sql is left out: it undoes V10__nick.sql"])

    def test_a_pipe(self):
        found = self.catalog("-", stdin=WHOLE.encode())
        self.assertEqual((found["name"], [t["name"] for t in found["tables"]]), ("stdin", ["orders", "people"]))
        found = self.catalog("-", "--format", "tsv", stdin=b"a\tb\n1\t2024-01-31\n2\t2024-02-01\n")
        self.assertEqual([c["type"] for c in found["tables"][0]["columns"]], ["integer", "date"])
        self.assertIn("it is empty", self.run_it("discover", "-", code=2))
        self.assertIn("name its file instead", self.run_it("discover", "-", stdin=b"SQLite format 3\0" * 99, code=2))
        before = json.dumps(self.catalog(self.whole)).encode()
        self.put("steps/V11__less.sql", "ALTER TABLE people DROP COLUMN name;")
        said = self.run_it("catalog", "diff", "-", self.steps, stdin=before)
        self.assertIn("! dropped  column       people.name", said)
        self.assertIn("1 of the changes break", self.run_it("catalog", "diff", "-", self.steps, "--check", stdin=before,
                                                            code=4))

    def test_every_form_of_answer(self):
        tree = self.run_it("discover", self.whole)
        self.assertIn("whole.sql (postgresql): 2 tables, 6 columns, 1 relationship, ", tree)
        self.assertIn("-> people.id", tree)
        self.assertIn("[email]", tree)
        self.assertEqual(tree, self.run_it("discover", self.whole, "--output", "tree"))
        self.assertTrue(self.run_it("discover", self.whole, "--output", "mermaid").startswith("erDiagram\n"))
        self.assertIn("digraph", self.run_it("discover", self.whole, "--output", "dot"))
        picture = xml.dom.minidom.parseString(self.run_it("discover", self.whole, "--output", "svg"))
        self.assertEqual(picture.documentElement.tagName, "svg")
        self.assertIn("it is one of text, json, tree", self.run_it("discover", self.whole, "--output", "pdf", code=2))


if __name__ == "__main__":
    unittest.main()
