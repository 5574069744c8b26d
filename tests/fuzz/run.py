# SPDX-License-Identifier: Apache-2.0
"""Runs the fuzz targets: `./dev test` each for half a minute, `./dev fuzz` for as long as one likes.

  run.py short NAME... [--seconds N]   each that long; a find fails
  run.py long [NAME...]                each an hour, in slices; killed, it goes on where it was; a table at the end
  run.py table                         that table
  run.py coverage [PREFIX]             lines that the seeds and the grown corpora reach, per file of PREFIX

A target starts from its seeds (tests/fuzz/corpus/NAME) and from what it has found worth keeping before
(BUILD/corpus/NAME). A crash, a leak, an input that takes too long or too much memory is left in BUILD/found/NAME and
told with the line that runs it again; what was found earlier is tried first, and forgotten once it is mended. Words
that help a target are named in it: "fuzz: words sql mysql" are tests/fuzz/words/{sql,mysql}.words.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from support import coverage, table  # noqa: E402

HOUR_S, SLICE_S = 3600, 300
LENGTH_MAX = 64 * 1024
TRIES = 20  # finds after which a slice of a long run ends early


class Fuzz:
    """The targets of a folder and their programs."""

    def __init__(self, options):
        self.targets, self.build = options.targets, options.build
        self.timeout_s, self.memory_mb = options.timeout, options.memory

    def names(self, wanted=()):
        matches = map(re.compile(r"fuzz_(\w+)\.c$").match, os.listdir(self.targets))
        known = sorted(match[1] for match in matches if match)
        for name in wanted:
            if name not in known:
                sys.exit(f"no fuzz target {name}: {self.targets}/fuzz_{name}.c does not exist")
        return list(wanted) or known

    def program(self, name):
        return os.path.join(self.build, f"fuzz_{name}")

    def folder(self, kind, name):
        path = os.path.join(self.build, kind, name)
        os.makedirs(path, exist_ok=True)
        return path

    def corpora(self, name):
        """The one that grows comes first, as libFuzzer wants it."""
        return [self.folder("corpus", name), os.path.join(self.targets, "corpus", name)]

    def words(self, name):
        """-dict=FILE of the words that the target asks for."""
        with open(os.path.join(self.targets, f"fuzz_{name}.c"), encoding="utf-8") as stream:
            asked = re.search(r"fuzz: words ([\w ]+)", stream.read())
        if not asked:
            return []
        path = os.path.join(self.folder("words", name), "words")
        with open(path, "w", encoding="ascii") as out:
            for word in asked[1].split():
                with open(os.path.join(self.targets, "words", f"{word}.words"), encoding="ascii") as stream:
                    out.write(stream.read())
        return [f"-dict={path}"]

    def found(self, name):
        folder = self.folder("found", name)
        return [os.path.join(folder, one) for one in sorted(os.listdir(folder)) if not one.startswith("slow-unit-")]

    def limits(self):
        return [f"-timeout={self.timeout_s}", f"-rss_limit_mb={self.memory_mb}"]

    def call(self, name, *arguments):
        """What it said; standard error holds all of it."""
        environment = {"ASAN_OPTIONS": "abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1", **os.environ}
        done = subprocess.run([self.program(name), *arguments], capture_output=True, check=False, env=environment,
                              stdin=subprocess.DEVNULL)
        return done.returncode, (done.stderr + done.stdout).decode("utf-8", "replace")

    def still_fails(self, name):
        """The first of what was found before that still fails, with what it says; others are forgotten."""
        for path in self.found(name):
            code, text = self.call(name, *self.limits(), path)
            if code != 0:
                return path, text
            os.remove(path)
        return None

    def run(self, name, seconds, chance=0):
        """(exit code, what it said); chance: where its dice begin, 0 anywhere."""
        return self.call(name, f"-max_total_time={seconds}", f"-seed={chance}", f"-max_len={LENGTH_MAX}",
                         "-print_final_stats=1", f"-artifact_prefix={self.folder('found', name)}/", *self.limits(),
                         *self.words(name), *self.corpora(name))


def figures(text):
    """The last figures that libFuzzer told, and the targets' edges."""
    loaded = re.search(r"INFO: Loaded \d+ modules?\s+\((\d+) inline", text)
    told = re.findall(r"^#(\d+)\s.* cov: (\d+) .*?corp: (\d+)", text, re.M)
    units = re.search(r"number_of_executed_units: (\d+)", text)
    last = [int(n) for n in told[-1]] if told else [0, 0, 0]
    return {"runs": int(units[1]) if units else last[0], "edges": last[1], "corpus": last[2],
            "edges_total": int(loaded[1]) if loaded else 0}


def tell(fuzz, name, path, text):
    """A find: what happened, where, and how to see it again."""
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if re.search(r"ERROR: |runtime error: |Assertion", line)), None)
    print("\n".join(lines[-30:] if start is None else lines[start:start + 30]))
    print(f"fuzz {name}: FOUND {path}\n"
          f"  again:   {fuzz.program(name)} {' '.join(fuzz.limits())} {path}\n"
          f"  smaller: {fuzz.program(name)} {' '.join(fuzz.limits())} -minimize_crash=1 -runs=20000 {path}\n"
          f"  once it is mended: give the small one as a seed to {fuzz.targets}/corpus/{name}/", flush=True)


def short(fuzz, name, seconds, chance=0):
    """One target for so long; true: nothing found."""
    before = fuzz.still_fails(name)
    if before:
        tell(fuzz, name, *before)
        return False
    code, text = fuzz.run(name, seconds, chance)
    found = fuzz.found(name)
    if code != 0 or found:
        tell(fuzz, name, found[0] if found else "(no file: it ended by itself)", text)
        return False
    seen = figures(text)
    if seen["runs"] == 0:
        print(f"fuzz {name}: nothing was run\n{text[-2000:]}", flush=True)
        return False
    print(f"fuzz {name}: {seen['runs']} inputs in {seconds} s, {seen['edges']} of {seen['edges_total']} edges, "
          f"{seen['corpus']} inputs in the corpus", flush=True)
    return True


class Book:
    """What long runs did so far, on disk after each slice."""

    def __init__(self, fuzz):
        self.path = os.path.join(fuzz.build, "long.json")
        self.rows = {}
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as stream:
                self.rows = json.load(stream)

    def row(self, name):
        return self.rows.setdefault(name, {"seconds": 0, "runs": 0, "edges": 0, "edges_total": 0, "corpus": 0,
                                           "found": 0})

    def add(self, fuzz, name, seconds, seen):
        row = self.row(name)
        row.update(seconds=row["seconds"] + seconds, runs=row["runs"] + seen["runs"], corpus=seen["corpus"],
                   edges=max(row["edges"], seen["edges"]), edges_total=seen["edges_total"],
                   found=len(fuzz.found(name)))
        with open(self.path + ".new", "w", encoding="utf-8") as stream:
            json.dump(self.rows, stream, indent=1)
        os.replace(self.path + ".new", self.path)


def one_slice(fuzz, name, seconds):
    """Goes on after a find, with another seed of chance; (seconds used, figures)."""
    begin, runs, left = time.monotonic(), 0, seconds
    for _ in range(TRIES):
        had = set(fuzz.found(name))
        code, text = fuzz.run(name, left)
        seen = figures(text)
        runs += seen["runs"]
        if code == 0:
            break
        for path in sorted(set(fuzz.found(name)) - had):
            tell(fuzz, name, path, text)
        if seen["runs"] == 0 and set(fuzz.found(name)) == had:
            sys.exit(f"fuzz {name} does not run:\n{text[-2000:]}")
        left = int(seconds - (time.monotonic() - begin))
        if left < 1:
            break
    return time.monotonic() - begin, {**seen, "runs": runs}


def long(fuzz, names, total_s, slice_s, jobs):
    """Slice by slice, the least advanced first, so that an evening gives something for every target."""
    book = Book(fuzz)

    def work(name):
        seconds = min(slice_s, total_s - book.row(name)["seconds"])
        return name, one_slice(fuzz, name, max(1, int(seconds)))

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        while True:
            waiting = [name for name in names if book.row(name)["seconds"] < total_s - 1]
            if not waiting:
                break
            waiting.sort(key=lambda name: book.row(name)["seconds"])
            for name, (seconds, seen) in pool.map(work, waiting[:jobs]):
                book.add(fuzz, name, seconds, seen)
                print(f"fuzz {name}: {int(book.row(name)['seconds'])} of {total_s} s", file=sys.stderr, flush=True)
    print(table.of(book.rows, names))
    return not any(fuzz.found(name) for name in names)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=("short", "long", "table", "coverage"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--slice", type=int, default=SLICE_S)
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--timeout", type=int, default=10, help="seconds that one input may take")
    parser.add_argument("--memory", type=int, default=2048, help="MB that a target may take")
    parser.add_argument("--chance", type=int, default=0, help="where the dice of a short run begin; 0: anywhere")
    parser.add_argument("--targets", default=HERE)
    parser.add_argument("--build", default=os.path.join(HERE, "..", "..", "build", "fuzz"))
    options = parser.parse_args()
    options.targets, options.build = os.path.abspath(options.targets), os.path.abspath(options.build)
    os.chdir(os.path.join(HERE, "..", ".."))
    options.targets, options.build = os.path.relpath(options.targets), os.path.relpath(options.build)
    fuzz = Fuzz(options)
    if options.mode == "coverage":
        print(coverage.of(fuzz, options.names[0] if options.names else ""))
        return 0
    names = fuzz.names(options.names)
    if options.mode == "table":
        print(table.of(Book(fuzz).rows, names))
        return 0
    if options.mode == "long":
        return 0 if long(fuzz, names, options.seconds, options.slice, options.jobs) else 1
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        return 0 if all(list(pool.map(lambda name: short(fuzz, name, options.seconds, options.chance), names))) else 1


if __name__ == "__main__":
    sys.exit(main())
