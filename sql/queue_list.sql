-- SPDX-License-Identifier: Apache-2.0
-- Every lane with what waits in it (counted up to 10,000 a state). One row, one column: JSON {"queues": [...]}.
SELECT json_build_object('queues', coalesce(json_agg(row_to_json(x) ORDER BY x.queue, x.tenant), '[]')) FROM (
    SELECT q.name AS queue, l.tenant, q.paused, c.blocked, c.scheduled,
           c.available + (SELECT coalesce(sum(b.last - b.next + 1), 0)::bigint FROM argosy.job_bulk b WHERE b.lane = l.id) AS available, c.dispatched
    FROM argosy.queue q JOIN argosy.lane l ON l.queue = q.name
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state = 0) AS blocked, count(*) FILTER (WHERE state = 1) AS scheduled,
               count(*) FILTER (WHERE state = 2) AS available, count(*) FILTER (WHERE state = 3) AS dispatched
        FROM argosy.job_live v WHERE v.lane = l.id) c) x
