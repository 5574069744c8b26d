-- SPDX-License-Identifier: Apache-2.0
-- Keeps $3 (JSON) as checkpoint of job $1 for its attempt of epoch $2. One row: whether that attempt still is the one.
SELECT argosy.checkpoint_put($1::bigint, $2::bigint, $3::json)
