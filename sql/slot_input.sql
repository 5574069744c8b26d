-- SPDX-License-Identifier: Apache-2.0
-- Result of step $2 in the pipeline of job $1; no row: not there, or its last end was no success. Column: result.
SELECT coalesce(h.result::text, '{}')
FROM argosy.job me
JOIN argosy.job j ON j.pipeline = me.pipeline AND j.step = $2
CROSS JOIN LATERAL (SELECT state, result FROM argosy.job_history WHERE id = j.id ORDER BY epoch DESC, n DESC LIMIT 1) h
WHERE me.id = $1::bigint AND h.state = 5
