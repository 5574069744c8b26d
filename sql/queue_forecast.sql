-- SPDX-License-Identifier: Apache-2.0
-- $1 queue, $2 kind or NULL, $3 how many of it. One row, one column: JSON.
SELECT argosy.forecast($1, CASE WHEN $2::text IS NULL THEN '{}' ELSE ARRAY[$2::text] END, CASE WHEN $2::text IS NULL THEN '{}' ELSE ARRAY[$3::bigint] END)
