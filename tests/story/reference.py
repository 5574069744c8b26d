#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The reference pages are what the program prints, and every link of README.md leads somewhere."""

import os
import re
import subprocess
import unittest

BIN = os.environ["ARGOSY_BIN"]
SOURCE = os.environ["ARGOSY_SOURCE"]


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding="utf-8") as f:
        return f.read()


class Reference(unittest.TestCase):
    maxDiff = None

    def test_pages(self):
        for name in ("settings", "commands"):
            with self.subTest(name):
                printed = subprocess.run([BIN, "help", name], capture_output=True, text=True, check=True).stdout
                self.assertGreater(len(printed.splitlines()), 20)
                self.assertEqual(
                    printed,
                    read("docs", "reference", name + ".md"),
                    f"`build/argosy help {name} >docs/reference/{name}.md` makes the page anew",
                )

    def test_every_setting_and_command_is_there(self):
        settings = read("docs", "reference", "settings.md")
        for flag in re.findall(r'^    X\([A-Z_]+, "([a-z-]+)"', read("base", "settings.h"), re.M):
            self.assertIn(f"`--{flag}`", settings)
        commands = read("docs", "reference", "commands.md")
        listed = subprocess.run([BIN, "help"], capture_output=True, text=True, check=True).stdout
        names = re.findall(r"^  ([a-z-]+(?: [a-z]+)?)  ", listed, re.M)
        self.assertGreater(len(names), 20)
        for name in names:
            self.assertIn(f"\n## {name}\n", commands)

    def test_readme_links_them(self):
        text = read("README.md")
        for name in ("settings", "commands"):
            self.assertIn(f"(docs/reference/{name}.md)", text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
