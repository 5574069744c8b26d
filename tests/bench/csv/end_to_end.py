#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""end_to_end.py - a large CSV file to the whole of its discovery as JSON: `argosy discover FILE --output json`.

usage: end_to_end.py [--program PATH] [--megabytes N] [--rounds N]

Eight columns (numbers, a decimal, a day with time, a word of few, a code, a quoted text, an empty one now and then),
every row another. Beside it in turns the raw limit: the same file read by `cat`, and its lines counted by `wc -l`. By
the clock, the file in the page cache; the best of the rounds.
"""
import argparse
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
WORDS = ("amber basalt cedar delta ember fjord garnet harbour indigo juniper kestrel lagoon meadow nickel opal pebble "
         "quartz raven saffron timber umber violet willow yarrow zephyr").split()
STATES = ("open", "paid", "sent", "returned")


def tails(rng, count):
    """What follows the number of a row: made once, in another order each time around."""
    made = []
    for _ in range(count):
        day = "20%02d-%02d-%02d %02d:%02d:%02d" % (rng.randrange(10, 25), rng.randrange(1, 13), rng.randrange(1, 29),
                                                   rng.randrange(24), rng.randrange(60), rng.randrange(60))
        text = " ".join(rng.choice(WORDS) for _ in range(rng.randrange(2, 9)))
        made.append(",%d,%.2f,%s,%s,%s%05d,\"%s, %s\",%s\n" % (
            rng.randrange(100000), rng.random() * 1000, day, rng.choice(STATES), rng.choice("ABCD"),
            rng.randrange(100000), text, rng.choice(WORDS), rng.choice(WORDS) if rng.random() < 0.7 else ""))
    return made


def write(path, size):
    rng = random.Random(20261122)
    made, written, row = tails(rng, 100000), 0, 0
    with open(path, "w", encoding="ascii") as out:
        out.write("id,customer_id,amount,created_at,status,code,note,remark\n")
        while written < size:
            rng.shuffle(made)
            written += out.write("".join("%d%s" % (row + i, tail) for i, tail in enumerate(made)))
            row += len(made)


def run(command):
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit("end_to_end.py: %s: exit code %d" % (" ".join(command), process.returncode))
    return {"wall": time.monotonic() - begin, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.path.join(ROOT, "build", "release", "argosy"))
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if not os.access(arguments.program, os.X_OK):
        sys.exit("end_to_end.py: no program %s: build the preset release, or say --program" % arguments.program)
    with tempfile.TemporaryDirectory(prefix="argosy-csv-") as folder:
        path = os.path.join(folder, "rows.csv")
        # in a process of its own: a child's peak is at least what its parent had when it was begun
        writer = multiprocessing.Process(target=write, args=(path, arguments.megabytes * 1e6))
        writer.start()
        writer.join()
        if writer.exitcode != 0:
            sys.exit("end_to_end.py: the file could not be written")
        size = os.path.getsize(path) / 1e6
        commands = {"argosy discover": [arguments.program, "discover", path, "--output", "json"],
                    "raw: cat": ["cat", path], "raw: wc -l": ["wc", "-l", path]}
        best = {}
        for _ in range(arguments.rounds):
            for name, command in commands.items():
                got = run(command)
                if name not in best or got["wall"] < best[name]["wall"]:
                    best[name] = got
        for name, got in best.items():
            print("%-16s %7.1f MB  wall %6.2f s  cpu %6.2f s  %7.1f MB/s  peak %3.0f MB" %
                  (name, size, got["wall"], got["cpu"], size / got["wall"], got["mb"]))


if __name__ == "__main__":
    main()
