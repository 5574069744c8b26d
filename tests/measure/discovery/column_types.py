#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""column_types.py - types of the columns of data files, CSV and JSON: the shares that are right, strict and lenient.

usage: column_types.py [--corpus FOLDER] [--made FOLDER] [--program PATH] [-v]

The corpus is a folder of data files with .truth.json beside them and a scorer two folders above; it is not part of the
project. Without it this says "skipped". PATH is `argosy`; found in the build unless given. --made takes what
generate_types.py wrote and prints the shares of each type and what was missed.
"""
import argparse
import collections
import json
import os
import sys
import tempfile

import nested

FLOORS = {"strict": 0.97, "lenient": 0.99}
MADE_FLOOR = 0.99
NUMBERS, DAYS = {"integer", "number"}, {"date", "datetime"}


def nearly(truth, found):
    """What the scorer of the corpus lets pass as well."""
    return truth == found or {truth, found} in (NUMBERS, DAYS) or (truth, found) == ("boolean", "integer")


def measure_made(program, folder):
    with open(os.path.join(folder, "kinds.json"), encoding="utf-8") as file:
        kinds = json.load(file)
    counts, missed = collections.defaultdict(collections.Counter), collections.Counter()
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".truth.json"):
            continue
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            truth = json.load(file)
        found = nested.main_table(nested.discover(program, os.path.join(folder, truth["file"])))["columns"]
        for column, of in truth["columns"].items():
            got = found.get(column, "nothing")
            for part in (of, "all"):
                counts[part].update(columns=1, strict=of == got, lenient=nearly(of, got))
            if of != got:
                missed[(kinds["%s/%s" % (truth["file"], column)], of, got)] += 1
    for of, count in sorted(counts.items()):
        print("%-9s columns=%-4d strict=%.4f lenient=%.4f" % (
            of, count["columns"], count["strict"] / count["columns"], count["lenient"] / count["columns"]))
    for (kind, of, got), count in sorted(missed.items()):
        print("  %s: %s taken for %s: %d" % (kind, of, got, count))
    if counts["all"]["strict"] < MADE_FLOOR * counts["all"]["columns"]:
        sys.exit("column_types.py: below the floor: strict of the made files, %.2f" % MADE_FLOOR)


def main():
    parser = argparse.ArgumentParser()
    shared = os.environ.get("ARGOSY_CORPORA", os.path.join(os.path.dirname(nested.ROOT), "shared", "corpora"))
    parser.add_argument("--corpus", default=os.path.join(shared, "open", "types"))
    parser.add_argument("--made")
    parser.add_argument("--program")
    parser.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    if arguments.made:
        measure_made(arguments.program or nested.program_found(), arguments.made)
        return
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
