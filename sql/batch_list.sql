-- SPDX-License-Identifier: Apache-2.0
-- Batches below id $1 (NULL: from the newest), $2 of them. One row: JSON {"batches", "next"}.
WITH page AS (
    SELECT b.id, b.name, c.total, c.succeeded, c.failed, c.cancelled, b.created, b.ended
    FROM (SELECT * FROM argosy.batch WHERE id < coalesce($1::bigint, 9223372036854775807) ORDER BY id DESC LIMIT $2::int) b, argosy.batch_counts(b) c
    WHERE NOT EXISTS (SELECT FROM argosy.batch_delta WHERE false)) -- the counts need a lock that is older than the snapshot: see squeeze()
SELECT json_build_object('batches', coalesce(json_agg(row_to_json(page) ORDER BY id DESC), '[]'),
                         'next', CASE WHEN count(*) = $2::int THEN min(id)::text END) FROM page
