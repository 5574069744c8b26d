#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""
measure.py - everything that discovery is measured by, through `argosy discover`, in one table; ends with 1 when a
part is below its floor.

usage: measure.py [--argosy PROGRAM] [--corpora FOLDER] [--generated] [--speed] [--text]

FOLDER holds open/ddl, open/fk, ... with a score_*.py beside open/; it is no part of the project, and without it the
parts that need it say "skipped". --generated adds the sets that are made here: people of many locales, harmless
columns, databases full of traps. --speed adds the benchmarks, which want a release build (its ddl_probe stands beside
PROGRAM), an idle machine and 1 GB of disk; they have no floor. --text prints each part's own report too.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FK_FLOORS = ["--floors", "0.805", "0.905", "0.88"]
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))


def run(script, *arguments):
    done = subprocess.run(
        ["/usr/bin/python3", "-B", os.path.join(HERE, script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def figures(text, patterns):
    """What the patterns find, one after another; "" where one finds nothing."""
    found = []
    for pattern in patterns:
        match = re.search(pattern, text, re.M)
        found.append(match.group(1) if match else "")
    return found


def ddl(text):
    total, exact = figures(text, [r"^TOTAL\s+files=\s*(\d+)", r"^TOTAL.*exact=\s*(\d+)"])
    return [("DDL files with all four counts exact", f"{exact}/{total}", "43/43", "sqlglot 37/43")]


def fk(text):
    of_real, of_spider = r"^real schemas.*F1=([\d.]+)\s+macro", r"^spider.*F1=([\d.]+)\s+macro"
    micro, macro, spider = figures(text, [of_real, r"^real schemas.*macro-F1=([\d.]+)", of_spider])
    rows = [
        ("foreign keys, real schemas, micro / macro F1", f"{micro} / {macro}", "0.75 / 0.75", "0.41 / 0.54"),
        ("foreign keys, small schemas, micro F1", spider, "0.90", "0.66"),
    ]
    for name, precision, recall in re.findall(r"^with rows: (\S+)\s+precision ([\d.]+) recall ([\d.]+)", text, re.M):
        rows.append((f"with rows: {name}, precision / recall", f"{precision} / {recall}", "0.97 / 0.90", ""))
    return rows


def types(text):
    strict, lenient = figures(text, [r"strict=([\d.]+)", r"lenient=([\d.]+)"])
    return [("column types, strict / lenient", f"{strict} / {lenient}", "0.95 / 0.99", "")]


def pii(text):
    precision, recall, exact = figures(text, [r" P=([\d.]+)", r" R=([\d.]+)", r"exact-class recall=([\d.]+)"])
    return [("PII, precision / recall (class)", f"{precision} / {recall} ({exact})", "0.90 / 0.95", "")]


def nested(text):
    tables, columns, relations = figures(text, [r"tables=(\S+)", r"columns\+type=(\S+)", r"relations=(\S+)"])
    return [("nested: tables, columns with type, relations", f"{tables} {columns} {relations}", "all", "")]


def in_memory(text):
    whole, many = figures(text, [r"^all .* ([\d.]+) MB/s", r"MB +([\d.]+) s .* 10000 tables"])
    return [
        ("DDL text to catalog in memory, MB/s of one core", whole or "skipped: no corpus", "100", "sqlglot 0.9"),
        ("10,000 tables, s of CPU", many, "1", ""),
    ]


def end_to_end(text):
    pattern = r"^real schemas.* ([\d.]+) MB/s of CPU"
    reached, elsewhere = figures(text, [pattern, r"sqlglot, trees only .* ([\d.]+) MB/s"])
    elsewhere = f"sqlglot {elsewhere}, this run" if elsewhere else ""
    return [("DDL file to JSON, MB/s of CPU", reached or "skipped: no corpus", "30", elsewhere)]


def csv(text):
    pattern = r"^argosy discover +([\d.]+) MB .* ([\d.]+) MB/s  peak +(\d+) MB"
    found = re.search(pattern, text, re.M)
    size, rate, peak = found.groups() if found else ("", "", "")
    raw = figures(text, [r"^raw: wc -l.* ([\d.]+) MB/s"])[0]
    what = f"CSV of {size} MB: MB/s by the clock, MB of memory"
    return [(what, f"{rate}, {peak}", "200, 64", f"wc -l {raw}, this run")]


def live(text):
    seconds = "  ".join(re.findall(r"(?:cold|warm): ([\d.]+) s", text))
    return [("live PostgreSQL, 2,000 tables, s: cold, then warm", seconds, "2", "Prisma 1.2, 680 models")]


def benchmarks_of(arguments):
    """The same shape as parts_of()."""
    ddl_corpus = ["--corpus", os.path.join(arguments.corpora, "open", "ddl")]
    program, bench = ["--program", arguments.argosy], os.path.join("..", "..", "bench")
    probe = os.path.join(os.path.dirname(os.path.realpath(arguments.argosy)), "ddl_probe")
    return [
        ("speed", [os.path.join(bench, "ddl", "speed.py"), *ddl_corpus, "--program", probe], in_memory),
        ("end to end", [os.path.join(bench, "ddl", "end_to_end.py"), *ddl_corpus, *program], end_to_end),
        ("csv", [os.path.join(bench, "csv", "end_to_end.py"), *program], csv),
        ("live", ["live.py", "--argosy", arguments.argosy], live),
    ]


def parts_of(arguments):
    """(name, command line, how its report is read)"""
    def corpus(name):
        return os.path.join(arguments.corpora, "open", name)

    program = ["--program", arguments.argosy]
    parts = [
        ("ddl", ["ddl.py", "--corpus", corpus("ddl"), *program], ddl),
        ("fk", ["fk.py", "--corpus", corpus("fk"), "--argosy", arguments.argosy, *FK_FLOORS], fk),
        ("types", ["column_types.py", "--corpus", corpus("types"), *program], types),
        ("nested", ["nested.py", "--corpus", corpus("nested"), "--types", corpus("types"), *program], nested),
        ("pii", ["pii.py", "--corpus", corpus("pii"), *program], pii),
    ]
    return parts


def generated(arguments):
    """The sets that are made here; their own reports say more than one line could."""
    failed = False
    with tempfile.TemporaryDirectory(prefix="argosy-measure-") as folder:
        people = os.path.join(folder, "people")
        code, text = run("generate_people.py", people)
        if code == 0:
            corpus = os.path.join(arguments.corpora, "open", "pii")
            code, text = run("pii.py", "--corpus", corpus, "--people", people, "--program", arguments.argosy)
        print(f"\n-- people and harmless columns of our own making\n{text}", end="")
        failed = failed or code != 0
        traps = os.path.join(folder, "traps")
        code, text = run("generate_traps.py", traps)
        if code == 0:
            code, text = run("pii.py", "--people", traps, "--program", arguments.argosy)
        print(f"\n-- columns that only look like personal data, alone and beside people\n{text}", end="")
        failed = failed or code != 0
        made = os.path.join(folder, "types")
        code, text = run("generate_types.py", made)
        if code == 0:
            code, text = run("column_types.py", "--made", made, "--program", arguments.argosy)
        print(f"\n-- types of columns of our own making\n{text}", end="")
        failed = failed or code != 0
    code, text = run("generate_related.py", "--argosy", arguments.argosy, "--floors", "0.97", "0.9")
    print(f"\n-- databases full of traps\n{text}", end="")
    failed = failed or code != 0
    code, text = run("generate_related.py", "--argosy", arguments.argosy, "--hidden", "--floors", "0.97", "0.4")
    print(f"\n-- the same with names that say nothing (of keys that do not count from 1)\n{text}", end="")
    return failed or code != 0


def main():
    parser = argparse.ArgumentParser()
    shared = os.environ.get("ARGOSY_CORPORA", os.path.join(os.path.dirname(ROOT), "shared", "corpora"))
    parser.add_argument("--argosy", default=os.environ.get("ARGOSY_BIN", os.path.join(ROOT, "build", "argosy")))
    parser.add_argument("--corpora", default=shared)
    parser.add_argument("--generated", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--text", action="store_true")
    arguments = parser.parse_args()
    arguments.argosy = os.path.abspath(arguments.argosy)
    failed, table, reports = False, [], []
    for name, command, read in parts_of(arguments) + (benchmarks_of(arguments) if arguments.speed else []):
        code, text = run(*command)
        reports.append(f"\n-- {name}\n{text}")
        failed = failed or code != 0
        if text.startswith("skipped"):
            table.append((name, "skipped: no corpus", "", ""))
        elif code != 0:
            table.append((name, "FAILED: " + text.strip().splitlines()[-1][:100] if text.strip() else "FAILED", "", ""))
        else:
            table += read(text)
    width = max(len(row[0]) for row in table)
    print(f"{'measured':{width}}  {'reached':28}  {'target':11}  best elsewhere")
    for what, reached, target, elsewhere in table:
        print(f"{what:{width}}  {reached:28}  {target:11}  {elsewhere}".rstrip())
    if arguments.text:
        print("".join(reports), end="")
    if arguments.generated:
        failed = generated(arguments) or failed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
