-- SPDX-License-Identifier: Apache-2.0
-- $1 scope, $2 name or *, $3 running_max, $4 rate_per_s, $5 burst (each or NULL). One row.
SELECT argosy.limit_set($1, $2, $3::int, $4::double precision, $5::double precision)
