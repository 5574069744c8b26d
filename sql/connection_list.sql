-- SPDX-License-Identifier: Apache-2.0
-- Connections below id $1 (NULL: from the newest), $2 of them, never a secret. One row: JSON {"connections", "next"}.
WITH page AS (
    SELECT id, name, dialect, url, secret IS NOT NULL AS has_secret, created FROM argosy.connection
    WHERE id < coalesce($1::bigint, 9223372036854775807) ORDER BY id DESC LIMIT $2::int)
SELECT json_build_object('connections', coalesce(json_agg(row_to_json(page) ORDER BY id DESC), '[]'),
                         'next', CASE WHEN count(*) = $2::int THEN min(id)::text END) FROM page
