-- SPDX-License-Identifier: Apache-2.0
-- What was dispatched to an incarnation: the postgres carrier of the doorbell.
-- $1 incarnation, $2 seq already read.
-- id, epoch, seq, kind, args (NULL over 16 KiB), attempt, timeout_s, seal; by seq, at most 1,000 rows.
SELECT l.id, l.epoch, l.seq, l.kind, CASE WHEN octet_length(j.args::text) <= 16384 THEN j.args END, l.attempts + 1,
       j.timeout_s, l.sealing IS NOT NULL
FROM argosy.job_live l JOIN argosy.job j ON j.id = l.id
WHERE l.worker = $1::bigint AND l.seq > $2::bigint AND l.state = 3
ORDER BY l.seq
LIMIT 1000
