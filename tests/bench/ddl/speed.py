#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""speed.py - how fast DDL becomes a catalog: real schemas repeated under other names up to a size, on one core.

usage: speed.py [--corpus FOLDER] [--program PATH] [--megabytes N] [--rounds N]

Each dialect's files are written again and again with every table's name changed, until all dialects together have N
megabytes (100). ddl_probe reads each text from memory; CPU seconds are what counts, the best of the rounds.
Also 10,000 small tables. Without a corpus only those.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DIALECTS = {"pg": "postgresql", "mysql": "mysql", "sqlite": "sqlite", "oracle": "oracle", "mssql": "sqlserver"}


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def pieces_of(folder):
    """For each file: its text cut at the names of its tables, the names at odd places."""
    pieces = []
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".sql"):
            continue
        text = read(os.path.join(folder, name))
        truth = json.loads(read(os.path.join(folder, name[:-4] + ".truth.json")))
        tables = sorted({table["name"] for table in truth["tables"]}, key=len, reverse=True)
        pattern = re.compile(r"(?<!\w)(%s)(?!\w)" % "|".join(map(re.escape, tables)), re.I)
        text = re.sub(r"(?m)^\\\.$", "\\\\.", text)
        pieces.append(pattern.split(text) if tables else [text])
    return pieces


def write(pieces, size, path):
    """Whole rounds of all files; names get the number of the round."""
    written = number = 0
    with open(path, "w", encoding="utf-8") as out:
        while written < size:
            number += 1
            for piece in pieces:
                text = "".join(part + "_%d" % number if i % 2 else part for i, part in enumerate(piece)) + "\n;\n"
                written += out.write(text)


def measure(program, dialect, path, rounds):
    best = None
    for _ in range(rounds):
        done = subprocess.run([program, "--time", dialect, path], stdout=subprocess.PIPE, check=True)
        got = json.loads(done.stdout)
        if best is None or got["cpu_s"] < best["cpu_s"]:
            best = got
    print("%-10s %6.1f MB %6.3f s %6.1f MB/s %6d tables %8d columns %6d foreign keys, arena %5.0f MB" %
          (dialect, best["bytes"] / 1e6, best["cpu_s"], best["mb_per_s"], best["tables"], best["columns"],
           best["foreign_keys"], best["arena_bytes"] / 1e6))
    return best


def main():
    parser = argparse.ArgumentParser()
    shared = os.environ.get("ARGOSY_CORPORA", os.path.join(os.path.dirname(ROOT), "shared", "corpora"))
    parser.add_argument("--corpus", default=os.path.join(shared, "open", "ddl"))
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "release", "ddl_probe"))
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if not os.access(arguments.program, os.X_OK):
        sys.exit("speed.py: no program %s: build the preset release, or say --program" % arguments.program)
    with tempfile.TemporaryDirectory(prefix="argosy-ddl-") as folder:
        path = os.path.join(folder, "text.sql")
        with open(path, "w") as out:
            for i in range(10000):
                out.write("CREATE TABLE shop.t%d (id bigserial PRIMARY KEY, name varchar(200) NOT NULL, "
                          "made timestamptz DEFAULT now() NOT NULL, parent bigint REFERENCES shop.t%d (id));\n"
                          % (i, i // 2))
        measure(arguments.program, "postgresql", path, arguments.rounds)
        if not os.path.isdir(arguments.corpus):
            print("skipped: no corpus at %s" % arguments.corpus)
            return
        sizes = {short: sum(len("".join(piece)) for piece in pieces_of(os.path.join(arguments.corpus, short)))
                 for short in DIALECTS}
        size = seconds = 0
        for short, dialect in DIALECTS.items():
            share = arguments.megabytes * 1e6 * sizes[short] / sum(sizes.values())
            write(pieces_of(os.path.join(arguments.corpus, short)), share, path)
            best = measure(arguments.program, dialect, path, arguments.rounds)
            size += best["bytes"]
            seconds += best["cpu_s"]
        print("all        %6.1f MB  %6.3f s  %6.1f MB/s" % (size / 1e6, seconds, size / 1e6 / seconds))


if __name__ == "__main__":
    main()
