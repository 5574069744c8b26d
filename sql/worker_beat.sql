-- SPDX-License-Identifier: Apache-2.0
-- $1 incarnation, $2 got, $3 done, $4 gaps JSON or NULL, $5 progress JSON or NULL. No row: dead. Else quiet, stop, cancels JSON or NULL.
SELECT quiet, stop, cancels FROM argosy.beat($1::bigint, $2::bigint, $3::bigint, $4::json, $5::json)
