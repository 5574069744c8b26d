#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""pii.py - how much personal data is found: precision and recall of "is personal data" and of each class.

usage: pii.py [--corpus FOLDER] [--program PATH] [--people FOLDER] [-v]

The corpus is a folder of NAME.csv + NAME.truth.json with score_types.py two folders above; it is not part of the
project. Without one this says "skipped". --people takes what generate_people.py wrote and prints figures per style of
column names and class, and what of the harmless columns was taken for personal data; what generate_traps.py wrote is
taken too. -v prints the recall of each class and of each locale as well.
"""
import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
FLOORS = (0.96, 0.96)
# precision, recall and how many of 1,000 harmless columns may be taken for personal data, by style of made tables
MADE_FLOORS = {"english": (0.99, 0.99, 2), "native": (0.99, 0.99, 2), "hidden": (0.98, 0.94, 10), "harmless": (0, 0, 2),
               "goods told": (0, 0, 4), "goods hidden": (0, 0, 4), "mixed told": (0.97, 0.98, 20),
               "mixed hidden": (0.92, 0.93, 60), "names told": (0.98, 0.98, 15)}


def program_found():
    for build in ("release", "debug"):
        path = os.path.join(ROOT, "build", build, "argosy")
        if os.access(path, os.X_OK):
            return path
    sys.exit("pii.py: no program in build/: run ./dev build, or say --program")


def classes(program, path):
    """Column -> class, of the table of one CSV file."""
    done = subprocess.run([program, "discover", path, "--output", "json"], stdout=subprocess.PIPE, check=True)
    found = {}
    for table in json.loads(done.stdout)["tables"]:
        for column in table["columns"]:
            found[column["name"]] = column.get("pii", {}).get("class", "none")
    return found


def truths(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith(".truth.json"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                yield json.load(file)


def measure_corpus(arguments, program):
    scorer = os.path.join(os.path.dirname(os.path.dirname(arguments.corpus)), "score_types.py")
    if not os.path.isdir(arguments.corpus) or not os.path.exists(scorer):
        print("skipped: no corpus at %s" % arguments.corpus)
        return
    with tempfile.TemporaryDirectory(prefix="argosy-pii-") as folder:
        for truth in truths(arguments.corpus):
            found = classes(program, os.path.join(arguments.corpus, truth["file"]))
            with open(os.path.join(folder, truth["file"] + ".json"), "w", encoding="utf-8") as out:
                json.dump({"columns": found}, out)
        command = ["/usr/bin/python3", "-B", scorer, "pii", arguments.corpus, folder] + (["-v"] if arguments.v else [])
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    print(done.stdout, end="")
    words = dict(word.split("=") for word in done.stdout.split() if "=" in word)
    if float(words["P"]) < FLOORS[0] or float(words["R"]) < FLOORS[1]:
        sys.exit("pii.py: precision %s and recall %s, at least %.2f and %.2f were before" % (
            (words["P"], words["R"]) + FLOORS))


def style_of(name):
    """people_de_DE_hidden.csv is "hidden", goods_007_told.csv "goods told", stock_001.csv "harmless"."""
    sort, *_, style = name[:-4].split("_")
    return {"people": style, "stock": "harmless"}.get(sort, "%s %s" % (sort, style))


def is_low(counts, floors):
    personal = counts["both"] + counts["missed"]
    told, harmless = counts["both"] + counts["false"], counts["columns"] - personal
    return (counts["both"] < floors[0] * told and personal > 0) or counts["both"] < floors[1] * personal or (
        counts["false"] * 1000 > floors[2] * max(harmless, 500))


def measure_people(arguments, program):
    kinds_path = os.path.join(arguments.people, "kinds.json")
    kinds = {}
    if os.path.exists(kinds_path):
        with open(kinds_path, encoding="utf-8") as file:
            kinds = json.load(file)
    styles = collections.defaultdict(collections.Counter)
    missed, false = collections.Counter(), collections.Counter()
    of_class, of_locale = collections.defaultdict(collections.Counter), collections.defaultdict(collections.Counter)
    for truth in truths(arguments.people):
        style = style_of(truth["file"])
        found = classes(program, os.path.join(arguments.people, truth["file"]))
        for column, wanted in truth["columns"].items():
            got, counts = found.get(column, "none"), styles[style]
            counts["columns"] += 1
            counts["both"] += wanted != "none" and got != "none"
            counts["false"] += wanted == "none" and got != "none"
            counts["missed"] += wanted != "none" and got == "none"
            counts["exact"] += wanted != "none" and got == wanted
            if wanted != "none":
                of_class[(style, wanted)].update(there=1, found=got != "none")
                of_locale[(style, truth["file"].split("_", 1)[1][:5])].update(there=1, found=got != "none")
            if wanted != "none" and got != wanted:
                missed[(style, wanted, got)] += 1
            elif wanted == "none" and got != "none":
                false[(style, kinds.get("%s/%s" % (truth["file"], column), column), got)] += 1
    for style, counts in styles.items():
        told, there = counts["both"] + counts["false"], counts["both"] + counts["missed"]
        print("%-12s columns=%d personal=%d P=%.3f R=%.3f exact-class recall=%.3f false positives=%d" % (
            style, counts["columns"], there, counts["both"] / max(1, told), counts["both"] / max(1, there),
            counts["exact"] / max(1, there), counts["false"]))
    for groups in (of_class, of_locale) if arguments.v else ():
        for (style, group), counts in sorted(groups.items()):
            print("  %s: %-11s %3d of %3d found" % (style, group, counts["found"], counts["there"]))
    for (style, wanted, got), count in sorted(missed.items()):
        print("  %s: %s taken for %s: %d" % (style, wanted, got, count))
    for (style, kind, got), count in sorted(false.items()):
        print("  %s: harmless %s taken for %s: %d" % (style, kind, got, count))
    low = [style for style, counts in styles.items() if is_low(counts, MADE_FLOORS[style])]
    if low:
        sys.exit("pii.py: below the floor: " + ", ".join(low))


def main():
    parser = argparse.ArgumentParser()
    shared = os.environ.get("ARGOSY_CORPORA", os.path.join(os.path.dirname(ROOT), "shared", "corpora"))
    parser.add_argument("--corpus", default=os.path.join(shared, "open", "pii"))
    parser.add_argument("--program")
    parser.add_argument("--people")
    parser.add_argument("-v", action="store_true")
    arguments = parser.parse_args()
    program = arguments.program or program_found()
    if arguments.people:
        measure_people(arguments, program)
    else:
        measure_corpus(arguments, program)


if __name__ == "__main__":
    main()
