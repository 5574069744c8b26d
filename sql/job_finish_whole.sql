-- SPDX-License-Identifier: Apache-2.0
-- Worker $1 finishes job $2 at epoch $3 with result $4 after $5 us, artifacts $6 and children $7 (JSON arrays). One row: its id if recorded.
SELECT $2::bigint WHERE argosy.finish_whole($1::bigint, $2::bigint, $3::bigint, $4, $5::bigint, $6::json, $7::json)
