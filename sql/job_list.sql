-- SPDX-License-Identifier: Apache-2.0
-- Jobs, newest first, without arguments and results. $1 state, $2 kind, $3 queue, $4 tenant, $5 pipeline (each or
-- NULL), $6 only ids below this one (NULL: from the newest), $7 how many at most. One row, one column: JSON {"jobs",
-- "next"}; next is the $6 of the following page, null after the last. How far a page looks is bounded, so one with a
-- rare filter may hold fewer or none though others follow.
WITH found AS MATERIALIZED (
    SELECT * FROM argosy.job_page($1, $2, $3, $4, $5::bigint, $6::bigint, $7::int)
), page AS (
    SELECT j.id, j.kind, argosy.state_name(coalesce(l.state, h.state, 2)::int) AS state, q.queue, q.tenant, j.priority,
           j.pipeline, j.step, coalesce(l.epoch, h.epoch, 0) AS epoch, coalesce(l.attempts, h.attempts, 0) AS attempts,
           coalesce(l.worker, h.worker) AS worker, j.submitted, l.run_at, h.finished, h.run_us,
           (SELECT json_build_object('error_code', f ->> 'error_code', 'message', left(f ->> 'message', 300))
            FROM coalesce(h.error, l.fate) f WHERE f IS NOT NULL) AS error,
           (SELECT p FROM json_array_elements(w.progress -> 'jobs') p
            WHERE l.state = 3 AND p ->> 'job' = j.id::text AND p ->> 'epoch' = l.epoch::text LIMIT 1) AS progress
    FROM found f CROSS JOIN LATERAL unnest(f.ids) u(id)
    JOIN argosy.job j ON j.id = u.id
    JOIN argosy.lane q ON q.id = j.lane
    LEFT JOIN argosy.job_live l ON l.id = j.id
    LEFT JOIN LATERAL (SELECT * FROM argosy.job_history h WHERE h.id = j.id AND l.id IS NULL
                       AND h.finished >= j.submitted - interval '1 day' ORDER BY h.epoch DESC, h.n DESC LIMIT 1) h ON true
    LEFT JOIN argosy.worker w ON w.incarnation = l.worker
    WHERE l.id IS NOT NULL OR h.id IS NOT NULL OR argosy.bulk_has(j.id)) -- the others are past their retention
SELECT json_build_object('jobs', coalesce(json_agg(row_to_json(page) ORDER BY id DESC), '[]'),
                         'next', (SELECT next::text FROM found)) FROM page
