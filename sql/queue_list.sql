-- SPDX-License-Identifier: Apache-2.0
-- Queues and tenants with what waits, as far as argosy.live_counts() counts. One row, one column: JSON {"queues": [...]}.
WITH counted AS MATERIALIZED (SELECT * FROM argosy.live_counts())
SELECT json_build_object('queues', coalesce(json_agg(row_to_json(x) ORDER BY x.queue, x.tenant), '[]')) FROM (
    SELECT q.name AS queue, l.tenant, q.paused,
           coalesce(sum(v.n) FILTER (WHERE v.state = 0), 0)::bigint AS blocked, coalesce(sum(v.n) FILTER (WHERE v.state = 1), 0)::bigint AS scheduled,
           coalesce(sum(v.n) FILTER (WHERE v.state = 2), 0)::bigint AS available, coalesce(sum(v.n) FILTER (WHERE v.state = 3), 0)::bigint AS dispatched
    FROM argosy.queue q JOIN argosy.lane l ON l.queue = q.name LEFT JOIN counted v ON v.lane = l.id
    GROUP BY 1, 2, 3) x
