-- SPDX-License-Identifier: Apache-2.0
-- Up to $2 jobs of lane $1 to worker $3. Columns as in dispatch_read.sql, then alone: nothing else was available; by seq.
SELECT id, epoch, seq, kind, args, attempt, timeout_s, seal, alone FROM argosy.dispatch($1::int, $2::int, $3::bigint) ORDER BY seq
