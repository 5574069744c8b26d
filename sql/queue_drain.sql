-- SPDX-License-Identifier: Apache-2.0
-- $1 queue: dispatches nothing more. One row, one column: JSON of the queue, or NULL when there is none.
SELECT CASE WHEN argosy.queue_drain($1) IS NOT NULL THEN argosy.queue_show($1) END
