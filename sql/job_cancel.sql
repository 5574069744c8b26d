-- SPDX-License-Identifier: Apache-2.0
-- Job $1. One row: 0 not found, 1 cancelled, 2 cancelling, 3 was final.
SELECT array_position(ARRAY['not_found', 'cancelled', 'cancelling', 'final'], argosy.cancel($1::bigint)) - 1
