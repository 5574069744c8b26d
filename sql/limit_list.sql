-- SPDX-License-Identifier: Apache-2.0
-- Limits by scope and name behind $1 ("SCOPE/NAME", "" for the first page), $2 of them, and what is used of each. One row: JSON {"limits", "next"}.
WITH behind AS MATERIALIZED (
    SELECT * FROM argosy.limit WHERE (scope, name) > (split_part($1, '/', 1), split_part($1, '/', 2)) ORDER BY scope, name LIMIT $2::int
), page AS (
    SELECT m.scope, m.name, m.running_max, r.running, m.rate_per_s, m.burst, round(r.tokens::numeric, 2) AS tokens, m.inherited
    FROM behind m LEFT JOIN argosy.limit_rows(ARRAY(SELECT id FROM behind)) r ON r.id = m.id)
SELECT json_build_object('limits', coalesce(json_agg(row_to_json(page) ORDER BY scope, name), '[]'),
                         'next', CASE WHEN count(*) = $2::int THEN (array_agg(scope || '/' || name ORDER BY scope DESC, name DESC))[1] END) FROM page
