#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Statements parsed by grammars of T-SQL and Oracle's SQL that are not ours (sqlfluff's).

    parse.py FILE     JSON: [{"name", "dialect": "tsql" or "oracle", "sql"}, ...]
    parse.py --fetch  only what has to be fetched

Each must parse, and each with a slip in it must not: a comma too many, a bracket or the end gone. sqlfluff is
fetched by pip (as this machine's settings configure it) into build/fixtures of the checkout the first time. Prints what
is wrong and ends with 1, or with the tool's own words when it can't be had.
"""
import json
import multiprocessing
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from fetch import download, once  # noqa: E402

VERSION = "4.5.0"


def make(folder):
    argv = [sys.executable, "-m", "pip", "install", "--quiet", "--retries", "10", "--timeout", "60", "--target", folder]
    download([[*argv, f"sqlfluff=={VERSION}"]] * 4, folder)


def parses(dialect, sql):
    import sqlfluff  # pylint: disable=import-outside-toplevel
    from sqlfluff.api import APIParsingError  # pylint: disable=import-outside-toplevel

    try:
        sqlfluff.parse(sql, dialect=dialect)
        return ""
    except APIParsingError as refusal:
        return str(refusal)


# What the server documents and that grammar lacks: taken on trust.
# docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/SELECT.html (sample_clause), .../SET-TRANSACTION.html
SAMPLE = re.compile(r" SAMPLE BLOCK \([0-9.]+\) SEED \(1\)")
ON_TRUST = ("SET TRANSACTION READ ONLY",)


def comma(sql):
    """The first comma outside of quotes; -1: none."""
    quote = ""
    for at, char in enumerate(sql):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char == ",":
            return at
    return -1


def slips(sql, number):
    """The statement with one thing wrong; which, the number says."""
    words = list(re.finditer(r"\b(FROM|JOIN|ORDER BY|GROUP BY)\b", sql))
    if not words:
        return [sql.replace("SET ", "SET SET ", 1)] if "SET " in sql else [sql + " FROM FROM"]
    word, at, bracket = words[number % len(words)], comma(sql), sql.rfind(")")
    some = [sql[: word.end()] + " ," + sql[word.end() :], sql[: words[-1].end()]]
    if at >= 0:
        some.append(sql[:at] + "," + sql[at:])
    if bracket >= 0:
        some.append(sql[:bracket] + sql[bracket + 1 :])
    return [some[number % len(some)]]


def judge(numbered):
    number, statement = numbered
    dialect, sql, wrong = statement["dialect"], statement["sql"], []
    if sql in ON_TRUST:
        return wrong
    sql = SAMPLE.sub("", sql) if dialect == "oracle" else sql
    refusal = parses(dialect, sql)
    if refusal:
        wrong.append(f"{statement['name']} is not understood:\n{sql}\n{refusal}")
    for slip in slips(sql, number):
        if not parses(dialect, slip):
            wrong.append(f"{statement['name']}: a slip was not seen: {slip}")
    return wrong


def main():
    home = once(f"sqlfluff-{VERSION}", make)
    if sys.argv[1] == "--fetch":
        return
    sys.path.insert(0, home)
    os.environ["PYTHONPATH"] = home
    with open(sys.argv[1], encoding="utf-8") as file:
        statements = json.load(file)
    with multiprocessing.Pool(2) as pool:
        wrong = [line for lines in pool.imap(judge, enumerate(statements), chunksize=4) for line in lines]
    for line in wrong:
        print(line)
    print(f"{len(statements)} statements, {len(wrong)} wrong")
    sys.exit(1 if wrong or not statements else 0)


if __name__ == "__main__":
    main()
