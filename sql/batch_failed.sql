-- SPDX-License-Identifier: Apache-2.0
-- Members of batch $1 whose last end was no success, by id after $2, $3 of them; no row: there is no such batch. One column: JSON {"jobs", "next"}.
WITH page AS (
    SELECT h.id, h.kind, argosy.state_name(h.state::int) AS state, h.attempts, h.finished, h.error FROM argosy.job_history h
    WHERE h.pipeline = $1::bigint AND h.state <> 5 AND h.id > $2::bigint AND NOT EXISTS (SELECT FROM argosy.job_live l WHERE l.id = h.id)
      AND NOT EXISTS (SELECT FROM argosy.job_history later WHERE later.id = h.id AND later.epoch > h.epoch)
    ORDER BY h.pipeline, h.id LIMIT $3::int)
SELECT json_build_object('jobs', coalesce((SELECT json_agg(row_to_json(page) ORDER BY id) FROM page), '[]'),
                         'next', (SELECT CASE WHEN count(*) = $3::int THEN max(id)::text END FROM page)) FROM argosy.batch WHERE id = $1::bigint
