-- SPDX-License-Identifier: Apache-2.0
-- Limits as they were set, and what is used of them. One row, one column: JSON {"limits": [...]}.
SELECT json_build_object('limits', coalesce(json_agg(row_to_json(x) ORDER BY x.scope, x.name), '[]')) FROM (
    SELECT m.scope, m.name, m.running_max, r.running, m.rate_per_s, m.burst, round(r.tokens::numeric, 2) AS tokens, m.inherited
    FROM argosy.limit m LEFT JOIN argosy.limit_rows() r ON r.id = m.id ORDER BY m.inherited, m.scope, m.name LIMIT 1000) x
