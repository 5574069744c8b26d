-- SPDX-License-Identifier: Apache-2.0
-- Schedule $1 as JSON; no row: there is none.
SELECT row_to_json(x) FROM (
    SELECT name, cron, zone, kind, argosy.args_shown(kind, args) AS args, argosy.steps_shown(steps) AS steps,
           queue, tenant, string_to_array(tags, ',') AS tags, priority, attempts_max, timeout_s, catch_up, catch_up_max, grace_s, overlap, paused,
           CASE WHEN isfinite(next_run) AND NOT paused THEN next_run END AS next_run, last_tick, last_job, last_pipeline, fired, skipped, error, created
    FROM argosy.schedule WHERE name = $1) x
