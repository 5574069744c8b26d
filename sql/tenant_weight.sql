-- SPDX-License-Identifier: Apache-2.0
-- $1 tenant, $2 weight. One row.
SELECT argosy.tenant_weight($1, $2::int)
