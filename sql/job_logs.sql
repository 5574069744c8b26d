-- SPDX-License-Identifier: Apache-2.0
-- What job $1 said, oldest first, behind epoch $2 and line $3, at most $4; no row: there is no such job. One column: JSON {"logs", "next"}; next is
-- EPOCH.LINE of the last one when there may be more.
SELECT json_build_object('logs', coalesce(x.logs, '[]'), 'next', CASE WHEN x.n = $4::int THEN x.last END)
FROM argosy.job j CROSS JOIN LATERAL (
    SELECT json_agg(row_to_json(l)) AS logs, count(*) AS n, (array_agg(l.id))[count(*)] AS last FROM (
        SELECT epoch || '.' || line AS id, epoch, at, (ARRAY['debug', 'info', 'warn', 'error'])[level + 1] AS level, message
        FROM argosy.job_log WHERE job = $1::bigint AND (epoch, line) > ($2::bigint, $3::int) ORDER BY epoch, line LIMIT $4::int) l) x
WHERE j.id = $1::bigint
