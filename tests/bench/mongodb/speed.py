#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Discovery of a MongoDB beside a bare loop over the same documents.

    speed.py BUILD [DOCUMENTS] [PAIRS]      BUILD has mongodb_bench; 100000 documents, 5 pairs

Starts the imitation of MongoDB that the tests use, fills it, and runs `mongodb_bench bare` and `mongodb_bench argosy`
in turns. The server's own work is the same on both sides, so compare the CPU seconds of the client.
"""
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
PREPARE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "support", "mongodb", "prepare.py")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, server):
    for _ in range(600):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        if server.poll() is not None:
            sys.exit("the imitation of MongoDB ended")
        time.sleep(0.1)
    sys.exit("the imitation of MongoDB did not come up")


def measure(program, url, documents, pairs):
    subprocess.run([program, url, "fill", str(documents)], check=True)
    seconds = {"bare": [], "argosy": []}
    for _ in range(pairs):
        for side, runs in seconds.items():
            line = subprocess.run([program, url, side], check=True, stdout=subprocess.PIPE, text=True).stdout
            print(line, end="", flush=True)
            runs.append([float(n) for n in re.search(r"([\d.]+) s wall, ([\d.]+) s CPU", line).groups()])
    for side, runs in seconds.items():
        wall, cpu = (statistics.median(column) for column in zip(*runs))
        print(f"{side}: median {wall:.2f} s wall, {cpu:.2f} s CPU")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    documents, pairs = (int(sys.argv[i]) if len(sys.argv) > i else default for i, default in ((2, 100000), (3, 5)))
    folder, port = tempfile.mkdtemp(prefix="argosy-mongodb-"), free_port()
    subprocess.run(["/usr/bin/python3", "-B", PREPARE, folder, str(port)], check=True)
    server = subprocess.Popen(["java", f"@{folder}/java.args"])
    try:
        wait_for(port, server)
        measure(os.path.join(sys.argv[1], "mongodb_bench"), f"mongodb://127.0.0.1:{port}", documents, pairs)
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
