# SPDX-License-Identifier: Apache-2.0
"""What the scripts share that prepare a server for a test: tools that are run, and what a registry is asked for."""
import fcntl
import os
import subprocess
import sys
import time

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "build",
                        "fixtures")
TRIES, PAUSE_S = 4, 10


def done(argv):
    return subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def told(argv, finished):
    """Ends this program with the tool's own words if it failed."""
    if finished.returncode != 0:
        sys.exit(f"{' '.join(argv)}\nended with {finished.returncode}:\n{finished.stdout[-4000:]}")


def run(argv):
    told(argv, done(argv))


def download(argv):
    """The same for what needs a network: again after a while, and one at a time, since Maven's processes share a folder
    without looking out for one another."""
    os.makedirs(FIXTURES, exist_ok=True)
    with open(os.path.join(FIXTURES, "download.lock"), "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for again in range(TRIES):
            time.sleep(again * PAUSE_S)
            finished = done(argv)
            if finished.returncode == 0:
                return
    told(argv, finished)
