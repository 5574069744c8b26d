#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""end_to_end.py - from an SQL file to the whole of its discovery as JSON: `argosy discover FILE --output json`.

usage: end_to_end.py [--corpus FOLDER] [--program PATH] [--megabytes N] [--rounds N] [--sqlglot PYTHON|install|no]

Texts: real schemas repeated under other names (speed.py), and what may show a square: 1,000 / 10,000 / 50,000 tables
of one schema, with and without foreign keys, 20,000 columns, as many foreign keys of one table. Beside them in the same
run the raw limit (the text read and as many bytes written as the JSON has, by cat) and sqlglot parsing a part of the
text. User and system CPU seconds and the peak of memory are the process's own (wait4); the best of the rounds counts.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import speed  # noqa: E402

WORDS = ("customer order item product invoice payment address user account role event session ticket message file "
         "tag comment review price stock warehouse supplier shipment carrier route stop vehicle driver city").split()
SQLGLOT = """import sys, time, sqlglot
text = open(sys.argv[1]).read()
begin = time.process_time()
sqlglot.parse(text, read="postgres", error_level=sqlglot.ErrorLevel.IGNORE)
print(time.process_time() - begin)
"""


def run(command, out):
    """What one process takes."""
    begin = time.monotonic()
    with open(out, "wb") as to:
        process = subprocess.Popen(command, stdout=to)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit("end_to_end.py: %s: exit code %d" % (" ".join(command), process.returncode))
    return {"user": usage.ru_utime, "sys": usage.ru_stime, "wall": time.monotonic() - begin,
            "mb": usage.ru_maxrss / 1024}


def best(commands, out, rounds):
    """In turns; of each the round with the least CPU."""
    found = [None] * len(commands)
    for _ in range(rounds):
        for i, command in enumerate(commands):
            got = run(command, out)
            if found[i] is None or got["user"] + got["sys"] < found[i]["user"] + found[i]["sys"]:
                found[i] = got
    return found


def show(name, size, got):
    cpu = got["user"] + got["sys"]
    print("%-34s %6.1f MB  user %6.3f  sys %5.3f  wall %6.3f s  %7.1f MB/s of CPU  peak %4.0f MB" %
          (name, size / 1e6, got["user"], got["sys"], got["wall"], size / 1e6 / max(cpu, 1e-3), got["mb"]))
    sys.stdout.flush()


def measure(arguments, name, path, out):
    size = os.path.getsize(path)
    run([arguments.program, "discover", path, "--output", "json"], out)
    copy = out + ".copy"
    os.replace(out, copy)
    mine, raw = best([[arguments.program, "discover", path, "--output", "json"], ["cat", path, copy]], out,
                     arguments.rounds)
    show(name, size, mine)
    show("  raw: cat of it and its JSON", size, raw)
    os.remove(copy)


def table_name(i):
    count = len(WORDS)
    parts = [WORDS[i % count]] + ([WORDS[i // count % count]] if i >= count else [])
    return "_".join(parts) + ("_%d" % (i // count ** 2) if i >= count ** 2 else "")


def write_tables(path, count, declared):
    with open(path, "w", encoding="utf-8") as out:
        for i in range(count):
            other = table_name(i * 7919 % count)
            out.write("CREATE TABLE %s (id bigserial PRIMARY KEY, name varchar(200) NOT NULL, email text,\n"
                      "  status varchar(20), made timestamptz DEFAULT now() NOT NULL, %s_id bigint, user_id bigint);\n"
                      % (table_name(i), other))
            if declared:
                out.write("ALTER TABLE %s ADD FOREIGN KEY (%s_id) REFERENCES %s (id);\n"
                          % (table_name(i), other, other))


def write_wide(path, count, declared):
    line = "c%d_id bigint REFERENCES p (id)" if declared else "c%d_note text"
    with open(path, "w", encoding="utf-8") as out:
        out.write("CREATE TABLE p (id bigint PRIMARY KEY);\nCREATE TABLE wide (id bigint PRIMARY KEY,\n")
        out.write(",\n".join(line % i for i in range(count - 1)) + ");\n")


def sqlglot_python(wanted, folder):
    """A Python that has sqlglot; None: there is none."""
    if wanted == "no":
        return None
    if wanted != "install":
        return wanted
    python = os.path.join(folder, "sqlglot", "bin", "python3")
    done = subprocess.run([sys.executable, "-m", "venv", os.path.dirname(os.path.dirname(python))], stdout=sys.stderr,
                          check=False)
    if done.returncode == 0:
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", "sqlglot"], stdout=sys.stderr, check=False)
    return python if done.returncode == 0 else None


def peer(arguments, path, folder):
    python = sqlglot_python(arguments.sqlglot, folder)
    if python is None:
        print("skipped: sqlglot (it can't be installed here)")
        return
    part = os.path.join(folder, "part.sql")
    with open(path, encoding="utf-8") as text, open(part, "w", encoding="utf-8") as out:
        for line in text:
            if out.tell() > 1000000 and line == ";\n":
                break
            out.write(line)
    done = subprocess.run([python, "-c", SQLGLOT, part], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        print("skipped: sqlglot (it fails on this text)")
        return
    seconds = float(done.stdout)
    print("%-34s %6.1f MB  user %6.3f  %42.1f MB/s of CPU" % ("  sqlglot, trees only",
          os.path.getsize(part) / 1e6, seconds, os.path.getsize(part) / 1e6 / seconds))


def main():
    parser = argparse.ArgumentParser()
    shared = os.environ.get("ARGOSY_CORPORA", os.path.join(os.path.dirname(speed.ROOT), "shared", "corpora"))
    parser.add_argument("--corpus", default=os.path.join(shared, "open", "ddl"))
    parser.add_argument("--program", default=os.path.join(speed.ROOT, "build", "release", "argosy"))
    parser.add_argument("--megabytes", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sqlglot", default="install")
    arguments = parser.parse_args()
    if not os.access(arguments.program, os.X_OK):
        sys.exit("end_to_end.py: no program %s: build the preset release, or say --program" % arguments.program)
    with tempfile.TemporaryDirectory(prefix="argosy-discover-") as folder:
        path, out = os.path.join(folder, "text.sql"), os.path.join(folder, "out.json")
        if os.path.isdir(arguments.corpus):
            speed.write(speed.pieces_of(os.path.join(arguments.corpus, "pg")), arguments.megabytes * 1e6, path)
            measure(arguments, "real schemas, PostgreSQL", path, out)
            peer(arguments, path, folder)
        else:
            print("skipped: no corpus at %s" % arguments.corpus)
        for count in (1000, 10000, 50000):
            for declared in (True, False):
                write_tables(path, count, declared)
                measure(arguments, "%d tables, %s" % (count, "declared" if declared else "undeclared"), path, out)
        for declared in (True, False):
            write_wide(path, 20000, declared)
            measure(arguments, "20,000 %s" % ("foreign keys" if declared else "columns"), path, out)


if __name__ == "__main__":
    main()
