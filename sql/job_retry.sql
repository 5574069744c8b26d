-- SPDX-License-Identifier: Apache-2.0
-- Job $1. One row: 0 not found, 1 again, 2 is not final.
SELECT array_position(ARRAY['not_found', 'again', 'not_final'], argosy.retry($1::bigint)) - 1
