-- SPDX-License-Identifier: Apache-2.0
-- $1 name, $2 jobs, $3 on_complete, $4 on_success (JSON), $5 queue, $6 tenant, $7 origin, $8 correlation, $9 idempotency key. One row: JSON
-- {"batch", "jobs", "existing"}.
SELECT argosy.batch_submit($1, $2::json, $3::json, $4::json, $5, $6, $7, $8, $9)
