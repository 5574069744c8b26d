#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""
live.py - how long the discovery of a live PostgreSQL takes: tables of ten columns, 20 rows each, nearly all with a
declared foreign key.

usage: live.py [--argosy PROGRAM] [--tables N] [--rounds N] [--jit]

The server is private. The first round is the cold one; seconds of the clock and of the processor, of argosy and of the
server. --jit leaves the server as it comes, which compiles what looks costly.
"""
import argparse
import os
import resource
import subprocess
import sys
import time

import psycopg2

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
sys.path.insert(0, os.path.join(ROOT, "tests", "story"))
from support import servers  # noqa: E402

COLUMNS = ["name varchar(50)", "amount numeric(10,2)", "created_at timestamptz", "note text", "code varchar(10)",
           "active boolean", "quantity integer", "price double precision"]


def make(postgres, tables):
    connection = psycopg2.connect(postgres.conninfo)
    connection.autocommit = True
    cursor = connection.cursor()
    for i in range(tables):
        parent = f", parent_id integer DEFAULT 1 REFERENCES t{i // 2} (id)" if i > 0 else ""
        cursor.execute(f"CREATE TABLE t{i} (id integer PRIMARY KEY, {', '.join(COLUMNS)}{parent})")
        cursor.execute(
            f"INSERT INTO t{i} SELECT n, 'name ' || n, n * 1.5, now(), 'note', 'c' || n, n % 2 = 0, n, n / 3.0 "
            "FROM generate_series(1, 20) n"
        )
        if i % 3 == 0:
            cursor.execute(f"CREATE INDEX ON t{i} (code)")
    cursor.execute("ANALYZE")
    connection.close()


def of_server(postgres):
    """Seconds of the processor that ended sessions of the server have used, once the last one has ended."""
    before, same = -1, 0
    while same < 4:
        time.sleep(0.1)
        with open(f"/proc/{postgres.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        now = int(fields[13]) + int(fields[14])
        before, same = now, same + 1 if now == before else 0
    return before / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--argosy", default=os.environ.get("ARGOSY_BIN", os.path.join(ROOT, "build", "argosy")))
    parser.add_argument("--tables", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jit", action="store_true")
    arguments = parser.parse_args()
    postgres = servers.Postgres("max_locks_per_transaction=256", *(["jit=on"] if arguments.jit else []))
    make(postgres, arguments.tables)
    for number in range(arguments.rounds):
        server, client = of_server(postgres), resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.monotonic()
        subprocess.run([arguments.argosy, "discover", postgres.url, "--output", "json"], stdout=subprocess.DEVNULL,
                       check=True)
        seconds = time.monotonic() - begin
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime - client.ru_utime - client.ru_stime
        print(f"{arguments.tables} tables, {'cold' if number == 0 else 'warm'}: {seconds:.2f} s; processor: argosy "
              f"{cpu:.2f} s, server {of_server(postgres) - server:.2f} s", flush=True)


if __name__ == "__main__":
    main()
