-- SPDX-License-Identifier: Apache-2.0
-- Schedules to look at now: due, never looked at, or the clock was set back since. One row each, 50 at most: name, cron, zone, catch_up,
-- catch_up_max, grace in ms, overlap skip, revision, since in ms, the record's time in ms.
SELECT s.name, s.cron, s.zone, s.catch_up, s.catch_up_max, s.grace_s * 1000, s.overlap = 'skip', s.revision,
       floor(extract(epoch FROM s.since) * 1000)::bigint, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
FROM (SELECT name FROM (SELECT name FROM argosy.schedule WHERE NOT paused AND next_run <= clock_timestamp() ORDER BY next_run LIMIT 50) due
      UNION
      SELECT name FROM (SELECT name FROM argosy.schedule WHERE NOT paused AND since > clock_timestamp() + interval '1 minute' ORDER BY since DESC LIMIT 10) back) n
JOIN argosy.schedule s USING (name) WHERE NOT s.paused
