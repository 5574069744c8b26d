# SPDX-License-Identifier: Apache-2.0
"""What the scripts share that prepare a server for a test: folders that are made once, and what comes over a network.

ctest runs each script with --fetch before the first test that needs it (fetch.NAME, "ctest: needs NAME"), so that a
slow network takes none of a test's time; a test that is started by hand fetches for itself.

A download is tried again, and what has come is looked at. One at a time, for this user: Maven's processes share a
folder without looking out for one another. The last tries have a folder of their own, in case that one is damaged.
"""
import fcntl
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

FIXTURES = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "build",
                        "fixtures")
PAUSE_S, TRY_MAX_S = 10, 420  # four tries and the pauses are less than fetch.NAME may take
SILENCE_MS = 60000            # a server's; Maven's own limit is half an hour


def once(name, make):
    """The folder of that name below build/fixtures, by make(folder) the first time: it appears whole or not at all, and
    who asks meanwhile waits."""
    home = os.path.join(FIXTURES, name)
    os.makedirs(FIXTURES, exist_ok=True)
    with open(home + ".lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(home):
            for left in glob.glob(glob.escape(home) + ".new.*"):  # of one that was killed
                shutil.rmtree(left, ignore_errors=True)
            fresh = tempfile.mkdtemp(prefix=name + ".new.", dir=FIXTURES)
            os.chmod(fresh, 0o755)
            make(fresh)
            os.rename(fresh, home)
    return home


def visible(path):
    """Can any user read what is there? Servers of a test do not run as root."""
    while path != "/":
        if not os.stat(path).st_mode & 0o001:
            return False
        path = os.path.dirname(path)
    return True


def attempt(argv, seconds=None):
    """None, or what went wrong in the tool's own words. It dies with us."""
    words = ["setpriv", "--pdeathsig", "KILL", *argv]
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors="replace", check=False, timeout=seconds)
    except subprocess.TimeoutExpired as late:
        return f"{' '.join(argv)}\nhad not ended after {seconds} s; so far: {str(late.stdout)[-4000:]}"
    if done.returncode == 0:
        return None
    return f"{' '.join(argv)}\nended with {done.returncode}:\n{done.stdout[-4000:]}"


def run(argv):
    """Ends this program with the tool's own words if it fails."""
    problem = attempt(argv)
    if problem:
        sys.exit(problem)


def download(ways, folder, look=lambda: None):
    """What the tool leaves in the folder, which is empty at each try. The ways (argv) are tried in turn, with pauses,
    until one works and look() finds nothing wrong. Ends this program with what was wrong last."""
    for number, argv in enumerate(ways):
        time.sleep(number * PAUSE_S)
        shutil.rmtree(folder, ignore_errors=True)
        problem = attempt(argv, TRY_MAX_S) or look()
        if not problem:
            return
    sys.exit(f"a download failed {len(ways)} times, the last one:\n{problem}")


def damaged(folder):
    """None, or what is wrong with the jars there."""
    jars = glob.glob(os.path.join(glob.escape(folder), "*.jar"))
    for jar in jars:
        try:
            with zipfile.ZipFile(jar) as packed:
                if packed.testzip():
                    return f"{jar} is damaged"
        except (OSError, zipfile.BadZipFile) as why:
            return f"{jar} is no jar: {why}"
    return None if jars else f"no jar has come to {folder}"


def maven(words, folder):
    """The jars that Maven copies there."""
    argv = ["mvn", "-q", "-B", f"-Dmaven.wagon.rto={SILENCE_MS}", f"-Daether.connector.requestTimeout={SILENCE_MS}",
            *words, f"-DoutputDirectory={folder}"]
    with tempfile.TemporaryDirectory(prefix="maven.", dir=FIXTURES) as own, open(shared_lock(), "a",
                                                                                 encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        again = [*argv, "-U"]  # asks even for what was not there a moment ago
        download([argv, again] + [[*again, f"-Dmaven.repo.local={own}"]] * 2, folder, lambda: damaged(folder))


def shared_lock():
    """Beside what it guards: the folder that all of this user's Mavens share."""
    folder = os.path.join(os.path.expanduser("~"), ".m2")
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError:
        folder = FIXTURES
    return os.path.join(folder if os.access(folder, os.W_OK) else FIXTURES, "argosy-tests.lock")
