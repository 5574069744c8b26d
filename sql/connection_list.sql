-- SPDX-License-Identifier: Apache-2.0
-- Connections below id $1 (NULL: from the newest), $2 of them, of status $3 (NULL: any), never a secret. With a status 2,000 are looked at, and "next" goes on
-- from there. One row: JSON {"connections", "next"}.
WITH looked AS MATERIALIZED (
    SELECT c.id FROM argosy.connection c WHERE c.id < coalesce($1::bigint, 9223372036854775807)
    ORDER BY c.id DESC LIMIT CASE WHEN $3::text IS NULL THEN $2::int ELSE 2000 END
), page AS (
    SELECT c.id, c.name, c.dialect, c.url, c.secret IS NOT NULL AS has_secret, c.created, s.status, s.since AS status_since,
           CASE WHEN c.error_code IS NOT NULL THEN json_build_object('error_code', c.error_code, 'message', c.error_message) END AS error,
           greatest(s.running, c.analysis_job, t.last_job) AS job, c.analyzed, c.reanalyze_hours,
           CASE WHEN isfinite(t.next_run) AND NOT t.paused THEN t.next_run END AS next_analysis
    FROM looked JOIN argosy.connection c USING (id) JOIN argosy.connection_status s USING (id)
    LEFT JOIN argosy.schedule t ON t.name = argosy.connection_schedule_name(c.id)
    WHERE $3::text IS NULL OR s.status = $3::text ORDER BY c.id DESC LIMIT $2::int)
SELECT json_build_object('connections', coalesce(json_agg(row_to_json(page) ORDER BY id DESC), '[]'),
                         'next', CASE WHEN count(*) = $2::int THEN min(id)::text
                                      WHEN $3::text IS NOT NULL AND (SELECT count(*) FROM looked) = 2000 THEN (SELECT min(id)::text FROM looked) END) FROM page
