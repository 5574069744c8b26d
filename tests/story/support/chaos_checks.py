# SPDX-License-Identifier: Apache-2.0
"""What must hold after the chaos, asked by the story's own SQL beside `argosy fsck`."""

import collections

CANCELLED = 7

# Each names what it finds; every count must be 0.
RECORD = {
    "still live": "SELECT (SELECT count(*) FROM argosy.job_live) + (SELECT count(*) FROM argosy.job_bulk)",
    "neither live nor final": """
        SELECT count(*) FROM argosy.job j WHERE NOT EXISTS (SELECT FROM argosy.job_history h WHERE h.id = j.id)
        AND NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = j.id)""",
    "succeeded twice": """
        SELECT count(*) FROM (SELECT id FROM argosy.job_history WHERE state = 5 GROUP BY id HAVING count(*) > 1) s""",
    "final twice under one epoch": """
        SELECT count(*) FROM (SELECT id FROM argosy.job_history GROUP BY id, epoch HAVING count(*) > 1) s""",
}


def all_ended(crew):
    """Nothing is live. What is in bulk becomes live and never goes back: asked in that order."""
    return not any(
        crew.rows(f"SELECT EXISTS (SELECT FROM argosy.{table})")[0][0] for table in ("job_bulk", "job_live")
    )


def record(crew):
    found = {what: crew.rows(sql)[0][0] for what, sql in RECORD.items()}
    found["failed"] = crew.rows("SELECT id, epoch, attempts, error FROM argosy.job_history WHERE state = 6 LIMIT 5")
    return found


def accepted(crew, load):
    """Ids that were accepted and have no final row."""
    finals = {row[0] for row in crew.rows("SELECT DISTINCT id FROM argosy.job_history")}
    return sorted(set(load.chunks) - finals)


def target(crew, load):
    """The rows in the target against what the record says of their jobs."""
    last = {
        job: (state, epoch, finished)
        for job, state, epoch, finished in crew.rows(
            "SELECT DISTINCT ON (id) id, state, epoch, finished FROM argosy.job_history ORDER BY id, n DESC"
        )
    }
    found = {"written twice": [], "of nobody": [], "after the end": [], "above the final epoch": [], "too few": [],
             "too many": [], "epoch fell": []}
    counts, before = {}, {}
    rows = crew.rows(
        "SELECT job, chunk, count(*), max(epoch), max(at) FROM tally GROUP BY 1, 2 ORDER BY 1, 2", database="target"
    )
    for job, chunk, times, epoch, at in rows:
        counts[job] = counts.get(job, 0) + 1
        if times != 1:
            found["written twice"].append((job, chunk))
        if job not in last:
            found["of nobody"].append(job)
            continue
        _, final_epoch, finished = last[job]
        if at > finished:
            found["after the end"].append((job, chunk))
        if epoch > final_epoch:
            found["above the final epoch"].append((job, chunk))
        if epoch < before.get(job, 0):
            found["epoch fell"].append((job, chunk))
        before[job] = epoch
    for job, chunks in load.chunks.items():
        state = last.get(job, (None,))[0]
        if state not in (CANCELLED, None) and counts.get(job, 0) < chunks:
            found["too few"].append(job)
        if counts.get(job, 0) > chunks:
            found["too many"].append(job)
    return found


def stream(crew, heard):
    """The same for a client of the event stream, which came back by itself each time it broke. Told to resync it was
    told that it may have missed something; twice it may never hear anything."""
    names = {5: "succeeded", 6: "failed", 7: "cancelled"}
    rows = {(i, e, names[s]) for i, e, s in crew.rows("SELECT id, epoch, state FROM argosy.job_history")}
    finals, resyncs = collections.Counter(), 0
    for event in heard.all():
        resyncs += event["type"] == "resync"
        if event["type"] in names.values():
            finals[event["job"], event["epoch"], event["type"]] += 1
    return resyncs, {
        "heard twice": sorted(key for key, times in finals.items() if times > 1),
        "not in the record": sorted(set(finals) - rows),
        "never heard": [] if resyncs else sorted(rows - set(finals)),
    }


def events(crew, reader):
    """Final rows of the record that the reader has not heard of, and those it has heard more than once."""
    names = {5: "succeeded", 6: "failed", 7: "cancelled"}
    rows = {(i, e, names[s]) for i, e, s in crew.rows("SELECT id, epoch, state FROM argosy.job_history")}
    return {
        "never heard": sorted(rows - set(reader.finals)),
        "heard twice": sorted(key for key, times in reader.finals.items() if times > 1),
        "not in the record": sorted(set(reader.finals) - rows),
        "epoch fell": reader.fell,
    }
