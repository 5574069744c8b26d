-- SPDX-License-Identifier: Apache-2.0
-- Jobs of the dead worker $1 go back, at most $2. One row: how many.
SELECT argosy.expire($1::bigint, $2::int)
