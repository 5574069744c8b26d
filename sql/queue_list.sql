-- SPDX-License-Identifier: Apache-2.0
-- Every lane with what waits in it, as far as argosy.live_counts() counts. One row, one column: JSON {"queues": [...]}.
WITH counted AS MATERIALIZED (SELECT * FROM argosy.live_counts())
SELECT json_build_object('queues', coalesce(json_agg(row_to_json(x) ORDER BY x.queue, x.tenant), '[]')) FROM (
    SELECT q.name AS queue, l.tenant, q.paused, c.blocked, c.scheduled, c.available, c.dispatched
    FROM argosy.queue q JOIN argosy.lane l ON l.queue = q.name
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(n) FILTER (WHERE state = 0), 0)::bigint AS blocked, coalesce(sum(n) FILTER (WHERE state = 1), 0)::bigint AS scheduled,
               coalesce(sum(n) FILTER (WHERE state = 2), 0)::bigint AS available, coalesce(sum(n) FILTER (WHERE state = 3), 0)::bigint AS dispatched
        FROM counted v WHERE v.lane = l.id) c) x
