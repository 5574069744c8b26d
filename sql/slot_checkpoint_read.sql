-- SPDX-License-Identifier: Apache-2.0
-- Checkpoint of job $1 for its attempt of epoch $2, which shuts out earlier ones. One row: a later attempt was here (then stop), JSON or NULL.
SELECT * FROM argosy.checkpoint_read($1::bigint, $2::bigint)
