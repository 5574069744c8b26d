-- SPDX-License-Identifier: Apache-2.0
-- Events that snapshot $1 did not see and snapshot $2 sees (NULL: this statement's own), in the order of n above $3, at
-- most $4; $5 job, $6 pipeline, or NULL for all. The first row always comes and holds only columns 1 and 2: the
-- snapshot read up to, and whether $1 reaches back behind what retention has dropped. Columns: snapshot, lost, n, type,
-- job, pipeline, kind, queue, final, JSON of the event.
WITH bound AS MATERIALIZED (
    SELECT $1::pg_snapshot AS prev, coalesce($2::pg_snapshot, pg_current_snapshot()) AS upto,
           pg_snapshot_xmin($1::pg_snapshot) <=
           (SELECT value::xid8 FROM argosy.setting WHERE name = 'events_floor') AS lost
), found AS (
    SELECT j.n, 'submitted' AS type, j.id AS job, 0::bigint AS epoch, j.submitted AS at, NULL::json AS data
    FROM argosy.job j
    WHERE (j.xid >= pg_snapshot_xmax($1::pg_snapshot) OR j.xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::pg_snapshot))))
      AND ($2::pg_snapshot IS NULL OR pg_visible_in_snapshot(j.xid, $2::pg_snapshot)) AND j.n > $3::bigint
      AND ($5::bigint IS NULL OR j.id = $5) AND ($6::bigint IS NULL OR j.pipeline = $6)
    UNION ALL
    SELECT e.n, e.type, e.job, e.epoch, e.at, e.data
    FROM argosy.event e
    WHERE (e.xid >= pg_snapshot_xmax($1::pg_snapshot) OR e.xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::pg_snapshot))))
      AND ($2::pg_snapshot IS NULL OR pg_visible_in_snapshot(e.xid, $2::pg_snapshot)) AND e.n > $3::bigint
      AND ($5::bigint IS NULL OR e.job = $5)
    UNION ALL
    SELECT h.n, argosy.state_name(h.state::int), h.id, h.epoch, h.finished,
           json_build_object('attempts', h.attempts, 'run_us', h.run_us, 'worker', h.worker, 'error', h.error)
    FROM argosy.job_history h
    WHERE (h.xid >= pg_snapshot_xmax($1::pg_snapshot) OR h.xid = ANY (ARRAY(SELECT pg_snapshot_xip($1::pg_snapshot))))
      AND ($2::pg_snapshot IS NULL OR pg_visible_in_snapshot(h.xid, $2::pg_snapshot)) AND h.n > $3::bigint
      AND ($5::bigint IS NULL OR h.id = $5) AND ($6::bigint IS NULL OR h.pipeline = $6)
), named AS (
    SELECT f.n, f.type, f.job, j.pipeline, j.kind, q.queue, f.type IN ('succeeded', 'failed', 'cancelled') AS final,
           json_build_object('type', f.type, 'job', f.job, 'epoch', f.epoch, 'at', f.at, 'kind', j.kind,
                             'queue', q.queue, 'tenant', q.tenant, 'pipeline', j.pipeline, 'step', j.step,
                             'data', f.data) AS event
    FROM found f JOIN argosy.job j ON j.id = f.job JOIN argosy.lane q ON q.id = j.lane
    WHERE $6::bigint IS NULL OR j.pipeline = $6
    ORDER BY f.n LIMIT $4::int
)
SELECT b.upto::text, b.lost, NULL::bigint, NULL::text, NULL::bigint, NULL::bigint, NULL::text, NULL::text,
       NULL::boolean, NULL::text
FROM bound b
UNION ALL
(SELECT NULL, NULL, n, type, job, pipeline, kind, queue, final, event::text FROM named ORDER BY n)
