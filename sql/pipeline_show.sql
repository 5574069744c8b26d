-- SPDX-License-Identifier: Apache-2.0
-- Pipeline $1 with its jobs (without arguments and results) as JSON; no row: there is none. One column: json.
SELECT json_build_object('id', p.id, 'name', p.name, 'created', p.created, 'jobs', coalesce((
    SELECT json_agg(row_to_json(x) ORDER BY x.id) FROM (
        SELECT j.id, j.kind, argosy.state_name(coalesce(l.state, h.state)::int) AS state, j.step,
               coalesce(l.epoch, h.epoch) AS epoch, coalesce(l.attempts, h.attempts) AS attempts, j.submitted,
               h.finished, h.run_us,
               (SELECT json_build_object('error_code', f ->> 'error_code', 'message', left(f ->> 'message', 300))
                FROM coalesce(h.error, l.fate) f WHERE f IS NOT NULL) AS error,
               (SELECT b FROM json_array_elements(w.progress -> 'jobs') b
                WHERE l.state = 3 AND b ->> 'job' = j.id::text AND b ->> 'epoch' = l.epoch::text LIMIT 1) AS progress,
               (SELECT coalesce(json_agg(d.parent ORDER BY d.parent), '[]')
                FROM (SELECT parent FROM argosy.job_dependency WHERE job = j.id ORDER BY parent LIMIT 100) d) AS after
        FROM argosy.job j
        LEFT JOIN argosy.job_live l ON l.id = j.id
        LEFT JOIN LATERAL (SELECT * FROM argosy.job_history h WHERE h.id = j.id AND l.id IS NULL
                           ORDER BY h.epoch DESC, h.n DESC LIMIT 1) h ON true
        LEFT JOIN argosy.worker w ON w.incarnation = l.worker
        WHERE j.pipeline = p.id AND (l.id IS NOT NULL OR h.id IS NOT NULL) ORDER BY j.id LIMIT 20000) x), '[]'))
FROM argosy.pipeline p WHERE p.id = $1::bigint
