#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""
fit_fk.py - fits the weights of jobs/discovery/relationships/relationship_weights.h, and says how good they are
where they were not fitted.

usage: fit_fk.py --probe PROGRAM --corpus DIR --catalogs DIR [--write | --check] [--quick] [--misses CASE]

DIR of --corpus holds truth.json of each case, DIR of --catalogs the same case as CASE.json in the catalog's form, as
`fk.py --catalogs DIR` leaves them. --check ends with 1 when the table does not hold the weights that are fitted. The
model is a conditional logit: the candidates of a column against each other and against "none", fitted by Newton's
method with a penalty on how far the weights leave their priors. Each family has one vote, however many dialects it
comes in, and columns of one name count less the more tables have it. Cross-validated means: each family is judged by
weights fitted on the others; the small schemas, each a family of its own, in six parts. There is one table of weights
for all. The last lines say how often what was told with a confidence was right (cross-validated).
"""
import argparse
import json
import math
import os
import re
import subprocess
import sys

WEIGHTS = os.path.join(os.path.dirname(__file__), "../../../jobs/discovery/relationships/relationship_weights.h")
PENALTY = 2.0
GAIN = 2.5  # what a reference that is missed costs beside one that is wrong
ALIKE = 0.8  # n columns of one name in one schema count as n to the power of 1 - ALIKE
CLOSE = 0.001  # a step that betters the sum by less is the last one
FOLDS_SMALL = 6  # families of the small schemas are judged in so many parts


def cases_of(corpus):
    for folder, _, files in sorted(os.walk(corpus)):
        if "truth.json" in files:
            with open(os.path.join(folder, "truth.json"), encoding="utf-8") as file:
                yield os.path.relpath(folder, corpus), json.load(file)


def key_of(fk):
    pairs = sorted(zip([c.lower() for c in fk["from_columns"]], [c.lower() for c in fk["to_columns"]]))
    return fk["from_table"].lower(), fk["to_table"].lower(), tuple(pairs)


def read_groups(probe, catalogs, names):
    """{case: [[(key, features)]]}"""
    found = {}
    for name in names:
        path = os.path.join(catalogs, name + ".json")
        text = subprocess.run([probe, "--features", path], check=True, stdout=subprocess.PIPE).stdout.decode()
        groups = {}
        for line in text.splitlines():
            item = json.loads(line)
            groups.setdefault(item["group"], []).append((key_of(item), tuple(item["features"])))
        found[name] = list(groups.values())
    return found


def prepare(groups, truth, index):
    """Groups as ([features as numbers], label or -1, weight)."""
    made = []
    alike = {}
    for group in groups:
        name = group[0][0][2][0][0]
        alike[name] = alike.get(name, 0) + 1
    for group in groups:
        label = -1
        rows = []
        for position, (key, features) in enumerate(group):
            rows.append(tuple(index[f] for f in features))
            if key in truth and label < 0:
                label = position
        made.append((rows, label, alike[group[0][0][2][0][0]] ** -ALIKE))
    return made


def merge(parts):
    """Equal groups once, with their weights added."""
    merged = {}
    for groups, weight in parts:
        for rows, label, share in groups:
            order = sorted(range(len(rows)), key=lambda i: (rows[i], i != label))
            key = tuple(rows[i] for i in order), order.index(label) if label >= 0 else -1
            merged[key] = merged.get(key, 0.0) + weight * share
    return [(rows, label, weight * (GAIN if label >= 0 else 1.0)) for (rows, label), weight in merged.items()]


def shares(rows, w):
    scores = [sum(w[f] for f in row) for row in rows]
    top = max(0.0, max(scores))
    parts = [math.exp(s - top) for s in scores]
    total = sum(parts) + math.exp(-top)
    return [p / total for p in parts]


def solve(a, b):
    n = len(b)
    a = [row[:] + [b[i]] for i, row in enumerate(a)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(a[r][i]))
        a[i], a[pivot] = a[pivot], a[i]
        for r in range(i + 1, n):
            factor = a[r][i] / a[i][i]
            if factor:
                top, row = a[i], a[r]
                for c in range(i, n + 1):
                    row[c] -= factor * top[c]
    x = [0.0] * n
    for i in range(n - 1, -1, -1):
        x[i] = (a[i][n] - sum(a[i][c] * x[c] for c in range(i + 1, n))) / a[i][i]
    return x


def loss_of(data, w, prior):
    loss = 0.5 * PENALTY * sum((x - y) ** 2 for x, y in zip(w, prior))
    for rows, label, weight in data:
        p = shares(rows, w)
        loss -= weight * math.log(max(1e-12, p[label] if label >= 0 else 1.0 - sum(p)))
    return loss


def fit(data, w, prior, rounds):
    n = len(w)
    w = w[:]
    last = loss_of(data, w, prior)
    for _ in range(rounds):
        gradient = [PENALTY * (x - y) for x, y in zip(w, prior)]
        hessian = [[0.0] * n for _ in range(n)]
        for i in range(n):
            hessian[i][i] = PENALTY
        for rows, label, weight in data:
            mean = {}
            for row, p in zip(rows, shares(rows, w)):
                if p < 1e-6:
                    continue
                q = p * weight
                for i in row:
                    mean[i] = mean.get(i, 0.0) + p
                    line = hessian[i]
                    for k in row:
                        line[k] += q
            for i, a in mean.items():
                gradient[i] += weight * a
                line = hessian[i]
                scaled = weight * a
                for k, b in mean.items():
                    line[k] -= scaled * b
            if label >= 0:
                for i in rows[label]:
                    gradient[i] -= weight
        step = solve(hessian, gradient)
        scale = 1.0
        while True:
            tried = [x - scale * s for x, s in zip(w, step)]
            loss = loss_of(data, tried, prior)
            if loss <= last or scale < 0.01:
                break
            scale /= 2
        w = tried
        if last - loss < CLOSE:
            break
        last = loss
    return w


def judge(groups, truth, w, index, seen=None):
    told = set()
    for group in groups:
        rows = [tuple(index[f] for f in features) for _, features in group]
        p = shares(rows, w)
        best = max(range(len(p)), key=lambda i: p[i])
        if seen is not None:
            seen.append((p[best], group[best][0] in truth))
        if p[best] >= 0.5:
            told.add(group[best][0])
    return told, len(told & truth), len(told - truth), len(truth - told)


def f1(tp, fp, fn):
    return 2 * tp / (2 * tp + fp + fn) if tp else 0.0


def report(title, results, families):
    for label, small in (("real schemas", False), ("small schemas", True)):
        names = [n for n in results if n.startswith("spider/") == small]
        sums = [sum(results[n][1 + i] for n in names) for i in range(3)]
        by_family = {}
        for name in names:
            by_family.setdefault(families[name], []).append(f1(*results[name][1:]))
        macro = sum(sum(v) / len(v) for v in by_family.values()) / max(1, len(by_family))
        tp, fp, fn = sums
        print("%-16s %-14s P=%.3f R=%.3f micro F1=%.3f macro F1=%.3f" % (
            title, label, tp / max(1, tp + fp), tp / max(1, tp + fn), f1(*sums), macro))


def calibration(title, seen):
    """How often the best candidate of a column was right, by its confidence."""
    parts = []
    for low in range(1, 10):
        right = [r for p, r in seen if low <= p * 10 < low + 1]
        if right:
            parts.append("0.%d: %.2f of %d" % (low, sum(right) / len(right), len(right)))
    print("%-16s %s" % (title, "; ".join(parts)))


def write_weights(names, w):
    with open(WEIGHTS, encoding="utf-8") as file:
        text = file.read()
    for name, value in zip(names, w):
        line = re.search(r"    X\(%s, (-?[0-9.]+), -?[0-9.]+, (\".*?\")\) *(\\?)\n" % name, text)
        made = "    X(%s, %s, %.2f, %s)" % (name, line.group(1), value + 0.0, line.group(2))
        made = (made.ljust(118) + " \\" if line.group(3) else made) + "\n"
        text = text.replace(line.group(0), made)
    with open(WEIGHTS, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--probe", required=True)
    options.add_argument("--corpus", required=True)
    options.add_argument("--catalogs", required=True)
    options.add_argument("--write", action="store_true", help="puts the weights into the table")
    options.add_argument("--check", action="store_true", help="ends with 1 when the table holds other weights")
    options.add_argument("--quick", action="store_true", help="no cross-validation")
    options.add_argument("--misses", help="what was told wrongly and what was missed in this case")
    o = options.parse_args()
    if not os.path.isdir(o.corpus):
        print("skipped: no corpus at", o.corpus)
        return 0
    with open(WEIGHTS, encoding="utf-8") as file:
        rows = re.findall(r"^    X\((\w+), (-?[0-9.]+), (-?[0-9.]+), ", file.read(), re.M)
    names = [r[0] for r in rows]
    index = {n: i for i, n in enumerate(names)}
    cases = dict(cases_of(o.corpus))
    truth = {n: {key_of(f) for f in t["fks"]} for n, t in cases.items()}
    families = {n: t.get("family", n) for n, t in cases.items()}
    size = {}
    for family in families.values():
        size[family] = size.get(family, 0) + 1
    groups = read_groups(o.probe, o.catalogs, cases)
    made = {n: prepare(groups[n], truth[n], index) for n in cases}
    reach = {n: len({k for g in groups[n] for k, _ in g} & truth[n]) for n in cases}
    print("within reach of the candidates: %d of %d" % (sum(reach.values()), sum(len(t) for t in truth.values())))

    def data(of):
        return merge([(made[n], 1.0 / size[families[n]]) for n in of])

    prior = [float(r[1]) for r in rows]
    w = fit(data(cases), prior, prior, 12)
    results = {n: judge(groups[n], truth[n], w, index) for n in cases}
    report("fitted", results, families)
    if o.write:
        write_weights(names, w)
    other = [n for n, r, x in zip(names, rows, w) if abs(float(r[2]) - x) > 0.006]
    if o.check:
        print("the table holds what is fitted" if not other else "other weights in the table: " + " ".join(other))
    crossed = {}
    seen = {True: [], False: []}
    if not o.quick:
        small = sorted(n for n in cases if n.startswith("spider/"))
        folds = [[n for n in cases if families[n] == f] for f in sorted(set(families.values()))
                 if not f.startswith("spider/")]
        folds += [small[i::FOLDS_SMALL] for i in range(FOLDS_SMALL)]
        for fold in folds:
            other = fit(data([n for n in cases if n not in fold]), w, prior, 12)
            for name in fold:
                crossed[name] = judge(groups[name], truth[name], other, index, seen[name.startswith("spider/")])
        report("cross-validated", crossed, families)
        calibration("real schemas", seen[False])
        calibration("small schemas", seen[True])
        for name in sorted(crossed):
            if not name.startswith("spider/"):
                counts = crossed[name][1:]
                print("   %-20s tp=%3d fp=%3d fn=%3d F1=%.3f" % ((name,) + counts + (f1(*counts),)))
    for miss in (o.misses.split(",") if o.misses else ()):
        print("==", miss)
        by_key = {k: f for g in groups[miss] for k, f in g}
        told = (crossed or results)[miss][0]
        for word, keys in (("wrong", told - truth[miss]), ("missed", truth[miss] - told)):
            for key in sorted(keys):
                print(word, key[0], ",".join(p[0] for p in key[2]), "->", key[1], ",".join(p[1] for p in key[2]),
                      " ".join(by_key.get(key, ("no candidate",))))
    return 1 if o.check and other else 0


if __name__ == "__main__":
    sys.exit(main())
