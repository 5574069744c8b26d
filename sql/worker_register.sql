-- SPDX-License-Identifier: Apache-2.0
-- $1 name, $2 host, $3 pid, $4 version, $5 kinds JSON {"noop": 1}, $6 slots, $7 transport, $8 tags "a,b" or NULL. One row: the incarnation.
SELECT argosy.worker_enlist($1, $2, $3::int, $4, $5::json, $6::int, $7, $8)
