-- SPDX-License-Identifier: Apache-2.0
-- Tenants that have a weight of their own. One row, one column: JSON {"tenants": [...]}.
SELECT json_build_object('tenants', coalesce(json_agg(json_build_object('tenant', t.name, 'weight', t.weight) ORDER BY t.name), '[]'))
FROM (SELECT * FROM argosy.tenant ORDER BY name LIMIT 1000) t
