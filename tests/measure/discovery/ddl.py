#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""ddl.py - how much of real schemas is read from their DDL: files whose four counts are exact, F1 of names.

usage: ddl.py [--corpus FOLDER] [--program PATH] [-v]

The corpus is a folder <dialect>/<name>.sql + <name>.truth.json with a scorer beside it; it is not part of the project.
Without one this says "skipped". PATH is `argosy` (its `discover` is run) or ddl_probe; found in the build unless given.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
DIALECTS = {"pg": "postgresql", "mysql": "mysql", "sqlite": "sqlite", "oracle": "oracle", "mssql": "sqlserver"}
FLOOR = 42  # files that were exact when this was written, less one


def program_found():
    for build in ("release", "debug"):
        for name in ("argosy", "ddl_probe"):
            path = os.path.join(ROOT, "build", build, name)
            if os.access(path, os.X_OK):
                return path
    sys.exit("ddl.py: no program in build/: run ./dev build, or say --program")


def discover(program, dialect, path):
    if os.path.basename(program) == "ddl_probe":
        command = [program, dialect, path]
    else:
        command = [program, "discover", path, "--dialect", dialect, "--output", "json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def prediction(catalog):
    """In the scorer's words."""
    tables = []
    for table in catalog["tables"]:
        tables.append({
            "name": table["name"],
            "columns": [column["name"] for column in table["columns"]],
            "pk": table.get("primary_key", []),
            "fks": [{"columns": key["columns"], "ref_table": key["ref_table"], "ref_columns": key["ref_columns"]}
                    for key in table.get("foreign_keys", [])],
        })
    return {"tables": tables}


def main():
    parser = argparse.ArgumentParser()
    shared = os.environ.get("ARGOSY_CORPORA", os.path.join(os.path.dirname(ROOT), "shared", "corpora"))
    parser.add_argument("--corpus", default=os.path.join(shared, "open", "ddl"))
    parser.add_argument("--program")
    parser.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    scorer = os.path.join(os.path.dirname(os.path.dirname(arguments.corpus)), "score_ddl.py")
    if not os.path.isdir(arguments.corpus) or not os.path.exists(scorer):
        print("skipped: no corpus at %s" % arguments.corpus)
        return
    program = arguments.program or program_found()
    with tempfile.TemporaryDirectory(prefix="argosy-ddl-") as folder:
        for short, dialect in DIALECTS.items():
            source = os.path.join(arguments.corpus, short)
            if not os.path.isdir(source):
                continue
            os.mkdir(os.path.join(folder, short))
            for name in sorted(os.listdir(source)):
                if name.endswith(".sql"):
                    catalog = discover(program, dialect, os.path.join(source, name))
                    with open(os.path.join(folder, short, name[:-4] + ".json"), "w") as out:
                        json.dump(prediction(catalog), out)
        command = ["/usr/bin/python3", "-B", scorer, arguments.corpus, folder] + (["-v"] if arguments.v else [])
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    print(done.stdout, end="")
    exact = int(done.stdout.split("exact=")[-1].split("(")[0])
    if exact < FLOOR:
        sys.exit("ddl.py: %d files exact, at least %d were before" % (exact, FLOOR))


if __name__ == "__main__":
    main()
