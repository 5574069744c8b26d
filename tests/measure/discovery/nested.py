#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""nested.py - nested documents as tables: tables, columns with types, parents; types of the columns of JSON data files.

usage: nested.py [--corpus FOLDER] [--types FOLDER] [--program PATH] [-v]

The corpora are folders of documents with .truth.json beside them and a scorer above; they are not part of the project.
Without them this says "skipped". PATH is `argosy`; found in the build unless given.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
TYPES_FLOOR = (0.95, 0.99)  # strict, lenient


def program_found():
    for path in ("build/release/argosy", "build/argosy", "build/debug/argosy"):
        if os.access(os.path.join(ROOT, path), os.X_OK):
            return os.path.join(ROOT, path)
    sys.exit("nested.py: no program in build/: run ./dev build, or say --program")


def discover(program, path):
    done = subprocess.run([program, "discover", path, "--output", "json"], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def columns_of(table):
    return {column["name"]: column["type"] for column in table["columns"]}


def tables_of(catalog):
    tables = []
    for table in catalog["tables"]:
        one = {"name": table["name"], "columns": columns_of(table)}
        if table.get("parent"):
            one["parent"] = table["parent"]
        tables.append(one)
    return {"tables": tables}


def main_table(catalog):
    """What a reader means by the columns of a data file: its list of records, inside an envelope or not."""
    roots = [table for table in catalog["tables"] if not table.get("parent")]
    table = max(roots, key=lambda root: root.get("rows", 0))
    inside = [child for child in catalog["tables"] if child.get("parent") == table["name"]]
    if table.get("rows", 0) == 1 and len(inside) == 1:
        table = inside[0]
    return {"columns": columns_of(table)}


def score(scorer, what, corpus, folder, verbose):
    command = ["/usr/bin/python3", "-B", scorer, what, corpus, folder] + (["-v"] if verbose else [])
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    print(done.stdout, end="")
    return done.stdout


def put(folder, name, prediction):
    with open(os.path.join(folder, name + ".json"), "w") as out:
        json.dump(prediction, out)


def measure_nested(program, corpus, scorer, verbose):
    with tempfile.TemporaryDirectory(prefix="argosy-nested-") as folder:
        for name in sorted(os.listdir(corpus)):
            if name.rsplit(".", 1)[-1] in ("json", "yaml", "xml") and not name.endswith(".truth.json"):
                put(folder, name, tables_of(discover(program, os.path.join(corpus, name))))
        found = score(scorer, "nested", corpus, folder, verbose)
    shares = [part.split("=")[1].split("/") for part in found.split() if "=" in part]
    return all(have == of for have, of in shares)


def measure_types(program, corpus, scorer, verbose):
    """Of JSON files only: the others are measured elsewhere."""
    with tempfile.TemporaryDirectory(prefix="argosy-nested-") as folder:
        subset = os.path.join(folder, "corpus")
        os.mkdir(subset)
        for name in sorted(os.listdir(corpus)):
            if name.endswith(".json") and os.path.exists(os.path.join(corpus, name + ".truth.json")):
                shutil.copy(os.path.join(corpus, name + ".truth.json"), subset)
                put(folder, name, main_table(discover(program, os.path.join(corpus, name))))
        found = score(scorer, "types", subset, folder, verbose)
    figures = [float(part.split("=")[1]) for part in found.split() if part.startswith(("strict", "lenient"))]
    return figures[0] >= TYPES_FLOOR[0] and figures[1] >= TYPES_FLOOR[1]


def main():
    parser = argparse.ArgumentParser()
    shared = os.environ.get("ARGOSY_CORPORA", os.path.join(os.path.dirname(ROOT), "shared", "corpora"))
    parser.add_argument("--corpus", default=os.path.join(shared, "open", "nested"))
    parser.add_argument("--types", default=os.path.join(shared, "open", "types"))
    parser.add_argument("--program")
    parser.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    scorer = os.path.join(os.path.dirname(os.path.dirname(arguments.corpus)), "score_types.py")
    if not os.path.isdir(arguments.corpus) or not os.path.exists(scorer):
        print("skipped: no corpus at %s" % arguments.corpus)
        return
    program = arguments.program or program_found()
    fine = measure_nested(program, arguments.corpus, scorer, arguments.v)
    if os.path.isdir(arguments.types):
        fine = measure_types(program, arguments.types, scorer, arguments.v) and fine
    if not fine:
        sys.exit("nested.py: less than there was before")


if __name__ == "__main__":
    main()
