-- SPDX-License-Identifier: Apache-2.0
-- Notes what workers have measured, and interrupts at most $1 jobs of queues whose window has closed. One row: how many.
SELECT argosy.windows_close($1::int) FROM argosy.costs_note()
