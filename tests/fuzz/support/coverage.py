# SPDX-License-Identifier: Apache-2.0
"""Which lines of which files the corpora reach: the targets built with clang's own counters, run once over them."""
import concurrent.futures
import json
import os
import subprocess

PROFDATA, COV = "llvm-profdata-14", "llvm-cov-14"


def profile(fuzz, name):
    """Runs every input once; the grown corpus is that of the sanitizers' build."""
    path = os.path.join(fuzz.folder("profile", name), "raw")
    grown = os.path.join(os.path.dirname(fuzz.build), "fuzz", "corpus", name)
    corpora = [one for one in (grown, os.path.join(fuzz.targets, "corpus", name)) if os.path.isdir(one)]
    environment = {**os.environ, "LLVM_PROFILE_FILE": os.path.abspath(path)}
    done = subprocess.run([fuzz.program(name), "-runs=0", *corpora], env=environment, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0 or not os.path.exists(path):
        raise SystemExit(f"fuzz {name} failed on its corpus:\n{done.stderr[-2000:].decode('utf-8', 'replace')}")
    return path


def of(fuzz, prefix):
    names = fuzz.names()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        raw = list(pool.map(lambda name: profile(fuzz, name), names))
    merged = os.path.join(fuzz.build, "all.profdata")
    subprocess.run([PROFDATA, "merge", "-sparse", "-o", merged, *raw], check=True)
    programs = [fuzz.program(name) for name in names]
    more = [word for program in programs[1:] for word in ("-object", program)]
    done = subprocess.run([COV, "export", "-summary-only", "-instr-profile", merged, programs[0], *more], check=True,
                          capture_output=True, text=True)
    return text(json.loads(done.stdout)["data"][0]["files"], prefix)


def text(files, prefix):
    """Files that any input reached, sorted, with a sum."""
    rows = []
    for one in files:
        name, lines = os.path.normpath(one["filename"]), one["summary"]["lines"]
        if name.startswith(prefix) and not name.startswith("tests/") and lines["covered"] > 0:
            rows.append((name, lines["covered"], lines["count"]))
    rows.sort()
    rows.append(("together", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    width = max(len(row[0]) for row in rows)
    return "\n".join(f"{name.ljust(width)} {covered:6} of {count:6} lines {100 * covered / max(1, count):5.1f} %"
                     for name, covered, count in rows)
