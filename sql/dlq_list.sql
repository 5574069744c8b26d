-- SPDX-License-Identifier: Apache-2.0
-- Dead letters, newest first. $1 filter (JSON: kind, queue, tenant, code, since, before, quarantined), $2 only those whose number is below this one
-- (NULL: from the newest), $3 how many. One row, one column: JSON {"dead", "next"}; next is the $2 of the following page, null after the last.
SELECT json_build_object('dead', coalesce(json_agg((row_to_json(x)::jsonb - 'place')::json ORDER BY x.place) FILTER (WHERE x.id IS NOT NULL), '[]'), 'next', p.next::text)
FROM (SELECT argosy.dlq_page($1::json, $2::bigint, NULL, $3::int, true) AS page) y, LATERAL (SELECT (y.page).jobs, (y.page).next) p
LEFT JOIN LATERAL (
    SELECT u.place, d.job AS id, d.kind, q.queue, q.tenant, d.error_code, d.quarantined, left(h.error ->> 'message', 300) AS message,
           h.error ->> 'class' AS class, h.attempts, h.lost, h.epoch, j.submitted, d.at AS finished, j.pipeline, j.step
    FROM unnest(p.jobs) WITH ORDINALITY u(job, place) JOIN argosy.dead_letter d ON d.job = u.job JOIN argosy.job j ON j.id = u.job
    JOIN argosy.lane q ON q.id = d.lane
    LEFT JOIN LATERAL (SELECT * FROM argosy.job_history h WHERE h.id = u.job ORDER BY h.epoch DESC, h.n DESC LIMIT 1) h ON true) x ON true
GROUP BY p.next
