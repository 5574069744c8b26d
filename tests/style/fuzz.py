# SPDX-License-Identifier: Apache-2.0
"""The runner of the fuzz targets finds what is planted: a crash, a leak, an endless input, one that takes all memory.

Each fails the run, is kept as a file and told with the line that does it again; once mended it is forgotten. A long
run goes on where it was, and the table has what it did.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.environ.get("ARGOSY_SOURCE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
RUN = os.path.join(SOURCE, "tests", "fuzz", "run.py")

# What happens when the input begins with "BAD".
PLANTED = {
    "crash": "volatile char *one = malloc(1); one[size] = 1; free((void *)one);",
    "undefined": "volatile int most = 2147483647; most += (int)size;",
    "leak": "kept = malloc(100); kept = NULL;",
    "endless": "for (volatile int i = 0; i >= 0; i = 1) {}",
    "memory": "kept = malloc((size_t)1 << 30); free(kept);",
    "fine": "",
}
TARGET = """
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* fuzz: words planted */
void *volatile kept;
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 3 && memcmp(data, "BAD", 3) == 0) {
        %s
    }
    return 0;
}
"""
KIND = {"crash": "crash-", "undefined": "crash-", "leak": "leak-", "endless": "timeout-", "memory": "oom-"}


class Fuzz(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="argosy-fuzz-")
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("targets/words", "build"):
            os.makedirs(os.path.join(self.folder, name))
        self.write("targets/words/planted.words", '"BA"\n"AD"\n')

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii") as stream:
            stream.write(text)
        return path

    def plant(self, name, does):
        source = self.write(f"targets/fuzz_{name}.c", TARGET % PLANTED[does])
        self.write(f"targets/corpus/{name}/seed", "GOOD")
        subprocess.run(["clang-14", "-g", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all", source,
                        "-o", os.path.join(self.folder, "build", f"fuzz_{name}")], check=True)

    def run_fuzz(self, mode, *arguments):
        done = subprocess.run(
            ["/usr/bin/python3", "-B", RUN, mode, *arguments, "--targets", os.path.join(self.folder, "targets"),
             "--build", os.path.join(self.folder, "build"), "--timeout", "10", "--memory", "256"],
            capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_each_sort_fails_the_run_and_is_told(self):
        for does, begins in KIND.items():
            with self.subTest(does):
                self.plant(does, does)
                code, text = self.run_fuzz("short", does, "--seconds", "30")
                self.assertEqual(1, code, text)
                line = re.search(r"again:\s+(\S+fuzz_\w+ .*)", text)
                self.assertTrue(line, text)
                path = line[1].split()[-1]
                again = subprocess.run(line[1], shell=True, cwd=SOURCE, capture_output=True, check=False)
                self.assertNotEqual(0, again.returncode)
                self.assertTrue(os.path.basename(path).startswith(begins), path)
                with open(os.path.join(SOURCE, path), "rb") as stream:
                    self.assertEqual(b"BAD", stream.read(3))

    def test_what_was_found_is_tried_first_and_forgotten_once_mended(self):
        self.plant("one", "crash")
        self.assertEqual(1, self.run_fuzz("short", "one", "--seconds", "30")[0])
        code, text = self.run_fuzz("short", "one", "--seconds", "1")
        self.assertEqual(1, code, text)
        self.assertIn("heap-buffer-overflow", text)
        self.plant("one", "fine")
        code, text = self.run_fuzz("short", "one", "--seconds", "1")
        self.assertEqual(0, code, text)
        self.assertRegex(text, r"fuzz one: \d+ inputs in 1 s, [1-9]\d* of [1-9]\d* edges")
        self.assertEqual([], os.listdir(os.path.join(self.folder, "build/found/one")))

    def test_a_long_run_goes_on_where_it_was(self):
        self.plant("good", "fine")
        self.plant("evil", "crash")
        code, text = self.run_fuzz("long", "good", "--seconds", "2", "--slice", "1")
        self.assertEqual(0, code, text)
        with open(os.path.join(self.folder, "build/long.json"), encoding="utf-8") as stream:
            good = json.load(stream)["good"]
        code, text = self.run_fuzz("long", "--seconds", "2", "--slice", "2", "--jobs", "1")
        self.assertEqual(1, code, text)
        self.assertRegex(text, rf"\| good +\| +{good['seconds']:.0f} \| +{good['runs']} \|")
        self.assertRegex(text, r"\| evil +\| +\d+ \| .*\| +[1-9]\d* \|\n")
        self.assertIn(self.run_fuzz("table")[1], text)

    def test_a_name_that_is_none_is_told(self):
        code, text = self.run_fuzz("short", "nobody")
        self.assertEqual(1, code)
        self.assertIn("no fuzz target nobody", text)


if __name__ == "__main__":
    unittest.main()
