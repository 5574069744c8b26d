-- SPDX-License-Identifier: Apache-2.0
-- What happened to job $1, the newest $2 of it, oldest first. One row, one column: JSON [{n, at, type, epoch, data}].
SELECT coalesce(json_agg(row_to_json(x) ORDER BY x.n), '[]') FROM (
    SELECT * FROM (
        SELECT n, submitted AS at, 'submitted' AS type, 0 AS epoch, NULL::json AS data FROM argosy.job
        WHERE id = $1::bigint
        UNION ALL
        SELECT n, at, type, epoch, data FROM argosy.event WHERE job = $1::bigint
        UNION ALL
        SELECT n, finished, argosy.state_name(state::int), epoch, error FROM argosy.job_history WHERE id = $1::bigint) e
    ORDER BY n DESC LIMIT $2::int) x
