# SPDX-License-Identifier: Apache-2.0
"""What long runs did, as a table for people and for pages: a line each target."""

HEAD = ("target", "seconds", "inputs", "inputs/s", "edges", "of", "corpus", "found")


def cells(name, row):
    per_s = row["runs"] / row["seconds"] if row["seconds"] else 0
    return (name, f"{row['seconds']:.0f}", f"{row['runs']}", f"{per_s:.0f}", f"{row['edges']}", f"{row['edges_total']}",
            f"{row['corpus']}", f"{row['found']}")


def of(rows, names):
    """rows: as long.json has them; targets that were never run are left out."""
    lines = [HEAD] + [cells(name, rows[name]) for name in names if name in rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join("| " + " | ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                                        for i, (cell, width) in enumerate(zip(line, widths))) + " |"
                     for line in lines)
