-- SPDX-License-Identifier: Apache-2.0
-- Events that snapshot $1 did not see and snapshot $2 sees (NULL: this statement's own), in the order of n above $3, at
-- most $4; $5 job, $6 pipeline, or NULL for all. The first row always comes and holds only columns 1 and 2: the
-- snapshot read up to, and whether $1 reaches back behind what retention has dropped. Columns: snapshot, lost, n, type,
-- job, pipeline, kind, queue, final, JSON of the event.
WITH bound AS MATERIALIZED (
    SELECT $1::pg_snapshot AS seen, coalesce($2::pg_snapshot, pg_current_snapshot()) AS upto,
           pg_snapshot_xmin($1::pg_snapshot)::text::numeric < argosy.setting_int('events_floor') AS lost
)
SELECT b.upto::text, b.lost, NULL::bigint, NULL::text, NULL::bigint, NULL::bigint, NULL::text, NULL::text,
       NULL::boolean, NULL::text
FROM bound b
UNION ALL
(SELECT NULL, NULL, e.n, e.type, e.job, j.pipeline, j.kind, q.queue, e.type IN ('succeeded', 'failed', 'cancelled'),
        json_build_object('type', e.type, 'job', e.job, 'epoch', e.epoch, 'at', e.at, 'kind', j.kind, 'queue', q.queue,
                          'tenant', q.tenant, 'pipeline', j.pipeline, 'step', j.step, 'data', e.data)::text
 FROM bound b CROSS JOIN LATERAL argosy.events_between(b.seen, b.upto, $3::bigint, $4::int, $5::bigint, $6::bigint) e
 JOIN argosy.job j ON j.id = e.job JOIN argosy.lane q ON q.id = j.lane
 ORDER BY e.n)
