-- SPDX-License-Identifier: Apache-2.0
-- Worker (incarnation) $1 is to get nothing more, and with $2 'stop' to end once its jobs have. One row, one column: JSON; no row: it is not there any more.
UPDATE argosy.worker SET quiet = true, stop = stop OR $2::text = 'stop' WHERE incarnation = $1::bigint AND NOT dead
RETURNING json_build_object('incarnation', incarnation, 'name', name, 'state', CASE WHEN stop THEN 'stopping' ELSE 'quiet' END)
