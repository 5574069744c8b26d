#!/usr/bin/env -S /usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""Data files whose columns are written in many habits, and the type that each column has.

usage: generate_types.py OUT [--seed N] [--rows N] [--files N]

CSV with commas, with semicolons, TSV, JSON and NDJSON in turn. Each column is of one kind of KINDS; empty fields and
the marks that stand for nothing (NA, -, n/a, NULL) are strewn in. OUT/NAME.truth.json ({"file", "columns": {column:
type}}) has the form of the measuring corpora; in OUT/kinds.json stands what each column is.
"""
import argparse
import csv
import json
import os
import random
import string
import sys

MARKS = ["", "", "NA", "n/a", "-", "NULL", "null", "N/A", "None"]
MONTHS = "January February March April May June July August September October November December".split()
WORDS = "copper delta prime river stone cloud amber harbor maple onyx quartz raven willow zephyr".split()


def pick_day(rng):
    return rng.randint(1950, 2030), rng.randint(1, 12), rng.randint(1, 28)


def moment(rng):
    return pick_day(rng) + (rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59))


def grouped(rng, thousands, decimal, digits):
    text = format(round(rng.uniform(-9e6, 9e6), digits), ",.%df" % digits)
    return text.replace(",", "T").replace(".", decimal).replace("T", thousands)


def day_first(rng, form):
    year, month, day = pick_day(rng)
    return form.format(y=year, m=month, d=day, s=year % 100, n=MONTHS[month - 1][:3], l=MONTHS[month - 1])


def at_time(rng, form):
    year, month, day, hour, minute, second = moment(rng)
    return form.format(y=year, m=month, d=day, H=hour, M=minute, S=second, h=(hour - 1) % 12 + 1,
                       p="AM" if hour < 12 else "PM", f=rng.randint(0, 999))


def digits(rng, count):
    return "".join(rng.choices(string.digits, k=count))


DAYS = {"iso": "{y:04d}-{m:02d}-{d:02d}", "point": "{d:02d}.{m:02d}.{y:04d}", "slash_dmy": "{d:02d}/{m:02d}/{y:04d}",
        "slash_mdy": "{m:02d}/{d:02d}/{y:04d}", "slash_bare": "{m}/{d}/{y:04d}",
            "slash_iso": "{y:04d}/{m:02d}/{d:02d}",
        "compact": "{y:04d}{m:02d}{d:02d}", "named": "{d:02d}-{n}-{y:04d}", "named_blank": "{d} {n} {y}",
        "american": "{n} {d}, {y}", "long": "{l} {d}, {y}", "two_digits": "{m:02d}/{d:02d}/{s:02d}",
        "point_short": "{d}.{m}.{y}", "hyphen_dmy": "{d:02d}-{m:02d}-{y:04d}"}
MOMENTS = {"iso_t": "{y:04d}-{m:02d}-{d:02d}T{H:02d}:{M:02d}:{S:02d}",
    "iso_z": "{y:04d}-{m:02d}-{d:02d}T{H:02d}:{M:02d}:{S:02d}Z",
           "iso_blank": "{y:04d}-{m:02d}-{d:02d} {H:02d}:{M:02d}:{S:02d}",
               "minutes": "{y:04d}-{m:02d}-{d:02d} {H:02d}:{M:02d}",
           "millis": "{y:04d}-{m:02d}-{d:02d}T{H:02d}:{M:02d}:{S:02d}.{f:03d}+02:00",
               "point": "{d:02d}.{m:02d}.{y:04d} {H:02d}:{M:02d}",
           "slash": "{m:02d}/{d:02d}/{y:04d} {h}:{M:02d} {p}", "slash24": "{m}/{d}/{y} {H}:{M:02d}",
           "slash_iso": "{y:04d}/{m:02d}/{d:02d} {H:02d}:{M:02d}:{S:02d}",
               "zone": "{y:04d}-{m:02d}-{d:02d} {H:02d}:{M:02d}:{S:02d} UTC"}
TIMES = {"minutes": "{H:02d}:{M:02d}", "seconds": "{H:02d}:{M:02d}:{S:02d}", "half": "{h}:{M:02d} {p}",
         "half_seconds": "{h:02d}:{M:02d}:{S:02d} {p}", "millis": "{H:02d}:{M:02d}:{S:02d}.{f:03d}"}
TRUTHS = {"true": "true false", "upper": "TRUE FALSE", "yes": "yes no", "capital": "Yes No", "letter": "Y N",
    "tf": "t f",
          "switch": "on off", "german": "ja nein", "french": "oui non", "title": "True False",
          "spanish": "sí no", "italian": "si no", "polish": "tak nie", "portuguese": "sim não",
          "czech": "ano ne", "words": "verdadero falso"}


def strings_of(rng):
    """What stays text, however much it looks like a number or a day."""
    pick, number = rng.choice, rng.randint
    return {
        "zeros": ("string", "code account", lambda: digits(rng, 6)),
        "zip": ("string", "zip postal_code plz", lambda: str(number(10000, 99999))),
        "zip_zero": ("string", "col_a", lambda: digits(rng, 5)),
        "phone": ("string", "phone", lambda: "+49%s" % digits(rng, 9)),
        "phone_parted": ("string", "contact", lambda: "%s-%s-%s" % (digits(rng, 3), digits(rng, 3), digits(rng, 4))),
        "phone_blank": ("string", "hotline", lambda: "0%s %s" % (digits(rng, 3), digits(rng, 6))),
        "long_id": ("string", "ref tweet", lambda: "9" + digits(rng, 24)),
        "isbn": ("string", "isbn", lambda: "978" + digits(rng, 10)),
        "week": ("string", "week", lambda: "%d-W%02d" % (number(1990, 2030), number(1, 52))),
        "quarter": ("string", "quarter", lambda: "%d-Q%d" % (number(1990, 2030), number(1, 4))),
        "duration": ("string", "elapsed", lambda: "%d:%02d:%02d" % (number(25, 200), number(0, 59), number(0, 59))),
        "iso_duration": ("string", "lasts", lambda: "PT%dH%dM" % (number(0, 23), number(0, 59))),
        "version": ("string", "version", lambda: "%d.%d.%d" % (number(0, 9), number(0, 99), number(0, 99))),
        "range": ("string", "age_group", lambda: "%d-%d" % (number(1, 40), number(41, 99))),
        "ip": ("string", "host", lambda: ".".join(str(number(1, 250)) for _ in range(4))),
        "fraction": ("string", "odds", lambda: "%d/%d" % (number(1, 40), number(41, 99))),
        "unit": ("string", "weight", lambda: "%d kg" % number(1, 90)),
        "hexa": ("string", "color", lambda: "%06x" % number(0, 0xFFFFFF)),
        "word": ("string", "name", lambda: pick(WORDS)),
        "text": ("string", "note", lambda: " ".join(rng.choices(WORDS, k=5))),
        "letter": ("string", "grade", lambda: pick("ABCDF")),
        "mixed_text": ("string", "size", lambda: pick(["S", "M", "L", "42", "44"])),
        "uuid": ("string", "uuid",
            lambda: "%08x-%04x-4%03x-a%03x-%012x" % tuple(rng.getrandbits(b) for b in (32, 16, 12, 12, 48))),
        "point": ("string", "position", lambda: "%.4f,%.4f" % (rng.uniform(-90, 90), rng.uniform(-180, 180))),
        "some_dates": ("string", "due", lambda: pick(["soon", "2024-01-03", "2023-11-09"])),
    }


def kinds_of(rng):
    """kind -> (type, names a column may have, what makes a value)"""
    pick, number = rng.choice, rng.randint
    kinds = {
        "count": ("integer", "count visits", lambda: str(number(0, 5000))),
        "signed": ("integer", "delta", lambda: str(number(-900, 900))),
        "year": ("integer", "year season", lambda: str(number(1950, 2030))),
        "epoch": ("integer", "ts epoch", lambda: str(number(10**9, 2 * 10**9))),
        "epoch_ms": ("integer", "ts_ms", lambda: str(number(10**12, 2 * 10**12))),
        "big": ("integer", "bytes", lambda: str(number(10**17, 9 * 10**18))),
        "bits": ("integer", "flag is_open", lambda: pick("01")),
        "thousands": ("integer", "population", lambda: format(number(1000, 10**7), ",")),
        "thousands_blank": ("integer", "einwohner", lambda: format(number(1000, 10**7), ",").replace(",", " ")),
        "id": ("integer", "id order_id", lambda: str(number(10000, 99999))),
        "decimal": ("number", "price", lambda: "%.2f" % rng.uniform(0, 900)),
        "fine": ("number", "lat ratio", lambda: "%.6f" % rng.uniform(-90, 90)),
        "comma": ("number", "preis", lambda: ("%.2f" % rng.uniform(0, 900)).replace(".", ",")),
        "german": ("number", "umsatz", lambda: grouped(rng, ".", ",", 2)),
        "english": ("number", "revenue", lambda: grouped(rng, ",", ".", 2)),
        "swiss": ("number", "betrag", lambda: grouped(rng, "'", ".", 2)),
        "french": ("number", "montant", lambda: grouped(rng, " ", ",", 2)),
        "scientific": ("number", "mass", lambda: "%.4e" % rng.uniform(1e-12, 1e12)),
        "mixed": ("number", "value", lambda: pick(["%d", "%.1f"]) % rng.uniform(0, 99)),
        "percent": ("number", "share", lambda: "%.1f%%" % rng.uniform(0, 100)),
        "percent_blank": ("number", "anteil", lambda: ("%.1f %%" % rng.uniform(0, 100)).replace(".", ",")),
        "dollar": ("number", "cost", lambda: "$%s" % format(round(rng.uniform(1, 99999), 2), ",.2f")),
        "euro": ("number", "kosten", lambda: ("%.2f €" % rng.uniform(1, 999)).replace(".", ",")),
        "pound": ("number", "fee", lambda: "£%.2f" % rng.uniform(1, 999)),
        "code_money": ("number", "amount", lambda: "EUR %.2f" % rng.uniform(1, 999)),
        "brackets": ("number", "balance", lambda: pick(["(%.2f)", "%.2f"]) % rng.uniform(1, 999)),
        "bare_point": ("number", "p", lambda: pick(["", "-"]) + ".%d" % number(1, 999)),
        "real": ("number", "valor", lambda: "R$ %s" % grouped(rng, ".", ",", 2).lstrip("-")),
        "crowns": ("number", "cena", lambda: ("%.2f Kč" % rng.uniform(1, 999)).replace(".", ",")),
        "sheet": ("number", "quota", lambda: pick(["#DIV/0!", "#N/A"] + ["%.3f" % rng.random()] * 12)),
        "statistics": ("number", "rate", lambda: pick([".."] + ["%.1f" % rng.uniform(0, 99)] * 9)),
        "plus": ("number", "change", lambda: "%+.2f" % rng.uniform(-9, 9)),
        "nan": ("number", "reading", lambda: pick(["NaN"] + ["%.3f" % rng.gauss(0, 1)] * 9)),
    }
    kinds.update(strings_of(rng))
    for name, form in DAYS.items():
        kinds["day_" + name] = ("date", "day datum", lambda form=form: day_first(rng, form))
    for name, form in MOMENTS.items():
        kinds["moment_" + name] = ("datetime", "created stamp", lambda form=form: at_time(rng, form))
    for name, form in TIMES.items():
        kinds["time_" + name] = ("time", "clock opens", lambda form=form: at_time(rng, form))
    for name, both in TRUTHS.items():
        kinds["truth_" + name] = ("boolean", "active", lambda both=both: pick(both.split()))
    return kinds


def json_kinds(rng):
    """What has a type of its own in JSON."""
    pick, number = rng.choice, rng.randint
    return {
        "j_integer": ("integer", "n", lambda: number(-99, 9999)),
        "j_number": ("number", "x", lambda: round(rng.uniform(0, 9), 3)),
        "j_mixed": ("number", "v", lambda: pick([number(0, 9), round(rng.uniform(0, 9), 2)])),
        "j_truth": ("boolean", "on", lambda: pick([True, False])),
        "j_word": ("string", "w", lambda: pick(WORDS)), "j_digits": ("string", "code", lambda: digits(rng, 6)),
        "j_day": ("date", "d", lambda: day_first(rng, DAYS["iso"])),
        "j_moment": ("datetime", "at", lambda: at_time(rng, MOMENTS["iso_z"])),
        "j_tags": ("array", "tags", lambda: rng.sample(WORDS, number(0, 3))),
        "j_list": ("array", "values", lambda: [number(0, 9) for _ in range(3)]),
        "j_place": ("object", "place", lambda: {"x": number(0, 9), "y": number(0, 9)}),
        "j_null": ("integer", "maybe", lambda: pick([None, number(1, 9)])),
    }


def write_text(path, delimiter, header, columns):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(zip(*columns))


def write_json(path, header, columns):
    records = [dict(zip(header, row)) for row in zip(*columns)]
    with open(path, "w", encoding="utf-8") as file:
        if path.endswith(".ndjson"):
            file.writelines(json.dumps(record) + "\n" for record in records)
        else:
            json.dump(records, file)


def strewn(rng, kind, make, rows):
    """The values of a column, some of them missing; what is text keeps only fields that are empty."""
    share, marks = rng.choice([0, 0, 0.05, 0.2]), rng.choice([MARKS[:1], MARKS[:2] + [rng.choice(MARKS)]])
    marks = [""] if kind == "string" else marks
    return [rng.choice(marks) if rng.random() < share else make() for _ in range(rows)]


def data_file(out, number, rng, rows, deck, kinds_out):
    ending, delimiter = (("csv", ","), ("csv", ";"), ("tsv", "\t"), ("json", None), ("ndjson", None))[number % 5]
    kinds = json_kinds(rng) if delimiter is None else kinds_of(rng)
    picked = rng.sample(sorted(kinds), 8) if delimiter is None else [deck.pop() for _ in range(8)]
    name, header, truth, columns = "made_%03d.%s" % (number, ending), [], {}, []
    for kind in picked:
        of, names, make = kinds[kind]
        column = rng.choice(names.split())
        while column in truth:
            column += "_2"
        header.append(column)
        truth[column] = of
        kinds_out["%s/%s" % (name, column)] = kind
        columns.append([make() for _ in range(rows)] if delimiter is None else strewn(rng, of, make, rows))
    path = os.path.join(out, name)
    if delimiter is None:
        write_json(path, header, columns)
    else:
        write_text(path, delimiter, header, columns)
    with open(path + ".truth.json", "w", encoding="utf-8") as file:
        json.dump({"file": name, "columns": truth}, file, indent=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=120)
    parser.add_argument("--files", type=int, default=100)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    rng = random.Random(options.seed)
    kinds, names, deck = {}, sorted(kinds_of(rng)), []
    for number in range(options.files):
        if len(deck) < 8:  # every kind comes as often as the others
            deck = rng.sample(names, len(names)) + deck
        data_file(options.out, number, rng, options.rows, deck, kinds)
    with open(os.path.join(options.out, "kinds.json"), "w", encoding="utf-8") as file:
        json.dump(kinds, file, indent=1)


if __name__ == "__main__":
    sys.exit(main())
