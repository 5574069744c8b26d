-- SPDX-License-Identifier: Apache-2.0
-- Schedules by name, after name $1 ("" for the first page), $2 of them, without arguments. One row: JSON {"schedules", "next"}.
WITH page AS (
    SELECT name, cron, zone, kind, steps IS NOT NULL AS pipeline, queue, tenant, catch_up, overlap, paused,
           CASE WHEN isfinite(next_run) AND NOT paused THEN next_run END AS next_run, last_tick, last_job, last_pipeline, fired, skipped, error
    FROM argosy.schedule WHERE name > $1 ORDER BY name LIMIT $2::int)
SELECT json_build_object('schedules', coalesce(json_agg(row_to_json(page) ORDER BY name), '[]'),
                         'next', CASE WHEN count(*) = $2::int THEN max(name) END) FROM page
