-- SPDX-License-Identifier: Apache-2.0
-- Jobs, newest first, without arguments and results. $1 state, $2 kind, $3 queue, $4 tenant, $5 pipeline (each or
-- NULL), $6 only ids below this one (NULL: from the newest), $7 how many. One row, one column: JSON {"jobs", "next"};
-- next is the $6 of the following page, null after the last.
WITH page AS (
    SELECT j.id, j.kind, argosy.state_name(coalesce(l.state, h.state, 2)::int) AS state, q.queue, q.tenant, j.priority,
           j.pipeline, j.step, coalesce(l.epoch, h.epoch, 0) AS epoch, coalesce(l.attempts, h.attempts, 0) AS attempts,
           coalesce(l.worker, h.worker) AS worker, j.submitted, l.run_at, h.finished, h.run_us,
           (SELECT json_build_object('error_code', f ->> 'error_code', 'message', left(f ->> 'message', 300))
            FROM coalesce(h.error, l.fate) f WHERE f IS NOT NULL) AS error,
           (SELECT p FROM json_array_elements(w.progress -> 'jobs') p
            WHERE l.state = 3 AND p ->> 'job' = j.id::text AND p ->> 'epoch' = l.epoch::text LIMIT 1) AS progress
    FROM argosy.job j
    JOIN argosy.lane q ON q.id = j.lane
    LEFT JOIN argosy.job_live l ON l.id = j.id
    LEFT JOIN LATERAL (SELECT * FROM argosy.job_history h WHERE h.id = j.id AND l.id IS NULL
                       ORDER BY h.epoch DESC, h.n DESC LIMIT 1) h ON true
    LEFT JOIN argosy.worker w ON w.incarnation = l.worker
    WHERE ($1::text IS NULL OR argosy.state_name(coalesce(l.state, h.state, 2)::int) = $1)
      AND ($2::text IS NULL OR j.kind = $2) AND ($3::text IS NULL OR q.queue = $3)
      AND ($4::text IS NULL OR q.tenant = $4) AND ($5::bigint IS NULL OR j.pipeline = $5)
      AND j.id < coalesce($6::bigint, 9223372036854775807)
    ORDER BY j.id DESC LIMIT $7::int)
SELECT json_build_object('jobs', coalesce(json_agg(row_to_json(page) ORDER BY id DESC), '[]'),
                         'next', CASE WHEN count(*) = $7::int THEN min(id)::text END) FROM page
