-- SPDX-License-Identifier: Apache-2.0
-- What /metrics counts in the record, as far as argosy.live_counts() counts. Rows: what, label (queue or ''), label2 (state), value.
SELECT 'jobs', q.queue, argosy.state_name(l.state), sum(l.n)::bigint FROM argosy.live_counts() l
JOIN argosy.lane q ON q.id = l.lane GROUP BY 2, 3
UNION ALL
SELECT 'workers', '', CASE WHEN quiet THEN 'quiet' ELSE 'alive' END, count(*)
FROM argosy.worker WHERE NOT dead GROUP BY 3
UNION ALL
SELECT 'slots', '', '', coalesce(sum(slots), 0) FROM argosy.worker WHERE NOT dead
UNION ALL
SELECT 'submitted', '', '', CASE WHEN is_called THEN last_value ELSE 0 END FROM argosy.job_id
UNION ALL
SELECT 'dispatched', '', '', coalesce(sum(seq), 0) FROM argosy.worker
UNION ALL
SELECT 'ended', '', '', coalesce(sum(done), 0) FROM argosy.worker
