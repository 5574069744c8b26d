-- SPDX-License-Identifier: Apache-2.0
-- Scheduled jobs whose time has come become available, at most $1. One row: how many.
SELECT argosy.due($1::int)
