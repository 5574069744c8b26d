# SPDX-License-Identifier: Apache-2.0
"""Who belongs to a fleet: whoever has its data folder in the environment or command line, and all descendants of those.

A member is (pid, start time), so that a number that was given out again is somebody else.
"""

import os
import time


def _look(pid):
    """(start time, parent, environment and command line), or None."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            fields = f.read().rpartition(")")[2].split()
        text = b""
        for name in ("cmdline", "environ"):
            with open(f"/proc/{pid}/{name}", "rb") as f:
                text += f.read() + b"\0"
        return None if fields[0] == "Z" else (int(fields[19]), int(fields[1]), text)
    except OSError:
        return None   # it is gone, or somebody else's


def of(folder):
    """The processes of the fleet on that folder: {member: command line}."""
    seen = {int(pid): _look(pid) for pid in os.listdir("/proc") if pid.isdigit()}
    seen = {pid: what for pid, what in seen.items() if what}
    marks = (f"ARGOSY_DATA_DIR={folder}\0".encode(), f"{folder}/".encode(), f"--data-dir={folder}".encode())
    found = {pid for pid, (_, _, text) in seen.items() if any(mark in text for mark in marks)} - {os.getpid()}
    while True:
        more = {pid for pid, (_, parent, _) in seen.items() if parent in found} - found
        if not more:
            return {(pid, seen[pid][0]): seen[pid][2].split(b"\0\0")[0].decode("utf-8", "replace") for pid in found}
        found |= more


def users(members):
    """The real users of those that still are."""
    return {os.stat(f"/proc/{pid}").st_uid for pid, _ in members if os.path.exists(f"/proc/{pid}")}


def gone(folder, also=(), seconds=180):
    """Waits until nobody of that fleet, and none of `also`, is left; who is, otherwise."""
    deadline = time.monotonic() + seconds
    while True:
        left = of(folder)
        left.update({m: "of before" for m in also if (_look(m[0]) or (None,))[0] == m[1]})
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)
