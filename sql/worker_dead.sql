-- SPDX-License-Identifier: Apache-2.0
-- Worker $1, whose beat has stood still at $2. One row: 1 declared dead, 0 it has moved.
SELECT argosy.worker_dead($1::bigint, $2::bigint)
