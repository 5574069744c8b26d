#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""
generate_related.py - databases whose references are known and not declared, with traps; and how well they are found.

usage: generate_related.py [--argosy PROGRAM] [--count N] [--seed S] [--keep DIR] [--verbose] [--hidden]

Each database is a SQLite file made from a seed: a schema in one of several ways of naming, rows that obey its
references, and what misleads: ids that count from 1 in every table, empty tables, rows without a parent, codes
that overlap by chance, columns of small numbers that are in every key, names copied from the parent, tables
that have nothing to do with each other and the same ranges, ids of foreign systems, references to one of
several tables. Some declare no primary key either. The last lines are precision and recall over all databases,
at confidence 0.5. --hidden: tables are t1, t2, ... and columns col1, col2, ..., so that only values tell; databases
whose keys count from 1 have nothing to be found, and count for precision only.
"""
import argparse
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile

ENTITIES = {
    "customer": "person", "product": "thing", "order": "event", "invoice": "event", "payment": "event",
    "shipment": "event", "warehouse": "thing", "supplier": "person", "employee": "person", "department": "thing",
    "category": "thing", "address": "thing", "country": "thing", "city": "thing", "currency": "thing",
    "project": "thing", "task": "event", "ticket": "event", "comment": "event", "document": "thing",
    "vehicle": "thing", "driver": "person", "route": "thing", "stop": "thing", "trip": "event",
    "course": "thing", "student": "person", "teacher": "person", "enrollment": "event", "exam": "event",
    "room": "thing", "building": "thing", "device": "thing", "sensor": "thing", "reading": "event",
    "patient": "person", "doctor": "person", "visit": "event", "drug": "thing", "prescription": "event",
    "account": "thing", "branch": "thing", "card": "thing", "transfer": "event", "contract": "thing",
    "campaign": "thing", "lead": "person", "vendor": "person", "asset": "thing", "region": "thing",
}
ROLES = ["billing", "shipping", "primary", "origin", "target", "home", "previous", "main", "backup", "assigned"]
SHORT = {"customer": "cust", "product": "prod", "department": "dept", "employee": "emp", "address": "addr",
         "account": "acct", "category": "cat", "document": "doc", "warehouse": "whse", "vehicle": "veh"}
ATTRIBUTES = ["name", "status", "created_at", "amount", "quantity", "priority", "description", "position", "level",
              "score", "rank", "version", "zip_code", "phone", "year"]


def plural(word):
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


class Style:
    """How one schema names things."""

    def __init__(self, rng):
        self.camel = rng.random() < 0.3
        self.plural = rng.random() < 0.5
        self.own_id = rng.random() < 0.5  # customer_id in customers, else id
        self.short = rng.random() < 0.25
        self.prefix = rng.choice(["", "", "", "tbl", "app", "x"])
        self.keys = rng.random() > 0.2  # primary keys are declared
        self.numbers = rng.choice(["dense", "dense", "dense", "sparse", "text"])

    def join(self, words):
        if self.camel:
            return words[0] + "".join(w[:1].upper() + w[1:] for w in words[1:])
        return "_".join(words)

    def table(self, words):
        words = list(words)
        if self.plural:
            words[-1] = plural(words[-1])
        return self.join(([self.prefix] if self.prefix else []) + words)

    def key(self, words):
        return self.join(self.stem(words) + ["id"]) if self.own_id else "id"

    def stem(self, words):
        return [SHORT.get(w, w) for w in words] if self.short else list(words)

    def reference(self, words, role=None):
        return self.join(([role] if role else []) + self.stem(words) + ["id"])


class Table:
    def __init__(self, words):
        self.words = words
        self.name = ""
        self.key = None       # column
        self.columns = []     # (name, function of the row's number)
        self.rows = 0
        self.values = []      # of the key
        self.primary = []


def key_values(rng, style, rows, word):
    if style.numbers == "dense":
        return list(range(1, rows + 1))
    if style.numbers == "sparse":
        return rng.sample(range(1000, 1000 + 50 * rows), rows)
    return ["%s-%05d" % (word[:3].upper(), n) for n in rng.sample(range(1, 90000), rows)]


def attribute(rng, name):
    if name in ("amount", "score"):
        return lambda: round(rng.random() * 900, 2)
    if name in ("quantity", "priority", "position", "level", "rank", "version"):
        top = rng.choice([3, 5, 10, 20])
        return lambda: rng.randint(1, top)
    if name == "year":
        return lambda: rng.randint(1990, 2024)
    if name == "status":
        return lambda: rng.choice("ABCDE")
    if name == "created_at":
        return lambda: "2024-%02d-%02d 10:00:00" % (rng.randint(1, 12), rng.randint(1, 28))
    if name == "zip_code":
        return lambda: "%05d" % rng.randint(10000, 99999)
    if name == "phone":
        return lambda: "+1%09d" % rng.randint(0, 10**9 - 1)
    return lambda: "%s %d" % (name, rng.randint(1, 5000))


def add_reference(rng, truth, table, parent, column, missing):
    if column in [c[0] for c in table.columns] or column == table.key:
        return
    if table.rows and not parent.values:
        return
    pool = parent.values if rng.random() < 0.6 else rng.sample(parent.values, max(1, len(parent.values) // 2))
    nulls = rng.choice([0, 0, 0.1, 0.4])

    def value():
        if rng.random() < nulls:
            return None
        if rng.random() < missing:
            return 987654 if not isinstance(pool[0], str) else "ZZZ-99999"
        return rng.choice(pool)
    table.columns.append((column, value))
    truth.add((table.name, (column,), parent.name, (parent.key,)))


def make(path, seed, hidden=False):
    rng = random.Random(seed)
    style = Style(rng)
    truth = set()
    tables = []
    for word in rng.sample(sorted(ENTITIES), rng.randint(7, 16)):
        t = Table([word])
        t.name, t.key = style.table(t.words), style.key(t.words)
        t.rows = rng.choice([5, 12, 40, 40, 150, 150, 400])
        t.values = key_values(rng, style, t.rows, word)
        t.primary = [t.key]
        tables.append(t)
    for i, t in enumerate(tables):
        for parent in rng.sample(tables[:i], min(i, rng.choice([0, 1, 1, 2, 2, 3]))):
            missing = 0.02 if rng.random() < 0.15 else 0
            role = rng.choice(ROLES) if rng.random() < 0.25 else None
            add_reference(rng, truth, t, parent, style.reference(parent.words, role), missing)
            if role and rng.random() < 0.4:
                add_reference(rng, truth, t, parent, style.reference(parent.words, rng.choice(ROLES)), 0)
        if rng.random() < 0.15:
            add_reference(rng, truth, t, t, style.join(["parent", "id"]), 0)
        people = [p for p in tables[:i] if ENTITIES[p.words[0]] == "person" and p.words[0] == "employee"]
        if people and rng.random() < 0.4:
            add_reference(rng, truth, t, people[0], style.join(["created", "by"]), 0)
        for name in rng.sample(ATTRIBUTES, rng.randint(2, 6)):
            t.columns.append((style.join(name.split("_")), attribute(rng, name)))
        if rng.random() < 0.2:  # an id of somebody else's system, from the same range
            t.columns.append((style.join(["external", "id"]), lambda rng=rng: rng.randint(1, 30)))
        if rng.random() < 0.15 and i > 2:  # one of several tables
            t.columns.append((style.join(["target", "id"]), lambda rng=rng: rng.randint(1, 10)))
            t.columns.append((style.join(["target", "type"]), lambda rng=rng: rng.choice(["x", "y"])))
    details(rng, style, truth, tables)
    mislead(rng, style, truth, tables)
    for t in rng.sample(tables, 2):
        if not any(t.name in (x[2], x[3]) for x in truth):
            t.rows, t.values = 0, []
    if hidden:
        truth = set() if style.numbers == "dense" else truth
        truth = hide(truth, tables)
    write(path, rng, style, tables)
    return truth


def details(rng, style, truth, tables):
    """Detail tables with a key of two columns, junctions, and a copy that is kept for the record."""
    first = list(tables)
    events = [t for t in first if ENTITIES[t.words[0]] == "event"]
    for head in events[:2]:
        t = Table(head.words + ["line"])
        t.name = style.table(t.words)
        own = style.reference(head.words) if not style.own_id else head.key
        t.rows = min(200, 2 * head.rows)
        pairs = [(v, n) for v in head.values for n in range(1, 4)][:t.rows]
        t.rows = len(pairs)
        counter = {"n": -1}

        def left(pairs=pairs, counter=counter):
            counter["n"] += 1
            return pairs[counter["n"]][0]
        t.columns = [(own, left), (style.join(["line", "no"]), lambda p=pairs, c=counter: p[c["n"]][1])]
        t.primary = [own, t.columns[1][0]]
        truth.add((t.name, (own,), head.name, (head.key,)))
        t.columns.append((style.join(["unit", "price"]), attribute(rng, "amount")))
        tables.append(t)
        if pairs and style.keys and rng.random() < 0.5:  # what refers to both columns together
            tables.append(make_return(rng, style, truth, head, t, pairs))
    if len(first) > 4:
        a, b = rng.sample(first, 2)
        t = Table(a.words + b.words)
        t.name = style.table(t.words)
        ca = a.key if style.own_id else style.reference(a.words)
        cb = b.key if style.own_id else style.reference(b.words)
        pairs = sorted({(rng.choice(a.values), rng.choice(b.values)) for _ in range(60)})
        t.rows = len(pairs)
        counter = {"n": -1}

        def one(pairs=pairs, counter=counter):
            counter["n"] += 1
            return pairs[counter["n"]][0]
        t.columns = [(ca, one), (cb, lambda p=pairs, c=counter: p[c["n"]][1])]
        t.primary = [ca, cb]
        truth.add((t.name, (ca,), a.name, (a.key,)))
        truth.add((t.name, (cb,), b.name, (b.key,)))
        tables.append(t)


def make_return(rng, style, truth, head, line, pairs):
    t = Table(head.words + ["return"])
    t.name, t.key = style.table(t.words), style.key(t.words)
    t.rows, t.primary = 25, [t.key]
    t.values = list(range(1, t.rows + 1)) if style.numbers != "text" else ["RET-%03d" % n for n in range(t.rows)]
    state = {}

    def left():
        state["pair"] = rng.choice(pairs)
        return state["pair"][0]
    t.columns = [(line.primary[0], left), (line.primary[1], lambda: state["pair"][1]),
                 (style.join(["reason"]), attribute(rng, "description"))]
    truth.add((t.name, tuple(line.primary), line.name, tuple(line.primary)))
    truth.add(("implied", t.name, line.primary[0], head.name))
    return t


def mislead(rng, style, truth, tables):
    """Names that say a table and mean something else; tables that hold another one's rows again."""
    first = [t for t in tables if len(t.words) == 1 and t.values]
    for t in rng.sample(first, min(4, len(first))):
        other = rng.choice([x for x in first if x is not t])
        taken = {c[0] for c in t.columns}
        kind = rng.choice(["count", "no", "copied", "code", "bare", "key_of_other"])
        if kind == "count":    # how many there are
            column, value = style.join(other.words + ["count"]), lambda rng=rng: rng.randint(0, 12)
        elif kind == "no":     # a number of its own system, in the range of nearly every key
            column, value = style.join(other.words + ["number"]), lambda rng=rng: rng.randint(1, 60)
        elif kind == "copied":  # the parent's name, written down once more
            column, value = style.join(other.words + ["name"]), attribute(rng, "name")
        elif kind == "code":   # overlaps with nothing
            column = style.join(other.words + ["code"])
            value = lambda rng=rng: "%s%d" % (rng.choice("ABC"), rng.randint(1, 9))
        elif kind == "bare":   # the word alone, as a text
            column = style.join(other.words)
            value = lambda rng=rng, w=other.words[0]: "%s %d" % (w, rng.randint(1, 9))
        else:                  # the same name with other values: another system's id
            column, value = style.reference(other.words, "legacy"), lambda rng=rng: rng.randint(500000, 900000)
        if column not in taken and column != t.key:
            t.columns.append((column, value))
    for t in rng.sample(first, min(2, len(first))):  # kept for the record: the keys of rows that may be gone
        copy = Table(t.words + [rng.choice(["archive", "history", "import"])])
        copy.name, copy.key, copy.primary = style.table(copy.words), style.join(["row", "id"]), []
        copy.rows = min(t.rows, 60)
        copy.values = rng.sample(range(1, 4 * copy.rows + 1), copy.rows)
        copy.primary = [copy.key]
        for name in rng.sample(ATTRIBUTES, 4):
            copy.columns.append((style.join(name.split("_")), attribute(rng, name)))
        tables.append(copy)


def write(path, rng, style, tables):
    db = sqlite3.connect(path)
    for t in tables:
        names = ([t.key] if t.key else []) + [c[0] for c in t.columns]
        kinds = []
        for name in names:
            is_id = name.lower().endswith("id") or name.lower().endswith("by")
            kinds.append('"%s" %s' % (name, "INTEGER" if is_id and style.numbers != "text" else
                                      "VARCHAR(20)" if is_id else "NUMERIC" if name == "amount" else ""))
        primary = ", PRIMARY KEY (%s)" % ", ".join('"%s"' % p for p in t.primary) if style.keys and t.primary else ""
        db.execute('CREATE TABLE "%s" (%s%s)' % (t.name, ", ".join(kinds), primary))
        for n in range(t.rows):
            row = ([t.values[n]] if t.key else []) + [value() for _, value in t.columns]
            db.execute('INSERT INTO "%s" VALUES (%s)' % (t.name, ", ".join("?" * len(row))), row)
    db.commit()
    db.close()


def hide(truth, tables):
    """Names that say nothing, in a database and in what is true of it."""
    names, columns = {}, {}
    for i, t in enumerate(tables):
        all_of_it = ([t.key] if t.key else []) + [c[0] for c in t.columns]
        columns[t.name] = {c: "col%d" % (n + 1) for n, c in enumerate(all_of_it)}
        names[t.name] = "t%d" % (i + 1)
    hidden = set()
    for fact in truth:
        if fact[0] == "implied":
            hidden.add(("implied", names[fact[1]], columns[fact[1]][fact[2]], names[fact[3]]))
            continue
        a, from_columns, b, to_columns = fact
        hidden.add((names[a], tuple(columns[a][c] for c in from_columns), names[b],
                    tuple(columns[b][c] for c in to_columns)))
    for t in tables:
        mine = columns[t.name]
        t.columns = [(mine[c], value) for c, value in t.columns]
        t.primary = [mine[p] for p in t.primary]
        t.key = mine[t.key] if t.key else None
        t.name = names[t.name]
    return hidden


def told(argosy, path):
    run = subprocess.run([argosy, "discover", path, "--output", "json"], check=True, stdout=subprocess.PIPE)
    return {(r["from_table"], tuple(r["from_columns"]), r["to_table"], tuple(r["to_columns"])): r
            for r in json.loads(run.stdout.decode())["relationships"] if r["confidence"] >= 0.5}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--argosy", default=os.environ.get("ARGOSY_BIN", "build/argosy"))
    options.add_argument("--count", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep")
    options.add_argument("--verbose", action="store_true")
    options.add_argument("--hidden", action="store_true", help="names that say nothing")
    options.add_argument("--floors", nargs=2, type=float, metavar=("PRECISION", "RECALL"), help="fail below them")
    o = options.parse_args()
    folder = o.keep or tempfile.mkdtemp(prefix="argosy-related-")
    os.makedirs(folder, exist_ok=True)
    right = wrong = missed = 0
    for seed in range(o.seed, o.seed + o.count):
        path = os.path.join(folder, "related-%d.sqlite" % seed)
        if os.path.exists(path):
            os.unlink(path)
        truth = make(path, seed, o.hidden)
        found = told(o.argosy, path)
        implied = {t[1:] for t in truth if t[0] == "implied"}  # through the line: as good as true, nobody's merit
        truth = {t for t in truth if t[0] != "implied"}
        found = {k: r for k, r in found.items() if (k[0], k[1][0], k[2]) not in implied}
        right += len(truth & set(found))
        wrong += len(set(found) - truth)
        missed += len(truth - set(found))
        if o.verbose:
            for key in sorted(set(found) - truth):
                print("%d wrong  %s -> %s %.3f: %s" % (seed, key[0] + str(key[1]), key[2] + str(key[3]),
                                                       found[key]["confidence"], found[key]["evidence"]))
            for key in sorted(truth - set(found)):
                print("%d missed %s -> %s" % (seed, key[0] + str(key[1]), key[2] + str(key[3])))
        if not o.keep:
            os.unlink(path)
    if not o.keep:
        os.rmdir(folder)
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    print("%d databases, %d references: precision %.3f, recall %.3f" % (o.count, right + missed, precision, recall))
    return 1 if o.floors and (precision < o.floors[0] or recall < o.floors[1]) else 0


if __name__ == "__main__":
    sys.exit(main())
