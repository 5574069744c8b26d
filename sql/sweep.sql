-- SPDX-License-Identifier: Apache-2.0
-- A page of what outlives its job for a while: checkpoints after job $1, claims of unique jobs after hash $2 (hex), $3 rows of each; for the leading
-- scheduler. One row: where the next page begins, 0 and '' for the start.
SELECT coalesce(argosy.checkpoints_sweep($1::bigint, $3::int), 0), coalesce(encode(argosy.unique_sweep(decode($2, 'hex'), $3::int), 'hex'), '')
