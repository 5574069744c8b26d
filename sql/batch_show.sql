-- SPDX-License-Identifier: Apache-2.0
-- Batch $1 as JSON; no row: there is none.
SELECT row_to_json(x) FROM (
    SELECT b.id, b.name, c.total, c.succeeded, c.failed, c.cancelled, b.complete_job, b.success_job, b.error, b.created, b.ended
    FROM argosy.batch b, argosy.batch_counts(b) c -- the counts need a lock that is older than the snapshot: see squeeze()
    WHERE b.id = $1::bigint AND NOT EXISTS (SELECT FROM argosy.batch_delta WHERE false)) x
