#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""
relationships.py - references that no schema declares are found in databases full of traps, and hardly any that is none.
"""
import os
import subprocess
import sys

GENERATOR = os.path.join(os.environ["ARGOSY_SOURCE"], "tests", "measure", "discovery", "generate_related.py")


def main():
    command = ["/usr/bin/python3", "-B", GENERATOR, "--argosy", os.environ["ARGOSY_BIN"], "--count", "8",
               "--seed", "101", "--floors", "0.97", "0.9", "--verbose"]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
