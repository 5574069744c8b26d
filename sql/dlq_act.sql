-- SPDX-License-Identifier: Apache-2.0
-- Replays or purges dead letters. $1 replay, purge; $2 ids, or NULL and by $3 filter (as dlq_list.sql) from number $4 (or NULL) up to $5 (or NULL:
-- those there are now); $6 how many at most; $7 dry run. One row, one column: JSON {"jobs", "refused", "next", "upto", "dry_run"}.
SELECT argosy.dlq_act($1::text, $2::bigint[], $3::json, $4::bigint, $5::bigint, $6::int, $7::boolean)
