-- SPDX-License-Identifier: Apache-2.0
-- What worker $1, alive, has not received up to seq $2, at most $3. Columns as in dispatch_read.sql; id 0: the seq is to be voided.
SELECT id, epoch, seq, kind, args, attempt, timeout_s, seal FROM argosy.unreceived($1::bigint, $2::bigint, $3::int) ORDER BY seq
