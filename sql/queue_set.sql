-- SPDX-License-Identifier: Apache-2.0
-- $1 queue, $2 JSON of what is to change. One row, one column: JSON of the queue.
SELECT argosy.queue_show($1) FROM argosy.queue_set($1, $2::json)
