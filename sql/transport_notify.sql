-- SPDX-License-Identifier: Apache-2.0
-- A message of the postgres carrier. $1 channel, $2 payload under 8,000 bytes.
SELECT pg_notify($1, $2)
