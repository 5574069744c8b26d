#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""column_types.py - types of the columns of data files, CSV and JSON: the shares that are right, strict and lenient.

usage: column_types.py [--corpus FOLDER] [--program PATH] [-v]

The corpus is a folder of data files with .truth.json beside them and a scorer two folders above; it is not part of the
project. Without it this says "skipped". PATH is `argosy`; found in the build unless given.
"""
import argparse
import os
import sys
import tempfile

import nested

FLOORS = {"strict": 0.95, "lenient": 0.99}


def main():
    parser = argparse.ArgumentParser()
    shared = os.environ.get("ARGOSY_CORPORA", os.path.join(os.path.dirname(nested.ROOT), "shared", "corpora"))
    parser.add_argument("--corpus", default=os.path.join(shared, "open", "types"))
    parser.add_argument("--program")
    parser.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    scorer = os.path.join(os.path.dirname(os.path.dirname(arguments.corpus)), "score_types.py")
    if not os.path.isdir(arguments.corpus) or not os.path.exists(scorer):
        print("skipped: no corpus at %s" % arguments.corpus)
        return
    program = arguments.program or nested.program_found()
    with tempfile.TemporaryDirectory(prefix="argosy-types-") as folder:
        for name in sorted(os.listdir(arguments.corpus)):
            if os.path.exists(os.path.join(arguments.corpus, name + ".truth.json")):
                catalog = nested.discover(program, os.path.join(arguments.corpus, name))
                nested.put(folder, name, nested.main_table(catalog))
        found = nested.score(scorer, "types", arguments.corpus, folder, arguments.v)
    figures = dict(part.split("=") for part in found.split() if "=" in part)
    missed = [name for name, floor in FLOORS.items() if float(figures[name]) < floor]
    if missed:
        sys.exit("column_types.py: below the floor: " + ", ".join(missed))


if __name__ == "__main__":
    main()
