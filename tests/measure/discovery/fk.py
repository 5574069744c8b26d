#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""
fk.py - foreign keys nobody declared: how many of a corpus are found, from names and types alone and with rows.

usage: fk.py [--corpus DIR] [--argosy PROGRAM] [--catalogs DIR] [--floors REAL_MICRO REAL_MACRO SMALL_MICRO] [-v]

Every folder of DIR that holds truth.json is a case; schema_nofk.sql is what `argosy discover` reads, and data/ beside
it where there is one. The scorer of the corpus prints the table. --catalogs keeps what was discovered, for fit_fk.py.
Without a corpus it says "skipped".
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DIALECTS = {"postgres": "postgresql", "tsql": "sqlserver"}


def cases_of(corpus):
    for folder, _, files in sorted(os.walk(corpus)):
        if "truth.json" in files:
            with open(os.path.join(folder, "truth.json"), encoding="utf-8") as file:
                yield os.path.relpath(folder, corpus), folder, json.load(file)


def discover(program, folder, truth, data):
    dialect = truth.get("dialect", "sqlite")
    command = [program, "discover", os.path.join(folder, "schema_nofk.sql"), "--dialect",
               DIALECTS.get(dialect, dialect), "--output", "json"]
    if data:
        command += ["--data", os.path.join(folder, "data")]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.decode())


def keep(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(content, file)


def score(scorer, corpus, predictions, extra):
    command = ["/usr/bin/python3", "-B", scorer, corpus, predictions, "--min-conf", "0.5"] + extra
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()


def key_of(r):
    pairs = sorted(zip([c.lower() for c in r["from_columns"]], [c.lower() for c in r["to_columns"]]))
    return r["from_table"].lower(), r["to_table"].lower(), tuple(pairs)


def below(text, floors):
    """The scorer's lines against the floors: what is under one, in words."""
    found = dict((m[0].strip(), (float(m[1]), float(m[2])))
                 for m in re.findall(r"^(real schemas|spider) .*F1=([0-9.]+)  macro-F1=([0-9.]+)", text, re.M))
    figures = found["real schemas"] + found["spider"][:1]
    names = ("micro F1 of real schemas", "macro F1 of real schemas", "micro F1 of small schemas")
    return ["%s is %.3f, below %.3f" % (n, f, floor) for n, f, floor in zip(names, figures, floors) if f < floor]


def main():
    options = argparse.ArgumentParser()
    shared = os.environ.get("ARGOSY_CORPORA", os.path.join(os.path.dirname(ROOT), "shared", "corpora"))
    options.add_argument("--corpus", default=os.path.join(shared, "open", "fk"))
    options.add_argument("--argosy", default=os.environ.get("ARGOSY_BIN", os.path.join(ROOT, "build", "argosy")))
    options.add_argument("--catalogs")
    options.add_argument("--floors", nargs=3, type=float)
    options.add_argument("-v", action="store_true")
    o = options.parse_args()
    scorer = os.path.join(os.path.dirname(os.path.dirname(o.corpus)), "score_fk.py")
    if not os.path.isdir(o.corpus) or not os.path.exists(scorer):
        print("skipped: no corpus at %s" % o.corpus)
        return 0
    rows = []
    with tempfile.TemporaryDirectory(prefix="argosy-fk-") as out:
        for name, folder, truth in cases_of(o.corpus):
            catalog = discover(o.argosy, folder, truth, False)
            keep(os.path.join(out, name + ".json"), catalog["relationships"])
            if o.catalogs:
                keep(os.path.join(o.catalogs, name + ".json"), catalog)
            if os.path.isdir(os.path.join(folder, "data")):
                rows.append((name, folder, truth))
        text = score(scorer, o.corpus, out, ["-v"] if o.v else [])
    print("names and types alone")
    print(text, end="")
    with tempfile.TemporaryDirectory(prefix="argosy-fk-") as out:
        for name, folder, truth in rows:
            found = discover(o.argosy, folder, truth, True)["relationships"]
            told = {key_of(r) for r in found if r["confidence"] >= 0.5}
            known = {key_of(f) for f in truth["fks"]}
            print("with rows: %-20s precision %.3f recall %.3f" % (
                name, len(told & known) / max(1, len(told)), len(told & known) / max(1, len(known))))
    under = below(text, o.floors) if o.floors else []
    for what in under:
        print(what)
    return 1 if under else 0


if __name__ == "__main__":
    sys.exit(main())
