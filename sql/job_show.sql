-- SPDX-License-Identifier: Apache-2.0
-- Job $1 as JSON with its arguments, result and progress; no row: there is no such job, or none any more. One column: json.
SELECT row_to_json(x) FROM (
    SELECT j.id, j.kind, argosy.state_name(coalesce(l.state, h.state, 2)::int) AS state, q.queue, q.tenant,
           string_to_array(argosy.tags_needed(q.tags, t.tags, o.tags), ',') AS tags, j.priority,
           j.pipeline, j.step, coalesce(l.epoch, h.epoch, 0) AS epoch, coalesce(l.attempts, h.attempts, 0) AS attempts,
           j.attempts_max, coalesce(l.lost, h.lost, 0) AS lost, j.timeout_s, coalesce(l.worker, h.worker) AS worker,
           w.name AS worker_name, nullif(l.waits, 0) AS waits, argosy.state_name(l.sealing::int) AS sealing,
           j.submitted, l.run_at, h.finished, h.run_us, j.origin, j.correlation,
           (SELECT p FROM json_array_elements(w.progress -> 'jobs') p
            WHERE l.state = 3 AND p ->> 'job' = j.id::text AND p ->> 'epoch' = l.epoch::text LIMIT 1) AS progress,
           (SELECT coalesce(json_agg(d.parent ORDER BY d.parent), '[]')
            FROM (SELECT parent FROM argosy.job_dependency WHERE job = j.id ORDER BY parent LIMIT 1000) d) AS after,
           argosy.args_shown(j.kind, j.args) AS args, h.result, coalesce(h.error, l.fate) AS error
    FROM argosy.job j
    LEFT JOIN argosy.job_live l ON l.id = j.id
    LEFT JOIN LATERAL (SELECT * FROM argosy.job_history h WHERE h.id = j.id AND l.id IS NULL
                       AND h.finished >= j.submitted - interval '1 day' ORDER BY h.epoch DESC, h.n DESC LIMIT 1) h ON true
    JOIN argosy.lane q ON q.id = coalesce(l.lane, h.lane, j.lane)
    JOIN argosy.queue o ON o.name = q.queue
    LEFT JOIN argosy.kind t ON t.name = j.kind
    LEFT JOIN argosy.worker w ON w.incarnation = coalesce(l.worker, h.worker)
    WHERE j.id = $1::bigint AND (l.id IS NOT NULL OR h.id IS NOT NULL OR argosy.bulk_has(j.id))) x
