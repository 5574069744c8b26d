-- SPDX-License-Identifier: Apache-2.0
-- Tenants that have a weight of their own, by name after $1 ("" for the first page), $2 of them. One row: JSON {"tenants", "next"}.
WITH page AS (SELECT name AS tenant, weight FROM argosy.tenant WHERE name > $1 ORDER BY name LIMIT $2::int)
SELECT json_build_object('tenants', coalesce(json_agg(row_to_json(page) ORDER BY tenant), '[]'),
                         'next', CASE WHEN count(*) = $2::int THEN max(tenant) END) FROM page
