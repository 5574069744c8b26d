-- SPDX-License-Identifier: Apache-2.0
-- Worker $1 has results: $2 ids, $3 epochs, $4 results, $5 run_us. One row each for what is recorded: id.
SELECT unnest(argosy.finish($1::bigint, $2::bigint[], $3::bigint[], $4::text[], $5::bigint[]))
